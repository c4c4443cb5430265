#include "picture/draw.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/home.h"
#include "base/msg.h"
#include "base/whole.h"
#include "measure/title.h"
#include "picture/chart.h"
#include "picture/page.h"

enum { LARGEST = 1 << 20 };

int
draw_metric(struct session *session, const struct metric *metric,
	    const struct draw_ask *ask, FILE *out, struct trouble *trouble)
{
	struct figures *figures = session_figures(session, metric, trouble);
	const char *words = ask->words != NULL ? ask->words : metric->chart;
	char title[TITLE_SIZE], *why;
	struct chart chart = { .metric = metric,
			       .title = title,
			       .words = ask->words,
			       .alone = !ask->bare };
	int failed;

	if (figures == NULL)
		return -1;
	if (words != NULL && !chart_understands(words, &why)) {
		trouble_say(trouble,
			    ask->words != NULL ? OUTCOME_USAGE
					       : OUTCOME_CONFIGURATION,
			    "cannot draw '%s': %s", metric->name, why);
		free(why);
		figures_free(figures);
		return -1;
	}
	title_write(metric, session_basis(session)->bands, title);
	chart.frame = session_frame(session, metric);
	chart.figures = figures;
	failed = chart_points(&chart, session, trouble);
	if (!failed)
		chart_write(out, &chart);
	chart_drop(&chart);
	figures_free(figures);
	return failed;
}

int
draw_report(struct session *session, const char *template, FILE *out,
	    struct trouble *trouble)
{
	char *path = template != NULL ? msg_strdup(template)
				      : home_share("report/page.html");
	char *text = whole_file(path, LARGEST, NULL), *written = NULL;
	size_t len = 0;
	struct page page = { session, text, path,
			     open_memstream(&written, &len) };
	int failed = -1;

	if (page.out == NULL)
		msg_die(EX_OSERR, "cannot write a page: out of memory");
	if (text == NULL)
		trouble_say(trouble, OUTCOME_CONFIGURATION,
			    "cannot use '%s': %s", path, strerror(errno));
	else
		failed = page_write(&page, trouble);
	if (fclose(page.out) != 0)
		msg_die(EX_OSERR, "cannot write a page: out of memory");
	if (failed == 0)
		fwrite(written, 1, len, out);
	free(written);
	free(text);
	free(path);
	return failed;
}
