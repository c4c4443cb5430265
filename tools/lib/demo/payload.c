#include "demo/payload.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/times.h"
#include "demo/prose.h"

#define API "https://api.github.com"
#define WEB "https://github.com"

void
payload_text(struct jsonw *out, const char *key, const char *value)
{
	jsonw_key(out, key);
	jsonw_string(out, value);
}

void
payload_number(struct jsonw *out, const char *key, uint64_t value)
{
	jsonw_key(out, key);
	jsonw_int(out, (int64_t)value);
}

void
payload_flag(struct jsonw *out, const char *key, bool value)
{
	jsonw_key(out, key);
	jsonw_bool(out, value);
}

void
payload_null(struct jsonw *out, const char *key)
{
	jsonw_key(out, key);
	jsonw_null(out);
}

void
payload_time(struct jsonw *out, const char *key, int64_t ms)
{
	char text[TIMES_SIZE];

	if (ms == 0) {
		payload_null(out, key);
		return;
	}
	times_format_seconds(ms, text);
	payload_text(out, key, text);
}

void
payload_format(struct jsonw *out, const char *key, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	payload_text(out, key, text);
}

/* A global id as GitHub makes them: a prefix and base64-like letters. */
static void
node_id(struct jsonw *out, const char *prefix, uint64_t id)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
		"-_";
	char text[40];
	int n = snprintf(text, sizeof(text), "%s_kwDO", prefix);

	for (; id > 0 && n < 38; id >>= 6)
		text[n++] = letters[id & 63];
	text[n] = '\0';
	payload_text(out, "node_id", text);
}

/* Members whose value is an address: a name and what follows the base. */
struct link {
	const char *name, *rest;
};

static void
links(struct jsonw *out, const char *base, const struct link *list)
{
	for (; list->name != NULL; list++)
		payload_format(out, list->name, "%s%s", base, list->rest);
}

static const struct link user_links[] = {
	{ "url", "" },
	{ "followers_url", "/followers" },
	{ "following_url", "/following{/other_user}" },
	{ "gists_url", "/gists{/gist_id}" },
	{ "starred_url", "/starred{/owner}{/repo}" },
	{ "subscriptions_url", "/subscriptions" },
	{ "organizations_url", "/orgs" },
	{ "repos_url", "/repos" },
	{ "events_url", "/events{/privacy}" },
	{ "received_events_url", "/received_events" },
	{ NULL, NULL },
};

struct account {
	const char *login, *type;
	uint64_t id;
};

static void
account(struct jsonw *out, const struct account *who)
{
	char base[128];

	snprintf(base, sizeof(base), API "/users/%s", who->login);
	jsonw_open(out, '{');
	payload_text(out, "login", who->login);
	payload_number(out, "id", who->id);
	node_id(out, "U", who->id);
	payload_format(out, "avatar_url",
		       "https://avatars.githubusercontent.com/u/%" PRIu64
		       "?v=4",
		       who->id);
	payload_text(out, "gravatar_id", "");
	payload_format(out, "html_url", WEB "/%s", who->login);
	links(out, base, user_links);
	payload_text(out, "type", who->type);
	payload_text(out, "user_view_type", "public");
	payload_flag(out, "site_admin", false);
	jsonw_close(out, '}');
}

static const struct account organisation = { "acme", "Organization", 9919 };
static const struct account web_flow = { "web-flow", "User", 19864447 };

void
payload_user(const struct payload *p, unsigned person, struct jsonw *out)
{
	const struct github *github = p->world->github;

	if (p->world->people[person].gone)
		jsonw_null(out);
	else
		jsonw_raw(out, github->user_json[person],
			  github->user_json_len[person]);
}

void
payload_organisation(const struct payload *p, struct jsonw *out)
{
	jsonw_open(out, '{');
	payload_text(out, "login", "acme");
	payload_number(out, "id", organisation.id);
	node_id(out, "O", organisation.id);
	payload_text(out, "url", API "/orgs/acme");
	payload_text(out, "repos_url", API "/orgs/acme/repos");
	payload_text(out, "events_url", API "/orgs/acme/events");
	payload_text(out, "hooks_url", API "/orgs/acme/hooks");
	payload_text(out, "issues_url", API "/orgs/acme/issues");
	payload_text(out, "members_url", API "/orgs/acme/members{/member}");
	payload_text(out, "avatar_url",
		     "https://avatars.githubusercontent.com/u/9919?v=4");
	payload_text(out, "description", "Everything for the coyote");
	payload_text(out, "name", "Acme Ltd.");
	payload_flag(out, "has_organization_projects", true);
	payload_number(out, "public_repos", p->world->github->repo_count);
	payload_text(out, "html_url", WEB "/acme");
	payload_time(out, "created_at", p->world->from);
	payload_time(out, "updated_at", p->world->from);
	payload_null(out, "archived_at");
	payload_text(out, "type", "Organization");
	jsonw_close(out, '}');
}

