#include "web/live.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"
#include "web/bulletin.h"
#include "web/follower.h"
#include "web/jobboard.h"

/* Events at a time before others have their turn; ms that a snapshot serves,
 * for what the clock changes. */
enum { BATCH = 64, FRESH = 1000 };

/* The progress of a run that was told last. */
struct told {
	int64_t client, at;
	char job[NAMES_SIZE];
};

struct live {
	struct web *web;
	struct follower *followers;
	size_t count;
	struct feed *feed;
	int inotify;
	bool settled; /* all that is there was read */
	bool ended;
	struct loop_timer again;
	struct outbox_message *snapshot;
	uint64_t version; /* of the board, of that */
	int64_t made;	  /* monotonic */
	struct told *told;
	size_t told_count;
	bool leader, latched, held; /* as told last */
};

static void turn(void *arg);

void
live_come_again(struct live *live)
{
	if (live->again.at == 0)
		loop_at(live->web->loop, &live->again, clock_monotonic(), turn,
			live);
}

/* --- what happens -------------------------------------------------------- */

static struct outbox_message *
snapshot(struct live *live, const struct eventfile_position *at)
{
	const struct overview *overview = jobboard_look(live->web->board);
	uint64_t version = jobboard_version(live->web->board);
	int64_t now = clock_monotonic();
	char id[EVENTFILE_POSITION] = "";
	struct jsonw w = { 0 };

	if (*at->gen != '\0')
		eventfile_print(at, id);
	if (live->snapshot != NULL && strcmp(live->snapshot->id, id) == 0 &&
	    live->version == version && now - live->made < FRESH)
		return live->snapshot;
	bulletin_snapshot(&w, overview, at);
	outbox_drop(live->snapshot);
	live->snapshot = outbox_message(OUTBOX_EVENT, id, w.text, w.len);
	live->version = version;
	live->made = now;
	jsonw_free(&w);
	return live->snapshot;
}

static void
give_snapshot(struct live *live, struct follower *f,
	      const struct eventfile_position *at)
{
	static const char needed[] = "{\"type\":\"snapshot_needed\"}";
	struct outbox_message *message;

	if (f->lost) {
		message = outbox_message(OUTBOX_EVENT, "", needed,
					 strlen(needed));
		follower_put(f, message);
		outbox_drop(message);
	}
	f->needs = f->lost = false;
	f->at = *at;
	follower_put(f, snapshot(live, at));
}

/* The first event of all: he learns of which gen it is, and misses none. */
static void
begin_log(struct live *live, struct follower *f)
{
	struct eventfile_position start = *feed_at(live->feed);

	start.seq = 0;
	give_snapshot(live, f, &start);
}

static void
tell_event(struct live *live, const struct feed_line *line)
{
	const struct eventfile_position *at = feed_at(live->feed);
	struct outbox_message *message = NULL;
	struct follower *f;

	for (f = live->followers; f != NULL; f = f->next) {
		if (!follower_is_abreast(f))
			continue;
		if (*f->at.gen == '\0' && at->seq == 1)
			begin_log(live, f);
		if (strcmp(f->at.gen, at->gen) != 0)
			follower_lose(f);
		if (!follower_is_abreast(f) || f->at.seq >= at->seq)
			continue;
		if (message == NULL)
			message = follower_event(at, line);
		if (follower_put(f, message))
			f->at = *at;
	}
	outbox_drop(message);
}

static void
lose_all(struct live *live)
{
	struct follower *f;

	for (f = live->followers; f != NULL; f = f->next)
		if (follower_is_abreast(f))
			follower_lose(f);
}

/* Reads on; settled: to the end. */
static void
read_on(struct live *live)
{
	enum feed_got got = FEED_LINE;
	struct feed_line line;
	int count;

	for (count = 0; count < BATCH && got == FEED_LINE; count++) {
		got = feed_next(live->feed, &line);
		if (got == FEED_LINE) {
			tell_event(live, &line);
		} else if (got == FEED_LOST) {
			lose_all(live);
			got = FEED_LINE;
		}
	}
	live->settled = got == FEED_NONE;
}

/* --- the turn: read, tell, and see who has left --------------------------- */

static void
sweep(struct live *live)
{
	struct follower **at = &live->followers, *f;

	while ((f = *at) != NULL) {
		if (!f->left) {
			at = &f->next;
			continue;
		}
		*at = f->next;
		live->count--;
		follower_release(f);
	}
}

/* True: he is to be looked at again at once. */
static bool
serve(struct live *live, struct follower *f)
{
	if (f->ended)
		return false;
	if (f->feed != NULL)
		follower_catch_up(f, feed_at(live->feed));
	if (f->needs && live->settled && f->outbox.count < FOLLOWER_LOW)
		give_snapshot(live, f, feed_at(live->feed));
	if (!f->ended && f->outbox.count > 0)
		f->way->flush(f);
	return f->feed != NULL && f->outbox.count < FOLLOWER_LOW;
}

