/* chains, on graphs small enough for paper, and against a naive twin on random
 * ones.  The rules are those of link-deployments(1). */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "storage/chains.h"

enum { MOST = 64 };

/* Commits are named by one byte: "a1" is a sha of one. */
struct line {
	const char *child;
	const char *parents[3];
};

static struct chains *
graph(const struct line *lines, size_t count)
{
	struct chains *chains = chains_open();
	size_t i, p;

	for (i = 0; i < count; i++)
		chains_commit(chains, lines[i].child, 2);
	for (i = 0; i < count; i++)
		for (p = 0; p < 3 && lines[i].parents[p] != NULL; p++)
			chains_parent(chains, (uint32_t)i, lines[i].parents[p],
				      2);
	return chains;
}

/* owner[of commit named] after walking the deployed commits named. */
static uint32_t
owner_of(struct chains *chains, const char *const *heads, size_t count,
	 const char *commit)
{
	uint32_t owner[MOST], numbers[MOST];
	size_t i;

	for (i = 0; i < count; i++)
		numbers[i] = chains_find(chains, heads[i], 2);
	chains_walk(chains, numbers, count, owner);
	return owner[chains_find(chains, commit, 2)];
}

/* 01 - 02 - 03 - 04, a line of history. */
static const struct line straight[] = {
	{ "01", { NULL } },
	{ "02", { "01" } },
	{ "03", { "02" } },
	{ "04", { "03" } },
};

static int
first_claims_no_history(void)
{
	static const char *const heads[] = { "02", "04" };
	struct chains *chains = graph(straight, 4);

	CHECK(owner_of(chains, heads, 2, "01") == CHAINS_HISTORY);
	CHECK(owner_of(chains, heads, 2, "02") == CHAINS_HISTORY);
	CHECK(owner_of(chains, heads, 2, "03") == 1);
	CHECK(owner_of(chains, heads, 2, "04") == 1);
	CHECK(owner_of(chains, heads, 1, "03") == CHAINS_NONE);
	chains_close(chains);
	return 0;
}

static int
rollback_and_redeploy_own_nothing(void)
{
	static const char *const heads[] = { "01", "03", "02", "03", "04" };
	struct chains *chains = graph(straight, 4);

	CHECK(owner_of(chains, heads, 5, "02") == 1);
	CHECK(owner_of(chains, heads, 5, "03") == 1);
	CHECK(owner_of(chains, heads, 5, "04") == 4);
	chains_close(chains);
	return 0;
}

/* The first deployment's commit is gone: the first stored one, 02, takes its
 * place and claims nothing. */
static int
unstored_first_passes_the_baseline_on(void)
{
	static const char *const heads[] = { "ee", "02", "ef", "04" };
	struct chains *chains = graph(straight, 4);

	CHECK(owner_of(chains, heads, 4, "01") == CHAINS_HISTORY);
	CHECK(owner_of(chains, heads, 4, "02") == CHAINS_HISTORY);
	CHECK(owner_of(chains, heads, 4, "03") == 3);
	chains_close(chains);
	return 0;
}

/*
 * 01 - 02 - 03 - 04      a hotfix 05 cut from 01 is deployed between 02's and
 *  \- 05 ------- 06      06's: it owns only itself; 06, which merges 05 into
 *                        04, owns what neither carried.
 */
static int
hotfix_owns_itself(void)
{
	static const struct line lines[] = {
		{ "01", { NULL } }, { "02", { "01" } },
		{ "03", { "02" } }, { "04", { "03" } },
		{ "05", { "01" } }, { "06", { "04", "05" } },
	};
	static const char *const heads[] = { "02", "05", "06" };
	struct chains *chains = graph(lines, 6);

	CHECK(owner_of(chains, heads, 3, "01") == CHAINS_HISTORY);
	CHECK(owner_of(chains, heads, 3, "05") == 1);
	CHECK(owner_of(chains, heads, 3, "03") == 2);
	CHECK(owner_of(chains, heads, 3, "04") == 2);
	CHECK(owner_of(chains, heads, 3, "06") == 2);
	chains_close(chains);
	return 0;
}

