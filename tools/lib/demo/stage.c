#include "demo/stage.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "demo/backstage.h"
#include "demo/github.h"
#include "demo/tracker.h"

struct stage {
	struct backstage backstage;
	pthread_rwlock_t lock;
};

struct stage *
stage_open(const struct world_config *config, const char *script, char **why)
{
	struct stage *stage = msg_calloc(1, sizeof(*stage));
	struct world *world;

	pthread_rwlock_init(&stage->lock, NULL);
	stage->backstage.faults = faults_new();
	stage->backstage.visits = visits_new();
	if (script != NULL && faults_load(stage->backstage.faults, script,
					  strlen(script), why) != 0) {
		stage_close(stage);
		return NULL;
	}
	world = world_new(config);
	world->github = github_new(world);
	github_open(world);
	world->tracker = tracker_new(world);
	stage->backstage.world = world;
	return stage;
}

void
stage_close(struct stage *stage)
{
	struct world *world = stage->backstage.world;

	if (world != NULL) {
		tracker_free(world->tracker);
		github_close(world);
		world_free(world);
	}
	faults_free(stage->backstage.faults);
	visits_free(stage->backstage.visits);
	pthread_rwlock_destroy(&stage->lock);
	free(stage);
}

/* The target under the name that a person would write in a fault's match. */
static void
plain_path(const struct world *world, const struct httpd_request *request,
	   char *out, size_t size)
{
	const char *by_id = "/github/repositories/", *rest;
	const struct repo *repo = NULL;
	char *end = NULL;

	if (strncmp(request->target, by_id, strlen(by_id)) == 0)
		repo = github_repo_by_id(
			world->github,
			strtoull(request->target + strlen(by_id), &end, 10));
	rest = repo != NULL ? end : request->target;
	snprintf(out, size, "%s%s%s", repo != NULL ? "/github/repos/" : "",
		 repo != NULL ? repo->full_name : "", rest);
}

/* The true answer, unless the script of faults says something else. */
static void
answer_api(const struct backstage *backstage,
	   const struct httpd_request *request, struct httpd_reply *reply)
{
	struct world *world = backstage->world;
	struct faults_hit hit;
	char path[2048];

	httpd_delay(reply, world->config.latency);
	plain_path(world, request, path, sizeof(path));
	if (faults_before(backstage->faults, path, request, reply, &hit))
		return;
	if (hit.exhaust)
		github_exhaust(world, request, hit.exhausted);
	if (!demo_github(world, request, reply) &&
	    !demo_jira(world, request, reply))
		httpd_status(reply, 404);
	faults_after(&hit, request, reply);
}

void
stage_answer(void *arg, const struct httpd_request *request,
	     struct httpd_reply *reply)
{
	struct stage *stage = arg;
	const struct backstage *backstage = &stage->backstage;
	bool own = strncmp(request->path, "/__demo/", 8) == 0;

	if (own && strcmp(request->method, "POST") == 0)
		pthread_rwlock_wrlock(&stage->lock);
	else
		pthread_rwlock_rdlock(&stage->lock);
	visits_begin(backstage->visits);
	if (!own) {
		answer_api(backstage, request, reply);
		visits_note(backstage->visits, request->method, request->path,
			    httpd_get_status(reply));
	} else if (!backstage_answer(backstage, request, reply)) {
		httpd_status(reply, 404);
	}
	pthread_rwlock_unlock(&stage->lock);
}

void
stage_ended(void *arg)
{
	struct stage *stage = arg;

	visits_end(stage->backstage.visits);
}
