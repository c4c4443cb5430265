#include "run/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"
#include "base/times.h"
#include "base/utf8.h"
#include "jobs/job.h"
#include "jobs/latch.h"
#include "jobs/lock.h"
#include "run/offspring.h"
#include "run/remains.h"
#include "run/runlog.h"
#include "run/tally.h"
#include "run/watch.h"

enum { PIPE_SIZE = 1 << 20, REMAINS = 2000 /* ms */, OUT_OF_REACH = 100 };

struct supervisor {
	const struct rooms *rooms;
	char id[FOLDER_ID];
	const struct folder_spec *spec;
	struct folder_spec own; /* read from the folder */
	bool alone, loud;
	bool apart; /* our session is not ours: the pipeline has its own */
	int lock, folder, signals;
	int output; /* of the pipeline: the end that we read */
	struct offspring offspring;
	struct runlog *log;
	int64_t since; /* monotonic */
	struct folder_started started;
	struct folder_result result;
	char **why;
};

static char *__attribute__((format(printf, 1, 2)))
text_of(const char *format, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, format);
	len = vasprintf(&text, format, args);
	va_end(args);
	return len >= 0 ? text : msg_strdup("out of memory");
}

static int
refuse(struct supervisor *s, int code, const char *what)
{
	*s->why = text_of("cannot %s of run '%s': %s", what, s->id,
			  strerror(errno));
	return code;
}

/* Scripts are fond of `exec 9>FILE`: that must not be the number of the lock,
 * which they would let go. */
static int
out_of_reach(int fd)
{
	int high = fcntl(fd, F_DUPFD_CLOEXEC, OUT_OF_REACH);

	if (high < 0)
		return fd;
	close(fd);
	return high;
}

/* Step 5: the lock, signed at once, so that it never stands in the name of an
 * earlier run while we hold it. */
static int
take_lock(struct supervisor *s)
{
	struct lock_holder holder = { 0 };
	char name[ROOMS_NAME];

	rooms_job(s->spec->client, s->spec->job, name);
	if (process_identify(getpid(), &s->started.process) != 0)
		return refuse(s, EX_OSERR, "find the process");
	remains_end(s->rooms, name, REMAINS);
	s->lock = lock_take(s->rooms, name);
	if (s->lock >= 0)
		s->lock = out_of_reach(s->lock);
	if (s->lock < 0 && errno == EAGAIN) {
		lock_is_held(s->rooms, name, &holder);
		*s->why = text_of(
			"cannot start '%s': run %s (pid %ld) is not "
			"over; `pulse status` shows it, `pulse stop "
			"%s` ends it",
			name, holder.run[0] != '\0' ? holder.run : "unknown",
			(long)holder.process.pid, s->spec->job);
		return EX_TEMPFAIL;
	}
	snprintf(holder.run, sizeof(holder.run), "%s", s->id);
	holder.process = s->started.process;
	if (s->lock >= 0 && lock_sign(s->lock, &holder) == 0)
		return 0;
	*s->why = text_of("cannot lock '%s/lock/%s': %s", s->rooms->path, name,
			  strerror(errno));
	return EX_IOERR;
}

/* Steps 6 and 7: the latch, then the ticket, which only one gets. */
static int
take_ticket(struct supervisor *s)
{
	if (latch_is_set(s->rooms)) {
		*s->why = text_of("cannot start '%s': the emergency stop is in "
				  "force; an admin lifts it with pulse-ctl "
				  "start orchestrator",
				  s->spec->job);
		return EX_TEMPFAIL;
	}
	if (s->alone && folder_make(s->rooms, s->id, s->spec) != 0) {
		*s->why = text_of("cannot make '%s/run/%s': %s", s->rooms->path,
				  s->id, strerror(errno));
		return EX_CANTCREAT;
	}
	if (s->alone)
		s->folder = folder_open(s->rooms, s->id);
	if (s->folder >= 0 && folder_claim(s->folder) == 0)
		return 0;
	if (errno != ENOENT)
		return refuse(s, EX_IOERR, "take the ticket");
	*s->why = text_of("cannot start run '%s': its ticket is gone: it has "
			  "begun before, or was called off",
			  s->id);
	return EX_TEMPFAIL;
}

static void
set(const char *name, const char *value)
{
	if (value == NULL)
		unsetenv(name);
	else if (setenv(name, value, 1) != 0)
		msg_die(EX_OSERR, "cannot set '%s': %s", name, strerror(errno));
}

/* The pipeline finds its spool by PULSE_HOME: the folder that ours is in. */
static void
set_home(const char *spool)
{
	const char *slash = strrchr(spool, '/');
	char *home;

	if (getenv("PULSE_HOME") != NULL || slash == NULL || slash == spool ||
	    strcmp(slash, "/spool") != 0)
		return;
	home = text_of("%.*s", (int)(slash - spool), spool);
	set("PULSE_HOME", home);
	free(home);
}

