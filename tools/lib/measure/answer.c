#include "measure/answer.h"

#include <stdlib.h>

#include "base/msg.h"
#include "measure/board.h"
#include "measure/export.h"
#include "measure/freshness.h"
#include "measure/prom.h"

static void
drop(struct figures **all, size_t count)
{
	while (count > 0)
		figures_free(all[--count]);
	free(all);
}

/* The figures of each metric, or NULL with trouble. */
static struct figures **
work_out(const struct answer *a, struct trouble *trouble)
{
	struct figures **all = msg_calloc(a->count, sizeof(*all));
	size_t i;

	for (i = 0; i < a->count; i++) {
		all[i] = session_figures(a->session, a->metrics[i], trouble);
		if (all[i] != NULL)
			continue;
		drop(all, i);
		return NULL;
	}
	return all;
}

int
answer_table(const struct answer *a, bool all_scopes, struct trouble *trouble)
{
	const struct figures_basis *basis = session_basis(a->session);
	struct figures **all = work_out(a, trouble);
	struct board *board;
	size_t i;

	if (all == NULL)
		return -1;
	board = board_open(a->out, basis->bands);
	for (i = 0; i < a->count; i++)
		board_add(board, a->metrics[i],
			  session_frame(a->session, a->metrics[i]), all[i]);
	board_close(board);
	drop(all, a->count);
	if (freshness_print(basis->store, basis->frame, a->out, all_scopes) ==
	    0)
		return 0;
	return session_fail(a->session, trouble);
}

int
answer_list(const struct answer *a, enum listing_format format,
	    struct trouble *trouble)
{
	const struct figures_basis *basis = session_basis(a->session);
	struct figures **all = work_out(a, trouble);
	struct listing *list;
	size_t i;

	if (all == NULL)
		return -1;
	list = export_open(a->out, format);
	for (i = 0; i < a->count; i++)
		export_figures(list, a->metrics[i],
			       session_frame(a->session, a->metrics[i]),
			       basis->bands, all[i]);
	listing_close(list);
	drop(all, a->count);
	return 0;
}

int
answer_prom(const struct answer *a, struct trouble *trouble)
{
	const struct figures_basis *basis = session_basis(a->session);
	struct figures **all = work_out(a, trouble);
	struct prom *prom;
	size_t i;

	if (all == NULL)
		return -1;
	prom = prom_open(a->out, basis->frame);
	for (i = 0; i < a->count; i++) {
		session_frame(a->session, a->metrics[i]);
		prom_add(prom, a->metrics[i], all[i]);
	}
	prom_close(prom);
	drop(all, a->count);
	return 0;
}

int
answer_rows(const struct answer *a, enum listing_format format,
	    struct trouble *trouble)
{
	const struct figures_basis *basis = session_basis(a->session);

	if (session_rows(a->session, a->metrics[0], trouble) != 0)
		return -1;
	if (export_rows(basis->store, basis->frame, a->out, format) == 0)
		return 0;
	return session_fail(a->session, trouble);
}

static int
plan(const struct answer *a, const struct metric *metric,
     struct trouble *trouble)
{
	char *why;

	fprintf(a->out, "%s\n", metric->name);
	if (session_rows(a->session, metric, trouble) != 0)
		return -1;
	if (figures_plan(session_basis(a->session), metric, a->out, &why) == 0)
		return 0;
	return session_blame(a->session, why, trouble);
}

int
answer_plans(const struct answer *a, struct trouble *trouble)
{
	size_t i;

	/* The frame of the first one stands for those of all. */
	if (session_rows(a->session, a->metrics[0], trouble) != 0)
		return -1;
	fputs("frame\n", a->out);
	if (frame_plan(session_basis(a->session)->store, a->out) != 0)
		return session_fail(a->session, trouble);
	for (i = 0; i < a->count; i++)
		if (plan(a, a->metrics[i], trouble) != 0)
			return -1;
	return 0;
}

/* Takes over the text. */
static void
remark(void (*say)(const char *what), char *text)
{
	say(text);
	free(text);
}

int
answer_remarks(const struct answer *a, void (*say)(const char *what),
	       struct trouble *trouble)
{
	const struct frame_counts *found = session_found(a->session);
	const char *scope = session_request(a->session)->scope;
	size_t stale = 0;

	if (session_stale(a->session, a->metrics, a->count, &stale, trouble) !=
	    0)
		return -1;
	if (stale > 0)
		remark(say, msg_text("%zu %s changed since %s linked: run "
				     "link-deployments",
				     stale,
				     stale == 1 ? "repository has"
						: "repositories have",
				     stale == 1 ? "it was" : "they were"));
	if (found->left_out > 0)
		remark(say, msg_text("repositories left out, as they belong to "
				     "no service: %zu",
				     found->left_out));
	if (found->repos + found->projects == 0 && scope != NULL)
		remark(say, msg_text("no repository, project or service "
				     "matches '%s'",
				     scope));
	if (session_request(a->session)->kind == FRAME_TEAM &&
	    session_client(a->session)->teams == NULL)
		say("no team is known: there is no teams.yaml beside "
		    "pulse.yaml, see teams.yaml(5)");
	return 0;
}
