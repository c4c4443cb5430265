#include "net/backlog.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

struct backlog_job *
backlog_job(const struct http_request *request, char *url)
{
	struct backlog_job *job = msg_calloc(1, sizeof(*job));

	job->request = *request;
	job->url = url;
	job->request.url = msg_strdup(request->url);
	if (request->body != NULL)
		job->request.body = msg_strdup(request->body);
	job->no_cache = request->no_cache;
	return job;
}

void
backlog_job_free(struct backlog_job *job)
{
	if (job == NULL)
		return;
	free((char *)job->request.url);
	free((char *)job->request.body);
	free(job->url);
	free(job);
}

static bool
goes_first(const struct backlog_job *a, const struct backlog_job *b)
{
	if (a->request.priority != b->request.priority)
		return a->request.priority < b->request.priority;
	return a->order < b->order;
}

static void
grow(struct backlog_job ***jobs, size_t count, size_t *size)
{
	if (count < *size)
		return;
	*size = *size * 2 + 64;
	*jobs = msg_realloc(*jobs, *size * sizeof(void *));
}

static void
push_ready(struct backlog *backlog, struct backlog_job *job)
{
	size_t at = backlog->ready_count, above;

	grow(&backlog->ready, backlog->ready_count, &backlog->ready_size);
	backlog->ready_count++;
	for (; at > 0; at = above) {
		above = (at - 1) / 2;
		if (!goes_first(job, backlog->ready[above]))
			break;
		backlog->ready[at] = backlog->ready[above];
	}
	backlog->ready[at] = job;
}

static struct backlog_job *
pop_ready(struct backlog *backlog)
{
	struct backlog_job *first, *last;
	size_t at = 0, below;

	if (backlog->ready_count == 0)
		return NULL;
	first = backlog->ready[0];
	last = backlog->ready[--backlog->ready_count];
	while ((below = 2 * at + 1) < backlog->ready_count) {
		if (below + 1 < backlog->ready_count &&
		    goes_first(backlog->ready[below + 1],
			       backlog->ready[below]))
			below++;
		if (!goes_first(backlog->ready[below], last))
			break;
		backlog->ready[at] = backlog->ready[below];
		at = below;
	}
	backlog->ready[at] = last;
	return first;
}

void
backlog_put(struct backlog *backlog, struct backlog_job *job)
{
	if (job->order == 0)
		job->order = ++backlog->order;
	if (job->ready == 0) {
		push_ready(backlog, job);
		return;
	}
	grow(&backlog->later, backlog->later_count, &backlog->later_size);
	backlog->later[backlog->later_count++] = job;
}

struct backlog_job *
backlog_take(struct backlog *backlog, int64_t now)
{
	size_t i = 0;

	while (i < backlog->later_count) {
		struct backlog_job *job = backlog->later[i];

		if (job->ready > now) {
			i++;
			continue;
		}
		job->ready = 0;
		push_ready(backlog, job);
		backlog->later[i] = backlog->later[--backlog->later_count];
	}
	return pop_ready(backlog);
}

int64_t
backlog_next_time(const struct backlog *backlog)
{
	int64_t next = INT64_MAX;
	size_t i;

	for (i = 0; i < backlog->later_count; i++)
		if (backlog->later[i]->ready < next)
			next = backlog->later[i]->ready;
	return next;
}

size_t
backlog_length(const struct backlog *backlog)
{
	return backlog->ready_count + backlog->later_count;
}

void
backlog_free(struct backlog *backlog)
{
	size_t i;

	for (i = 0; i < backlog->ready_count; i++)
		backlog_job_free(backlog->ready[i]);
	for (i = 0; i < backlog->later_count; i++)
		backlog_job_free(backlog->later[i]);
	free(backlog->ready);
	free(backlog->later);
	memset(backlog, 0, sizeof(*backlog));
}
