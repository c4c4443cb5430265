/* verdict: how a run ended, from its script's code and its tools' lines. */
#include "jobs/verdict.h"
#include "check.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define LINE(code, class, reason)                                              \
	"{\"tool\":\"t\",\"code\":" #code                                      \
	",\"class\":\"" class "\",\"reason\":\"" reason                        \
			      "\",\"at\":\"2026-11-24T06:00:00.000Z\"}\n"
#define HINT(code, class, at)                                                  \
	"{\"tool\":\"t\",\"code\":" #code                                      \
	",\"class\":\"" class "\",\"reason\":\"r\",\"not_before\":\"" at       \
			      "\"}\n"

struct ending {
	int code;
	const char *failures;
	int want;
	enum outcome_class class;
	const char *cause;
};

static const struct ending endings[] = {
	{ 0, "", 0, OUTCOME_NONE, "" },
	{ 121, "", 121, OUTCOME_NONE, "" },
	/* What the script got over is no failure of the run. */
	{ 0, LINE(75, "network_timeout", "x"), 0, OUTCOME_NONE, "" },
	{ 121, LINE(78, "configuration", "x"), 121, OUTCOME_NONE, "" },
	{ 75, "", 75, OUTCOME_TEMPORARY_SERVICE_ERROR, "" },
	{ 69, "", 69, OUTCOME_SERVICE_DOWN, "" },
	{ 75, LINE(75, "api_rate_limit", "spent"), 75, OUTCOME_API_RATE_LIMIT,
	  "spent" },
	/* The worst counts, whichever side it is on. */
	{ 75, LINE(77, "authentication", "refused"), 77, OUTCOME_AUTHENTICATION,
	  "refused" },
	{ 78, LINE(75, "network_timeout", "slow"), 78, OUTCOME_CONFIGURATION,
	  "" },
	{ 75,
	  LINE(75, "network_timeout", "slow") LINE(74, "disk", "full")
		  LINE(75, "database_lock", "busy"),
	  74, OUTCOME_DISK, "full" },
	{ 64,
	  LINE(70, "bug", "b") LINE(65, "data_format", "d")
		  LINE(64, "usage", "u"),
	  64, OUTCOME_USAGE, "u" },
	/* Of equals the first speaks. */
	{ 75,
	  LINE(75, "network_timeout", "first")
		  LINE(75, "api_rate_limit", "second"),
	  75, OUTCOME_NETWORK_TIMEOUT, "first" },
	/* 126 and 127 rank as 78, crashes as 70. */
	{ 127, LINE(77, "permission", "p"), 127, OUTCOME_CONFIGURATION, "" },
	{ 127, LINE(78, "configuration", "c"), 78, OUTCOME_CONFIGURATION, "c" },
	{ 126, "", 126, OUTCOME_CONFIGURATION, "" },
	{ 139, LINE(75, "network_timeout", "t"), 139, OUTCOME_BUG, "" },
	{ 137, LINE(77, "permission", "p"), 77, OUTCOME_PERMISSION, "p" },
	/* A shell's plain 1 says something only when nobody else does. */
	{ 1, "", 70, OUTCOME_BUG, "" },
	{ 1, LINE(75, "network_timeout", "t"), 75, OUTCOME_NETWORK_TIMEOUT,
	  "t" },
	{ 2, LINE(75, "network_timeout", "t"), 2, OUTCOME_BUG, "" },
	{ 1, LINE(121, "none", "in part"), 70, OUTCOME_BUG, "" },
	/* The death of one whose reader went away is an effect. */
	{ 141, LINE(74, "disk", "full"), 74, OUTCOME_DISK, "full" },
	{ 141, "", 70, OUTCOME_BUG, "" },
	/* Torn and damaged lines are passed over. */
	{ 1, "{\"code\":78,\"class\":\"configuration\"}", 70, OUTCOME_BUG, "" },
	{ 1,
	  "\n\n{}\n[75]\n{\"code\":\"75\"}\n{\"code\":7500}\n{\"code\":-1}\n",
	  70, OUTCOME_BUG, "" },
	{ 75, "\xff\xfe{\n" LINE(74, "disk", "full") "{\"code\":78,", 74,
	  OUTCOME_DISK, "full" },
	/* Without a class the code tells it; an unknown class is a bug's. */
	{ 75, "{\"code\":74}\n", 74, OUTCOME_DISK, "" },
	{ 75, LINE(77, "gremlins", "g"), 77, OUTCOME_BUG, "g" },
	{ 75, LINE(74, "none", "n"), 74, OUTCOME_DISK, "n" },
};

