/*
 * top.c: the terminal, and when to draw.  What is drawn is screen.c's.
 */
#include "fcgi/command/top.h"

#include "fcgi/base/clock.h"
#include "fcgi/command/client.h"
#include "fcgi/command/screen.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#define INTERVAL CLOCK_NS_PER_S

/* Two snapshots, of which the later one may have failed. */
struct view {
	const struct config *config;
	struct mr_arena *arena; /* of one drawing */
	struct mr_document *now, *before;
	uint64_t taken, taken_before; /* ns */
	char trouble[256];            /* "": none */
};

static bool
look(struct view *view)
{
	struct mr_buffer reason = { .arena = view->arena };
	struct mr_document *document = client_status(view->config, &reason);
	const char *text = mr_buffer_text(&reason);

	snprintf(view->trouble, sizeof(view->trouble), "%s",
	         text == NULL ? "out of memory" : text);
	if (document == NULL)
		return false;
	mr_document_free(view->before);
	view->before = view->now;
	view->taken_before = view->taken;
	view->now = document;
	view->taken = clock_now();
	return true;
}

static void
draw(const struct view *view, struct screen *screen, struct mr_buffer *text)
{
	screen->now = view->now;
	screen->before = view->before;
	screen->seconds = (double)(view->taken - view->taken_before) / 1e9;
	screen->trouble = *view->trouble == '\0' ? NULL : view->trouble;
	screen_draw(screen, text);
}

static bool
write_all(const char *text, size_t length)
{
	while (length > 0) {
		ssize_t done = write(STDOUT_FILENO, text, length);

		if (done < 0 && errno != EINTR)
			return false;
		if (done > 0) {
			text += done;
			length -= (size_t)done;
		}
	}
	return true;
}

static bool
write_buffer(const struct mr_buffer *text)
{
	return !text->failed && write_all(text->data, text->length);
}

static int
show_once(const struct view *view)
{
	struct mr_buffer text = { .arena = view->arena };

	draw(view, &(struct screen){ 0 }, &text);
	return write_buffer(&text) ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* The terminal. */

#define ENTER "\033[?1049h\033[?25l" /* another screen, without a cursor */
#define LEAVE "\033[?25h\033[?1049l"

/* Each line over what was there: a screen that is cleared first flickers. */
static bool
refresh(const struct view *view)
{
	struct winsize size = { 0 };
	struct screen screen = { .is_terminal = true };
	struct mr_buffer lines = { .arena = view->arena },
	                 text = { .arena = view->arena };

	ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	screen.rows = size.ws_row == 0 ? 24 : size.ws_row;
	screen.columns = size.ws_col == 0 ? 80 : size.ws_col;
	draw(view, &screen, &lines);
	mr_buffer_puts(&text, "\033[H");
	for (size_t i = 0; i + 1 < lines.length; i++) {
		if (lines.data[i] == '\n')
			mr_buffer_puts(&text, "\033[K\r\n");
		else
			mr_buffer_putc(&text, lines.data[i]);
	}
	mr_buffer_puts(&text, "\033[J");
	text.failed |= lines.failed;
	return write_buffer(&text);
}

static bool
is_quit(void)
{
	char keys[64];
	ssize_t count = read(STDIN_FILENO, keys, sizeof(keys));

	for (ssize_t i = 0; i < count; i++)
		if (keys[i] == 'q' || keys[i] == 'Q' || keys[i] == '\003')
			return true;
	return count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN);
}

/* Until there is news to draw; false when it is time to go. */
static bool
wait_until(uint64_t next, int signals)
{
	struct pollfd events[] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
	};
	struct signalfd_siginfo told;
	uint64_t now;

	while ((now = clock_now()) < next) {
		if (poll(events, 2, (int)((next - now) / CLOCK_NS_PER_MS) + 1) <= 0)
			continue;
		if (events[0].revents != 0 && is_quit())
			return false;
		if (events[1].revents != 0)
			return read(signals, &told, sizeof(told)) ==
			           sizeof(told) &&
			       told.ssi_signo == SIGWINCH;
	}
	return true;
}

static void
show(struct view *view, int signals)
{
	uint64_t next;

	while (refresh(view)) {
		next = view->taken + INTERVAL;
		if (*view->trouble != '\0')
			next = clock_now() + INTERVAL;
		if (!wait_until(next, signals))
			return;
		mr_arena_reset(view->arena);
		if (clock_now() >= next)
			look(view);
	}
}

/* Every way out of the loop leaves the terminal as it was. */
static int
show_live(struct view *view)
{
	struct termios before, raw;
	sigset_t set;
	int signals;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGQUIT);
	sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signals = signalfd(-1, &set, SFD_CLOEXEC);
	if (signals < 0 || tcgetattr(STDIN_FILENO, &before) < 0) {
		perror("millrace: the terminal");
		return EXIT_FAILURE;
	}
	raw = before;
	cfmakeraw(&raw);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	if (write_all(ENTER, strlen(ENTER)))
		show(view, signals);
	write_all(LEAVE, strlen(LEAVE));
	tcsetattr(STDIN_FILENO, TCSANOW, &before);
	close(signals);
	return EXIT_SUCCESS;
}

int
top_run(const struct program *program)
{
	struct view view = { .config = &program->config,
		             .arena = mr_arena_new() };
	int status = EXIT_FAILURE;

	if (view.arena == NULL)
		fputs("millrace: out of memory\n", stderr);
	else if (!look(&view))
		fprintf(stderr, "millrace: %s\n", view.trouble);
	else if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		status = show_live(&view);
	else
		status = show_once(&view);
	mr_document_free(view.now);
	mr_document_free(view.before);
	mr_arena_free(view.arena);
	return status;
}
