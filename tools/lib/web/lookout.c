#include "web/lookout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/msg.h"
#include "jobs/folder.h"

enum place { ABOVE, SPOOL, LOCK, CONTROL, STATUS, EVENTS, PLACES };

/* What comes and goes in a folder. */
enum {
	NAMES = IN_CREATE | IN_MOVED_TO | IN_DELETE | IN_MOVED_FROM,
	WRITES = IN_MODIFY | IN_CLOSE_WRITE
};

/* A run's progress, or its folder until that has one. */
struct trail {
	char run[FOLDER_ID];
	int wd;
	bool waits; /* for the file to be made */
};

struct lookout {
	int fd, wd[PLACES];
	char *spool;
	char awaited[256]; /* the name in ABOVE that leads to the spool */
	struct trail *trails;
	size_t count;
};

struct lookout *
lookout_new(void)
{
	struct lookout *lookout = msg_calloc(1, sizeof(*lookout));
	int place;

	for (place = 0; place < PLACES; place++)
		lookout->wd[place] = -1;
	lookout->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	return lookout;
}

void
lookout_free(struct lookout *lookout)
{
	if (lookout == NULL)
		return;
	if (lookout->fd >= 0)
		close(lookout->fd);
	free(lookout->trails);
	free(lookout->spool);
	free(lookout);
}

int
lookout_fd(const struct lookout *lookout)
{
	return lookout->fd;
}

static int
watch(const struct lookout *l, const char *below, uint32_t mask)
{
	char path[4096];

	if (snprintf(path, sizeof(path), "%s%s", l->spool, below) >=
	    (int)sizeof(path))
		return -1;
	return inotify_add_watch(l->fd, path, mask);
}

static void
unwatch(const struct lookout *l, int *wd)
{
	if (*wd >= 0)
		inotify_rm_watch(l->fd, *wd);
	*wd = -1;
}

/* The nearest folder above that is there. */
static void
watch_above(struct lookout *l)
{
	char *path = msg_strdup(l->spool), *slash;

	l->awaited[0] = '\0';
	while (l->wd[ABOVE] < 0 && (slash = strrchr(path, '/')) != NULL) {
		snprintf(l->awaited, sizeof(l->awaited), "%s", slash + 1);
		*slash = '\0';
		l->wd[ABOVE] = inotify_add_watch(
			l->fd, slash == path ? "/" : path, NAMES | IN_ONLYDIR);
	}
	free(path);
}

void
lookout_turn_to(struct lookout *lookout, const char *spool)
{
	struct lookout *l = lookout;
	int place;

	for (place = 0; place < PLACES; place++)
		unwatch(l, &l->wd[place]);
	while (l->count > 0)
		unwatch(l, &l->trails[--l->count].wd);
	if (l->spool != spool) {
		free(l->spool);
		l->spool = msg_strdup(spool);
	}
	watch_above(l);
	l->wd[SPOOL] = watch(l, "", NAMES | IN_ONLYDIR);
	l->wd[STATUS] =
		watch(l, "/status", IN_MOVED_TO | IN_DELETE | IN_ONLYDIR);
	l->wd[LOCK] = watch(l, "/lock", IN_CREATE | WRITES | IN_ONLYDIR);
	l->wd[CONTROL] = watch(l, "/control", NAMES | WRITES | IN_ONLYDIR);
	l->wd[EVENTS] = watch(l, "/events.ndjson", IN_MODIFY);
}

bool
lookout_sees(const struct lookout *lookout, const struct rooms *rooms)
{
	const int *wd = lookout->wd;

	if (rooms == NULL)
		return wd[SPOOL] < 0;
	return wd[SPOOL] >= 0 && (rooms->status < 0 || wd[STATUS] >= 0) &&
	       (rooms->lock < 0 || wd[LOCK] >= 0) &&
	       (rooms->control < 0 || wd[CONTROL] >= 0);
}

static void
watch_trail(struct lookout *l, struct trail *trail)
{
	char below[FOLDER_ID + 16];

	unwatch(l, &trail->wd);
	snprintf(below, sizeof(below), "/run/%s/progress", trail->run);
	trail->wd = watch(l, below, IN_MODIFY | IN_DONT_FOLLOW);
	trail->waits = trail->wd < 0;
	if (!trail->waits)
		return;
	snprintf(below, sizeof(below), "/run/%s", trail->run);
	trail->wd =
		watch(l, below,
		      IN_CREATE | IN_MOVED_TO | IN_ONLYDIR | IN_DONT_FOLLOW);
}

