#include "jobs/journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/home.h"
#include "base/msg.h"
#include "jobs/columns.h"
#include "storage/store.h"

/* A writer is alone: who else holds the file is a person with sqlite3. */
enum { WRITER_WAIT = 250, READER_WAIT = 2000 };
enum { EVENTS_KEPT = 10000, RUNS_KEPT = 100, DAY = 86400000 };

#define AT(type, member) offsetof(struct type, member)
#define SIZE(type, member) sizeof(((struct type *)NULL)->member)

static const struct columns_field row_fields[] = {
	{ "state", COLUMNS_STATE, AT(states_row, state), 0 },
	{ "since_ms", COLUMNS_TIME, AT(states_row, since), 0 },
	{ "reason", COLUMNS_REASON, AT(states_row, reason), 0 },
	{ "trigger", COLUMNS_REASON, AT(states_row, trigger), 0 },
	{ "want", COLUMNS_WANT, AT(states_row, want), 0 },
	{ "run_id", COLUMNS_TIME, AT(states_row, run), 0 },
	{ "not_before_ms", COLUMNS_TIME, AT(states_row, not_before), 0 },
	{ "not_before_reason", COLUMNS_REASON, AT(states_row, floor), 0 },
	{ "look_at_ms", COLUMNS_TIME, AT(states_row, look_at), 0 },
	{ "next_due_ms", COLUMNS_TIME, AT(states_row, next_due), 0 },
	{ "retry_count", COLUMNS_INT, AT(states_row, retry_count), 0 },
	{ "quota_count", COLUMNS_INT, AT(states_row, quota_count), 0 },
	{ "start_failures", COLUMNS_INT, AT(states_row, start_failures), 0 },
	{ "orphan_count", COLUMNS_INT, AT(states_row, orphan_count), 0 },
	{ "orphan_since_ms", COLUMNS_TIME, AT(states_row, orphan_since), 0 },
	{ "incident_start_ms", COLUMNS_TIME, AT(states_row, incident_start),
	  0 },
	{ "probes", COLUMNS_INT, AT(states_row, probes), 0 },
	{ "tier", COLUMNS_TIER, AT(states_row, tier), 0 },
	{ "last_result", COLUMNS_RESULT, AT(states_row, last_result), 0 },
	{ "last_end_ms", COLUMNS_TIME, AT(states_row, last_end), 0 },
	{ "last_success_ms", COLUMNS_TIME, AT(states_row, last_success), 0 },
	{ "missed", COLUMNS_INT, AT(states_row, missed), 0 },
	{ "held_state", COLUMNS_STATE, AT(states_row, held.state), 0 },
	{ "held_reason", COLUMNS_REASON, AT(states_row, held.reason), 0 },
	{ "held_trigger", COLUMNS_REASON, AT(states_row, held.trigger), 0 },
	{ "held_not_before_ms", COLUMNS_TIME, AT(states_row, held.not_before),
	  0 },
	{ "held_not_before_reason", COLUMNS_REASON, AT(states_row, held.floor),
	  0 },
	{ "forced", COLUMNS_BOOL, AT(states_row, forced), 0 },
	{ "second_look", COLUMNS_BOOL, AT(states_row, second_look), 0 },
	{ "disabled", COLUMNS_BOOL, AT(states_row, disabled), 0 },
	{ "epoch", COLUMNS_INT, AT(states_row, epoch), 0 },
	{ .name = NULL },
};

static const struct columns_field run_fields[] = {
	{ "client_id", COLUMNS_INT, AT(journal_run, client), 0 },
	{ "job_name", COLUMNS_TEXT, AT(journal_run, job),
	  SIZE(journal_run, job) },
	{ "standalone", COLUMNS_BOOL, AT(journal_run, standalone), 0 },
	{ "trigger", COLUMNS_REASON, AT(journal_run, trigger), 0 },
	{ "attempt", COLUMNS_INT, AT(journal_run, attempt), 0 },
	{ "started_ms", COLUMNS_TIME, AT(journal_run, began), 0 },
	{ .name = NULL },
};

