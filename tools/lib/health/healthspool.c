#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "base/times.h"
#include "health/healthrun.h"
#include "storage/shelf.h"

enum { FEW_FILES = 1000 };
static const int64_t hour = 3600000, day = 86400000;

/* --- disk ----------------------------------------------------------------- */

static void
judge_space(struct health_run *run, const struct statvfs *vfs)
{
	int64_t left = (int64_t)vfs->f_bavail * (int64_t)vfs->f_frsize;
	int64_t floor = run->schedule != NULL ? run->schedule->floor : 0;
	struct finding finding = { .check = "disk",
				   .subject = run->spool,
				   .class = OUTCOME_DISK,
				   .way_out = NULL };
	char size[HEALTH_TEXT], least[HEALTH_TEXT], value[32];

	snprintf(value, sizeof(value), "%lld", (long long)left);
	finding.value = value;
	health_size(left, size);
	health_size(floor, least);
	if (left < 2 * floor)
		finding.way_out = "make room; spool-prune(1) removes batches "
				  "that are loaded, and cache/ may go whole";
	if (left < floor) {
		finding.level = FINDING_FAIL;
		findings_add(run->found, &finding,
			     "%s are free: below %s no job starts", size,
			     least);
	} else if (left < 2 * floor) {
		finding.level = FINDING_WARN;
		findings_add(run->found, &finding,
			     "%s are free, and below %s no job starts", size,
			     least);
	} else {
		findings_add(run->found, &finding, "%s are free", size);
	}
}

static void
judge_disk(struct health_run *run)
{
	struct finding finding = { .check = "disk",
				   .subject = run->spool,
				   .level = FINDING_WARN,
				   .class = OUTCOME_DISK };
	struct statvfs vfs;

	if (statvfs(run->spool, &vfs) != 0) {
		if (errno == ENOENT)
			return;
		finding.level = FINDING_FAIL;
		findings_add(run->found, &finding, "%s", strerror(errno));
		return;
	}
	judge_space(run, &vfs);
	if (vfs.f_files > 0 && vfs.f_favail < FEW_FILES) {
		finding.way_out = "remove files, or make the file system anew "
				  "with more inodes";
		findings_add(run->found, &finding,
			     "room for %llu more files only",
			     (unsigned long long)vfs.f_favail);
	}
	if ((vfs.f_flag & ST_RDONLY) != 0) {
		finding.level = FINDING_FAIL;
		finding.way_out = "mount it writable";
		findings_add(run->found, &finding, "it is mounted read-only");
	}
}

/* --- queue ---------------------------------------------------------------- */

/* What one queue holds in one state. */
struct pile {
	const char *client, *queue;
	enum queue_state state;
	size_t count, rejects;
	int64_t oldest;
};

static bool
ends_in(const char *name, const char *tail)
{
	size_t len = strlen(name), end = strlen(tail);

	return len > end && strcmp(name + len - end, tail) == 0;
}

static void
count_item(struct pile *pile, const struct shelf_item *item)
{
	bool rejects = ends_in(item->name, ".rejects");

	if (item->state == QUEUE_BAD && !rejects &&
	    !ends_in(item->name, ".batch"))
		return;
	if (pile->count + pile->rejects == 0 || item->at < pile->oldest)
		pile->oldest = item->at;
	if (rejects)
		pile->rejects++;
	else
		pile->count++;
}

static void
judge_waiting(struct health_run *run, const struct pile *pile,
	      const struct finding *about)
{
	struct finding finding = *about;
	int64_t age = run->now - pile->oldest;
	char text[HEALTH_TEXT], way[256];

	if (pile->count == 0)
		return;
	if (age >= hour) {
		finding.level = FINDING_WARN;
		snprintf(way, sizeof(way),
			 "pulse start %s_job loads them; or spool-take -k %s "
			 "%s -- pipelines/ingest",
			 pile->queue, pile->client, pile->queue);
		finding.way_out = way;
	}
	findings_add(run->found, &finding,
		     "%zu batch%s wait%s to be loaded, the oldest for %s",
		     pile->count, pile->count == 1 ? "" : "es",
		     pile->count == 1 ? "s" : "", times_about(age, text));
}

