#include "guard/tickets.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/crypto.h"
#include "base/msg.h"

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
