/* rooms, latch, lock, process: the places of runs, who holds them, who lives */
#include "jobs/rooms.h"
#include "check.h"
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "jobs/latch.h"
#include "jobs/lock.h"
#include "jobs/process.h"

static int
makes_what_is_missing(void)
{
	struct rooms rooms, again;
	struct stat st;
	char *why = NULL;

	CHECK(rooms_open(&rooms, "a/b/spool", false, &why) == -1);
	CHECK(errno == ENOENT && strstr(why, "/a/b/spool': No such") != NULL);
	free(why);
	CHECK(rooms_open(&rooms, "a/b/spool", true, &why) == 0);
	CHECK(rooms.path[0] == '/' && rooms.run >= 0 && rooms.status >= 0);
	CHECK(fstat(rooms.lock, &st) == 0 && (st.st_mode & 0777) == 0700);
	CHECK(faccessat(rooms.control, "cur", F_OK, 0) == 0);
	CHECK(rooms_open(&again, "a/b/spool", true, &why) == 0);
	rooms_close(&again);
	rooms_close(&again);
	CHECK(fcntl(rooms.run, F_GETFD) == FD_CLOEXEC);
	rooms_close(&rooms);
	CHECK(mkdir("bare", 0700) == 0);
	CHECK(rooms_open(&rooms, "bare", false, &why) == 0);
	CHECK(rooms.spool >= 0 && rooms.run == -1 && rooms.control == -1);
	CHECK(!latch_is_set(&rooms) && !lock_is_held(&rooms, "1.a", NULL));
	rooms_close(&rooms);
	return 0;
}

static int
refuses_what_others_may_write(void)
{
	struct rooms rooms;
	char *why = NULL;

	CHECK(mkdir("open", 0700) == 0 && chmod("open", 0777) == 0);
	CHECK(rooms_open(&rooms, "open", true, &why) == -1 && errno == EPERM);
	CHECK(strstr(why, "chmod 700") != NULL);
	free(why);
	CHECK(mkdir("linked", 0700) == 0 && symlink("/tmp", "linked/run") == 0);
	CHECK(rooms_open(&rooms, "linked", true, &why) == -1);
	CHECK(strstr(why, "/linked/run'") != NULL);
	free(why);
	return 0;
}

static int
latches(void)
{
	struct rooms rooms;
	char *why;

	CHECK(rooms_open(&rooms, "l", true, &why) == 0);
	CHECK(!latch_is_set(&rooms));
	CHECK(latch_since(&rooms) == 0);
	CHECK(latch_set(&rooms, true) == 0 && latch_is_set(&rooms));
	CHECK(latch_since(&rooms) > 0 && latch_since(&rooms) <= clock_now());
	CHECK(latch_set(&rooms, false) == 0 && !latch_is_set(&rooms));
	CHECK(unlinkat(rooms.control, "latch", 0) == 0 && latch_is_set(&rooms));
	CHECK(latch_set(&rooms, false) == 0 && !latch_is_set(&rooms));
	CHECK(truncate("l/control/latch", 0) == 0 && latch_is_set(&rooms));
	CHECK(unlinkat(rooms.control, "latch", 0) == 0);
	CHECK(mkdirat(rooms.control, "latch", 0700) == 0);
	CHECK(latch_is_set(&rooms) && latch_set(&rooms, true) == -1);
	rooms_close(&rooms);
	return 0;
}

static int
one_holds_a_lock(void)
{
	struct lock_holder us = { .run = "1.a_job.17" }, holder;
	struct rooms rooms;
	char *why;
	int fd;

	CHECK(rooms_open(&rooms, "k", true, &why) == 0);
	CHECK(!lock_is_held(&rooms, "1.a_job", &holder) && holder.run[0] == 0);
	fd = lock_take(&rooms, "1.a_job");
	CHECK(fd >= 0 && lock_is_held(&rooms, "1.a_job", &holder));
	CHECK(holder.process.pid == 0); /* not signed yet */
	CHECK(process_identify(getpid(), &us.process) == 0);
	CHECK(lock_sign(fd, &us) == 0);
	CHECK(lock_is_held(&rooms, "1.a_job", &holder));
	CHECK(strcmp(holder.run, us.run) == 0);
	CHECK(holder.process.pid == getpid());
	CHECK(holder.process.start == us.process.start);
	CHECK(process_is_alive(&holder.process));
	CHECK(lock_take(&rooms, "1.a_job") == -1 && errno == EAGAIN);
	close(fd);
	CHECK(!lock_is_held(&rooms, "1.a_job", NULL));
	CHECK(truncate("k/lock/1.a_job", 100) == 0);
	lock_is_held(&rooms, "1.a_job", &holder);
	CHECK(holder.run[0] == '\0' && holder.process.pid == 0);
	rooms_close(&rooms);
	return 0;
}

