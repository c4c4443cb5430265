/* transitions DATABASE COUNT - so many transitions of 100 jobs through the
 * journal, each a transaction with its event; prints how many a second */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "jobs/journal.h"

enum { JOBS = 100 };

struct job {
	char name[16];
	struct states_row row;
};

static int
move(struct journal *j, struct job *job, int64_t old)
{
	struct journal_event event = { .client = 1, .at = clock_now() };

	event.from = job->row.state;
	job->row.state = job->row.state == STATES_RUNNING ? STATES_FINISHED
							  : STATES_RUNNING;
	event.to = job->row.state;
	job->row.epoch = old + 1;
	snprintf(event.job, sizeof(event.job), "%s", job->name);
	snprintf(event.type, sizeof(event.type), "job_started");
	return journal_begin(j) != 0 ||
	       journal_save_job(j, 1, job->name, &job->row, old) != 0 ||
	       journal_add_event(j, &event) != 0 || journal_commit(j) != 0;
}

int
main(int argc, char *argv[])
{
	static struct job jobs[JOBS];
	enum outcome_class class;
	struct journal *j;
	int64_t start;
	long count, i;
	char *why;

	if (argc != 3)
		return 64;
	count = strtol(argv[2], NULL, 10);
	if ((j = journal_open(argv[1], true, &why, &class)) == NULL) {
		fprintf(stderr, "transitions: %s\n", why);
		return 71;
	}
	for (i = 0; i < JOBS; i++) {
		snprintf(jobs[i].name, sizeof(jobs[i].name), "job%ld", i);
		if (move(j, &jobs[i], -1) != 0)
			return 71;
	}
	start = clock_monotonic();
	for (i = 0; i < count; i++)
		if (move(j, &jobs[i % JOBS], jobs[i % JOBS].row.epoch) != 0)
			return 71;
	printf("%.0f\n", (double)count * 1000.0 /
				 (double)(clock_monotonic() - start + 1));
	journal_close(j);
	return 0;
}