static const struct link repo_links[] = {
	{ "url", "" },
	{ "forks_url", "/forks" },
	{ "keys_url", "/keys{/key_id}" },
	{ "collaborators_url", "/collaborators{/collaborator}" },
	{ "teams_url", "/teams" },
	{ "hooks_url", "/hooks" },
	{ "issue_events_url", "/issues/events{/number}" },
	{ "events_url", "/events" },
	{ "assignees_url", "/assignees{/user}" },
	{ "branches_url", "/branches{/branch}" },
	{ "tags_url", "/tags" },
	{ "blobs_url", "/git/blobs{/sha}" },
	{ "git_tags_url", "/git/tags{/sha}" },
	{ "git_refs_url", "/git/refs{/sha}" },
	{ "trees_url", "/git/trees{/sha}" },
	{ "statuses_url", "/statuses/{sha}" },
	{ "languages_url", "/languages" },
	{ "stargazers_url", "/stargazers" },
	{ "contributors_url", "/contributors" },
	{ "subscribers_url", "/subscribers" },
	{ "subscription_url", "/subscription" },
	{ "commits_url", "/commits{/sha}" },
	{ "git_commits_url", "/git/commits{/sha}" },
	{ "comments_url", "/comments{/number}" },
	{ "issue_comment_url", "/issues/comments{/number}" },
	{ "contents_url", "/contents/{+path}" },
	{ "compare_url", "/compare/{base}...{head}" },
	{ "merges_url", "/merges" },
	{ "archive_url", "/{archive_format}{/ref}" },
	{ "downloads_url", "/downloads" },
	{ "issues_url", "/issues{/number}" },
	{ "pulls_url", "/pulls{/number}" },
	{ "milestones_url", "/milestones{/number}" },
	{ "notifications_url", "/notifications{?since,all,participating}" },
	{ "labels_url", "/labels{/name}" },
	{ "releases_url", "/releases{/id}" },
	{ "deployments_url", "/deployments" },
	{ NULL, NULL },
};

static void
repo_counts(const struct repo *repo, struct jsonw *out)
{
	const struct repo_profile *profile = repo->profile;
	unsigned open = 0, i;

	for (i = 0; i < repo->pull_count; i++)
		open += repo->pulls[i].closed == 0;
	payload_number(out, "size",
		       repo->trap == REPO_EMPTY ? 0 : 4096 + repo->index);
	payload_number(out, "stargazers_count", repo->index * 3);
	payload_number(out, "watchers_count", repo->index * 3);
	payload_text(out, "language", profile->language);
	payload_flag(out, "has_issues", true);
	payload_flag(out, "has_projects", true);
	payload_flag(out, "has_downloads", true);
	payload_flag(out, "has_wiki", false);
	payload_flag(out, "has_pages", false);
	payload_flag(out, "has_discussions", false);
	payload_number(out, "forks_count", 0);
	payload_null(out, "mirror_url");
	payload_flag(out, "archived", profile->archived);
	payload_flag(out, "disabled", false);
	payload_number(out, "open_issues_count", open);
}

static void
repo_rest(const struct repo *repo, struct jsonw *out)
{
	bool private = repo->profile->private;

	jsonw_key(out, "license");
	jsonw_open(out, '{');
	payload_text(out, "key", "mit");
	payload_text(out, "name", "MIT License");
	payload_text(out, "spdx_id", "MIT");
	payload_text(out, "url", API "/licenses/mit");
	payload_text(out, "node_id", "MDc6TGljZW5zZTEz");
	jsonw_close(out, '}');
	payload_flag(out, "allow_forking", true);
	payload_flag(out, "is_template", false);
	payload_flag(out, "web_commit_signoff_required", false);
	jsonw_key(out, "topics");
	jsonw_open(out, '[');
	jsonw_string(out, "shop");
	jsonw_string(out, "acme");
	jsonw_close(out, ']');
	payload_text(out, "visibility", private ? "private" : "public");
	payload_number(out, "forks", 0);
	payload_number(out, "open_issues", repo->issue_count);
	payload_number(out, "watchers", repo->index * 3);
	payload_text(out, "default_branch", "main");
	jsonw_key(out, "permissions");
	jsonw_open(out, '{');
	payload_flag(out, "admin", false);
	payload_flag(out, "maintain", false);
	payload_flag(out, "push", false);
	payload_flag(out, "triage", false);
	payload_flag(out, "pull", true);
	jsonw_close(out, '}');
}

