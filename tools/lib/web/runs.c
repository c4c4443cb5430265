#include "web/runs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/msg.h"
#include "jobs/pace.h"
#include "look/lookup.h"
#include "web/exchange.h"
#include "web/jobboard.h"
#include "web/jobs.h"
#include "web/listpage.h"
#include "web/program.h"

static void
put_figures(struct jsonw *w, const struct folder_result *f)
{
	jsonw_put_int(w, "records", f->records);
	jsonw_put_int(w, "rejected", f->rejected);
	jsonw_put_int(w, "requests", f->requests);
	jsonw_put_int(w, "bytes", f->bytes);
	jsonw_put_int(w, "response_ms", f->response_ms);
	jsonw_put_int(w, "database_ms", f->database_ms);
	jsonw_put_int(w, "cpu_ms", f->user_ms + f->system_ms);
	jsonw_put_int(w, "peak_kb", f->peak_kb);
	jsonw_put_int(w, "leftovers", f->leftovers);
	jsonw_put_bool(w, "stored", f->stored);
}

void
runs_put(struct jsonw *w, const struct journal_run *run)
{
	const struct verdict *verdict = &run->figures.verdict;

	jsonw_may_put_string(w, "run", run->folder);
	jsonw_may_put_string(w, "job", run->job);
	jsonw_put_int(w, "client", run->client);
	jsonw_may_put_string(w, "trigger", states_reason_name(run->trigger));
	jsonw_put_int(w, "attempt", run->attempt);
	jsonw_put_bool(w, "standalone", run->standalone);
	jsonw_may_put_time(w, "began", run->began);
	if (run->ended == 0)
		return;
	jsonw_may_put_time(w, "ended", run->ended);
	jsonw_put_int(w, "took", run->figures.took);
	jsonw_may_put_string(w, "result", states_result_name(run->result));
	jsonw_put_int(w, "code", verdict->code);
	jsonw_may_put_string(w, "how", folder_how_name(run->figures.how));
	if (verdict->class != OUTCOME_NONE)
		jsonw_put_string(w, "class", outcome_name(verdict->class));
	jsonw_may_put_string(w, "cause", verdict->cause);
	jsonw_may_put_time(w, "not_before", verdict->not_before);
	put_figures(w, &run->figures);
}

static void
refuse_database(struct exchange *x, enum outcome_class class, const char *why)
{
	if (class == OUTCOME_DATABASE_LOCK) {
		httpd_set_header(x->reply, "Retry-After", "1");
		exchange_refuse(x, 503, "busy", "state.db is busy",
				"ask again in a second");
		return;
	}
	exchange_refusef(x, 500, "unreadable", "pulse doctor finds out more",
			 "cannot read 'state.db': %s", why);
}

/* NULL with *refused false: there is none yet, so no run was ever recorded. */
static struct journal *
journal_of(struct exchange *x, bool *refused)
{
	struct overview *o = jobboard_look(x->web->board);
	enum outcome_class class;
	char *why;
	struct journal *journal = overview_journal(o, &why, &class);

	*refused = journal == NULL && why != NULL;
	if (*refused)
		refuse_database(x, class, why);
	free(why);
	return journal;
}

struct listing {
	struct jsonw w;
	size_t count, limit;
	int64_t last;
	bool more;
};

static bool
add(void *arg, const struct journal_run *run)
{
	struct listing *list = arg;

	list->more = list->count == list->limit;
	if (list->more)
		return false;
	list->count++;
	list->last = run->id;
	jsonw_open(&list->w, '{');
	runs_put(&list->w, run);
	jsonw_close(&list->w, '}');
	return true;
}

/* False: refused. */
static bool
read_result(struct exchange *x, enum states_result *result)
{
	const char *word = exchange_argument(x, "result");
	int found = word == NULL || *word == '\0' ? -1
						  : states_result_by_name(word);

	*result = found > 0 ? (enum states_result)found : STATES_NO_RESULT;
	if (word == NULL || found > 0)
		return true;
	exchange_refuse(x, 400, "bad_argument",
			"result is one of success, partial, failed, stopped, "
			"killed, orphaned",
			NULL);
	return false;
}

static void
answer(struct exchange *x, struct journal_runs_ask *ask)
{
	static const struct exchange_range after = { 1, INT64_MAX, 0 };
	struct listing list = { .limit = 0 };
	struct journal *journal;
	bool refused;

	if (!exchange_limit(x, &list.limit) ||
	    !exchange_number(x, "after", &after, &ask->below) ||
	    !read_result(x, &ask->result))
		return;
	ask->most = list.limit + 1;
	journal = journal_of(x, &refused);
	if (refused)
		return;
	listpage_begin(&list.w, "runs");
	if (journal != NULL &&
	    journal_each_run(journal, ask, add, &list) != 0) {
		jsonw_free(&list.w);
		refuse_database(x, journal_class(journal),
				journal_error(journal));
		return;
	}
	listpage_end(x, &list.w, list.more ? list.last : 0);
}

