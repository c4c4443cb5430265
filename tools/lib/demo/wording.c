#include "demo/wording.h"

#include <stdio.h>
#include <string.h>

static const char *const subjects[] = {
	"Checkout fails",    "Invoice totals",	   "Rückerstattung",
	"検索結果",	     "Card token refresh", "Push notification",
	"Nightly export",    "Login with passkey", "\"Remember me\" box",
	"Currency rounding", "Crash on start-up",  "Zoë's dashboard",
	"API quota page",    "Dark mode",	   "Übersicht der Filialen",
};
static const char *const predicates[] = {
	"when the cart is empty",
	"for customers in Norway 🇳🇴",
	"after the second retry",
	"im Safari-Browser",
	"must not block the worker",
	"shows yesterday's figures",
	"に時間がかかる",
	"needs an audit trail",
	"on slow networks",
	"loses the \\ in paths",
	"before the month is closed",
	"with more than 1 000 rows",
};

static const char *const words[] = {
	"the",	   "invoice",	 "page",   "must",     "not",	   "retry",
	"when",	   "a",		 "card",   "token",    "expires",  "while",
	"user",	   "waits",	 "for",	   "checkout", "and",	   "Größe",
	"naïve",   "rounding",	 "of",	   "totals",   "is",	   "wrong",
	"we",	   "should",	 "log",	   "each",     "step",	   "決済",
	"失敗",	   "так",	 "cache",  "keeps",    "stale",	   "prices",
	"after",   "deploy",	 "see",	   "graph",    "below",	   "and",
	"compare", "\"before\"", "with",   "C:\\tmp",  "numbers",  "in",
	"staging", "🚀",		 "please", "check",    "timezone", "offsets",
};

void
wording_summary(const struct tracker *tracker,
		const struct tracker_issue *issue, int32_t wording, char *out,
		size_t size)
{
	const struct world_incident *incident;
	const struct world *world = tracker->world;
	uint64_t z = (uint64_t)issue->id * 0x9e3779b97f4a7c15u;
	char key[TRACKER_KEY_SIZE];
	const char *subject, *predicate;
	size_t i;

	z ^= z >> 29;
	subject = subjects[z % (sizeof(subjects) / sizeof(subjects[0]))];
	z = z * 31 + (uint64_t)wording;
	predicate =
		predicates[z % (sizeof(predicates) / sizeof(predicates[0]))];
	snprintf(out, size, "%s %s", subject, predicate);
	if (catalog_types[issue->value[TRACKER_TYPE]].kind != CATALOG_INCIDENT)
		return;
	tracker_key(tracker, issue, key);
	for (i = 0; i < world->incident_count; i++) {
		incident = &world->incidents[i];
		if (strcmp(incident->key, key) == 0 && incident->title != NULL)
			snprintf(out, size, "%s%s", incident->title,
				 wording == 0 ? "" : " (updated)");
	}
}

void
wording_paragraph(const struct tracker *tracker, unsigned number,
		  char out[WORDING_SIZE])
{
	uint64_t chance = world_stream(tracker->world, "paragraph", number);
	unsigned n, count = 24 + world_below(&chance, 40);
	size_t len = 0;

	for (n = 0; n < count; n++)
		len += (size_t)snprintf(
			out + len, WORDING_SIZE - len, "%s%s",
			n == 0 ? "" : " ",
			words[world_below(&chance,
					  sizeof(words) / sizeof(words[0]))]);
}
