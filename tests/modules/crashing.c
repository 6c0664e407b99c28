/*
 * crashing.c: a module that takes down whoever loads it; for tests.
 */
#include <signal.h>

static void __attribute__((constructor))
crash(void)
{
	raise(SIGSEGV);
}