static const struct columns_field end_fields[] = {
	{ "ended_ms", COLUMNS_TIME, AT(journal_run, ended), 0 },
	{ "result", COLUMNS_RESULT, AT(journal_run, result), 0 },
	{ "exit_code", COLUMNS_CODE, AT(journal_run, figures.verdict.code), 0 },
	{ "class", COLUMNS_CLASS, AT(journal_run, figures.verdict.class), 0 },
	{ "cause", COLUMNS_TEXT, AT(journal_run, figures.verdict.cause),
	  SIZE(journal_run, figures.verdict.cause) },
	{ "not_before_ms", COLUMNS_TIME,
	  AT(journal_run, figures.verdict.not_before), 0 },
	{ "how", COLUMNS_HOW, AT(journal_run, figures.how), 0 },
	{ "command_started_ms", COLUMNS_TIME, AT(journal_run, figures.began),
	  0 },
	{ "command_ended_ms", COLUMNS_TIME, AT(journal_run, figures.ended), 0 },
	{ "duration_ms", COLUMNS_INT, AT(journal_run, figures.took), 0 },
	{ "user_ms", COLUMNS_INT, AT(journal_run, figures.user_ms), 0 },
	{ "system_ms", COLUMNS_INT, AT(journal_run, figures.system_ms), 0 },
	{ "peak_kb", COLUMNS_INT, AT(journal_run, figures.peak_kb), 0 },
	{ "leftovers", COLUMNS_INT, AT(journal_run, figures.leftovers), 0 },
	{ "records", COLUMNS_INT, AT(journal_run, figures.records), 0 },
	{ "rejected", COLUMNS_INT, AT(journal_run, figures.rejected), 0 },
	{ "requests", COLUMNS_INT, AT(journal_run, figures.requests), 0 },
	{ "bytes", COLUMNS_INT, AT(journal_run, figures.bytes), 0 },
	{ "response_ms", COLUMNS_INT, AT(journal_run, figures.response_ms), 0 },
	{ "database_ms", COLUMNS_INT, AT(journal_run, figures.database_ms), 0 },
	{ "stored_cursor", COLUMNS_BOOL, AT(journal_run, figures.stored), 0 },
	{ .name = NULL },
};

static const struct columns_field event_fields[] = {
	{ "at_ms", COLUMNS_INT, AT(journal_event, at), 0 },
	{ "type", COLUMNS_TEXT, AT(journal_event, type),
	  SIZE(journal_event, type) },
	{ "client_id", COLUMNS_CLIENT, AT(journal_event, client), 0 },
	{ "job_name", COLUMNS_TEXT, AT(journal_event, job),
	  SIZE(journal_event, job) },
	{ "run", COLUMNS_TEXT, AT(journal_event, run),
	  SIZE(journal_event, run) },
	{ "from_state", COLUMNS_STATE_OR_NONE, AT(journal_event, from), 0 },
	{ "to_state", COLUMNS_STATE_OR_NONE, AT(journal_event, to), 0 },
	{ "reason", COLUMNS_REASON, AT(journal_event, reason), 0 },
	{ "want", COLUMNS_WANT, AT(journal_event, want), 0 },
	{ "command_id", COLUMNS_TEXT, AT(journal_event, command),
	  SIZE(journal_event, command) },
	{ "requested_by", COLUMNS_TEXT, AT(journal_event, by),
	  SIZE(journal_event, by) },
	{ "error_class", COLUMNS_TEXT, AT(journal_event, class),
	  SIZE(journal_event, class) },
	{ "error_message", COLUMNS_TEXT, AT(journal_event, message),
	  SIZE(journal_event, message) },
	{ "next_ms", COLUMNS_TIME, AT(journal_event, next), 0 },
	{ .name = NULL },
};

