/*
 * trace.c: addresses to names, by what the compiler noted of them (DWARF).
 *
 * Only the files that are loaded are read: neither separate debugging
 * information nor, above all, a server of it is looked for.
 */
#include "fcgi/board/trace.h"

#include <dlfcn.h>
#include <dwarf.h>
#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What called this is the same for every request. */
#define OUTERMOST "mr_handle"

#define ENTRY_LENGTH 256 /* of one function; longer ones are cut */

/* What is known of the files that are loaded, and when that was so. */
static Dwfl *files;
static unsigned long long loaded, unloaded;

struct line {
	char *text;
	size_t size, length;
	size_t last; /* where the last entry begins */
	bool ended;
};

static int
note_changes(struct dl_phdr_info *info, size_t size, void *changed)
{
	(void)size;
	*(bool *)changed =
	    info->dlpi_adds != loaded || info->dlpi_subs != unloaded;
	loaded = info->dlpi_adds;
	unloaded = info->dlpi_subs;
	return 1;
}

/*
 * Whether a file is the one that is mapped, and not one that has since been
 * put in its place: with the first page comes what the linker identifies it by.
 */
static bool
is_mapped(int fd, const struct dl_phdr_info *info)
{
	char page[4096];
	const ElfW(Phdr) *segment = info->dlpi_phdr;
	ElfW(Half) count = info->dlpi_phnum;
	size_t size = sizeof(page);
	const void *mapped;

	for (; count > 0; count--, segment++)
		if (segment->p_type == PT_LOAD && segment->p_offset == 0)
			break;
	if (count == 0)
		return false;
	mapped = (void *)(uintptr_t)(info->dlpi_addr + segment->p_vaddr);
	if (size > segment->p_filesz)
		size = segment->p_filesz;
	return pread(fd, page, size, 0) == (ssize_t)size &&
	       memcmp(page, mapped, size) == 0;
}

/* What is in no file, as the kernel's own part, stays unknown. */
static int
report(struct dl_phdr_info *info, size_t size, void *context)
{
	const char *path = *info->dlpi_name == '\0' ? "/proc/self/exe"
	                                            : info->dlpi_name;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	(void)size;
	(void)context;
	if (fd >= 0 && (!is_mapped(fd, info) ||
	                dwfl_report_elf(files, path, path, fd, info->dlpi_addr,
	                                true) == NULL))
		close(fd);
	return 0;
}

static void
refresh(void)
{
	static char none[] = "", *nowhere = none;
	static const Dwfl_Callbacks callbacks = {
		.find_debuginfo = dwfl_build_id_find_debuginfo,
		.debuginfo_path = &nowhere,
	};
	bool changed = false;

	dl_iterate_phdr(note_changes, &changed);
	if (files != NULL && !changed)
		return;
	dwfl_end(files);
	files = dwfl_begin(&callbacks);
	if (files == NULL)
		return;
	dl_iterate_phdr(report, NULL);
	if (dwfl_report_end(files, NULL, NULL) != 0) {
		dwfl_end(files);
		files = NULL;
	}
}

static Dwfl_Module *
module_of(Dwarf_Addr address)
{
	return files == NULL ? NULL : dwfl_addrmodule(files, address);
}

/* Whether it is the system's code that returns from a signal's handler. */
static bool
returns_from_signal(Dwarf_Addr address)
{
	Dwfl_Module *module = module_of(address);
	Dwarf_Addr bias = 0, start, end;
	Dwarf_CFI *table;
	Dwarf_Frame *frame = NULL;
	bool returns = false;

	table = module == NULL ? NULL : dwfl_module_eh_cfi(module, &bias);
	if (table == NULL ||
	    dwarf_cfi_addrframe(table, address - bias, &frame) != 0)
		return false;
	if (dwarf_frame_info(frame, &start, &end, &returns) < 0)
		returns = false;
	free(frame);
	return returns;
}

/*
 * The frame that a signal interrupted: before it stands what handled the
 * signal, which is the guard.  The first one when there was no signal.
 */
static int
first_frame(const struct backtrace *trace, int depth)
{
	for (int i = 0; i < depth; i++)
		if (returns_from_signal((uintptr_t)trace->frames[i]))
			return i + 1;
	return 0;
}

/* Entries. */

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

/* Adds an entry, unless it is like the last; what does not fit ends the line. */
static void
add(struct line *line, const char *entry)
{
	size_t length = strlen(entry), gap = line->length > 0 ? 3 : 0;

	if (line->length > 0 && strcmp(line->text + line->last, entry) == 0)
		return;
	if (line->length + gap + length >= line->size) {
		line->ended = true;
		return;
	}
	line->last = line->length + gap;
	memcpy(line->text + line->length, " < ", gap);
	memcpy(line->text + line->last, entry, length + 1);
	line->length = line->last + length;
}

