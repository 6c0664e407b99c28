/*
 * data.h: the files of tests/data, wherever the test runs; the Makefile gives
 * TEST_DATA.
 */
#ifndef MR_TESTS_DATA_H
#define MR_TESTS_DATA_H

#include "unit.h"

#include <stdio.h>

#define DATA_LONGEST 4096

/* tests/data/npy/NAME.npy, behind which nothing can be read. */
static inline struct mr_string
data_npy(const char *name)
{
	char path[1024], bytes[DATA_LONGEST];
	size_t length;
	FILE *file;

	snprintf(path, sizeof(path), TEST_DATA "/npy/%s.npy", name);
	file = fopen(path, "rb");
	ck_assert_msg(file != NULL, "no file %s", path);
	length = fread(bytes, 1, sizeof(bytes), file);
	ck_assert(feof(file));
	fclose(file);
	return guarded((struct mr_string){ bytes, length });
}

#endif
