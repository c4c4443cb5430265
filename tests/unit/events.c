/* events: the file says what the table says, whatever has become of it. */
#include "jobs/events.h"
#include "check.h"
#include "scratch.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static const char file[] = "events.ndjson";

struct bench {
	struct rooms rooms; /* of the folder we stand in: only the spool */
	struct journal *journal;
	struct events *events;
};

static void
sweep(void)
{
	DIR *dir = opendir(".");
	struct dirent *entry;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.' && unlink(entry->d_name) != 0)
			rmdir(entry->d_name);
	if (dir != NULL)
		closedir(dir);
}

static int
begin(struct bench *b)
{
	enum outcome_class class;
	char *why = NULL;

	sweep();
	b->rooms = (struct rooms){ .spool = open(".", O_RDONLY) };
	b->journal = journal_open("state.db", true, &why, &class);
	free(why);
	CHECK(b->journal != NULL && b->rooms.spool >= 0);
	b->events = events_open(&b->rooms, b->journal);
	return 0;
}

static void
end(struct bench *b)
{
	events_close(b->events);
	journal_close(b->journal);
	close(b->rooms.spool);
}

static int
add(struct bench *b, int count, const char *message)
{
	struct journal_event event = { .at = 1795608000000,
				       .type = "job_error",
				       .client = 1,
				       .job = "github_job",
				       .from = STATES_RUNNING,
				       .to = STATES_ERROR };

	snprintf(event.message, sizeof(event.message), "%s", message);
	CHECK(journal_begin(b->journal) == 0);
	while (count-- > 0)
		CHECK(journal_add_event(b->journal, &event) == 0);
	CHECK(journal_commit(b->journal) == 0);
	return 0;
}

static void
again(struct bench *b)
{
	events_close(b->events);
	b->events = events_open(&b->rooms, b->journal);
}

/* How many lines, and whether they count from..to after a head. */
static int
holds(const char *name, long from, long to)
{
	FILE *in = fopen(name, "r");
	char line[4096], head[64];
	long seq = from;

	CHECK(in != NULL);
	snprintf(head, sizeof(head), "\"first\":%ld,", from);
	CHECK(fgets(line, sizeof(line), in) != NULL);
	CHECK(strncmp(line, "{\"type\":\"log_opened\",\"gen\":\"", 28) == 0);
	CHECK(strstr(line, head) != NULL);
	for (; fgets(line, sizeof(line), in) != NULL; seq++) {
		snprintf(head, sizeof(head), "{\"seq\":%ld,\"type\"", seq);
		CHECK(strncmp(line, head, strlen(head)) == 0);
		CHECK(line[strlen(line) - 1] == '\n');
	}
	fclose(in);
	CHECK(seq == to + 1);
	return 0;
}

static int
count_bad(void)
{
	DIR *dir = opendir(".");
	struct dirent *entry;
	int count = 0;

	while (dir != NULL && (entry = readdir(dir)) != NULL)
		count += strncmp(entry->d_name, "events.ndjson.bad-", 18) == 0;
	if (dir != NULL)
		closedir(dir);
	return count;
}

static int
write_over(const char *text, int flags)
{
	int fd = open(file, O_WRONLY | flags);
	ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));

	close(fd);
	return n == (ssize_t)strlen(text) ? 0 : -1;
}

