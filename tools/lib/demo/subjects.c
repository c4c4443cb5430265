/* payload.h: pull requests, issues, and what is said about them. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "demo/parts.h"
#include "demo/prose.h"

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
		parts_label(p, "bug", "d73a4a", out);
	if (pull->author >= p->world->human_count)
		parts_label(p, "dependencies", "0366d6", out);
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
	jsonw_put_string(out, "ref", branch);
	jsonw_put_string(out, "sha", p->repo->commits[commit].sha);
	jsonw_key(out, "user");
	parts_account(out, &parts_organisation);
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
		payload_format(out, "href", PARTS_API "/repos/%s/%s/%u%s",
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
	jsonw_put_int(out, "number", pull->number);
	jsonw_put_string(out, "state", pull->closed > 0 ? "closed" : "open");
	jsonw_put_bool(out, "locked", false);
	jsonw_put_string(out, "title", title);
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

	payload_format(out, "url", PARTS_API "/repos/%s/pulls/%u", name, n);
	jsonw_put_int(out, "id", pull->id);
	parts_node_id(out, "PR", pull->id);
	payload_format(out, "html_url", PARTS_WEB "/%s/pull/%u", name, n);
	payload_format(out, "diff_url", PARTS_WEB "/%s/pull/%u.diff", name, n);
	payload_format(out, "patch_url", PARTS_WEB "/%s/pull/%u.patch", name,
		       n);
	payload_format(out, "issue_url", PARTS_API "/repos/%s/issues/%u", name,
		       n);
	payload_format(out, "commits_url",
		       PARTS_API "/repos/%s/pulls/%u/commits", name, n);
	payload_format(out, "review_comments_url",
		       PARTS_API "/repos/%s/pulls/%u/comments", name, n);
	payload_format(out, "review_comment_url",
		       PARTS_API "/repos/%s/pulls/comments{/number}", name);
	payload_format(out, "comments_url",
		       PARTS_API "/repos/%s/issues/%u/comments", name, n);
	payload_format(
		out, "statuses_url", PARTS_API "/repos/%s/statuses/%s", name,
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
	jsonw_put_bool(out, "merged", pull->merged > 0);
	payload_null(out, "mergeable");
	payload_null(out, "rebaseable");
	jsonw_put_string(out, "mergeable_state", "unknown");
	jsonw_key(out, "merged_by");
	if (pull->merged > 0)
		payload_user(p, pull->author, out);
	else
		jsonw_null(out);
	jsonw_put_int(out, "comments", notes);
	jsonw_put_int(out, "review_comments", on_code);
	jsonw_put_bool(out, "maintainer_can_modify", false);
	jsonw_put_int(out, "commits", pull->commit_count);
	jsonw_put_int(out, "additions", 1 + world_below(&chance, 900));
	jsonw_put_int(out, "deletions", world_below(&chance, 300));
	jsonw_put_int(out, "changed_files", 1 + world_below(&chance, 40));
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
		jsonw_put_string(out, "merge_commit_sha", trial);
	pull_people(p, pull, out);
	jsonw_put_bool(out, "draft", pull->draft);
	pull_end(p, "head", pull, out);
	pull_end(p, "base", pull, out);
	pull_links(p, pull, out);
	jsonw_put_string(out, "author_association",
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
	static const struct parts_link list[] = {
		{ "url", "" },
		{ "labels_url", "/labels{/name}" },
		{ "comments_url", "/comments" },
		{ "events_url", "/events" },
		{ "timeline_url", "/timeline" },
		{ NULL, NULL },
	};

	snprintf(base, sizeof(base), PARTS_API "/repos/%s/issues/%u", name,
		 number);
	parts_links(out, base, list);
	payload_format(out, "repository_url", PARTS_API "/repos/%s", name);
	payload_format(out, "html_url", PARTS_WEB "/%s/%s/%u", name, page,
		       number);
}

void
payload_pull_issue(const struct payload *p, const struct pull *pull,
		   struct jsonw *out)
{
	const char *name = p->repo->full_name;

	jsonw_open(out, '{');
	issue_urls(p, pull->number, "pull", out);
	jsonw_put_int(out, "id", pull->id + 7);
	parts_node_id(out, "PR", pull->id);
	subject(p, pull, out);
	pull_people(p, pull, out);
	jsonw_put_int(out, "comments", pull->seed % 5);
	jsonw_put_string(out, "author_association", "MEMBER");
	jsonw_put_bool(out, "draft", pull->draft);
	jsonw_key(out, "pull_request");
	jsonw_open(out, '{');
	payload_format(out, "url", PARTS_API "/repos/%s/pulls/%u", name,
		       pull->number);
	payload_format(out, "html_url", PARTS_WEB "/%s/pull/%u", name,
		       pull->number);
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
	jsonw_put_int(out, "id", issue->id);
	parts_node_id(out, "I", issue->id);
	jsonw_put_int(out, "number", issue->number);
	jsonw_put_string(out, "title", title);
	jsonw_key(out, "user");
	payload_user(p, issue->author, out);
	jsonw_key(out, "labels");
	jsonw_open(out, '[');
	if (issue->bug)
		parts_label(p, "bug", "d73a4a", out);
	if (issue->incident)
		parts_label(p, "incident", "b60205", out);
	jsonw_close(out, ']');
	jsonw_put_string(out, "state", issue->closed > 0 ? "closed" : "open");
	jsonw_put_bool(out, "locked", false);
	if (!p->later)
		payload_null(out, "assignee");
	jsonw_key(out, "assignees");
	jsonw_open(out, '[');
	jsonw_close(out, ']');
	payload_null(out, "milestone");
	jsonw_put_int(out, "comments", 0);
	payload_time(out, "created_at", issue->created);
	payload_time(out, "updated_at", issue->updated);
	payload_time(out, "closed_at", issue->closed);
	jsonw_put_string(out, "author_association", "MEMBER");
	payload_null(out, "active_lock_reason");
	jsonw_put_string(out, "body", body);
	payload_null(out, "closed_by");
	jsonw_put_string(out, "state_reason",
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
	jsonw_put_int(out, "id", review->id);
	parts_node_id(out, "PRR", review->id);
	jsonw_key(out, "user");
	payload_user(p, review->author, out);
	jsonw_put_string(out, "body",
			 review->state == REVIEW_APPROVED ? "" : remark);
	jsonw_put_string(out, "state", states[review->state]);
	payload_format(out, "html_url",
		       PARTS_WEB "/%s/pull/%u#pullrequestreview-%" PRIu64, name,
		       pull->number, review->id);
	payload_format(out, "pull_request_url", PARTS_API "/repos/%s/pulls/%u",
		       name, pull->number);
	jsonw_put_string(out, "author_association", "MEMBER");
	if (review->state != REVIEW_PENDING)
		payload_time(out, "submitted_at", review->submitted);
	jsonw_put_string(out, "commit_id",
			 p->repo->commits[review->commit].sha);
	jsonw_close(out, '}');
}

static void
code_place(const struct payload *p, const struct comment *comment,
	   struct jsonw *out)
{
	jsonw_put_int(out, "pull_request_review_id", comment->review);
	jsonw_put_string(out, "diff_hunk",
			 "@@ -16,33 +16,40 @@ int\n-\treturn 0;\n+\treturn 1;");
	jsonw_put_string(out, "path", "src/main.c");
	jsonw_put_int(out, "position", 1 + comment->id % 40);
	jsonw_put_int(out, "original_position", 1 + comment->id % 40);
	jsonw_put_string(out, "commit_id",
			 p->repo->commits[comment->commit].sha);
	jsonw_put_string(out, "original_commit_id",
			 p->repo->commits[comment->commit].sha);
	jsonw_put_int(out, "line", 10 + comment->id % 90);
	jsonw_put_string(out, "side", "RIGHT");
	payload_format(out, "pull_request_url", PARTS_API "/repos/%s/pulls/%u",
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
	payload_format(out, "url", PARTS_API "/repos/%s/%s/comments/%" PRIu64,
		       name, comment->on_code ? "pulls" : "issues",
		       comment->id);
	jsonw_put_int(out, "id", comment->id);
	parts_node_id(out, comment->on_code ? "PRRC" : "IC", comment->id);
	if (comment->on_code)
		code_place(p, comment, out);
	else
		payload_format(out, "issue_url",
			       PARTS_API "/repos/%s/issues/%u", name,
			       comment->number);
	payload_format(out, "html_url",
		       PARTS_WEB "/%s/pull/%u#discussion_%" PRIu64, name,
		       comment->number, comment->id);
	jsonw_key(out, "user");
	payload_user(p, comment->author, out);
	payload_time(out, "created_at", comment->created);
	payload_time(out, "updated_at", comment->updated);
	jsonw_put_string(out, "body", remark);
	jsonw_put_string(out, "author_association", "MEMBER");
	payload_null(out, "performed_via_github_app");
	jsonw_close(out, '}');
}
