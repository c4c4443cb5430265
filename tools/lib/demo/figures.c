#include "demo/figures.h"

#include <stdlib.h>

#include "base/msg.h"
#include "demo/member.h"
#include "demo/stock.h"

struct sum {
	int64_t halves; /* of points */
	int64_t issues;
};

struct sprint_sums {
	struct sum commitment, completed, carried, added, removed;
	int64_t estimated;
};

static int32_t
value_at(const struct tracker_issue *issue, enum tracker_field field,
	 int64_t at)
{
	int32_t value = issue->value[field];
	uint32_t c = issue->change_count;
	unsigned i;

	while (c-- > 0 && issue->changes[c].at > at)
		for (i = 0; i < issue->changes[c].count; i++)
			if (issue->changes[c].items[i].field == field)
				value = issue->changes[c].items[i].from;
	return value;
}

static int64_t
points_at(const struct tracker_issue *issue, int64_t at)
{
	int32_t points = value_at(issue, TRACKER_POINTS, at);

	return points < 0 ? 0 : points;
}

/* Which column of the board the status is in, -1 for none. */
static int
column(const struct catalog_flow *flow, int32_t status)
{
	int id = catalog_statuses[status].id, i;

	for (i = CATALOG_FINISHED; i >= 0; i--)
		if (flow->statuses[i] == id)
			return i;
	return -1;
}

static bool
is_done(int32_t status)
{
	return catalog_statuses[status].category == CATALOG_DONE;
}

static void
count(struct sum *sum, int64_t halves)
{
	sum->halves += halves;
	sum->issues++;
}

/* One change after the start: into the sprint, out of it, another estimate. */
static void
count_scope(const struct tracker *tracker, const struct tracker_sprint *sprint,
	    const struct tracker_issue *issue,
	    const struct tracker_change *change, struct sprint_sums *sums)
{
	unsigned i;
	bool was, is;

	for (i = 0; i < change->count; i++) {
		const struct tracker_item *item = &change->items[i];

		if (item->field == TRACKER_POINTS &&
		    sprintset_has(tracker->sets,
				  value_at(issue, TRACKER_SPRINT, change->at),
				  sprint->id))
			sums->estimated += (item->to < 0 ? 0 : item->to) -
					   (item->from < 0 ? 0 : item->from);
		if (item->field != TRACKER_SPRINT)
			continue;
		was = sprintset_has(tracker->sets, item->from, sprint->id);
		is = sprintset_has(tracker->sets, item->to, sprint->id);
		if (!was && is)
			count(&sums->added, points_at(issue, change->at));
		if (was && !is)
			count(&sums->removed, points_at(issue, change->at));
	}
}

static void
count_issue(const struct tracker *tracker, const struct tracker_sprint *sprint,
	    const struct tracker_issue *issue, struct sprint_sums *sums)
{
	int64_t start = sprint->start, end = sprint->complete;
	bool in_at_start = sprintset_has(tracker->sets,
					 value_at(issue, TRACKER_SPRINT, start),
					 sprint->id);
	bool in_at_end =
		sprintset_has(tracker->sets,
			      value_at(issue, TRACKER_SPRINT, end), sprint->id);
	const struct catalog_flow *flow =
		tracker->projects[tracker->boards[sprint->board].project].flow;
	int at_start = column(flow, value_at(issue, TRACKER_STATUS, start));
	bool done_at_start = at_start == CATALOG_FINISHED;
	bool done_at_end = column(flow, value_at(issue, TRACKER_STATUS, end)) ==
			   CATALOG_FINISHED;
	uint32_t c;

	if (in_at_start && !done_at_start && at_start >= 0)
		count(&sums->commitment, points_at(issue, start));
	if (in_at_end && done_at_end && !(in_at_start && done_at_start))
		count(&sums->completed, points_at(issue, end));
	if (in_at_end && !done_at_end)
		count(&sums->carried, points_at(issue, end));
	for (c = 0; c < issue->change_count; c++)
		if (issue->changes[c].at > start && issue->changes[c].at <= end)
			count_scope(tracker, sprint, issue, &issue->changes[c],
				    sums);
}

static void
put_points(struct jsonw *w, const char *name, int64_t halves)
{
	jsonw_key(w, name);
	jsonw_real(w, (double)halves / 2);
}

static void
put_sum(struct jsonw *w, const char *name, const struct sum *sum)
{
	jsonw_key(w, name);
	jsonw_open(w, '{');
	put_points(w, "points", sum->halves);
	jsonw_put_int(w, "issues", sum->issues);
	jsonw_close(w, '}');
}

static bool
is_counted(const struct tracker_issue *issue)
{
	return !issue->deleted &&
	       catalog_types[issue->value[TRACKER_TYPE]].kind !=
		       CATALOG_SUBTASK;
}

static void
put_sprint(const struct tracker *tracker, const struct tracker_sprint *sprint,
	   struct jsonw *w)
{
	struct sprint_sums sums = { .estimated = 0 };
	int32_t i;