static void
add_function(struct line *line, const char *name, const char *file, int number)
{
	char entry[ENTRY_LENGTH];

	if (strcmp(name, OUTERMOST) == 0) {
		add(line, name);
		line->ended = true;
		return;
	}
	snprintf(entry, sizeof(entry), "%s (%s:%d)", name, base_name(file),
	         number);
	add(line, entry);
}

static void
add_offset(struct line *line, const char *name, Dwarf_Addr offset)
{
	char entry[ENTRY_LENGTH];

	snprintf(entry, sizeof(entry), "%s+0x%zx", name, (size_t)offset);
	add(line, entry);
	line->ended |= strcmp(name, OUTERMOST) == 0;
}

/* Without debugging information. */
static void
add_symbol(struct line *line, Dwfl_Module *module, Dwarf_Addr address)
{
	GElf_Off offset = 0;
	GElf_Sym symbol;
	Dl_info info;
	char entry[ENTRY_LENGTH];
	const char *name;

	name = module == NULL ? NULL
	                      : dwfl_module_addrinfo(module, address, &offset,
	                                             &symbol, NULL, NULL, NULL);
	if (name != NULL) {
		add_offset(line, name, offset);
	} else if (dladdr((void *)(uintptr_t)address, &info) == 0) {
		snprintf(entry, sizeof(entry), "0x%zx", (size_t)address);
		add(line, entry);
	} else if (info.dli_sname != NULL) {
		add_offset(line, info.dli_sname,
		           address - (uintptr_t)info.dli_saddr);
	} else {
		add_offset(line, base_name(info.dli_fname),
		           address - (uintptr_t)info.dli_fbase);
	}
}

/* Where an inlined function was called; false when that is not noted. */
static bool
find_call(Dwarf_Die *unit, Dwarf_Die *inlined, const char **file, int *number)
{
	Dwarf_Attribute attribute;
	Dwarf_Files *sources;
	Dwarf_Word index, row;
	size_t count;

	if (dwarf_formudata(dwarf_attr(inlined, DW_AT_call_file, &attribute),
	                    &index) != 0 ||
	    dwarf_formudata(dwarf_attr(inlined, DW_AT_call_line, &attribute),
	                    &row) != 0 ||
	    dwarf_getsrcfiles(unit, &sources, &count) != 0)
		return false;
	*file = dwarf_filesrc(sources, index, NULL, NULL);
	*number = (int)row;
	return *file != NULL;
}

/* The function at the address and those that it is inlined into. */
static int
find_scopes(Dwarf_Die *unit, Dwarf_Addr address, Dwarf_Die **scopes)
{
	Dwarf_Die *innermost = NULL;
	int count = dwarf_getscopes(unit, address, &innermost);

	*scopes = NULL;
	/* Behind the first, those are the ones in which it was declared. */
	if (count > 0)
		count = dwarf_getscopes_die(&innermost[0], scopes);
	free(innermost);
	return count;
}

static bool
add_scopes(struct line *line, Dwfl_Module *module, Dwarf_Addr address)
{
	Dwfl_Line *source = dwfl_module_getsrc(module, address);
	Dwarf_Addr bias = 0;
	Dwarf_Die *unit = dwfl_module_addrdie(module, address, &bias), *scopes;
	const char *name, *file = NULL;
	bool found = false;
	int count, number = 0;

	if (unit == NULL || source == NULL)
		return false;
	file = dwfl_lineinfo(source, NULL, &number, NULL, NULL, NULL);
	count = find_scopes(unit, address - bias, &scopes);
	for (int i = 0; i < count && file != NULL && !line->ended; i++) {
		int tag = dwarf_tag(&scopes[i]);

		if (tag != DW_TAG_inlined_subroutine &&
		    tag != DW_TAG_subprogram)
			continue;
		name = dwarf_diename(&scopes[i]);
		if (name == NULL)
			break;
		add_function(line, name, file, number);
		found = true;
		if (tag == DW_TAG_subprogram ||
		    !find_call(unit, &scopes[i], &file, &number))
			break;
	}
	free(scopes);
	return found;
}

void
trace_print(const struct backtrace *trace, char *text, size_t size)
{
	struct line line = { .text = text, .size = size };
	int depth = trace->depth, first;

	*text = '\0';
	if (depth > BACKTRACE_FRAMES)
		depth = BACKTRACE_FRAMES;
	if (depth > 0)
		refresh();
	first = first_frame(trace, depth);
	for (int i = first; i < depth && !line.ended; i++) {
		Dwarf_Addr address = (uintptr_t)trace->frames[i];
		Dwfl_Module *module;

		/* Most of a recursion, without a look at it. */
		if (i > first + 1 && trace->frames[i] == trace->frames[i - 1])
			continue;
		/* A call's return address may be in another function. */
		if (i > first && address > 0)
			address--;
		module = module_of(address);
		if (module == NULL || !add_scopes(&line, module, address))
			add_symbol(&line, module, address);
	}
}
