/*
 * fsync_commits.c: how many transactions of one row a second SQLite makes
 * durable, one after the other: what a submission costs at least.
 *
 * Prints transactions a second.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double
now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void
run(sqlite3 *database, const char *statement)
{
	char *error = NULL;

	if (sqlite3_exec(database, statement, NULL, NULL, &error) != SQLITE_OK) {
		fprintf(stderr, "fsync_commits: %s: %s\n", statement, error);
		exit(EXIT_FAILURE);
	}
}

int
main(int argument_count, char **arguments)
{
	sqlite3 *database;
	double begin, seconds;
	long count = 0;

	if (argument_count != 3) {
		fputs("usage: fsync_commits FILE SECONDS\n", stderr);
		return 2;
	}
	if (sqlite3_open(arguments[1], &database) != SQLITE_OK)
		return EXIT_FAILURE;
	run(database, "PRAGMA journal_mode = WAL");
	run(database, "PRAGMA synchronous = FULL");
	run(database, "CREATE TABLE IF NOT EXISTS row"
	              " (id INTEGER PRIMARY KEY, text TEXT)");
	seconds = atof(arguments[2]);
	begin = now();
	for (; now() - begin < seconds; count++)
		run(database, "INSERT INTO row (text) VALUES ('"
		              "0123456789012345678901234567890123456789')");
	printf("%.0f\n", (double)count / (now() - begin));
	sqlite3_close(database);
	return EXIT_SUCCESS;
}
