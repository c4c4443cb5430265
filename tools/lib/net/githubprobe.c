#include "net/githubprobe.h"

#include <stdlib.h>

#include "net/githubstreams.h"
#include "net/link.h"

enum {
	PER_PAGE = 100,
	OTHER_LISTS = 6, /* comments (2), commits (2), deployments, releases */
	USUAL_QUOTA = 5000
};

char *
github_probe_path(const struct github_repo *repo)
{
	return github_path(repo, "/pulls?state=all&sort=updated&direction=desc"
				 "&per_page=1");
}

/* With one row a page, the last page's number is the count. */
static long
count_of(const struct http_reply *reply, long rows)
{
	const char *header = http_header(reply, "Link");
	char *last = header == NULL ? NULL : link_target(header, "last");
	long count = rows;

	if (last != NULL && !link_number(last, "page", &count))
		count = rows;
	free(last);
	if (count == rows && reply->next != NULL)
		count = PER_PAGE; /* more than one: nobody says how many */
	return count;
}

void
github_probe_read(struct github_repo *repo, const struct http_reply *reply)
{
	struct json_walk rows = github_rows(reply);
	struct github_row row;

	repo->probe.known = true;
	repo->probe.count = 0;
	if (!github_next_row(repo->run, &rows, &row))
		return;
	repo->probe.top = github_time(&row, GITHUB_UPDATED);
	repo->probe.count = count_of(reply, 1);
}

static void
on_probe(void *arg, const struct http_reply *reply)
{
	if (reply->class == OUTCOME_NONE)
		github_probe_read(arg, reply);
}

static void
on_deployments(void *arg, const struct http_reply *reply)
{
	struct github_repo *repo = arg;

	if (reply->class == OUTCOME_NONE)
		repo->probe.deployments = count_of(reply, 0);
}

static void
ask(struct github_repo *repo)
{
	char *url = github_probe_path(repo);

	github_ask(repo, GITHUB_LIST, url, on_probe, repo);
	free(url);
	if (!repo->run->wants[GITHUB_STATUS])
		return;
	url = github_path(repo, "/deployments?per_page=1");
	github_ask(repo, GITHUB_LIST, url, on_deployments, repo);
	free(url);
}

size_t
github_probe(struct github_run *run)
{
	size_t i, asked = 0;

	for (i = 0; i < run->count; i++) {
		if (!github_wants_pulls(run) ||
		    !github_pulls_are_fresh(run->repos[i]))
			continue;
		ask(run->repos[i]);
		asked++;
	}
	return asked;
}

static double
requests_of(const struct github_repo *repo)
{
	const bool *wants = repo->run->wants;
	double below = (wants[GITHUB_REVIEW] ? 1 : 0) +
		       (wants[GITHUB_PR_COMMIT] ? 1 : 0);
	double pulls = (double)repo->probe.count;

	return OTHER_LISTS + pulls * below + pulls / PER_PAGE + 1 +
	       (double)repo->probe.deployments;
}

void
github_estimate(struct github_run *run)
{
	const struct http_stats stats = http_stats(run->http);
	double quota =
		stats.quota_limit > 0 ? (double)stats.quota_limit : USUAL_QUOTA;
	double requests = 0, by_speed, hours;
	size_t i, fresh = 0;
	char about[SOURCE_ABOUT];

	for (i = 0; i < run->count; i++) {
		if (!run->repos[i]->probe.known)
			continue;
		fresh++;
		requests += requests_of(run->repos[i]);
	}
	if (fresh == 0)
		return;
	by_speed = requests * stats.ms_mean / run->connections / 3600e3;
	hours = requests > quota ? requests / quota : by_speed;
	source_tell(run->source,
		    "First load of %zu repositories: up to %.0f requests, "
		    "%s",
		    fresh, requests, source_about(hours, about));
}
