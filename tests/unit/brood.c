/* brood: what programs print, their limits, their turn, who shares one. */
#include "web/brood.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "check.h"
#include "scratch.h"

enum { LIMIT = 20000 };

struct heard {
	int times, code;
	bool late, large;
	char out[64], err[256];
	size_t len;
	int64_t at;
};

struct stage {
	struct loop *loop;
	struct brood *brood;
	char folder[SCRATCH_SIZE];
};

static void
hear(void *arg, const struct child_result *result)
{
	struct heard *heard = arg;

	heard->times++;
	heard->code = result->code;
	heard->late = result->late;
	heard->large = result->large;
	heard->len = result->out_len;
	heard->at = clock_monotonic();
	snprintf(heard->out, sizeof(heard->out), "%s", result->out);
	snprintf(heard->err, sizeof(heard->err), "%s", result->err);
}

static struct brood_wait *
run(struct stage *stage, const char *const *argv, int64_t limit, bool urgent,
    struct heard *heard)
{
	const struct brood_order order = { argv, limit, urgent };

	return brood_run(stage->brood, &order, hear, heard);
}

static struct brood_wait *
ask(struct stage *stage, const char *script, bool urgent, struct heard *heard)
{
	const char *argv[] = { "/bin/sh", "-c", script, NULL };

	return run(stage, argv, LIMIT, urgent, heard);
}

/* Turns until it is heard, or 30 s have gone. */
static bool
comes(struct stage *stage, const struct heard *heard)
{
	int64_t until = clock_monotonic() + 30000;

	while (heard->times == 0 && clock_monotonic() < until)
		loop_turn(stage->loop);
	return heard->times == 1;
}

static bool
is_there(const struct stage *stage, const char *name)
{
	char path[SCRATCH_SIZE + 16];

	snprintf(path, sizeof(path), "%s/%s", stage->folder, name);
	return access(path, F_OK) == 0;
}

static void
touch(const struct stage *stage, const char *name)
{
	char path[SCRATCH_SIZE + 16];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", stage->folder, name);
	file = fopen(path, "w");
	if (file != NULL)
		fclose(file);
}

static int
brings(struct stage *stage)
{
	struct heard good = { 0 }, bad = { 0 }, slain = { 0 }, none = { 0 };
	const char *nothing[] = { "/no/such/program", NULL };

	setenv("GITHUB_TOKEN", "ghp_secret", 1);
	brood_free(stage->brood);
	stage->brood = brood_new(stage->loop);
	ask(stage, "echo \"one '$GITHUB_TOKEN'\"; cat", false, &good);
	CHECK(good.times == 0);
	CHECK(comes(stage, &good) && good.code == 0);
	CHECK(strcmp(good.out, "one ''\n") == 0 && good.len == 7);
	ask(stage, "echo why >&2; exit 75", false, &bad);
	CHECK(comes(stage, &bad) && bad.code == 75);
	CHECK(strcmp(bad.err, "why\n") == 0 && bad.len == 0);
	ask(stage, "kill -9 $$", false, &slain);
	CHECK(comes(stage, &slain) && slain.code == 137 && !slain.late);
	CHECK(run(stage, nothing, LIMIT, false, &none));
	CHECK(none.times == 0 && comes(stage, &none) && none.code == 127);
	CHECK(strstr(none.err, "cannot run '/no/such/program'") != NULL);
	return 0;
}

/* Only the last lines of a lot are kept of stderr. */
static int
keeps_the_end(struct stage *stage)
{
	struct heard heard = { 0 };

	ask(stage,
	    "i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done >&2",
	    false, &heard);
	CHECK(comes(stage, &heard) && heard.code == 0);
	CHECK(strncmp(heard.err, "line", 4) == 0);
	return 0;
}

static int
limits(struct stage *stage)
{
	struct heard late = { 0 }, deaf = { 0 }, large = { 0 }, full = { 0 };
	const char *sleeps[] = { "/bin/sleep", "60", NULL };
	const char *ignores[] = { "/bin/sh", "-c",
				  "trap '' TERM; while :; do sleep .1; done",
				  NULL };
	int64_t begun = clock_monotonic();

	run(stage, sleeps, 100, false, &late);
	CHECK(comes(stage, &late) && late.late && late.code == 128 + 15);
	CHECK(late.at - begun < 10000);
	run(stage, ignores, 100, false, &deaf);
	CHECK(comes(stage, &deaf) && deaf.late && deaf.code == 128 + 9);
	ask(stage, "exec cat /dev/zero", false, &large);
	CHECK(comes(stage, &large) && large.large && large.code != 0);
	ask(stage, "exec head -c 8388608 /dev/zero", false, &full);
	CHECK(comes(stage, &full) && !full.large && full.code == 0);
	CHECK(full.len == CHILD_OUT);
	return 0;
}

/* Two run; a third waits for one of them, an urgent one for none; the same
 * words run once. */
static int
takes_turns(struct stage *stage)
{
	struct heard first = { 0 }, again = { 0 }, second = { 0 };
	struct heard third = { 0 }, gone = { 0 }, urgent = { 0 };
	struct brood_wait *leaves, *silent;
	struct heard never = { 0 };

	ask(stage, "echo >>1; until [ -e go ]; do sleep .01; done; wc -l <1",
	    false, &first);
	ask(stage, "echo >>1; until [ -e go ]; do sleep .01; done; wc -l <1",
	    false, &again);
	silent = ask(stage, "until [ -e go ]; do sleep .01; done", false,
		     &never);
	ask(stage, "until [ -e go ]; do sleep .01; done", false, &second);
	leaves = ask(stage, ": >left", false, &gone);
	ask(stage, "test -e go && echo third", false, &third);
	ask(stage, "echo now", true, &urgent);
	brood_leave(leaves);
	brood_leave(silent);
	CHECK(comes(stage, &urgent) && strcmp(urgent.out, "now\n") == 0);
	CHECK(first.times == 0 && third.times == 0);
	touch(stage, "go");
	CHECK(comes(stage, &third) && strcmp(third.out, "third\n") == 0);
	CHECK(comes(stage, &first) && strcmp(first.out, "1\n") == 0);
	CHECK(comes(stage, &again) && strcmp(again.out, "1\n") == 0);
	CHECK(comes(stage, &second) && never.times == 0);
	CHECK(gone.times == 0 && !is_there(stage, "left"));
	return 0;
}

/* Too many are refused; an end of all leaves nobody behind but what is urgent,
 * which is waited for. */
static int
ends(struct stage *stage)
{
	struct heard heard = { 0 };
	char script[64];
	int i;

	for (i = 0; i < BROOD_AT_ONCE + BROOD_WAITING; i++) {
		snprintf(script, sizeof(script), "exec sleep 1%02d", i);
		CHECK(ask(stage, script, false, &heard) != NULL);
	}
	CHECK(ask(stage, "true", false, &heard) == NULL);
	CHECK(ask(stage, "sleep .2; : >kept", true, &heard) != NULL);
	brood_free(stage->brood);
	CHECK(heard.times == 0 && is_there(stage, "kept"));
	return 0;
}

int
main(void)
{
	struct stage stage = { .loop = loop_new() };
	int failed;

	if (scratch_enter(stage.folder, "brood") != 0)
		return 1;
	stage.brood = brood_new(stage.loop);
	failed = brings(&stage) || keeps_the_end(&stage) || limits(&stage) ||
		 takes_turns(&stage) || ends(&stage);
	loop_free(stage.loop);
	return scratch_remove(stage.folder) != 0 || failed;
}