/* A merge brings its branch: 10 - 11 is a side branch merged by 03. */
static int
merge_brings_its_branch(void)
{
	static const struct line lines[] = {
		{ "01", { NULL } },	  { "02", { "01" } },
		{ "10", { "01" } },	  { "11", { "10" } },
		{ "03", { "02", "11" } },
	};
	static const char *const heads[] = { "02", "03" };
	struct chains *chains = graph(lines, 5);

	CHECK(owner_of(chains, heads, 2, "10") == 1);
	CHECK(owner_of(chains, heads, 2, "11") == 1);
	CHECK(owner_of(chains, heads, 2, "02") == CHAINS_HISTORY);
	chains_close(chains);
	return 0;
}

/* Guesses over four deployments that finish at 100, 200, 200 and 300. */
static int
guesses_go_by_time(void)
{
	static const int64_t finished[] = { 100, 200, 200, 300 };
	static const uint32_t unstored[] = { CHAINS_NONE, CHAINS_NONE,
					     CHAINS_NONE, CHAINS_NONE };
	static const uint32_t mixed[] = { 0, 1, CHAINS_NONE, 2 };

	/* The merge commit is not stored. */
	CHECK(chains_guess(mixed, finished, 4, CHAINS_NONE, 150) == 1);
	CHECK(chains_guess(mixed, finished, 4, CHAINS_NONE, 200) == 1);
	CHECK(chains_guess(mixed, finished, 4, CHAINS_NONE, 201) == 3);
	CHECK(chains_guess(mixed, finished, 4, CHAINS_NONE, 301) ==
	      CHAINS_NONE);
	/* Never the first of the chain. */
	CHECK(chains_guess(mixed, finished, 4, CHAINS_NONE, 99) == CHAINS_NONE);
	CHECK(chains_guess(unstored, finished, 4, 7, 100) == CHAINS_NONE);
	/* The merge commit is stored: only a deployment whose own commit is
	 * not may have carried it unseen. */
	CHECK(chains_guess(mixed, finished, 4, 7, 99) == 2);
	CHECK(chains_guess(mixed, finished, 4, 7, 150) == 2);
	CHECK(chains_guess(mixed, finished, 4, 7, 250) == CHAINS_NONE);
	CHECK(chains_guess(NULL, NULL, 0, 7, 250) == CHAINS_NONE);
	return 0;
}

static int
shas_are_kept(void)
{
	static const char sha[] = "0123456789abcdef0123456789abcdef01234567";
	static const char longest[] = "0123456789abcdef0123456789abcdef"
				      "fedcba9876543210fedcba9876543210";
	struct chains *chains = chains_open();
	char out[CHAINS_SHA_SIZE];

	CHECK(chains_commit(chains, sha, 40) == 0);
	CHECK(chains_commit(chains, longest, 64) == 1);
	CHECK(chains_find(chains, "0123456789ABCDEF0123456789abcdef01234567",
			  40) == 0);
	CHECK(chains_count(chains) == 2);
	chains_sha(chains, 0, out);
	CHECK(strcmp(out, sha) == 0);
	chains_sha(chains, 1, out);
	CHECK(strcmp(out, longest) == 0);
	CHECK(chains_commit(chains, "", 0) == CHAINS_NONE);
	CHECK(chains_commit(chains, "abc", 3) == CHAINS_NONE);
	CHECK(chains_commit(chains, "not hex!", 8) == CHAINS_NONE);
	CHECK(chains_find(chains, sha, 38) == CHAINS_NONE);
	chains_close(chains);
	return 0;
}

/* Parents and deployed commits are named before anybody knows them: 02 - 03 are
 * added at once, 01 when it was found, 00 and ee never. */
