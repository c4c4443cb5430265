/* pulse-ctl - start, stop, pause, resume and reset jobs */

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ask/call.h"
#include "ask/emergency.h"
#include "ask/errand.h"
#include "ask/order.h"
#include "base/cli.h"
#include "base/clock.h"
#include "base/home.h"
#include "base/listing.h"
#include "base/msg.h"
#include "base/owner.h"

enum {
	PATIENCE = 30000, /* for the scheduler's answer */
	KILL_FOR = 10000,
	LINE = 1024
};

struct opts {
	const char *spool, *schedule, *config, *client, *reason, *id;
	int all, force, replace, drain, no_wait, yes, json, quiet;
	int64_t before, timeout;
};

static const struct cli_option options[] = {
	{ 's', "spool", "DIR", "the spool (default PULSE_HOME/spool)",
	  CLI_STRING, offsetof(struct opts, spool) },
	{ 'k', "client", "CLIENT", "whose job", CLI_STRING,
	  offsetof(struct opts, client) },
	{ 0, "all", NULL, "every job", CLI_FLAG, offsetof(struct opts, all) },
	{ 0, "force", NULL,
	  "start: past dependencies, breaker and slots; stop: kill now",
	  CLI_FLAG, offsetof(struct opts, force) },
	{ 0, "replace", NULL, "start: end a run that goes on; with it --force",
	  CLI_FLAG, offsetof(struct opts, replace) },
	{ 0, "drain", NULL, "stop orchestrator: pause the runs as well",
	  CLI_FLAG, offsetof(struct opts, drain) },
	{ 0, "before", "TIME", "prune: what is older (default 90d)", CLI_POINT,
	  offsetof(struct opts, before) },
	{ 0, "reason", "TEXT", "why, for the record", CLI_STRING,
	  offsetof(struct opts, reason) },
	{ 0, "no-wait", NULL, "return when it is under way", CLI_FLAG,
	  offsetof(struct opts, no_wait) },
	{ 0, "timeout", "DURATION", "wait no longer than this", CLI_DURATION,
	  offsetof(struct opts, timeout) },
	{ 0, "id", "KEY", "give it once, however often it is asked", CLI_STRING,
	  offsetof(struct opts, id) },
	{ 'y', "yes", NULL, "do not ask at the terminal", CLI_FLAG,
	  offsetof(struct opts, yes) },
	{ 0, "json", NULL, "print the answer as one JSON line", CLI_FLAG,
	  offsetof(struct opts, json) },
	{ 'q', "quiet", NULL, "print nothing but errors", CLI_FLAG,
	  offsetof(struct opts, quiet) },
	{ 0, "schedule", "FILE", "for the scheduler, where it must be run once",
	  CLI_STRING, offsetof(struct opts, schedule) },
	{ 'c', "config", "FILE", "likewise", CLI_STRING,
	  offsetof(struct opts, config) },
	{ .name = NULL },
};

static const struct cli cli = {
	"pulse-ctl",
	"start, stop, pause, resume and reset jobs",
	"COMMAND [JOB...]",
	1,
	-1,
	options,
	"  pulse-ctl start github_job          and follow it to its end\n"
	"  pulse-ctl pause --all --no-wait\n"
	"  pulse-ctl emergency-stop            kills every run, now\n"
	"  pulse-ctl start orchestrator        clears that\n"
	"commands: start stop pause resume reset put-back JOB...,\n"
	"  start orchestrator, stop orchestrator, emergency-stop, reload,\n"
	"  breaker INTEGRATION open|closed|auto, prune\n",
	NULL,
};

/* All that one call works with. */
struct work {
	struct opts opts;
	struct order order;
	struct rooms rooms;
};

static int
hear_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* argv of `pulse-sched --once` for this spool. */
static char **
scheduler(const struct opts *opts)
{
	char **argv = msg_calloc(9, sizeof(*argv));
	const char *const said[][2] = { { "-s", opts->spool },
					{ "--schedule", opts->schedule },
					{ "-c", opts->config } };
	size_t i, n = 0;

	argv[n++] = home_program("pulse-sched");
	argv[n++] = msg_strdup("--once");
	for (i = 0; i < 3; i++) {
		if (said[i][1] == NULL)
			continue;
		argv[n++] = msg_strdup(said[i][0]);
		argv[n++] = msg_strdup(said[i][1]);
	}
	return argv;
}

