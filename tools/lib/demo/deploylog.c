/* endpoints.h: deployments, their statuses, releases. */
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "demo/endpoints.h"

static void
write_deployment(const struct asking *asking, size_t row, struct jsonw *out)
{
	payload_deployment(&asking->p, &asking->repo->deployments[row], out);
}

void
endpoint_deployments(struct asking *asking)
{
	const struct repo *repo = asking->repo;
	const char *environment = asking_argument(asking, "environment", NULL);
	const char *sha = asking_argument(asking, "sha", NULL);
	struct asking_place *sorting =
		msg_calloc(repo->deployment_count + 1, sizeof(*sorting));
	const struct deployment *row;
	size_t n = 0;
	unsigned i;

	for (i = 0; i < repo->deployment_count; i++) {
		row = &repo->deployments[i];
		if (environment != NULL &&
		    strcmp(environment, row->environment) != 0)
			continue;
		if (sha != NULL &&
		    strcmp(sha, repo->commits[row->commit].sha) != 0)
			continue;
		sorting[n].row = i;
		sorting[n++].at = row->created;
	}
	asking_sorted(asking, sorting, n, true, write_deployment);
}

static const struct deployment *
named_deployment(struct asking *asking)
{
	const struct repo *repo = asking->repo;
	uint64_t id = strtoull(asking->words[0], NULL, 10);
	unsigned i;

	for (i = 0; i < repo->deployment_count; i++)
		if (repo->deployments[i].id == id)
			return &repo->deployments[i];
	asking_fail(asking, 404, "Not Found");
	return NULL;
}

void
endpoint_deployment(struct asking *asking)
{
	const struct deployment *found = named_deployment(asking);

	if (found != NULL)
		payload_deployment(&asking->p, found, &asking->out);
}

static void
write_status(const struct asking *asking, size_t row, struct jsonw *out)
{
	size_t width = DEPLOY_STATUSES;

	payload_status(&asking->p, &asking->repo->deployments[row / width],
		       (unsigned)(row % width), out);
}

void
endpoint_statuses(struct asking *asking)
{
	const struct deployment *found = named_deployment(asking);
	unsigned rows[DEPLOY_STATUSES], i, first;

	if (found == NULL)
		return;
	first = (unsigned)(found - asking->repo->deployments) * DEPLOY_STATUSES;
	for (i = 0; i < found->status_count; i++) /* newest first */
		rows[i] = first + found->status_count - 1 - i;
	asking_list(asking, rows, found->status_count, write_status);
}

static void
write_release(const struct asking *asking, size_t row, struct jsonw *out)
{
	payload_release(&asking->p, &asking->repo->releases[row], out);
}

void
endpoint_releases(struct asking *asking)
{
	unsigned n = asking->repo->release_count, i;
	unsigned *rows = msg_calloc(n + 1, sizeof(*rows));

	for (i = 0; i < n; i++)
		rows[i] = n - 1 - i;
	asking_list(asking, rows, n, write_release);
	free(rows);
}
