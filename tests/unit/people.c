/* people: whose an account is, by the file, by the sites and by its name, and
 * what a bad file is told. */
#include "measure/people.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/msg.h"
#include "check.h"

static const char text[] =
	"teams:\n"
	"  - name: payments\n"
	"    members:\n"
	"      - {name: Ada Example, github: [ada, Ada-Old],"
	" jira: [acc-1, ada@acme.test]}\n"
	"      - bob\n"
	"  - name: web\n"
	"    members:\n"
	"      - {name: Build Bot, github: web-bot}\n"
	"people:\n"
	"  - {name: Carol, github: [carol, carol@home.test]}\n"
	"bots: '\\[bot\\]$|-bot$|^Automation'\n";

/* Borrowed until the next call. */
static const char *
file(const char *content)
{
	static char path[40];
	FILE *out;

	snprintf(path, sizeof(path), "/tmp/pulse-people-%ld", (long)getpid());
	out = fopen(path, "w");
	if (out == NULL || fputs(content, out) < 0 || fclose(out) != 0)
		abort();
	return path;
}

static struct people *
open_text(const char *content)
{
	const char *path = content != NULL ? file(content) : NULL;
	char *why;
	struct people *people = people_open(path, &why);

	if (people == NULL)
		printf("%s\n", why);
	free(why);
	if (path != NULL)
		unlink(path);
	return people;
}

/* "person/team/member by team/is bot" of an account. */
static bool
is(struct people *people, const char *source, const char *account,
   const char *type, const char *name, const char *expected)
{
	struct people_account who = { source, account, type, name };
	const char *person = people_person(people, &who);
	const char *team = people_team(people, &who);
	char got[200];

	snprintf(got, sizeof(got), "%s/%s/%s/%d", person ? person : "-",
		 team ? team : "-",
		 people_member(people, PEOPLE_ALL, &who) ? "all" : "-",
		 people_is_bot(people, &who));
	if (strcmp(got, expected) != 0)
		printf("%s %s: %s, not %s\n", source, account ? account : "-",
		       got, expected);
	return strcmp(got, expected) == 0;
}

static int
accounts_of_the_file(void)
{
	struct people *p = open_text(text);
	const char *const *teams = people_teams(p);

	CHECK(strcmp(teams[0], "payments") == 0 &&
	      strcmp(teams[1], "web") == 0 && teams[2] == NULL);
	CHECK(is(p, "github", "ada", "User", NULL,
		 "Ada Example/payments/all/0"));
	CHECK(is(p, "github", "ADA-OLD", NULL, NULL,
		 "Ada Example/payments/all/0"));
	CHECK(is(p, "jira", "acc-1", NULL, "A. Example",
		 "Ada Example/payments/all/0"));
	CHECK(is(p, "github", "bob", NULL, NULL, "bob/payments/all/0"));
	/* Of no team. */
	CHECK(is(p, "github", "carol@home.test", NULL, NULL, "Carol/-/all/0"));
	/* An account of one site is none of the other. */
	CHECK(is(p, "jira", "ada", NULL, NULL, "ada/-/all/0"));
	CHECK(is(p, "github", "acc-1", NULL, NULL, "acc-1/-/all/0"));
	/* Who is in the file is no bot, whatever he is called. */
	CHECK(is(p, "github", "web-bot", "Bot", NULL, "Build Bot/web/all/0"));
	people_close(p);
	return 0;
}

static int
strangers(void)
{
	struct people *p = open_text(text);

	CHECK(is(p, "github", NULL, "User", NULL, "-/-/-/0"));
	CHECK(is(p, "github", "Dan", NULL, NULL, "Dan/-/all/0"));
	/* The same person, by the spelling that came first. */
	CHECK(is(p, "github", "dan", "User", NULL, "Dan/-/all/0"));
	CHECK(is(p, "jira", "acc-9", NULL, "Dora", "Dora/-/all/0"));
	CHECK(is(p, "jira", "acc-8", NULL, NULL, "acc-8/-/all/0"));
	/* Jira displays the name of somebody in the file. */
	CHECK(is(p, "jira", "acc-7", NULL, "ada example",
		 "Ada Example/payments/all/0"));
	CHECK(is(p, "github", "Carol x", NULL, "Carol", "Carol x/-/all/0"));
	/* So has the author of a commit who has nothing else. */
	CHECK(is(p, "github", "Ada Example", NULL, "Ada Example",
		 "Ada Example/payments/all/0"));
	CHECK(is(p, "github", "Ada Example", NULL, NULL,
		 "Ada Example/-/all/0"));
	people_close(p);
	return 0;
}

