/* Any bytes as a schedule: jobs with sane times, or a complaint, never a
 * crash. */
#include <stdlib.h>

#include "jobs/schedule.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void
check(const struct schedule *schedule, int64_t now)
{
	size_t i;

	for (i = 0; i < schedule->job_count; i++) {
		const struct schedule_job *job = &schedule->jobs[i];
		int64_t next = schedule_next(job, 1, now);

		if (job->interval < 1000 || next <= now ||
		    next > now + job->interval ||
		    job->fast_recovery >= job->interval || job->path == NULL)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	char *why;
	struct config *root =
		config_parse("fuzz", (const char *)data, size, &why);
	struct schedule *schedule;

	if (root == NULL) {
		free(why);
		return 0;
	}
	schedule = schedule_of(root, &why);
	if ((schedule == NULL) == (why == NULL))
		abort();
	if (schedule != NULL)
		check(schedule, 1795000000000);
	schedule_free(schedule);
	free(why);
	return 0;
}
