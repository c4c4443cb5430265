#include "net/githuborg.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/jsonw.h"
#include "base/msg.h"

enum { PER_PAGE = 100, KEY_SIZE = 24 };

struct owner { /* stands for a repository when one is asked or printed */
	struct github_repo *repo;
	struct github_org *org;

	struct owner *next;
};

struct github_org {
	struct github_run *run;
	struct github_choice choice;
	struct owner *owners;
	const char *name; /* of the organisation or user, or NULL */
	char **keys;
	size_t count, size;
	int64_t at;
	struct source_problem problem;
};

bool
github_is_scope(const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
	size_t owner = strspn(text, plain);
	size_t name = text[owner] == '/' ? strspn(text + owner + 1, plain) : 0;
	const char *rest = text + owner + 1;

	return owner > 0 && name > 0 && text[owner + 1 + name] == '\0' &&
	       *text != '.' && strcmp(rest, ".") != 0 &&
	       strcmp(rest, "..") != 0;
}

static bool
matches(const char *const *patterns, const char *scope)
{
	const char *name = strchr(scope, '/');

	for (; patterns != NULL && *patterns != NULL; patterns++) {
		const char *subject = strchr(*patterns, '/') != NULL ? scope
				      : name != NULL		     ? name + 1
								     : scope;

		if (fnmatch(*patterns, subject, 0) == 0)
			return true;
	}
	return false;
}

static bool
is_chosen(const struct github_org *org, const struct github_row *row,
	  const char *scope)
{
	const struct github_choice *choice = &org->choice;
	const struct json_span *values = row->values;

	if (choice->repos != NULL && org->name == NULL)
		return true; /* named one by one */
	if (values[GITHUB_DISABLED].type == JSON_TRUE ||
	    (values[GITHUB_ARCHIVED].type == JSON_TRUE && !choice->archived) ||
	    (values[GITHUB_FORK].type == JSON_TRUE && !choice->forks))
		return false;
	if (choice->include != NULL && *choice->include != NULL &&
	    !matches(choice->include, scope))
		return false;
	return !matches(choice->exclude, scope);
}

static void
keep_key(struct github_org *org, const char *key)
{
	if (org->count == org->size) {
		org->size = org->size * 2 + 64;
		org->keys =
			msg_realloc(org->keys, org->size * sizeof(*org->keys));
	}
	org->keys[org->count++] = msg_strdup(key);
}

static void
on_row(struct owner *owner, const struct github_row *row,
       const struct http_reply *reply)
{
	struct github_org *org = owner->org;
	struct github_record record = { .type = GITHUB_REPO };
	char *scope = json_text(&row->values[GITHUB_FULL_NAME]);
	char *branch = json_text(&row->values[GITHUB_BRANCH]);
	char key[KEY_SIZE];

	snprintf(key, sizeof(key), "%" PRId64, github_integer(row, GITHUB_ID));
	record.key = key;
	if (scope != NULL && github_is_scope(scope)) {
		keep_key(org, key);
		if (is_chosen(org, row, scope)) {
			if (org->run->wants[GITHUB_REPO])
				github_emit(owner->repo, &record, row, reply);
			github_add(org->run,
				   github_repo(org->run, scope, key, branch));
		}
	}
	free(scope);
	free(branch);
}

static void
print_list(struct owner *owner)
{
	struct github_org *org = owner->org;
	const struct source_keys keys = {
		.of = github_types[GITHUB_REPO],
		.scope = org->name,
		.keys = (const char *const *)org->keys,
		.count = org->count,
		.at = org->at,
	};
	struct jsonw w = { 0 };

	if (!org->run->wants[GITHUB_REPO] || org->run->until != 0)
		return;
	source_keys(org->run->source, &keys);
	jsonw_open(&w, '{');
	jsonw_key(&w, "v");
	jsonw_int(&w, 1);
	jsonw_key(&w, "repositories");
	jsonw_int(&w, (int64_t)org->count);
	jsonw_close(&w, '}');
	source_checkpoint(org->run->source, org->name, w.text, w.len);
	jsonw_free(&w);
}

