/*
 * err.c: status, title and slug of each enum mr_err.
 */
#include "base/err.h"

#include <ctype.h>

static const struct {
	int status;
	const char *title;
	char symbol[MR_ERR_SLUG];
} errors[] = {
#define ROW(symbol, status, title) { status, title, #symbol },
	MR_ERRORS(ROW)
#undef ROW
};

int
mr_err_status(enum mr_err err)
{
	return errors[err].status;
}

const char *
mr_err_title(enum mr_err err)
{
	return errors[err].title;
}

void
mr_err_slug(enum mr_err err, char slug[MR_ERR_SLUG])
{
	const char *symbol = errors[err].symbol;
	size_t i;

	for (i = 0; symbol[i] != '\0'; i++)
		slug[i] = symbol[i] == '_' ? '-' : (char)tolower(symbol[i]);
	slug[i] = '\0';
}
