#include "jobs/verdict.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/times.h"
#include "records/json.h"

enum field { CODE, CLASS, REASON, NOT_BEFORE, FIELDS };

static const char *const fields[FIELDS] = {
	[CODE] = "code",
	[CLASS] = "class",
	[REASON] = "reason",
	[NOT_BEFORE] = "not_before",
};

/* One line of `failures`. */
struct report {
	int code;
	enum outcome_class class;
	int64_t not_before;
	struct json_span reason;
};

/* Where a text of len bytes is cut so that no UTF-8 sequence is. */
static size_t
cut(const char *text, size_t len, size_t most)
{
	if (len <= most)
		return len;
	while (most > 0 && ((unsigned char)text[most] & 0xc0) == 0x80)
		most--;
	return most;
}

static void
keep_cause(struct verdict *verdict, const struct json_span *reason)
{
	char *text = json_text(reason);
	size_t len;

	verdict->cause[0] = '\0';
	if (text == NULL)
		return;
	len = cut(text, strlen(text), VERDICT_CAUSE - 1);
	memcpy(verdict->cause, text, len);
	verdict->cause[len] = '\0';
	free(text);
}

static int64_t
time_of(const struct json_span *span)
{
	int64_t at = 0;

	if (span->type != JSON_STRING || span->escaped ||
	    !times_parse(span->at, span->len, &at))
		return 0;
	return at > 0 ? at : 0;
}

/* What it says itself, unless that is nothing: then what its code tells. */
static enum outcome_class
class_of(const struct json_span *span, int code)
{
	enum outcome_class class = OUTCOME_NONE;
	char *name = json_text(span);

	if (name != NULL)
		class = outcome_from_name(name);
	free(name);
	return class != OUTCOME_NONE ? class : outcome_of_code(code);
}

/* False: no line that tells of a failure. */
static bool
read_report(const struct json_paths *paths, const char *line, size_t len,
	    struct report *report)
{
	struct json_span spans[FIELDS];
	struct json_error error;
	int64_t code;

	if (json_scan(paths, line, len, spans, &error) != 0 ||
	    !json_int(&spans[CODE], &code) || code < 1 || code > 255 ||
	    code == EX_PARTIAL)
		return false;
	*report = (struct report){
		.code = code == 1 ? EX_SOFTWARE : (int)code,
		.class = class_of(&spans[CLASS], (int)code),
		.not_before = time_of(&spans[NOT_BEFORE]),
		.reason = spans[REASON],
	};
	return true;
}

static bool
is_worse(int code, int than)
{
	return outcome_worst(than, code) != than;
}

/* As bad as what stands: the first line speaks, every line's hint counts. */
static void
weigh(struct verdict *verdict, const struct report *report, bool *from_line)
{
	bool worse = is_worse(report->code, verdict->code);
	bool equal = !worse && !is_worse(verdict->code, report->code);

	if (worse || (equal && !*from_line)) {
		verdict->code = report->code;
		verdict->class = report->class;
		verdict->not_before = report->not_before;
		keep_cause(verdict, &report->reason);
		*from_line = true;
	} else if (equal && report->not_before > verdict->not_before) {
		verdict->not_before = report->not_before;
	}
}

/* A code that says nothing when some line says more: a shell's plain 1, and
 * the death of one whose reader went away. */
static bool
is_vague(int code)
{
	return code == 1 || code == 128 + SIGPIPE;
}

void
verdict_reach(int code, const char *failures, size_t len,
	      struct verdict *verdict)
{
	struct json_paths *paths;
	struct report report;
	const char *line = failures, *end;
	bool from_line = false;

	*verdict = (struct verdict){ .code = code,
				     .class = outcome_of_code(code) };
	if (code == EX_OK || code == EX_PARTIAL)
		return;
	if (is_vague(code))
		verdict->code = EX_OK;
	paths = json_paths(fields, FIELDS);
	for (; len > 0; len -= (size_t)(end - line), line = end) {
		end = memchr(line, '\n', len);
		if (end == NULL)
			break;
		end++;
		if (read_report(paths, line, (size_t)(end - line), &report))
			weigh(verdict, &report, &from_line);
	}
	json_paths_free(paths);
	if (verdict->code == EX_OK)
		verdict->code = EX_SOFTWARE;
}
