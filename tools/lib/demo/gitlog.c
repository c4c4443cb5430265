/* endpoints.h: commits and comparisons. */
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "demo/endpoints.h"

enum { PULL_COMMITS_MAX = 250 };

static void
write_commit(const struct asking *asking, size_t row, struct jsonw *out)
{
	payload_commit(&asking->p, (unsigned)row, false, out);
}

void
endpoint_pull_commits(struct asking *asking)
{
	const struct pull *found = asking_pull(asking);
	unsigned count;

	if (found == NULL)
		return;
	count = found->commit_count;
	asking_list(asking, found->commits,
		    count > PULL_COMMITS_MAX ? PULL_COMMITS_MAX : count,
		    write_commit);
}

void
endpoint_commits(struct asking *asking)
{
	const struct repo *repo = asking->repo;
	int64_t since = asking_time(asking, "since", INT64_MIN);
	int64_t until = asking_time(asking, "until", INT64_MAX), at;
	unsigned from =
		repo_find_commit(repo, asking_argument(asking, "sha", "main"));
	unsigned char *seen;
	unsigned *log, count, i;
	size_t n = 0;

	if (from == REPO_NONE) {
		asking_fail(asking, 404, "Not Found");
		return;
	}
	seen = msg_calloc(repo->commit_count + 1, 1);
	repo_reach(repo, from, seen);
	log = repo_sorted(repo, seen, &count);
	for (i = 0; i < count; i++) {
		at = repo->commits[log[i]].committed;
		if (at >= since && at <= until)
			log[n++] = log[i];
	}
	asking->no_last = true;
	asking_list(asking, log, n, write_commit);
	free(log);
	free(seen);
}

void
endpoint_commit(struct asking *asking)
{
	unsigned found = repo_find_commit(asking->repo, asking->words[0]);

	if (found == REPO_NONE)
		asking_fail(asking, 422, "No commit found for SHA: %s",
			    asking->words[0]);
	else
		payload_commit(&asking->p, found, true, &asking->out);
}

static void
keyed_commit(struct asking *asking, const char *key, unsigned index)
{
	jsonw_key(&asking->out, key);
	payload_commit(&asking->p, index, false, &asking->out);
}

/* The newest commit that both reach: enough for histories like ours. */
static unsigned
merge_base(const struct repo *repo, const unsigned char *ours,
	   const unsigned char *theirs)
{
	unsigned best = REPO_NONE, i;

	for (i = 0; i < repo->commit_count; i++)
		if (ours[i] && theirs[i] &&
		    (best == REPO_NONE ||
		     repo->commits[i].committed >=
			     repo->commits[best].committed))
			best = i;
	return best;
}

static void
write_comparison(struct asking *asking, unsigned base, unsigned head,
		 const unsigned char *ours, unsigned char *theirs)
{
	const struct repo *repo = asking->repo;
	unsigned common = merge_base(repo, ours, theirs), count, i, behind = 0;
	unsigned *rows;

	for (i = 0; i < repo->commit_count; i++) {
		behind += ours[i] && !theirs[i];
		theirs[i] = theirs[i] && !ours[i];
	}
	rows = repo_sorted(repo, theirs, &count);
	for (i = 0; i < count / 2; i++) { /* oldest first */
		unsigned row = rows[i];

		rows[i] = rows[count - 1 - i];
		rows[count - 1 - i] = row;
	}
	jsonw_open(&asking->out, '{');
	jsonw_put_string(&asking->out, "status",
			 count == 0    ? behind == 0 ? "identical" : "behind"
			 : behind == 0 ? "ahead"
				       : "diverged");
	jsonw_put_int(&asking->out, "ahead_by", count);
	jsonw_put_int(&asking->out, "behind_by", behind);
	jsonw_put_int(&asking->out, "total_commits", count);
	keyed_commit(asking, "base_commit", base);
	keyed_commit(asking, "merge_base_commit", common);
	jsonw_key(&asking->out, "commits");
	if (asking_argument(asking, "page", NULL) == NULL &&
	    asking_argument(asking, "per_page", NULL) == NULL)
		asking->per_page = PULL_COMMITS_MAX;
	asking_list(asking, rows, count, write_commit);
	jsonw_key(&asking->out, "files");
	jsonw_open(&asking->out, '[');
	jsonw_close(&asking->out, ']');
	jsonw_close(&asking->out, '}');
	free(rows);
	(void)head;
}

void
endpoint_compare(struct asking *asking)
{
	const struct repo *repo = asking->repo;
	char *dots = strstr(asking->words[0], "...");
	unsigned char *ours, *theirs;
	unsigned base, head;

	if (dots == NULL) {
		asking_fail(asking, 404, "Not Found");
		return;
	}
	*dots = '\0';
	base = repo_find_commit(repo, asking->words[0]);
	head = repo_find_commit(repo, dots + 3);
	if (base == REPO_NONE || head == REPO_NONE) {
		asking_fail(asking, 404, "Not Found");
		return;
	}
	ours = msg_calloc(repo->commit_count + 1, 1);
	theirs = msg_calloc(repo->commit_count + 1, 1);
	repo_reach(repo, base, ours);
	repo_reach(repo, head, theirs);
	write_comparison(asking, base, head, ours, theirs);
	free(ours);
	free(theirs);
}