	for (i = 0; i < tracker->issue_count; i++)
		if (is_counted(&tracker->issues[i]))
			count_issue(tracker, sprint, &tracker->issues[i],
				    &sums);
	jsonw_open(w, '{');
	member_id(w, "id", sprint->id);
	jsonw_put_string(w, "name", sprint->name);
	jsonw_put_string(
		w, "project",
		tracker->projects[tracker->boards[sprint->board].project].key);
	put_sum(w, "commitment", &sums.commitment);
	put_sum(w, "completed", &sums.completed);
	put_sum(w, "carried", &sums.carried);
	put_sum(w, "added", &sums.added);
	put_sum(w, "removed", &sums.removed);
	put_points(w, "estimated", sums.estimated);
	jsonw_close(w, '}');
}

/* One project's issues. */
struct project_sums {
	int64_t created, done, ever_done, reopened;
	int64_t *lead, *cycle; /* minutes */
	size_t lead_count, cycle_count;
};

/* When the issue came into done for the last time, and into indeterminate for
 * the first; 0 for never.  Whether it ever left done. */
static void
trace(const struct tracker_issue *issue, int64_t *begun, int64_t *done,
      bool *reopened)
{
	uint32_t c;
	unsigned i;

	*begun = *done = 0;
	*reopened = false;
	for (c = 0; c < issue->change_count; c++) {
		const struct tracker_change *change = &issue->changes[c];

		for (i = 0; i < change->count; i++) {
			const struct tracker_item *item = &change->items[i];

			if (item->field != TRACKER_STATUS)
				continue;
			if (*begun == 0 &&
			    catalog_statuses[item->to].category ==
				    CATALOG_INDETERMINATE)
				*begun = change->at;
			if (!is_done(item->from) && is_done(item->to))
				*done = change->at;
			*reopened |= is_done(item->from) && !is_done(item->to);
		}
	}
}

static void
count_work(const struct tracker_issue *issue, struct project_sums *sums)
{
	int64_t begun, done, resolved = issue->resolved;
	bool reopened;

	trace(issue, &begun, &done, &reopened);
	sums->created++;
	sums->ever_done += done != 0;
	sums->reopened += reopened;
	if (tracker_category(issue) != CATALOG_DONE)
		return;
	sums->done++;
	if (resolved == 0)
		resolved = done;
	if (resolved != 0)
		sums->lead[sums->lead_count++] =
			(resolved / 1000 - issue->created / 1000) / 60;
	if (begun != 0 && done >= begun)
		sums->cycle[sums->cycle_count++] =
			(done / 1000 - begun / 1000) / 60;
}

static int
by_value(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

	return (a > b) - (a < b);
}

/* The largest value with percent rank of at most a half. */
static void
put_median(struct jsonw *w, const char *name, int64_t *values, size_t n)
{
	qsort(values, n, sizeof(*values), by_value);
	jsonw_key(w, name);
	jsonw_open(w, '{');
	jsonw_key(w, "minutes");
	if (n == 0)
		jsonw_null(w);
	else
		jsonw_int(w, values[(n - 1) / 2]);
	jsonw_put_int(w, "n", (int64_t)n);
	jsonw_close(w, '}');
}

static void
put_project(const struct tracker *tracker, int project, struct jsonw *w)
{
	size_t size = (size_t)tracker->issue_count + 1;
	struct project_sums sums = {
		.lead = msg_calloc(size, sizeof(*sums.lead)),
		.cycle = msg_calloc(size, sizeof(*sums.cycle)),
	};
	int32_t i;

	for (i = 0; i < tracker->issue_count; i++)
		if (!tracker->issues[i].deleted &&
		    tracker->issues[i].value[TRACKER_PROJECT] == project)
			count_work(&tracker->issues[i], &sums);
	jsonw_key(w, tracker->projects[project].key);
	jsonw_open(w, '{');
	jsonw_put_int(w, "created", sums.created);
	jsonw_put_int(w, "done", sums.done);
	jsonw_put_int(w, "ever_done", sums.ever_done);
	jsonw_put_int(w, "reopened", sums.reopened);
	put_median(w, "lead_time", sums.lead, sums.lead_count);
	put_median(w, "cycle_time", sums.cycle, sums.cycle_count);
	jsonw_close(w, '}');
	free(sums.lead);
	free(sums.cycle);
}

void
figures_write(const struct tracker *tracker, struct jsonw *w)
{
	int i;

	jsonw_key(w, "sprints");
	jsonw_open(w, '[');
	for (i = 0; i < tracker->sprint_count; i++)
		if (tracker->sprints[i].state == TRACKER_CLOSED)
			put_sprint(tracker, &tracker->sprints[i], w);
	jsonw_close(w, ']');
	jsonw_key(w, "projects");
	jsonw_open(w, '{');
	for (i = 0; i < tracker->project_count; i++)
		put_project(tracker, i, w);
	jsonw_close(w, '}');
}
