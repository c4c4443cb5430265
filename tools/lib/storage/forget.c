#include "storage/forget.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/cli.h"
#include "base/clock.h"
#include "base/msg.h"
#include "storage/edition.h"
#include "storage/persons.h"
#include "storage/tables.h"

struct forget {
	struct store *store;
	struct persons *persons;
	struct forget_name *names;
	size_t count;
	struct needles needles;
	char *lines; /* for SQL: "c" (common) or "n" and the name, each line */
	char pseudonym[24];
	const char *unknown;
	bool ambiguous;
};

/* What the tables say of who is who: one row per combination. */
static const char who[] =
	"PRAGMA temp_store=MEMORY;"
	"CREATE TEMP TABLE who AS "
	"SELECT author AS login, author_email AS email, NULL AS account,"
	" author_name AS displayed FROM commits UNION "
	"SELECT author, author_email, NULL, author_name"
	" FROM pull_request_commits UNION "
	"SELECT NULL, email, id, name FROM users UNION "
	"SELECT NULL, NULL, assignee_id, assignee FROM issues UNION "
	"SELECT NULL, NULL, reporter_id, reporter FROM issues UNION "
	"SELECT NULL, NULL, author_id, author FROM issue_changes UNION "
	"SELECT NULL, NULL, lead_id, lead FROM projects UNION "
	"SELECT NULL, NULL, from_id, from_text FROM issue_changes"
	" WHERE field IN ('assignee', 'reporter') UNION "
	"SELECT NULL, NULL, to_id, to_text FROM issue_changes"
	" WHERE field IN ('assignee', 'reporter') UNION "
	"SELECT author, NULL, NULL, NULL FROM pull_requests UNION "
	"SELECT merged_by, NULL, NULL, NULL FROM pull_requests UNION "
	"SELECT author, NULL, NULL, NULL FROM reviews UNION "
	"SELECT author, NULL, NULL, NULL FROM comments UNION "
	"SELECT committer, NULL, NULL, NULL FROM commits UNION "
	"SELECT author, NULL, NULL, NULL FROM deployments UNION "
	"SELECT author, NULL, NULL, NULL FROM deployment_statuses UNION "
	"SELECT author, NULL, NULL, NULL FROM releases UNION "
	"SELECT author, NULL, NULL, NULL FROM github_issues;"
	"CREATE TEMP TABLE shared AS SELECT email COLLATE NOCASE AS email"
	" FROM who WHERE login IS NOT NULL AND email IS NOT NULL"
	" GROUP BY email COLLATE NOCASE"
	" HAVING count(DISTINCT login COLLATE NOCASE) > 1;"
	"CREATE TEMP TABLE ids (kind INTEGER, text TEXT COLLATE NOCASE,"
	" PRIMARY KEY (kind, text));";

/* What was given: of every kind that it is, as the tables spell it. */
static const char seed[] =
	"INSERT OR IGNORE INTO ids "
	"SELECT 0, login FROM who WHERE login=?1 COLLATE NOCASE UNION "
	"SELECT 1, email FROM who WHERE email=?1 COLLATE NOCASE UNION "
	"SELECT 2, account FROM who WHERE account=?1 COLLATE NOCASE UNION "
	"SELECT 3, displayed FROM who WHERE displayed=?1 COLLATE NOCASE";

/* A name that was given stands for the rows that bear it, once. */
static const char widen[] =
	"INSERT OR IGNORE INTO ids "
	"SELECT 0, login FROM who WHERE login IS NOT NULL AND"
	" displayed=?1 COLLATE NOCASE UNION "
	"SELECT 1, email FROM who WHERE email IS NOT NULL AND"
	" displayed=?1 COLLATE NOCASE UNION "
	"SELECT 2, account FROM who WHERE account IS NOT NULL AND"
	" displayed=?1 COLLATE NOCASE";

static const char grow[] =
	"WITH mine AS (SELECT * FROM who WHERE"
	" login COLLATE NOCASE IN (SELECT text FROM ids WHERE kind=0) OR"
	" (email COLLATE NOCASE IN (SELECT text FROM ids WHERE kind=1) AND"
	"  email COLLATE NOCASE NOT IN (SELECT email FROM shared)) OR"
	" account COLLATE NOCASE IN (SELECT text FROM ids WHERE kind=2)) "
	"INSERT OR IGNORE INTO ids "
	"SELECT 0, login FROM mine WHERE login<>'' UNION "
	"SELECT 1, email FROM mine WHERE email<>'' UNION "
	"SELECT 2, account FROM mine WHERE account<>'' UNION "
	"SELECT 3, displayed FROM mine WHERE displayed<>''";

static int
run_for(struct store *store, const char *sql, const char *name)
{
	struct store_query *query = store_query(store, sql);
	int row = -1;

	if (query != NULL) {
		if (store_parameter(query, "?1") == 1)
			store_bind_string(query, 1, name);
		row = store_step(query);
	}
	store_query_free(query);
	return row;
}

