#include "web/leaf.h"

#include <stdio.h>
#include <string.h>

static void
put_run(struct jsonw *w, const struct journal_run *run)
{
	const struct verdict *verdict = &run->figures.verdict;

	jsonw_open(w, '{');
	jsonw_may_put_string(w, "run", run->folder);
	jsonw_may_put_time(w, "began", run->began);
	if (run->ended != 0)
		jsonw_put_int(w, "took", run->figures.took);
	jsonw_may_put_string(w, "result", states_result_name(run->result));
	if (verdict->class != OUTCOME_NONE)
		jsonw_put_string(w, "class", outcome_name(verdict->class));
	jsonw_close(w, '}');
}

static bool
keep_run(void *arg, const struct journal_run *run)
{
	struct leaf *leaf = arg;

	put_run(&leaf->runs, run);
	leaf->ends[leaf->run_count++] = leaf->runs.len;
	return leaf->run_count < LEAF_RUNS;
}

static const struct breaker *
breaker_of(const struct leaf *leaf, const struct leaf_sources *sources)
{
	size_t i;

	for (i = 0; i < sources->breaker_count; i++) {
		const struct journal_breaker *row = &sources->breakers[i];

		if (row->client == leaf->client &&
		    strcmp(row->integration, leaf->integration) == 0)
			return &row->breaker;
	}
	return NULL;
}

int
leaf_read(struct leaf *leaf, const struct leaf_sources *sources)
{
	const struct journal_runs_ask runs = { .client = leaf->client,
					       .job = leaf->job,
					       .most = LEAF_RUNS };
	struct states_row row;
	struct outlook_view view = { .row = &row };
	int found = journal_read_job(sources->journal, leaf->client, leaf->job,
				     &row);

	if (found < 0)
		return -1;
	if (sources->schedule != NULL)
		view.job = schedule_job(sources->schedule, leaf->job);
	snprintf(leaf->integration, sizeof(leaf->integration), "%s",
		 view.job != NULL && view.job->integration != NULL
			 ? view.job->integration
			 : "");
	view.breaker = breaker_of(leaf, sources);
	leaf->known = found == 1 && !row.disabled;
	if (leaf->known)
		outlook_see(&view, sources->now, &leaf->outlook);
	jsonw_reset(&leaf->runs);
	leaf->run_count = 0;
	return journal_each_run(sources->journal, &runs, keep_run, leaf);
}

void
leaf_put(const struct leaf *leaf, struct jsonw *w)
{
	jsonw_may_put_string(w, "integration", leaf->integration);
	if (leaf->known)
		outlook_put(w, &leaf->outlook);
}

void
leaf_put_runs(const struct leaf *leaf, struct jsonw *w, size_t most)
{
	size_t runs = leaf->run_count < most ? leaf->run_count : most;

	if (runs > 0)
		jsonw_raw(w, leaf->runs.text, leaf->ends[runs - 1]);
}