static void
say(void *arg, const char *label, const char *text)
{
	const struct opts *opts = arg;

	if (opts->quiet || opts->json)
		return;
	if (*label != '\0')
		printf("%s: ", label);
	listing_show(stdout, text, strlen(text));
	putchar('\n');
	fflush(stdout);
}

static void
complain(void *arg, const char *text)
{
	(void)arg;
	msg_say("%s", text);
}

static void
show_answer(void *arg, const struct command_answer *answer)
{
	const struct opts *opts = arg;
	struct jsonw w = { 0 };

	if (!opts->json)
		return;
	command_answer_write(&w, answer);
	puts(w.text);
	fflush(stdout);
	jsonw_free(&w);
}

/* With what is there, where there is no room to make the rest. */
static int
open_rooms(struct rooms *rooms, const char *spool, bool make, char **why)
{
	if (make && rooms_open(rooms, spool, true, why) == 0)
		return 0;
	if (make)
		free(*why);
	return rooms_open(rooms, spool, false, why);
}

/* A latch that root had to make belongs to the spool's owner: his scheduler
 * clears it. */
static void
give_latch(const struct rooms *rooms)
{
	struct stat st;

	if (geteuid() == 0 && rooms->control >= 0 &&
	    fstat(rooms->control, &st) == 0 &&
	    fchownat(rooms->control, "latch", st.st_uid, st.st_gid,
		     AT_SYMLINK_NOFOLLOW) != 0)
		msg_say("cannot give 'latch' to its owner: %s",
			strerror(errno));
}

static void
show_report(const struct emergency_report *report, const char *text,
	    const char *wrong)
{
	struct jsonw w = { 0 };

	jsonw_open(&w, '{');
	jsonw_put_bool(&w, "latched", report->latched);
	jsonw_put_int(&w, "ended", report->runs - report->left);
	jsonw_put_int(&w, "left", report->left);
	jsonw_put_string(&w, "message", *wrong != '\0' ? wrong : text);
	jsonw_close(&w, '}');
	puts(w.text);
	jsonw_free(&w);
}

/* emergency-stop: asks nothing, needs nobody. */
static int
stop_all(struct work *work, const char *spool)
{
	struct emergency_report report;
	char *why, text[LINE], wrong[LINE];
	unsigned ended;

	/* A spool made by a slip of the pen would say that nothing runs. */
	if (open_rooms(&work->rooms, spool, access(spool, F_OK) == 0, &why) !=
	    0)
		msg_die(outcome_code(outcome_of_errno(errno)),
			"cannot stop %s; is it the right spool?", why);
	emergency_stop(&work->rooms, KILL_FOR, &report);
	emergency_wrong(&report, wrong, sizeof(wrong));
	give_latch(&work->rooms);
	ended = report.runs - report.left;
	snprintf(text, sizeof(text),
		 "%u run%s ended in '%s'; nothing starts before "
		 "`pulse start orchestrator`",
		 ended, ended == 1 ? "" : "s", spool);
	say(&work->opts, "", text);
	if (work->opts.json)
		show_report(&report, text, wrong);
	if (*wrong != '\0')
		msg_say("%s", wrong);
	return *wrong != '\0' ? EX_IOERR : EX_OK;
}