static int
an_event_is_a_line_of_what_it_has(void)
{
	struct journal_event event = { 7,
				       1795608000123,
				       "job_error",
				       1,
				       "github_job",
				       "1.github_job.3",
				       STATES_RUNNING,
				       STATES_ERROR,
				       STATES_RETRY,
				       STATES_STOP,
				       "id-1",
				       "anna",
				       "disk",
				       "no \"room\"\n",
				       1795608600000 };
	struct journal_event bare = { .seq = 8,
				      .at = 1795608000000,
				      .type = "emergency_stop",
				      .client = -1,
				      .from = -1,
				      .to = -1 };
	struct jsonw w = { 0 };

	events_write(&w, &event);
	CHECK(strcmp(w.text,
		     "{\"seq\":7,\"type\":\"job_error\",\"job_name\":"
		     "\"github_job\",\"client_id\":1,\"run_id\":"
		     "\"1.github_job.3\",\"at\":\"2026-11-25T12:00:00.123Z\","
		     "\"from\":\"RUNNING\",\"to\":\"ERROR\",\"reason\":"
		     "\"retry\",\"want\":\"stop\",\"error_message\":"
		     "\"no \\\"room\\\"\\n\",\"error_class\":\"disk\",\"next\":"
		     "\"2026-11-25T12:10:00.000Z\",\"by\":\"anna\","
		     "\"command_id\":\"id-1\"}") == 0);
	jsonw_reset(&w);
	events_write(&w, &bare);
	CHECK(strcmp(w.text, "{\"seq\":8,\"type\":\"emergency_stop\",\"at\":"
			     "\"2026-11-25T12:00:00.000Z\"}") == 0);
	jsonw_free(&w);
	return 0;
}

static int
lines_follow_the_table(void)
{
	struct bench b;

	CHECK(begin(&b) == 0);
	CHECK(holds(file, 1, 0) == 0);
	CHECK(add(&b, 600, "x") == 0);
	CHECK(events_catch_up(b.events) == 0 && holds(file, 1, 600) == 0);
	again(&b);
	CHECK(holds(file, 1, 600) == 0);
	CHECK(add(&b, 2, "x") == 0);
	again(&b);
	CHECK(holds(file, 1, 602) == 0 && count_bad() == 0);
	end(&b);
	return 0;
}

static int
a_torn_tail_is_cut(void)
{
	struct bench b;

	CHECK(begin(&b) == 0 && add(&b, 5, "x") == 0);
	CHECK(events_catch_up(b.events) == 0);
	CHECK(write_over("{\"seq\":6,\"ty", O_APPEND) == 0);
	again(&b);
	CHECK(holds(file, 1, 5) == 0 && count_bad() == 0);
	CHECK(truncate(file, 150) == 0);
	CHECK(events_catch_up(b.events) == 0);
	CHECK(holds(file, 1, 5) == 0 && count_bad() == 0);
	CHECK(truncate(file, 10) == 0);
	CHECK(events_catch_up(b.events) == 0);
	CHECK(holds(file, 1, 5) == 0);
	end(&b);
	return 0;
}

static int
what_is_not_ours_is_set_aside(void)
{
	static const char *const heads[] = { "\x1b[2J rubbish\n", "{}\n",
					     "{\"seq\":1}\n", "\n" };
	struct bench b;
	size_t i;

	for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		CHECK(begin(&b) == 0 && add(&b, 3, "x") == 0);
		CHECK(events_catch_up(b.events) == 0);
		CHECK(write_over(heads[i], O_TRUNC) == 0);
		again(&b);
		CHECK(holds(file, 1, 3) == 0 && count_bad() == 1);
		CHECK(write_over("{\"seq\":2}\n", O_APPEND) == 0);
		CHECK(events_catch_up(b.events) == 0);
		CHECK(holds(file, 1, 3) == 0 && count_bad() >= 1);
		end(&b);
	}
	return 0;
}

static int
another_database_begins_another_file(void)
{
	struct bench b;

	CHECK(begin(&b) == 0 && add(&b, 9, "x") == 0);
	CHECK(events_catch_up(b.events) == 0);
	end(&b);
	CHECK(rename(file, ".kept") == 0);
	CHECK(begin(&b) == 0);
	end(&b);
	CHECK(rename(".kept", file) == 0);
	b.rooms.spool = open(".", O_RDONLY);
	b.journal = journal_open("state.db", true, &(char *){ NULL },
				 &(enum outcome_class){ OUTCOME_NONE });
	b.events = events_open(&b.rooms, b.journal);
	CHECK(holds(file, 1, 0) == 0 && count_bad() == 1);
	end(&b);
	return 0;
}