static void __attribute__((format(printf, 3, 4)))
set_problem(struct github_org *org, const struct http_reply *reply,
	    const char *format, ...)
{
	char text[640];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	org->problem = (struct source_problem){ .code = reply->code,
						.class = reply->class,
						.not_before = reply->not_before,
						.why = msg_strdup(text) };
}

static void
on_list(void *arg, const struct http_reply *reply)
{
	struct owner *owner = arg;
	struct github_org *org = owner->org;
	struct json_walk rows;
	struct github_row row;

	if (reply->class != OUTCOME_NONE) {
		set_problem(org, reply,
			    "cannot fetch the repositories of '%s': %s%s",
			    org->name, reply->why,
			    reply->status != 404 ? ""
			    : org->choice.org != NULL
				    ? " (no such organisation, or this token "
				      "may not see it)"
				    : " (no such user)");
		return;
	}
	rows = github_rows(reply);
	while (github_next_row(org->run, &rows, &row))
		on_row(owner, &row, reply);
	if (reply->next != NULL)
		github_ask(owner->repo, GITHUB_LIST, reply->next, on_list,
			   owner);
	else
		print_list(owner);
}

/* A repository named by itself: one that fails does not stop the others. */
static void
on_single(void *arg, const struct http_reply *reply)
{
	struct owner *owner = arg;
	struct github_row row;

	if (reply->class == OUTCOME_NONE &&
	    github_only_row(owner->org->run, reply, &row)) {
		*strchr(owner->repo->scope, '/') = '\0'; /* the owner's list */
		on_row(owner, &row, reply);
		return;
	}
	if (reply->class == OUTCOME_NONE)
		github_fail_format(owner->repo, "repository", "not an object");
	else
		github_fail(owner->repo, "repository", reply);
	source_fail(owner->org->run->source, &owner->repo->failure);
}

static struct owner *
add_owner(struct github_org *org, const char *scope)
{
	struct owner *owner = msg_calloc(1, sizeof(*owner));

	owner->org = org;
	owner->repo = github_repo(org->run, scope, NULL, NULL);
	owner->next = org->owners;
	org->owners = owner;
	return owner;
}

static void
ask_single(struct github_org *org, const char *scope)
{
	struct owner *owner = add_owner(org, scope);
	char *url = github_path(owner->repo, "%s", "");

	github_ask(owner->repo, GITHUB_LIST, url, on_single, owner);
	free(url);
}

/* By creation, where a new one comes last and moves no other. */
static void
ask_list(struct github_org *org, const char *kind)
{
	struct owner *owner = add_owner(org, org->name);
	char url[512];

	snprintf(url, sizeof(url),
		 "/%s/%.200s/repos?sort=created&direction=asc&per_page=%d",
		 kind, org->name, PER_PAGE);
	github_ask(owner->repo, GITHUB_LIST, url, on_list, owner);
}

struct github_org *
github_org_begin(struct github_run *run, const struct github_choice *choice)
{
	struct github_org *org = msg_calloc(1, sizeof(*org));
	const char *const *repo = choice->repos;

	org->run = run;
	org->choice = *choice;
	org->at = clock_now();
	org->name = choice->org != NULL ? choice->org : choice->user;
	run->held = true;
	if (org->name != NULL)
		ask_list(org, choice->org != NULL ? "orgs" : "users");
	else
		for (; repo != NULL && *repo != NULL; repo++)
			ask_single(org, *repo);
	return org;
}

bool
github_org_done(const struct github_org *org, struct source_problem *problem)
{
	*problem = org->problem;
	return org->problem.code == EX_OK;
}

void
github_org_free(struct github_org *org)
{
	struct owner *owner;
	size_t i;

	if (org == NULL)
		return;
	while ((owner = org->owners) != NULL) {
		org->owners = owner->next;
		github_repo_free(owner->repo);
		free(owner);
	}
	for (i = 0; i < org->count; i++)
		free(org->keys[i]);
	free(org->keys);
	free(org);
}
