#include "storage/store.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/clock.h"
#include "base/home.h"
#include "base/msg.h"
#include "storage/schema.h"

struct store {
	sqlite3 *db;
	int lock; /* -1: a reader */
	bool open_transaction;
	int code; /* of the last error */
	char error[512];
	bool measured;
	int64_t spent; /* ns */
};

/* A statement is SQLite's own, its store found when something fails. */
struct store_query {
	sqlite3_stmt *statement;
	struct store *store;
};

/* ns, when somebody wants to know what statements take. */
static int64_t
clock_of(const struct store *store)
{
	struct timespec now = { 0 };

	if (store->measured)
		clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int
fail(struct store *store, int code)
{
	int system = sqlite3_system_errno(store->db);
	int primary = code & 0xff;

	store->code = code;
	snprintf(store->error, sizeof(store->error), "%s",
		 sqlite3_errmsg(store->db));
	if (system != 0 &&
	    (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN)) {
		size_t len = strlen(store->error);

		snprintf(store->error + len, sizeof(store->error) - len,
			 " (%s)", strerror(system));
	}
	return -1;
}

const char *
store_error(const struct store *store)
{
	return store->error;
}

int
store_error_offset(const struct store *store)
{
	return sqlite3_error_offset(store->db);
}

enum outcome_class
store_class(const struct store *store)
{
	switch (store->code & 0xff) {
	case SQLITE_OK:
		return OUTCOME_NONE;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return OUTCOME_DATABASE_LOCK;
	case SQLITE_FULL:
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
		return OUTCOME_DISK;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
	case SQLITE_TOOBIG:
		return OUTCOME_DATA_FORMAT;
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return OUTCOME_PERMISSION;
	case SQLITE_NOMEM:
		return OUTCOME_SYSTEM;
	default:
		return OUTCOME_BUG;
	}
}

bool
store_refused(const struct store *store)
{
	int primary = store->code & 0xff;

	return primary == SQLITE_CONSTRAINT || primary == SQLITE_MISMATCH ||
	       primary == SQLITE_TOOBIG;
}

/* Another process holds the lock for as long as it writes. */
static int
wait_for_lock(int fd, int64_t wait_ms)
{
	int64_t until = clock_monotonic() + wait_ms;
	struct timespec pause = { .tv_nsec = 20 * 1000 * 1000 };

	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return -1;
		if (clock_monotonic() >= until) {
			errno = EWOULDBLOCK;
			return -1;
		}
		nanosleep(&pause, NULL);
	}
	return 0;
}

static int
complain(char **why, enum outcome_class *class, enum outcome_class as,
	 const char *text)
{
	*class = as;
	*why = msg_strdup(text);
	return -1;
}

static int
complain_errno(char **why, enum outcome_class *class)
{
	return complain(why, class, outcome_of_errno(errno), strerror(errno));
}

/* The folder of a database whose spool was never used. */
static void
make_folder(const char *path)
{
	char *folder = msg_strdup(path), *slash = strrchr(folder, '/');

	if (slash != NULL && slash != folder) {
		*slash = '\0';
		mkdir(folder, 0700);
	}
	free(folder);
}

/* Takes FILE.lock and makes FILE itself, both 0600: SQLite gives -wal and
 * -shm the mode of the file. */
static int
lock_file(struct store *store, const char *path, int64_t wait_ms, char **why,
	  enum outcome_class *class)
{
	int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW;
	char name[4096];
	int fd;

	if (snprintf(name, sizeof(name), "%s.lock", path) >=
	    (int)sizeof(name)) {
		errno = ENAMETOOLONG;
		return complain_errno(why, class);
	}
	make_folder(path);
	if ((store->lock = open(name, flags, 0600)) < 0)
		return complain_errno(why, class);
	if (wait_for_lock(store->lock, wait_ms) != 0) {
		if (errno != EWOULDBLOCK)
			return complain_errno(why, class);
		return complain(why, class, OUTCOME_DATABASE_LOCK,
				"another program is writing to it");
	}
	if ((fd = open(path, flags, 0600)) < 0 || close(fd) != 0)
		return complain_errno(why, class);
	return 0;
}

