/* story: an issue in a sprint, from its changes in any order. */
#include "measure/story.h"
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* field, at, edit, place, and what an edit took and made.  A sprint from 100 to
 * 200, whose close moves the issue on: 199 is the last moment that matters. */
#define CHANGES(rows)                                                          \
	"WITH c(field, at, edit, place, a, b, x, y) AS (VALUES " rows "), "
#define STORY(board, estimation)                                               \
	"s(s) AS (SELECT story('sprint' || char(9) || 'Sprint' || char(9)"     \
	" || 'f1' || char(10) || 'status' || char(9) || 'status' || char(9)"   \
	" || 'status' || char(10) || 'points' || char(9) || 'SP' || char(9)"   \
	" || 'f2' || char(10) || 'points' || char(9) || 'Size' || char(9)"     \
	" || 'f3', " board ", field, at, edit, place, a, b, b = 'Done', x, y," \
	" y = 'Done', '7', 'S 7', 100, 199, 200, " estimation ", '3', 'Now',"  \
	" 0, 8) FROM c) "
#define BOARD "'1' || char(9) || 0 || char(10) || '5' || char(9) || 1"
#define WHOLE                                                                  \
	"SELECT concat(told(s, 0), told(s, 1), told(s, 2), told(s, 3),"        \
	" told(s, 4), told(s, 5), told(s, 6), told(s, 7), told(s, 8),"         \
	" told(s, 9)) FROM s"
#define EDIT(n)                                                                \
	"SELECT concat(told(s, 0, " n "), told(s, 1, " n "), told(s, 2, " n    \
	"), told(s, 3, " n "), told(s, 4, " n "), told(s, 5, " n               \
	"), told(s, 6, " n "), told(s, 7, " n ")) FROM s"

/* In the sprint before it started and moved on by its close; done and larger
 * at once; opened again, and off the board, after the end. */
#define WORKED                                                                 \
	CHANGES("('status', 120, 3, 0, '1', 'To Do', '5', 'Done'),"            \
		" ('SP', 120, 3, 1, NULL, '3', NULL, '5'),"                    \
		" ('Sprint', 200, 4, 0, '7', 'S 7', '7, 8', 'S 7, S 8'),"      \
		" ('Rank', 130, 5, 0, NULL, '1', NULL, '2'),"                  \
		" ('Sprint', 50, 1, 0, '', '', '6, 7', 'S 6, S 7'),"           \
		" ('SP', 60, 2, 0, NULL, NULL, NULL, '3'),"                    \
		" ('status', 300, 6, 0, '5', 'Done', '9', 'Lost')")
/* Added, off the board and back, sized in the other field, and removed; names
 * where ids are missing. */
#define ADDED                                                                  \
	CHANGES("('Sprint', 110, 12, 0, NULL, 'S 77', NULL, 'S 77, S 7'),"     \
		" ('status', 120, 13, 0, '1', 'To Do', '9', 'Lost'),"          \
		" ('status', 130, 14, 0, '9', 'Lost', '1', 'To Do'),"          \
		" ('Size', 140, 15, 0, NULL, '2', NULL, '4.5'),"               \
		" ('Sprint', 150, 16, 0, NULL, 'S 7', NULL, ''),"              \
		" ('Size', 160, 17, 0, NULL, '4.5', NULL, '1'),"               \
		" ('status', NULL, 18, 0, '1', 'To Do', '5', 'Done')")
#define NOTHING CHANGES("(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)")

static const struct {
	const char *sql, *answer;
} cases[] = {
	{ WORKED STORY(BOARD, "'f2'") WHOLE, "1|1|1|0|3.0|5.0|0|1|To Do|Done" },
	{ WORKED STORY(BOARD, "'f2'") EDIT("0"), "120|3|1|1|3.0|5.0|0|1" },
	{ WORKED STORY(BOARD, "'f2'") EDIT("1"), "-|-|-|-|-|-|-|-" },
	{ ADDED STORY(BOARD, "'f2'") WHOLE, "5|0|0|1|2.0|1.0|0|0|To Do|To Do" },
	{ ADDED STORY(BOARD, "'f2'") EDIT("0"), "110|12|0|1|2.0|2.0|0|0" },
	{ ADDED STORY(BOARD, "'f2'") EDIT("1"), "120|13|1|1|2.0|2.0|0|-1" },
	{ ADDED STORY(BOARD, "'f2'") EDIT("3"), "140|15|1|1|2.0|4.5|0|0" },
	{ ADDED STORY(BOARD, "'f2'") EDIT("4"), "150|16|1|0|4.5|4.5|0|0" },
	/* without a board what is done is told */
	{ WORKED STORY("NULL", "NULL") WHOLE,
	  "1|1|1|0|3.0|5.0|0|1|To Do|Done" },
	/* nothing ever changed: as it is now */
	{ NOTHING STORY("'3' || char(9) || 1", "'f2'") WHOLE,
	  "0|-|-|0|8.0|8.0|1|1|Now|Now" },
	{ NOTHING STORY(BOARD, "'f2'") WHOLE, "0|-|-|0|8.0|8.0|-1|-1|Now|Now" },
	/* other bytes are no story */
	{ "WITH s(s) AS (VALUES (x'00')) " WHOLE, "-|-|-|-|-|-|-|-|-|-" },
	{ "WITH s(s) AS (VALUES ('a story')) " EDIT("0"), "-|-|-|-|-|-|-|-" },
};

/* SQLite 3.40 has none; NULL is -. */
static void
concat(struct store_call *call)
{
	char text[200] = "";
	int i;

	for (i = 0; i < store_call_count(call); i++) {
		const char *part = store_call_text(call, i, NULL);
		size_t len = strlen(text);

		snprintf(text + len, sizeof(text) - len, "%s%s",
			 i > 0 ? "|" : "", part != NULL ? part : "-");
	}
	store_answer_text(call, text, strlen(text));
}

int
main(void)
{
	char folder[] = "/tmp/story.XXXXXX", path[40], lock[40];
	enum outcome_class class;
	struct store *store;
	char *why = NULL;
	int failed = 0;
	size_t i;

	CHECK(mkdtemp(folder) != NULL);
	snprintf(path, sizeof(path), "%s/a.db", folder);
	snprintf(lock, sizeof(lock), "%s/a.db.lock", folder);
	store = store_open_at(&(struct store_place){ path, "share/schema",
						     STORE_WRITE, 50,
						     STORE_WAREHOUSE },
			      &why, &class);
	CHECK(store != NULL && story_add(store) == 0);
	CHECK(store_add_scalar(store, "concat", -1, concat, NULL) == 0);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct store_query *query = store_query(store, cases[i].sql);
		const char *text;

		if (query == NULL)
			printf("case %zu: %s\n", i, store_error(store));
		CHECK(query != NULL && store_step(query) == 1);
		text = store_text(query, 0, NULL);
		if (strcmp(text, cases[i].answer) != 0) {
			printf("case %zu: %s, not %s\n", i, text,
			       cases[i].answer);
			failed = 1;
		}
		store_query_free(query);
	}
	store_close(store);
	unlink(path);
	unlink(lock);
	rmdir(folder);
	return failed;
}
