/*
 * crashing.c: a module that takes down whoever loads it; for tests.
 */
#include <signal.h>

static void __attribute__((constructor))
crash(void)
{
	signal(SIGSEGV, SIG_DFL); /* whatever a sanitizer makes of it */
	raise(SIGSEGV);
}
