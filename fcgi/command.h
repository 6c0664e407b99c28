/*
 * command.h: how the program `millrace` ends.
 */
#ifndef FCGI_COMMAND_H
#define FCGI_COMMAND_H

/* The status for a command line that cannot be understood. */
#define COMMAND_USAGE 2

#endif
