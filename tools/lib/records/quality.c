#include "records/quality.h"

#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/jsonw.h"
#include "base/msg.h"
#include "base/times.h"

enum { A_DAY = 86400000, CLOCKS_DIFFER = 300000 };

struct rule {
	const char *name;
	int64_t broken;
};

struct part { /* how many of how many */
	int64_t some, all;
};

struct entry {
	const struct rules_type *type; /* NULL: no record */
	int64_t client;
	int64_t checked, passed;
	struct part complete, consistent, timely;
	struct rule *rules;
	size_t rule_count;
};

struct quality {
	struct entry *entries;
	size_t count;
	int64_t now;
	struct jsonw w;
};

struct quality *
quality_new(void)
{
	struct quality *quality = msg_calloc(1, sizeof(*quality));

	quality->now = clock_now();
	return quality;
}

static void
forget(struct quality *q)
{
	size_t i;

	for (i = 0; i < q->count; i++)
		free(q->entries[i].rules);
	free(q->entries);
	q->entries = NULL;
	q->count = 0;
}

void
quality_free(struct quality *quality)
{
	if (quality == NULL)
		return;
	forget(quality);
	jsonw_free(&quality->w);
	free(quality);
}

static struct entry *
find(struct quality *q, const struct rules_type *type, int64_t client)
{
	size_t i;

	for (i = 0; i < q->count; i++)
		if (q->entries[i].type == type &&
		    q->entries[i].client == client)
			return &q->entries[i];
	q->entries =
		msg_realloc(q->entries, (q->count + 1) * sizeof(*q->entries));
	q->entries[q->count] = (struct entry){ .type = type, .client = client };
	return &q->entries[q->count++];
}

static void
count_rule(struct entry *e, const char *name)
{
	size_t i;

	for (i = 0; i < e->rule_count; i++)
		if (e->rules[i].name == name) {
			e->rules[i].broken++;
			return;
		}
	e->rules =
		msg_realloc(e->rules, (e->rule_count + 1) * sizeof(*e->rules));
	e->rules[e->rule_count++] = (struct rule){ name, 1 };
}

static bool
is_timely(const struct json_span *fetched_at, int64_t now)
{
	int64_t at;

	return fetched_at->type == JSON_STRING &&
	       times_parse(fetched_at->at, fetched_at->len, &at) &&
	       now - at <= A_DAY && at - now <= CLOCKS_DIFFER;
}

static void
count_fields(struct entry *e, const struct json_span *spans, int64_t now)
{
	const struct rules_type *type = e->type;
	size_t i;

	for (i = 0; i < type->field_count; i++) {
		enum json_type found = spans[type->fields[i].span].type;

		e->complete.some += found != JSON_ABSENT && found != JSON_NULL;
	}
	e->complete.all += (int64_t)type->field_count;
	e->timely.some += is_timely(&spans[RULES_FETCHED_AT], now);
	e->timely.all++;
	e->consistent.all += (int64_t)rules_consistency(type);
	e->consistent.some += (int64_t)rules_consistency(type);
}

void
quality_count(struct quality *quality, const struct rules_type *type,
	      const struct json_span *spans, const struct rules_broken *broken)
{
	int64_t client = 0;
	struct entry *e;
	size_t i;

	if (type != NULL)
		json_int(&spans[RULES_CLIENT], &client);
	e = find(quality, type, client);
	e->checked++;
	e->passed += broken->count == 0;
	if (type != NULL)
		count_fields(e, spans, quality->now);
	for (i = 0; i < broken->count; i++) {
		count_rule(e, broken->rules[i]);
		if (type != NULL &&
		    rules_is_consistency(type, broken->rules[i]))
			e->consistent.some--;
	}
}

/* Four digits; null when there was nothing to count. */
static void
write_part(struct jsonw *w, const char *name, struct part part)
{
	jsonw_key(w, name);
	if (part.all == 0)
		jsonw_null(w);
	else
		jsonw_real(w,
			   floor((double)part.some / (double)part.all * 10000) /
				   10000);
}

static void
write_entry(struct jsonw *w, const struct entry *e, int64_t now)
{
	const char *name = e->type == NULL ? "none" : e->type->name;
	size_t i;

	jsonw_reset(w);
	jsonw_open(w, '{');
	jsonw_key(w, "type");
	jsonw_string(w, "quality");
	jsonw_key(w, "client");
	jsonw_int(w, e->client);
	jsonw_key(w, "of");
	jsonw_string(w, name != NULL ? name : "unknown");
	jsonw_key(w, "at");
	jsonw_time(w, now);
	jsonw_key(w, "checked");
	jsonw_int(w, e->checked);
	jsonw_key(w, "passed");
	jsonw_int(w, e->passed);
	jsonw_key(w, "rejected");
	jsonw_int(w, e->checked - e->passed);
	write_part(w, "completeness", e->complete);
	write_part(w, "accuracy", (struct part){ e->passed, e->checked });
	write_part(w, "consistency", e->consistent);
	write_part(w, "timeliness", e->timely);
	jsonw_key(w, "rules");
	jsonw_open(w, '{');
	for (i = 0; i < e->rule_count; i++) {
		jsonw_key(w, e->rules[i].name);
		jsonw_int(w, e->rules[i].broken);
	}
	jsonw_close(w, '}');
	jsonw_close(w, '}');
}

void
quality_write(struct quality *quality, struct ndjson_out *out)
{
	size_t i;

	for (i = 0; i < quality->count; i++) {
		write_entry(&quality->w, &quality->entries[i], quality->now);
		ndjson_put(out, quality->w.text, quality->w.len);
		ndjson_put(out, "\n", 1);
	}
	forget(quality);
	quality->now = clock_now();
}
