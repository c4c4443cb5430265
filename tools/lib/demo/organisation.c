#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "demo/history.h"

static const struct repo_profile profiles[] = {
	{ .name = "api",
	  .language = "Go",
	  .about = "The public API",
	  .weight = 30,
	  .merge = REPO_MERGE,
	  .staging = true,
	  .deploys = { 5, 16 },
	  .hours = { 20, 4 },
	  .broken = { 9, 3 },
	  .restore = { 4, 0.6 },
	  .failing = 4 },
	{ .name = "web",
	  .language = "TypeScript",
	  .about = "The shop, as customers see it — with ❤",
	  .weight = 25,
	  .merge = REPO_SQUASH,
	  .regions = true,
	  .releases = true,
	  .deploys = { 2, 4 },
	  .hours = { 48, 20 },
	  .broken = { 12, 9 },
	  .restore = { 10, 5 },
	  .failing = 6 },
	{ .name = "mobile",
	  .language = "Kotlin",
	  .about = "Apps für unterwegs",
	  .weight = 15,
	  .merge = REPO_REBASE,
	  .private = true,
	  .releases = true,
	  .deploys = { 0.6, 1 },
	  .hours = { 70, 40 },
	  .broken = { 15, 12 },
	  .restore = { 30, 20 },
	  .failing = 8 },
	{ .name = "billing",
	  .language = "Java",
	  .about = "Invoices and payments",
	  .weight = 12,
	  .merge = REPO_MERGE,
	  .private = true,
	  .staging = true,
	  .deploys = { 1.4, 0.6 },
	  .hours = { 30, 90 },
	  .broken = { 15, 35 },
	  .restore = { 24, 60 },
	  .failing = 12 },
	{ .name = "infra",
	  .language = "HCL",
	  .weight = 6,
	  .merge = REPO_SQUASH,
	  .deploys = { 0.35, 0.35 },
	  .hours = { 100, 60 },
	  .broken = { 20, 20 },
	  .restore = { 40, 40 },
	  .failing = 10 },
	{ .name = "playground", .trap = REPO_EMPTY },
	{ .name = "legacy-shop",
	  .language = "PHP",
	  .about = "Archived; see web",
	  .weight = 3,
	  .merge = REPO_SQUASH,
	  .archived = true,
	  .deploys = { 0.5, 0.1 },
	  .hours = { 80, 200 } },
	{ .name = "libwidget",
	  .language = "C",
	  .about = "Fork of upstream/libwidget",
	  .weight = 1,
	  .merge = REPO_MERGE,
	  .fork = true,
	  .hours = { 50, 50 } },
	{ .name = "data-pipeline",
	  .language = "Python",
	  .weight = 5,
	  .merge = REPO_MERGE,
	  .forced = true,
	  .deploys = { 1, 2.5 },
	  .hours = { 40, 30 },
	  .broken = { 10, 6 },
	  .restore = { 12, 6 },
	  .failing = 5 },
	{ .name = "docs",
	  .about = "Handbook, 手册, доки",
	  .weight = 4,
	  .merge = REPO_SQUASH,
	  .hours = { 30, 30 } },
	{ .name = "sdk",
	  .language = "Rust",
	  .weight = 4,
	  .merge = REPO_REBASE,
	  .releases = true,
	  .hours = { 60, 30 } },
	{ .name = ".github",
	  .no_issues = true,
	  .weight = 1,
	  .merge = REPO_SQUASH,
	  .hours = { 10, 10 } },
};

/* For every repository beyond those with a name. */
static const struct repo_profile more[] = {
	{ .language = "Go",
	  .weight = 5,
	  .merge = REPO_MERGE,
	  .deploys = { 1, 2 },
	  .hours = { 30, 20 },
	  .broken = { 8, 6 },
	  .restore = { 10, 8 },
	  .failing = 5 },
	{ .language = "Ruby",
	  .weight = 4,
	  .merge = REPO_SQUASH,
	  .deploys = { 0.5, 0.8 },
	  .hours = { 60, 50 },
	  .broken = { 14, 10 },
	  .restore = { 30, 20 },
	  .failing = 8 },
	{ .language = "Elixir",
	  .weight = 3,
	  .merge = REPO_REBASE,
	  .releases = true,
	  .deploys = { 0.2, 0.3 },
	  .hours = { 90, 120 },
	  .broken = { 20, 15 },
	  .restore = { 60, 90 },
	  .failing = 10 },
};

