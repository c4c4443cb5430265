/* pulse-log - print what a job's run says, as it comes */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/listing.h"
#include "base/msg.h"
#include "jobs/folder.h"
#include "jobs/logtail.h"
#include "jobs/lookup.h"

enum { LINES_MOST = 2 << 20 }; /* more than a log can hold */

struct opts {
	const char *spool, *run;
	long client, lines;
	int64_t since;
	int follow, forever;
};

static const struct cli_option options[] = {
	{ 'k', "client", "CLIENT", "whose job", CLI_NUMBER,
	  offsetof(struct opts, client) },
	{ 'f', "follow", NULL, "go on until the run has ended", CLI_FLAG,
	  offsetof(struct opts, follow) },
	{ 'F', "forever", NULL, "go on with the next run, and the next",
	  CLI_FLAG, offsetof(struct opts, forever) },
	{ 'n', "lines", "N", "of what is there only the last N lines",
	  CLI_NUMBER, offsetof(struct opts, lines) },
	{ 0, "since", "TIME", "only lines from this time on (such as 1h)",
	  CLI_POINT, offsetof(struct opts, since) },
	{ 0, "run", "ID", "this run (default: the latest)", CLI_STRING,
	  offsetof(struct opts, run) },
	{ 's', "spool", "DIR", "the spool (default PULSE_HOME/spool)",
	  CLI_STRING, offsetof(struct opts, spool) },
	{ .name = NULL },
};

static const struct cli cli = {
	"pulse-log",
	"print what a job's run says, as it comes",
	"JOB",
	1,
	1,
	options,
	"  pulse log github_job -f\n"
	"  pulse log github_job --lines 100 --since 1h\n",
	NULL,
};

/* What one call works with. */
struct view {
	struct rooms rooms;
	struct lookup found;
	int64_t since;
	bool terminal, skipping;
	/* The last lines so far, a ring; NULL: each is printed as it comes. */
	char **ring;
	size_t ring_size, seen;
	/* Runs of the job that have begun since we follow, in order. */
	struct cli_list next;
	int inotify, folder_watch;
};

/* Bytes as they are for a file or a pipe; at a terminal nothing but tabs and
 * what can be seen. */
static void
print(const struct view *view, const char *line, size_t len)
{
	size_t part;

	for (; view->terminal && len > 0; line += part, len -= part) {
		const char *tab = memchr(line, '\t', len);

		part = tab != NULL ? (size_t)(tab - line) + 1 : len;
		listing_show(stdout, line, tab != NULL ? part - 1 : part);
		if (tab != NULL)
			putchar('\t');
	}
	fwrite(line, 1, len, stdout);
	putchar('\n');
}

static void
take(void *arg, const char *line, size_t len)
{
	struct view *view = arg;
	char **slot;
	int64_t at;

	if (view->since != 0 && logtail_stamp(line, len, &at))
		view->skipping = at < view->since;
	if (view->skipping)
		return;
	if (view->ring == NULL) {
		print(view, line, len);
		return;
	}
	if (view->ring_size == 0)
		return;
	slot = &view->ring[view->seen++ % view->ring_size];
	free(*slot);
	*slot = msg_calloc(len + sizeof(size_t) + 1, 1);
	memcpy(*slot, &len, sizeof(len));
	memcpy(*slot + sizeof(len), line, len);
}

/* Prints what the ring holds; from then on each line as it comes. */
static void
empty_ring(struct view *view)
{
	size_t i, len;

	for (i = 0; i < view->ring_size; i++) {
		char *slot = view->ring[(view->seen + i) % view->ring_size];

		if (slot == NULL)
			continue;
		memcpy(&len, slot, sizeof(len));
		print(view, slot + sizeof(len), len);
		free(slot);
	}
	free(view->ring);
	view->ring = NULL;
	view->ring_size = 0;
}

static void
flush(void)
{
	if (fflush(stdout) != 0)
		msg_die(EX_IOERR, "cannot write 'standard output': %s",
			strerror(errno));
}

static void
read_log(struct view *view, struct logtail *tail)
{
	if (logtail_read(tail, take, view) != 0)
		msg_die(EX_IOERR, "cannot read 'run/%s/log': %s",
			view->found.run, strerror(errno));
}

