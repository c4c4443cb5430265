/* pulse-log - print what a job's run says, as it comes */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/msg.h"
#include "look/logshow.h"
#include "look/logtail.h"
#include "look/logwatch.h"
#include "look/lookup.h"

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
	struct logshow show;
	struct logwatch watch;
	bool following;
};

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
	if (logtail_read(tail, logshow_line, &view->show) != 0)
		msg_die(EX_IOERR, "cannot read 'run/%s/log': %s",
			view->found.run, strerror(errno));
}

/* What follows is that nobody told us of changes. */
static void
check(const struct view *view, int failed)
{
	if (failed != 0)
		msg_die(EX_OSERR, "cannot watch 'run/%s': %s", view->found.run,
			strerror(errno));
}

static bool
has(int folder, const char *name)
{
	return faccessat(folder, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
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

static void
follow(struct view *view, int folder, struct logtail *tail)
{
	while (!logwatch_is_over(folder)) {
		read_log(view, tail);
		flush();
		check(view, logwatch_sleep(&view->watch));
	}
	read_log(view, tail);
}

static void
show(struct view *view)
{
	int folder = folder_open(&view->rooms, view->found.run);
	struct logtail *tail;

	if (folder < 0)
		msg_die(EX_USAGE, "cannot show 'run/%s': %s", view->found.run,
			strerror(errno));
	tail = logtail_open(folder);
	if (view->following)
		check(view, logwatch_turn_to(&view->watch, folder));
	read_log(view, tail);
	logshow_release(&view->show);
	if (view->following)
		follow(view, folder, tail);
	logtail_rest(tail, logshow_line, &view->show);
	flush();
	if (view->following)
		say_end(view, folder);
	else if (!has(folder, "log"))
		msg_say("run %s has said nothing", view->found.run);
	logtail_close(tail);
	close(folder);
}

/* Run after run, until somebody interrupts us. */
_Noreturn static void
show_all_that_come(struct view *view)
{
	for (;;) {
		check(view, logwatch_next(&view->watch, view->found.run));
		msg_say("run %s", view->found.run);
		show(view);
	}
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
	struct view view = { .show.out = stdout };
	char *why;

	argv = cli_parse(&cli, &opts, argc, argv);
	if (rooms_open(&view.rooms, opts.spool, false, &why) != 0)
		msg_die(outcome_code(outcome_of_errno(errno)),
			"cannot open the spool %s", why);
	view.following = opts.follow > 0 || opts.forever > 0;
	view.show.terminal = isatty(STDOUT_FILENO) == 1;
	view.show.since = opts.since;
	if (opts.lines >= 0)
		logshow_keep(&view.show, (size_t)opts.lines);
	check(&view, logwatch_open(&view.watch, &view.rooms, &view.found,
				   opts.forever > 0));
	find(&view, &opts, argv[0]);
	if (view.found.run[0] != '\0')
		show(&view);
	if (opts.forever > 0)
		show_all_that_come(&view);
	logwatch_close(&view.watch);
	rooms_close(&view.rooms);
	msg_end_output();
	return EX_OK;
}