void
payload_prepare_repo(struct world *world, struct repo *repo)
{
	const struct repo_profile *profile = repo->profile;
	struct jsonw out = { 0 };
	char base[192];

	(void)world;
	snprintf(base, sizeof(base), API "/repos/%s", repo->full_name);
	jsonw_open(&out, '{');
	payload_number(&out, "id", repo->id);
	node_id(&out, "R", repo->id);
	payload_text(&out, "name", repo->name);
	payload_text(&out, "full_name", repo->full_name);
	payload_flag(&out, "private", profile->private);
	jsonw_key(&out, "owner");
	account(&out, &organisation);
	payload_format(&out, "html_url", WEB "/%s", repo->full_name);
	payload_text(&out, "description", profile->about);
	payload_flag(&out, "fork", profile->fork);
	links(&out, base, repo_links);
	payload_time(&out, "created_at", repo->created);
	payload_time(&out, "updated_at", repo->updated);
	payload_time(&out, "pushed_at", repo->pushed);
	payload_format(&out, "git_url", "git://github.com/%s.git",
		       repo->full_name);
	payload_format(&out, "ssh_url", "git@github.com:%s.git",
		       repo->full_name);
	payload_format(&out, "clone_url", WEB "/%s.git", repo->full_name);
	payload_format(&out, "svn_url", WEB "/%s", repo->full_name);
	payload_null(&out, "homepage");
	repo_counts(repo, &out);
	repo_rest(repo, &out);
	jsonw_close(&out, '}');
	free(repo->json);
	repo->json = out.text;
	repo->json_len = out.len;
}

void
payload_prepare(struct world *world)
{
	struct github *github = world->github;
	unsigned i;

	github->user_json =
		msg_calloc(world->person_count, sizeof(*github->user_json));
	github->user_json_len =
		msg_calloc(world->person_count, sizeof(*github->user_json_len));
	for (i = 0; i < world->person_count; i++) {
		const struct world_person *person = &world->people[i];
		struct account who = { person->login,
				       person->bot ? "Bot" : "User",
				       person->id };
		struct jsonw out = { 0 };

		account(&out, &who);
		github->user_json[i] = out.text;
		github->user_json_len[i] = out.len;
	}
	for (i = 0; i < github->repo_count; i++)
		payload_prepare_repo(world, &github->repos[i]);
}

void
payload_forget(struct world *world)
{
	size_t i;

	for (i = 0; i < world->person_count; i++)
		free(world->github->user_json[i]);
	free(world->github->user_json);
	free(world->github->user_json_len);
}

void
payload_repo(const struct payload *p, struct jsonw *out)
{
	jsonw_raw(out, p->repo->json, p->repo->json_len);
}

static void
signature(struct jsonw *out, const char *key, const struct world_person *person,
	  int64_t at)
{
	jsonw_key(out, key);
	jsonw_open(out, '{');
	payload_text(out, "name", person != NULL ? person->name : "GitHub");
	payload_text(out, "email",
		     person != NULL ? person->email : "noreply@github.com");
	payload_time(out, "date", at);
	jsonw_close(out, '}');
}

/* The first line and more, as git keeps it. */
static void
message(const struct payload *p, const struct commit *commit, struct jsonw *out)
{
	const struct pull *pull = commit->pull == REPO_NONE
					  ? NULL
					  : &p->repo->pulls[commit->pull];
	char title[PROSE_LINE], branch[PROSE_LINE], remark[PROSE_LINE];

	if (pull == NULL) {
		prose_remark(commit->serial, 0, remark);
		payload_format(out, "message", "%s%s",
			       commit->kind == REPO_HOTFIX ? "Hotfix: " : "",
			       commit->kind == REPO_ROOT ? "Initial commit"
							 : remark);
		return;
	}
	prose_title(pull->seed, pull->issue, 0, title);
	prose_branch(pull->seed, pull->issue, branch);
	prose_remark(pull->seed + commit->serial, 0, remark);
	if (commit->kind == REPO_MERGED)
		payload_format(out, "message",
			       "Merge pull request #%u from acme/%s\n\n%s",
			       pull->number, branch, title);
	else if (commit->kind == REPO_SQUASHED)
		payload_format(out, "message", "%s (#%u)\n\n* %s", title,
			       pull->number, remark);
	else if (commit->kind == REPO_BRANCH_MERGE)
		payload_format(out, "message", "Merge branch 'main' into %s",
			       branch);
	else
		payload_format(out, "message", "%s%s%s", pull->issue,
			       pull->issue[0] != '\0' ? " " : "", remark);
}

static void
verification(bool verified, struct jsonw *out)
{
	jsonw_key(out, "verification");
	jsonw_open(out, '{');
	payload_flag(out, "verified", verified);
	payload_text(out, "reason", verified ? "valid" : "unsigned");
	payload_text(out, "signature",
		     verified ? "-----BEGIN PGP SIGNATURE-----\n\n"
				"wsFcBAABCAAQBQJnAAAACRC1aQ7uu5UhlAAAdemo\n"
				"-----END PGP SIGNATURE-----\n"
			      : NULL);
	payload_null(out, "payload");
	payload_null(out, "verified_at");
	jsonw_close(out, '}');
}

