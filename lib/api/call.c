/*
 * call.c: the functions of millrace.h that take a call.
 */
#include "api/call.h"

#include <stdarg.h>
#include <stdio.h>

#define WORDS_LENGTH 512 /* what is longer is cut */

void *
mr_alloc(mr_call *call, size_t size)
{
	return mr_arena_alloc(call->arena, size);
}

enum mr_err
mr_refuse(mr_call *call, const char *format, ...)
{
	va_list arguments;

	call->words = mr_arena_alloc(call->arena, WORDS_LENGTH);
	if (call->words == NULL)
		return MR_MEMORY;
	va_start(arguments, format);
	vsnprintf(call->words, WORDS_LENGTH, format, arguments);
	va_end(arguments);
	return MR_DOMAIN;
}