static void
restrict_it(struct store *store)
{
	sqlite3 *db = store->db;

	sqlite3_extended_result_codes(db, 1);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_limit(db, SQLITE_LIMIT_LENGTH, 64 << 20);
	sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
	sqlite3_limit(db, SQLITE_LIMIT_WORKER_THREADS, 0);
}

/* A new file takes its page size and vacuum mode before WAL; for others both
 * say nothing. */
static const char writer[] = "PRAGMA auto_vacuum=INCREMENTAL;"
			     "PRAGMA journal_mode=WAL;"
			     "PRAGMA synchronous=FULL;"
			     "PRAGMA cache_size=-65536;"
			     "PRAGMA temp_store=MEMORY;"
			     "PRAGMA wal_autocheckpoint=8192;"
			     "PRAGMA journal_size_limit=67108864;"
			     "PRAGMA foreign_keys=OFF";
static const char reader[] = "PRAGMA query_only=ON;"
			     "PRAGMA cache_size=-32768;"
			     "PRAGMA mmap_size=1073741824;"
			     "PRAGMA temp_store=MEMORY;"
			     "PRAGMA wal_autocheckpoint=0";

static int
open_database(struct store *store, const char *path, enum store_mode mode,
	      int64_t wait_ms)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
		    (mode == STORE_WRITE ? SQLITE_OPEN_READWRITE
					 : SQLITE_OPEN_READONLY);
	int code;

	/* Counting memory costs a lock per allocation, and nobody asks. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	code = sqlite3_open_v2(path, &store->db, flags, NULL);
	if (store->db == NULL)
		msg_die(EX_OSERR, "cannot open '%s': out of memory", path);
	if (code != SQLITE_OK)
		return fail(store, code);
	restrict_it(store);
	sqlite3_busy_timeout(store->db,
			     wait_ms > 600000 ? 600000 : (int)wait_ms);
	if (mode == STORE_READ)
		sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE,
				  1, NULL);
	return store_run(store, mode == STORE_WRITE ? writer : reader);
}

/* What SQLite says of a file that is none of its own helps nobody. */
static void
explain(const struct store *store, enum store_kind kind, char **why,
	enum outcome_class *class)
{
	*class = store_class(store);
	if (*class != OUTCOME_DATA_FORMAT)
		*why = msg_strdup(store->error);
	else if (asprintf(why, "%s: it is damaged; %s", store->error,
			  schema_cure(kind)) < 0)
		*why = NULL;
}

static void
miss(enum store_kind kind, char **why, enum outcome_class *class)
{
	*class = OUTCOME_CONFIGURATION;
	if (asprintf(why, "no such database; %s makes it", schema_maker(kind)) <
	    0)
		*why = NULL;
}

static int
settle(struct store *store, const struct store_place *place, char **why,
       enum outcome_class *class)
{
	int failed = schema_settle(store, place, why, class);

	if (failed && *class == OUTCOME_DATA_FORMAT) {
		free(*why);
		explain(store, place->kind, why, class);
	}
	return failed;
}

struct store *
store_open_at(const struct store_place *place, char **why,
	      enum outcome_class *class)
{
	struct store *store = msg_calloc(1, sizeof(*store));
	bool writes = place->mode == STORE_WRITE;

	store->lock = -1;
	*why = NULL;
	if (!writes && access(place->path, F_OK) != 0) {
		if (errno == ENOENT)
			miss(place->kind, why, class);
		else
			complain_errno(why, class);
	} else if (writes && lock_file(store, place->path, place->wait_ms, why,
				       class) != 0) {
		/* said already */
	} else if (open_database(store, place->path, place->mode,
				 place->wait_ms) != 0) {
		explain(store, place->kind, why, class);
	} else if (settle(store, place, why, class) == 0) {
		return store;
	}
	store_close(store);
	return NULL;
}

struct store *
store_open(const char *path, enum store_mode mode, int64_t wait_ms, char **why,
	   enum outcome_class *class)
{
	char *schema = home_share("schema");
	struct store_place place = { path, schema, mode, wait_ms,
				     STORE_WAREHOUSE };
	struct store *store = store_open_at(&place, why, class);

	free(schema);
	return store;
}

int
store_close(struct store *store)
{
	int code = SQLITE_OK;

	if (store == NULL)
		return 0;
	if (store->db != NULL)
		code = sqlite3_close(store->db);
	if (store->lock >= 0)
		close(store->lock);
	free(store);
	return code == SQLITE_OK ? 0 : -1;
}