static void
parents(const struct payload *p, const struct commit *commit, struct jsonw *out)
{
	const char *sha;
	int i;

	jsonw_key(out, "parents");
	jsonw_open(out, '[');
	for (i = 0; i < 2; i++) {
		if (commit->parents[i] == REPO_NONE)
			continue;
		sha = p->repo->commits[commit->parents[i]].sha;
		jsonw_open(out, '{');
		payload_text(out, "sha", sha);
		payload_format(out, "url", API "/repos/%s/commits/%s",
			       p->repo->full_name, sha);
		payload_format(out, "html_url", WEB "/%s/commit/%s",
			       p->repo->full_name, sha);
		jsonw_close(out, '}');
	}
	jsonw_close(out, ']');
}

static void
inner_commit(const struct payload *p, const struct commit *commit, bool by_web,
	     struct jsonw *out)
{
	const struct world_person *person = &p->world->people[commit->author];
	const char *name = p->repo->full_name;
	char tree[41];

	memcpy(tree, commit->sha, 41);
	tree[0] = tree[0] == '0' ? '1' : '0';
	jsonw_key(out, "commit");
	jsonw_open(out, '{');
	signature(out, "author", person, commit->authored);
	signature(out, "committer", by_web ? NULL : person, commit->committed);
	message(p, commit, out);
	jsonw_key(out, "tree");
	jsonw_open(out, '{');
	payload_text(out, "sha", tree);
	payload_format(out, "url", API "/repos/%s/git/trees/%s", name, tree);
	jsonw_close(out, '}');
	payload_format(out, "url", API "/repos/%s/git/commits/%s", name,
		       commit->sha);
	payload_number(out, "comment_count", 0);
	verification(by_web, out);
	jsonw_close(out, '}');
}

static void
stats(const struct commit *commit, struct jsonw *out)
{
	uint64_t chance = (uint64_t)commit->committed + commit->serial;
	unsigned added = world_below(&chance, 300);
	unsigned removed = world_below(&chance, 120);

	jsonw_key(out, "stats");
	jsonw_open(out, '{');
	payload_number(out, "total", added + removed);
	payload_number(out, "additions", added);
	payload_number(out, "deletions", removed);
	jsonw_close(out, '}');
	jsonw_key(out, "files");
	jsonw_open(out, '[');
	jsonw_open(out, '{');
	payload_text(out, "filename", "src/main.c");
	payload_text(out, "status", "modified");
	payload_number(out, "additions", added);
	payload_number(out, "deletions", removed);
	payload_number(out, "changes", added + removed);
	payload_text(out, "patch", "@@ -1,2 +1,3 @@\n int\n+main(void)\n");
	jsonw_close(out, '}');
	jsonw_close(out, ']');
}

void
payload_commit(const struct payload *p, unsigned index, bool whole,
	       struct jsonw *out)
{
	const struct commit *commit = &p->repo->commits[index];
	const char *name = p->repo->full_name;
	bool by_web = commit->kind == REPO_MERGED ||
		      commit->kind == REPO_SQUASHED ||
		      commit->kind == REPO_HOTFIX_MERGE;

	jsonw_open(out, '{');
	payload_text(out, "sha", commit->sha);
	node_id(out, "C", p->repo->id * 1000003 + index);
	inner_commit(p, commit, by_web, out);
	payload_format(out, "url", API "/repos/%s/commits/%s", name,
		       commit->sha);
	payload_format(out, "html_url", WEB "/%s/commit/%s", name, commit->sha);
	payload_format(out, "comments_url", API "/repos/%s/commits/%s/comments",
		       name, commit->sha);
	jsonw_key(out, "author");
	payload_user(p, commit->author, out);
	jsonw_key(out, "committer");
	if (by_web)
		account(out, &web_flow);
	else
		payload_user(p, commit->author, out);
	parents(p, commit, out);
	if (whole)
		stats(commit, out);
	jsonw_close(out, '}');
}

static void
label(const struct payload *p, const char *name, const char *color,
      struct jsonw *out)
{
	uint64_t id = 7000000 + p->repo->id % 1000 * 100 + (unsigned char)*name;

	jsonw_open(out, '{');
	payload_number(out, "id", id);
	node_id(out, "LA", id);
	payload_format(out, "url", API "/repos/%s/labels/%s",
		       p->repo->full_name, name);
	payload_text(out, "name", name);
	payload_text(out, "color", color);
	payload_flag(out, "default", strcmp(name, "bug") == 0);
	payload_text(out, "description", "Set by the triage team");
	jsonw_close(out, '}');
}