static void
set_environment(const struct supervisor *s)
{
	char *dir = text_of("%s/run/%s", s->rooms->path, s->id);
	char *items = text_of("%s/items", dir);
	char number[32], time[TIMES_SIZE];

	set_home(s->rooms->path);
	set("PULSE_RUN_ID", s->id);
	set("PULSE_RUN_DIR", dir);
	set("PULSE_JOB", s->spec->job);
	snprintf(number, sizeof(number), "%lld", (long long)s->spec->client);
	set("PULSE_CLIENT", number);
	snprintf(number, sizeof(number), "%d", s->lock);
	set("PULSE_LOCK_FD", number);
	if (s->spec->config != NULL)
		set("PULSE_CONFIG", s->spec->config);
	times_format(s->spec->not_before, time);
	set("PULSE_NOT_BEFORE", s->spec->not_before > 0 ? time : NULL);
	set("PULSE_ITEMS", access(items, R_OK) == 0 ? items : NULL);
	set("PULSE_BATCH", NULL);
	free(items);
	free(dir);
}

/* The child stands at its gate behind this. */
static int
start_child(struct supervisor *s)
{
	struct offspring_start start = { .argv = s->spec->argv,
					 .keep = s->lock,
					 .own_session = s->apart };
	char *file = job_find(start.argv[0]);
	int ends[2], failed;

	if (pipe2(ends, O_CLOEXEC) != 0) {
		free(file);
		return -1;
	}
	fcntl(ends[0], F_SETPIPE_SZ, PIPE_SIZE);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	s->output = ends[0];
	start.output = ends[1];
	start.file = file != NULL ? file : start.argv[0];
	failed = offspring_start(&s->offspring, &start);
	close(ends[1]);
	free(file);
	return failed;
}

/* Steps 8 and 9: nothing is executed before `started` is durable and there is
 * room for the result. */
static int
begin(struct supervisor *s)
{
	s->result.began = s->started.at = clock_now();
	s->since = clock_monotonic();
	if (folder_prepare_result(s->folder) != 0)
		return refuse(s, EX_CANTCREAT, "make room for the result");
	tally_mark(s->rooms, s->spec->client, s->spec->job, s->started.cursors);
	set_environment(s);
	if (start_child(s) != 0)
		return refuse(s, EX_OSERR, "start the process");
	s->started.pgid = s->offspring.main;
	s->started.sid = s->apart ? s->offspring.main : getpid();
	if (folder_write_started(s->folder, &s->started) == 0) {
		offspring_release(&s->offspring);
		return 0;
	}
	refuse(s, EX_IOERR, "write the beginning");
	offspring_forget(&s->offspring);
	return EX_IOERR;
}

/* The main command's code; an end by a signal that we sent is no crash. */
static int
code_of(const struct supervisor *s)
{
	int status = s->offspring.status;
	int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				       : WEXITSTATUS(status);

	if (s->result.how != FOLDER_BY_ITSELF &&
	    (code == 128 + SIGTERM || code == 128 + SIGKILL ||
	     code == 128 + SIGPIPE))
		return EX_TEMPFAIL;
	return code;
}

/* What failed while a run was being ended is an effect of that, and says
 * nothing of the service that it talked to; but that a quota is spent stays
 * true. */
static void
blame_asker(struct folder_result *result, const char *asker)
{
	struct verdict *verdict = &result->verdict;

	if (result->how == FOLDER_TIMED_OUT) {
		verdict->code = EX_TEMPFAIL;
		verdict->class = outcome_of_code(EX_TEMPFAIL);
		snprintf(verdict->cause, sizeof(verdict->cause), "%s", asker);
		return;
	}
	snprintf(verdict->cause, sizeof(verdict->cause), "%s: %s",
		 folder_how_name(result->how), asker);
	if (verdict->code == EX_TEMPFAIL &&
	    verdict->class != OUTCOME_API_RATE_LIMIT)
		verdict->class = OUTCOME_SYSTEM;
}

/* A command that is none of ours appends no line: what it said last is the best
 * reason there is. */
static void
quote_last(struct verdict *verdict, const char *last)
{
	snprintf(verdict->cause, sizeof(verdict->cause), "%s", last);
	utf8_clean(verdict->cause);
}

static void
reach_verdict(struct supervisor *s, const char *asker)
{
	struct verdict *verdict = &s->result.verdict;
	size_t len;
	char *failures = tally_read(s->folder, "failures", &len);

	verdict_reach(code_of(s), failures, len, verdict);
	free(failures);
	if (verdict->code == EX_OK || verdict->code == EX_PARTIAL)
		return;
	if (verdict->cause[0] == '\0')
		quote_last(verdict, runlog_last(s->log));
	if (s->result.how != FOLDER_BY_ITSELF)
		blame_asker(&s->result, asker);
}