static int
bots(void)
{
	struct people *p = open_text(text);

	CHECK(is(p, "github", "mend", "Bot", NULL, "-/-/-/1"));
	CHECK(is(p, "jira", "acc-5", "app", NULL, "-/-/-/1"));
	CHECK(is(p, "github", "x[bot]", "User", NULL, "-/-/-/1"));
	CHECK(is(p, "github", "DEPLOY-BOT", NULL, NULL, "-/-/-/1"));
	CHECK(is(p, "jira", "acc-6", NULL, "automation for Jira", "-/-/-/1"));
	CHECK(is(p, "github", "renovate", NULL, NULL, "renovate/-/all/0"));
	people_count_bots(p);
	CHECK(is(p, "github", "mend", "Bot", NULL, "mend/-/all/1"));
	CHECK(is(p, "github", "x[bot]", "User", NULL, "x[bot]/-/all/1"));
	people_close(p);
	/* Without a file. */
	p = open_text(NULL);
	CHECK(people_teams(p)[0] == NULL);
	CHECK(is(p, "github", "ada", NULL, NULL, "ada/-/all/0"));
	CHECK(is(p, "github", "Renovate", NULL, NULL, "-/-/-/1"));
	CHECK(is(p, "github", "dependabot[bot]", NULL, NULL, "-/-/-/1"));
	CHECK(is(p, "github", "acme_bot", NULL, NULL, "-/-/-/1"));
	CHECK(is(p, "github", "abbot", NULL, NULL, "abbot/-/all/0"));
	CHECK(is(p, "github", "renovated", NULL, NULL, "renovated/-/all/0"));
	people_close(p);
	return 0;
}

static const char users[] =
	"INSERT INTO users VALUES"
	" (1, 'acc-2', 'jira', 'Ada in Jira', 'ADA@acme.test', 'atlassian', 1,"
	"  NULL, NULL, 0, 0, 0),"
	" (1, 'acc-3', 'jira', 'Release robot', NULL, 'app', 1,"
	"  NULL, NULL, 0, 0, 0),"
	" (1, 'acc-4', 'jira', 'Eve now', NULL, 'atlassian', 1,"
	"  NULL, NULL, 0, 0, 0),"
	" (2, 'acc-9', 'jira', 'Of another client', NULL, 'app', 1,"
	"  NULL, NULL, 0, 0, 0)";

static struct store *
open_store(const char *path)
{
	struct store_place place = { path, "share/schema", STORE_WRITE, 50,
				     STORE_WAREHOUSE };
	enum outcome_class class;
	char *why = NULL;
	struct store *store = store_open_at(&place, &why, &class);

	free(why);
	return store;
}

static bool
sql_is(struct store *store, const char *expression, const char *expected)
{
	char sql[400];
	struct store_query *query;
	const char *got = NULL;
	bool same;

	snprintf(sql, sizeof(sql), "SELECT coalesce(%s, 'none')", expression);
	query = store_query(store, sql);
	if (query != NULL && store_step(query) == 1)
		got = store_text(query, 0, NULL);
	same = got != NULL && strcmp(got, expected) == 0;
	if (!same)
		printf("%s: %s, not %s\n", expression, got ? got : "-",
		       expected);
	store_query_free(query);
	return same;
}

static int
in_sql(struct store *store, struct people *p)
{
	CHECK(store_run(store, users) == 0);
	CHECK(people_add(store, p, 1, PEOPLE_TEAM) == 0);
	/* By the address that Jira has of her. */
	CHECK(sql_is(store, "person('jira', 'acc-2', NULL, NULL)",
		     "Ada Example"));
	CHECK(sql_is(store, "member('jira', 'acc-2', NULL, NULL)", "payments"));
	/* Jira's list says that it is an app, and how somebody is called now.
	 */
	CHECK(sql_is(store, "person('jira', 'acc-3', NULL, 'Robot')", "none"));
	CHECK(sql_is(store, "is_bot('jira', 'acc-3', NULL, NULL)", "1"));
	CHECK(sql_is(store, "person('jira', 'acc-4', NULL, 'Eve then')",
		     "Eve now"));
	CHECK(sql_is(store, "team('jira', 'acc-4', NULL, NULL)", "none"));
	CHECK(sql_is(store, "member('jira', 'acc-4', NULL, NULL)", "none"));
	CHECK(sql_is(store, "person('jira', 'acc-9', NULL, NULL)", "acc-9"));
	CHECK(sql_is(store, "is_bot('github', NULL, 'Bot', NULL)", "none"));
	CHECK(people_add(store, p, 1, PEOPLE_PERSON) == 0);
	CHECK(sql_is(store, "member('jira', 'acc-4', NULL, NULL)", "Eve now"));
	CHECK(people_add(store, p, 1, PEOPLE_ALL) == 0);
	CHECK(sql_is(store, "member('jira', 'acc-4', NULL, NULL)", "all"));
	CHECK(sql_is(store, "member('jira', 'acc-3', NULL, NULL)", "none"));
	return 0;
}

