#include "net/descent.h"

enum descent_row
descent_judge(struct descent *descent, int64_t number, int64_t bottom)
{
	if (!descent->started) {
		descent->started = true;
		descent->first = number;
	}
	if (number < bottom)
		return DESCENT_ENOUGH;
	if (descent->open && number > descent->reached && number < descent->top)
		return DESCENT_SKIP;
	return DESCENT_TAKE;
}

void
descent_out(struct descent *descent, int64_t number)
{
	if (descent->open && !descent->joined && number > descent->top)
		return; /* a gap is between: only the older part is kept */
	if (!descent->open) {
		descent->open = true;
		descent->reached = number;
	}
	if (!descent->joined) {
		descent->joined = true;
		descent->top = descent->first;
	}
	if (number < descent->reached)
		descent->reached = number;
}

void
descent_finish(struct descent *descent)
{
	if (descent->started && descent->first > descent->mark)
		descent->mark = descent->first;
	descent->open = false;
	descent->joined = false;
	descent->started = false;
}