/* Steps 10 and 11. */
static void
stay(struct supervisor *s)
{
	struct watch watch = {
		.offspring = &s->offspring,
		.log = s->log,
		.signals = s->signals,
		.output = s->output,
		.timeout = s->spec->timeout,
		.grace = s->spec->grace,
		.drain = s->spec->drain,
	};

	watch_run(&watch);
	runlog_end(s->log);
	s->result.how = watch.how;
	reach_verdict(s, watch.asker);
	runlog_close(s->log);
}

/* A result that is there counts for whoever reads it, though a power failure
 * may take it back: then our code is its own. */
static bool
is_told(struct supervisor *s)
{
	int error = errno;
	struct folder_result seen;
	bool told = folder_read_result(s->folder, &seen) == SETTLE_WHOLE;

	if (told)
		msg_say("the result of run '%s' may not be safe on disk: %s",
			s->id, strerror(error));
	errno = error;
	return told;
}

/* Step 12, before the lock can go. */
static int
finish(struct supervisor *s)
{
	struct folder_result *result = &s->result;
	char mark[FOLDER_MARK];

	snprintf(result->run, sizeof(result->run), "%s", s->id);
	result->ended = clock_now();
	result->took = clock_monotonic() - s->since;
	result->leftovers = s->offspring.late;
	tally_usage(result);
	tally_requests(s->folder, result);
	tally_mark(s->rooms, s->spec->client, s->spec->job, mark);
	result->stored = strcmp(mark, s->started.cursors) != 0;
	if (folder_write_result(s->folder, result) != 0 && !is_told(s))
		return refuse(s, EX_IOERR, "write the result");
	if (s->alone && folder_point(s->rooms, s->id) != 0)
		return refuse(s, EX_IOERR, "point to the folder");
	if (s->alone && result->verdict.code != EX_OK)
		*s->why = text_of("run %s ended with %d%s%s; its log is "
				  "%s/run/%s/log",
				  s->id, result->verdict.code,
				  result->verdict.cause[0] != '\0' ? ": " : "",
				  result->verdict.cause, s->rooms->path, s->id);
	return result->verdict.code;
}

/* Nothing ran.  The folder says so if it can be written at all. */
static int
fail_early(struct supervisor *s, int code)
{
	struct folder_result *result = &s->result;

	snprintf(result->run, sizeof(result->run), "%s", s->id);
	result->ended = clock_now();
	result->verdict.code = code;
	result->verdict.class = outcome_of_code(code);
	snprintf(result->verdict.cause, sizeof(result->verdict.cause), "%s",
		 *s->why);
	folder_write_result(s->folder, result);
	return code;
}

static int
supervise(struct supervisor *s)
{
	int code = take_lock(s);

	if (code == 0)
		code = take_ticket(s);
	if (code != 0)
		return code;
	s->log = runlog_open(s->folder, s->loud);
	code = begin(s);
	if (code != 0) {
		runlog_say(s->log, "%s", *s->why);
		runlog_close(s->log);
		return fail_early(s, code);
	}
	stay(s);
	return finish(s);
}

/* Opens the folder of a run that the scheduler made. */
static int
open_folder(struct supervisor *s)
{
	char job[NAMES_SIZE];
	int64_t client, run;

	if (!folder_parse(s->id, &client, job, &run)) {
		*s->why = text_of("cannot run '%s': not the form "
				  "CLIENT.JOB.NUMBER",
				  s->id);
		return EX_USAGE;
	}
	s->folder = folder_open(s->rooms, s->id);
	if (s->folder < 0 || folder_read_spec(s->folder, &s->own) != 0)
		return refuse(s, errno == ENOENT ? EX_TEMPFAIL : EX_IOERR,
			      "read the spec");
	s->spec = &s->own;
	if (s->own.client == client && strcmp(s->own.job, job) == 0)
		return 0;
	errno = EBADMSG;
	return refuse(s, EX_IOERR, "trust the spec");
}

/* But the lock, which goes with the process: who finds it free finds nobody. */
static void
close_all(struct supervisor *s)
{
	const int fds[] = { s->folder, s->signals, s->output };
	size_t i;

	folder_spec_free(&s->own);
	for (i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

int
supervisor_run(const struct supervisor_run *run, char **why)
{
	struct supervisor s = { .rooms = run->rooms,
				.spec = run->spec,
				.alone = run->id == NULL,
				.loud = run->loud,
				.lock = -1,
				.folder = -1,
				.output = -1,
				.why = why };
	int code = 0;

	*why = NULL;
	s.signals = watch_signals(s.alone);
	if (s.signals < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) {
		*why = text_of("cannot hear signals: %s", strerror(errno));
		return EX_OSERR;
	}
	if (s.alone) {
		folder_id_alone(run->spec->client, run->spec->job, clock_now(),
				s.id);
	} else {
		setsid(); /* refused when the session is ours already */
		snprintf(s.id, sizeof(s.id), "%s", run->id);
		code = open_folder(&s);
	}
	s.apart = getsid(0) != getpid();
	if (code == 0)
		code = supervise(&s);
	close_all(&s);
	return code;
}
