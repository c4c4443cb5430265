#include "records/judge.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/msg.h"

struct judge *
judge_new(const struct rules *rules)
{
	struct judge *judge = msg_calloc(1, sizeof(*judge));

	judge->rules = rules;
	judge->control = control_new();
	judge->spans = msg_calloc(rules_spans(rules), sizeof(*judge->spans));
	return judge;
}

void
judge_free(struct judge *judge)
{
	if (judge == NULL)
		return;
	control_free(judge->control);
	free(judge->spans);
	free(judge);
}

static void
divert(struct judge_verdict *v, const char *broken)
{
	v->act = JUDGE_DIVERT;
	v->broken.rules[0] = broken;
	v->broken.count = 1;
}

/* A line that cannot be read at all; it is counted without its place. */
static void
judge_unreadable(struct judge *judge, const char *rule, size_t at)
{
	snprintf(judge->text, sizeof(judge->text), "%s, at byte %zu", rule,
		 at + 1);
	divert(&judge->verdict, judge->text);
	if (judge->quality != NULL)
		quality_count(judge->quality, NULL, NULL,
			      &(struct rules_broken){ { rule }, 1 });
}

static void
judge_control(struct judge *judge, const struct ndjson_line *line)
{
	struct judge_verdict *v = &judge->verdict;
	const char *broken =
		control_broken(judge->control, &v->kind, line->text, line->len);

	if (broken != NULL)
		divert(v, broken);
}

static bool
has_type(const struct judge *judge)
{
	return judge->spans[RULES_TYPE].type == JSON_STRING;
}

/* What is wrong with a line whose type has no rules, or NULL. */
static const char *
check_unknown(const struct judge *judge)
{
	const struct json_span *type = &judge->spans[RULES_TYPE];

	if (type->doubled)
		return "type: doubled";
	if (!has_type(judge))
		return "no record: no type";
	return judge->strict ? "type: unknown" : NULL;
}

static enum judge_act
ask_where(struct judge *judge, const struct ndjson_line *line)
{
	const char *why;
	int wanted = judge->where == NULL
			     ? 1
			     : filter_test(judge->where, line->text, line->len,
					   &why);

	if (wanted < 0)
		divert(&judge->verdict, "where: fails on this record");
	return wanted < 0 ? JUDGE_DIVERT : wanted > 0 ? JUDGE_PASS : JUDGE_DROP;
}

static void
judge_record(struct judge *judge, const struct ndjson_line *line,
	     const struct rules_type *type)
{
	struct judge_verdict *v = &judge->verdict;
	const char *unknown = NULL;

	if (type->name != NULL)
		rules_check(type, judge->spans, line->text, line->len,
			    &v->broken);
	else if ((unknown = check_unknown(judge)) != NULL)
		divert(v, unknown);
	v->act = v->broken.count > 0 ? JUDGE_DIVERT : ask_where(judge, line);
	if (judge->quality != NULL && v->act != JUDGE_DROP)
		quality_count(judge->quality, has_type(judge) ? type : NULL,
			      judge->spans, &v->broken);
}

const struct judge_verdict *
judge_line(struct judge *judge, const struct ndjson_line *line)
{
	struct judge_verdict *v = &judge->verdict;
	const struct rules_type *type;
	struct json_error error;

	v->act = JUDGE_PASS;
	v->is_json = v->is_record = false;
	v->kind = CONTROL_NONE;
	v->broken.count = 0;
	if (line->too_long) {
		judge_unreadable(judge, "longer than 16 MiB", NDJSON_LONGEST);
		return v;
	}
	if (line->torn) {
		judge_unreadable(judge, "torn: no newline", line->len);
		return v;
	}
	type = rules_scan(judge->rules, line->text, line->len, judge->spans,
			  &error);
	if (type == NULL) {
		judge_unreadable(judge, error.why, error.at);
		return v;
	}
	v->is_json = true;
	if (type->name == NULL)
		v->kind = control_kind(&judge->spans[RULES_TYPE]);
	v->is_record = v->kind != CONTROL_NONE ||
		       (has_type(judge) &&
			judge->spans[RULES_DATA].type == JSON_OBJECT);
	if (v->kind != CONTROL_NONE)
		judge_control(judge, line);
	else
		judge_record(judge, line, type);
	return v;
}
