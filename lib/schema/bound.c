/*
 * bound.c: integers exactly, everything else as a double.
 */
#include "schema/bound.h"

#include "schema/integer.h"

void
mr_bound_write(char text[MR_BOUND_TEXT], long double bound)
{
	const long double limit = 0x1p63L;
	size_t length;

	if (bound >= -limit && bound < limit && bound == (int64_t)bound)
		length = mr_integer_write(text, (int64_t)bound);
	else
		length = mr_number_write_double(text, (double)bound);
	text[length] = '\0';
}
