/*
 * outbox - the messages that wait to be sent to one client, each held once for
 * all who are to get it.  pure.
 *
 *   message = outbox_message(OUTBOX_EVENT, id, text, len);
 *   if (!outbox_put(&outbox, message)) ... too slow: close it
 *   outbox_drop(message);                the outboxes hold it now
 *   while ((message = outbox_first(&outbox)) != NULL) ... outbox_pop(&outbox)
 *   outbox_clear(&outbox);
 *
 * Progress gives way: a newer one of the same run takes the place of the one
 * that waits; when OUTBOX_MOST wait no more is taken, and what waits of it
 * makes room for an event.
 */
#ifndef PULSE_OUTBOX_H
#define PULSE_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>

enum { OUTBOX_MOST = 256 };

enum outbox_kind { OUTBOX_EVENT, OUTBOX_PROGRESS };

struct outbox_message {
	unsigned holders;
	enum outbox_kind kind;
	const char *id;	  /* GEN-SEQ, of progress the run's; or "" */
	const char *text; /* JSON, NUL-ended */
	size_t len;
};

/* All is copied; one holder. */
struct outbox_message *outbox_message(enum outbox_kind kind, const char *id,
				      const char *text, size_t len);
struct outbox_message *outbox_hold(struct outbox_message *message);
void outbox_drop(struct outbox_message *message); /* NULL is fine */

/* Zeroed before first use. */
struct outbox {
	struct outbox_message *ring[OUTBOX_MOST];
	size_t first, count;
};

/* False: there is no room for an event. */
bool outbox_put(struct outbox *outbox, struct outbox_message *message);
struct outbox_message *outbox_first(const struct outbox *outbox); /* or NULL */
void outbox_pop(struct outbox *outbox);
void outbox_clear(struct outbox *outbox);

#endif
