#include "web/tickets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/msg.h"
#include "web/exchange.h"
#include "web/wish.h"

enum { BITS = 32, LEN = 43 /* characters that these become */ };

struct ticket {
	char text[TICKETS_TEXT];
	struct access_who who;
	int64_t until; /* 0: the place is free */
};

struct tickets {
	struct ticket out[TICKETS_MOST];
};

struct tickets *
tickets_new(void)
{
	return msg_calloc(1, sizeof(struct tickets));
}

void
tickets_free(struct tickets *tickets)
{
	if (tickets == NULL)
		return;
	explicit_bzero(tickets, sizeof(*tickets));
	free(tickets);
}

static struct ticket *
free_place(struct tickets *tickets, int64_t now)
{
	size_t i;

	for (i = 0; i < TICKETS_MOST; i++)
		if (tickets->out[i].until <= now)
			return &tickets->out[i];
	return NULL;
}

bool
tickets_make(struct tickets *tickets, const struct access_who *who, int64_t now,
	     char text[TICKETS_TEXT])
{
	struct ticket *ticket = free_place(tickets, now);
	unsigned char bits[BITS];
	char *letters;

	if (ticket == NULL || getrandom(bits, sizeof(bits), 0) != sizeof(bits))
		return false;
	letters = crypto_base64url(bits, sizeof(bits));
	*ticket = (struct ticket){ .who = *who, .until = now + TICKETS_LIFE };
	memcpy(ticket->text, letters, LEN);
	memcpy(text, ticket->text, TICKETS_TEXT);
	free(letters);
	return true;
}

/* All are looked at, so that the time it takes tells nothing. */
static struct ticket *
find(struct tickets *tickets, const char *text)
{
	char padded[TICKETS_TEXT] = "";
	struct ticket *found = NULL;
	size_t i;

	if (strlen(text) != LEN)
		return NULL;
	memcpy(padded, text, LEN);
	for (i = 0; i < TICKETS_MOST; i++)
		if (crypto_equal(tickets->out[i].text, padded, TICKETS_TEXT))
			found = &tickets->out[i];
	return found;
}

bool
tickets_take(struct tickets *tickets, const char *text, int64_t now,
	     struct access_who *who)
{
	struct ticket *ticket = find(tickets, text);
	bool good = ticket != NULL && ticket->until > now;

	*who = good ? ticket->who : (struct access_who){ .known = false };
	if (ticket != NULL)
		*ticket = (struct ticket){ .until = 0 };
	return good;
}

void
tickets_answer(struct exchange *x)
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
	jsonw_key(&w, "ticket");
	jsonw_string(&w, text);
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