static void
pull_people(const struct payload *p, const struct pull *pull, struct jsonw *out)
{
	unsigned n = (unsigned)p->world->human_count - 1; /* not the gone one */
	uint64_t chance = pull->seed;
	bool assigned = world_chance(&chance, 40);
	unsigned one = world_below(&chance, n), two = world_below(&chance, n);

	if (!p->later) {
		jsonw_key(out, "assignee");
		if (assigned)
			payload_user(p, one, out);
		else
			jsonw_null(out);
	}
	jsonw_key(out, "assignees");
	jsonw_open(out, '[');
	if (assigned)
		payload_user(p, one, out);
	jsonw_close(out, ']');
	jsonw_key(out, "requested_reviewers");
	jsonw_open(out, '[');
	if (pull->closed == 0)
		payload_user(p, two, out);
	jsonw_close(out, ']');
	jsonw_key(out, "requested_teams");
	jsonw_open(out, '[');
	jsonw_close(out, ']');
	jsonw_key(out, "labels");
	jsonw_open(out, '[');
	if (one % 3 == 0)
		label(p, "bug", "d73a4a", out);
	if (pull->author >= p->world->human_count)
		label(p, "dependencies", "0366d6", out);
	jsonw_close(out, ']');
	payload_null(out, "milestone");
}

/* head and base.  The fork of some has been deleted: repo is null. */
static void
pull_end(const struct payload *p, const char *key, const struct pull *pull,
	 struct jsonw *out)
{
	bool head = strcmp(key, "head") == 0;
	unsigned commit =
		head ? pull->commits[pull->commit_count - 1] : pull->base;
	char branch[PROSE_LINE] = "main";

	if (head)
		prose_branch(pull->seed, pull->issue, branch);
	jsonw_key(out, key);
	jsonw_open(out, '{');
	payload_format(out, "label", "acme:%s", branch);
	payload_text(out, "ref", branch);
	payload_text(out, "sha", p->repo->commits[commit].sha);
	jsonw_key(out, "user");
	account(out, &organisation);
	jsonw_key(out, "repo");
	if (head && pull->seed % 31 == 0)
		jsonw_null(out);
	else
		payload_repo(p, out);
	jsonw_close(out, '}');
}

static void
pull_links(const struct payload *p, const struct pull *pull, struct jsonw *out)
{
	static const struct {
		const char *name, *format, *rest;
	} list[] = {
		{ "self", "pulls", "" },
		{ "issue", "issues", "" },
		{ "comments", "issues", "/comments" },
		{ "review_comments", "pulls", "/comments" },
		{ "review_comment", "pulls", "/comments{/number}" },
		{ "commits", "pulls", "/commits" },
	};
	size_t i;

	jsonw_key(out, "_links");
	jsonw_open(out, '{');
	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		jsonw_key(out, list[i].name);
		jsonw_open(out, '{');
		payload_format(out, "href", API "/repos/%s/%s/%u%s",
			       p->repo->full_name, list[i].format, pull->number,
			       list[i].rest);
		jsonw_close(out, '}');
	}
	jsonw_close(out, '}');
}

/* Members that both the pull request and its issue row have. */
static void
subject(const struct payload *p, const struct pull *pull, struct jsonw *out)
{
	char title[PROSE_LINE], body[PROSE_BODY];

	prose_title(pull->seed, pull->issue, pull->revision, title);
	payload_number(out, "number", pull->number);
	payload_text(out, "state", pull->closed > 0 ? "closed" : "open");
	payload_flag(out, "locked", false);
	payload_text(out, "title", title);
	jsonw_key(out, "user");
	payload_user(p, pull->author, out);
	jsonw_key(out, "body");
	if (pull->null_body) {
		jsonw_null(out);
	} else {
		prose_body(pull->seed, 400 + pull->seed % 1500, body);
		jsonw_string(out, body);
	}
	payload_time(out, "created_at", pull->created);
	payload_time(out, "updated_at", pull->updated);
	payload_time(out, "closed_at", pull->closed);
}

static void
pull_urls(const struct payload *p, const struct pull *pull, struct jsonw *out)
{
	const char *name = p->repo->full_name;
	unsigned n = pull->number;

	payload_format(out, "url", API "/repos/%s/pulls/%u", name, n);
	payload_number(out, "id", pull->id);
	node_id(out, "PR", pull->id);
	payload_format(out, "html_url", WEB "/%s/pull/%u", name, n);
	payload_format(out, "diff_url", WEB "/%s/pull/%u.diff", name, n);
	payload_format(out, "patch_url", WEB "/%s/pull/%u.patch", name, n);
	payload_format(out, "issue_url", API "/repos/%s/issues/%u", name, n);
	payload_format(out, "commits_url", API "/repos/%s/pulls/%u/commits",
		       name, n);
	payload_format(out, "review_comments_url",
		       API "/repos/%s/pulls/%u/comments", name, n);
	payload_format(out, "review_comment_url",
		       API "/repos/%s/pulls/comments{/number}", name);
	payload_format(out, "comments_url", API "/repos/%s/issues/%u/comments",
		       name, n);
	payload_format(
		out, "statuses_url", API "/repos/%s/statuses/%s", name,
		p->repo->commits[pull->commits[pull->commit_count - 1]].sha);
}

