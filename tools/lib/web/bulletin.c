#include "web/bulletin.h"

static void
begin(struct jsonw *w, const char *type)
{
	jsonw_open(w, '{');
	jsonw_put_string(w, "type", type);
}

static void
put_scheduler(struct jsonw *w, const struct overview *overview)
{
	jsonw_put_bool(w, "scheduler", overview->leader);
	jsonw_put_bool(w, "latched", overview->latched);
	jsonw_put_bool(w, "held", overview->held);
}

void
bulletin_snapshot(struct jsonw *w, const struct overview *overview,
		  const struct eventfile_position *at)
{
	char position[EVENTFILE_POSITION];
	size_t i;

	eventfile_print(at, position);
	begin(w, "snapshot");
	jsonw_put_string(w, "position", *at->gen != '\0' ? position : NULL);
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
	jsonw_put_int(w, "after", after);
	jsonw_put_string(w, "job_name", job->status.job);
	jsonw_put_int(w, "client_id", job->status.client);
	jsonw_put_string(w, "run_id", job->status.run);
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
	jsonw_put_int(w, "after", after);
	put_scheduler(w, overview);
	jsonw_close(w, '}');
}