/* At a terminal only; scripts are never asked. */
static void
confirm(const struct work *work)
{
	const struct order *order = &work->order;
	bool kills = order->verb == COMMAND_STOP && work->opts.force;
	char typed[NAMES_SIZE + 2];
	size_t i;

	if (work->opts.yes || !isatty(STDIN_FILENO) ||
	    !(kills || order->verb == COMMAND_RESET || work->opts.replace))
		return;
	for (i = 0; i < order->count; i++) {
		fprintf(stderr, "%s: type the job's name to go on (%s): ",
			kills ? "this kills its run, unsaved work is lost"
			: order->verb == COMMAND_RESET
				? "this forgets its failures and retries"
				: "this ends its run and starts another",
			order->targets[i].job);
		if (fgets(typed, sizeof(typed), stdin) == NULL)
			typed[0] = '\0';
		typed[strcspn(typed, "\n")] = '\0';
		if (strcmp(typed, order->targets[i].job) != 0)
			msg_die(EX_USAGE, "nothing done");
	}
}

/* Who asks, for the record: before root becomes the owner. */
static void
name_user(char by[COMMAND_TEXT])
{
	const struct passwd *user = getpwuid(getuid());
	const char *sudo = getuid() == 0 ? getenv("SUDO_USER") : NULL;

	if (user == NULL)
		snprintf(by, COMMAND_TEXT, "uid %ld", (long)getuid());
	else
		snprintf(by, COMMAND_TEXT, "%s%s%s", sudo != NULL ? sudo : "",
			 sudo != NULL ? " as " : "", user->pw_name);
}

static int
give_all(struct work *work, const char *by, int signals)
{
	size_t count = work->order.count > 0 ? work->order.count : 1, i;
	struct call_item *items = msg_calloc(count, sizeof(*items));
	int64_t limit = work->opts.timeout;
	struct errand errand = { .rooms = &work->rooms,
				 .scheduler = scheduler(&work->opts),
				 .wake = signals,
				 .patience = limit > 0 ? limit : PATIENCE };
	struct call call = { .errand = &errand,
			     .wait = !work->opts.no_wait,
			     .say = say,
			     .complain = complain,
			     .answer = show_answer,
			     .arg = &work->opts };
	int code;

	if (limit > 0)
		call.until = clock_monotonic() + limit;
	for (i = 0; i < count; i++) {
		struct command *command = &items[i].command;

		order_command(&work->order, i, clock_now(), command);
		snprintf(command->by, sizeof(command->by), "%s", by);
		command->role = COMMAND_ADMIN; /* the spool is his */
		if (work->order.count > 0)
			items[i].target = &work->order.targets[i];
	}
	code = call_all(&call, items, count);
	for (i = 0; errand.scheduler[i] != NULL; i++)
		free(errand.scheduler[i]);
	free(errand.scheduler);
	free(items);
	return code;
}

static void
enter(struct work *work, const char *spool)
{
	char *why;

	if (owner_become(spool, &why) != 0)
		msg_die(EX_NOPERM, "cannot command '%s': %s", spool, why);
	if (open_rooms(&work->rooms, spool, true, &why) != 0)
		msg_die(outcome_code(outcome_of_errno(errno)), "cannot open %s",
			why);
	if (work->rooms.control < 0)
		msg_die(EX_IOERR, "cannot command '%s': no room for control/",
			spool);
	if (order_find(&work->order, &work->rooms, &why) != 0)
		msg_die(EX_USAGE, "%s", why);
}

int
main(int argc, char *argv[])
{
	struct work work = { .opts = { 0 } };
	char **operands = cli_parse(&cli, &work.opts, argc, argv);
	char by[COMMAND_TEXT], *spool, *why;
	int code;

	work.order = (struct order){ .all = work.opts.all,
				     .force = work.opts.force,
				     .replace = work.opts.replace,
				     .drain = work.opts.drain,
				     .client = work.opts.client,
				     .id = work.opts.id,
				     .reason = work.opts.reason,
				     .before = work.opts.before };
	if (order_read(&work.order, operands, &why) != 0)
		cli_misuse(&cli, "%s", why);
	spool = work.opts.spool != NULL ? msg_strdup(work.opts.spool)
					: home_path("spool");
	if (work.order.emergency) {
		code = stop_all(&work, spool);
	} else {
		name_user(by);
		enter(&work, spool);
		confirm(&work);
		code = give_all(&work, by, hear_signals());
	}
	rooms_close(&work.rooms);
	order_free(&work.order);
	free(spool);
	msg_end_output();
	return code;
}
