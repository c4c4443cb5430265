#include "web/bulletin.h"

static void
begin(struct jsonw *w, const char *type)
{
	jsonw_open(w, '{');
	jsonw_key(w, "type");
	jsonw_string(w, type);
}

static void
put_int(struct jsonw *w, const char *key, int64_t value)
{
	jsonw_key(w, key);
	jsonw_int(w, value);
}

static void
put_text(struct jsonw *w, const char *key, const char *value)
{
	jsonw_key(w, key);
	jsonw_string(w, value);
}

static void
put_bool(struct jsonw *w, const char *key, bool value)
{
	jsonw_key(w, key);
	jsonw_bool(w, value);
}

static void
put_scheduler(struct jsonw *w, const struct overview *overview)
{
	put_bool(w, "scheduler", overview->leader);
	put_bool(w, "latched", overview->latched);
	put_bool(w, "held", overview->held);
}

void
bulletin_snapshot(struct jsonw *w, const struct overview *overview,
		  const struct eventfile_position *at)
{
	char position[EVENTFILE_POSITION];
	size_t i;

	eventfile_print(at, position);
	begin(w, "snapshot");
	put_text(w, "position", *at->gen != '\0' ? position : NULL);
	put_scheduler(w, overview);
	jsonw_key(w, "jobs");
	jsonw_open(w, '[');
	for (i = 0; i < overview->count; i++)
		overview_write(w, &overview->jobs[i]);
	jsonw_close(w, ']');
	jsonw_close(w, '}');
}

void
bulletin_progress(struct jsonw *w, const struct overview_job *job,
		  int64_t after)
{
	begin(w, "job_progress");
	put_int(w, "after", after);
	put_text(w, "job_name", job->status.job);
	put_int(w, "client_id", job->status.client);
	put_text(w, "run_id", job->status.run);
	jsonw_key(w, "progress");
	if (job->pace.percent >= 0)
		jsonw_int(w, job->pace.percent);
	else
		jsonw_null(w);
	pace_put(w, &job->pace);
	jsonw_close(w, '}');
}

void
bulletin_scheduler(struct jsonw *w, const struct overview *overview,
		   int64_t after)
{
	begin(w, "scheduler");
	put_int(w, "after", after);
	put_scheduler(w, overview);
	jsonw_close(w, '}');
}
