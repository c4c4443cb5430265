#include "jobs/settle.h"

/* Nothing leaves RUNNING while a process of the run may still be there, so the
 * lock and the process come before the papers; but for a ticket that is still
 * there.  Taken back, it keeps a pulse-run that is on its way from starting
 * what is to be stopped. */
static enum settle_verdict
judge_living(const struct settle_view *view)
{
	if (view->alive)
		return SETTLE_ADOPT;
	return view->swept ? SETTLE_STUCK : SETTLE_SWEEP;
}

static enum settle_verdict
judge_gone(const struct settle_view *view)
{
	if (view->result == SETTLE_WHOLE)
		return SETTLE_RESULT;
	if (view->result == SETTLE_DAMAGED || view->same_boot)
		return SETTLE_ORPHAN;
	return SETTLE_INTERRUPTED;
}

enum settle_verdict
settle_judge(const struct settle_view *view)
{
	if (view->ticket)
		return SETTLE_REVOKE;
	if (view->lock_held || (view->alive && view->started))
		return judge_living(view);
	if (!view->folder || view->revoked)
		return SETTLE_NEVER_STARTED;
	if (!view->started && view->result == SETTLE_ABSENT)
		return SETTLE_NEVER_STARTED;
	return judge_gone(view);
}

const char *
settle_name(enum settle_verdict verdict)
{
	static const char *const names[] = {
		[SETTLE_REVOKE] = "revoke",
		[SETTLE_NEVER_STARTED] = "never_started",
		[SETTLE_RESULT] = "result",
		[SETTLE_ADOPT] = "adopt",
		[SETTLE_SWEEP] = "sweep",
		[SETTLE_STUCK] = "stuck",
		[SETTLE_INTERRUPTED] = "interrupted",
		[SETTLE_ORPHAN] = "orphan",
	};

	return names[verdict];
}