static int
named_before_they_are_known(void)
{
	struct chains *chains = chains_open();
	uint32_t heads[3], owner[MOST];
	char(*shas)[CHAINS_SHA_SIZE];

	heads[0] = chains_want(chains, "ee", 2);
	heads[1] = chains_want(chains, "01", 2);
	heads[2] = chains_want(chains, "03", 2);
	CHECK(chains_want(chains, "x", 1) == CHAINS_NONE);
	chains_parent(chains, chains_commit(chains, "02", 2), "01", 2);
	chains_parent(chains, chains_commit(chains, "03", 2), "02", 2);
	chains_parent(chains, chains_commit(chains, "03", 2), "00", 2);
	CHECK(chains_count(chains) == 2);
	CHECK(chains_wanted(chains, heads[1]) == CHAINS_NONE);
	CHECK(chains_unknown(chains, &shas) == 3);
	CHECK(strcmp(shas[0], "00") == 0);
	CHECK(strcmp(shas[1], "01") == 0);
	CHECK(strcmp(shas[2], "ee") == 0);
	free(shas);
	CHECK(chains_commit(chains, "01", 2) == 2);
	CHECK(chains_unknown(chains, &shas) == 2);
	free(shas);
	for (int i = 0; i < 3; i++)
		heads[i] = chains_wanted(chains, heads[i]);
	CHECK(heads[0] == CHAINS_NONE && heads[1] == 2 && heads[2] == 1);
	chains_walk(chains, heads, 3, owner);
	CHECK(owner[2] == CHAINS_HISTORY);
	CHECK(owner[0] == 2 && owner[1] == 2);
	chains_close(chains);
	return 0;
}

/* The naive twin: spread each deployment's reach until nothing moves. */
static void
naive(size_t commits, bool edges[MOST][MOST], const uint32_t *heads,
      size_t count, uint32_t *owner)
{
	size_t h, c, p;
	bool moved, first = true;

	for (c = 0; c < commits; c++)
		owner[c] = CHAINS_NONE;
	for (h = 0; h < count; h++) {
		bool reached[MOST] = { false };

		if (heads[h] == CHAINS_NONE)
			continue;
		reached[heads[h]] = true;
		do {
			moved = false;
			for (c = 0; c < commits * commits; c++) {
				p = c % commits;
				if (!reached[c / commits] || reached[p] ||
				    !edges[c / commits][p])
					continue;
				reached[p] = moved = true;
			}
		} while (moved);
		for (c = 0; c < commits; c++)
			if (reached[c] && owner[c] == CHAINS_NONE)
				owner[c] = first ? CHAINS_HISTORY : (uint32_t)h;
		first = false;
	}
}

static uint32_t
below(uint64_t *seed, uint32_t limit)
{
	*seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (uint32_t)(*seed >> 33) % limit;
}

static int
agrees_with_the_naive_twin(void)
{
	uint64_t seed = 7;
	int round;

	for (round = 0; round < 300; round++) {
		static bool edges[MOST][MOST];
		uint32_t heads[12], got[MOST], want[MOST], c;
		uint32_t commits = 2 + below(&seed, MOST - 2);
		struct chains *chains = chains_open();
		char sha[8];

		memset(edges, 0, sizeof(edges));
		for (c = 0; c < commits; c++) {
			snprintf(sha, sizeof(sha), "%02x", c);
			chains_commit(chains, sha, 2);
		}
		for (c = 0; c < commits * 2; c++) {
			uint32_t child = below(&seed, commits);
			uint32_t parent = below(&seed, commits);

			if (parent >= child)
				continue;
			edges[child][parent] = true;
			snprintf(sha, sizeof(sha), "%02x", parent);
			chains_parent(chains, child, sha, 2);
		}
		for (c = 0; c < 12; c++)
			heads[c] = below(&seed, 5) == 0 ? CHAINS_NONE
							: below(&seed, commits);
		chains_walk(chains, heads, 12, got);
		naive(commits, edges, heads, 12, want);
		CHECK(memcmp(got, want, commits * sizeof(*got)) == 0);
		chains_close(chains);
	}
	return 0;
}

int
main(void)
{
	return first_claims_no_history() ||
	       rollback_and_redeploy_own_nothing() ||
	       unstored_first_passes_the_baseline_on() ||
	       hotfix_owns_itself() || merge_brings_its_branch() ||
	       guesses_go_by_time() || shas_are_kept() ||
	       named_before_they_are_known() || agrees_with_the_naive_twin();
}
