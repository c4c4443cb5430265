#include "web/wish.h"

#include <stdio.h>
#include <string.h>

#include "base/cli.h"
#include "base/times.h"
#include "guard/bearer.h"
#include "records/json.h"

enum { KEYS = 8 };

static const char *const names[KEYS + 1] = { "force",  "replace",  "drain",
					     "reason", "if_epoch", "client",
					     "to",     "before",   NULL };

static const char *const kinds[KEYS] = {
	"true or false",	 "true or false",
	"true or false",	 "a text of at most 255 bytes",
	"a whole number from 0", "a whole number from 0",
	"open, closed or auto",	 "a time, a day, or an age such as 90d",
};

static bool
read_number(const struct json_span *span, int64_t *number)
{
	return json_int(span, number) && *number >= 0;
}

static bool
read_point(const struct json_span *span, int64_t now, int64_t *ms)
{
	char text[TIMES_SIZE * 2];

	return json_copy(span, text, sizeof(text)) &&
	       times_parse_point(text, now, ms) && *ms > 0;
}

static bool
read_to(const struct json_span *span, char out[16])
{
	return json_copy(span, out, 16) &&
	       (strcmp(out, "open") == 0 || strcmp(out, "closed") == 0 ||
		strcmp(out, "auto") == 0);
}

static bool
read_value(struct wish *wish, enum wish_key key, const struct json_span *value,
	   int64_t now)
{
	switch (key) {
	case WISH_FORCE:
		return json_flag(value, &wish->force);
	case WISH_REPLACE:
		return json_flag(value, &wish->replace);
	case WISH_DRAIN:
		return json_flag(value, &wish->drain);
	case WISH_REASON:
		if (!json_copy(value, wish->reason, sizeof(wish->reason)))
			return false;
		bearer_hide(wish->reason); /* it is kept, and shown to all */
		return true;
	case WISH_IF_EPOCH:
		return read_number(value, &wish->if_epoch);
	case WISH_CLIENT:
		return read_number(value, &wish->client);
	case WISH_TO:
		return read_to(value, wish->to);
	case WISH_BEFORE:
		return read_point(value, now, &wish->before);
	default:
		return false;
	}
}

/* A key that is not known here: with the nearest one that is. */
static void
tell_unknown(const struct json_span *key, unsigned known, char why[WISH_WHY])
{
	const char *here[KEYS + 1], *near = NULL;
	char given[64];
	size_t i, count = 0;

	for (i = 0; i < KEYS; i++)
		if ((known & 1u << i) != 0)
			here[count++] = names[i];
	here[count] = NULL;
	if (json_copy(key, given, sizeof(given)))
		near = cli_nearest(given, here);
	else
		snprintf(given, sizeof(given), "%.*s...",
			 key->len < 40 ? (int)key->len : 40, key->at);
	snprintf(why, WISH_WHY, "'%s' is no key of this request%s%s%s", given,
		 near != NULL ? "; did you mean '" : "",
		 near != NULL ? near : "", near != NULL ? "'?" : "");
}

static int
read_members(struct wish *wish, unsigned known, const struct json_span *object,
	     int64_t now, char why[WISH_WHY])
{
	struct json_walk walk = json_walk(object);
	struct json_span key, value;
	unsigned given = 0;

	while (json_next(&walk, &key, &value)) {
		unsigned i = 0;

		while (i < KEYS &&
		       ((known & 1u << i) == 0 || !json_is(&key, names[i])))
			i++;
		if (i == KEYS) {
			tell_unknown(&key, known, why);
			return -1;
		}
		if ((given & 1u << i) != 0) {
			snprintf(why, WISH_WHY, "'%s' comes twice", names[i]);
			return -1;
		}
		given |= 1u << i;
		if (value.type != JSON_NULL &&
		    !read_value(wish, (enum wish_key)(1u << i), &value, now)) {
			snprintf(why, WISH_WHY, "'%s' is not %s", names[i],
				 kinds[i]);
			return -1;
		}
	}
	return 0;
}

int
wish_read(struct wish *wish, unsigned known, const char *body, size_t len,
	  int64_t now, char why[WISH_WHY])
{
	static const char *const whole[] = { "" };
	struct json_paths *paths = json_paths(whole, 1);
	struct json_error error;
	struct json_span span;
	int result = -1;

	*wish = (struct wish){ .if_epoch = -1, .client = -1 };
	if (len == 0)
		result = 0;
	else if (json_scan(paths, body, len, &span, &error) != 0)
		snprintf(why, WISH_WHY, "the body is no JSON: %s at byte %zu",
			 error.why, error.at + 1);
	else if (span.type != JSON_OBJECT)
		snprintf(why, WISH_WHY, "the body is no JSON object");
	else
		result = read_members(wish, known, &span, now, why);
	json_paths_free(paths);
	return result;
}
