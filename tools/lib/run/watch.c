#include "run/watch.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"

enum {
	LINGER = 2000, /* ms that what the main command left behind may take */
	AGAIN = 1000,
	CHUNK = 64 << 10,
	AT_ONCE = 1 << 20
};

/* Signals that are read, not suffered.  Alone on a terminal its own are meant
 * for us; a HUP that nohup(1) has us ignore stays ignored. */
int
watch_signals(bool alone)
{
	static const int always[] = { SIGTERM, SIGUSR1, SIGUSR2, SIGCHLD };
	static const int more[] = { SIGINT, SIGQUIT, SIGHUP };
	struct sigaction hup;
	sigset_t heard, blocked;
	size_t i;

	sigemptyset(&heard);
	for (i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		sigaddset(&heard, always[i]);
	blocked = heard;
	for (i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
		sigaddset(&blocked, more[i]);
		if (alone)
			sigaddset(&heard, more[i]);
	}
	if (sigaction(SIGHUP, NULL, &hup) == 0 && hup.sa_handler == SIG_IGN)
		sigdelset(&heard, SIGHUP);
	signal(SIGCHLD, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &blocked, NULL) != 0)
		return -1;
	return signalfd(-1, &heard, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void
set_phase(struct watch *w, enum watch_phase phase, int64_t ms)
{
	w->phase = phase;
	w->deadline = clock_monotonic() + ms;
}

static void
kill_all(struct watch *w)
{
	offspring_signal_all(w->offspring, SIGKILL);
	set_phase(w, WATCH_KILLING, AGAIN);
}

static void
end_leftovers(struct watch *w)
{
	runlog_say(w->log, "the command has ended, but not all that it "
			   "started: TERM");
	w->offspring->counting = true;
	offspring_signal_all(w->offspring, SIGTERM);
	set_phase(w, WATCH_ENDING, LINGER);
}

/* More strongly than before: TERM to the group with time to follow it, or KILL
 * to all.  A main command that has ended did so by itself. */
static void
ask(struct watch *w, enum watch_level level, enum folder_how how)
{
	int64_t patience = level == WATCH_DRAIN ? w->drain : w->grace;
	int64_t end = clock_monotonic() + patience;

	if (w->phase == WATCH_RUNNING)
		w->how = how;
	if (level == WATCH_KILL) {
		runlog_say(w->log, "%s: KILL", w->asker);
		kill_all(w);
	} else if (w->phase == WATCH_RUNNING) {
		runlog_say(w->log, "%s: TERM, and KILL after %lld s", w->asker,
			   (long long)patience / 1000);
		offspring_signal(w->offspring, SIGTERM);
		if (w->level == WATCH_NOT_ASKED || end < w->deadline)
			w->deadline = end;
	} else if (w->phase == WATCH_LINGERING) {
		end_leftovers(w);
	}
	w->level = level;
}

static void
name_asker(struct watch *w, const struct signalfd_siginfo *info)
{
	const char *signal = sigabbrev_np((int)info->ssi_signo);
	char path[40], comm[20] = "a process";
	ssize_t n;
	int fd;

	if (info->ssi_code > 0) {
		snprintf(w->asker, sizeof(w->asker), "%s from the terminal",
			 signal);
		return;
	}
	snprintf(path, sizeof(path), "/proc/%u/comm", info->ssi_pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd >= 0 ? read(fd, comm, sizeof(comm) - 1) : 0;
	if (n > 0)
		comm[strcspn(comm, "\n")] = '\0';
	if (fd >= 0)
		close(fd);
	snprintf(w->asker, sizeof(w->asker), "%s from %s (%u)", signal, comm,
		 info->ssi_pid);
}

static void
take_signal(struct watch *w, const struct signalfd_siginfo *info)
{
	enum watch_level level = WATCH_STOP;
	enum folder_how how = FOLDER_STOPPED;

	if (info->ssi_signo == SIGUSR1) {
		level = WATCH_DRAIN;
		how = FOLDER_DRAINED;
	} else if (info->ssi_signo == SIGUSR2 || info->ssi_signo == SIGQUIT ||
		   (info->ssi_signo == SIGINT && w->level >= WATCH_STOP)) {
		level = WATCH_KILL; /* Ctrl-C a second time is one, too */
		how = FOLDER_KILLED;
	}
	if (level <= w->level)
		return;
	name_asker(w, info);
	ask(w, level, how);
}

/* Returns true when a child may have ended. */
static bool
take_signals(struct watch *w)
{
	struct signalfd_siginfo info;
	bool ended = false;

	while (read(w->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			ended = true;
		else
			take_signal(w, &info);
	}
	return ended;
}

/* Reads what the pipeline said; at most one pipe full, so that signals are not
 * left waiting.  An end that somebody else holds open is no reason to wait. */
static void
take_output(struct watch *w)
{
	char chunk[CHUNK];
	int64_t taken = 0;
	ssize_t n;

	while (taken < AT_ONCE &&
	       (n = read(w->output, chunk, sizeof(chunk))) > 0) {
		runlog_take(w->log, chunk, (size_t)n);
		taken += n;
	}
}

static void
time_is_up(struct watch *w)
{
	if (w->phase == WATCH_LINGERING) {
		end_leftovers(w);
	} else if (w->phase == WATCH_RUNNING && w->level == WATCH_NOT_ASKED) {
		snprintf(w->asker, sizeof(w->asker), "ran longer than %lld s",
			 (long long)w->timeout / 1000);
		ask(w, WATCH_STOP, FOLDER_TIMED_OUT);
	} else {
		if (w->phase != WATCH_KILLING)
			runlog_say(w->log, "not all has ended in time: KILL");
		kill_all(w);
	}
}

static int
time_left(const struct watch *w)
{
	int64_t left = w->deadline - clock_monotonic();

	if (w->deadline == 0)
		return -1;
	return left < 0 ? 0 : left > 1 << 30 ? 1 << 30 : (int)left;
}

/* One SIGCHLD or several: true when no process of the run is left. */
static bool
take_ends(struct watch *w)
{
	bool had_ended = w->offspring->ended;

	if (offspring_reap(w->offspring))
		return true;
	if (w->phase == WATCH_KILLING)
		kill_all(w); /* their children have become ours */
	else if (!had_ended && w->offspring->ended)
		set_phase(w, WATCH_LINGERING, LINGER);
	return false;
}

void
watch_run(struct watch *w)
{
	struct pollfd fds[] = { { .fd = w->signals, .events = POLLIN },
				{ .fd = w->output, .events = POLLIN } };
	int ready;

	w->deadline = w->timeout > 0 ? clock_monotonic() + w->timeout : 0;
	for (;;) {
		ready = poll(fds, 2, time_left(w));
		if (ready > 0 && (fds[1].revents & POLLIN) != 0)
			take_output(w);
		else if (ready > 0 && fds[1].revents != 0)
			fds[1].fd = -1; /* all ends of it are closed */
		if (ready > 0 && fds[0].revents != 0 && take_signals(w) &&
		    take_ends(w))
			break;
		if (time_left(w) == 0)
			time_is_up(w);
	}
	take_output(w);
}
