/* clock: the timer by the real clock, and its twin by a file. */
#include "base/clock.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/times.h"
#include "check.h"

static bool
readable(const struct clock_timer *timer, int wait)
{
	struct pollfd p = { clock_fd(timer), POLLIN, 0 };

	return poll(&p, 1, wait) == 1;
}

static int
real_time(void)
{
	struct clock_timer *timer = clock_open();

	CHECK(timer != NULL);
	CHECK(!readable(timer, 0));
	CHECK(clock_arm(timer, clock_now() + 20) == 0);
	CHECK(!readable(timer, 0));
	CHECK(readable(timer, 5000));
	CHECK(!clock_step(timer));
	CHECK(!readable(timer, 0));
	CHECK(clock_arm(timer, 1) == 0 && readable(timer, 0));
	CHECK(clock_arm(timer, -5) == 0 && readable(timer, 0));
	CHECK(clock_arm(timer, clock_now() - 1) == 0 && readable(timer, 0));
	CHECK(clock_arm(timer, clock_now() + 3600000) == 0);
	CHECK(!readable(timer, 0));
	CHECK(clock_arm(timer, 0) == 0 && !readable(timer, 0));
	clock_close(timer);
	return 0;
}

/* Replaces ./now by rename. */
static void
say_it_is(int64_t ms)
{
	char text[TIMES_SIZE];
	FILE *f = fopen("next", "w");

	times_format(ms, text);
	if (f == NULL || fprintf(f, "%s\n", text) < 0 || fclose(f) != 0 ||
	    rename("next", "now") != 0)
		abort();
}

static int
by_file(const char *path)
{
	struct clock_timer *timer;

	say_it_is(1000000);
	setenv("PULSE_TEST_CLOCK", path, 1);
	timer = clock_open();
	CHECK(timer != NULL && clock_now() == 1000000);
	CHECK(clock_arm(timer, 1005000) == 0 && !readable(timer, 0));
	say_it_is(1004999);
	CHECK(readable(timer, 0));
	CHECK(!clock_step(timer) && !readable(timer, 0));
	CHECK(clock_arm(timer, 1005000) == 0 && !readable(timer, 0));
	say_it_is(1005000);
	CHECK(readable(timer, 0) && !clock_step(timer));
	/* Still due when it is armed for what has passed by now. */
	CHECK(clock_arm(timer, 1005000) == 0 && readable(timer, 0));
	CHECK(!clock_step(timer) && !readable(timer, 0));
	CHECK(clock_arm(timer, 1005000) == 0 && readable(timer, 0));
	CHECK(clock_arm(timer, 1005001) == 0 && !readable(timer, 0));
	CHECK(clock_arm(timer, 0) == 0 && !readable(timer, 0));
	say_it_is(1000);
	CHECK(readable(timer, 0) && clock_step(timer));
	CHECK(!clock_step(timer) && !readable(timer, 0));
	clock_close(timer);
	unsetenv("PULSE_TEST_CLOCK");
	return 0;
}

int
main(void)
{
	char folder[] = "/tmp/pulse-clock-XXXXXX", path[64];
	int failed;

	if (mkdtemp(folder) == NULL || chdir(folder) != 0)
		return 1;
	snprintf(path, sizeof(path), "%s/now", folder);
	failed = real_time() || by_file(path) || by_file("now");
	unlink("now");
	failed |= chdir("/") != 0 || rmdir(folder) != 0;
	clock_close(NULL);
	return failed;
}