void
store_measure(struct store *store)
{
	store->measured = true;
}

int64_t
store_spent(const struct store *store)
{
	return store->spent / 1000000;
}

int
store_begin(struct store *store)
{
	return store_run(store, "BEGIN IMMEDIATE");
}

int
store_commit(struct store *store)
{
	return store_run(store, "COMMIT");
}

void
store_rollback(struct store *store)
{
	if (!sqlite3_get_autocommit(store->db))
		sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
}

int
store_run(struct store *store, const char *sql)
{
	int64_t start = clock_of(store);
	int code = sqlite3_exec(store->db, sql, NULL, NULL, NULL);

	store->spent += clock_of(store) - start;
	return code == SQLITE_OK ? 0 : fail(store, code);
}

int
store_vacuum(struct store *store)
{
	int failed;

	/* VACUUM attaches its own copy. */
	sqlite3_limit(store->db, SQLITE_LIMIT_ATTACHED, 1);
	failed = store_run(store, "PRAGMA temp_store=FILE; VACUUM;"
				  "PRAGMA wal_checkpoint(TRUNCATE);"
				  "PRAGMA temp_store=MEMORY");
	sqlite3_limit(store->db, SQLITE_LIMIT_ATTACHED, 0);
	return failed;
}

int
store_number(struct store *store, const char *sql, int64_t *number)
{
	struct store_query *query = store_query(store, sql);
	int row;

	if (query == NULL)
		return -1;
	row = store_step(query);
	if (row == 1)
		*number = store_int(query, 0);
	store_query_free(query);
	return row == 1 ? 0 : -1;
}

struct store_query *
store_query(struct store *store, const char *sql)
{
	struct store_query *query = msg_calloc(1, sizeof(*query));
	int code = sqlite3_prepare_v3(store->db, sql, -1,
				      SQLITE_PREPARE_PERSISTENT,
				      &query->statement, NULL);

	query->store = store;
	if (code == SQLITE_OK && query->statement != NULL)
		return query;
	fail(store, code == SQLITE_OK ? SQLITE_MISUSE : code);
	free(query);
	return NULL;
}

void
store_query_free(struct store_query *query)
{
	if (query != NULL)
		sqlite3_finalize(query->statement);
	free(query);
}

void
store_bind_int(struct store_query *query, int place, int64_t value)
{
	sqlite3_bind_int64(query->statement, place, value);
}

void
store_bind_real(struct store_query *query, int place, double value)
{
	sqlite3_bind_double(query->statement, place, value);
}

void
store_bind_text(struct store_query *query, int place, const char *text,
		size_t len)
{
	sqlite3_bind_text64(query->statement, place, text, len, SQLITE_STATIC,
			    SQLITE_UTF8);
}

void
store_bind_string(struct store_query *query, int place, const char *text)
{
	store_bind_text(query, place, text, text == NULL ? 0 : strlen(text));
}

void
store_bind_null(struct store_query *query, int place)
{
	sqlite3_bind_null(query->statement, place);
}

int
store_step(struct store_query *query)
{
	int64_t start = clock_of(query->store);
	int code = sqlite3_step(query->statement);

	query->store->spent += clock_of(query->store) - start;
	if (code == SQLITE_ROW)
		return 1;
	if (code == SQLITE_DONE) {
		sqlite3_reset(query->statement);
		return 0;
	}
	fail(query->store, code);
	sqlite3_reset(query->statement);
	return -1;
}

void
store_reset(struct store_query *query)
{
	sqlite3_reset(query->statement);
}

int
store_columns(const struct store_query *query)
{
	return sqlite3_column_count(query->statement);
}

const char *
store_column_name(const struct store_query *query, int column)
{
	return sqlite3_column_name(query->statement, column);
}

/* SQLite's types as letters. */
static char
letter(int type)
{
	switch (type) {
	case SQLITE_INTEGER:
		return 'i';
	case SQLITE_FLOAT:
		return 'r';
	case SQLITE_TEXT:
		return 't';
	case SQLITE_BLOB:
		return 'b';
	default:
		return 'n';
	}
}

char
store_sort(struct store_query *query, int column)
{
	return letter(sqlite3_column_type(query->statement, column));
}