static const struct columns_field breaker_fields[] = {
	{ "client_id", COLUMNS_INT, AT(journal_breaker, client), 0 },
	{ "integration", COLUMNS_TEXT, AT(journal_breaker, integration),
	  SIZE(journal_breaker, integration) },
	{ "state", COLUMNS_BREAKER, AT(journal_breaker, breaker.state), 0 },
	{ "override", COLUMNS_OVERRIDE, AT(journal_breaker, breaker.override),
	  0 },
	{ "failures", COLUMNS_INT, AT(journal_breaker, breaker.failures), 0 },
	{ "length_ms", COLUMNS_INT, AT(journal_breaker, breaker.length), 0 },
	{ "opened_ms", COLUMNS_TIME, AT(journal_breaker, breaker.opened_at),
	  0 },
	{ "until_ms", COLUMNS_TIME, AT(journal_breaker, breaker.until), 0 },
	{ "probe_run_id", COLUMNS_TIME, AT(journal_breaker, breaker.probe), 0 },
	{ .name = NULL },
};

static const struct columns_field answer_fields[] = {
	{ "id", COLUMNS_TEXT, AT(command_answer, id),
	  SIZE(command_answer, id) },
	{ "status", COLUMNS_CODE, AT(command_answer, status), 0 },
	{ "state", COLUMNS_TEXT, AT(command_answer, state),
	  SIZE(command_answer, state) },
	{ "want", COLUMNS_TEXT, AT(command_answer, want),
	  SIZE(command_answer, want) },
	{ "reason", COLUMNS_TEXT, AT(command_answer, reason),
	  SIZE(command_answer, reason) },
	{ "run", COLUMNS_TEXT, AT(command_answer, run),
	  SIZE(command_answer, run) },
	{ "epoch", COLUMNS_INT, AT(command_answer, epoch), 0 },
	{ "seq", COLUMNS_TIME, AT(command_answer, seq), 0 },
	{ "gen", COLUMNS_TEXT, AT(command_answer, gen),
	  SIZE(command_answer, gen) },
	{ "message", COLUMNS_TEXT, AT(command_answer, message),
	  SIZE(command_answer, message) },
	{ .name = NULL },
};

static const struct columns_field total_fields[] = {
	{ "client_id", COLUMNS_INT, AT(journal_total, client), 0 },
	{ "job_name", COLUMNS_TEXT, AT(journal_total, job),
	  SIZE(journal_total, job) },
	{ "result", COLUMNS_RESULT, AT(journal_total, result), 0 },
	{ "runs", COLUMNS_INT, AT(journal_total, runs), 0 },
	{ "records", COLUMNS_INT, AT(journal_total, records), 0 },
	{ "rejected", COLUMNS_INT, AT(journal_total, rejected), 0 },
	{ .name = NULL },
};

enum ask {
	BEGIN,
	BEGIN_READING,
	COMMIT,
	EACH_JOB,
	READ_JOB,
	INSERT_JOB,
	UPDATE_JOB,
	ADD_RUN,
	END_RUN,
	JOBS_RUNS,
	ANY_RUNS,
	READ_RUN,
	FIND_RUN,
	HAS_FOLDER,
	ADD_EVENT,
	EACH_EVENT,
	FIRST_LAST,
	EACH_BREAKER,
	SAVE_BREAKER,
	READ_COMMAND,
	SAVE_COMMAND,
	GET,
	SET,
	PRUNE_EVENTS,
	COUNT_PRUNED,
	PRUNE_RUNS,
	EACH_TOTAL,
	PRUNE_COMMANDS,
	ASKS
};

#define RUN_COLUMNS                                                            \
	"client_id, job_name, standalone, trigger, attempt, "                  \
	"started_ms, "

#define OLD_RUNS                                                               \
	"ended_ms < ?1 AND id IN (SELECT id FROM (SELECT id, row_number() "    \
	"OVER"                                                                 \
	" (PARTITION BY client_id, job_name ORDER BY id DESC) AS place"        \
	" FROM runs) WHERE place > ?2)"

