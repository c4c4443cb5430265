#include "measure/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/msg.h"
#include "base/window.h"
#include "base/zones.h"

enum { FEW = 8 };

/* "a, b, c", or "" where they are many; allocated. */
static char *
list_few(const char *const *known)
{
	char *text = msg_strdup(""), *longer;
	size_t i;

	for (i = 0; known[i] != NULL && i <= FEW; i++) {
		longer = msg_text("%s%s%s", text, i > 0 ? ", " : "", known[i]);
		free(text);
		text = longer;
	}
	if (i > FEW)
		*text = '\0';
	return text;
}

char *
request_unknown(const char *what, const char *word, const char *const *known)
{
	const char *near = cli_nearest(word, known);
	char *few, *why;

	if (near != NULL)
		return msg_text("unknown %s '%s': did you mean %s", what, word,
				near);
	few = list_few(known);
	why = *few == '\0' ? msg_text("unknown %s '%s'", what, word)
			   : msg_text("unknown %s '%s': there is %s", what,
				      word, few);
	free(few);
	return why;
}

/* 0 where it is not. */
static size_t
place_of(const char *const *names, const char *word)
{
	size_t i;

	for (i = 0; names[i] != NULL && strcmp(names[i], word) != 0; i++)
		;
	return names[i] == NULL ? 0 : i + 1;
}

static char *
unknown_grouping(const char *word)
{
	const char *known[FRAME_KINDS + FRAME_SPANS + 1];
	size_t n = 0, i;

	for (i = 0; frame_by_names[i] != NULL; i++)
		known[n++] = frame_by_names[i];
	for (i = 1; frame_every_names[i] != NULL; i++)
		known[n++] = frame_every_names[i];
	known[n] = NULL;
	return request_unknown("grouping", word, known);
}

static char *
read_grouping(struct request *r, const char *word)
{
	size_t every = place_of(frame_every_names + 1, word);
	size_t kind = place_of(frame_by_names, word);

	if (every == 0 && kind == 0)
		return unknown_grouping(word);
	if ((every > 0 && r->every != FRAME_WHOLE) ||
	    (kind > 0 && r->kind != FRAME_ALL))
		return msg_text(
			"cannot group by '%s': at most one kind of group "
			"and one of day, week and month",
			r->by);
	if (every > 0)
		r->every = (enum frame_every)every;
	else
		r->kind = (enum frame_by)(kind - 1);
	return NULL;
}

static char *
read_groupings(struct request *r)
{
	char *list, *rest = NULL, *word, *why = NULL;

	r->kind = FRAME_ALL;
	r->every = FRAME_WHOLE;
	if (r->by == NULL)
		return NULL;
	if (r->by[strspn(r->by, ", ")] == '\0')
		return msg_text("unknown grouping '%s'", r->by);
	list = msg_strdup(r->by);
	for (word = strtok_r(list, ", ", &rest); word != NULL && why == NULL;
	     word = strtok_r(NULL, ", ", &rest))
		why = read_grouping(r, word);
	free(list);
	return why;
}

char *
request_read(struct request *r, int64_t now_ms)
{
	struct window window = { r->since, r->until, NULL, 0, 0 };
	char *why = NULL;

	if (r->zone == NULL)
		r->zone = "UTC";
	if (!zones_exists(r->zone))
		return msg_text("unknown zone '%s': use a name such as "
				"Europe/Berlin",
				r->zone);
	window.zone = r->zone;
	if (!window_read(&window, now_ms, &why))
		return why;
	r->from = window.since;
	r->to = window.until;
	/* To the minute, so that the same call soon asks the same. */
	r->now = now_ms / 60000 * 60;
	if (r->now > r->to)
		r->now = r->to;
	return read_groupings(r);
}

/* "repo, service, week or month"; allocated. */
static char *
known_groupings(const struct metric *metric)
{
	size_t count = metric->by.count + metric->every.count, i;
	char *text = msg_strdup("");

	for (i = 0; i < count; i++) {
		const char *word =
			i < metric->by.count
				? metric->by.items[i]
				: metric->every.items[i - metric->by.count];
		const char *between = i == 0	       ? ""
				      : i + 1 == count ? " or "
						       : ", ";
		char *longer = msg_text("%s%s%s", text, between, word);

		free(text);
		text = longer;
	}
	return text;
}

char *
request_refuse(const struct request *r, const struct metric *metric)
{
	const char *kind = frame_by_names[r->kind];
	const char *every = frame_every_names[r->every];
	const char *unknown = NULL;
	char *known, *why;

	if (r->kind != FRAME_ALL && !metric_has_word(&metric->by, kind))
		unknown = kind;
	else if (every != NULL && !metric_has_word(&metric->every, every))
		unknown = every;
	if (unknown == NULL)
		return NULL;
	known = known_groupings(metric);
	why = *known == '\0'
		      ? msg_text("%s cannot be grouped by %s, nor by anything "
				 "else",
				 metric->name, unknown)
		      : msg_text("%s cannot be grouped by %s, but by %s",
				 metric->name, unknown, known);
	free(known);
	return why;
}

void
request_frame(const struct request *r, const struct metric *metric,
	      struct frame *frame)
{
	struct request preset = *r;

	if (r->by == NULL && metric->default_by != NULL) {
		preset.by = metric->default_by;
		free(read_groupings(&preset));
	}
	frame->since = r->from;
	frame->until = r->to;
	frame->now = r->now;
	frame->zone = r->zone;
	frame->scope = r->scope;
	frame->every = preset.every;
	frame->by = preset.kind;
}
