/* parameters: declared with a default whose kind rules, given as text or as a
 * list. */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "measure/parameters.h"

static const char *
value(const struct parameters *list, const char *name)
{
	const struct parameter *p = parameters_find(list, name);

	return p == NULL ? "" : p->value;
}

static int
declare(struct parameters *list)
{
	static char lines[4][64] = {
		"stale = \"14 - d\" - after how long",
		"sprints = 6 - how many - at most",
		"bug_types = [\"Bug\", \"a - b\"] - what is a bug",
		"empty = [] - nothing",
	};
	char *why = NULL;
	size_t i;

	for (i = 0; i < 4; i++)
		CHECK(parameters_declare(list, lines[i], &why) == 0);
	CHECK(strcmp(value(list, "stale"), "14 - d") == 0);
	CHECK(strcmp(value(list, "sprints"), "6") == 0);
	CHECK(strcmp(parameters_find(list, "sprints")->help,
		     "how many - at most") == 0);
	CHECK(strcmp(value(list, "bug_types"), "[\"Bug\", \"a - b\"]") == 0);
	return 0;
}

static int
refuse(struct parameters *list)
{
	static char lines[5][32] = { "stale", "a = 1", "a = - x",
				     "a = {\"b\": 1} - x", "a = true - x" };
	char *why;
	size_t i;

	for (i = 0; i < 5; i++) {
		why = NULL;
		CHECK(parameters_declare(list, lines[i], &why) == -1);
		CHECK(why != NULL);
		free(why);
	}
	CHECK(list->count == 4);
	return 0;
}

static int
give(struct parameters *list)
{
	static const char *const types[] = { "Defect", "say \"no\"" };
	char *why = NULL;

	CHECK(parameters_give(list, "nobody", "1", &why) == 0);
	CHECK(parameters_give(list, "stale", "30d", &why) == 1);
	CHECK(strcmp(value(list, "stale"), "30d") == 0);
	CHECK(parameters_give(list, "sprints", "2.5", &why) == 1);
	CHECK(parameters_give(list, "bug_types", "Bug, Defect ,,x", &why) == 1);
	CHECK(strcmp(value(list, "bug_types"), "[\"Bug\",\"Defect\",\"x\"]") ==
	      0);
	CHECK(parameters_give_list(list, "bug_types", types, 2, &why) == 1);
	CHECK(strcmp(value(list, "bug_types"),
		     "[\"Defect\",\"say \\\"no\\\"\"]") == 0);
	CHECK(why == NULL);
	CHECK(parameters_give(list, "sprints", "six", &why) == -1);
	CHECK(strcmp(why, "expected a number for 'sprints'") == 0);
	free(why);
	CHECK(parameters_give_list(list, "stale", types, 2, &why) == -1);
	CHECK(strcmp(why, "expected one value and no list for 'stale'") == 0);
	free(why);
	CHECK(strcmp(value(list, "sprints"), "2.5") == 0);
	return 0;
}

int
main(void)
{
	struct parameters list = { 0 };
	int failed = declare(&list) + refuse(&list) + give(&list);

	parameters_free(&list);
	return failed != 0 || list.count != 0;
}
