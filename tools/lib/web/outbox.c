#include "web/outbox.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

struct outbox_message *
outbox_message(enum outbox_kind kind, const char *id, const char *text,
	       size_t len)
{
	size_t id_len = strlen(id);
	struct outbox_message *message =
		msg_calloc(1, sizeof(*message) + id_len + len + 2);
	char *own = (char *)(message + 1);

	*message = (struct outbox_message){ .holders = 1,
					    .kind = kind,
					    .id = own,
					    .text = own + id_len + 1,
					    .len = len };
	memcpy(own, id, id_len);
	memcpy(own + id_len + 1, text, len);
	return message;
}

struct outbox_message *
outbox_hold(struct outbox_message *message)
{
	message->holders++;
	return message;
}

void
outbox_drop(struct outbox_message *message)
{
	if (message != NULL && --message->holders == 0)
		free(message);
}

static struct outbox_message **
place(struct outbox *outbox, size_t i)
{
	return &outbox->ring[(outbox->first + i) % OUTBOX_MOST];
}

/* In the place of an older one of the same run. */
static bool
replace(struct outbox *outbox, struct outbox_message *message)
{
	size_t i;

	for (i = 0; i < outbox->count; i++) {
		struct outbox_message **old = place(outbox, i);

		if ((*old)->kind != OUTBOX_PROGRESS ||
		    strcmp((*old)->id, message->id) != 0)
			continue;
		outbox_drop(*old);
		*old = outbox_hold(message);
		return true;
	}
	return false;
}

static void
drop_progress(struct outbox *outbox)
{
	size_t i, kept = 0;

	for (i = 0; i < outbox->count; i++) {
		struct outbox_message *message = *place(outbox, i);

		if (message->kind == OUTBOX_PROGRESS)
			outbox_drop(message);
		else
			*place(outbox, kept++) = message;
	}
	outbox->count = kept;
}

bool
outbox_put(struct outbox *outbox, struct outbox_message *message)
{
	bool gives_way = message->kind == OUTBOX_PROGRESS;

	if (gives_way && replace(outbox, message))
		return true;
	if (outbox->count == OUTBOX_MOST && !gives_way)
		drop_progress(outbox);
	if (outbox->count == OUTBOX_MOST)
		return gives_way;
	*place(outbox, outbox->count++) = outbox_hold(message);
	return true;
}

struct outbox_message *
outbox_first(const struct outbox *outbox)
{
	return outbox->count == 0 ? NULL : outbox->ring[outbox->first];
}

void
outbox_pop(struct outbox *outbox)
{
	if (outbox->count == 0)
		return;
	outbox_drop(outbox->ring[outbox->first]);
	outbox->first = (outbox->first + 1) % OUTBOX_MOST;
	outbox->count--;
}

void
outbox_clear(struct outbox *outbox)
{
	while (outbox->count > 0)
		outbox_pop(outbox);
}
