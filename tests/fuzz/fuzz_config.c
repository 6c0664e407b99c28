/*
 * fuzz_config.c: any bytes as a configuration: refused with complaints, or
 * taken, and then what is printed of it reads back as the same.
 */
/* sources: fcgi/base/address.c fcgi/base/allow.c fcgi/config/catalog.c */
/* sources: fcgi/config/complaint.c fcgi/config/config.c fcgi/config/conflict.c */
/* sources: fcgi/config/cpus.c fcgi/config/machine.c fcgi/config/printout.c */
/* sources: fcgi/config/setting.c */
#include "claim.h"
#include "fcgi/config/config.h"
#include "fcgi/config/printout.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static bool
read_text(struct config *config, const void *text, size_t size,
          struct mr_buffer *complaints)
{
	int fd = memfd_create("config", MFD_CLOEXEC);
	char path[32];
	bool good;

	CLAIM(write(fd, text, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	config_default(config);
	good = config_read(config, path, complaints);
	close(fd);
	return good;
}

static void
claim_round_trip(struct config *config, struct mr_arena *arena)
{
	struct mr_buffer first = { .arena = arena }, second = first,
	                 complaints = first;

	config_resolve(config);
	printout_config(config, &first);
	CLAIM(read_text(config, first.data, first.length, &complaints));
	config_resolve(config);
	printout_config(config, &second);
	CLAIM(first.length == second.length);
	CLAIM(memcmp(first.data, second.data, first.length) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct config config;
	struct mr_arena *arena = mr_arena_new();
	struct mr_buffer complaints = { .arena = arena };
	bool good = read_text(&config, data, size, &complaints);

	CLAIM(good == (complaints.length == 0));
	if (good)
		claim_round_trip(&config, arena);
	mr_arena_free(arena);
	return 0;
}