static int
codes_and_lines_give_one_outcome(void)
{
	size_t i;

	for (i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		const struct ending *e = &endings[i];
		struct verdict verdict;

		verdict_reach(e->code, e->failures, strlen(e->failures),
			      &verdict);
		if (verdict.code == e->want && verdict.class == e->class &&
		    strcmp(verdict.cause, e->cause) == 0)
			continue;
		printf("%d with %s: %d %s '%s'\n", e->code, e->failures,
		       verdict.code, outcome_name(verdict.class),
		       verdict.cause);
		return 1;
	}
	return 0;
}

static int
the_latest_hint_of_that_code_counts(void)
{
	static const char lines[] =
		HINT(75, "api_rate_limit", "2026-11-24T06:30:00.000Z")
			HINT(74, "disk", "2026-11-24T09:00:00.000Z")
				HINT(74, "disk", "2026-11-24T08:00:00.000Z")
					HINT(75, "api_rate_limit",
					     "2026-11-24T11:00:00.000Z")
						HINT(74, "disk", "tomorrow");
	static const char quota[] =
		HINT(75, "api_rate_limit", "2026-11-24T06:30:00.000Z")
			HINT(75, "api_rate_limit", "2026-11-24T06:40:00.000Z")
				LINE(75, "network_timeout", "t");
	static const char past[] =
		HINT(75, "api_rate_limit", "1953-11-24T06:30:00.000Z");
	struct verdict verdict;

	verdict_reach(75, lines, sizeof(lines) - 1, &verdict);
	CHECK(verdict.code == 74);
	CHECK(verdict.not_before == 1795510800000); /* 09:00 */
	verdict_reach(75, quota, sizeof(quota) - 1, &verdict);
	CHECK(verdict.class == OUTCOME_API_RATE_LIMIT);
	CHECK(verdict.not_before == 1795502400000); /* 06:40 */
	verdict_reach(78, quota, sizeof(quota) - 1, &verdict);
	CHECK(verdict.not_before == 0);
	verdict_reach(75, past, sizeof(past) - 1, &verdict);
	CHECK(verdict.not_before == 0);
	return 0;
}

/* A cause is cut between characters, and holds what the line escaped. */
static int
causes_are_cut_and_decoded(void)
{
	static char line[4096] = "{\"code\":74,\"reason\":\"\\u00e9\\n";
	struct verdict verdict;
	size_t len = strlen(line);

	while (len < 2000) {
		memcpy(line + len, "\xc3\xa4", 2);
		len += 2;
	}
	memcpy(line + len, "\"}\n", 3);
	verdict_reach(75, line, len + 3, &verdict);
	CHECK(verdict.code == 74);
	CHECK(strncmp(verdict.cause, "\xc3\xa9\n\xc3\xa4", 5) == 0);
	len = strlen(verdict.cause);
	CHECK(len <= VERDICT_CAUSE - 1 && len >= VERDICT_CAUSE - 2);
	CHECK(memcmp(verdict.cause + len - 2, "\xc3\xa4", 2) == 0);
	return 0;
}

int
main(void)
{
	return codes_and_lines_give_one_outcome() ||
	       the_latest_hint_of_that_code_counts() ||
	       causes_are_cut_and_decoded();
}
