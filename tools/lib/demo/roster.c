#include "demo/roster.h"

#include <stdlib.h>
#include <string.h>

#include "demo/stock.h"

void
roster_all(const struct desk_call *call)
{
	struct desk_page page =
		desk_page(call, call->tracker->user_count, 50, 1000);
	struct jsonw w = { 0 };
	int64_t i;

	jsonw_open(&w, '[');
	for (i = page.start; i < page.end; i++)
		stock_put(&w, &call->tracker->stock->people[i]);
	jsonw_close(&w, ']');
	desk_answer(call, 200, &w);
}

static bool
user_fits(const struct tracker_user *user, const char *needle, bool inactive)
{
	return (user->active || inactive) &&
	       (strcmp(needle, ".") == 0 || *needle == '\0' ||
		strcasestr(user->name, needle) != NULL ||
		strcasestr(user->display, needle) != NULL);
}

/* Wants ?username=; "." finds everybody; the inactive only when asked for. */
void
roster_search(const struct desk_call *call)
{
	const struct tracker *tracker = call->tracker;
	char *needle = desk_text(call, "username");
	char *asked = desk_text(call, "includeInactive");
	bool inactive = asked != NULL && strcmp(asked, "true") == 0;
	int64_t start = desk_number(call, "startAt", 0), n = 0;
	int64_t most = desk_number(call, "maxResults", 50);
	struct jsonw w = { 0 };
	int i;

	if (needle == NULL) {
		desk_refuse(call, 400,
			    "The username query parameter was not provided");
	} else {
		jsonw_open(&w, '[');
		for (i = 0; i < tracker->user_count; i++) {
			if (!user_fits(&tracker->users[i], needle, inactive))
				continue;
			if (n >= start && n < start + most && most <= 1000)
				stock_put(&w, &tracker->stock->people[i]);
			n++;
		}
		jsonw_close(&w, ']');
		desk_answer(call, 200, &w);
	}
	free(needle);
	free(asked);
}