/* What only the single request fills in. */
static void
pull_counts(const struct payload *p, const struct pull *pull, struct jsonw *out)
{
	uint64_t chance = pull->seed;
	unsigned i, notes = 0, on_code = 0;

	for (i = 0; i < p->repo->comment_count; i++) {
		const struct comment *comment = &p->repo->comments[i];

		if (comment->number == pull->number && !comment->deleted) {
			on_code += comment->on_code;
			notes += !comment->on_code;
		}
	}
	payload_flag(out, "merged", pull->merged > 0);
	payload_null(out, "mergeable");
	payload_null(out, "rebaseable");
	payload_text(out, "mergeable_state", "unknown");
	jsonw_key(out, "merged_by");
	if (pull->merged > 0)
		payload_user(p, pull->author, out);
	else
		jsonw_null(out);
	payload_number(out, "comments", notes);
	payload_number(out, "review_comments", on_code);
	payload_flag(out, "maintainer_can_modify", false);
	payload_number(out, "commits", pull->commit_count);
	payload_number(out, "additions", 1 + world_below(&chance, 900));
	payload_number(out, "deletions", world_below(&chance, 300));
	payload_number(out, "changed_files", 1 + world_below(&chance, 40));
}

void
payload_pull(const struct payload *p, const struct pull *pull, bool whole,
	     struct jsonw *out)
{
	char trial[41];

	jsonw_open(out, '{');
	pull_urls(p, pull, out);
	subject(p, pull, out);
	payload_time(out, "merged_at", pull->merged);
	if (pull->merge != REPO_NONE) {
		memcpy(trial, p->repo->commits[pull->merge].sha, 41);
	} else { /* the trial merge, which is in nobody's history */
		memcpy(trial, p->repo->commits[pull->base].sha, 41);
		trial[39] = trial[39] == 'f' ? 'e' : 'f';
		trial[38] = trial[38] == 'f' ? 'e' : 'f';
	}
	if (!p->later)
		payload_text(out, "merge_commit_sha", trial);
	pull_people(p, pull, out);
	payload_flag(out, "draft", pull->draft);
	pull_end(p, "head", pull, out);
	pull_end(p, "base", pull, out);
	pull_links(p, pull, out);
	payload_text(out, "author_association",
		     pull->author >= p->world->human_count ? "CONTRIBUTOR"
							   : "MEMBER");
	payload_null(out, "auto_merge");
	payload_null(out, "active_lock_reason");
	if (whole)
		pull_counts(p, pull, out);
	jsonw_close(out, '}');
}

static void
issue_urls(const struct payload *p, unsigned number, const char *page,
	   struct jsonw *out)
{
	const char *name = p->repo->full_name;
	char base[256];
	static const struct link list[] = {
		{ "url", "" },
		{ "labels_url", "/labels{/name}" },
		{ "comments_url", "/comments" },
		{ "events_url", "/events" },
		{ "timeline_url", "/timeline" },
		{ NULL, NULL },
	};

	snprintf(base, sizeof(base), API "/repos/%s/issues/%u", name, number);
	links(out, base, list);
	payload_format(out, "repository_url", API "/repos/%s", name);
	payload_format(out, "html_url", WEB "/%s/%s/%u", name, page, number);
}

void
payload_pull_issue(const struct payload *p, const struct pull *pull,
		   struct jsonw *out)
{
	const char *name = p->repo->full_name;

	jsonw_open(out, '{');
	issue_urls(p, pull->number, "pull", out);
	payload_number(out, "id", pull->id + 7);
	node_id(out, "PR", pull->id);
	subject(p, pull, out);
	pull_people(p, pull, out);
	payload_number(out, "comments", pull->seed % 5);
	payload_text(out, "author_association", "MEMBER");
	payload_flag(out, "draft", pull->draft);
	jsonw_key(out, "pull_request");
	jsonw_open(out, '{');
	payload_format(out, "url", API "/repos/%s/pulls/%u", name,
		       pull->number);
	payload_format(out, "html_url", WEB "/%s/pull/%u", name, pull->number);
	payload_time(out, "merged_at", pull->merged);
	jsonw_close(out, '}');
	payload_null(out, "state_reason");
	jsonw_close(out, '}');
}

