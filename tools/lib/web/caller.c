#include "web/caller.h"

#include <stdio.h>

#include "base/clock.h"
#include "guard/tickets.h"
#include "web/exchange.h"
#include "web/wish.h"

void
caller_me(struct exchange *x)
{
	const struct access_who *who = &x->who;
	struct jsonw w = { 0 };

	jsonw_open(&w, '{');
	jsonw_put_string(&w, "name", who->name);
	jsonw_put_string(&w, "role", command_role_name(who->role));
	jsonw_put_string(&w, "from", who->from);
	jsonw_put_string(&w, "token", *who->token != '\0' ? who->token : NULL);
	jsonw_put_time(&w, "until", who->until);
	jsonw_close(&w, '}');
	exchange_json(x, 200, &w);
}

void
caller_ticket(struct exchange *x)
{
	char text[TICKETS_TEXT], protocol[TICKETS_TEXT + 8], why[WISH_WHY];
	int64_t now = clock_now();
	struct jsonw w = { 0 };
	struct wish wish;

	if (wish_read(&wish, 0, x->request->body, x->request->body_len, now,
		      why) != 0) {
		exchange_refuse(x, 400, "bad_request", why,
				"a ticket is asked for with {}");
		return;
	}
	if (!tickets_make(x->web->tickets, &x->who, now, text)) {
		exchange_refuse(x, 503, "busy", "too many tickets are out",
				"each is good for 30 seconds; try again then");
		return;
	}
	snprintf(protocol, sizeof(protocol), "ticket.%s", text);
	jsonw_open(&w, '{');
	jsonw_put_string(&w, "ticket", text);
	jsonw_key(&w, "expires");
	jsonw_time(&w, now + TICKETS_LIFE);
	jsonw_key(&w, "protocols");
	jsonw_open(&w, '[');
	jsonw_string(&w, "pulse.v1");
	jsonw_string(&w, protocol);
	jsonw_close(&w, ']');
	jsonw_close(&w, '}');
	exchange_json(x, 201, &w);
}