/* The first number of a statement about one name; -1 also on an error. */
static int64_t
number_for(struct store *store, const char *sql, const char *name)
{
	struct store_query *query = store_query(store, sql);
	int64_t number = -1;

	if (query == NULL)
		return -1;
	store_bind_string(query, 1, name);
	if (store_step(query) == 1)
		number = store_int(query, 0);
	store_query_free(query);
	return number;
}

/* A name that the tables do not know any more, since it is hidden there. */
static int
take_hidden(struct forget *forget, const char *name)
{
	static const char *const sql[FORGET_KINDS] = {
		"INSERT OR IGNORE INTO ids VALUES (0, ?1)",
		"INSERT OR IGNORE INTO ids VALUES (1, ?1)",
		"INSERT OR IGNORE INTO ids VALUES (2, ?1)",
		"INSERT OR IGNORE INTO ids VALUES (3, ?1)",
	};
	enum forget_kind kind = strchr(name, '@') != NULL   ? FORGET_EMAIL
				: strchr(name, ' ') != NULL ? FORGET_DISPLAYED
							    : FORGET_LOGIN;

	if (persons_pseudonym(forget->persons, name, strlen(name)) == NULL)
		forget->unknown = name;
	return run_for(forget->store, sql[kind], name);
}

/* Only a displayed name was given: it must lead to one login, one account. */
static int
widen_by_name(struct forget *forget, const char *name)
{
	static const char several[] =
		"SELECT count(DISTINCT login COLLATE NOCASE) > 1 OR"
		" count(DISTINCT account) > 1 FROM who"
		" WHERE displayed=?1 COLLATE NOCASE";
	int64_t many = number_for(forget->store, several, name);

	forget->ambiguous = forget->ambiguous || many > 0;
	return many < 0 ? -1 : run_for(forget->store, widen, name);
}

static int
gather_one(struct forget *forget, const char *name)
{
	static const char ties[] =
		"SELECT count(*) FROM who WHERE login=?1 COLLATE NOCASE OR"
		" email=?1 COLLATE NOCASE OR account=?1 COLLATE NOCASE";
	static const char bears[] =
		"SELECT count(*) FROM who WHERE displayed=?1 COLLATE NOCASE";
	struct store *store = forget->store;
	int64_t tied = number_for(store, ties, name);
	int64_t borne = number_for(store, bears, name);

	if (tied < 0 || borne < 0 || run_for(store, seed, name) != 0)
		return -1;
	if (tied == 0 && borne == 0)
		return take_hidden(forget, name);
	return tied == 0 ? widen_by_name(forget, name) : 0;
}

static int
gather(struct forget *forget, char *const *names)
{
	int64_t before = -1, count = 0;

	if (store_run(forget->store, who) != 0)
		return -1;
	for (; *names != NULL; names++)
		if (gather_one(forget, *names) != 0)
			return -1;
	while (before != count) {
		before = count;
		if (run_for(forget->store, grow, "") != 0 ||
		    store_number(forget->store, "SELECT count(*) FROM ids",
				 &count) != 0)
			return -1;
	}
	return 0;
}

const char *
forget_unknown(const struct forget *forget)
{
	return forget->unknown;
}

char *
forget_nearest(struct forget *forget)
{
	struct store_query *query = store_query(
		forget->store,
		"SELECT login FROM who WHERE login IS NOT NULL UNION SELECT "
		"email FROM who WHERE email IS NOT NULL UNION SELECT displayed "
		"FROM who WHERE displayed IS NOT NULL");
	char *best = NULL;

	while (query != NULL && store_step(query) == 1) {
		const char *const pair[] = { store_text(query, 0, NULL), best,
					     NULL };
		const char *near = cli_nearest(forget->unknown, pair);
		char *copy;

		if (near == NULL || near == best)
			continue;
		copy = msg_strdup(near);
		free(best);
		best = copy;
	}
	store_query_free(query);
	return best;
}

/* A word that names a repository would be found all over the place. */
static bool
is_repository(struct store *store, const char *name)
{
	struct store_query *query = store_query(
		store, "SELECT 1 FROM repositories WHERE name=?1 COLLATE "
		       "NOCASE LIMIT 1");
	int row = -1;

	if (query != NULL) {
		store_bind_string(query, 1, name);
		row = store_step(query);
	}
	store_query_free(query);
	return row == 1;
}