/* A million rows of two hundred accounts take 0.4 s of CPU; a sanitizer may
 * take longer. */
static int
fast(struct store *store, struct people *p)
{
	clock_t start = clock();
	int64_t count = 0;

	CHECK(people_add(store, p, 1, PEOPLE_TEAM) == 0);
	CHECK(store_number(
		      store,
		      "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL"
		      " SELECT i + 1 FROM r WHERE i < 1000000)"
		      " SELECT count(member('github', 'user-' || (i % 200),"
		      " 'User', NULL)) FROM r",
		      &count) == 0);
	CHECK(count == 0);
	CHECK(clock() - start < 10 * (clock_t)CLOCKS_PER_SEC);
	return 0;
}

static int
functions(void)
{
	char folder[] = "/tmp/pulse-people-XXXXXX", path[64];
	struct people *p = open_text(text);
	struct store *store;
	int failed;

	if (mkdtemp(folder) == NULL)
		abort();
	snprintf(path, sizeof(path), "%s/a.db", folder);
	store = open_store(path);
	failed = store == NULL || in_sql(store, p) != 0 || fast(store, p) != 0;
	store_close(store);
	people_close(p);
	unlink(path);
	snprintf(path, sizeof(path), "%s/a.db.lock", folder);
	unlink(path);
	rmdir(folder);
	return failed;
}

static const struct {
	const char *text, *why;
} mistakes[] = {
	{ "team: []", "1: expected no key 'team' here; did you mean teams" },
	{ "teams: {}", "1: expected a list of teams" },
	{ "teams:\n - {nam: a}",
	  "2: expected no key 'nam' here; did you mean name" },
	{ "teams:\n - members: [a]", "2: expected a team with a name" },
	{ "teams:\n - name: a\n - name: a", "3: expected a name of its own" },
	{ "teams:\n - {name: a, members: ada}",
	  "2: expected a list of persons" },
	{ "teams:\n - name: a\n   members:\n    - {github: ada}",
	  "4: expected a person with a name" },
	{ "people:\n - {name: Ada, gitub: ada}",
	  "2: expected no key 'gitub' here; did you mean github" },
	{ "people:\n - {name: Ada, github: {login: ada}}",
	  "2: expected an account, or a list of them" },
	{ "people:\n - ada\n - {name: Ada L, github: [x, ADA]}",
	  "3: expected 'ADA' once; line 2 has it" },
	{ "teams:\n - {name: a, members: [ada]}\npeople:\n - {name: Ada}",
	  "4: expected 'Ada' once; line 2 has it" },
	{ "bots: [a]", "1: expected a regular expression" },
	{ "\nbots: 'a('", "2: bots 'a(': missing closing parenthesis at "
			  "character 3" },
};

/* A file of more than a mebibyte. */
static const char *
large(void)
{
	enum { SIZE = 1 << 20 };
	char *content = msg_calloc(SIZE + 2, 1);
	const char *path;

	memset(content, '#', SIZE + 1);
	path = file(content);
	free(content);
	return path;
}

static int
bad_files(void)
{
	struct people *people;
	const char *path;
	char *why;
	size_t i;

	for (i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++) {
		path = file(mistakes[i].text);
		people = people_open(path, &why);
		unlink(path);
		CHECK(people == NULL);
		if (strcmp(why + strlen(path) + 1, mistakes[i].why) != 0) {
			printf("<<%s>>: %s\n", mistakes[i].text, why);
			return 1;
		}
		free(why);
	}
	people = people_open(large(), &why);
	CHECK(people == NULL);
	CHECK(strstr(why, ":1: expected at most 1024 KiB") != NULL);
	free(why);
	unlink(file(""));
	people = people_open("/nowhere/teams.yaml", &why);
	CHECK(people == NULL && why != NULL);
	free(why);
	people = people_open("share/teams.yaml.example", &why);
	CHECK(people != NULL);
	CHECK(strcmp(people_teams(people)[1], "web") == 0);
	people_close(people);
	return 0;
}

int
main(void)
{
	return accounts_of_the_file() + strangers() + bots() + functions() +
	       bad_files();
}
