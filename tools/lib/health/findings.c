#include "health/findings.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

enum { LONGEST = 1024 };

static char *
copy(const char *text)
{
	return text == NULL ? NULL : msg_strdup(text);
}

void
findings_add(struct findings *findings, const struct finding *finding,
	     const char *format, ...)
{
	struct finding *item;
	char text[LONGEST];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	findings->items =
		msg_realloc(findings->items,
			    (findings->count + 1) * sizeof(*findings->items));
	item = &findings->items[findings->count++];
	*item = *finding;
	item->subject = copy(finding->subject);
	item->value = copy(finding->value);
	item->way_out = copy(finding->way_out);
	item->message = msg_strdup(text);
	if (item->level != FINDING_FAIL)
		item->code = 0;
	else if (item->code == 0)
		item->code = outcome_code(item->class);
}

int
findings_code(const struct findings *findings)
{
	int worst = EX_OK;
	size_t i;

	for (i = 0; i < findings->count; i++) {
		const struct finding *item = &findings->items[i];

		if (item->level == FINDING_FAIL)
			worst = outcome_worst(worst, item->code);
		else if (item->level == FINDING_WARN)
			worst = outcome_worst(worst, EX_PARTIAL);
	}
	return worst;
}

size_t
findings_of(const struct findings *findings, enum finding_level level)
{
	size_t i, count = 0;

	for (i = 0; i < findings->count; i++)
		count += findings->items[i].level == level;
	return count;
}

static void
drop(struct finding *item)
{
	free((char *)item->subject);
	free((char *)item->value);
	free((char *)item->way_out);
	free((char *)item->message);
}

static bool
is_in(const char *const *names, const char *check)
{
	for (; *names != NULL; names++)
		if (strcmp(*names, check) == 0)
			return true;
	return false;
}

void
findings_keep(struct findings *findings, const char *const *names)
{
	size_t i, kept = 0;

	for (i = 0; i < findings->count; i++) {
		if (names != NULL && !is_in(names, findings->items[i].check))
			drop(&findings->items[i]);
		else
			findings->items[kept++] = findings->items[i];
	}
	findings->count = kept;
}

/* A table says less: codes and classes are for programs. */
static void
list_lines(const struct findings *findings, struct listing *list,
	   enum finding_level least)
{
	size_t i;

	for (i = 0; i < findings->count; i++) {
		const struct finding *item = &findings->items[i];
		bool bad = item->level >= FINDING_WARN;

		if (item->level < least)
			continue;
		listing_string(list, "finding");
		listing_string(list, item->check);
		listing_string(list, item->subject);
		listing_int(list, item->client);
		listing_string(list, findings_level(item->level));
		listing_string(list, bad ? outcome_name(item->class) : NULL);
		listing_int(list, item->code);
		listing_string(list, item->value);
		listing_string(list, item->message);
		listing_string(list, item->way_out);
	}
}

static void
list_rows(const struct findings *findings, struct listing *list,
	  enum finding_level least)
{
	size_t i;

	for (i = 0; i < findings->count; i++) {
		const struct finding *item = &findings->items[i];

		if (item->level < least)
			continue;
		listing_string(list, findings_level(item->level));
		listing_string(list, item->check);
		if (item->client > 0)
			listing_int(list, item->client);
		else
			listing_null(list);
		listing_string(list, item->subject);
		listing_string(list, item->message);
		listing_string(list,
			       item->way_out != NULL ? item->way_out : "");
	}
}

void
findings_list(const struct findings *findings, FILE *out,
	      enum listing_format format, enum finding_level least)
{
	static const char *const keys[] = { "type",    "check", "subject",
					    "client",  "level", "class",
					    "code",    "value", "message",
					    "way_out", NULL };
	static const char *const heads[] = { "level",	"check",   "client",
					     "subject", "message", "way_out",
					     NULL };
	bool table = format == LISTING_TABLE;
	struct listing *list = listing_open(out, format, table ? heads : keys);

	if (table)
		list_rows(findings, list, least);
	else
		list_lines(findings, list, least);
	listing_close(list);
}

void
findings_free(struct findings *findings)
{
	size_t i;

	for (i = 0; i < findings->count; i++)
		drop(&findings->items[i]);
	free(findings->items);
	*findings = (struct findings){ 0 };
}

const char *
findings_level(enum finding_level level)
{
	static const char *const names[] = { "ok", "note", "warn", "fail" };

	return names[level];
}
