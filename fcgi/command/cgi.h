/*
 * cgi.h: the plain-CGI program (RFC 3875).
 */
#ifndef FCGI_CGI_H
#define FCGI_CGI_H

#include "fcgi/master/load.h"

/*
 * Answers the request in the environment and on standard input, on standard
 * output.  Returns the status to exit with.
 */
int cgi_run(struct program *program);

#endif