static const struct {
	const char *sql;
	const struct columns_field *fields;
} asks[ASKS] = {
	[BEGIN] = { "BEGIN IMMEDIATE", NULL },
	[BEGIN_READING] = { "BEGIN", NULL },
	[COMMIT] = { "COMMIT", NULL },
	[EACH_JOB] = { "SELECT client_id, job_name, @names FROM jobs"
		       " ORDER BY client_id, job_name",
		       row_fields },
	[READ_JOB] = { "SELECT @names FROM jobs"
		       " WHERE client_id=? AND job_name=?",
		       row_fields },
	[INSERT_JOB] = { "INSERT INTO jobs (@names, client_id, job_name)"
			 " VALUES (@places, ?, ?) ON CONFLICT DO NOTHING",
			 row_fields },
	[UPDATE_JOB] = { "UPDATE jobs SET @sets"
			 " WHERE client_id=? AND job_name=? AND epoch=?",
			 row_fields },
	[ADD_RUN] = { "INSERT INTO runs (@names, own_folder)"
		      " VALUES (@places, ?) RETURNING id, folder",
		      run_fields },
	[END_RUN] = { "UPDATE runs SET @sets WHERE id=?", end_fields },
	[JOBS_RUNS] = { "SELECT id, folder, " RUN_COLUMNS "@names FROM runs"
			" WHERE id<?1 AND client_id=?3 AND job_name=?4"
			" AND (?5 IS NULL OR result=?5)"
			" ORDER BY id DESC LIMIT ?2",
			end_fields },
	[ANY_RUNS] = { "SELECT id, folder, " RUN_COLUMNS "@names FROM runs"
		       " WHERE id<?1 AND (?3<0 OR client_id=?3)"
		       " AND (?4 IS NULL OR job_name=?4)"
		       " AND (?5 IS NULL OR result=?5)"
		       " ORDER BY id DESC LIMIT ?2",
		       end_fields },
	[READ_RUN] = { "SELECT id, folder, " RUN_COLUMNS "@names FROM runs"
		       " WHERE id=?",
		       end_fields },
	[FIND_RUN] = { "SELECT id, folder, " RUN_COLUMNS "@names FROM runs"
		       " WHERE own_folder=?",
		       end_fields },
	[HAS_FOLDER] = { "SELECT 1 FROM runs WHERE own_folder=?", NULL },
	[ADD_EVENT] = { "INSERT INTO events (@names) VALUES (@places)"
			" RETURNING seq",
			event_fields },
	[EACH_EVENT] = { "SELECT seq, @names FROM events WHERE seq>?"
			 " ORDER BY seq LIMIT ?",
			 event_fields },
	[FIRST_LAST] = { "SELECT (SELECT min(seq) FROM events),"
			 " (SELECT max(seq) FROM events)",
			 NULL },
	[EACH_BREAKER] = { "SELECT @names FROM breakers"
			   " ORDER BY client_id, integration",
			   breaker_fields },
	[SAVE_BREAKER] = { "REPLACE INTO breakers (@names) VALUES (@places)",
			   breaker_fields },
	[READ_COMMAND] = { "SELECT @names FROM commands WHERE id=?",
			   answer_fields },
	[SAVE_COMMAND] = { "INSERT INTO commands (@names, at_ms)"
			   " VALUES (@places, ?)",
			   answer_fields },
	[GET] = { "SELECT value FROM meta WHERE name=?", NULL },
	[SET] = { "REPLACE INTO meta VALUES (?, ?)", NULL },
	/* From the front only: whoever reads on after a seq misses nothing. */
	[PRUNE_EVENTS] = { "DELETE FROM events WHERE"
			   " seq <= (SELECT seq FROM events ORDER BY seq DESC"
			   " LIMIT 1 OFFSET ?2) AND seq < coalesce((SELECT seq"
			   " FROM events WHERE at_ms >= ?1 ORDER BY seq"
			   " LIMIT 1), 1 << 62)",
			   NULL },
	[COUNT_PRUNED] = { "INSERT INTO totals SELECT client_id, job_name,"
			   " coalesce(result, 'failed') AS ended, count(*),"
			   " total(records), total(rejected) FROM runs"
			   " WHERE " OLD_RUNS " GROUP BY 1, 2, 3"
			   " ON CONFLICT DO UPDATE SET"
			   " runs=runs+excluded.runs,"
			   " records=records+excluded.records,"
			   " rejected=rejected+excluded.rejected",
			   NULL },
	[PRUNE_RUNS] = { "DELETE FROM runs WHERE " OLD_RUNS, NULL },
	[EACH_TOTAL] = { "SELECT @names FROM v_job_totals ORDER BY 1, 2, 3",
			 total_fields },
	[PRUNE_COMMANDS] = { "DELETE FROM commands WHERE at_ms < ?", NULL },
};

