#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/times.h"
#include "health/healthrun.h"
#include "jobs/latch.h"
#include "jobs/lock.h"
#include "jobs/process.h"

enum { WAITS_LONG = 60000 };

/* --- control -------------------------------------------------------------- */

static void
judge_latch(struct health_run *run)
{
	struct finding finding = { .check = "control", .subject = "latch" };

	if (run->rooms.control < 0)
		return;
	if (!latch_is_set(&run->rooms)) {
		findings_add(run->found, &finding, "not set");
		return;
	}
	finding.level = FINDING_FAIL;
	finding.class = OUTCOME_SERVICE_DOWN;
	finding.way_out = "when it is safe: pulse start orchestrator";
	findings_add(run->found, &finding,
		     "the emergency stop is set: nothing starts");
}

static void
judge_held(struct health_run *run)
{
	struct finding finding = { .check = "control",
				   .subject = "orchestrator",
				   .level = FINDING_WARN,
				   .class = OUTCOME_SERVICE_DOWN };
	int64_t held = 0;

	if (run->journal == NULL)
		return;
	if (journal_get(run->journal, "held", &held) != 0 || held == 0)
		return;
	finding.way_out = "pulse start orchestrator";
	findings_add(run->found, &finding,
		     "it is stopped: no job starts by itself");
}

/* Has nobody looked at the jobs for long, neither a daemon nor a timer? */
struct overdue {
	struct health_run *run;
	int64_t late;
	char job[NAMES_SIZE];
};

static bool
look_overdue(void *arg, const struct journal_job *job)
{
	struct overdue *overdue = arg;
	const struct states_row *row = &job->row;
	int64_t late = overdue->run->now - row->next_due;

	if (row->next_due == 0 || row->disabled ||
	    row->state == STATES_RUNNING || row->state == STATES_PAUSED ||
	    (row->state == STATES_ERROR && row->reason == STATES_MANUAL_FIX))
		return true;
	if (late > overdue->late) {
		overdue->late = late;
		snprintf(overdue->job, sizeof(overdue->job), "%s", job->job);
	}
	return true;
}

static void
judge_leader(struct health_run *run)
{
	struct finding finding = { .check = "control",
				   .subject = "pulse-sched" };
	struct overdue overdue = { .run = run };
	struct lock_holder holder;
	char text[HEALTH_TEXT];

	if (run->rooms.lock >= 0 &&
	    lock_is_held(&run->rooms, "leader", &holder)) {
		findings_add(run->found, &finding, "it runs, as process %ld",
			     (long)holder.process.pid);
		return;
	}
	if (run->journal != NULL)
		journal_each_job(run->journal, look_overdue, &overdue);
	finding.level = FINDING_NOTE;
	finding.way_out =
		"start it: systemctl start pulse-sched; or pulse-sched "
		"--once from cron or a timer";
	if (overdue.late > 15 * (int64_t)WAITS_LONG) {
		finding.level = FINDING_WARN;
		finding.class = OUTCOME_SERVICE_DOWN;
		findings_add(run->found, &finding,
			     "it does not run: %s has been due for %s",
			     overdue.job, times_about(overdue.late, text));
	} else {
		findings_add(run->found, &finding,
			     "it does not run as a daemon");
	}
}

/* Commands that nobody has taken. */
static void
judge_commands(struct health_run *run)
{
	struct finding finding = { .check = "control",
				   .subject = "commands",
				   .level = FINDING_WARN,
				   .class = OUTCOME_SERVICE_DOWN,
				   .way_out = "pulse-sched --once takes them" };
	int fd = openat(run->rooms.control, "new",
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	struct stat st;
	size_t waiting = 0;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.' &&
		    fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    run->now - st.st_mtim.tv_sec * 1000 > WAITS_LONG)
			waiting++;
	if (dir != NULL)
		closedir(dir);
	if (waiting > 0)
		findings_add(run->found, &finding,
			     "%zu wait for more than a minute", waiting);
}

/* --- locks ---------------------------------------------------------------- */

enum lock_view { LOCK_FREE, LOCK_WELL, LOCK_DAMAGED, LOCK_STUCK };

static enum lock_view
look_at(const struct rooms *rooms, const char *name, struct lock_holder *holder)
{
	if (!lock_is_held(rooms, name, holder))
		return LOCK_FREE;
	if (holder->process.pid == 0)
		return LOCK_DAMAGED;
	return process_is_alive(&holder->process) ? LOCK_WELL : LOCK_STUCK;
}

/* The lock is taken a moment before it is signed, and let go a moment after
 * its holder is gone: what looks wrong is looked at again. */
static enum lock_view
look_again(const struct rooms *rooms, const char *name,
	   struct lock_holder *holder)
{
	const struct timespec moment = { 0, 100000000 };
	enum lock_view view = look_at(rooms, name, holder);
	int tries;

	for (tries = 0; tries < 5 && view >= LOCK_DAMAGED; tries++) {
		nanosleep(&moment, NULL);
		view = look_at(rooms, name, holder);
	}
	return view;
}

static void
judge_lock(struct health_run *run, const char *name)
{
	struct lock_holder holder;
	struct finding finding = { .check = "locks",
				   .subject = name,
				   .client = strtoll(name, NULL, 10),
				   .level = FINDING_FAIL,
				   .class = OUTCOME_SYSTEM };
	char way[1024];

	switch (look_again(&run->rooms, name, &holder)) {
	case LOCK_STUCK:
		snprintf(way, sizeof(way),
			 "pulse-sched ends such processes; by hand: fuser -v "
			 "'%s/lock/%s', then kill them",
			 run->spool, name);
		finding.way_out = way;
		findings_add(run->found, &finding,
			     "run %s is gone (process %ld), but something "
			     "holds its lock: nothing of this job starts",
			     holder.run, (long)holder.process.pid);
		break;
	case LOCK_DAMAGED:
		finding.level = FINDING_WARN;
		finding.class = OUTCOME_DATA_FORMAT;
		snprintf(way, sizeof(way), "fuser -v '%s/lock/%s' shows it",
			 run->spool, name);
		finding.way_out = way;
		findings_add(run->found, &finding,
			     "it is held, and does not say by whom");
		break;
	case LOCK_WELL:
		finding.level = FINDING_OK;
		finding.value = "held";
		findings_add(run->found, &finding, "run %s is under way",
			     holder.run);
		break;
	default:
		break;
	}
}

static void
judge_locks(struct health_run *run)
{
	int fd = run->rooms.lock < 0 ? -1 : dup(run->rooms.lock);
	struct finding finding = { .check = "locks" };
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	size_t before = run->found->count;
	struct dirent *entry;

	if (dir != NULL)
		rewinddir(dir);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		int64_t client = strtoll(entry->d_name, NULL, 10);

		if (entry->d_name[0] == '.' ||
		    strcmp(entry->d_name, "leader") == 0 ||
		    (client > 0 && !health_wants_client(run, client)))
			continue;
		judge_lock(run, entry->d_name);
	}
	if (dir != NULL)
		closedir(dir);
	if (run->found->count == before)
		findings_add(run->found, &finding, "none is held");
}

void
health_control(struct health_run *run)
{
	if (!run->has_rooms)
		return;
	judge_latch(run);
	judge_held(run);
	judge_leader(run);
	judge_commands(run);
	judge_locks(run);
}
