/* outbox: keeps what happened in order, and lets progress give way. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "web/outbox.h"

static bool
put(struct outbox *outbox, enum outbox_kind kind, const char *id,
    const char *text)
{
	struct outbox_message *message =
		outbox_message(kind, id, text, strlen(text));
	bool room = outbox_put(outbox, message);

	outbox_drop(message);
	return room;
}

static bool
next_is(struct outbox *outbox, const char *text)
{
	struct outbox_message *message = outbox_first(outbox);
	bool is = message != NULL && strcmp(message->text, text) == 0 &&
		  message->len == strlen(text);

	outbox_pop(outbox);
	return is;
}

static int
messages_come_in_order(void)
{
	struct outbox outbox = { .count = 0 };
	char text[16];
	int i, round;

	for (round = 0; round < 3; round++) {
		for (i = 0; i < 200; i++) {
			snprintf(text, sizeof(text), "%d", i);
			CHECK(put(&outbox, OUTBOX_EVENT, "g-1", text));
		}
		for (i = 0; i < 200; i++) {
			snprintf(text, sizeof(text), "%d", i);
			CHECK(next_is(&outbox, text));
		}
	}
	CHECK(outbox_first(&outbox) == NULL);
	return 0;
}

static int
newer_progress_of_a_run_takes_the_place(void)
{
	struct outbox outbox = { .count = 0 };

	CHECK(put(&outbox, OUTBOX_PROGRESS, "1.a.1", "a 1"));
	CHECK(put(&outbox, OUTBOX_EVENT, "1.a.1", "event"));
	CHECK(put(&outbox, OUTBOX_PROGRESS, "1.b.1", "b 1"));
	CHECK(put(&outbox, OUTBOX_PROGRESS, "1.a.1", "a 2"));
	CHECK(outbox.count == 3);
	CHECK(next_is(&outbox, "a 2"));
	CHECK(next_is(&outbox, "event"));
	CHECK(next_is(&outbox, "b 1"));
	return 0;
}

static int
progress_gives_way_to_events(void)
{
	struct outbox outbox = { .count = 0 };
	char run[16];
	int i;

	for (i = 0; i < OUTBOX_MOST; i++) {
		snprintf(run, sizeof(run), "1.a.%d", i);
		CHECK(put(&outbox, i % 4 == 0 ? OUTBOX_EVENT : OUTBOX_PROGRESS,
			  run, run));
	}
	CHECK(put(&outbox, OUTBOX_PROGRESS, "1.b.1", "none"));
	CHECK(outbox.count == OUTBOX_MOST);
	CHECK(put(&outbox, OUTBOX_EVENT, "g-9", "more"));
	CHECK(outbox.count == OUTBOX_MOST / 4 + 1);
	for (i = 0; i < OUTBOX_MOST; i += 4) {
		snprintf(run, sizeof(run), "1.a.%d", i);
		CHECK(next_is(&outbox, run));
	}
	CHECK(next_is(&outbox, "more"));
	return 0;
}

static int
a_full_one_takes_no_event(void)
{
	struct outbox outbox = { .count = 0 };
	int i;

	for (i = 0; i < OUTBOX_MOST; i++)
		CHECK(put(&outbox, OUTBOX_EVENT, "", "event"));
	CHECK(!put(&outbox, OUTBOX_EVENT, "", "event"));
	CHECK(put(&outbox, OUTBOX_PROGRESS, "1.a.1", "none"));
	CHECK(outbox.count == OUTBOX_MOST);
	outbox_clear(&outbox);
	CHECK(outbox_first(&outbox) == NULL);
	return 0;
}

static int
a_message_lives_as_long_as_one_holds_it(void)
{
	struct outbox a = { .count = 0 }, b = { .count = 0 };
	struct outbox_message *message =
		outbox_message(OUTBOX_EVENT, "g-1", "text", 4);

	CHECK(outbox_put(&a, message) && outbox_put(&b, message));
	CHECK(message->holders == 3);
	outbox_drop(message);
	outbox_clear(&a);
	CHECK(message->holders == 1 && outbox_first(&b) == message);
	CHECK(next_is(&b, "text"));
	return 0;
}

int
main(void)
{
	return messages_come_in_order() ||
	       newer_progress_of_a_run_takes_the_place() ||
	       progress_gives_way_to_events() || a_full_one_takes_no_event() ||
	       a_message_lives_as_long_as_one_holds_it();
}
