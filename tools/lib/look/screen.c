#include "look/screen.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"
#include "base/whole.h"

/* Frames are this far apart at least; clocks of minutes are looked at so
 * often. */
enum { APART = 100, SECOND = 1000, IDLE = 15000, NEAR = 120000 };

struct eyes {
	int signals, inotify;
	bool terminal;
	char *last; /* the frame that was written last */
	int64_t drawn;
};

static struct winsize
size_of(void)
{
	struct winsize size = { 0 };

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
		size = (struct winsize){ 0 };
	return size;
}

int
screen_width(void)
{
	struct winsize size = size_of();

	if (isatty(STDOUT_FILENO) != 1)
		return 0;
	return size.ws_col >= 20 ? size.ws_col : 80;
}

/* A terminal that takes our sequences: not Emacs's shell, not a teletype. */
static bool
can_draw(void)
{
	const char *term = getenv("TERM");

	return screen_width() > 0 &&
	       (term == NULL || strcmp(term, "dumb") != 0);
}

static int
say(const char *sequence)
{
	return whole_write(STDOUT_FILENO, sequence, strlen(sequence));
}

/* Writes as much of a line as the columns hold (0: all); the sequences that
 * colour it take none.  A longer one would go on in the next row, and what is
 * counted below would be wrong. */
static void
put_line(FILE *out, const char *line, size_t len, int columns)
{
	int used = 0;
	size_t i = 0;

	while (i < len) {
		size_t n = 1;

		if (line[i] == '\033') {
			n = strcspn(line + i, "m") + 1;
			n = n < len - i ? n : len - i;
		} else {
			while (i + n < len && (line[i + n] & 0xc0) == 0x80)
				n++;
			used++;
		}
		if (columns == 0 || used <= columns || line[i] == '\033')
			fwrite(line + i, 1, n, out);
		i += n;
	}
}

/* Home, each line with what is behind it cleared, then all below. */
static int
paint(const char *frame)
{
	int rows = size_of().ws_row, columns = size_of().ws_col, row;
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	int failed;

	if (out == NULL)
		msg_die(EX_OSERR, "out of memory");
	fputs("\033[?2026h\033[H", out);
	for (row = 1; *frame != '\0' && (rows == 0 || row < rows); row++) {
		size_t n = strcspn(frame, "\n");

		put_line(out, frame, n, columns);
		fputs("\033[K\r\n", out);
		frame += n + (frame[n] == '\n');
	}
	fputs(*frame != '\0' ? "...\033[K\033[J" : "\033[J", out);
	fputs("\033[?2026l", out);
	failed = fclose(out) != 0 || whole_write(STDOUT_FILENO, text, len) != 0;
	free(text);
	return failed ? -1 : 0;
}

static int
show(struct eyes *eyes, char *frame)
{
	bool first = eyes->last == NULL;
	bool same = !first && strcmp(eyes->last, frame) == 0;
	int failed = 0;

	if (eyes->terminal && !same)
		failed = paint(frame);
	else if (!same)
		failed = (!first && say("\n") != 0) || say(frame) != 0;
	free(eyes->last);
	eyes->last = frame;
	return failed ? -1 : 0;
}

static int
draw(const struct screen *screen, struct eyes *eyes)
{
	char *frame = NULL;
	size_t len;
	FILE *out = open_memstream(&frame, &len);

	if (out == NULL)
		msg_die(EX_OSERR, "out of memory");
	overview_look(screen->overview, screen->ask);
	screen->draw(screen->arg, out, screen_width());
	if (fclose(out) != 0)
		msg_die(EX_OSERR, "out of memory");
	eyes->drawn = clock_monotonic();
	return show(eyes, frame);
}

static int
enter(const struct eyes *eyes)
{
	return eyes->terminal ? say("\033[?1049h\033[?25l") : 0;
}

static int
leave(const struct eyes *eyes)
{
	return eyes->terminal ? say("\033[?25h\033[?1049l") : 0;
}

/* Control-Z: the terminal is the shell's until we go on. */
static void
stop_here(struct eyes *eyes)
{
	leave(eyes);
	raise(SIGSTOP);
	enter(eyes);
}

static void
watch_path(int inotify, const struct overview *o, const char *below,
	   uint32_t mask)
{
	char path[4096];

	if (snprintf(path, sizeof(path), "%s%s", o->path, below) <
	    (int)sizeof(path))
		inotify_add_watch(inotify, path, mask);
}

/* Adding a watch again is none more. */
static void
watch(const struct screen *screen, int inotify)
{
	const struct overview *o = screen->overview;
	char below[FOLDER_ID + 20];
	size_t i;

	watch_path(inotify, o, "", IN_CREATE | IN_MOVED_TO);
	watch_path(inotify, o, "/status", IN_MOVED_TO | IN_DELETE);
	watch_path(inotify, o, "/control/latch", IN_MODIFY | IN_CLOSE_WRITE);
	watch_path(inotify, o, "/lock/leader", IN_MODIFY | IN_CLOSE_WRITE);
	for (i = 0; i < o->count; i++) {
		if (o->jobs[i].status.state != STATES_RUNNING)
			continue;
		snprintf(below, sizeof(below), "/run/%s/progress",
			 o->jobs[i].status.run);
		watch_path(inotify, o, below, IN_MODIFY | IN_DONT_FOLLOW);
	}
}

/* Until when a shown clock is right. */
static int
tick(const struct overview *o)
{
	size_t i;

	for (i = 0; i < o->count; i++) {
		const struct status *s = &o->jobs[i].status;
		int64_t next = s->next > 0 ? s->next : s->next_due;

		if (s->state == STATES_RUNNING ||
		    (next > 0 && llabs((long long)(next - o->now)) < NEAR))
			return SECOND;
	}
	return IDLE;
}

/* False: it is over. */
static bool
wait_for_change(const struct screen *screen, struct eyes *eyes)
{
	struct pollfd wait[2] = { { eyes->signals, POLLIN, 0 },
				  { eyes->inotify, POLLIN, 0 } };
	struct signalfd_siginfo info;
	char events[4096];
	int64_t early;

	if (poll(wait, 2, tick(screen->overview)) < 0)
		return errno == EINTR;
	early = eyes->drawn + APART - clock_monotonic();
	if (wait[0].revents == 0 && early > 0)
		poll(wait, 1, (int)early);
	while (read(eyes->inotify, events, sizeof(events)) > 0)
		;
	while (read(eyes->signals, &info, sizeof(info)) ==
	       (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGTSTP)
			stop_here(eyes);
		else if (info.ssi_signo != SIGWINCH)
			return false;
		free(eyes->last); /* what is on the screen is not it any more */
		eyes->last = NULL;
	}
	return true;
}

static int
open_eyes(struct eyes *eyes)
{
	sigset_t set;

	*eyes = (struct eyes){ .terminal = can_draw() };
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGTSTP);
	sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_BLOCK, &set, NULL);
	eyes->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	eyes->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	return eyes->signals < 0 || eyes->inotify < 0 ? -1 : 0;
}

int
screen_run(const struct screen *screen)
{
	struct eyes eyes;
	int failed = open_eyes(&eyes), error;

	if (!failed)
		failed = enter(&eyes);
	while (!failed) {
		failed = draw(screen, &eyes);
		watch(screen, eyes.inotify);
		if (failed || !wait_for_change(screen, &eyes))
			break;
	}
	error = errno;
	leave(&eyes);
	if (eyes.signals >= 0)
		close(eyes.signals);
	if (eyes.inotify >= 0)
		close(eyes.inotify);
	free(eyes.last);
	errno = error;
	return failed ? -1 : 0;
}
