#include "web/condition.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/msg.h"
#include "storage/store.h"
#include "web/exchange.h"
#include "web/findingsfile.h"
#include "web/jobboard.h"

enum { WAIT_MS = 50 };

/* why is taken over; NULL: it can be read. */
static bool
put_database(struct jsonw *w, const char *name, bool there, char *why)
{
	bool readable = there && why == NULL;

	jsonw_key(w, name);
	jsonw_open(w, '{');
	jsonw_put_bool(w, "there", there);
	jsonw_put_bool(w, "readable", readable);
	jsonw_put_string(w, "error", why);
	jsonw_close(w, '}');
	free(why);
	return readable || !there;
}

static bool
look_at_data(struct jsonw *w, const struct exchange *x)
{
	char *path = msg_text("%s/pulse.db", x->web->rooms.path), *why = NULL;
	bool there = access(path, F_OK) == 0;
	enum outcome_class class;

	if (there)
		store_close(
			store_open(path, STORE_READ, WAIT_MS, &why, &class));
	free(path);
	return put_database(w, "database", there, why);
}

static bool
look_at_state(struct jsonw *w, const struct exchange *x,
	      struct overview *overview)
{
	char *path = msg_text("%s/state.db", x->web->rooms.path), *why = NULL;
	bool there = access(path, F_OK) == 0;
	enum outcome_class class;

	if (there && overview_journal(overview, &why, &class) != NULL) {
		free(why);
		why = NULL;
	}
	free(path);
	return put_database(w, "state", there, why);
}

static void
put_overdue(struct jsonw *w, const struct overview *overview)
{
	char name[ROOMS_NAME];
	size_t i;

	jsonw_key(w, "overdue");
	jsonw_open(w, '[');
	for (i = 0; i < overview->count; i++) {
		const struct overview_job *job = &overview->jobs[i];

		rooms_job(job->status.client, job->status.job, name);
		if (job->stale)
			jsonw_string(w, name);
	}
	jsonw_close(w, ']');
}

/* False: one of them is a failure. */
static bool
put_findings(struct jsonw *w, const struct exchange *x)
{
	struct findingsfile_line line;
	struct findingsfile file;
	bool well = true;

	findingsfile_read(&file, x->web->rooms.spool);
	jsonw_put_time(w, "checked_at", file.text != NULL ? file.at : 0);
	jsonw_key(w, "findings");
	jsonw_open(w, '[');
	while (findingsfile_next(&file, &line)) {
		jsonw_raw(w, line.text, line.len);
		well &= !json_is(&line.level, "fail");
	}
	jsonw_close(w, ']');
	findingsfile_free(&file);
	return well;
}

void
condition_health(struct exchange *x)
{
	struct overview *overview = jobboard_look(x->web->board);
	bool well = overview_is_well(overview);
	struct jsonw w = { 0 };

	jsonw_open(&w, '{');
	jsonw_put_string(&w, "version", PULSE_VERSION);
	jsonw_put_bool(&w, "scheduler", overview->leader);
	jsonw_put_bool(&w, "latched", overview->latched);
	jsonw_put_bool(&w, "held", overview->held);
	put_overdue(&w, overview);
	jsonw_put_int(&w, "damaged", (int64_t)overview->damaged);
	well &= look_at_data(&w, x);
	well &= look_at_state(&w, x, overview);
	well &= put_findings(&w, x);
	jsonw_put_bool(&w, "well", well);
	jsonw_close(&w, '}');
	exchange_json(x, 200, &w);
}
