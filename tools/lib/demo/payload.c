#include "demo/payload.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/times.h"
#include "demo/parts.h"

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
	jsonw_put_string(out, key, text);
}

void
payload_format(struct jsonw *out, const char *key, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	jsonw_put_string(out, key, text);
}

void
parts_node_id(struct jsonw *out, const char *prefix, uint64_t id)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
		"-_";
	char text[40];
	int n = snprintf(text, sizeof(text), "%s_kwDO", prefix);

	for (; id > 0 && n < 38; id >>= 6)
		text[n++] = letters[id & 63];
	text[n] = '\0';
	jsonw_put_string(out, "node_id", text);
}

void
parts_links(struct jsonw *out, const char *base, const struct parts_link *list)
{
	for (; list->name != NULL; list++)
		payload_format(out, list->name, "%s%s", base, list->rest);
}

static const struct parts_link user_links[] = {
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

void
parts_account(struct jsonw *out, const struct parts_account *who)
{
	char base[128];

	snprintf(base, sizeof(base), PARTS_API "/users/%s", who->login);
	jsonw_open(out, '{');
	jsonw_put_string(out, "login", who->login);
	jsonw_put_int(out, "id", who->id);
	parts_node_id(out, "U", who->id);
	payload_format(out, "avatar_url",
		       "https://avatars.githubusercontent.com/u/%" PRIu64
		       "?v=4",
		       who->id);
	jsonw_put_string(out, "gravatar_id", "");
	payload_format(out, "html_url", PARTS_WEB "/%s", who->login);
	parts_links(out, base, user_links);
	jsonw_put_string(out, "type", who->type);
	jsonw_put_string(out, "user_view_type", "public");
	jsonw_put_bool(out, "site_admin", false);
	jsonw_close(out, '}');
}

const struct parts_account parts_organisation = { "acme", "Organization",
						  9919 };
const struct parts_account parts_web_flow = { "web-flow", "User", 19864447 };

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
	jsonw_put_string(out, "login", "acme");
	jsonw_put_int(out, "id", parts_organisation.id);
	parts_node_id(out, "O", parts_organisation.id);
	jsonw_put_string(out, "url", PARTS_API "/orgs/acme");
	jsonw_put_string(out, "repos_url", PARTS_API "/orgs/acme/repos");
	jsonw_put_string(out, "events_url", PARTS_API "/orgs/acme/events");
	jsonw_put_string(out, "hooks_url", PARTS_API "/orgs/acme/hooks");
	jsonw_put_string(out, "issues_url", PARTS_API "/orgs/acme/issues");
	jsonw_put_string(out, "members_url",
			 PARTS_API "/orgs/acme/members{/member}");
	jsonw_put_string(out, "avatar_url",
			 "https://avatars.githubusercontent.com/u/9919?v=4");
	jsonw_put_string(out, "description", "Everything for the coyote");
	jsonw_put_string(out, "name", "Acme Ltd.");
	jsonw_put_bool(out, "has_organization_projects", true);
	jsonw_put_int(out, "public_repos", p->world->github->repo_count);
	jsonw_put_string(out, "html_url", PARTS_WEB "/acme");
	payload_time(out, "created_at", p->world->from);
	payload_time(out, "updated_at", p->world->from);
	payload_null(out, "archived_at");
	jsonw_put_string(out, "type", "Organization");
	jsonw_close(out, '}');
}

static const struct parts_link repo_links[] = {
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
	jsonw_put_int(out, "size",
		      repo->trap == REPO_EMPTY ? 0 : 4096 + repo->index);
	jsonw_put_int(out, "stargazers_count", repo->index);
	jsonw_put_int(out, "watchers_count", repo->index);
	jsonw_put_string(out, "language", profile->language);
	jsonw_put_bool(out, "has_issues", !profile->no_issues);
	jsonw_put_bool(out, "has_projects", true);
	jsonw_put_bool(out, "has_downloads", true);
	jsonw_put_bool(out, "has_wiki", false);
	jsonw_put_bool(out, "has_pages", false);
	jsonw_put_bool(out, "has_discussions", false);
	jsonw_put_int(out, "forks_count", 0);
	payload_null(out, "mirror_url");
	jsonw_put_bool(out, "archived", profile->archived);
	jsonw_put_bool(out, "disabled", false);
	jsonw_put_int(out, "open_issues_count", open);
}

