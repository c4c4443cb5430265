#include "lead/office.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "base/home.h"
#include "base/msg.h"
#include "jobs/folder.h"
#include "jobs/spawn.h"

enum { PATH = 4200, SOURCE_BITS = 32 };

static char *
absolute(char *path)
{
	char *full = path != NULL ? realpath(path, NULL) : NULL;

	if (full == NULL)
		return path;
	free(path);
	return full;
}

static int
read_plans(const struct office *office, struct schedule **schedule,
	   struct settings **settings, char **why)
{
	*schedule = schedule_load(office->schedule_file, why);
	if (*schedule == NULL)
		return -1;
	*settings = settings_load(office->config, why);
	if (*settings != NULL)
		return 0;
	schedule_free(*schedule);
	return -1;
}

int
office_reload(struct office *office, char **why)
{
	struct schedule *schedule;
	struct settings *settings;

	free(office->config);
	office->config = absolute(home_config(office->config_given));
	if (read_plans(office, &schedule, &settings, why) != 0)
		return -1;
	docket_fit(&office->docket, schedule, settings);
	schedule_free(office->schedule);
	settings_free(office->settings);
	office->schedule = schedule;
	office->settings = settings;
	office->unfitted = true;
	return 0;
}

static int
sign(struct office *office)
{
	struct lock_holder holder = { .run = "" };

	process_boot(office->boot);
	if (process_identify(getpid(), &holder.process) != 0)
		return -1;
	return lock_sign(office->lock, &holder);
}

static char *
complaint(const char *subject, const char *reason)
{
	char *why = NULL;

	why = msg_text("'%s': %s", subject, reason);
	return why;
}

/* A leader that is killed while it starts a run leaves its lock, for moments,
 * to a child that has not come to its exec yet. */
static int
lock_or_holder(const struct rooms *rooms, struct lock_holder *holder)
{
	const struct timespec moment = { .tv_nsec = 10000000 };
	int fd, tries;

	for (tries = 0;; tries++) {
		fd = lock_take(rooms, "leader");
		if (fd >= 0 || errno != EAGAIN)
			return fd;
		lock_is_held(rooms, "leader", holder);
		if (tries == 200 || process_is_alive(&holder->process))
			break;
		nanosleep(&moment, NULL);
	}
	errno = EAGAIN;
	return -1;
}

static enum leader_opening
take_lock(struct office *office, int *holder, char **why)
{
	struct lock_holder other = { .run = "" };
	int error;

	office->lock = lock_or_holder(&office->rooms, &other);
	if (office->lock < 0 && errno == EAGAIN) {
		*holder = other.process.pid;
		return LEADER_BUSY;
	}
	if (office->lock >= 0 && sign(office) == 0)
		return LEADER_READY;
	error = errno;
	*why = complaint("lock/leader", strerror(error));
	errno = error;
	return LEADER_FAILED;
}

static int
read_flags(struct office *office)
{
	int64_t latched, held;

	if (journal_get(office->journal, "latched", &latched) != 0 ||
	    journal_get(office->journal, "held", &held) != 0 ||
	    journal_get(office->journal, "turn", &office->flags.turn) != 0 ||
	    journal_get(office->journal, "ring", &office->flags.ring) != 0)
		return -1;
	office->flags.latched = latched != 0;
	office->flags.held = held != 0;
	return 0;
}

/* A state.db that was lost counts on behind the folders of its runs, whose
 * logs people may still want. */
static int
skip_runs(struct office *office)
{
	int64_t last, highest;

	if (journal_last_run(office->journal, &last) != 0)
		return -1;
	highest = last == 0 ? folder_highest(&office->rooms) : 0;
	return highest == 0 ? 0 : journal_skip_runs(office->journal, highest);
}

static int
open_journal(struct office *office, char **why, enum outcome_class *class)
{
	char path[PATH];

	snprintf(path, sizeof(path), "%s/state.db", office->rooms.path);
	office->journal = journal_open(path, true, why, class);
	if (office->journal == NULL)
		return -1;
	if (docket_read(&office->docket, office->journal) != 0 ||
	    read_flags(office) != 0 || skip_runs(office) != 0) {
		*class = journal_class(office->journal);
		*why = complaint(path, journal_error(office->journal));
		return -1;
	}
	office->events = events_open(&office->rooms, office->journal);
	if (office->events != NULL)
		return 0;
	*class = OUTCOME_DISK;
	*why = complaint("events.ndjson", strerror(errno));
	return -1;
}