void
payload_issue(const struct payload *p, const struct issue *issue,
	      struct jsonw *out)
{
	char title[PROSE_LINE], body[PROSE_BODY];

	prose_title(issue->seed, "", issue->revision, title);
	prose_body(issue->seed, 300 + issue->seed % 700, body);
	jsonw_open(out, '{');
	issue_urls(p, issue->number, "issues", out);
	payload_number(out, "id", issue->id);
	node_id(out, "I", issue->id);
	payload_number(out, "number", issue->number);
	payload_text(out, "title", title);
	jsonw_key(out, "user");
	payload_user(p, issue->author, out);
	jsonw_key(out, "labels");
	jsonw_open(out, '[');
	if (issue->bug)
		label(p, "bug", "d73a4a", out);
	if (issue->incident)
		label(p, "incident", "b60205", out);
	jsonw_close(out, ']');
	payload_text(out, "state", issue->closed > 0 ? "closed" : "open");
	payload_flag(out, "locked", false);
	if (!p->later)
		payload_null(out, "assignee");
	jsonw_key(out, "assignees");
	jsonw_open(out, '[');
	jsonw_close(out, ']');
	payload_null(out, "milestone");
	payload_number(out, "comments", 0);
	payload_time(out, "created_at", issue->created);
	payload_time(out, "updated_at", issue->updated);
	payload_time(out, "closed_at", issue->closed);
	payload_text(out, "author_association", "MEMBER");
	payload_null(out, "active_lock_reason");
	payload_text(out, "body", body);
	payload_null(out, "closed_by");
	payload_text(out, "state_reason",
		     issue->closed > 0 ? "completed" : NULL);
	jsonw_close(out, '}');
}

void
payload_review(const struct payload *p, const struct pull *pull,
	       const struct review *review, struct jsonw *out)
{
	static const char *const states[] = { "APPROVED", "CHANGES_REQUESTED",
					      "COMMENTED", "DISMISSED",
					      "PENDING" };
	const char *name = p->repo->full_name;
	char remark[PROSE_LINE];

	prose_remark(review->id, 0, remark);
	jsonw_open(out, '{');
	payload_number(out, "id", review->id);
	node_id(out, "PRR", review->id);
	jsonw_key(out, "user");
	payload_user(p, review->author, out);
	payload_text(out, "body",
		     review->state == REVIEW_APPROVED ? "" : remark);
	payload_text(out, "state", states[review->state]);
	payload_format(out, "html_url",
		       WEB "/%s/pull/%u#pullrequestreview-%" PRIu64, name,
		       pull->number, review->id);
	payload_format(out, "pull_request_url", API "/repos/%s/pulls/%u", name,
		       pull->number);
	payload_text(out, "author_association", "MEMBER");
	if (review->state != REVIEW_PENDING)
		payload_time(out, "submitted_at", review->submitted);
	payload_text(out, "commit_id", p->repo->commits[review->commit].sha);
	jsonw_close(out, '}');
}

static void
code_place(const struct payload *p, const struct comment *comment,
	   struct jsonw *out)
{
	payload_number(out, "pull_request_review_id", comment->review);
	payload_text(out, "diff_hunk",
		     "@@ -16,33 +16,40 @@ int\n-\treturn 0;\n+\treturn 1;");
	payload_text(out, "path", "src/main.c");
	payload_number(out, "position", 1 + comment->id % 40);
	payload_number(out, "original_position", 1 + comment->id % 40);
	payload_text(out, "commit_id", p->repo->commits[comment->commit].sha);
	payload_text(out, "original_commit_id",
		     p->repo->commits[comment->commit].sha);
	payload_number(out, "line", 10 + comment->id % 90);
	payload_text(out, "side", "RIGHT");
	payload_format(out, "pull_request_url", API "/repos/%s/pulls/%u",
		       p->repo->full_name, comment->number);
}

void
payload_comment(const struct payload *p, const struct comment *comment,
		struct jsonw *out)
{
	const char *name = p->repo->full_name;
	char remark[PROSE_LINE];

	prose_remark(comment->id, comment->updated != comment->created, remark);
	jsonw_open(out, '{');
	payload_format(out, "url", API "/repos/%s/%s/comments/%" PRIu64, name,
		       comment->on_code ? "pulls" : "issues", comment->id);
	payload_number(out, "id", comment->id);
	node_id(out, comment->on_code ? "PRRC" : "IC", comment->id);
	if (comment->on_code)
		code_place(p, comment, out);
	else
		payload_format(out, "issue_url", API "/repos/%s/issues/%u",
			       name, comment->number);
	payload_format(out, "html_url", WEB "/%s/pull/%u#discussion_%" PRIu64,
		       name, comment->number, comment->id);
	jsonw_key(out, "user");
	payload_user(p, comment->author, out);
	payload_time(out, "created_at", comment->created);
	payload_time(out, "updated_at", comment->updated);
	payload_text(out, "body", remark);
	payload_text(out, "author_association", "MEMBER");
	payload_null(out, "performed_via_github_app");
	jsonw_close(out, '}');
}

