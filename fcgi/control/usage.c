/*
 * usage.c: /proc/PID/status and /proc/PID/stat.
 */
#include "fcgi/control/usage.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* As much of a file of a process as there is room for, with a NUL. */
static bool
read_file(pid_t pid, const char *name, char *text, size_t size)
{
	char path[64];
	ssize_t length;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	length = read(fd, text, size - 1);
	close(fd);
	if (length <= 0)
		return false;
	text[length] = '\0';
	return true;
}

/* From a line such as "VmRSS:	    1234 kB", in bytes. */
static bool
find_size(const char *text, const char *name, uint64_t *bytes)
{
	const char *at = strstr(text, name);

	if (at == NULL)
		return false;
	*bytes = strtoull(at + strlen(name), NULL, 10) << 10;
	return true;
}

/*
 * Fields 14 and 15; the second, a name in parentheses, may hold anything.
 */
static bool
find_cpu(const char *text, uint64_t *ms)
{
	const char *at = strrchr(text, ')');
	unsigned long long user, system;

	if (at == NULL ||
	    sscanf(at + 1, " %*c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
	                   "%llu %llu", &user, &system) != 2)
		return false;
	*ms = (user + system) * 1000 / (uint64_t)sysconf(_SC_CLK_TCK);
	return true;
}

bool
usage_read(pid_t pid, struct usage *usage)
{
	char text[4096];

	return read_file(pid, "status", text, sizeof(text)) &&
	       find_size(text, "\nVmHWM:", &usage->peak_rss) &&
	       find_size(text, "\nVmRSS:", &usage->rss) &&
	       read_file(pid, "stat", text, sizeof(text)) &&
	       find_cpu(text, &usage->cpu);
}