static void
repo_rest(const struct repo *repo, struct jsonw *out)
{
	bool private = repo->profile->private;

	jsonw_key(out, "license");
	jsonw_open(out, '{');
	jsonw_put_string(out, "key", "mit");
	jsonw_put_string(out, "name", "MIT License");
	jsonw_put_string(out, "spdx_id", "MIT");
	jsonw_put_string(out, "url", PARTS_API "/licenses/mit");
	jsonw_put_string(out, "node_id", "MDc6TGljZW5zZTEz");
	jsonw_close(out, '}');
	jsonw_put_bool(out, "allow_forking", true);
	jsonw_put_bool(out, "is_template", false);
	jsonw_put_bool(out, "web_commit_signoff_required", false);
	jsonw_key(out, "topics");
	jsonw_open(out, '[');
	jsonw_string(out, "shop");
	jsonw_string(out, "acme");
	jsonw_close(out, ']');
	jsonw_put_string(out, "visibility", private ? "private" : "public");
	jsonw_put_int(out, "forks", 0);
	jsonw_put_int(out, "open_issues", repo->issue_count);
	jsonw_put_int(out, "watchers", repo->index);
	jsonw_put_string(out, "default_branch", "main");
	jsonw_key(out, "permissions");
	jsonw_open(out, '{');
	jsonw_put_bool(out, "admin", false);
	jsonw_put_bool(out, "maintain", false);
	jsonw_put_bool(out, "push", false);
	jsonw_put_bool(out, "triage", false);
	jsonw_put_bool(out, "pull", true);
	jsonw_close(out, '}');
}

void
payload_prepare_repo(struct world *world, struct repo *repo)
{
	const struct repo_profile *profile = repo->profile;
	struct jsonw out = { 0 };
	char base[192];

	(void)world;
	snprintf(base, sizeof(base), PARTS_API "/repos/%s", repo->full_name);
	jsonw_open(&out, '{');
	jsonw_put_int(&out, "id", repo->id);
	parts_node_id(&out, "R", repo->id);
	jsonw_put_string(&out, "name", repo->name);
	jsonw_put_string(&out, "full_name", repo->full_name);
	jsonw_put_bool(&out, "private", profile->private);
	jsonw_key(&out, "owner");
	parts_account(&out, &parts_organisation);
	payload_format(&out, "html_url", PARTS_WEB "/%s", repo->full_name);
	jsonw_put_string(&out, "description", profile->about);
	jsonw_put_bool(&out, "fork", profile->fork);
	parts_links(&out, base, repo_links);
	payload_time(&out, "created_at", repo->created);
	payload_time(&out, "updated_at", repo->updated);
	payload_time(&out, "pushed_at", repo->pushed);
	payload_format(&out, "git_url", "git://github.com/%s.git",
		       repo->full_name);
	payload_format(&out, "ssh_url", "git@github.com:%s.git",
		       repo->full_name);
	payload_format(&out, "clone_url", PARTS_WEB "/%s.git", repo->full_name);
	payload_format(&out, "svn_url", PARTS_WEB "/%s", repo->full_name);
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
		struct parts_account who = { person->login,
					     person->bot ? "Bot" : "User",
					     person->id };
		struct jsonw out = { 0 };

		parts_account(&out, &who);
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

void
parts_label(const struct payload *p, const char *name, const char *color,
	    struct jsonw *out)
{
	uint64_t id = 7000000 + p->repo->id % 1000 * 100 + (unsigned char)*name;

	jsonw_open(out, '{');
	jsonw_put_int(out, "id", id);
	parts_node_id(out, "LA", id);
	payload_format(out, "url", PARTS_API "/repos/%s/labels/%s",
		       p->repo->full_name, name);
	jsonw_put_string(out, "name", name);
	jsonw_put_string(out, "color", color);
	jsonw_put_bool(out, "default", strcmp(name, "bug") == 0);
	jsonw_put_string(out, "description", "Set by the triage team");
	jsonw_close(out, '}');
}
