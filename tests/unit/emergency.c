/* emergency: whoever holds a job's lock is gone within two seconds. */
#include "ask/emergency.h"
#include "check.h"
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "jobs/folder.h"
#include "jobs/latch.h"
#include "jobs/lock.h"

enum { SOON = 2000, LONG = 60 };

static struct rooms
fresh(void)
{
	static char folder[sizeof("spool.XXXXXX")];
	struct rooms rooms;
	char *why;

	strncpy(folder, "spool.XXXXXX", sizeof(folder));
	if (mkdtemp(folder) == NULL ||
	    rooms_open(&rooms, folder, true, &why) != 0)
		abort();
	return rooms;
}

enum { DEAF = 1, UNSIGNED = 2, FROZEN = 4, ESCAPED = 8 };

static void
record(const struct rooms *rooms, const char *run)
{
	char *argv[] = { (char *)"true", NULL };
	struct folder_spec spec = { .client = 1, .job = "a", .argv = argv };
	struct folder_started started = { .sid = getsid(0),
					  .pgid = getpgid(0) };
	int folder;

	if (process_identify(getpid(), &started.process) != 0 ||
	    folder_make(rooms, run, &spec) != 0)
		abort();
	folder = folder_open(rooms, run);
	if (folder < 0 || folder_claim(folder) != 0 ||
	    folder_write_started(folder, &started) != 0)
		abort();
	close(folder);
}

/* A process that holds a lock as pulse-run does; it says so by a byte. */
static pid_t
holder(const struct rooms *rooms, const char *name, int how)
{
	struct lock_holder card = { .run = "" };
	int told[2], lock;
	pid_t child;
	char byte;

	if (pipe2(told, O_CLOEXEC) != 0 || (child = fork()) < 0)
		abort();
	if (child > 0) {
		close(told[1]);
		if (read(told[0], &byte, 1) != 1)
			abort();
		close(told[0]);
		return child;
	}
	setsid();
	signal(SIGUSR2, how & DEAF ? SIG_IGN : SIG_DFL);
	lock = lock_take(rooms, name);
	process_identify(getpid(), &card.process);
	snprintf(card.run, sizeof(card.run), "%s.7", name);
	if (strcmp(name, "leader") != 0)
		record(rooms, card.run);
	if (!(how & UNSIGNED))
		lock_sign(lock, &card);
	/* Its child keeps the lock open; an escaped one has its own session. */
	if (how & DEAF && fork() == 0 && how & ESCAPED)
		setsid();
	if (write(told[1], "x", 1) != 1)
		_exit(1);
	if (how & FROZEN)
		raise(SIGSTOP);
	alarm(LONG);
	pause();
	_exit(0);
}

static int
is_quiet(const struct rooms *rooms, unsigned runs)
{
	struct emergency_report report;
	int64_t began = clock_monotonic();

	CHECK(emergency_stop(rooms, 5000, &report) == 0);
	CHECK(clock_monotonic() - began < SOON);
	CHECK(report.runs == runs && report.left == 0 && report.latched);
	CHECK(!report.ended_leader && report.latch_error == 0);
	CHECK(latch_is_set(rooms));
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	return 0;
}

static int
nothing_runs_and_the_latch_is_set(void)
{
	struct rooms rooms = fresh();

	CHECK(!latch_is_set(&rooms));
	CHECK(is_quiet(&rooms, 0) == 0);
	CHECK(is_quiet(&rooms, 0) == 0);
	rooms_close(&rooms);
	return 0;
}

static int
all_sorts_of_runs_end(void)
{
	struct rooms rooms = fresh();
	pid_t leader = holder(&rooms, "leader", 0);

	holder(&rooms, "1.obedient", 0);
	holder(&rooms, "1.deaf", DEAF);
	holder(&rooms, "1.nameless", DEAF | UNSIGNED);
	holder(&rooms, "1.escaped", DEAF | ESCAPED);
	holder(&rooms, "1.frozen", FROZEN);
	CHECK(is_quiet(&rooms, 5) == 0);
	CHECK(kill(leader, 0) == 0 && waitpid(leader, NULL, WNOHANG) == 0);
	CHECK(lock_is_held(&rooms, "leader", NULL));
	kill(leader, SIGKILL);
	waitpid(leader, NULL, 0);
	rooms_close(&rooms);
	return 0;
}

static int
a_latch_that_cannot_be_written_ends_the_scheduler(void)
{
	struct rooms rooms = fresh();
	struct emergency_report report;
	pid_t leader = holder(&rooms, "leader", DEAF);
	int status;

	holder(&rooms, "1.a", 0);
	CHECK(unlinkat(rooms.control, "latch", 0) == 0);
	CHECK(mkdirat(rooms.control, "latch", 0700) == 0);
	CHECK(emergency_stop(&rooms, 5000, &report) == 0);
	CHECK(!report.latched && report.latch_error == EISDIR);
	CHECK(report.ended_leader && report.runs == 1);
	CHECK(!lock_is_held(&rooms, "leader", NULL));
	CHECK(waitpid(leader, &status, 0) == leader && WIFSIGNALED(status));
	rooms_close(&rooms);
	return 0;
}

static int
what_is_left_is_named(void)
{
	struct rooms rooms = fresh();
	struct emergency_report report;
	int ours = lock_take(&rooms, "3.mine"); /* we are spared */

	CHECK(ours >= 0);
	CHECK(emergency_stop(&rooms, 700, &report) == -1);
	CHECK(report.left == 1 && strcmp(report.named, "3.mine") == 0);
	close(ours);
	rooms_close(&rooms);
	return 0;
}

int
main(void)
{
	char folder[SCRATCH_SIZE];
	int failed;

	if (scratch_enter(folder, "emergency") != 0)
		return 1;
	failed = nothing_runs_and_the_latch_is_set() ||
		 all_sorts_of_runs_end() ||
		 a_latch_that_cannot_be_written_ends_the_scheduler() ||
		 what_is_left_is_named();
	return scratch_remove(folder) != 0 || failed;
}
