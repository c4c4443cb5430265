#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "demo/history.h"

#define SECOND INT64_C(1000)
#define MINUTE INT64_C(60000)
#define HOUR INT64_C(3600000)
#define DAY INT64_C(86400000)

static bool
is_production(const char *environment)
{
	return strncmp(environment + 1, "roduction", 9) == 0;
}

static void
plan_deployment(struct history *history, int64_t at, const char *environment)
{
	if (environment != NULL)
		history_expect(history, (struct history_event){
						.at = at,
						.kind = HISTORY_DEPLOY,
						.environment = environment });
}

static void
plan_day(struct history *history, int64_t day)
{
	const struct repo_profile *profile = history->repo->profile;
	const char *environments[2];
	int64_t at;
	int rate; /* thousandths of a deployment, in five days a week */

	repo_production(history->repo, environments);
	rate = (int)(history_trend(history, profile->deploys, day) * 200);
	for (; rate > 0; rate -= 1000) {
		if (world_below(&history->chance, 1000) >= (unsigned)rate)
			continue;
		at = day + 8 * HOUR +
		     world_between(&history->chance, 0, 10 * HOUR);
		plan_deployment(history, at, environments[0]);
		plan_deployment(history, at + 40 * MINUTE, environments[1]);
		plan_deployment(history, at - 2 * HOUR,
				profile->staging ? "staging" : NULL);
	}
}

void
rollout_plan(struct history *history)
{
	const struct world *world = history->world;
	int64_t day = (world->from / DAY + 1) * DAY;
	unsigned n;

	for (n = 0; day < world->config.now; day += DAY, n++) {
		if ((day / DAY + 3) % 7 < 5)
			plan_day(history, day);
		if (history->repo->profile->releases && n % 14 == 9)
			history_expect(history,
				       (struct history_event){
					       .at = day + 15 * HOUR,
					       .kind = HISTORY_RELEASE });
	}
}

static unsigned
tip(const struct history *history)
{
	return history->repo->head;
}

/* Something broke: an incident, and often a rollback or a hotfix. */
static void
break_something(struct history *history, unsigned index, int64_t finished)
{
	struct world *world = history->world;
	const struct repo *repo = history->repo;
	const struct deployment *deployment = &repo->deployments[index];
	struct world_incident *incident;
	int64_t created = finished + 3 * MINUTE + history_span(history, 1.5);
	int64_t span = history_span(
		history,
		history_trend(history, repo->profile->restore, created));
	unsigned luck = world_below(&history->chance, 10);

	if (created > world->config.now)
		return;
	world->incidents =
		msg_realloc(world->incidents,
			    (world->incident_count + 1) * sizeof(*incident));
	incident = &world->incidents[world->incident_count++];
	memset(incident, 0, sizeof(*incident));
	incident->repo = repo->index;
	incident->repo_name = repo->full_name;
	incident->deployment = deployment->id;
	incident->created_at = created;
	if (created + span <= world->config.now)
		incident->resolved_at = created + span;
	if (luck < 7)
		history_expect(
			history,
			(struct history_event){
				.at = created + span * 7 / 10,
				.kind = luck < 4 ? HISTORY_HOTFIX
						 : HISTORY_ROLLBACK,
				.index = index,
				.environment = deployment->environment });
}

static void
finish(struct history *history, unsigned index)
{
	const struct repo_profile *profile = history->repo->profile;
	struct deployment *deployment = &history->repo->deployments[index];
	int64_t at = deployment->created + 20 * SECOND;
	double broken[2] = { profile->broken[0], profile->broken[1] };
	unsigned luck = world_below(&history->chance, 100);

	if (luck == 99)
		return; /* never said anything */
	if (luck == 98)
		repo_add_status(deployment, DEPLOY_QUEUED, at - 10 * SECOND);
	if (at > history->world->config.now)
		return;
	repo_add_status(deployment, DEPLOY_IN_PROGRESS, at);
	at += 2 * MINUTE + history_span(history, 0.15);
	if (at > history->world->config.now)
		return;
	if (luck < profile->failing) {
		repo_add_status(deployment,
				luck % 3 == 0 ? DEPLOY_ERROR : DEPLOY_FAILURE,
				at);
		return;
	}
	repo_add_status(deployment, DEPLOY_SUCCESS, at);
	repo_replace_last(history->repo, index);
	if (is_production(deployment->environment) &&
	    world_below(&history->chance, 100) <
		    (unsigned)history_trend(history, broken, at))
		break_something(history, index, at);
}

static void
deploy(struct history *history, struct history_event event, unsigned commit)
{
	struct repo *repo = history->repo;
	unsigned index = repo_add_deployment(repo, event.environment, event.at);

	repo->deployments[index].commit = commit;
	repo->deployments[index].creator =
		(unsigned)history->world->person_count - 1;
	finish(history, index);
}

static void
hotfix(struct history *history, struct history_event event)
{
	struct repo *repo = history->repo;
	unsigned new = repo_add_commit(history->world, repo, REPO_HOTFIX,
				       event.at - 10 * MINUTE);
	unsigned merge;

	repo->commits[new].parents[0] = repo->deployments[event.index].commit;
	repo->commits[new].author = history_human(history);
	deploy(history, event, new);
	merge = history_advance(history, REPO_HOTFIX_MERGE, event.at, new);
	repo->commits[merge].author = repo->commits[new].author;
}

/* Back to what ran before the deployment that broke something. */
static void
roll_back(struct history *history, struct history_event event)
{
	struct repo *repo = history->repo;
	unsigned i;

	for (i = event.index; i-- > 0;) {
		const struct deployment *old = &repo->deployments[i];

		if (strcmp(old->environment, event.environment) != 0 ||
		    old->status_count == 0 ||
		    old->statuses[old->status_count - 1].state !=
			    DEPLOY_INACTIVE)
			continue;
		deploy(history, event, old->commit);
		return;
	}
}

static void
publish(struct history *history, int64_t at)
{
	struct repo *repo = history->repo;
	struct release *release;
	unsigned n = repo->release_count++;

	repo->releases = msg_realloc(repo->releases,
				     repo->release_count * sizeof(*release));
	release = &repo->releases[n];
	memset(release, 0, sizeof(*release));
	release->id = 30000000 + (uint64_t)repo->index * 10000 + n;
	release->serial = n;
	release->commit = tip(history);
	release->author = history_human(history);
	release->created = at;
	release->prerelease = n % 5 == 2;
	if (at < history->world->config.now - 14 * DAY)
		release->published = at + 20 * MINUTE;
}

void
rollout_happen(struct history *history, struct history_event event)
{
	switch (event.kind) {
	case HISTORY_HOTFIX:
		hotfix(history, event);
		break;
	case HISTORY_ROLLBACK:
		roll_back(history, event);
		break;
	case HISTORY_RELEASE:
		publish(history, event.at);
		break;
	default:
		deploy(history, event, tip(history));
	}
}
