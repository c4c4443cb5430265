/* Who listens by server-sent events. */
#include "web/live.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "web/exchange.h"
#include "web/follower.h"

enum { PARTS = 3 };

static const char greeting[] = "retry: 2000\n\n";
static const char life[] = ": still there\n\n";

struct part {
	const char *text;
	size_t len;
};

struct stream {
	struct follower follower;    /* its first member: they are cast */
	struct httpd_stream *stream; /* NULL: his connection is over */
	struct outbox_message *message;
	char head[EVENTFILE_POSITION + 16];
	struct part parts[PARTS]; /* of what is under way */
	size_t part, sent;
	bool due; /* a sign of life */
};

static struct stream *
stream_of(struct follower *follower)
{
	return (struct stream *)(void *)follower;
}

static void
write_parts(struct stream *s, struct part head, struct part text)
{
	static const struct part end = { "\n\n", 2 };

	s->parts[0] = head;
	s->parts[1] = text;
	s->parts[2] = text.len > 0 ? end : text;
	s->part = s->sent = 0;
}

static void
write_message(struct stream *s)
{
	struct outbox_message *message = s->message;
	bool placed = message->kind == OUTBOX_EVENT && *message->id != '\0';
	int len = placed ? snprintf(s->head, sizeof(s->head),
				    "id: %s\ndata: ", message->id)
			 : snprintf(s->head, sizeof(s->head), "data: ");

	write_parts(s, (struct part){ s->head, (size_t)len },
		    (struct part){ message->text, message->len });
}

/* What is to be sent next; false: nothing now. */
static bool
begin_next(struct stream *s)
{
	static const struct part none = { "", 0 };

	outbox_drop(s->message);
	s->message = follower_take(&s->follower);
	if (s->message != NULL) {
		write_message(s);
		return true;
	}
	if (!s->due || s->follower.ended)
		return false;
	s->due = false;
	write_parts(s, (struct part){ life, strlen(life) }, none);
	return true;
}

/* As much of the parts as there is room for. */
static size_t
copy(struct stream *s, char *out, size_t size)
{
	size_t done = 0, n;

	while (done < size && s->part < PARTS) {
		struct part *part = &s->parts[s->part];

		n = part->len - s->sent;
		if (n > size - done)
			n = size - done;
		memcpy(out + done, part->text + s->sent, n);
		done += n;
		s->sent += n;
		if (s->sent == part->len) {
			s->part++;
			s->sent = 0;
		}
	}
	return done;
}

static ssize_t
give(void *arg, char *out, size_t size)
{
	struct stream *s = arg;
	size_t done = 0;

	do {
		done += copy(s, out + done, size - done);
	} while (done < size && begin_next(s));
	if (done == 0 && s->follower.ended)
		return -1;
	if (s->follower.web != NULL)
		follower_drained(&s->follower);
	return (ssize_t)done;
}

static void
release(struct follower *follower)
{
	struct stream *s = stream_of(follower);

	if (s->stream != NULL) { /* gone will come */
		follower->web = NULL;
		follower->ended = true;
		return;
	}
	outbox_drop(s->message);
	free(s);
}

static void
gone(void *arg)
{
	struct stream *s = arg;

	s->stream = NULL;
	if (s->follower.web == NULL)
		release(&s->follower);
	else
		follower_leave(&s->follower);
}

static void
flush(struct follower *follower)
{
	struct stream *s = stream_of(follower);

	if (s->stream != NULL)
		httpd_wake(s->stream);
}

static void
ping(struct follower *follower)
{
	stream_of(follower)->due = true;
	flush(follower);
}

/* He asks again by himself, and hears then what is the matter. */
static void
end(struct follower *follower, unsigned code, const char *reason)
{
	(void)code;
	(void)reason;
	flush(follower);
}

static const struct follower_way way = { flush, ping, end, release };

/* What a browser that comes again has seen last is newer than its address. */
static const char *
last_seen(const struct exchange *x)
{
	const char *last = httpd_header(x->request, "Last-Event-ID");

	return last != NULL && *last != '\0' ? last
					     : exchange_argument(x, "after");
}

static void
put_headers(struct exchange *x)
{
	httpd_status(x->reply, 200);
	httpd_set_header(x->reply, "Content-Type", "text/event-stream");
	httpd_set_header(x->reply, "X-Accel-Buffering", "no");
}

void
live_events(struct exchange *x)
{
	struct eventfile_position after = { .seq = 0 };
	static const struct part none = { "", 0 };
	struct stream *s;

	if (!follower_parse(x, last_seen(x), &after))
		return;
	if (strcmp(x->request->method, "HEAD") == 0) {
		put_headers(x);
		exchange_send(x);
		return;
	}
	s = msg_calloc(1, sizeof(*s));
	s->follower.way = &way;
	write_parts(s, (struct part){ greeting, strlen(greeting) }, none);
	if (!follower_join(&s->follower, x, &after)) {
		free(s);
		return;
	}
	put_headers(x);
	s->stream = httpd_stream(x->reply, give, gone, s);
	exchange_send(x);
}
