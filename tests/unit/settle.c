/* settle: what became of a run, for everything that may be seen of it. */
#include "jobs/settle.h"
#include "check.h"

#include <string.h>

static int
papers_decide_when_all_is_quiet(void)
{
	struct settle_view view = { .same_boot = true };

	/* Lost before its folder was made, or after. */
	CHECK(settle_judge(&view) == SETTLE_NEVER_STARTED);
	view.folder = true;
	CHECK(settle_judge(&view) == SETTLE_NEVER_STARTED);
	view.ticket = true;
	CHECK(settle_judge(&view) == SETTLE_REVOKE);
	view.ticket = false;
	view.revoked = true;
	CHECK(settle_judge(&view) == SETTLE_NEVER_STARTED);
	view.revoked = false;
	view.started = true;
	CHECK(settle_judge(&view) == SETTLE_ORPHAN);
	view.result = SETTLE_DAMAGED;
	CHECK(settle_judge(&view) == SETTLE_ORPHAN);
	view.result = SETTLE_WHOLE;
	CHECK(settle_judge(&view) == SETTLE_RESULT);
	return 0;
}

static int
a_reboot_interrupts(void)
{
	struct settle_view view = { .folder = true, .started = true };

	CHECK(settle_judge(&view) == SETTLE_INTERRUPTED);
	view.result = SETTLE_WHOLE;
	CHECK(settle_judge(&view) == SETTLE_RESULT);
	view.result = SETTLE_DAMAGED;
	CHECK(settle_judge(&view) == SETTLE_ORPHAN);
	view = (struct settle_view){ .folder = true, .ticket = true };
	CHECK(settle_judge(&view) == SETTLE_REVOKE);
	return 0;
}

static int
another_run_may_hold_the_lock(void)
{
	struct settle_view view = { .folder = true,
				    .started = true,
				    .same_boot = true,
				    .others_lock = true };

	CHECK(settle_judge(&view) == SETTLE_ORPHAN);
	view.result = SETTLE_WHOLE;
	CHECK(settle_judge(&view) == SETTLE_RESULT);
	return 0;
}

/* I3, for all 768 views: while its process lives or its lock is held, no run
 * is over; when neither is, each view has an end.  A ticket that is there is
 * taken back, whoever is on the way to it. */
static int
nothing_is_over_that_may_live(void)
{
	int bits, paper;

	for (bits = 0; bits < 256; bits++)
		for (paper = SETTLE_ABSENT; paper <= SETTLE_DAMAGED; paper++) {
			struct settle_view view = {
				.folder = bits & 1,
				.ticket = bits & 2,
				.revoked = bits & 4,
				.started = bits & 8,
				.lock_held = bits & 16,
				.alive = bits & 32,
				.same_boot = bits & 64,
				.swept = bits & 128,
				.result = (enum settle_paper)paper,
			};
			enum settle_verdict got = settle_judge(&view);
			bool open = got == SETTLE_ADOPT ||
				    got == SETTLE_SWEEP || got == SETTLE_STUCK;
			bool lives =
				!view.ticket && (view.lock_held ||
						 (view.alive && view.started));

			CHECK(open == lives);
			CHECK((got == SETTLE_ADOPT) == (lives && view.alive));
			CHECK(got != SETTLE_STUCK || view.swept);
			CHECK(got != SETTLE_RESULT || paper == SETTLE_WHOLE);
			CHECK((got == SETTLE_REVOKE) == view.ticket);
		}
	return 0;
}

int
main(void)
{
	CHECK(strcmp(settle_name(SETTLE_NEVER_STARTED), "never_started") == 0);
	CHECK(strcmp(settle_name(SETTLE_ORPHAN), "orphan") == 0);
	return papers_decide_when_all_is_quiet() || a_reboot_interrupts() ||
	       another_run_may_hold_the_lock() ||
	       nothing_is_over_that_may_live();
}
