/* payload.h: commits. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "demo/parts.h"
#include "demo/prose.h"

static void
signature(struct jsonw *out, const char *key, const struct world_person *person,
	  int64_t at)
{
	jsonw_key(out, key);
	jsonw_open(out, '{');
	jsonw_put_string(out, "name", person != NULL ? person->name : "GitHub");
	jsonw_put_string(out, "email",
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
	jsonw_put_bool(out, "verified", verified);
	jsonw_put_string(out, "reason", verified ? "valid" : "unsigned");
	jsonw_put_string(out, "signature",
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
		jsonw_put_string(out, "sha", sha);
		payload_format(out, "url", PARTS_API "/repos/%s/commits/%s",
			       p->repo->full_name, sha);
		payload_format(out, "html_url", PARTS_WEB "/%s/commit/%s",
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
	jsonw_put_string(out, "sha", tree);
	payload_format(out, "url", PARTS_API "/repos/%s/git/trees/%s", name,
		       tree);
	jsonw_close(out, '}');
	payload_format(out, "url", PARTS_API "/repos/%s/git/commits/%s", name,
		       commit->sha);
	jsonw_put_int(out, "comment_count", 0);
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
	jsonw_put_int(out, "total", added + removed);
	jsonw_put_int(out, "additions", added);
	jsonw_put_int(out, "deletions", removed);
	jsonw_close(out, '}');
	jsonw_key(out, "files");
	jsonw_open(out, '[');
	jsonw_open(out, '{');
	jsonw_put_string(out, "filename", "src/main.c");
	jsonw_put_string(out, "status", "modified");
	jsonw_put_int(out, "additions", added);
	jsonw_put_int(out, "deletions", removed);
	jsonw_put_int(out, "changes", added + removed);
	jsonw_put_string(out, "patch", "@@ -1,2 +1,3 @@\n int\n+main(void)\n");
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
	jsonw_put_string(out, "sha", commit->sha);
	parts_node_id(out, "C", p->repo->id * 1000003 + index);
	inner_commit(p, commit, by_web, out);
	payload_format(out, "url", PARTS_API "/repos/%s/commits/%s", name,
		       commit->sha);
	payload_format(out, "html_url", PARTS_WEB "/%s/commit/%s", name,
		       commit->sha);
	payload_format(out, "comments_url",
		       PARTS_API "/repos/%s/commits/%s/comments", name,
		       commit->sha);
	jsonw_key(out, "author");
	payload_user(p, commit->author, out);
	jsonw_key(out, "committer");
	if (by_web)
		parts_account(out, &parts_web_flow);
	else
		payload_user(p, commit->author, out);
	parents(p, commit, out);
	if (whole)
		stats(commit, out);
	jsonw_close(out, '}');
}