static void
judge_bad(struct health_run *run, const struct pile *pile,
	  const struct finding *about)
{
	struct finding finding = *about;
	char way[320];

	if (pile->count > 0) {
		finding.level = FINDING_WARN;
		snprintf(way, sizeof(way),
			 "look at queue/%s/%s/bad/*.batch in the spool; "
			 "spool-ls -k %s --replay %s NAME tries one again",
			 pile->client, pile->queue, pile->client, pile->queue);
		finding.way_out = way;
		findings_add(run->found, &finding,
			     "%zu batch%s could not be loaded", pile->count,
			     pile->count == 1 ? "" : "es");
	}
	if (pile->rejects > 0) {
		finding.level = FINDING_NOTE;
		snprintf(way, sizeof(way),
			 "see queue/%s/%s/bad/*.rejects; validate --unwrap "
			 "gives the lines back",
			 pile->client, pile->queue);
		finding.way_out = way;
		findings_add(run->found, &finding,
			     "%zu batch%s had records that break the rules",
			     pile->rejects, pile->rejects == 1 ? "" : "es");
	}
}

static void
judge_left_over(struct health_run *run, const struct pile *pile,
		const struct finding *about)
{
	struct finding finding = *about;
	char text[HEALTH_TEXT];

	if (run->now - pile->oldest < day)
		return;
	finding.level = FINDING_NOTE;
	finding.way_out = "the next run of the job sweeps what nobody writes";
	findings_add(run->found, &finding,
		     "%zu unfinished batch%s, the oldest of %s ago",
		     pile->count, pile->count == 1 ? "" : "es",
		     times_about(run->now - pile->oldest, text));
}

static void
judge_pile(struct health_run *run, const struct pile *pile)
{
	struct finding finding = { .check = "queue",
				   .subject = pile->queue,
				   .client = strtoll(pile->client, NULL, 10),
				   .class = OUTCOME_DATA_FORMAT };

	switch (pile->state) {
	case QUEUE_TMP:
		judge_left_over(run, pile, &finding);
		break;
	case QUEUE_NEW:
		finding.class = OUTCOME_TEMPORARY_SERVICE_ERROR;
		judge_waiting(run, pile, &finding);
		break;
	case QUEUE_BAD:
		judge_bad(run, pile, &finding);
		break;
	default:
		break;
	}
}

static bool
is_of(const struct pile *pile, const struct shelf_item *item)
{
	return pile->state == item->state &&
	       strcmp(pile->queue, item->queue) == 0 &&
	       strcmp(pile->client, item->client) == 0;
}

static void
judge_queues(struct health_run *run)
{
	struct finding finding = { .check = "queue",
				   .level = FINDING_FAIL,
				   .class = OUTCOME_DISK };
	struct pile pile = { .client = NULL };
	struct shelf shelf;
	size_t i, before = run->found->count;

	if (shelf_read(run->spool, run->options->client, NULL, &shelf) != 0) {
		findings_add(run->found, &finding, "cannot read '%s/queue': %s",
			     run->spool, strerror(errno));
		return;
	}
	for (i = 0; i < shelf.count; i++) {
		const struct shelf_item *item = &shelf.items[i];

		if (pile.client == NULL || !is_of(&pile, item)) {
			if (pile.client != NULL)
				judge_pile(run, &pile);
			pile = (struct pile){
				item->client, item->queue, item->state, 0, 0, 0
			};
		}
		count_item(&pile, item);
	}
	if (pile.client != NULL)
		judge_pile(run, &pile);
	shelf_free(&shelf);
	finding.level = FINDING_OK;
	if (run->found->count == before)
		findings_add(run->found, &finding, "nothing waits");
}

void
health_spool(struct health_run *run)
{
	judge_disk(run);
	judge_queues(run);
}
