/* job: pipes of commands, their endings, and what they are given. */
#include "jobs/job.h"
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char sh[] = "sh", dash_c[] = "-c", bar[] = "|";

/* Starts the words as a pipe whose output comes from *out. */
static struct job *
start(char **words, int *out, char **why)
{
	struct job_spec spec = { .in = -1 };
	struct job *job;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		abort();
	spec.stages = job_split(words, &spec.count);
	spec.out = ends[1];
	job = job_start(&spec, why);
	close(ends[1]);
	free(spec.stages);
	*out = ends[0];
	return job;
}

/* Runs a shell text, or a pipe of two, and returns the worst code; what it
 * printed is in text. */
static int
run(const char *first, const char *second, char text[4096])
{
	char a[1024], b[1024];
	char *words[] = { sh, dash_c, a, bar, sh, dash_c, b, NULL };
	struct job *job;
	size_t len = 0;
	ssize_t n;
	char *why;
	int out;

	snprintf(a, sizeof(a), "%s", first);
	snprintf(b, sizeof(b), "%s", second != NULL ? second : "");
	if (second == NULL)
		words[3] = NULL;
	job = start(words, &out, &why);
	if (job == NULL)
		return -1;
	while ((n = read(out, text + len, 4095 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	close(out);
	return job_wait(job);
}

static int
splits_at_bars(void)
{
	char a[] = "a", b[] = "b";
	char *one[] = { a, b, NULL }, *two[] = { a, bar, b, NULL };
	char *bad[] = { a, bar, NULL }, *worse[] = { bar, b, NULL };
	char *none[] = { NULL };
	char ***stages;
	size_t count;

	CHECK((stages = job_split(one, &count)) != NULL && count == 1);
	CHECK(stages[0][1] == b && stages[0][2] == NULL);
	free(stages);
	CHECK((stages = job_split(two, &count)) != NULL && count == 2);
	CHECK(stages[0][0] == a && stages[0][1] == NULL && stages[1][0] == b);
	free(stages);
	CHECK(job_split(bad, &count) == NULL && count == 0);
	CHECK(job_split(worse, &count) == NULL);
	CHECK(job_split(none, &count) == NULL);
	return 0;
}

static int
waits_for_every_stage(void)
{
	char text[4096];

	CHECK(run("echo a; echo b", "wc -l", text) == 0);
	CHECK(strspn(text, " 2\n") == strlen(text) && strchr(text, '2'));
	CHECK(run("exit 75", "cat; exit 0", text) == 75);
	CHECK(run("exit 75", "exit 78", text) == 78);
	CHECK(run("exit 121", "exit 0", text) == 121);
	CHECK(run("exit 3", "exit 75", text) == 3);
	CHECK(run("kill -SEGV $$", "cat", text) == 128 + SIGSEGV);
	return 0;
}

static int
sigpipe_is_an_effect(void)
{
	char text[4096];

	CHECK(run("while :; do echo y; done", "exit 75", text) == 75);
	/* Nobody failed, yet the first did not end by itself. */
	CHECK(run("while :; do echo y; done", "exit 0", text) == 141);
	CHECK(run("exit 141", "exit 65", text) == 65);
	return 0;
}

static int
names_what_cannot_run(void)
{
	char nosuch[] = "no-such-program", cat[] = "cat", dir[] = "/";
	char *missing[] = { cat, bar, nosuch, NULL };
	char *folder[] = { dir, NULL };
	char *why = NULL;
	int out;

	CHECK(start(missing, &out, &why) == NULL && errno == ENOENT);
	CHECK(strcmp(why, "'no-such-program': No such file or directory") == 0);
	free(why);
	close(out);
	CHECK(start(folder, &out, &why) == NULL && errno == EACCES);
	CHECK(strcmp(why, "'/': Permission denied") == 0);
	free(why);
	close(out);
	return 0;
}

static int
gives_no_descriptor_but_the_lock(void)
{
	char text[4096], number[16];
	int extra = open("/dev/null", O_RDONLY), lock = dup(extra);

	CHECK(run("ls /proc/self/fd | tr '\\n' ' '", NULL, text) == 0);
	CHECK(strcmp(text, "0 1 2 3 ") == 0); /* 3: ls's own */
	snprintf(number, sizeof(number), "%d", lock);
	setenv("PULSE_LOCK_FD", number, 1);
	CHECK(run("[ -e /proc/self/fd/$PULSE_LOCK_FD ]", NULL, text) == 0);
	setenv("PULSE_LOCK_FD", "", 1);
	CHECK(run("[ -e /proc/self/fd/9 ]", NULL, text) == 1);
	close(extra);
	close(lock);
	return 0;
}

static int
tells_its_end_and_takes_signals(void)
{
	char sleep_[] = "sleep", long_[] = "600";
	char *words[] = { sleep_, long_, NULL };
	struct pollfd end = { .events = POLLIN };
	struct job *job;
	char *why;
	int out;

	job = start(words, &out, &why);
	CHECK(job != NULL);
	end.fd = job_fd(job);
	CHECK(poll(&end, 1, 0) == 0);
	job_signal(job, SIGTERM);
	CHECK(poll(&end, 1, 10000) == 1);
	CHECK(job_wait(job) == 128 + SIGTERM);
	close(out);
	return 0;
}

static int
tells_crashes_from_other_ends(void)
{
	static const int crashes[] = { SIGSEGV, SIGBUS, SIGABRT,
				       SIGFPE,	SIGILL, SIGSYS };
	static const int others[] = { SIGKILL, SIGTERM, SIGINT, SIGHUP,
				      SIGPIPE };
	size_t i;

	for (i = 0; i < 6; i++)
		CHECK(job_has_crashed(128 + crashes[i]));
	for (i = 0; i < 5; i++)
		CHECK(!job_has_crashed(128 + others[i]) &&
		      job_was_signalled(128 + others[i]));
	CHECK(!job_was_signalled(0) && !job_was_signalled(128));
	CHECK(!job_was_signalled(127) && !job_was_signalled(255));
	return 0;
}

static int
only_fetchers_keep_tokens(void)
{
	char fetch[] = "/opt/fetch-github", load[] = "load", x[] = "/fetch-/x";
	char *fetcher[] = { fetch, NULL }, *loader[] = { load, NULL };
	char *other[] = { x, NULL };
	char **one[] = { loader }, **two[] = { loader, fetcher };
	char **three[] = { other };
	struct job_spec spec = { two, 2, -1, -1, NULL };

	setenv("GITHUB_TOKEN", "a", 1);
	job_drop_secrets(&spec);
	CHECK(getenv("GITHUB_TOKEN") != NULL);
	spec.stages = three;
	spec.count = 1;
	job_drop_secrets(&spec);
	CHECK(getenv("GITHUB_TOKEN") == NULL);
	setenv("GH_TOKEN", "a", 1);
	setenv("JIRA_EMAIL", "a", 1);
	setenv("JIRA_API_TOKEN", "a", 1);
	setenv("JIRA_TOKEN", "a", 1);
	spec.stages = one;
	job_drop_secrets(&spec);
	CHECK(getenv("GH_TOKEN") == NULL && getenv("JIRA_EMAIL") == NULL);
	CHECK(getenv("JIRA_API_TOKEN") == NULL && getenv("JIRA_TOKEN") == NULL);
	return 0;
}

int
main(void)
{
	return splits_at_bars() || waits_for_every_stage() ||
	       sigpipe_is_an_effect() || names_what_cannot_run() ||
	       gives_no_descriptor_but_the_lock() ||
	       tells_its_end_and_takes_signals() ||
	       tells_crashes_from_other_ends() || only_fetchers_keep_tokens();
}