void
payload_deployment(const struct payload *p, const struct deployment *deployment,
		   struct jsonw *out)
{
	const char *name = p->repo->full_name;
	const struct commit *commit = &p->repo->commits[deployment->commit];
	uint64_t id = deployment->id;

	jsonw_open(out, '{');
	payload_format(out, "url", API "/repos/%s/deployments/%" PRIu64, name,
		       id);
	payload_number(out, "id", id);
	node_id(out, "DE", id);
	payload_text(out, "task", "deploy");
	payload_text(out, "original_environment", deployment->environment);
	payload_text(out, "environment", deployment->environment);
	payload_null(out, "description");
	payload_time(out, "created_at", deployment->created);
	payload_time(out, "updated_at", deployment->updated);
	payload_format(out, "statuses_url",
		       API "/repos/%s/deployments/%" PRIu64 "/statuses", name,
		       id);
	payload_format(out, "repository_url", API "/repos/%s", name);
	jsonw_key(out, "creator");
	payload_user(p, deployment->creator, out);
	payload_text(out, "sha", commit->sha);
	payload_text(out, "ref",
		     commit->kind == REPO_HOTFIX ? commit->sha : "main");
	jsonw_key(out, "payload");
	jsonw_open(out, '{');
	jsonw_close(out, '}');
	payload_flag(out, "transient_environment", false);
	payload_flag(out, "production_environment",
		     deployment->environment[0] != 's');
	payload_null(out, "performed_via_github_app");
	jsonw_close(out, '}');
}

void
payload_status(const struct payload *p, const struct deployment *deployment,
	       unsigned index, struct jsonw *out)
{
	static const char *const states[] = { "queued",	     "pending",
					      "in_progress", "success",
					      "failure",     "error",
					      "inactive" };
	const struct deploy_status *status = &deployment->statuses[index];
	const char *name = p->repo->full_name;

	jsonw_open(out, '{');
	payload_format(out, "url",
		       API "/repos/%s/deployments/%" PRIu64
			   "/statuses/%" PRIu64,
		       name, deployment->id, status->id);
	payload_number(out, "id", status->id);
	node_id(out, "DES", status->id);
	payload_text(out, "state", states[status->state]);
	jsonw_key(out, "creator");
	payload_user(p, deployment->creator, out);
	payload_text(out, "description", "");
	payload_text(out, "environment", deployment->environment);
	payload_text(out, "target_url", "https://ci.acme.test/run/1");
	payload_time(out, "created_at", status->at);
	payload_time(out, "updated_at", status->at);
	payload_format(out, "deployment_url",
		       API "/repos/%s/deployments/%" PRIu64, name,
		       deployment->id);
	payload_format(out, "repository_url", API "/repos/%s", name);
	payload_text(out, "environment_url", "https://acme.test");
	payload_text(out, "log_url", "https://ci.acme.test/run/1/log");
	payload_null(out, "performed_via_github_app");
	jsonw_close(out, '}');
}

void
payload_release(const struct payload *p, const struct release *release,
		struct jsonw *out)
{
	const char *name = p->repo->full_name;
	char body[PROSE_BODY];
	uint64_t id = release->id;

	prose_body(id, 600, body);
	jsonw_open(out, '{');
	payload_format(out, "url", API "/repos/%s/releases/%" PRIu64, name, id);
	payload_format(out, "assets_url",
		       API "/repos/%s/releases/%" PRIu64 "/assets", name, id);
	payload_format(out, "html_url", WEB "/%s/releases/tag/v1.%u.0", name,
		       release->serial);
	payload_number(out, "id", id);
	jsonw_key(out, "author");
	payload_user(p, release->author, out);
	node_id(out, "RE", id);
	payload_format(out, "tag_name", "v1.%u.0%s", release->serial,
		       release->prerelease ? "-rc1" : "");
	payload_text(out, "target_commitish",
		     p->repo->commits[release->commit].sha);
	payload_format(out, "name", "Release 1.%u 🎁", release->serial);
	payload_flag(out, "draft", release->published == 0);
	payload_flag(out, "prerelease", release->prerelease);
	payload_time(out, "created_at", release->created);
	payload_time(out, "published_at", release->published);
	jsonw_key(out, "assets");
	jsonw_open(out, '[');
	jsonw_close(out, ']');
	payload_format(out, "tarball_url", API "/repos/%s/tarball/v1.%u.0",
		       name, release->serial);
	payload_text(out, "body", body);
	jsonw_close(out, '}');
}