void
runs_list(struct exchange *x)
{
	struct journal_runs_ask ask = { .job = NULL };

	if (exchange_client(x, &ask.client))
		answer(x, &ask);
}

void
runs_of_job(struct exchange *x)
{
	struct journal_runs_ask ask = { .below = 0 };
	struct jobs_name name;

	if (!jobs_find(x, &name))
		return;
	ask.client = name.client;
	ask.job = name.job;
	answer(x, &ask);
}

/* 'it'\''s' */
static void
add_quoted(FILE *out, const char *word)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789_-./=:,@%+";

	if (*word != '\0' && strspn(word, plain) == strlen(word)) {
		fprintf(out, " %s", word);
		return;
	}
	fputs(" '", out);
	for (; *word != '\0'; word++) {
		if (*word == '\'')
			fputs("'\\'", out);
		fputc(*word, out);
	}
	fputc('\'', out);
}

/* A job of the schedule by its name; another by what was executed. */
static char *
replay_of(struct exchange *x, const struct journal_run *run, int folder)
{
	struct overview *o = jobboard_look(x->web->board);
	const struct schedule *schedule =
		dossier_schedule(jobboard_dossier(x->web->board));
	bool planned =
		schedule != NULL && schedule_job(schedule, run->job) != NULL;
	struct folder_spec spec;
	char *text = NULL;
	size_t len, i;
	FILE *out;

	if (!planned && (folder < 0 || folder_read_spec(folder, &spec) != 0))
		return NULL;
	out = open_memstream(&text, &len);
	if (out == NULL)
		msg_die(EX_OSERR, "out of memory");
	fprintf(out, "pulse run %s", run->job);
	if (run->client > 0 && (o->several || run->client != 1))
		fprintf(out, " -k %lld", (long long)run->client);
	if (!planned) {
		fputs(" --", out);
		for (i = 0; spec.argv[i] != NULL; i++)
			add_quoted(out, spec.argv[i]);
		folder_spec_free(&spec);
	}
	if (fclose(out) != 0)
		msg_die(EX_OSERR, "out of memory");
	return text;
}

static void
put_one(struct exchange *x, struct jsonw *w, const struct journal_run *run)
{
	const struct overview *o = jobboard_look(x->web->board);
	int folder = folder_open(&o->rooms, run->folder);
	char *replay = replay_of(x, run, folder), path[FOLDER_ID + 40];
	struct pace pace;

	jsonw_open(w, '{');
	runs_put(w, run);
	if (run->ended == 0) {
		pace_look(&o->rooms, run->folder, o->now, &pace);
		pace_put(w, &pace);
	}
	if (replay != NULL)
		jsonw_put_string(w, "replay", replay);
	snprintf(path, sizeof(path), "/api/v1/runs/%s/log", run->folder);
	if (folder >= 0)
		jsonw_put_string(w, "log", path);
	jsonw_close(w, '}');
	if (folder >= 0)
		close(folder);
	free(replay);
}

void
runs_one(struct exchange *x)
{
	struct journal_run run;
	struct journal *journal;
	struct jsonw w = { 0 };
	bool refused;
	int found = 0;

	journal = journal_of(x, &refused);
	if (refused)
		return;
	if (journal != NULL)
		found = journal_find_run(journal, x->parts[0], &run);
	if (found < 0) {
		refuse_database(x, journal_class(journal),
				journal_error(journal));
		return;
	}
	if (found == 0 && !lookup_read_run(&jobboard_look(x->web->board)->rooms,
					   x->parts[0], &run)) {
		exchange_refuse(x, 404, "no_such_run", "there is no such run",
				"GET /api/v1/runs lists them");
		return;
	}
	put_one(x, &w, &run);
	exchange_json(x, 200, &w);
}

/* Lines of JSON as one list. */
static void
put_lines(struct jsonw *w, const char *line)
{
	size_t len;

	jsonw_open(w, '{');
	jsonw_key(w, "stats");
	jsonw_open(w, '[');
	for (; *line != '\0'; line += len + (line[len] == '\n')) {
		len = strcspn(line, "\n");
		jsonw_raw(w, line, len);
	}
	jsonw_close(w, ']');
	jsonw_close(w, '}');
}

static void
printed(struct exchange *x, const struct child_result *result, void *arg)
{
	struct jsonw w = { 0 };

	(void)arg;
	put_lines(&w, result->out);
	exchange_json(x, 200, &w);
}

/* All runs that are kept are read: by another process. */
void
runs_stats(struct exchange *x)
{
	const struct program_call call = { .printed = printed };
	struct program program;
	int64_t client;

	if (!exchange_client(x, &client))
		return;
	program_begin(&program, "pulse-status");
	program_word(&program, "--stats");
	program_word(&program, "--json");
	if (x->web->spool != NULL)
		program_word(&program, "--spool=%s", x->web->spool);
	if (client >= 0)
		program_word(&program, "--client=%lld", (long long)client);
	program_answer(x, &program, &call);
}
