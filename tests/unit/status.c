/* status: what is written is read back, whatever the texts are; no text can
 * pass for a key. */
#include "jobs/status.h"
#include "check.h"
#include "scratch.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
is_same(const struct status *a, const struct status *b)
{
	return strcmp(a->job, b->job) == 0 && a->client == b->client &&
	       a->state == b->state && a->reason == b->reason &&
	       a->want == b->want && a->at == b->at && a->since == b->since &&
	       strcmp(a->run, b->run) == 0 && a->attempt == b->attempt &&
	       a->last == b->last && a->last_end == b->last_end &&
	       a->last_success == b->last_success && a->next == b->next &&
	       a->next_due == b->next_due && a->tier == b->tier &&
	       a->retries == b->retries && a->missed == b->missed &&
	       strcmp(a->whom, b->whom) == 0 &&
	       strcmp(a->class, b->class) == 0 &&
	       strcmp(a->error, b->error) == 0 && a->epoch == b->epoch &&
	       a->seq == b->seq && a->disabled == b->disabled;
}

static int
goes_round(const struct status *status)
{
	struct status back;
	size_t len;
	char *line = status_line(status, &len);

	CHECK(len > 0 && line[len - 1] == '\n' && strlen(line) == len);
	CHECK(memchr(line, '\n', len) == line + len - 1);
	CHECK(status_parse(line, len, &back) && is_same(status, &back));
	CHECK(status_parse(line, len - 1, &back) && is_same(status, &back));
	free(line);
	return 0;
}

static struct status
sample(void)
{
	return (struct status){ .job = "github_job",
				.client = 1,
				.state = STATES_ERROR,
				.reason = STATES_RETRY,
				.want = STATES_STOP,
				.at = 1795608000123,
				.since = 1795607000000,
				.run = "1.github_job.17",
				.attempt = 2,
				.last = STATES_FAILED,
				.last_end = 1795607000000,
				.last_success = 1795600000000,
				.next = 1795608400000,
				.next_due = 1795609000000,
				.tier = STATES_STANDARD,
				.retries = 1,
				.missed = 3,
				.whom = "jira_job",
				.class = "disk",
				.error = "cannot write 'x': state=RUNNING",
				.epoch = 7,
				.seq = 99,
				.disabled = true };
}

static int
a_line_is_as_the_page_says(void)
{
	struct status status = sample();
	size_t len;
	char *line = status_line(&status, &len);

	CHECK(strcmp(line,
		     "job=github_job client=1 state=ERROR reason=retry "
		     "want=stop at=2026-11-25T12:00:00.123Z "
		     "run=1.github_job.17 attempt=2 "
		     "since=2026-11-25T11:43:20Z last=failed "
		     "last_end=2026-11-25T11:43:20Z "
		     "last_success=2026-11-25T09:46:40Z "
		     "next=2026-11-25T12:06:40Z next_due=2026-11-25T12:16:40Z "
		     "tier=standard retries=1 missed=3 waits_for=jira_job "
		     "disabled=yes epoch=7 seq=99 class=disk "
		     "error=\"cannot write 'x': state\\x3dRUNNING\"\n") == 0);
	free(line);
	CHECK(goes_round(&status) == 0);
	status = (struct status){ .job = "a" };
	line = status_line(&status, &len);
	CHECK(strcmp(line, "job=a client=0 state=NOT_STARTED\n") == 0);
	free(line);
	return goes_round(&status);
}

static uint64_t
lot(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* Any bytes but NUL, with a liking for those that mean something. */
static void
hostile(uint64_t *seed, char *out, size_t size)
{
	static const char *const pieces[] = {
		"\"",		"\\",	     "=",	 " ",
		"\n",		"\x1b[2J",   "\xff",	 "\xc3\xa9",
		"\xe2\x80\xae", "\xc2",	     "\xc2\x85", "state=ERROR",
		"\\x",		"\" state=", "\t"
	};
	size_t len = lot(seed) % size, at = 0;

	while (at < len) {
		const char *piece = pieces[lot(seed) % (sizeof(pieces) /
							sizeof(pieces[0]))];
		size_t n = strlen(piece);

		if (lot(seed) % 2 == 0 && n < size - at) {
			memcpy(out + at, piece, n);
			at += n;
		} else {
			out[at++] = (char)(1 + lot(seed) % 255);
		}
	}
	out[at < size ? at : size - 1] = '\0';
}

static int
hostile_texts_go_round(void)
{
	uint64_t seed = 88172645463325252;
	int i;

	for (i = 0; i < 20000; i++) {
		struct status status = sample();
		size_t len;
		char *line;

		hostile(&seed, status.error, sizeof(status.error));
		hostile(&seed, status.run, sizeof(status.run));
		hostile(&seed, status.whom, sizeof(status.whom));
		hostile(&seed, status.class, sizeof(status.class));
		status.state = (enum states_state)(lot(&seed) % STATES_COUNT);
		status.reason =
			(enum states_reason)(lot(&seed) % STATES_REASONS);
		status.want = (enum states_want)(lot(&seed) % STATES_WANTS);
		status.last = (enum states_result)(lot(&seed) % STATES_RESULTS);
		status.tier = (enum states_tier)(lot(&seed) % STATES_TIERS);
		status.at = (int64_t)(lot(&seed) % 200000000000000);
		status.missed = (int64_t)lot(&seed);
		status.disabled = lot(&seed) % 2;
		CHECK(goes_round(&status) == 0);
		line = status_line(&status, &len);
		CHECK(strstr(strstr(line, " state=") + 1, " state=") == NULL);
		CHECK(strchr(line, '\x1b') == NULL);
		free(line);
	}
	return 0;
}

static int
what_is_no_line_is_refused(void)
{
	static const char *const bad[] = {
		"",
		"\n",
		"job=a client=1",
		"job=a client=1 state=ASLEEP",
		"job=A client=1 state=ERROR",
		"client=1 state=ERROR",
		"job=a client=-1 state=ERROR",
		"job=a client=x state=ERROR",
		"job=a client=99999999999999999999 state=ERROR",
		"job=a client=1 state=ERROR at=noon",
		"job=a client=1 state=ERROR error=\"x",
		"job=a client=1 state=ERROR error=\"x\"y",
		"job=a client=1 state=ERROR error=\"\\z\"",
		"job=a client=1 state=ERROR error=\"\\x0\"",
		"job=a client=1 state=ERROR error=\"\\x00\"",
		"job=a client=1 state=ERROR error=a\"b",
		"job=a client=1 state=ERROR error=",
		"job=a client=1 state=ERROR error",
		"job=a client=1 state=ERROR =b",
		"job=a client=1 state=ERROR x=a=b",
		"job=a client=1\nstate=ERROR",
	};
	struct status status;
	char cut[400];
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (status_parse(bad[i], strlen(bad[i]), &status))
			printf("taken: %s\n", bad[i]);
		CHECK(!status_parse(bad[i], strlen(bad[i]), &status));
	}
	snprintf(cut, sizeof(cut), "job=a client=1 state=ERROR run=%0300d", 1);
	CHECK(!status_parse(cut, strlen(cut), &status));
	snprintf(cut, sizeof(cut),
		 "job=a  client=1 colour=\"red = hot\" state=ERROR ");
	CHECK(status_parse(cut, strlen(cut), &status));
	CHECK(status.state == STATES_ERROR);
	return 0;
}

