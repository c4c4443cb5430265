/* outcome: codes, classes, and the order of endings. */
#include <stdio.h>
#include <string.h>

#include "base/outcome.h"
#include "check.h"

/* As the manual lists them, worst first. */
static const int order[] = {
	78, 77, 64, 70, 65, 76, 71, 73, 74, 69, 75, 121, 0
};

enum { CODES = sizeof(order) / sizeof(order[0]) };

static int
test_order(void)
{
	int i, k;

	for (i = 0; i < CODES; i++)
		for (k = 0; k < CODES; k++)
			CHECK(outcome_worst(order[i], order[k]) ==
			      order[i < k ? i : k]);
	/* A missing program is a configuration; 1 and deaths are bugs. */
	CHECK(outcome_worst(127, 77) == 127 && outcome_worst(77, 126) == 126);
	CHECK(outcome_worst(1, 65) == 1 && outcome_worst(1, 64) == 64);
	CHECK(outcome_worst(139, 75) == 139 && outcome_worst(139, 78) == 78);
	CHECK(outcome_worst(0, 255) == 255);
	return 0;
}

static int
test_classes(void)
{
	static const struct {
		enum outcome_class class;
		const char *name;
		int code;
	} known[] = {
		{ OUTCOME_NETWORK_TIMEOUT, "network_timeout", 75 },
		{ OUTCOME_API_RATE_LIMIT, "api_rate_limit", 75 },
		{ OUTCOME_TEMPORARY_SERVICE_ERROR, "temporary_service_error",
		  75 },
		{ OUTCOME_DATABASE_LOCK, "database_lock", 75 },
		{ OUTCOME_SERVICE_DOWN, "service_down", 69 },
		{ OUTCOME_DISK, "disk", 74 },
		{ OUTCOME_AUTHENTICATION, "authentication", 77 },
		{ OUTCOME_PERMISSION, "permission", 77 },
		{ OUTCOME_CONFIGURATION, "configuration", 78 },
		{ OUTCOME_DATA_FORMAT, "data_format", 65 },
		{ OUTCOME_USAGE, "usage", 64 },
		{ OUTCOME_BUG, "bug", 70 },
		{ OUTCOME_SYSTEM, "system", 71 },
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		CHECK(strcmp(outcome_name(known[i].class), known[i].name) == 0);
		CHECK(outcome_from_name(known[i].name) == known[i].class);
		CHECK(outcome_code(known[i].class) == known[i].code);
		CHECK(outcome_code(outcome_of_code(known[i].code)) ==
		      known[i].code);
	}
	CHECK(outcome_from_name("nobody knows") == OUTCOME_BUG);
	CHECK(outcome_of_code(121) == OUTCOME_NONE);
	CHECK(outcome_of_code(73) == OUTCOME_DISK);
	CHECK(outcome_of_code(76) == OUTCOME_DATA_FORMAT);
	CHECK(outcome_of_code(127) == OUTCOME_CONFIGURATION);
	CHECK(outcome_of_code(1) == OUTCOME_BUG);
	CHECK(outcome_of_code(137) == OUTCOME_BUG);
	return 0;
}

int
main(void)
{
	return test_order() || test_classes();
}
