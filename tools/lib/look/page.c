#include "look/page.h"

#include <stdlib.h>

#include "look/phrase.h"

/* Counting opens pulse.db: not with each frame. */
enum { COUNT_AGAIN = 5000 };

static void
alarm_line(FILE *out, const struct page *page, const char *text)
{
	if (page->style.colour)
		fprintf(out, "\033[1;31m%s\033[0m\n", text);
	else
		fprintf(out, "%s\n", text);
}

/* What keeps everything from starting. */
static void
print_alarms(FILE *out, const struct page *page)
{
	const struct overview *o = page->overview;

	if (o->latched)
		alarm_line(out, page,
			   "EMERGENCY STOP is set, nothing starts: pulse start "
			   "orchestrator");
	if (o->held)
		alarm_line(out, page,
			   "The orchestrator is stopped, nothing starts: pulse "
			   "start orchestrator");
	if (page->again && o->overdue)
		alarm_line(out, page,
			   "No scheduler is running: start pulse-sched, or "
			   "its timer");
	if (o->damaged > 0)
		fprintf(out,
			"%zu status files cannot be read: the scheduler writes "
			"them anew when it starts\n",
			o->damaged);
}

static void
count(struct page *page)
{
	const struct overview *o = page->overview;
	enum outcome_class class;
	char *why;

	if (page->counted != 0 && o->now - page->counted < COUNT_AGAIN &&
	    o->now >= page->counted)
		return;
	leftovers_count(&o->rooms, page->client, &page->left, &why, &class);
	free(why);
	page->counted = o->now;
}

static void
print_count(FILE *out, int64_t number, const char *one, const char *more,
	    const char *way)
{
	if (number > 0)
		fprintf(out, "%lld %s: %s\n", (long long)number,
			number == 1 ? one : more, way);
}

static void
print_leftovers(FILE *out, struct page *page)
{
	const struct leftovers *left = &page->left;

	count(page);
	print_count(out, left->files[QUEUE_NEW], "batch waits to be loaded",
		    "batches wait to be loaded", "spool-ls");
	print_count(out, left->files[QUEUE_BAD] - left->rejects,
		    "batch was given up", "batches were given up",
		    "spool-ls, spool-ls --replay");
	print_count(out, left->rejects, "batch left rejected records",
		    "batches left rejected records",
		    "validate --unwrap <spool/queue/*/*/bad/X.rejects | load");
	print_count(out, left->failures, "open failure", "open failures",
		    "retry-scan");
	if (left->loaded && left->failures < 0)
		fputs("pulse.db cannot be read: health-check\n", out);
}

static void
print_foot(FILE *out, const struct page *page)
{
	char stamp[PHRASE_SHORT], zone[PHRASE_SHORT];

	phrase_stamp(page->overview->now, stamp);
	phrase_zone(page->overview->now, zone);
	fprintf(out, "\n%s %s\n", stamp, zone);
}

static void
print_nothing(FILE *out, const struct page *page)
{
	const struct overview *o = page->overview;

	if (o->there && page->client >= 0)
		fprintf(out, "No such job of client %lld has been seen.\n",
			(long long)page->client);
	else if (!o->there)
		fprintf(out,
			"There is no spool in '%s' yet: pulse-sched makes it "
			"with its first jobs.\n",
			o->path);
	else
		fprintf(out,
			"No job has been seen in '%s' yet: start "
			"pulse-sched.\n",
			o->path);
}

void
page_print(FILE *out, struct page *page)
{
	const struct overview *o = page->overview;

	print_alarms(out, page);
	if (o->count == 0)
		print_nothing(out, page);
	jobtable_print(out, o, &page->style);
	if (o->count > 0)
		print_foot(out, page);
	if (o->there)
		print_leftovers(out, page);
}