struct journal {
	struct store *store;
	bool writes;
	char gen[JOURNAL_GEN];
	char error[128]; /* ours, when the database's is not the trouble */
	struct store_query *queries[ASKS];
};

const char *
journal_error(const struct journal *journal)
{
	return *journal->error != '\0' ? journal->error
				       : store_error(journal->store);
}

enum outcome_class
journal_class(const struct journal *journal)
{
	return *journal->error != '\0' ? OUTCOME_DATA_FORMAT
				       : store_class(journal->store);
}

const char *
journal_gen(const struct journal *journal)
{
	return journal->gen;
}

/* Prepared when first asked, and kept. */
static struct store_query *
query_of(struct journal *journal, enum ask ask)
{
	struct store_query **query = &journal->queries[ask];
	char *sql;

	*journal->error = '\0';
	if (*query != NULL)
		return *query;
	if (asks[ask].fields == NULL) {
		*query = store_query(journal->store, asks[ask].sql);
	} else {
		sql = columns_sql(asks[ask].sql, asks[ask].fields);
		*query = store_query(journal->store, sql);
		free(sql);
	}
	return *query;
}

/* Somebody wrote what this program does not know. */
static int
strange(struct journal *journal, struct store_query *query, const char *table)
{
	snprintf(journal->error, sizeof(journal->error),
		 "a row of %s holds a word that this Pulse does not know",
		 table);
	store_reset(query);
	return -1;
}

/* Steps a statement that gives no rows. */
static int
run(struct store_query *query)
{
	return query == NULL || store_step(query) < 0 ? -1 : 0;
}

static int
read_gen(struct journal *journal)
{
	struct store_query *query = query_of(journal, GET);
	int row;

	if (query == NULL)
		return -1;
	store_bind_string(query, 1, "gen");
	if ((row = store_step(query)) == 1)
		snprintf(journal->gen, sizeof(journal->gen), "%s",
			 store_text(query, 0, NULL));
	store_reset(query);
	return row < 0 ? -1 : 0;
}

static struct journal *
open_at(struct store_place *place, char **why, enum outcome_class *class)
{
	struct journal *journal = msg_calloc(1, sizeof(*journal));
	char *own = place->path == NULL ? home_path("spool/state.db") : NULL;
	char *schema = home_share("schema/state");

	if (own != NULL)
		place->path = own;
	place->schema = schema;
	place->kind = STORE_STATE;
	journal->writes = place->mode == STORE_WRITE;
	journal->store = store_open_at(place, why, class);
	free(schema);
	free(own);
	if (journal->store != NULL && read_gen(journal) == 0)
		return journal;
	if (journal->store != NULL) {
		*why = msg_strdup(journal_error(journal));
		*class = journal_class(journal);
	}
	journal_close(journal);
	return NULL;
}

struct journal *
journal_open(const char *path, bool write, char **why,
	     enum outcome_class *class)
{
	struct store_place place = {
		.path = path,
		.mode = write ? STORE_WRITE : STORE_READ,
		.wait_ms = write ? WRITER_WAIT : READER_WAIT,
	};

	return open_at(&place, why, class);
}

struct journal *
journal_glance(const char *path, char **why, enum outcome_class *class)
{
	struct store_place place = { .path = path, .mode = STORE_READ };

	return open_at(&place, why, class);
}

void
journal_close(struct journal *journal)
{
	int i;

	if (journal == NULL)
		return;
	for (i = 0; i < ASKS; i++)
		store_query_free(journal->queries[i]);
	store_close(journal->store);
	free(journal);
}

int
journal_begin(struct journal *journal)
{
	return run(query_of(journal, journal->writes ? BEGIN : BEGIN_READING));
}

int
journal_commit(struct journal *journal)
{
	return run(query_of(journal, COMMIT));
}

void
journal_rollback(struct journal *journal)
{
	store_rollback(journal->store);
}