static void
turn(void *arg)
{
	struct live *live = arg;
	struct follower *f;
	bool again;

	sweep(live);
	read_on(live);
	again = !live->settled;
	for (f = live->followers; f != NULL; f = f->next)
		again = serve(live, f) || again;
	if (again)
		live_come_again(live);
}

static void
wake(void *arg, short revents)
{
	struct live *live = arg;
	char events[4096];

	(void)revents;
	while (read(live->inotify, events, sizeof(events)) > 0)
		;
	eventfile_watch(&live->web->rooms, live->inotify);
	turn(live);
}

/* --- progress, and the scheduler ------------------------------------------ */

/* Was this line of the run's progress told already? */
static bool
was_told(struct live *live, const struct overview_job *job)
{
	struct told *told = live->told;
	size_t i;

	for (i = 0; i < live->told_count; i++, told++)
		if (told->client == job->status.client &&
		    strcmp(told->job, job->status.job) == 0)
			break;
	if (i == live->told_count) {
		live->told = msg_realloc(live->told,
					 ++live->told_count * sizeof(*told));
		told = &live->told[i];
		*told = (struct told){ .client = job->status.client };
		memcpy(told->job, job->status.job, sizeof(told->job));
	}
	if (told->at == job->pace.at)
		return true;
	told->at = job->pace.at;
	return false;
}

static void
tell_all(struct live *live, const char *id, const struct jsonw *w)
{
	struct outbox_message *message =
		outbox_message(OUTBOX_PROGRESS, id, w->text, w->len);
	struct follower *f;

	for (f = live->followers; f != NULL; f = f->next) {
		if (!follower_is_abreast(f))
			continue;
		follower_put(f, message);
		if (!f->ended)
			f->way->flush(f);
	}
	outbox_drop(message);
}

static bool
scheduler_changed(struct live *live, const struct overview *overview)
{
	if (live->leader == overview->leader &&
	    live->latched == overview->latched && live->held == overview->held)
		return false;
	live->leader = overview->leader;
	live->latched = overview->latched;
	live->held = overview->held;
	return true;
}

static void
changed(void *arg, const struct overview_job *job)
{
	struct live *live = arg;
	const char *id = "scheduler";
	int64_t after = feed_at(live->feed)->seq;
	struct jsonw w = { 0 };

	if (job == NULL) {
		struct overview *overview = jobboard_look(live->web->board);

		if (scheduler_changed(live, overview))
			bulletin_scheduler(&w, overview, after);
	} else if (job->status.state == STATES_RUNNING &&
		   job->pace.samples > 0 && !was_told(live, job)) {
		id = job->status.run;
		bulletin_progress(&w, job, after);
	}
	if (w.len > 0)
		tell_all(live, id, &w);
	jsonw_free(&w);
}

/* --- who comes, and the end ----------------------------------------------- */

bool
live_join(struct live *live, struct follower *follower)
{
	if (live->ended)
		return false;
	follower->next = live->followers;
	live->followers = follower;
	live->count++;
	live_come_again(live);
	return true;
}

struct live *
live_open(struct web *web)
{
	struct live *live = msg_calloc(1, sizeof(*live));
	const struct overview *overview = jobboard_look(web->board);

	live->web = web;
	live->feed = feed_open(&web->rooms, NULL);
	live->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (live->inotify < 0)
		msg_die(EX_OSERR, "cannot watch '%s': %s", web->rooms.path,
			strerror(errno));
	eventfile_watch(&web->rooms, live->inotify);
	scheduler_changed(live, overview);
	while (!live->settled)
		read_on(live);
	loop_add(web->loop, live->inotify, POLLIN, wake, live);
	jobboard_listen(web->board, changed, live);
	return live;
}

void
live_end(struct live *live)
{
	struct follower *f;

	live->ended = true;
	for (f = live->followers; f != NULL; f = f->next)
		follower_end(f, FOLLOWER_GOING_AWAY, "pulse-web ends");
}

size_t
live_count(const struct live *live)
{
	return live->count;
}

void
live_close(struct live *live)
{
	struct follower *f;

	if (live == NULL)
		return;
	jobboard_listen(live->web->board, NULL, NULL);
	for (f = live->followers; f != NULL; f = f->next)
		f->left = true;
	sweep(live);
	loop_cancel(live->web->loop, &live->again);
	loop_remove(live->web->loop, live->inotify);
	close(live->inotify);
	feed_close(live->feed);
	outbox_drop(live->snapshot);
	free(live->told);
	free(live);
}