bool
store_is_null(struct store_query *query, int column)
{
	return sqlite3_column_type(query->statement, column) == SQLITE_NULL;
}

int64_t
store_int(struct store_query *query, int column)
{
	return sqlite3_column_int64(query->statement, column);
}

double
store_real(struct store_query *query, int column)
{
	return sqlite3_column_double(query->statement, column);
}

const char *
store_text(struct store_query *query, int column, size_t *len)
{
	const void *text = sqlite3_column_text(query->statement, column);

	if (len != NULL)
		*len = (size_t)sqlite3_column_bytes(query->statement, column);
	return text;
}

int
store_parameter(const struct store_query *query, const char *name)
{
	return sqlite3_bind_parameter_index(query->statement, name);
}

const char *
store_statement(const struct store_query *query)
{
	return sqlite3_sql(query->statement);
}

bool
store_only_reads(const struct store_query *query)
{
	return sqlite3_stmt_readonly(query->statement) != 0;
}

int
store_attach(struct store *store, const char *name, const char *path)
{
	struct store_query *query = store_query(store, "ATTACH ?1 AS ?2");
	int row;

	if (query == NULL)
		return -1;
	sqlite3_limit(store->db, SQLITE_LIMIT_ATTACHED, 1);
	store_bind_string(query, 1, path);
	store_bind_string(query, 2, name);
	sqlite3_limit(store->db, SQLITE_LIMIT_ATTACHED, 1);
	row = store_step(query);
	sqlite3_limit(store->db, SQLITE_LIMIT_ATTACHED, 0);
	store_query_free(query);
	sqlite3_limit(store->db, SQLITE_LIMIT_ATTACHED, 0);
	return row;
}

int64_t
store_changes(const struct store *store)
{
	return sqlite3_changes64(store->db);
}

struct store_call {
	sqlite3_context *context;
	sqlite3_value **values;
	int count;
};

struct function {
	void (*scalar)(struct store_call *call);
	struct store_aggregate aggregate;
	void *context;
};

static void
call_scalar(sqlite3_context *context, int count, sqlite3_value **values)
{
	struct store_call call = { context, values, count };
	const struct function *function = sqlite3_user_data(context);

	function->scalar(&call);
}

static void
call_step(sqlite3_context *context, int count, sqlite3_value **values)
{
	struct store_call call = { context, values, count };
	const struct function *function = sqlite3_user_data(context);
	void *state = sqlite3_aggregate_context(
		context, (int)function->aggregate.state_size);

	if (state == NULL)
		sqlite3_result_error_nomem(context);
	else
		function->aggregate.step(&call, state);
}

static void
call_finish(sqlite3_context *context)
{
	struct store_call call = { context, NULL, 0 };
	const struct function *function = sqlite3_user_data(context);

	function->aggregate.finish(&call,
				   sqlite3_aggregate_context(context, 0));
}

static int
add_function(struct store *store, const char *name, int arguments,
	     const struct function *as)
{
	int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
	struct function *function = msg_calloc(1, sizeof(*function));
	bool scalar = as->scalar != NULL;
	int code;

	*function = *as;
	/* SQLite frees it, also when this fails. */
	code = sqlite3_create_function_v2(store->db, name, arguments, flags,
					  function, scalar ? call_scalar : NULL,
					  scalar ? NULL : call_step,
					  scalar ? NULL : call_finish, free);
	return code == SQLITE_OK ? 0 : fail(store, code);
}

int
store_add_scalar(struct store *store, const char *name, int arguments,
		 void (*scalar)(struct store_call *call), void *context)
{
	struct function function = { .scalar = scalar, .context = context };

	return add_function(store, name, arguments, &function);
}

int
store_add_aggregate(struct store *store, const char *name, int arguments,
		    const struct store_aggregate *aggregate)
{
	struct function function = { .aggregate = *aggregate };

	return add_function(store, name, arguments, &function);
}

void *
store_call_context(const struct store_call *call)
{
	const struct function *function = sqlite3_user_data(call->context);

	return function->context;
}

int
store_call_count(const struct store_call *call)
{
	return call->count;
}

char
store_call_sort(const struct store_call *call, int i)
{
	return letter(sqlite3_value_type(call->values[i]));
}