static void
add_name(struct forget *forget, enum forget_kind kind, const char *text)
{
	size_t used = forget->lines != NULL ? strlen(forget->lines) : 0;
	/* A displayed name of one word may be any word. */
	bool common = strpbrk(text, " @.") == NULL &&
		      (kind == FORGET_DISPLAYED ||
		       is_repository(forget->store, text));

	forget->names = msg_realloc(
		forget->names, (forget->count + 1) * sizeof(*forget->names));
	forget->names[forget->count].kind = kind;
	forget->names[forget->count++].text = msg_strdup(text);
	forget->lines = msg_realloc(forget->lines, used + strlen(text) + 3);
	snprintf(forget->lines + used, strlen(text) + 3, "%c%s\n",
		 common ? 'c' : 'n', text);
	needles_add(&forget->needles, text, common);
}

static int
read_names(struct forget *forget)
{
	struct store_query *query = store_query(
		forget->store,
		"SELECT kind, text FROM ids ORDER BY kind, length(text) DESC, "
		"text");
	int row = -1;

	while (query != NULL && (row = store_step(query)) == 1)
		add_name(forget, (enum forget_kind)store_int(query, 0),
			 store_text(query, 1, NULL));
	store_query_free(query);
	return row;
}

/* The one that one of his names has already, or a new one. */
static void
choose_pseudonym(struct forget *forget)
{
	const char *known = NULL;
	uint32_t random = 0;
	size_t i;

	for (i = 0; i < forget->count && known == NULL; i++)
		known = persons_pseudonym(forget->persons,
					  forget->names[i].text,
					  strlen(forget->names[i].text));
	if (known == NULL &&
	    getrandom(&random, sizeof(random), 0) != sizeof(random))
		msg_die(EX_OSERR, "cannot make 'a pseudonym'");
	if (known != NULL)
		snprintf(forget->pseudonym, sizeof(forget->pseudonym), "%s",
			 known);
	else
		snprintf(forget->pseudonym, sizeof(forget->pseudonym),
			 "person-%08x", random);
}

/* forget_text(TEXT, LINES, PSEUDONYM): the text without his names, or NULL
 * when none is in it. */
static void
forget_text(struct store_call *call)
{
	size_t len, lines_len, new_len;
	const char *text = store_call_text(call, 0, &len);
	const char *lines = store_call_text(call, 1, &lines_len);
	const char *by = store_call_text(call, 2, NULL);
	struct needles needles = { 0 };
	char *copy, *line, *rest, *replaced;

	if (text == NULL || lines == NULL || by == NULL)
		return;
	copy = msg_strdup(lines);
	for (rest = copy; (line = strsep(&rest, "\n")) != NULL;)
		if (*line != '\0')
			needles_add(&needles, line + 1, *line == 'c');
	replaced = needles_replace(&needles, text, len, by, &new_len);
	if (replaced != NULL)
		store_answer_text(call, replaced, new_len);
	free(replaced);
	free(copy);
	needles_free(&needles);
}

struct forget *
forget_open(struct store *store, char *const *names, char **why)
{
	struct forget *forget = msg_calloc(1, sizeof(*forget));

	*why = NULL;
	forget->store = store;
	forget->persons = persons_open(store, why);
	if (forget->persons != NULL && gather(forget, names) == 0 &&
	    read_names(forget) == 0 &&
	    store_add_scalar(store, "forget_text", 3, forget_text, NULL) == 0) {
		choose_pseudonym(forget);
		return forget;
	}
	if (*why == NULL)
		*why = msg_strdup(store_error(store));
	forget_close(forget);
	return NULL;
}

void
forget_close(struct forget *forget)
{
	if (forget == NULL)
		return;
	while (forget->count > 0)
		free(forget->names[--forget->count].text);
	free(forget->names);
	free(forget->lines);
	needles_free(&forget->needles);
	persons_close(forget->persons);
	free(forget);
}

size_t
forget_count(const struct forget *forget)
{
	return forget->count;
}

const struct forget_name *
forget_name(const struct forget *forget, size_t i)
{
	return &forget->names[i];
}

const char *
forget_kind_name(enum forget_kind kind)
{
	static const char *const names[FORGET_KINDS] = { "login", "e-mail",
							 "account", "name" };

	return names[kind];
}

const char *
forget_pseudonym(const struct forget *forget)
{
	return forget->pseudonym;
}

const struct needles *
forget_needles(const struct forget *forget)
{
	return &forget->needles;
}

bool
forget_is_ambiguous(const struct forget *forget)
{
	return forget->ambiguous;
}

int64_t
forget_namesakes(struct forget *forget)
{
	int64_t count = -1;

	if (store_number(forget->store,
			 "SELECT count(DISTINCT coalesce(login, account)) FROM "
			 "who WHERE displayed COLLATE NOCASE IN (SELECT text "
			 "FROM ids WHERE kind=3) AND coalesce(login, account) "
			 "COLLATE NOCASE NOT IN (SELECT text FROM ids)",
			 &count) != 0)
		return -1;
	return count;
}