int
journal_each_job(struct journal *journal,
		 bool (*each)(void *arg, const struct journal_job *job),
		 void *arg)
{
	struct store_query *query = query_of(journal, EACH_JOB);
	struct journal_job job;
	int row = -1;

	while (query != NULL && (row = store_step(query)) == 1) {
		memset(&job, 0, sizeof(job));
		job.client = store_int(query, 0);
		snprintf(job.job, sizeof(job.job), "%s",
			 store_text(query, 1, NULL));
		if (!columns_read(query, 2, row_fields, &job.row))
			return strange(journal, query, "jobs");
		if (!each(arg, &job))
			break;
	}
	if (row == 1)
		store_reset(query);
	return row < 0 ? -1 : 0;
}

int
journal_read_job(struct journal *journal, int64_t client, const char *job,
		 struct states_row *row)
{
	struct store_query *query = query_of(journal, READ_JOB);
	int found;

	memset(row, 0, sizeof(*row));
	if (query == NULL)
		return -1;
	store_bind_int(query, 1, client);
	store_bind_string(query, 2, job);
	if ((found = store_step(query)) != 1)
		return found;
	if (!columns_read(query, 0, row_fields, row))
		return strange(journal, query, "jobs");
	store_reset(query);
	return 1;
}

int
journal_save_job(struct journal *journal, int64_t client, const char *job,
		 const struct states_row *row, int64_t old_epoch)
{
	struct store_query *query =
		query_of(journal, old_epoch < 0 ? INSERT_JOB : UPDATE_JOB);
	int place;

	if (query == NULL)
		return -1;
	place = columns_bind(query, 1, row_fields, row);
	store_bind_int(query, place, client);
	store_bind_string(query, place + 1, job);
	if (old_epoch >= 0)
		store_bind_int(query, place + 2, old_epoch);
	if (store_step(query) < 0)
		return -1;
	return store_changes(journal->store) == 1 ? 0 : 1;
}

int
journal_add_run(struct journal *journal, struct journal_run *run)
{
	struct store_query *query = query_of(journal, ADD_RUN);
	int place;

	if (query == NULL)
		return -1;
	place = columns_bind(query, 1, run_fields, run);
	store_bind_string(query, place, run->standalone ? run->folder : NULL);
	if (store_step(query) != 1)
		return -1;
	run->id = store_int(query, 0);
	snprintf(run->folder, sizeof(run->folder), "%s",
		 store_text(query, 1, NULL));
	store_reset(query);
	return 0;
}

int
journal_last_run(struct journal *journal, int64_t *id)
{
	return store_number(journal->store,
			    "SELECT coalesce(max(seq), 0) FROM sqlite_sequence"
			    " WHERE name = 'runs'",
			    id);
}

/* A row that comes and goes: AUTOINCREMENT remembers its id. */
int
journal_skip_runs(struct journal *journal, int64_t id)
{
	char sql[256];

	snprintf(sql, sizeof(sql),
		 "INSERT INTO runs (id, client_id, job_name, standalone,"
		 " attempt) VALUES (%lld, 0, '', 0, 0);"
		 "DELETE FROM runs WHERE id = %lld",
		 (long long)id, (long long)id);
	if (journal_begin(journal) != 0)
		return -1;
	if (store_run(journal->store, sql) == 0 && journal_commit(journal) == 0)
		return 0;
	journal_rollback(journal);
	return -1;
}

int
journal_end_run(struct journal *journal, const struct journal_run *run)
{
	struct store_query *query = query_of(journal, END_RUN);
	struct journal_run clean = *run;

	if (query == NULL)
		return -1;
	columns_clean(end_fields, &clean);
	store_bind_int(query, columns_bind(query, 1, end_fields, &clean),
		       run->id);
	return store_step(query) < 0 ? -1 : 0;
}

static bool
read_run(struct store_query *query, struct journal_run *run)
{
	memset(run, 0, sizeof(*run));
	run->id = store_int(query, 0);
	snprintf(run->folder, sizeof(run->folder), "%s",
		 store_text(query, 1, NULL));
	memcpy(run->figures.run, run->folder, sizeof(run->figures.run));
	return columns_read(query, 2, run_fields, run) &&
	       columns_read(query, 2 + (int)columns_count(run_fields),
			    end_fields, run);
}