struct seen {
	char names[200];
	size_t stop, count;
};

static bool
note(void *arg, const struct status *status)
{
	struct seen *seen = arg;
	size_t len = strlen(seen->names);

	snprintf(seen->names + len, sizeof(seen->names) - len, " %d.%s",
		 (int)status->client, status->job);
	return ++seen->count != seen->stop;
}

static int
put(int folder, const char *name, const char *text)
{
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	CHECK(fd >= 0 &&
	      write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	return close(fd);
}

static int
files_are_read_in_order(void)
{
	static const char *const good[][2] = { { "10", "a" },
					       { "2", "b" },
					       { "2", "a" },
					       { "0", "z" },
					       { "1", "m" } };
	struct rooms rooms = { .status = open(".", O_RDONLY) };
	struct status status = sample();
	struct seen seen = { .stop = 0 };
	size_t i, damaged;

	CHECK(rooms.status >= 0);
	for (i = 0; i < 5; i++) {
		status.client = strtoll(good[i][0], NULL, 10);
		snprintf(status.job, sizeof(status.job), "%s", good[i][1]);
		CHECK(status_write(&rooms, &status) == 0);
	}
	CHECK(status_each(&rooms, note, &seen, &damaged) == 0);
	CHECK(strcmp(seen.names, " 0.z 1.m 2.a 2.b 10.a") == 0);
	CHECK(damaged == 0);
	CHECK(put(rooms.status, "1.torn", "job=torn client=1 sta") == 0);
	CHECK(put(rooms.status, "1.other", "job=a client=1 state=ERROR\n") ==
	      0);
	CHECK(put(rooms.status, "1.empty", "") == 0);
	CHECK(put(rooms.status, "rubbish", "") == 0);
	CHECK(put(rooms.status, "01.a", "job=a client=1 state=ERROR\n") == 0);
	CHECK(put(rooms.status, ".1.m.7", "half") == 0);
	CHECK(symlinkat("1.m", rooms.status, "1.link") == 0);
	CHECK(mkdirat(rooms.status, "1.folder", 0700) == 0);
	CHECK(mkfifoat(rooms.status, "1.fifo", 0600) == 0);
	seen = (struct seen){ .stop = 2 };
	CHECK(status_each(&rooms, note, &seen, &damaged) == 0);
	CHECK(strcmp(seen.names, " 0.z 1.m") == 0);
	seen = (struct seen){ .stop = 0 };
	CHECK(status_each(&rooms, note, &seen, &damaged) == 0);
	CHECK(seen.count == 5 && damaged == 8);
	CHECK(status_remove(&rooms, 0, "z") == 0);
	CHECK(status_remove(&rooms, 0, "z") == 0);
	CHECK(faccessat(rooms.status, "0.z", F_OK, 0) != 0);
	close(rooms.status);
	return 0;
}

int
main(void)
{
	static const char *const left[] = { "10.a",    "2.b",	  "2.a",
					    "1.m",     "1.torn",  "1.other",
					    "1.empty", "rubbish", "01.a",
					    ".1.m.7",  "1.link",  "1.fifo" };
	char folder[SCRATCH_SIZE];
	size_t i;
	int failed;

	if (scratch_enter(folder, "status") != 0)
		return 1;
	failed = a_line_is_as_the_page_says() || hostile_texts_go_round() ||
		 what_is_no_line_is_refused() || files_are_read_in_order();
	for (i = 0; i < sizeof(left) / sizeof(left[0]); i++)
		unlink(left[i]);
	rmdir("1.folder");
	return rmdir(folder) != 0 || failed;
}
