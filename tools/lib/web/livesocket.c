/* Who listens by WebSocket. */
#include "web/live.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/msg.h"
#include "net/websocket.h"
#include "records/json.h"
#include "web/exchange.h"
#include "web/follower.h"
#include "web/handshake.h"

/* Bytes that the kernel may hold of what a client has not read, so that a slow
 * one is known for it; messages that wait in the connection, beside those in
 * the outbox; ms for a client to read his close; pings without a pong. */
enum { KERNEL = 64 << 10, AHEAD = 2, GRACE = 10000, SILENT = 2 };

struct wire {
	struct follower follower; /* its first member: they are cast */
	struct httpd_socket *socket;
	bool pending; /* its connection is still to be handed over */
	int fd;	      /* -1: not yet, or no more */
	struct websocket *ws;
	short wants;
	int silent; /* pings that got no pong */
	struct loop_timer grace;
};

static struct wire *
wire_of(struct follower *follower)
{
	return (struct wire *)(void *)follower;
}

/* Nothing is heard of the connection any more. */
static void
cut(struct wire *wire)
{
	struct loop *loop = wire->follower.web->loop;

	loop_cancel(loop, &wire->grace);
	if (wire->fd < 0)
		return;
	loop_remove(loop, wire->fd);
	wire->fd = -1;
	follower_leave(&wire->follower);
}

static void
settle(struct wire *wire)
{
	short wants = websocket_wants(wire->ws);

	if (wire->fd < 0 || wants == wire->wants)
		return;
	wire->wants = wants;
	loop_change(wire->follower.web->loop, wire->fd, wants);
}

static void
drop(void *arg)
{
	outbox_drop(arg);
}

static void
flush(struct follower *follower)
{
	struct wire *wire = wire_of(follower);
	struct outbox_message *message;

	if (wire->fd < 0)
		return;
	while (websocket_waiting(wire->ws) < AHEAD &&
	       (message = follower_take(follower)) != NULL)
		websocket_lend(wire->ws, message->text, message->len, drop,
			       message);
	settle(wire);
}

static void
ready(void *arg, short revents)
{
	struct wire *wire = arg;

	if (websocket_turn(wire->ws, revents) != 0) {
		cut(wire);
		return;
	}
	flush(&wire->follower);
	follower_drained(&wire->follower);
}

static void
ping(struct follower *follower)
{
	struct wire *wire = wire_of(follower);

	if (wire->fd < 0)
		return;
	wire->silent = websocket_ping(wire->ws) ? 0 : wire->silent + 1;
	if (wire->silent == SILENT)
		follower_end(follower, FOLLOWER_SILENT, "no pong came");
	else
		settle(wire);
}

static void
give_up(void *arg)
{
	cut(arg);
}

static void
end(struct follower *follower, unsigned code, const char *reason)
{
	struct wire *wire = wire_of(follower);

	if (wire->fd < 0)
		return;
	websocket_close(wire->ws, code, reason);
	loop_at(follower->web->loop, &wire->grace, clock_monotonic() + GRACE,
		give_up, wire);
	settle(wire);
}

/* One that is pending is freed by taken, which finds it without its web. */
static void
release(struct follower *follower)
{
	struct wire *wire = wire_of(follower);

	cut(wire);
	if (wire->pending) {
		follower->web = NULL;
		return;
	}
	websocket_free(wire->ws);
	if (wire->socket != NULL)
		httpd_give_back(wire->socket);
	free(wire);
}

static const struct follower_way way = { flush, ping, end, release };

/* A client may ask whether anybody is there; the rest is passed over. */
static void
hear(void *arg, const char *text, size_t len)
{
	static const char *const wanted[] = { "type" };
	struct wire *wire = arg;
	struct json_paths *paths = json_paths(wanted, 1);
	struct json_error error;
	struct json_span type;

	if (json_scan(paths, text, len, &type, &error) == 0 &&
	    json_is(&type, "ping"))
		follower_tell(&wire->follower, "pong", "{\"type\":\"pong\"}");
	json_paths_free(paths);
}

static void
open_wire(struct wire *wire, int fd, const char *extra, size_t len)
{
	const struct websocket_config config = { hear, wire };
	int size = KERNEL;

	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	wire->fd = fd;
	wire->ws = websocket_open(&config, fd, extra, len);
	wire->wants = websocket_wants(wire->ws);
	loop_add(wire->follower.web->loop, fd, wire->wants, ready, wire);
	flush(&wire->follower);
}

static void
taken(void *arg, struct httpd_socket *socket, int fd, const char *extra,
      size_t len)
{
	struct wire *wire = arg;

	wire->pending = false;
	wire->socket = socket;
	if (wire->follower.web == NULL)
		release(&wire->follower);
	else if (socket == NULL || wire->follower.ended)
		follower_leave(&wire->follower);
	else
		open_wire(wire, fd, extra, len);
}

static void
refuse(struct exchange *x, unsigned status, const char *why)
{
	if (status == 426) {
		httpd_set_header(x->reply, "Upgrade", "websocket");
		httpd_set_header(x->reply, "Sec-WebSocket-Version", "13");
	}
	exchange_refuse(
		x, status, status == 426 ? "upgrade_required" : "bad_request",
		why, "GET /api/v1/events gives the same lines to any client");
}

/* By his peer or token; a browser, which can send none, by his ticket. */
static bool
is_let_in(struct exchange *x, const struct handshake *handshake)
{
	if (x->who.known)
		return true;
	if (*handshake->ticket != '\0' &&
	    tickets_take(x->web->tickets, handshake->ticket, clock_now(),
			 &x->who))
		return true;
	httpd_set_header(x->reply, "WWW-Authenticate",
			 "Bearer realm=\"pulse\"");
	exchange_refuse(x, 401, "unauthorized",
			*handshake->ticket != '\0'
				? "the ticket was used, or is too old"
				: "a token or a ticket is needed",
			"POST /api/v1/tickets gives a ticket, to be offered as "
			"the subprotocol ticket.TICKET within 30 seconds");
	return false;
}

static void
shake_hands(struct exchange *x, const struct handshake *handshake,
	    struct wire *wire)
{
	httpd_status(x->reply, 101);
	httpd_set_header(x->reply, "Upgrade", "websocket");
	httpd_set_header(x->reply, "Sec-WebSocket-Accept", handshake->accept);
	if (handshake->pulse)
		httpd_set_header(x->reply, "Sec-WebSocket-Protocol",
				 "pulse.v1");
	httpd_upgrade(x->reply, taken, wire);
	exchange_send(x);
}

void
live_socket(struct exchange *x)
{
	const struct handshake_headers headers = {
		x->request->method,
		httpd_header(x->request, "Upgrade"),
		httpd_header(x->request, "Connection"),
		httpd_header(x->request, "Sec-WebSocket-Version"),
		httpd_header(x->request, "Sec-WebSocket-Key"),
		httpd_header(x->request, "Sec-WebSocket-Protocol")
	};
	struct eventfile_position after = { .seq = 0 };
	struct handshake handshake;
	struct wire *wire;
	const char *why;
	unsigned status = handshake_read(&headers, &handshake, &why);

	if (status != 0) {
		refuse(x, status, why);
		return;
	}
	if (!follower_parse(x, exchange_argument(x, "after"), &after) ||
	    !is_let_in(x, &handshake))
		return;
	wire = msg_calloc(1, sizeof(*wire));
	wire->follower.way = &way;
	wire->pending = true;
	wire->fd = -1;
	if (follower_join(&wire->follower, x, &after))
		shake_hands(x, &handshake, wire);
	else
		free(wire);
}