bool
forget_owns(struct forget *forget)
{
	int64_t found = 0;

	return store_number(forget->store,
			    "SELECT count(*) FROM repositories WHERE owner "
			    "COLLATE NOCASE IN (SELECT text FROM ids WHERE "
			    "kind=0)",
			    &found) == 0 &&
	       found > 0;
}

/* One statement over one column; the rows it met are added. */
static int
on_column(struct forget *forget, const char *sql, int64_t *rows)
{
	struct store_query *query = store_query(forget->store, sql);
	int row = -1;

	if (query != NULL) {
		int by = store_parameter(query, ":by");
		int lines = store_parameter(query, ":lines");

		if (by > 0)
			store_bind_string(query, by, forget->pseudonym);
		if (lines > 0)
			store_bind_string(query, lines, forget->lines);
		row = store_step(query);
	}
	if (row == 1)
		*rows += store_int(query, 0);
	if (row == 0)
		*rows += store_changes(forget->store);
	store_query_free(query);
	return row < 0 ? -1 : 0;
}

static int
column(struct forget *forget, const char *table, const char *name, bool apply,
       int64_t *rows)
{
	static const char names_say[] =
		"%s \"%s\"%s WHERE \"%s\" COLLATE NOCASE IN "
		"(SELECT text FROM ids)";
	static const char texts_say[] =
		"%s \"%s\"%s WHERE forget_text(\"%s\", :lines, :by) IS NOT "
		"NULL";
	bool is_name = persons_is_name(table, name);
	char set[400] = "", *sql;
	int failed;

	if (!is_name && !persons_is_text(table, name))
		return 0;
	if (apply && is_name)
		snprintf(set, sizeof(set), " SET \"%.100s\"=:by", name);
	else if (apply)
		snprintf(set, sizeof(set),
			 " SET \"%.100s\"=forget_text(\"%.100s\", :lines, :by)",
			 name, name);
	if ((is_name ? asprintf(&sql, names_say,
				apply ? "UPDATE OR REPLACE"
				      : "SELECT count(*) FROM",
				table, set, name)
		     : asprintf(&sql, texts_say,
				apply ? "UPDATE OR REPLACE"
				      : "SELECT count(*) FROM",
				table, set, name)) < 0)
		msg_die(EX_OSERR, "out of memory");
	failed = on_column(forget, sql, rows);
	free(sql);
	return failed;
}

static int
table(struct forget *forget, const char *name, bool apply, int64_t *rows)
{
	struct tables_table *columns = tables_read(forget->store, name);
	int failed = columns != NULL ? 0 : -1;
	size_t i;

	for (i = 0; failed == 0 && i < columns->count; i++)
		if (columns->columns[i].takes == VALUE_TEXT)
			failed = column(forget, name, columns->columns[i].name,
					apply, rows);
	tables_free(columns);
	return failed;
}

static int
all_tables(struct forget *forget, bool apply, int64_t *rows)
{
	struct store_query *query = store_query(
		forget->store, "SELECT name FROM main.sqlite_schema WHERE "
			       "type='table' AND name NOT LIKE 'sqlite%' "
			       "ORDER BY name");
	char **names = NULL;
	size_t count = 0, i;
	int row = -1;

	while (query != NULL && (row = store_step(query)) == 1) {
		names = msg_realloc(names, (count + 1) * sizeof(*names));
		names[count++] = msg_strdup(store_text(query, 0, NULL));
	}
	store_query_free(query);
	for (i = 0; i < count; i++) {
		if (row == 0)
			row = table(forget, names[i], apply, rows);
		free(names[i]);
	}
	free(names);
	return row;
}

static int
note_names(struct forget *forget)
{
	struct store_query *query = store_query(
		forget->store, "INSERT OR REPLACE INTO forgotten (digest, "
			       "pseudonym, forgotten_at) VALUES (?1,?2,?3)");
	char digest[CRYPTO_HEX];
	int row = query != NULL ? 0 : -1;
	size_t i;

	for (i = 0; row == 0 && i < forget->count; i++) {
		persons_digest(forget->persons, forget->names[i].text,
			       strlen(forget->names[i].text), digest);
		store_bind_string(query, 1, digest);
		store_bind_string(query, 2, forget->pseudonym);
		store_bind_int(query, 3, clock_now() / 1000);
		row = store_step(query);
	}
	store_query_free(query);
	return row;
}

int
forget_rows(struct forget *forget, bool apply, int64_t *rows)
{
	*rows = 0;
	if (!apply)
		return all_tables(forget, false, rows);
	if (store_run(forget->store, "PRAGMA secure_delete=ON") != 0 ||
	    store_begin(forget->store) != 0)
		return -1;
	if (all_tables(forget, true, rows) == 0 && note_names(forget) == 0 &&
	    edition_move(forget->store) == 0 &&
	    store_commit(forget->store) == 0)
		return 0;
	store_rollback(forget->store);
	return -1;
}