int64_t
store_call_int(const struct store_call *call, int i)
{
	return sqlite3_value_int64(call->values[i]);
}

double
store_call_real(const struct store_call *call, int i)
{
	return sqlite3_value_double(call->values[i]);
}

const char *
store_call_text(const struct store_call *call, int i, size_t *len)
{
	const void *text = sqlite3_value_text(call->values[i]);

	if (len != NULL)
		*len = (size_t)sqlite3_value_bytes(call->values[i]);
	return text;
}

const void *
store_call_bytes(const struct store_call *call, int i, size_t *len)
{
	const void *bytes = sqlite3_value_blob(call->values[i]);

	*len = (size_t)sqlite3_value_bytes(call->values[i]);
	return bytes;
}

void
store_answer_int(struct store_call *call, int64_t value)
{
	sqlite3_result_int64(call->context, value);
}

void
store_answer_real(struct store_call *call, double value)
{
	sqlite3_result_double(call->context, value);
}

void
store_answer_text(struct store_call *call, const char *text, size_t len)
{
	sqlite3_result_text64(call->context, text, len, SQLITE_TRANSIENT,
			      SQLITE_UTF8);
}

void
store_answer_bytes(struct store_call *call, const void *bytes, size_t len)
{
	sqlite3_result_blob64(call->context, bytes, len, SQLITE_TRANSIENT);
}

void
store_answer_error(struct store_call *call, const char *why)
{
	sqlite3_result_error(call->context, why, -1);
}

static int
copy_pages(struct store *store, sqlite3 *copy)
{
	sqlite3_backup *backup =
		sqlite3_backup_init(copy, "main", store->db, "main");
	int code;

	if (backup == NULL)
		return -1;
	code = sqlite3_backup_step(backup, -1);
	if (sqlite3_backup_finish(backup) != SQLITE_OK || code != SQLITE_DONE)
		return -1;
	return sqlite3_exec(copy, "PRAGMA journal_mode=DELETE", NULL, NULL,
			    NULL) == SQLITE_OK
		       ? 0
		       : -1;
}

/* A file and the name of it in its folder. */
static int
publish(const char *beside, const char *path)
{
	char *folder = msg_strdup(path), *slash = strrchr(folder, '/');
	int fd, failed;

	if (slash == NULL)
		strncpy(folder, ".", 2);
	else
		slash[slash == folder] = '\0';
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	failed = fd < 0 || rename(beside, path) != 0 || atomic_sync_dir(fd);
	if (fd >= 0)
		close(fd);
	free(folder);
	return failed ? -1 : 0;
}

int
store_snapshot(struct store *store, const char *path)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	char beside[4096];
	sqlite3 *copy = NULL;
	int failed;

	if (snprintf(beside, sizeof(beside), "%s.%ld", path, (long)getpid()) >=
	    (int)sizeof(beside)) {
		store->code = SQLITE_CANTOPEN;
		snprintf(store->error, sizeof(store->error), "name too long");
		return -1;
	}
	unlink(beside);
	failed = sqlite3_open_v2(beside, &copy, flags, NULL) != SQLITE_OK ||
		 copy_pages(store, copy) != 0;
	if (failed) {
		store->code =
			copy == NULL ? SQLITE_NOMEM : sqlite3_errcode(copy);
		snprintf(store->error, sizeof(store->error), "%s",
			 copy == NULL ? "out of memory" : sqlite3_errmsg(copy));
	}
	sqlite3_close(copy);
	if (!failed && publish(beside, path) != 0) {
		store->code = SQLITE_IOERR;
		snprintf(store->error, sizeof(store->error), "%s",
			 strerror(errno));
		failed = 1;
	}
	if (failed)
		unlink(beside);
	return failed ? -1 : 0;
}

/* From the head of the file: SQLite's magic, its journal, our application_id
 * (sqlite.org/fileformat.html). */
bool
store_is_copy(const char *path)
{
	unsigned char head[72] = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	bool read_it = fd >= 0 && read(fd, head, sizeof(head)) == sizeof(head);

	if (fd >= 0)
		close(fd);
	return read_it && memcmp(head, "SQLite format 3", 16) == 0 &&
	       head[18] == 1 && memcmp(head + 68, "Puls", 4) == 0;
}

const char *
store_library(void)
{
	return sqlite3_libversion();
}