int
journal_each_run(struct journal *journal, const struct journal_runs_ask *ask,
		 bool (*each)(void *arg, const struct journal_run *run),
		 void *arg)
{
	bool one = ask->client >= 0 && ask->job != NULL;
	struct store_query *query =
		query_of(journal, one ? JOBS_RUNS : ANY_RUNS);
	struct journal_run found;
	int row = 0;

	if (query == NULL)
		return -1;
	store_bind_int(query, 1, ask->below == 0 ? INT64_MAX : ask->below);
	store_bind_int(query, 2, (int64_t)ask->most);
	store_bind_int(query, 3, ask->client);
	store_bind_string(query, 4, ask->job);
	store_bind_string(query, 5,
			  ask->result == STATES_NO_RESULT
				  ? NULL
				  : states_result_name(ask->result));
	while ((row = store_step(query)) == 1) {
		if (!read_run(query, &found))
			return strange(journal, query, "runs");
		if (!each(arg, &found))
			break;
	}
	if (row == 1)
		store_reset(query);
	return row < 0 ? -1 : 0;
}

int
journal_each_total(struct journal *journal,
		   bool (*each)(void *arg, const struct journal_total *total),
		   void *arg)
{
	struct store_query *query = query_of(journal, EACH_TOTAL);
	struct journal_total total;
	int row = -1;

	while (query != NULL && (row = store_step(query)) == 1) {
		memset(&total, 0, sizeof(total));
		if (!columns_read(query, 0, total_fields, &total))
			return strange(journal, query, "totals");
		if (!each(arg, &total))
			break;
	}
	if (row == 1)
		store_reset(query);
	return row < 0 ? -1 : 0;
}

/* The one row of a query that is bound. */
static int
take_run(struct journal *journal, struct store_query *query,
	 struct journal_run *run)
{
	int found = store_step(query);

	if (found != 1)
		return found;
	if (!read_run(query, run))
		return strange(journal, query, "runs");
	store_reset(query);
	return 1;
}

int
journal_read_run(struct journal *journal, int64_t id, struct journal_run *run)
{
	struct store_query *query = query_of(journal, READ_RUN);

	if (query == NULL)
		return -1;
	store_bind_int(query, 1, id);
	return take_run(journal, query, run);
}

int
journal_find_run(struct journal *journal, const char *folder,
		 struct journal_run *run)
{
	struct store_query *query;
	char job[NAMES_SIZE];
	int64_t client, id;
	int found;

	if (!folder_parse(folder, &client, job, &id))
		return 0;
	if (id > 0) {
		found = journal_read_run(journal, id, run);
		return found == 1 ? strcmp(run->folder, folder) == 0 : found;
	}
	query = query_of(journal, FIND_RUN);
	if (query == NULL)
		return -1;
	store_bind_string(query, 1, folder);
	return take_run(journal, query, run);
}

int
journal_has_folder(struct journal *journal, const char *folder)
{
	struct store_query *query = query_of(journal, HAS_FOLDER);
	int found;

	if (query == NULL)
		return -1;
	store_bind_string(query, 1, folder);
	if ((found = store_step(query)) == 1)
		store_reset(query);
	return found;
}

int
journal_add_event(struct journal *journal, struct journal_event *event)
{
	struct store_query *query = query_of(journal, ADD_EVENT);

	if (query == NULL)
		return -1;
	columns_clean(event_fields, event);
	columns_bind(query, 1, event_fields, event);
	if (store_step(query) != 1)
		return -1;
	event->seq = store_int(query, 0);
	store_reset(query);
	return 0;
}

int
journal_each_event(struct journal *journal, int64_t after, size_t most,
		   bool (*each)(void *arg, const struct journal_event *event),
		   void *arg)
{
	struct store_query *query = query_of(journal, EACH_EVENT);
	struct journal_event event;
	int row = 0;

	if (query == NULL)
		return -1;
	store_bind_int(query, 1, after);
	store_bind_int(query, 2, (int64_t)most);
	while ((row = store_step(query)) == 1) {
		memset(&event, 0, sizeof(event));
		event.seq = store_int(query, 0);
		if (!columns_read(query, 1, event_fields, &event))
			return strange(journal, query, "events");
		if (!each(arg, &event))
			break;
	}
	if (row == 1)
		store_reset(query);
	return row < 0 ? -1 : 0;
}

