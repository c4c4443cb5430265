/*
 * judge - what becomes of one line of a stream: it passes, it is dropped, or it
 * is diverted, and why.
 *
 *   struct judge *judge = judge_new(rules);
 *   judge->strict = true; ...
 *   verdict = judge_line(judge, &line);
 *   judge_free(judge);                            what it borrows stays
 */
#ifndef PULSE_JUDGE_H
#define PULSE_JUDGE_H

#include <stdbool.h>
#include <stddef.h>

#include "records/control.h"
#include "records/filter.h"
#include "records/ndjson.h"
#include "records/quality.h"
#include "records/rules.h"

enum judge_act { JUDGE_PASS, JUDGE_DROP, JUDGE_DIVERT };

struct judge_verdict {
	enum judge_act act;
	bool is_json;
	bool is_record;		/* has a type and data, or is a control line */
	enum control_kind kind; /* CONTROL_NONE: data */
	struct rules_broken broken;
};

struct judge {
	const struct rules *rules; /* borrowed, like the next two */
	struct filter *where;	   /* NULL: nothing is dropped */
	struct quality *quality;   /* NULL: nothing is counted */
	bool strict;		   /* types without a file are diverted */
	struct control *control;
	struct json_span *spans;
	struct judge_verdict verdict;
	char text[160]; /* of the rule that an unreadable line breaks */
};

struct judge *judge_new(const struct rules *rules);
void judge_free(struct judge *judge);

/* Borrowed until the next call. */
const struct judge_verdict *judge_line(struct judge *judge,
				       const struct ndjson_line *line);

#endif
