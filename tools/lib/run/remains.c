#include "run/remains.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "jobs/folder.h"
#include "jobs/lock.h"
#include "jobs/process.h"

/* A lock is signed right behind its taking; so long it may bear the name of
 * the one before.  And how long to wait for the killed. */
enum { SIGNING = 100, PAUSE = 10 }; /* ms */

static bool
is_dead(const struct lock_holder *holder)
{
	return holder->run[0] != '\0' && !process_is_alive(&holder->process);
}

static bool
is_same(const struct lock_holder *a, const struct lock_holder *b)
{
	return strcmp(a->run, b->run) == 0 && a->process.pid == b->process.pid;
}

/* Is the lock, which is held, still so by the same dead one later? */
static bool
is_left(const struct rooms *rooms, const char *name,
	const struct lock_holder *holder)
{
	struct lock_holder later;

	if (!is_dead(holder))
		return false;
	poll(NULL, 0, SIGNING);
	return lock_is_held(rooms, name, &later) && is_same(&later, holder);
}

/* The session is known when the run has got so far. */
static void
find_group(const struct rooms *rooms, const char *name,
	   const struct lock_holder *holder, struct process_group *group)
{
	struct folder_started started;
	char boot[PROCESS_BOOT];
	struct stat st;
	int folder;

	process_boot(boot);
	*group = (struct process_group){ 0 };
	if (strcmp(boot, holder->process.boot) == 0)
		group->since = holder->process.start;
	if (fstatat(rooms->lock, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		group->device = st.st_dev;
		group->inode = st.st_ino;
	}
	folder = folder_open(rooms, holder->run);
	if (folder < 0)
		return;
	if (folder_read_started(folder, &started) == 0 &&
	    strcmp(boot, started.process.boot) == 0)
		group->session = started.sid;
	close(folder);
}

static bool
has_result(const struct rooms *rooms, const char *run)
{
	int folder = *run != '\0' ? folder_open(rooms, run) : -1;
	bool found;

	if (folder < 0)
		return false;
	found = faccessat(folder, "result", F_OK, AT_SYMLINK_NOFOLLOW) == 0;
	close(folder);
	return found;
}

struct scene {
	const struct rooms *rooms;
	const char *name;
	const struct lock_holder *holder; /* the dead one */
};

/* A pulse-run that holds the lock may be one that looked for remains as we do,
 * has found the lock free since and not signed it yet.  Whoever else holds it
 * may have come from one that has signed while we looked. */
static bool
is_newcomer(void *arg, pid_t pid)
{
	const struct scene *scene = arg;
	struct lock_holder later;

	if (process_runs_ours(pid))
		poll(NULL, 0, SIGNING);
	return !lock_is_held(scene->rooms, scene->name, &later) ||
	       !is_same(&later, scene->holder);
}

/* Kills the group until nobody of it is found and the lock is free.  Who holds
 * the lock belongs to it only as long as the lock bears the dead one's name. */
static bool
sweep(struct scene *scene, const struct process_group *group, int64_t give_up)
{
	int64_t end = clock_monotonic() + give_up;
	struct process_group now = *group;
	struct lock_holder later;

	now.spare = is_newcomer;
	now.arg = scene;
	for (;;) {
		bool held = lock_is_held(scene->rooms, scene->name, &later);

		if (held && !is_same(&later, scene->holder))
			return false;
		now.inode = held ? group->inode : 0;
		if (process_sweep(&now) == 0 && !held)
			return true;
		if (clock_monotonic() >= end)
			return false;
		poll(NULL, 0, PAUSE);
	}
}

bool
remains_end(const struct rooms *rooms, const char *name, int64_t give_up)
{
	struct lock_holder holder;
	struct scene scene = { rooms, name, &holder };
	struct process_group group;
	bool held = lock_is_held(rooms, name, &holder);

	if (held && !is_left(rooms, name, &holder))
		return false;
	if (!held && (has_result(rooms, holder.run) || !is_dead(&holder)))
		return true;
	find_group(rooms, name, &holder, &group);
	if (!held) /* whoever takes the lock now is somebody else */
		group.inode = 0;
	if (group.session == 0 && group.inode == 0)
		return true;
	return sweep(&scene, &group, give_up);
}
