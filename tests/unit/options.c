/* options: which types --types names, whole or by their short names. */
#include "net/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;

#define CHECK(truth)                                                           \
	do {                                                                   \
		if (!(truth)) {                                                \
			printf("%s:%d: %s\n", __FILE__, __LINE__, #truth);     \
			failures++;                                            \
		}                                                              \
	} while (0)

static const char *const types[] = { "jira_issue", "jira_change", "jira_user",
				     NULL };
static const struct source_kind kind = { "jira", "jira_job", types };

static void
unknown_is(const struct source_opts *opts, const char *word)
{
	char *unknown = options_unknown_type(opts, &kind);

	CHECK(word == NULL ? unknown == NULL
			   : unknown != NULL && strcmp(unknown, word) == 0);
	free(unknown);
}

int
main(void)
{
	const char *items[] = { "issue,jira_user", "change" };
	struct source_opts opts;

	unsetenv("PULSE_RUN_DIR");
	source_defaults(&opts);
	CHECK(opts.connections == 5 && opts.max_wait == 3600000);
	setenv("PULSE_RUN_DIR", "/tmp", 1);
	source_defaults(&opts);
	CHECK(opts.max_wait == 60000);

	CHECK(options_want(&opts, &kind, "jira_issue"));
	unknown_is(&opts, NULL);
	opts.types.items = items;
	opts.types.count = 1;
	CHECK(options_want(&opts, &kind, "jira_issue"));
	CHECK(options_want(&opts, &kind, "jira_user"));
	CHECK(!options_want(&opts, &kind, "jira_change"));
	opts.types.count = 2;
	CHECK(options_want(&opts, &kind, "jira_change"));
	unknown_is(&opts, NULL);
	items[1] = "change,jira_isue,x";
	unknown_is(&opts, "jira_isue");
	items[1] = "iss";
	unknown_is(&opts, "iss");
	return failures > 0;
}
