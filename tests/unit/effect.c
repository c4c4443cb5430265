/* effect: when a command has come true, its code, and how a change reads. */
#include "ask/effect.h"
#include "check.h"

#include <string.h>

static int
a_start_is_over_when_another_run_has_ended(void)
{
	struct status s = { .state = STATES_PENDING, .run = "1.a.6" };

	CHECK(!effect_is_reached(COMMAND_START, "1.a.6", &s));
	strcpy(s.run, "1.a.7");
	CHECK(effect_is_reached(COMMAND_START, "1.a.6", &s));
	s.state = STATES_RUNNING;
	CHECK(!effect_is_reached(COMMAND_START, "1.a.6", &s));
	s.state = STATES_ERROR;
	CHECK(effect_is_reached(COMMAND_START, "1.a.6", &s));
	s.state = STATES_PAUSED;
	CHECK(effect_is_reached(COMMAND_START, "1.a.7", &s));
	return 0;
}

static int
the_others_have_their_own_ends(void)
{
	struct status s = { .state = STATES_RUNNING, .want = STATES_STOP };

	CHECK(!effect_is_reached(COMMAND_STOP, "", &s));
	CHECK(effect_is_reached(COMMAND_RESUME, "", &s));
	s.want = STATES_PAUSE;
	CHECK(!effect_is_reached(COMMAND_RESUME, "", &s));
	s.want = STATES_REPLACE;
	CHECK(!effect_is_reached(COMMAND_RESUME, "", &s));
	s.state = STATES_PAUSED;
	CHECK(effect_is_reached(COMMAND_PAUSE, "", &s));
	CHECK(!effect_is_reached(COMMAND_RESUME, "", &s));
	s.state = STATES_PENDING;
	CHECK(effect_is_reached(COMMAND_RESUME, "", &s));
	CHECK(effect_is_reached(COMMAND_STOP, "", &s));
	return 0;
}

static int
a_code_is_that_of_the_run(void)
{
	struct status s = { .state = STATES_FINISHED, .last = STATES_SUCCESS };

	CHECK(effect_code(COMMAND_START, &s) == 0);
	s.last = STATES_PARTIAL;
	CHECK(effect_code(COMMAND_START, &s) == EX_PARTIAL);
	s.state = STATES_ERROR;
	CHECK(effect_code(COMMAND_START, &s) == EX_SOFTWARE);
	strcpy(s.class, "configuration");
	CHECK(effect_code(COMMAND_START, &s) == EX_CONFIG);
	CHECK(effect_code(COMMAND_STOP, &s) == 0);
	s.state = STATES_PENDING;
	CHECK(effect_code(COMMAND_START, &s) == EX_TEMPFAIL);
	return 0;
}

static int
lines_read_well(void)
{
	struct status from = { .state = STATES_RUNNING };
	struct status to = { .state = STATES_ERROR,
			     .reason = STATES_RETRY,
			     .at = 1795500000000,
			     .next = 1795500300000,
			     .error = "cannot fetch 'x': 502" };
	char line[1024], small[20];

	effect_line(&from, &to, line, sizeof(line));
	CHECK(strcmp(line, "RUNNING -> ERROR (retry): cannot fetch 'x': 502, "
			   "next 2026-11-24T06:05:00Z") == 0);
	effect_line(&from, &to, small, sizeof(small));
	CHECK(strcmp(small, "RUNNING -> ERROR (r") == 0);
	to = (struct status){ .state = STATES_PENDING,
			      .reason = STATES_DEPENDENCY,
			      .whom = "github_job" };
	effect_line(NULL, &to, line, sizeof(line));
	CHECK(strcmp(line, "PENDING (dependency: github_job)") == 0);
	to = (struct status){ .state = STATES_RUNNING, .want = STATES_STOP };
	effect_line(&from, &to, line, sizeof(line));
	CHECK(strcmp(line, "RUNNING (stop)") == 0);
	strcpy(to.run, "1.a.8");
	effect_line(&from, &to, line, sizeof(line));
	CHECK(strcmp(line, "RUNNING -> RUNNING (stop)") == 0);
	return 0;
}

int
main(void)
{
	return a_start_is_over_when_another_run_has_ended() ||
	       the_others_have_their_own_ends() ||
	       a_code_is_that_of_the_run() || lines_read_well();
}
