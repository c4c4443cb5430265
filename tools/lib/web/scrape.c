#include "web/scrape.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/promtext.h"
#include "look/exposition.h"
#include "web/exchange.h"
#include "web/jobboard.h"
#include "web/live.h"

static void
print_ours(FILE *out, const struct web *web)
{
	static const char answers[] = "pulse_web_answers_total";
	size_t i;

	promtext_head(out, "pulse_web_clients", "gauge",
		      "Who listens for events now.");
	fprintf(out, "pulse_web_clients %zu\n",
		web->live != NULL ? live_count(web->live) : 0);
	promtext_head(out, answers, "counter",
		      "Requests that were answered, by their status.");
	for (i = 1; i < WEB_CLASSES; i++) {
		const char class[] = { (char)('0' + i), 'x', 'x', '\0' };

		fputs(answers, out);
		promtext_label(out, '{', "class", class);
		fprintf(out, "} %llu\n", (unsigned long long)web->answered[i]);
	}
}

/* OpenMetrics names a counter without its _total in the lines about it. */
static void
open_up(const char *text, FILE *out)
{
	static const char total[] = "_total";
	size_t end = sizeof(total) - 1, len, name;

	for (; *text != '\0'; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		name = 7 + strcspn(text + (len < 7 ? len : 7), " \n");
		if ((strncmp(text, "# HELP ", 7) == 0 ||
		     strncmp(text, "# TYPE ", 7) == 0) &&
		    name >= 7 + end && name < len &&
		    memcmp(text + name - end, total, end) == 0)
			fprintf(out, "%.*s%.*s\n", (int)(name - end), text,
				(int)(len - name), text + name);
		else
			fprintf(out, "%.*s\n", (int)len, text);
	}
	fputs("# EOF\n", out);
}

static FILE *
open_text(char **text, size_t *len)
{
	FILE *out = open_memstream(text, len);

	if (out == NULL)
		msg_die(EX_OSERR, "cannot answer: out of memory");
	return out;
}

static void
close_text(FILE *out)
{
	if (fclose(out) != 0)
		msg_die(EX_OSERR, "cannot answer: out of memory");
}

void
scrape_answer(struct exchange *x)
{
	struct overview *overview = jobboard_look(x->web->board);
	const char *accept = httpd_header(x->request, "Accept");
	bool open = accept != NULL &&
		    strstr(accept, "application/openmetrics-text") != NULL;
	char *text = NULL, *opened = NULL, *why;
	enum outcome_class class;
	struct leftovers left;
	size_t len = 0;
	FILE *out = open_text(&text, &len);

	/* What cannot be counted is left out, as for a textfile. */
	if (leftovers_count(&x->web->rooms, -1, &left, &why, &class) != 0)
		free(why);
	exposition_print(out, overview, &left);
	print_ours(out, x->web);
	close_text(out);
	if (!open) {
		exchange_body(x, 200,
			      "text/plain; version=0.0.4; "
			      "charset=utf-8",
			      text, len);
		return;
	}
	out = open_text(&opened, &len);
	open_up(text, out);
	close_text(out);
	free(text);
	exchange_body(x, 200,
		      "application/openmetrics-text; version=1.0.0; "
		      "charset=utf-8",
		      opened, len);
}