int
journal_events(struct journal *journal, int64_t *first, int64_t *last)
{
	struct store_query *query = query_of(journal, FIRST_LAST);

	if (query == NULL || store_step(query) != 1)
		return -1;
	*first = store_int(query, 0);
	*last = store_int(query, 1);
	store_reset(query);
	return 0;
}

int
journal_each_breaker(struct journal *journal,
		     bool (*each)(void *arg,
				  const struct journal_breaker *breaker),
		     void *arg)
{
	struct store_query *query = query_of(journal, EACH_BREAKER);
	struct journal_breaker breaker;
	int row = -1;

	while (query != NULL && (row = store_step(query)) == 1) {
		memset(&breaker, 0, sizeof(breaker));
		if (!columns_read(query, 0, breaker_fields, &breaker))
			return strange(journal, query, "breakers");
		if (!each(arg, &breaker))
			break;
	}
	if (row == 1)
		store_reset(query);
	return row < 0 ? -1 : 0;
}

int
journal_save_breaker(struct journal *journal,
		     const struct journal_breaker *breaker)
{
	struct store_query *query = query_of(journal, SAVE_BREAKER);

	if (query == NULL)
		return -1;
	columns_bind(query, 1, breaker_fields, breaker);
	return run(query);
}

int
journal_read_command(struct journal *journal, const char *id,
		     struct command_answer *answer)
{
	struct store_query *query = query_of(journal, READ_COMMAND);
	int found;

	if (query == NULL)
		return -1;
	store_bind_string(query, 1, id);
	if ((found = store_step(query)) != 1)
		return found;
	memset(answer, 0, sizeof(*answer));
	columns_read(query, 0, answer_fields, answer);
	store_reset(query);
	return 1;
}

int
journal_save_command(struct journal *journal, int64_t at,
		     const struct command_answer *answer)
{
	struct store_query *query = query_of(journal, SAVE_COMMAND);
	struct command_answer clean = *answer;

	if (query == NULL)
		return -1;
	columns_clean(answer_fields, &clean);
	store_bind_int(query, columns_bind(query, 1, answer_fields, &clean),
		       at);
	return run(query);
}

int
journal_get(struct journal *journal, const char *name, int64_t *value)
{
	struct store_query *query = query_of(journal, GET);
	int found;

	*value = 0;
	if (query == NULL)
		return -1;
	store_bind_string(query, 1, name);
	if ((found = store_step(query)) == 1) {
		*value = store_int(query, 0);
		store_reset(query);
	}
	return found < 0 ? -1 : 0;
}

int
journal_set(struct journal *journal, const char *name, int64_t value)
{
	struct store_query *query = query_of(journal, SET);

	if (query == NULL)
		return -1;
	store_bind_string(query, 1, name);
	store_bind_int(query, 2, value);
	return run(query);
}

static int
prune(struct journal *journal, enum ask ask, int64_t before, int64_t kept)
{
	struct store_query *query = query_of(journal, ask);

	if (query == NULL)
		return -1;
	store_bind_int(query, 1, before);
	if (kept > 0)
		store_bind_int(query, 2, kept);
	return run(query);
}

int
journal_prune(struct journal *journal, int64_t before, int64_t now,
	      struct journal_pruned *pruned)
{
	if (journal_begin(journal) != 0)
		return -1;
	if (prune(journal, PRUNE_EVENTS, before, EVENTS_KEPT) != 0)
		goto failed;
	pruned->events = store_changes(journal->store);
	if (prune(journal, COUNT_PRUNED, before, RUNS_KEPT) != 0 ||
	    prune(journal, PRUNE_RUNS, before, RUNS_KEPT) != 0)
		goto failed;
	pruned->runs = store_changes(journal->store);
	if (prune(journal, PRUNE_COMMANDS, now - DAY, 0) != 0)
		goto failed;
	pruned->commands = store_changes(journal->store);
	if (journal_commit(journal) != 0)
		goto failed;
	return store_run(journal->store, "PRAGMA incremental_vacuum");
failed:
	journal_rollback(journal);
	return -1;
}
