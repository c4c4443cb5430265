/* bands: the shipped sets at their limits (a figure on a limit, and one just
 * beside it), and what a bad file is told. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "measure/bands.h"

static const struct {
	const char *set, *metric, *of;
	double number;
	const char *band;
} cases[] = {
	{ "dora-2023", "lead_time", "value", 0, "elite" },
	{ "dora-2023", "lead_time", "value", 1439, "elite" },
	{ "dora-2023", "lead_time", "value", 1440, "high" },
	{ "dora-2023", "lead_time", "value", 10079, "high" },
	{ "dora-2023", "lead_time", "value", 10080, "medium" },
	{ "dora-2023", "lead_time", "value", 43199, "medium" },
	{ "dora-2023", "lead_time", "value", 43200, "low" },
	{ "dora-2021", "lead_time", "value", 59, "elite" },
	{ "dora-2021", "lead_time", "value", 60, "high" },
	{ "dora-2021", "lead_time", "value", 10080, "medium" },
	{ "dora-2021", "lead_time", "value", 259199, "medium" },
	{ "dora-2021", "lead_time", "value", 259200, "low" },
	{ "dora-2024", "lead_time", "value", 1440, "high" },
	{ "dora-2024", "lead_time", "value", 43200, "low" },
	{ "dora-2023", "change_failure_rate", "value", 0, "elite" },
	{ "dora-2023", "change_failure_rate", "value", 1.0 / 20, "elite" },
	{ "dora-2023", "change_failure_rate", "value", 0.0501, "high" },
	{ "dora-2023", "change_failure_rate", "value", 1.0 / 10, "high" },
	{ "dora-2023", "change_failure_rate", "value", 3.0 / 20, "medium" },
	{ "dora-2023", "change_failure_rate", "value", 0.1501, "low" },
	{ "dora-2021", "change_failure_rate", "value", 3.0 / 20, "elite" },
	{ "dora-2021", "change_failure_rate", "value", 1.0 / 5, "high" },
	{ "dora-2021", "change_failure_rate", "value", 3.0 / 10, "medium" },
	{ "dora-2021", "change_failure_rate", "value", 0.31, "low" },
	{ "dora-2024", "change_failure_rate", "value", 0.05, "elite" },
	{ "dora-2024", "change_failure_rate", "value", 0.10, "medium" },
	{ "dora-2024", "change_failure_rate", "value", 0.20, "high" },
	{ "dora-2024", "change_failure_rate", "value", 0.21, "low" },
	{ "dora-2023", "time_to_restore", "value", 59, "elite" },
	{ "dora-2023", "time_to_restore", "value", 60, "high" },
	{ "dora-2023", "time_to_restore", "value", 1440, "medium" },
	{ "dora-2023", "time_to_restore", "value", 10080, "low" },
	{ "dora-2024", "time_to_restore", "value", 1439, "high" },
	{ "dora-2024", "time_to_restore", "value", 1440, "low" },
	{ "dora-2023", "deployment_frequency", "days_per_week", 5, "elite" },
	{ "dora-2023", "deployment_frequency", "days_per_week", 4, "high" },
	{ "dora-2023", "deployment_frequency", "days_per_week", 1, "high" },
	{ "dora-2023", "deployment_frequency", "days_per_month", 1, "medium" },
	{ "dora-2023", "deployment_frequency", "days_per_week", 0, "low" },
	{ "dora-2021", "deployment_frequency", "days_per_week", 5, "elite" },
	{ "dora-2021", "deployment_frequency", "days_per_week", 4, "low" },
	{ "dora-2021", "deployment_frequency", "days_per_month", 1, "high" },
	{ "dora-2021", "deployment_frequency", "days_per_six_months", 1,
	  "medium" },
};

static int
check_case(size_t i, const char *share)
{
	struct bands_measure measure = { cases[i].of, cases[i].number };
	struct bands *bands;
	const char *word;
	char folder[4096];
	int failed;
	char *why;

	snprintf(folder, sizeof(folder), "%s/bands", share);
	if ((bands = bands_load(folder, cases[i].set, &why)) == NULL) {
		printf("%s\n", why);
		free(why);
		return 1;
	}
	word = bands_word(bands, cases[i].metric, &measure, 1);
	failed = word == NULL || strcmp(word, cases[i].band) != 0 ||
		 strcmp(bands_name(bands), cases[i].set) != 0;
	if (failed)
		printf("%s: %s %s %g is %s, not %s\n", cases[i].set,
		       cases[i].metric, cases[i].of, cases[i].number, word,
		       cases[i].band);
	bands_free(bands);
	return failed;
}

/* A bad file is named with its line and what was expected. */
static int
complains(const char *text, const char *expected)
{
	char path[] = "/tmp/pulse-bands-XXXXXX.yaml";
	int fd = mkstemps(path, 5), failed;
	struct bands *bands;
	char *why = NULL;

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		abort();
	close(fd);
	path[strlen(path) - 5] = '\0';
	bands = bands_load("/tmp", path + 5, &why);
	path[strlen(path)] = '.';
	failed = bands != NULL || why == NULL ||
		 strcmp(why + strlen(path), expected) != 0;
	if (failed)
		printf("expected '%s', got '%s'\n", expected,
		       why == NULL ? "no complaint" : why + strlen(path));
	bands_free(bands);
	free(why);
	unlink(path);
	return failed;
}

int
main(int argc, char *argv[])
{
	const char *share = argc > 1 ? argv[1] : "share";
	int failed = 0;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		failed |= check_case(i, share);
	failed |= complains("metrics: [a]\n",
			    ":1: expected a map of parameters and metrics");
	failed |= complains("metrics:\n  m:\n    bands:\n    - {below: 3}\n",
			    ":4: expected a limit such as {band: elite, "
			    "below: 60}");
	failed |=
		complains("metrics:\n  m:\n    bands: [{band: a, below: x}]\n",
			  ":3: expected a number");
	failed |= complains("metrics:\n  m:\n    bands: [{band: a, below: 1, "
			    "at_most: 2}]\n",
			    ":3: expected band, of, and one of below, at_most, "
			    "at_least");
	return failed;
}
