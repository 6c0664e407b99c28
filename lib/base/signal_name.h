/*
 * signal_name.h: what a signal is called, wherever people are told of one.
 */
#ifndef MR_BASE_SIGNAL_NAME_H
#define MR_BASE_SIGNAL_NAME_H

/* "SIGSEGV" and so on; its number where it has no name, as from SIGRTMIN on. */
#define MR_SIGNAL_NAME 24
void mr_signal_name(int signal, char name[MR_SIGNAL_NAME]);

#endif