static enum leader_opening
open_rooms(struct office *office, const char *spool, int *holder, char **why,
	   enum outcome_class *class)
{
	enum leader_opening opening = LEADER_FAILED;

	if (rooms_open(&office->rooms, spool, true, why) == 0)
		opening = take_lock(office, holder, why);
	*class = outcome_of_errno(errno);
	return opening;
}

/* Refused, we go on with what we have. */
static void
raise_files(struct office *office)
{
	struct rlimit most;

	if (getrlimit(RLIMIT_NOFILE, &office->files) != 0)
		return;
	most = office->files;
	most.rlim_cur = most.rlim_max;
	setrlimit(RLIMIT_NOFILE, &most);
}

int
office_spawn(const struct office *office, char **argv, int in, pid_t *pid)
{
	struct rlimit ours;
	bool lower = getrlimit(RLIMIT_NOFILE, &ours) == 0 &&
		     ours.rlim_cur > office->files.rlim_cur &&
		     office->files.rlim_cur > 0;
	int error;

	if (lower)
		setrlimit(RLIMIT_NOFILE, &office->files);
	error = spawn_alone(argv, office->environment, in, office->errors, pid);
	if (lower)
		setrlimit(RLIMIT_NOFILE, &ours);
	return error;
}

enum leader_opening
office_open(const struct leader_options *options, struct office *office,
	    int *holder, char **why, enum outcome_class *class)
{
	enum leader_opening opening;

	*office = (struct office){ .lock = -1,
				   .epoll = -1,
				   .signals = -1,
				   .inotify = -1,
				   .mailbox = -1,
				   .errors = -1,
				   .verbose = options->verbose,
				   .mail = true,
				   .arrived = true,
				   .unfitted = true };
	raise_files(office);
	opening = open_rooms(office, options->spool, holder, why, class);
	if (opening != LEADER_READY)
		return opening;
	*class = OUTCOME_CONFIGURATION;
	office->schedule_file = schedule_path(options->schedule);
	office->config_given = options->config;
	office->config = absolute(home_config(options->config));
	if (read_plans(office, &office->schedule, &office->settings, why) != 0)
		return LEADER_FAILED;
	if (open_journal(office, why, class) != 0)
		return LEADER_FAILED;
	docket_recall(&office->docket, &office->rooms);
	docket_fit(&office->docket, office->schedule, office->settings);
	office->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (office->epoll >= 0)
		return LEADER_READY;
	*class = OUTCOME_SYSTEM;
	*why = complaint("epoll", strerror(errno));
	return LEADER_FAILED;
}

static void
close_descriptor(int fd)
{
	if (fd >= 0)
		close(fd);
}

void
office_close(struct office *office)
{
	size_t i;

	events_close(office->events);
	journal_close(office->journal);
	docket_free(&office->docket);
	schedule_free(office->schedule);
	settings_free(office->settings);
	free(office->schedule_file);
	free(office->config);
	free(office->runner);
	free(office->after);
	for (i = 0; office->environment != NULL && office->environment[i]; i++)
		free(office->environment[i]);
	free(office->environment);
	for (i = 0; i < office->bell_count; i++)
		free(office->bells[i]);
	free(office->bells);
	clock_close(office->timer);
	close_descriptor(office->mailbox);
	close_descriptor(office->inotify);
	close_descriptor(office->signals);
	close_descriptor(office->epoll);
	close_descriptor(office->lock); /* last: from now on another leads */
	rooms_close(&office->rooms);
}

int
office_watch(struct office *office, int fd, enum office_source source,
	     size_t index)
{
	struct epoll_event event = {
		.events = EPOLLIN,
		.data.u64 = ((uint64_t)source << SOURCE_BITS) | index
	};

	return epoll_ctl(office->epoll, EPOLL_CTL_ADD, fd, &event);
}

void
office_unwatch(struct office *office, int fd)
{
	epoll_ctl(office->epoll, EPOLL_CTL_DEL, fd, NULL);
}

void
office_look_in(struct office *office, int64_t ms)
{
	int64_t at = clock_monotonic() + ms;

	if (office->look == 0 || at < office->look)
		office->look = at;
}

size_t
office_index(const struct office *office, const struct docket_entry *entry)
{
	return (size_t)(entry - office->docket.entries);
}
