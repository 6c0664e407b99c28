/*
 * err.c: status, title and slug of each enum mr_err.
 */
#include "base/err.h"

#include <ctype.h>

static const struct {
	int status;
	const char *title;
	char slug[24];
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

const char *
mr_err_slug(enum mr_err err)
{
	static char slugs[MR_ERR_COUNT][sizeof(errors[0].slug)];
	char *slug = slugs[err];

	for (size_t i = 0; errors[err].slug[i] != '\0'; i++)
		slug[i] = errors[err].slug[i] == '_'
		              ? '-'
		              : (char)tolower(errors[err].slug[i]);
	return slug;
}
