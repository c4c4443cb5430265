#include "ask/follow.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "jobs/lock.h"
#include "jobs/mailbox.h"

enum { LINE = 8192, CLAIM_MS = 2000 };

bool
follow_read(const struct rooms *rooms, int64_t client, const char *job,
	    struct status *status)
{
	char name[ROOMS_NAME], line[LINE];
	ssize_t n;
	int fd;

	rooms_job(client, job, name);
	fd = openat(rooms->status, name,
		    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, line, sizeof(line));
	close(fd);
	return n > 0 && status_parse(line, (size_t)n, status);
}

static int
watch_folder(int watch, int folder, uint32_t mask)
{
	char path[40];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", folder);
	return inotify_add_watch(watch, path, mask | IN_ONLYDIR);
}

static int
watch_job(const struct rooms *rooms)
{
	int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK), error;

	if (watch < 0)
		return -1;
	/* A run signs its lock, and only then it can be waited for. */
	if (watch_folder(watch, rooms->status, IN_MOVED_TO | IN_CLOSE_WRITE) >=
		    0 &&
	    watch_folder(watch, rooms->lock, IN_MODIFY | IN_CREATE) >= 0)
		return watch;
	error = errno;
	close(watch);
	errno = error;
	return -1;
}

static bool
differs(const struct status *a, const struct status *b)
{
	return a->state != b->state || a->reason != b->reason ||
	       a->want != b->want || a->epoch != b->epoch;
}

/* What is waited for beside the watch. */
struct wait {
	int process; /* pidfd of the leader, or of the run; -1 */
	int64_t ms;  /* -1: without limit */
};

static bool
has_ticket(const struct follow *follow, const char *run)
{
	char path[FOLDER_ID + 16];
	struct stat st;

	snprintf(path, sizeof(path), "%s/ticket", run);
	return fstatat(follow->errand->rooms->run, path, &st,
		       AT_SYMLINK_NOFOLLOW) == 0;
}

/* Without a leader: what a RUNNING job's run is waited for by; false when it
 * has ended, or never began, and the scheduler must look. */
static bool
wait_for_run(const struct follow *follow, const struct status *status,
	     bool first, struct wait *wait)
{
	struct lock_holder holder;
	char name[ROOMS_NAME];

	rooms_job(follow->client, follow->job, name);
	if (lock_is_held(follow->errand->rooms, name, &holder) &&
	    strcmp(holder.run, status->run) == 0) {
		wait->process = process_open(&holder.process);
		return wait->process >= 0;
	}
	/* It was started a moment ago and has not taken its lock yet. */
	wait->ms = CLAIM_MS;
	return first && has_ticket(follow, status->run);
}

struct view {
	struct status last;
	bool seen;	/* last is a line */
	bool waited;	/* for this run to claim its ticket */
	bool fruitless; /* the scheduler was run since the last change */
};

/* Reads the line; true when it brought the end. */
static bool
look(const struct follow *follow, struct view *view)
{
	struct status now;

	if (!follow_read(follow->errand->rooms, follow->client, follow->job,
			 &now) ||
	    now.epoch < follow->epoch ||
	    (view->seen && !differs(&view->last, &now)))
		return false;
	if (follow->look(follow->arg, view->seen ? &view->last : NULL, &now))
		return true;
	view->last = now;
	view->seen = true;
	view->waited = false;
	view->fruitless = false;
	return false;
}

enum step { STEP_WAIT, STEP_AGAIN, STEP_NOBODY, STEP_BROKEN };

/* Settles what to wait for; runs the scheduler where there is no leader. */
static enum step
prepare(const struct follow *follow, struct view *view, struct wait *wait)
{
	bool running = view->seen && view->last.state == STATES_RUNNING;
	struct process_id leader;

	*wait = (struct wait){ -1, -1 };
	if (errand_has_leader(follow->errand, &leader)) {
		wait->process = process_open(&leader);
		if (wait->process < 0)
			wait->ms = CLAIM_MS / 20;
		return STEP_WAIT;
	}
	if (running && wait_for_run(follow, &view->last, !view->waited, wait)) {
		view->waited = wait->process < 0;
		return STEP_WAIT;
	}
	if (view->fruitless || (view->seen && !running))
		return STEP_NOBODY;
	view->fruitless = true;
	return errand_once(follow->errand) == 0 ? STEP_AGAIN : STEP_BROKEN;
}

/* True when `wake` was heard. */
static bool
sleep_on(const struct follow *follow, int watch, const struct wait *wait)
{
	struct pollfd ready[] = {
		{ .fd = watch, .events = POLLIN },
		{ .fd = follow->errand->wake, .events = POLLIN },
		{ .fd = wait->process, .events = POLLIN },
	};
	int64_t ms = wait->ms, left;

	if (follow->until != 0) {
		left = follow->until - clock_monotonic();
		left = left > 0 ? left : 0;
		ms = ms < 0 || left < ms ? left : ms;
	}
	poll(ready, 3, ms > INT32_MAX ? INT32_MAX : (int)ms);
	if (wait->process >= 0)
		close(wait->process);
	return errand_is_asked(follow->errand);
}

static enum follow_end
go_along(const struct follow *follow, int watch)
{
	struct view view = { .seen = false };
	struct wait wait;

	for (;;) {
		mailbox_clear(watch);
		if (look(follow, &view))
			return FOLLOW_REACHED;
		if (follow->until != 0 && clock_monotonic() >= follow->until)
			return FOLLOW_LATE;
		switch (prepare(follow, &view, &wait)) {
		case STEP_AGAIN:
			continue;
		case STEP_NOBODY:
			return FOLLOW_NOBODY;
		case STEP_BROKEN:
			return FOLLOW_BROKEN;
		case STEP_WAIT:
			break;
		}
		if (sleep_on(follow, watch, &wait))
			return FOLLOW_LEFT;
	}
}

enum follow_end
follow_job(const struct follow *follow)
{
	int watch = watch_job(follow->errand->rooms), error;
	enum follow_end end;

	if (watch < 0)
		return FOLLOW_BROKEN;
	end = go_along(follow, watch);
	error = errno;
	close(watch);
	errno = error;
	return end;
}