static const struct repo_profile traps[] = {
	{ .name = "taken-down", .trap = REPO_TAKEN },
	{ .name = "broken", .trap = REPO_BROKEN },
	{ .name = "vanished", .trap = REPO_GONE },
};

enum {
	PROFILES = sizeof(profiles) / sizeof(profiles[0]),
	MORE = sizeof(more) / sizeof(more[0]),
	TRAPS = sizeof(traps) / sizeof(traps[0])
};

static const struct repo_profile *
profile_of(const struct world *world, unsigned index)
{
	if (index >= world->config.repos)
		return &traps[index - world->config.repos];
	return index < PROFILES ? &profiles[index] : &more[index % MORE];
}

static char *
join(const char *owner, const char *name)
{
	size_t size = strlen(owner) + strlen(name) + 2;
	char *both = msg_calloc(size, 1);

	snprintf(both, size, "%s/%s", owner, name);
	return both;
}

static void
set_up(const struct world *world, struct repo *repo, unsigned index)
{
	char name[32];

	repo->index = index;
	repo->id = 500000000 + 104729 * (uint64_t)index;
	repo->profile = profile_of(world, index);
	repo->trap = repo->profile->trap;
	snprintf(name, sizeof(name), "service-%u", index);
	repo->name = msg_strdup(
		repo->profile->name != NULL ? repo->profile->name : name);
	repo->full_name = join("acme", repo->name);
}

static const char *const accidents[] = {
	"Checkout answers 500",
	"Latency above 3 s — customers complain",
	"Login fails for some accounts",
	"Invoices sent twice",
	"Suche liefert nichts",
	"Queue grows without end 📈",
	"Certificates not renewed",
	"Totals are wrong by one cent",
};

static int
incident_order(const void *a, const void *b)
{
	const struct world_incident *x = a, *y = b;

	if (x->created_at != y->created_at)
		return x->created_at < y->created_at ? -1 : 1;
	return (x->deployment > y->deployment) -
	       (x->deployment < y->deployment);
}

static void
name_incidents(struct world *world)
{
	uint64_t chance = world_stream(world, "incidents", 0);
	unsigned kinds = sizeof(accidents) / sizeof(accidents[0]);
	size_t i;

	if (world->incident_count > 0)
		qsort(world->incidents, world->incident_count,
		      sizeof(*world->incidents), incident_order);
	if (world->incident_count > 8) /* two are not over yet */
		for (i = 1; i < 6; i += 3)
			world->incidents[world->incident_count - i]
				.resolved_at = 0;
	for (i = 0; i < world->incident_count; i++) {
		snprintf(world->incidents[i].key,
			 sizeof(world->incidents[i].key), "%s-%zu",
			 world->projects[world->project_count - 1].key, i + 1);
		world->incidents[i].title =
			accidents[world_below(&chance, kinds)];
	}
}

struct github *
github_new(struct world *world)
{
	struct github *github = msg_calloc(1, sizeof(*github));
	unsigned i, weight = 0, left = world->config.prs, share;

	github->repo_count =
		world->config.repos + (world->config.traps ? TRAPS : 0);
	github->repos =
		msg_calloc(github->repo_count + 1, sizeof(*github->repos));
	for (i = 0; i < github->repo_count; i++) {
		set_up(world, &github->repos[i], i);
		weight += github->repos[i].profile->weight;
	}
	for (i = github->repo_count; i-- > 0;) {
		struct repo *repo = &github->repos[i];

		share = weight == 0
				? 0
				: (unsigned)((uint64_t)left *
					     repo->profile->weight / weight);
		history_live(world, repo, share);
		left -= share;
		weight -= repo->profile->weight;
	}
	name_incidents(world);
	return github;
}

static void
free_repo(struct repo *repo)
{
	unsigned i;

	for (i = 0; i < repo->pull_count; i++) {
		free(repo->pulls[i].commits);
		free(repo->pulls[i].reviews);
	}
	free(repo->name);
	free(repo->full_name);
	free(repo->old_name);
	free(repo->commits);
	free(repo->main);
	free(repo->log);
	free(repo->pulls);
	free(repo->issues);
	free(repo->comments);
	free(repo->deployments);
	free(repo->releases);
	free(repo->json);
}

void
github_free(struct github *github)
{
	unsigned i;

	if (github == NULL)
		return;
	for (i = 0; i < github->repo_count; i++)
		free_repo(&github->repos[i]);
	free(github->repos);
	free(github);
}
