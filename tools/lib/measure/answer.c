#include "measure/answer.h"

#include "base/msg.h"
#include "measure/board.h"
#include "measure/export.h"
#include "measure/figures.h"

/* What SQLite takes for a mistake of the program is one of the metric's file,
 * which is ours to name but somebody else's to write. */
static int
fail(struct answer *a)
{
	a->class = store_class(a->basis.store);
	if (a->why == NULL)
		a->why = msg_strdup(store_error(a->basis.store));
	if (a->class == OUTCOME_NONE || a->class == OUTCOME_BUG)
		a->class = OUTCOME_CONFIGURATION;
	return -1;
}

static struct figures *
work_out(struct answer *a, const struct metric *metric)
{
	if (figures_rows(&a->basis, metric, &a->why) != 0)
		return NULL;
	return figures_read(&a->basis, metric, &a->why);
}

int
answer_table(struct answer *a, bool all)
{
	struct board *board =
		board_open(a->out, a->basis.frame, a->basis.bands);
	struct figures *figures = NULL;
	size_t i;

	for (i = 0; i < a->count; i++) {
		if ((figures = work_out(a, a->metrics[i])) == NULL)
			break;
		board_add(board, a->metrics[i], figures);
		figures_free(figures);
	}
	if (i < a->count) {
		board_drop(board);
		return fail(a);
	}
	board_close(board);
	return board_freshness(a->basis.store, a->basis.frame, a->out, all) == 0
		       ? 0
		       : fail(a);
}

int
answer_list(struct answer *a, enum listing_format format)
{
	struct listing *list = export_open(a->out, format);
	struct figures *figures;
	size_t i;

	for (i = 0; i < a->count; i++) {
		if ((figures = work_out(a, a->metrics[i])) == NULL)
			break;
		export_figures(list, a->metrics[i], a->basis.frame,
			       a->basis.bands, figures);
		figures_free(figures);
	}
	listing_close(list);
	return i == a->count ? 0 : fail(a);
}

int
answer_rows(struct answer *a, enum listing_format format)
{
	if (figures_rows(&a->basis, a->metrics[0], &a->why) != 0 ||
	    export_rows(a->basis.store, a->basis.frame, a->out, format) != 0)
		return fail(a);
	return 0;
}

int
answer_plans(struct answer *a)
{
	size_t i;

	fputs("frame\n", a->out);
	if (frame_plan(a->basis.store, a->out) != 0)
		return fail(a);
	for (i = 0; i < a->count; i++) {
		fprintf(a->out, "%s\n", a->metrics[i]->name);
		if (figures_rows(&a->basis, a->metrics[i], &a->why) != 0 ||
		    figures_plan(&a->basis, a->metrics[i], a->out, &a->why) !=
			    0)
			return fail(a);
	}
	return 0;
}