static int
a_lost_file_comes_again(void)
{
	struct bench b;

	CHECK(begin(&b) == 0 && add(&b, 3, "x") == 0);
	CHECK(events_catch_up(b.events) == 0 && unlink(file) == 0);
	CHECK(add(&b, 1, "x") == 0);
	CHECK(events_catch_up(b.events) == 0 && holds(file, 1, 4) == 0);
	CHECK(unlink(file) == 0 && symlink("/dev/null", file) == 0);
	again(&b);
	CHECK(holds(file, 1, 4) == 0 && count_bad() == 1);
	CHECK(unlink(file) == 0 && mkdir(file, 0700) == 0);
	again(&b);
	CHECK(holds(file, 1, 4) == 0);
	end(&b);
	return 0;
}

static int
a_full_file_gives_way_to_a_new_one(void)
{
	char message[VERDICT_CAUSE];
	int64_t first, last;
	struct bench b;
	struct stat st;
	long at;
	FILE *in;

	memset(message, 'm', sizeof(message) - 1);
	message[sizeof(message) - 1] = '\0';
	CHECK(begin(&b) == 0 && add(&b, 30000, message) == 0);
	CHECK(events_catch_up(b.events) == 0);
	CHECK(stat("events.ndjson.1", &st) == 0 && st.st_size <= EVENTS_SIZE);
	CHECK(st.st_size > EVENTS_SIZE - 1000);
	CHECK(journal_events(b.journal, &first, &last) == 0 && last == 30000);
	in = fopen(file, "r");
	CHECK(in != NULL &&
	      fscanf(in,
		     "{\"type\":\"log_opened\",\"gen\":\"%*16s\",\"first\":%ld",
		     &at) == 1);
	fclose(in);
	CHECK(holds("events.ndjson.1", 1, at - 1) == 0);
	CHECK(holds(file, at, 30000) == 0);
	CHECK(unlink(file) == 0);
	again(&b);
	CHECK(holds(file, at, 30000) == 0 && count_bad() == 0);
	end(&b);
	return 0;
}

static int
a_failed_write_is_made_good(void)
{
	struct rlimit tight, old;
	struct bench b;
	struct stat st;

	signal(SIGXFSZ, SIG_IGN);
	CHECK(begin(&b) == 0 && add(&b, 5000, "x") == 0);
	CHECK(getrlimit(RLIMIT_FSIZE, &old) == 0);
	tight = old;
	tight.rlim_cur = 4000;
	CHECK(setrlimit(RLIMIT_FSIZE, &tight) == 0);
	CHECK(events_catch_up(b.events) == -1);
	CHECK(events_catch_up(b.events) == -1);
	CHECK(stat(file, &st) == 0 && st.st_size < 4000);
	CHECK(setrlimit(RLIMIT_FSIZE, &old) == 0);
	CHECK(events_catch_up(b.events) == 0 && holds(file, 1, 5000) == 0);
	CHECK(unlink(file) == 0);
	tight.rlim_cur = 10;
	CHECK(setrlimit(RLIMIT_FSIZE, &tight) == 0);
	CHECK(events_catch_up(b.events) == -1);
	CHECK(setrlimit(RLIMIT_FSIZE, &old) == 0);
	CHECK(events_catch_up(b.events) == 0 && holds(file, 1, 5000) == 0);
	CHECK(count_bad() == 0);
	end(&b);
	return 0;
}

int
main(void)
{
	char folder[SCRATCH_SIZE];
	int failed;

	if (scratch_enter(folder, "events") != 0)
		return 1;
	failed = an_event_is_a_line_of_what_it_has() ||
		 lines_follow_the_table() || a_torn_tail_is_cut() ||
		 what_is_not_ours_is_set_aside() ||
		 another_database_begins_another_file() ||
		 a_lost_file_comes_again() ||
		 a_full_file_gives_way_to_a_new_one() ||
		 a_failed_write_is_made_good();
	sweep();
	return rmdir(folder) != 0 || failed;
}