void
lookout_follow(struct lookout *lookout, const char *run, bool on)
{
	struct trail *trail;
	size_t i = 0;

	while (i < lookout->count && strcmp(lookout->trails[i].run, run) != 0)
		i++;
	if (on == (i < lookout->count))
		return;
	if (!on) {
		unwatch(lookout, &lookout->trails[i].wd);
		lookout->trails[i] = lookout->trails[--lookout->count];
		return;
	}
	lookout->trails =
		msg_realloc(lookout->trails,
			    (lookout->count + 1) * sizeof(*lookout->trails));
	trail = &lookout->trails[lookout->count++];
	*trail = (struct trail){ .wd = -1 };
	snprintf(trail->run, sizeof(trail->run), "%s", run);
	watch_trail(lookout, trail);
}

/* The run whose progress has grown; NULL: none that is followed. */
static const char *
find_trail(struct lookout *l, const struct inotify_event *event)
{
	struct trail *trail = l->trails;
	struct trail *end = trail + l->count;

	while (trail < end && (trail->wd < 0 || trail->wd != event->wd))
		trail++;
	if (trail == end)
		return NULL;
	if ((event->mask & IN_IGNORED) != 0) {
		trail->wd = -1;
		return NULL;
	}
	if (trail->waits &&
	    (event->len == 0 || strcmp(event->name, "progress") != 0))
		return NULL;
	if (trail->waits)
		watch_trail(l, trail);
	return trail->run;
}

/* -1: nothing that matters. */
static int
see_name(struct lookout *l, const char *name)
{
	static const char *const rooms[] = { "run", "lock", "control",
					     "status" };
	size_t i;

	for (i = 0; i < sizeof(rooms) / sizeof(rooms[0]); i++)
		if (strcmp(name, rooms[i]) == 0)
			return LOOKOUT_SPOOL;
	if (strcmp(name, "state.db") == 0)
		return LOOKOUT_DATABASE;
	if (strcmp(name, "events.ndjson") != 0)
		return -1;
	unwatch(l, &l->wd[EVENTS]);
	l->wd[EVENTS] = watch(l, "/events.ndjson", IN_MODIFY);
	return LOOKOUT_EVENTS;
}

static int
see(struct lookout *l, const struct inotify_event *event, const char **name)
{
	int place = 0;

	*name = event->len > 0 ? event->name : "";
	while (place < PLACES &&
	       (l->wd[place] < 0 || l->wd[place] != event->wd))
		place++;
	if ((event->mask & IN_Q_OVERFLOW) != 0)
		return LOOKOUT_SPOOL;
	if (place < PLACES && (event->mask & IN_IGNORED) != 0) {
		l->wd[place] = -1;
		return -1;
	}
	switch (place) {
	case ABOVE:
		return strcmp(*name, l->awaited) == 0 ? LOOKOUT_SPOOL : -1;
	case SPOOL:
		return see_name(l, *name);
	case LOCK:
		return LOOKOUT_LOCK;
	case CONTROL:
		return strcmp(*name, "latch") == 0 ? LOOKOUT_LATCH : -1;
	case STATUS:
		return **name == '.' ? -1 : LOOKOUT_STATUS;
	case EVENTS:
		return LOOKOUT_EVENTS;
	default:
		*name = find_trail(l, event);
		return *name == NULL ? -1 : LOOKOUT_PROGRESS;
	}
}

void
lookout_take(struct lookout *lookout,
	     void (*seen)(void *arg, enum lookout_sight sight,
			  const char *name),
	     void *arg)
{
	char bytes[16384]
		__attribute__((aligned(__alignof__(struct inotify_event))));
	const struct inotify_event *event;
	const char *name;
	ssize_t n, at;
	int sight;

	while ((n = read(lookout->fd, bytes, sizeof(bytes))) > 0)
		for (at = 0; at < n;
		     at += (ssize_t)(sizeof(*event) + event->len)) {
			event = (const void *)(bytes + at);
			sight = see(lookout, event, &name);
			if (sight >= 0)
				seen(arg, (enum lookout_sight)sight, name);
		}
}
