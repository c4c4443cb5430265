#include "measure/asof.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

struct kept {
	char sort; /* as store_call_sort; 0: none yet */
	int64_t at, place;
	int64_t number;
	double real;
	char *text; /* owned; kept for the next one */
	size_t len, room;
};

struct asof {
	struct kept before, after; /* the moment */
};

enum { MOMENT, AT, PLACE, WAS, BECOMES, ARGUMENTS };

static void
keep_text(struct kept *kept, const char *text, size_t len)
{
	if (len > kept->room || kept->text == NULL) {
		kept->room = len + 32;
		kept->text = msg_realloc(kept->text, kept->room);
	}
	memcpy(kept->text, text, len);
	kept->len = len;
}

static void
keep(struct kept *kept, const struct store_call *call, int argument)
{
	const char *text;
	size_t len;

	kept->at = store_call_int(call, AT);
	kept->place = store_call_int(call, PLACE);
	kept->sort = store_call_sort(call, argument);
	if (kept->sort == 'i')
		kept->number = store_call_int(call, argument);
	else if (kept->sort == 'r')
		kept->real = store_call_real(call, argument);
	else if ((text = store_call_text(call, argument, &len)) != NULL)
		keep_text(kept, text, len);
}

static bool
is_later(const struct store_call *call, const struct kept *kept)
{
	int64_t at = store_call_int(call, AT);

	return at != kept->at ? at > kept->at
			      : store_call_int(call, PLACE) > kept->place;
}

static void
step(struct store_call *call, void *state)
{
	struct asof *asof = state;

	if (store_call_sort(call, AT) == 'n')
		return;
	if (store_call_int(call, AT) <= store_call_int(call, MOMENT)) {
		if (asof->before.sort == 0 || is_later(call, &asof->before))
			keep(&asof->before, call, BECOMES);
	} else if (asof->after.sort == 0 || !is_later(call, &asof->after)) {
		keep(&asof->after, call, WAS);
	}
}

static void
finish(struct store_call *call, void *state)
{
	struct asof *asof = state;
	const struct kept *kept;

	if (asof == NULL)
		return;
	kept = asof->before.sort != 0 ? &asof->before : &asof->after;
	if (kept->sort == 'i')
		store_answer_int(call, kept->number);
	else if (kept->sort == 'r')
		store_answer_real(call, kept->real);
	else if (kept->sort == 't' || kept->sort == 'b')
		store_answer_text(call, kept->text, kept->len);
	free(asof->before.text);
	free(asof->after.text);
}

int
asof_add(struct store *store)
{
	static const struct store_aggregate how = { sizeof(struct asof), step,
						    finish };

	return store_add_aggregate(store, "as_of", ARGUMENTS, &how);
}
