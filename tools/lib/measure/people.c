#include "measure/people.h"

#include <stdlib.h>
#include <string.h>

#include "base/dictionary.h"
#include "base/msg.h"
#include "measure/teams.h"
#include "measure/users.h"

/* What was found out about an account: a person of the file or a stranger. */
struct answer {
	const char *person, *team;
	bool is_bot;
};

struct people {
	struct teams teams;
	bool bots_count;
	enum people_by by;
	struct dictionary answers; /* account as asked to struct answer */
	struct users users;
	/* What those who are not in the file are called, by source and
	 * account, so that all spellings of an account are one person. */
	struct dictionary strangers;
	struct dictionary_key asked, stranger; /* scratch */
};

/* --- finding out -----------------------------------------------------------
 */

static bool
is_jira(const struct people_account *account)
{
	return strcmp(account->source, "jira") == 0;
}

static const struct teams_person *
look_up(const struct dictionary *dictionary, const char *text)
{
	return text == NULL ? NULL
			    : dictionary_find(dictionary, text, strlen(text));
}

/* A commit may have an author of whom there is nothing but the name. */
static bool
is_name_only(const struct people_account *account)
{
	return account->name != NULL &&
	       strcmp(account->account, account->name) == 0;
}

/* Of the file, or NULL. */
static const struct teams_person *
listed(const struct teams *teams, const struct people_account *account,
       const char *email)
{
	bool jira = is_jira(account);
	const struct teams_person *person =
		look_up(jira ? &teams->jira : &teams->github, account->account);

	if (person == NULL && jira)
		person = look_up(&teams->jira, email);
	if (person == NULL && (jira || is_name_only(account)))
		person = look_up(&teams->persons, account->name);
	return person;
}

static bool
is_found(struct pattern *pattern, const char *text)
{
	return text != NULL && pattern_match(pattern, text, strlen(text)) == 1;
}

static bool
looks_like_bot(const struct people *people,
	       const struct people_account *account)
{
	const char *type = account->type;

	return (type != NULL &&
		(strcmp(type, "Bot") == 0 || strcmp(type, "app") == 0)) ||
	       is_found(people->teams.bots, account->account) ||
	       is_found(people->teams.bots, account->name);
}

/* --- remembering it ---------------------------------------------------------
 */

static const char *
stranger(struct people *people, const struct people_account *account)
{
	struct dictionary_key *key = &people->stranger;
	void **name;

	key->len = 0;
	dictionary_part(key, account->source);
	dictionary_part(key, account->account);
	name = dictionary_at(&people->strangers, key->bytes, key->len);
	if (*name == NULL)
		*name = msg_strdup(is_jira(account) && account->name != NULL
					   ? account->name
					   : account->account);
	return *name;
}

static struct answer *
find_out(struct people *people, const struct people_account *asked)
{
	static const struct user nobody;
	struct answer *answer = msg_calloc(1, sizeof(*answer));
	const struct user *user =
		is_jira(asked) ? users_of(&people->users, asked->account)
			       : &nobody;
	struct people_account account = *asked;
	const struct teams_person *person;

	if (user->name != NULL)
		account.name = user->name;
	if (account.type == NULL)
		account.type = user->type;
	person = listed(&people->teams, &account, user->email);
	if (person != NULL) {
		*answer = (struct answer){ .person = person->name,
					   .team = person->team };
	} else {
		answer->person = stranger(people, &account);
		answer->is_bot = looks_like_bot(people, &account);
	}
	return answer;
}

/* NULL: there is no account. */
static const struct answer *
answer_of(struct people *people, const struct people_account *account)
{
	struct dictionary_key *key = &people->asked;
	void **answer;

	if (account->source == NULL || account->account == NULL)
		return NULL;
	key->len = 0;
	dictionary_part(key, account->source);
	dictionary_part(key, account->account);
	dictionary_part(key, account->type);
	dictionary_part(key, account->name);
	answer = dictionary_at(&people->answers, key->bytes, key->len);
	if (*answer == NULL)
		*answer = find_out(people, account);
	return *answer;
}

/* --- what is asked ----------------------------------------------------------
 */

const char *
people_person(struct people *people, const struct people_account *account)
{
	const struct answer *answer = answer_of(people, account);

	if (answer == NULL || (answer->is_bot && !people->bots_count))
		return NULL;
	return answer->person;
}

const char *
people_team(struct people *people, const struct people_account *account)
{
	const struct answer *answer = answer_of(people, account);

	return answer != NULL ? answer->team : NULL;
}

const char *
people_member(struct people *people, enum people_by by,
	      const struct people_account *account)
{
	const char *person = people_person(people, account);

	if (by == PEOPLE_TEAM)
		return people_team(people, account);
	return by == PEOPLE_ALL && person != NULL ? "all" : person;
}

bool
people_is_bot(struct people *people, const struct people_account *account)
{
	const struct answer *answer = answer_of(people, account);

	return answer != NULL && answer->is_bot;
}

const char *const *
people_teams(const struct people *people)
{
	static const char *const none[] = { NULL };

	return people->teams.names.count > 0 ? people->teams.names.items : none;
}

/* --- in SQL -----------------------------------------------------------------
 */

static struct people_account
asked(const struct store_call *call)
{
	return (struct people_account){
		.source = store_call_text(call, 0, NULL),
		.account = store_call_text(call, 1, NULL),
		.type = store_call_text(call, 2, NULL),
		.name = store_call_text(call, 3, NULL),
	};
}

static void
answer_text(struct store_call *call, const char *text)
{
	if (text != NULL)
		store_answer_text(call, text, strlen(text));
}

static void
sql_person(struct store_call *call)
{
	struct people_account account = asked(call);

	answer_text(call, people_person(store_call_context(call), &account));
}

static void
sql_team(struct store_call *call)
{
	struct people_account account = asked(call);

	answer_text(call, people_team(store_call_context(call), &account));
}

static void
sql_member(struct store_call *call)
{
	struct people *people = store_call_context(call);
	struct people_account account = asked(call);

	answer_text(call, people_member(people, people->by, &account));
}

static void
sql_is_bot(struct store_call *call)
{
	struct people_account account = asked(call);

	if (account.source != NULL && account.account != NULL)
		store_answer_int(call, people_is_bot(store_call_context(call),
						     &account));
}

int
people_add(struct store *store, struct people *people, int64_t client,
	   enum people_by by)
{
	people->by = by;
	dictionary_free(&people->answers, free);
	if (users_read(&people->users, store, client) != 0 ||
	    store_add_scalar(store, "person", 4, sql_person, people) != 0 ||
	    store_add_scalar(store, "team", 4, sql_team, people) != 0 ||
	    store_add_scalar(store, "member", 4, sql_member, people) != 0 ||
	    store_add_scalar(store, "is_bot", 4, sql_is_bot, people) != 0)
		return -1;
	return 0;
}

struct people *
people_open(const char *path, char **why)
{
	struct people *people = msg_calloc(1, sizeof(*people));

	people->strangers.any_case = true;
	*why = teams_load(&people->teams, path);
	if (*why == NULL)
		return people;
	people_close(people);
	return NULL;
}

void
people_close(struct people *people)
{
	if (people == NULL)
		return;
	dictionary_free(&people->answers, free);
	dictionary_free(&people->strangers, free);
	users_clear(&people->users);
	teams_clear(&people->teams);
	free(people->asked.bytes);
	free(people->stranger.bytes);
	free(people);
}

void
people_count_bots(struct people *people)
{
	people->bots_count = true;
}