static pid_t
start_child(bool session)
{
	pid_t pid = fork();

	if (pid == 0) {
		if (session)
			setsid();
		for (;;)
			pause();
	}
	return pid;
}

static int
a_process_is_more_than_its_number(void)
{
	struct process_id us, child, other;
	pid_t pid = start_child(false);

	CHECK(process_identify(getpid(), &us) == 0 && process_is_alive(&us));
	other = us;
	other.start++;
	CHECK(!process_is_alive(&other));
	CHECK(process_signal(&other, SIGKILL) == -1 && errno == ESRCH);
	setenv("PULSE_TEST_BOOT", "another", 1);
	CHECK(!process_is_alive(&us) && process_open(&us) == -1);
	unsetenv("PULSE_TEST_BOOT");
	CHECK(process_identify(pid, &child) == 0 && process_is_alive(&child));
	CHECK(process_signal(&child, SIGKILL) == 0);
	CHECK(waitid(P_PID, (id_t)pid, &(siginfo_t){ 0 }, WEXITED | WNOWAIT) ==
	      0);
	CHECK(!process_is_alive(&child)); /* a zombie */
	CHECK(waitpid(pid, NULL, 0) == pid);
	CHECK(process_identify(pid, &child) == -1 && errno == ESRCH);
	return 0;
}

static int
sweeps_sessions_and_holders(void)
{
	struct process_group group = { 0 };
	struct process_id first;
	struct rooms rooms;
	struct stat st;
	char *why;
	pid_t in_session, holds, looks;
	int lock;

	CHECK(rooms_open(&rooms, "w", true, &why) == 0);
	looks = start_child(false);
	CHECK(process_identify(looks, &first) == 0);
	in_session = start_child(true);
	while (getsid(in_session) != in_session)
		usleep(1000);
	lock = lock_take(&rooms, "1.a");
	holds = start_child(false);
	CHECK(lock >= 0 && fstat(lock, &st) == 0);
	close(lock);
	group.session = in_session;
	group.device = st.st_dev;
	group.inode = st.st_ino;
	group.since = first.start + 1000000;
	CHECK(process_sweep(&group) == 0);
	group.inode = 0;
	group.since = first.start - 6001; /* a session of later */
	CHECK(process_sweep(&group) == 0);
	group.inode = st.st_ino;
	group.since = first.start;
	CHECK(lock_is_held(&rooms, "1.a", NULL));
	lock = openat(rooms.lock, "1.a", O_RDONLY);
	CHECK(process_sweep(&group) == 2);
	close(lock);
	CHECK(waitpid(in_session, NULL, 0) == in_session);
	CHECK(waitpid(holds, NULL, 0) == holds);
	CHECK(!lock_is_held(&rooms, "1.a", NULL));
	CHECK(process_sweep(&group) == 0 && process_is_alive(&first));
	kill(looks, SIGKILL);
	waitpid(looks, NULL, 0);
	rooms_close(&rooms);
	return 0;
}

int
main(void)
{
	char folder[SCRATCH_SIZE];
	int failed;

	umask(077);
	if (scratch_enter(folder, "rooms") != 0)
		return 1;
	failed = makes_what_is_missing() || refuses_what_others_may_write() ||
		 latches() || one_holds_a_lock() ||
		 a_process_is_more_than_its_number() ||
		 sweeps_sessions_and_holders();
	return scratch_remove(folder) != 0 || failed;
}
