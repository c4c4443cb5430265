#include "web/joblog.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"
#include "look/logspan.h"
#include "look/logwatch.h"
#include "web/exchange.h"
#include "web/jobboard.h"

enum {
	LINES = 1000,
	MOST_LINES = 1000000,
	LEAST = 16 << 10, /* longer than any line */
	USUAL = 1 << 20,
	MOST = 4 << 20
};

static const char type[] = "text/plain; charset=utf-8";

/* Which part of the log is asked for. */
struct wish {
	const char *after, *before;
	int64_t since, lines, limit;
};

/* The part that is given; over: nothing will be added to the log. */
struct part {
	int64_t from, to;
	bool over;
};

static bool
is_position(struct exchange *x, const char *name, const char **text)
{
	*text = exchange_argument(x, name);
	if (*text == NULL || logspan_is_position(*text))
		return true;
	exchange_refusef(x, 400, "bad_argument", NULL,
			 "%s is a position, as Pulse-Log-Next gives it", name);
	return false;
}

/* False: refused. */
static bool
read_wish(struct exchange *x, struct wish *wish)
{
	static const struct exchange_range lines = { 0, MOST_LINES, LINES },
					   limit = { LEAST, MOST, USUAL };

	if (!is_position(x, "after", &wish->after) ||
	    !is_position(x, "before", &wish->before) ||
	    !exchange_time(x, "since", clock_now(), &wish->since) ||
	    !exchange_number(x, "tail", &lines, &wish->lines) ||
	    !exchange_number(x, "limit", &limit, &wish->limit))
		return false;
	if (!!wish->after + !!wish->before + !!wish->since < 2 &&
	    ((wish->after == NULL && wish->since == 0) ||
	     exchange_argument(x, "tail") == NULL))
		return true;
	exchange_refuse(x, 400, "bad_argument",
			"one of after, since, before, and tail alone or with "
			"before",
			NULL);
	return false;
}

/* Up to the end of the log; a line that is still being written is none. */
static int64_t
end_of(const struct logspan *span, bool over)
{
	return over ? span->end : logspan_line(span, span->end);
}

static void
cut(const struct logspan *span, const struct wish *wish, struct part *part)
{
	int64_t end = end_of(span, part->over);

	if (wish->after != NULL || wish->since != 0) {
		part->from = wish->after != NULL
				     ? logspan_find(span, wish->after)
				     : logspan_since(span, wish->since);
		part->to = end;
		if (part->to - part->from > wish->limit)
			part->to = logspan_line(span, part->from + wish->limit);
	} else {
		part->to = wish->before != NULL
				   ? logspan_find(span, wish->before)
				   : end;
		if (part->to > end)
			part->to = end;
		part->from = part->to - wish->limit;
		if (part->from > 0)
			part->from = logspan_next_line(span, part->from);
		part->from = logspan_back(span, part->to,
					  part->from > 0 ? part->from : 0,
					  (size_t)wish->lines);
	}
	if (part->from > part->to)
		part->from = part->to;
}

static void
set_heads(struct exchange *x, const struct logspan *span,
	  const struct part *part)
{
	bool ended = part->over && part->to == span->end;
	char position[LOGSPAN_POSITION];

	logspan_position(span, part->from, position);
	httpd_set_header(x->reply, "Pulse-Log-First", position);
	logspan_position(span, part->to, position);
	httpd_set_header(x->reply, "Pulse-Log-Next", position);
	httpd_set_header(x->reply, "Pulse-Log-End", ended ? "true" : "false");
}

static void
refuse_log(struct exchange *x)
{
	exchange_refusef(x, 500, "unreadable", NULL,
			 "cannot read 'run/%s/log': %s", x->parts[0],
			 strerror(errno));
}

static void
give_part(struct exchange *x, const struct logspan *span,
	  const struct wish *wish, bool over)
{
	struct part part = { .over = over };
	char *bytes;
	int64_t n;

	cut(span, wish, &part);
	bytes = msg_calloc((size_t)(part.to - part.from) + 1, 1);
	n = logspan_read(span, part.from, bytes, (size_t)(part.to - part.from));
	if (n < 0) {
		free(bytes);
		refuse_log(x);
		return;
	}
	part.to = part.from + n;
	set_heads(x, span, &part);
	exchange_body(x, 200, type, bytes, (size_t)n);
}

struct download {
	struct logspan span;
	int64_t at, to;
};

static ssize_t
more(void *arg, char *out, size_t size)
{
	struct download *download = arg;
	int64_t left = download->to - download->at, n;

	if ((int64_t)size > left)
		size = (size_t)left;
	n = size == 0 ? 0
		      : logspan_read(&download->span, download->at, out, size);
	if (n <= 0)
		return -1;
	download->at += n;
	return (ssize_t)n;
}

static void
drop(void *arg)
{
	struct download *download = arg;

	logspan_close(&download->span);
	free(download);
}

/* Read as it is sent: a log may have 32 MiB. */
static void
give_all(struct exchange *x, const struct logspan *span, bool over)
{
	struct download *download = msg_calloc(1, sizeof(*download));
	struct part part = { 0, end_of(span, over), over };
	char name[FOLDER_ID + 64];

	*download = (struct download){ *span, 0, part.to };
	snprintf(name, sizeof(name), "attachment; filename=\"%s.log\"",
		 x->parts[0]);
	httpd_status(x->reply, 200);
	httpd_set_header(x->reply, "Content-Type", type);
	httpd_set_header(x->reply, "Content-Disposition", name);
	set_heads(x, span, &part);
	httpd_stream(x->reply, more, drop, download);
	exchange_send(x);
}

/* ?download has no value. */
static void
look_for_download(void *arg, const char *name, const char *value)
{
	bool *found = arg;

	(void)value;
	*found = *found || strcmp(name, "download") == 0;
}

static void
answer(struct exchange *x, int folder)
{
	/* Asked before the log is read: what is said last is in it then. */
	bool over = logwatch_is_over(folder);
	struct logspan span;
	struct wish wish;
	bool all = false;

	httpd_each_argument(x->request, look_for_download, &all);
	if (!all && !read_wish(x, &wish))
		return;
	if (logspan_open(&span, folder) != 0) {
		refuse_log(x);
	} else if (all) {
		give_all(x, &span, over);
	} else {
		give_part(x, &span, &wish, over);
		logspan_close(&span);
	}
}

/* Is it one that state.db knows, whose folder was deleted since? */
static bool
was_there(struct overview *o, const char *id)
{
	enum outcome_class class;
	struct journal_run run;
	char *why;
	struct journal *journal = overview_journal(o, &why, &class);

	free(why);
	return journal != NULL && journal_find_run(journal, id, &run) == 1;
}

void
joblog_answer(struct exchange *x)
{
	struct overview *o = jobboard_look(x->web->board);
	int64_t client, run;
	char job[NAMES_SIZE];
	int folder = -1;

	if (folder_parse(x->parts[0], &client, job, &run))
		folder = folder_open(&o->rooms, x->parts[0]);
	if (folder >= 0) {
		answer(x, folder);
		close(folder);
	} else if (was_there(o, x->parts[0])) {
		exchange_refuse(x, 410, "gone",
				"the log of this run is no longer kept", NULL);
	} else {
		exchange_refuse(x, 404, "no_such_run", "there is no such run",
				"GET /api/v1/runs lists them");
	}
}