static bool
has(int folder, const char *name)
{
	return faccessat(folder, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Nothing more will come: it has a result, or never began, or nobody is there
 * any more who could write. */
static bool
is_over(int folder)
{
	struct folder_started started;

	if (has(folder, "result") || has(folder, "bad-result") ||
	    has(folder, "revoked"))
		return true;
	return folder_read_started(folder, &started) == 0 &&
	       !process_is_alive(&started.process);
}

static void
say_end(const struct view *view, int folder)
{
	struct folder_result result;
	const struct verdict *verdict = &result.verdict;

	if (has(folder, "revoked"))
		msg_say("run %s was called off before it began",
			view->found.run);
	else if (folder_read_result(folder, &result) != SETTLE_WHOLE)
		msg_say("run %s has ended without a result", view->found.run);
	else if (verdict->class == OUTCOME_NONE)
		msg_say("run %s has ended: %s", view->found.run,
			verdict->code == EX_OK ? "done" : "done in part");
	else
		msg_say("run %s has ended with %d, %s%s%s", view->found.run,
			verdict->code, outcome_name(verdict->class),
			verdict->cause[0] != '\0' ? ": " : "", verdict->cause);
}

static int
watch(const struct view *view, int fd, uint32_t mask)
{
	char path[64];
	int wd;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	wd = inotify_add_watch(view->inotify, path, mask);
	if (wd < 0)
		msg_die(EX_OSERR, "cannot watch 'run/%s': %s", view->found.run,
			strerror(errno));
	return wd;
}

/* Notes a run of our job that has been made. */
static void
note(struct view *view, const char *name)
{
	char job[NAMES_SIZE];
	int64_t client, run;

	if (!folder_parse(name, &client, job, &run) ||
	    client != view->found.client || strcmp(job, view->found.job) != 0 ||
	    strcmp(name, view->found.run) == 0)
		return;
	view->next.items =
		msg_realloc(view->next.items,
			    (view->next.count + 1) * sizeof(*view->next.items));
	view->next.items[view->next.count++] = msg_strdup(name);
}

static void
take_events(struct view *view)
{
	char bytes[4096]
		__attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t n = read(view->inotify, bytes, sizeof(bytes));
	const struct inotify_event *event;
	ssize_t at;

	for (at = 0; at < n; at += (ssize_t)(sizeof(*event) + event->len)) {
		event = (const void *)(bytes + at);
		if (event->len > 0 && event->wd != view->folder_watch)
			note(view, event->name);
	}
}

/* A pidfd of the run's pulse-run once it has begun, else -1. */
static int
runner(int folder, int pidfd)
{
	struct folder_started started;

	if (pidfd >= 0 || folder_read_started(folder, &started) != 0)
		return pidfd;
	return process_open(&started.process);
}

static void
follow(struct view *view, int folder, struct logtail *tail)
{
	int pidfd = -1;

	while (!is_over(folder)) {
		struct pollfd fds[2] = { { view->inotify, POLLIN, 0 } };

		read_log(view, tail);
		flush();
		pidfd = runner(folder, pidfd);
		fds[1] = (struct pollfd){ pidfd, POLLIN, 0 };
		if (poll(fds, 2, -1) > 0 && fds[0].revents != 0)
			take_events(view);
	}
	if (pidfd >= 0)
		close(pidfd);
	read_log(view, tail);
}

static void
show(struct view *view, bool following)
{
	int folder = folder_open(&view->rooms, view->found.run);
	struct logtail *tail;

	if (folder < 0)
		msg_die(EX_USAGE, "cannot show 'run/%s': %s", view->found.run,
			strerror(errno));
	tail = logtail_open(folder);
	if (following)
		view->folder_watch =
			watch(view, folder, IN_CREATE | IN_MODIFY | IN_MOVE);
	read_log(view, tail);
	if (view->ring != NULL)
		empty_ring(view);
	if (following)
		follow(view, folder, tail);
	logtail_rest(tail, take, view);
	flush();
	if (following) {
		say_end(view, folder);
		inotify_rm_watch(view->inotify, view->folder_watch);
	} else if (!has(folder, "log")) {
		msg_say("run %s has said nothing", view->found.run);
	}
	logtail_close(tail);
	close(folder);
}

/* Waits for the next run of the job, which takes as long as it takes. */
static void
await(struct view *view)
{
	size_t i;

	while (view->next.count == 0)
		take_events(view);
	snprintf(view->found.run, sizeof(view->found.run), "%s",
		 view->next.items[0]);
	free((char *)view->next.items[0]);
	view->next.count--;
	for (i = 0; i < view->next.count; i++)
		view->next.items[i] = view->next.items[i + 1];
	msg_say("run %s", view->found.run);
}

static void
find(struct view *view, const struct opts *opts, const char *word)
{
	const char *run = opts->run;
	char *why;

	if (lookup_job(&view->rooms, word, opts->client, &view->found, &why) !=
	    0)
		msg_die(EX_USAGE, "cannot show '%s': %s", word, why);
	if (view->found.run[0] != '\0' && run == NULL)
		run = view->found.run;
	if (lookup_run(&view->rooms, &view->found, run))
		return;
	if (run != NULL)
		msg_die(EX_USAGE, "cannot show '%s' of %s: no such run", run,
			view->found.job);
	view->found.run[0] = '\0';
	if (opts->forever == 0)
		msg_die(EX_TEMPFAIL, "cannot show '%s': it has no run yet",
			word);
}

int
main(int argc, char *argv[])
{
	struct opts opts = { .client = -1, .lines = -1 };
	struct view view = { .inotify = -1, .folder_watch = -1 };
	bool following;
	char *why;

	argv = cli_parse(&cli, &opts, argc, argv);
	following = opts.follow > 0 || opts.forever > 0;
	if (rooms_open(&view.rooms, opts.spool, false, &why) != 0)
		msg_die(EX_CONFIG, "cannot open the spool %s", why);
	view.terminal = isatty(STDOUT_FILENO) == 1;
	view.since = opts.since;
	if (opts.lines >= 0) {
		view.ring_size = opts.lines < LINES_MOST ? (size_t)opts.lines
							 : LINES_MOST;
		view.ring = msg_calloc(view.ring_size + 1, sizeof(char *));
	}
	view.inotify = inotify_init1(IN_CLOEXEC);
	if (opts.forever > 0 && view.rooms.run >= 0)
		watch(&view, view.rooms.run, IN_CREATE | IN_MOVED_TO);
	find(&view, &opts, argv[0]);
	if (view.found.run[0] != '\0')
		show(&view, following);
	while (opts.forever > 0) {
		await(&view);
		show(&view, true);
	}
	rooms_close(&view.rooms);
	msg_end_output();
	return EX_OK;
}
