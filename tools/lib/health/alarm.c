#include "health/alarm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/msg.h"
#include "jobs/job.h"
#include "records/json.h"
#include "records/ndjson.h"

enum { CHECK, SUBJECT, CLIENT, LEVEL, WANTED };

/* Which findings of now failed last time as well. */
struct memory {
	const struct findings *found;
	bool *known;
};

static bool
needs_person(const struct finding *finding)
{
	if (finding->level != FINDING_FAIL ||
	    strcmp(finding->check, "jobs") == 0)
		return false;
	switch (finding->class) {
	case OUTCOME_NETWORK_TIMEOUT:
	case OUTCOME_API_RATE_LIMIT:
	case OUTCOME_TEMPORARY_SERVICE_ERROR:
	case OUTCOME_DATABASE_LOCK:
	case OUTCOME_SERVICE_DOWN:
		return false;
	default:
		return true;
	}
}

static bool
is_it(const struct finding *finding, const struct json_span *spans)
{
	int64_t client;

	return json_is(&spans[LEVEL], "fail") &&
	       json_is(&spans[CHECK], finding->check) &&
	       json_int(&spans[CLIENT], &client) && client == finding->client &&
	       (finding->subject == NULL
			? spans[SUBJECT].type != JSON_STRING
			: json_is(&spans[SUBJECT], finding->subject));
}

static void
remember(struct memory *memory, const struct json_span *spans)
{
	size_t i;

	for (i = 0; i < memory->found->count; i++)
		if (is_it(&memory->found->items[i], spans))
			memory->known[i] = true;
}

/* A report that is damaged is one that knows less: somebody is told twice. */
static void
read_report(struct memory *memory, const char *report)
{
	static const char *const wanted[WANTED] = { "check", "subject",
						    "client", "level" };
	int fd = open(report, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct json_paths *paths;
	struct json_span spans[WANTED];
	struct json_error error;
	struct ndjson_line line;
	struct ndjson *in;

	if (fd < 0)
		return;
	paths = json_paths(wanted, WANTED);
	in = ndjson_open(fd, report);
	while (ndjson_next(in, &line))
		if (!line.too_long &&
		    json_scan(paths, line.text, line.len, spans, &error) == 0)
			remember(memory, spans);
	ndjson_close(in);
	json_paths_free(paths);
	close(fd);
}

/* A file in memory that holds the finding's line, at its beginning. */
static int
as_input(const struct finding *finding)
{
	const struct findings one = { (struct finding *)finding, 1 };
	int fd = memfd_create("finding", MFD_CLOEXEC);
	FILE *out = fd < 0 ? NULL : fdopen(dup(fd), "w");

	if (out == NULL)
		return -1;
	findings_list(&one, out, LISTING_NDJSON, FINDING_OK);
	if (fclose(out) == 0 && lseek(fd, 0, SEEK_SET) == 0)
		return fd;
	close(fd);
	return -1;
}

static int
tell(const struct finding *finding, const char *program, char **why)
{
	char *argv[] = { (char *)program, NULL };
	char **stages[] = { argv };
	struct job_spec spec = { stages, 1, as_input(finding), STDERR_FILENO,
				 NULL };
	struct job *job = NULL;
	int code = 0;

	if (spec.in >= 0)
		job = job_start(&spec, why);
	else
		*why = msg_strdup(strerror(errno));
	if (job != NULL && (code = job_wait(job)) != 0 &&
	    asprintf(why, "'%s': it ended with %d", program, code) < 0)
		msg_die(EX_OSERR, "cannot go on: out of memory");
	if (spec.in >= 0)
		close(spec.in);
	return job != NULL && code == 0 ? 0 : -1;
}

int
alarm_ring(const struct findings *found, const char *report,
	   const char *program, char **why)
{
	struct memory memory = { found,
				 msg_calloc(found->count + 1, sizeof(bool)) };
	int told = 0, failed = 0;
	size_t i;

	*why = NULL;
	read_report(&memory, report);
	for (i = 0; i < found->count; i++) {
		if (memory.known[i] || !needs_person(&found->items[i]))
			continue;
		free(*why);
		*why = NULL;
		if (tell(&found->items[i], program, why) == 0)
			told++;
		else
			failed++;
	}
	free(memory.known);
	return failed > 0 ? -1 : told;
}
