#include "ask/emergency.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"
#include "jobs/folder.h"
#include "jobs/latch.h"
#include "jobs/lock.h"
#include "jobs/process.h"

enum { PATIENCE = 500, PAUSE = 10 }; /* ms */

struct held { /* a lock that was held at some time */
	char name[NAME_MAX + 1];
	struct process_id told; /* the pulse-run that was sent USR2 */
	int64_t since;		/* told, or first seen held */
	bool now;		/* held in the latest pass */
};

struct hunt {
	const struct rooms *rooms;
	struct held *held;
	size_t count;
	unsigned runs;
};

static void
rest(void)
{
	static const struct timespec pause = { .tv_nsec = PAUSE * 1000000 };

	nanosleep(&pause, NULL);
}

/* Kills whoever holds the lock, whatever its card says. */
static void
sweep_lock(const struct rooms *rooms, const char *name)
{
	struct process_group group = { 0 };
	struct stat st;

	if (fstatat(rooms->lock, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return;
	group.device = st.st_dev;
	group.inode = st.st_ino;
	process_sweep(&group);
}

/* Kills what is left of the run that the card names: its pipeline may have
 * closed the lock. */
static void
sweep_session(const struct rooms *rooms, const struct lock_holder *holder)
{
	struct folder_started started;
	struct process_group group = { 0 };
	char boot[PROCESS_BOOT];
	int folder;

	process_boot(boot);
	if (holder->run[0] == '\0' || strcmp(boot, holder->process.boot) != 0)
		return;
	folder = folder_open(rooms, holder->run);
	if (folder < 0)
		return;
	if (folder_read_started(folder, &started) == 0) {
		group.session = started.sid;
		group.since = started.process.start;
		process_sweep(&group);
	}
	close(folder);
}

static struct held *
place_of(struct hunt *hunt, const char *name, int64_t now)
{
	struct held *held;
	size_t i;

	for (i = 0; i < hunt->count; i++)
		if (strcmp(hunt->held[i].name, name) == 0)
			return &hunt->held[i];
	hunt->held = msg_realloc(hunt->held, (hunt->count + 1) * sizeof(*held));
	held = &hunt->held[hunt->count++];
	*held = (struct held){ .since = now };
	snprintf(held->name, sizeof(held->name), "%s", name);
	hunt->runs++;
	return held;
}

static bool
is_same(const struct process_id *a, const struct process_id *b)
{
	return a->pid == b->pid && a->start == b->start;
}

static void
tend(struct hunt *hunt, const char *name, const struct lock_holder *holder)
{
	int64_t now = clock_monotonic();
	struct held *held = place_of(hunt, name, now);

	held->now = true;
	if (!is_same(&held->told, &holder->process) &&
	    process_signal(&holder->process, SIGUSR2) == 0) {
		hunt->runs += held->told.pid != 0;
		held->told = holder->process;
		held->since = now;
	}
	if (now - held->since < PATIENCE)
		return;
	sweep_session(hunt->rooms, holder);
	sweep_lock(hunt->rooms, name);
}

/* One look at every lock; how many were held, -1 when it cannot be told. */
static int
pass(struct hunt *hunt)
{
	int fd = openat(hunt->rooms->lock, ".",
			O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct lock_holder holder;
	struct dirent *entry;
	int held = 0;
	size_t i;

	for (i = 0; i < hunt->count; i++)
		hunt->held[i].now = false;
	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.' ||
		    strcmp(entry->d_name, "leader") == 0 ||
		    !lock_is_held(hunt->rooms, entry->d_name, &holder))
			continue;
		tend(hunt, entry->d_name, &holder);
		held++;
	}
	closedir(dir);
	return held;
}

/* It could start a run after our last look, so it goes first. */
static bool
end_leader(const struct rooms *rooms, int64_t until)
{
	int64_t patience = clock_monotonic() + PATIENCE;
	struct lock_holder holder;
	bool told = false;

	while (lock_is_held(rooms, "leader", &holder)) {
		if (clock_monotonic() >= until)
			return false;
		if (!told && process_signal(&holder.process, SIGKILL) != 0)
			patience = 0;
		if (clock_monotonic() >= patience)
			sweep_lock(rooms, "leader");
		told = true;
		rest();
	}
	return told;
}

static void
name_those_left(const struct hunt *hunt, struct emergency_report *report)
{
	size_t i, used = 0;

	for (i = 0; i < hunt->count; i++) {
		if (!hunt->held[i].now)
			continue;
		report->left++;
		if (used + strlen(hunt->held[i].name) + 2 <
		    sizeof(report->named))
			used += (size_t)snprintf(report->named + used,
						 sizeof(report->named) - used,
						 "%s%s", used > 0 ? " " : "",
						 hunt->held[i].name);
	}
}

int
emergency_stop(const struct rooms *rooms, int64_t give_up_ms,
	       struct emergency_report *report)
{
	int64_t until = clock_monotonic() + give_up_ms;
	struct hunt hunt = { .rooms = rooms };
	int held;

	*report = (struct emergency_report){ 0 };
	report->latched = latch_set(rooms, true) == 0;
	report->latch_error = report->latched	   ? 0
			      : rooms->control < 0 ? ENOENT
						   : errno;
	report->over = rooms->lock < 0;
	if (report->over)
		return 0;
	if (!report->latched)
		report->ended_leader = end_leader(rooms, until);
	while ((held = pass(&hunt)) != 0 && clock_monotonic() < until)
		rest();
	name_those_left(&hunt, report);
	report->runs = hunt.runs;
	free(hunt.held);
	report->over = held == 0;
	return report->over ? 0 : -1;
}

void
emergency_wrong(const struct emergency_report *report, char *out, size_t size)
{
	int len = 0;

	out[0] = '\0';
	if (!report->latched)
		len = snprintf(
			out, size, "cannot set the latch: %s; %s%s",
			strerror(report->latch_error),
			report->ended_leader
				? "the scheduler was ended as well: keep "
				  "it from being started again"
				: "no scheduler was running: keep it so",
			report->over ? "" : "; ");
	if (!report->over)
		snprintf(out + len, size - (size_t)len,
			 "cannot end '%s': its lock is still held",
			 report->left > 0 ? report->named : "every run");
}
