#include "net/websocket.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <wslay/wslay.h>

#include "base/crypto.h"
#include "base/msg.h"
#include "base/utf8.h"

enum {
	CONTROL = 125, /* bytes at most in a ping, a pong or a close */
	READS = 16,    /* of the socket in one turn, so that one who talks
			* without end does not hold up the others */
	LEFTOVER = 16  /* likewise, once it is over */
};

/* One frame to send; frames of the queue are a list. */
struct frame {
	uint8_t opcode;
	size_t len, sent;
	struct frame *next;
	const char *data; /* own, or lent */
	void (*release)(void *arg);
	void *arg;
	char own[];
};

struct websocket {
	struct websocket_config config;
	int fd;
	wslay_frame_context_ptr wslay;
	char *extra; /* read by the HTTP server already */
	size_t extra_len, extra_used;
	int reads;  /* left in this turn */
	bool ended; /* the connection, whoever ended it */

	/* Taking: the frame under way and the text message that it is of. */
	bool in_frame, in_message;
	uint64_t got; /* of the frame */
	size_t in_len, control_len;
	char in[WEBSOCKET_IN + 1];
	uint8_t control[CONTROL];

	/* Sending. */
	struct frame *now, *first, *last;
	size_t waiting;
	struct frame *pong, *ping, *close; /* go before the others */
	bool closing, ponged;
};

bool
websocket_accept(const char *key, char out[WEBSOCKET_ACCEPT])
{
	static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	static const char name[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
	const struct crypto_part parts[] = { { key, 24 },
					     { name, sizeof(name) - 1 } };

	if (strspn(key, base64) != 22 || strcmp(key + 22, "==") != 0)
		return false;
	crypto_sha1_base64(parts, 2, out);
	return true;
}

/* For wslay: what the HTTP server has read comes first. */
static ssize_t
take_bytes(uint8_t *out, size_t size, int flags, void *arg)
{
	struct websocket *ws = arg;
	size_t left = ws->extra_len - ws->extra_used;
	ssize_t n;

	(void)flags;
	if (left > 0) {
		if (left < size)
			size = left;
		memcpy(out, ws->extra + ws->extra_used, size);
		ws->extra_used += size;
		return (ssize_t)size;
	}
	if (ws->reads-- <= 0)
		return -1;
	do {
		n = recv(ws->fd, out, size, MSG_DONTWAIT);
	} while (n < 0 && errno == EINTR);
	if (n == 0 || (n < 0 && errno != EAGAIN))
		ws->ended = true;
	return n;
}

static ssize_t
give_bytes(const uint8_t *bytes, size_t len, int flags, void *arg)
{
	struct websocket *ws = arg;
	int more = (flags & WSLAY_MSG_MORE) != 0 ? MSG_MORE : 0;
	ssize_t n;

	do {
		n = send(ws->fd, bytes, len,
			 MSG_DONTWAIT | MSG_NOSIGNAL | more);
	} while (n < 0 && errno == EINTR);
	if (n < 0 && errno != EAGAIN)
		ws->ended = true;
	return n;
}

struct websocket *
websocket_open(const struct websocket_config *config, int fd, const char *extra,
	       size_t len)
{
	static const struct wslay_frame_callbacks callbacks = {
		.send_callback = give_bytes,
		.recv_callback = take_bytes,
	};
	struct websocket *ws = msg_calloc(1, sizeof(*ws));
	int on = 1;

	ws->config = *config;
	ws->fd = fd;
	ws->ponged = true;
	if (len > 0) {
		ws->extra = msg_calloc(1, len);
		memcpy(ws->extra, extra, len);
		ws->extra_len = len;
	}
	/* A small frame must not wait for the last one's acknowledgement. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (wslay_frame_context_init(&ws->wslay, &callbacks, ws) != 0)
		msg_die(EX_OSERR, "cannot open 'a WebSocket': out of memory");
	return ws;
}

static struct frame *
make_frame(uint8_t opcode, const void *data, size_t len)
{
	struct frame *frame = msg_calloc(1, sizeof(*frame) + len);

	frame->opcode = opcode;
	frame->len = len;
	frame->data = frame->own;
	if (len > 0)
		memcpy(frame->own, data, len);
	return frame;
}

static void
free_frame(struct frame *frame)
{
	if (frame != NULL && frame->release != NULL)
		frame->release(frame->arg);
	free(frame);
}

static void
drop_queue(struct websocket *ws)
{
	struct frame *frame;

	while ((frame = ws->first) != NULL) {
		ws->first = frame->next;
		free_frame(frame);
	}
	ws->last = NULL;
	ws->waiting = 0;
	free(ws->pong);
	free(ws->ping);
	ws->pong = NULL;
	ws->ping = NULL;
}

/* code 0: a close that names none. */
static void
start_close(struct websocket *ws, unsigned code, const void *reason, size_t len)
{
	char data[CONTROL] = { (char)(code >> 8), (char)code };

	if (ws->closing)
		return;
	ws->closing = true;
	drop_queue(ws);
	if (len > sizeof(data) - 2)
		len = sizeof(data) - 2;
	if (len > 0)
		memcpy(data + 2, reason, len);
	ws->close = make_frame(WSLAY_CONNECTION_CLOSE, data,
			       code == 0 ? 0 : 2 + len);
}

void
websocket_close(struct websocket *ws, unsigned code, const char *reason)
{
	start_close(ws, code, reason, strlen(reason));
}

static bool
is_utf8(const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t i = 0, n;

	while (i < len) {
		n = s[i] < 0x80 ? 1 : utf8_length(s + i, len - i);
		if (n == 0)
			return false;
		i += n;
	}
	return true;
}

/* May this code stand in a close frame (RFC 6455 section 7.4)? */
static bool
is_close_code(unsigned code)
{
	return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 &&
		code != 1006) ||
	       (code >= 3000 && code <= 4999);
}

/* The other end closes: the same code goes back. */
static void
answer_close(struct websocket *ws)
{
	const uint8_t *data = ws->control;
	unsigned code;

	if (ws->control_len == 0) {
		start_close(ws, 0, NULL, 0);
		return;
	}
	code = ws->control_len > 1 ? (unsigned)(data[0] << 8 | data[1]) : 0;
	if (!is_close_code(code))
		websocket_close(ws, WSLAY_CODE_PROTOCOL_ERROR, "no such code");
	else if (!is_utf8((const char *)data + 2, ws->control_len - 2))
		websocket_close(ws, WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA,
				"the reason is no UTF-8");
	else
		start_close(ws, code, NULL, 0);
}

static void
take_control(struct websocket *ws, uint8_t opcode)
{
	if (opcode == WSLAY_PONG) {
		ws->ponged = true;
	} else if (opcode == WSLAY_PING) {
		free(ws->pong); /* only the last needs an answer */
		ws->pong = make_frame(WSLAY_PONG, ws->control, ws->control_len);
	} else {
		answer_close(ws);
	}
	ws->control_len = 0;
}

static void
take_message(struct websocket *ws)
{
	size_t len = ws->in_len;

	ws->in_message = false;
	ws->in_len = 0;
	ws->in[len] = '\0';
	if (!is_utf8(ws->in, len))
		websocket_close(ws, WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA,
				"the text is no UTF-8");
	else if (ws->config.text != NULL)
		ws->config.text(ws->config.arg, ws->in, len);
}

/* Looks at a frame's head; 0, or the code to close with. */
static unsigned
look_at_frame(const struct websocket *ws, const struct wslay_frame_iocb *frame)
{
	if (frame->mask == 0 || frame->rsv != 0)
		return WSLAY_CODE_PROTOCOL_ERROR;
	switch (frame->opcode) {
	case WSLAY_CONNECTION_CLOSE:
	case WSLAY_PING:
	case WSLAY_PONG:
		return 0;
	case WSLAY_CONTINUATION_FRAME:
		if (!ws->in_message)
			return WSLAY_CODE_PROTOCOL_ERROR;
		break;
	case WSLAY_TEXT_FRAME:
		if (ws->in_message)
			return WSLAY_CODE_PROTOCOL_ERROR;
		break;
	case WSLAY_BINARY_FRAME:
		return WSLAY_CODE_UNSUPPORTED_DATA;
	default:
		return WSLAY_CODE_PROTOCOL_ERROR;
	}
	if (frame->payload_length > WEBSOCKET_IN - ws->in_len)
		return WSLAY_CODE_MESSAGE_TOO_BIG;
	return 0;
}

static const char *
reason_of(unsigned code)
{
	switch (code) {
	case WSLAY_CODE_UNSUPPORTED_DATA:
		return "only text is taken";
	case WSLAY_CODE_MESSAGE_TOO_BIG:
		return "a message has at most 4096 bytes";
	default:
		return "no such frame is allowed here";
	}
}

/* A piece of a frame; wslay hands out no control frame above CONTROL. */
static void
take_piece(struct websocket *ws, const struct wslay_frame_iocb *piece)
{
	bool control = wslay_is_ctrl_frame(piece->opcode);
	unsigned code = ws->in_frame ? 0 : look_at_frame(ws, piece);

	if (code != 0) {
		websocket_close(ws, code, reason_of(code));
		return;
	}
	if (!ws->in_frame)
		ws->got = 0;
	ws->got += piece->data_length;
	ws->in_frame = ws->got < piece->payload_length;
	if (control) {
		memcpy(ws->control + ws->control_len, piece->data,
		       piece->data_length);
		ws->control_len += piece->data_length;
	} else {
		ws->in_message = true;
		memcpy(ws->in + ws->in_len, piece->data, piece->data_length);
		ws->in_len += piece->data_length;
	}
	if (ws->in_frame)
		return;
	if (control)
		take_control(ws, piece->opcode);
	else if (piece->fin)
		take_message(ws);
}

static void
take(struct websocket *ws)
{
	struct wslay_frame_iocb piece;
	ssize_t n;

	ws->reads = READS;
	while (!ws->closing && !ws->ended) {
		memset(&piece, 0, sizeof(piece));
		n = wslay_frame_recv(ws->wslay, &piece);
		if (n == WSLAY_ERR_WANT_READ)
			return;
		if (n < 0)
			websocket_close(ws, WSLAY_CODE_PROTOCOL_ERROR,
					"no such frame exists");
		else
			take_piece(ws, &piece);
	}
}

/* Chooses the frame to send when none is under way. */
static bool
next_frame(struct websocket *ws)
{
	struct frame **from = &ws->first;

	if (ws->now != NULL)
		return true;
	if (ws->close != NULL)
		from = &ws->close;
	else if (ws->pong != NULL)
		from = &ws->pong;
	else if (ws->ping != NULL)
		from = &ws->ping;
	ws->now = *from;
	if (ws->now == NULL)
		return false;
	*from = ws->now->next;
	if (ws->first == NULL)
		ws->last = NULL;
	if (ws->now->opcode == WSLAY_TEXT_FRAME)
		ws->waiting--;
	return true;
}

/* A client that reads the close before the connection ends must not lose it to
 * a reset, which follows when what it sent was not read. */
static void
finish(struct websocket *ws)
{
	uint8_t passed_over[4096];
	int i;

	ws->ended = true;
	shutdown(ws->fd, SHUT_WR);
	for (i = 0; i < LEFTOVER; i++)
		if (recv(ws->fd, passed_over, sizeof(passed_over),
			 MSG_DONTWAIT) <= 0)
			return;
}

static void
give(struct websocket *ws)
{
	struct wslay_frame_iocb piece;
	struct frame *frame;
	ssize_t n;

	while (!ws->ended && next_frame(ws)) {
		frame = ws->now;
		piece = (struct wslay_frame_iocb){
			.fin = 1,
			.opcode = frame->opcode,
			.payload_length = frame->len,
			.data = (const uint8_t *)frame->data + frame->sent,
			.data_length = frame->len - frame->sent,
		};
		n = wslay_frame_send(ws->wslay, &piece);
		if (n < 0)
			return;
		frame->sent += (size_t)n;
		if (frame->sent < frame->len)
			continue;
		ws->now = NULL;
		if (frame->opcode == WSLAY_CONNECTION_CLOSE)
			finish(ws);
		free_frame(frame);
	}
}

static bool
has_extra(const struct websocket *ws)
{
	return !ws->closing && ws->extra_used < ws->extra_len;
}

short
websocket_wants(const struct websocket *ws)
{
	bool out = ws->now != NULL || ws->first != NULL || ws->pong != NULL ||
		   ws->ping != NULL || ws->close != NULL;

	if (ws->ended || has_extra(ws))
		out = true; /* to be turned at once */
	return (short)((ws->closing ? 0 : POLLIN) | (out ? POLLOUT : 0));
}

int
websocket_turn(struct websocket *ws, short revents)
{
	if ((revents & (POLLIN | POLLHUP | POLLERR)) != 0 || has_extra(ws))
		take(ws);
	if ((revents & (POLLHUP | POLLERR)) != 0 && ws->closing)
		ws->ended = true;
	give(ws);
	return ws->ended ? -1 : 0;
}

static int
queue(struct websocket *ws, struct frame *frame)
{
	if (ws->closing || ws->ended || ws->waiting >= WEBSOCKET_QUEUE) {
		free_frame(frame);
		return ws->closing || ws->ended ? 0 : -1;
	}
	if (ws->last != NULL)
		ws->last->next = frame;
	else
		ws->first = frame;
	ws->last = frame;
	ws->waiting++;
	give(ws);
	return 0;
}

int
websocket_send(struct websocket *ws, const char *text, size_t len)
{
	return queue(ws, make_frame(WSLAY_TEXT_FRAME, text, len));
}

int
websocket_lend(struct websocket *ws, const char *text, size_t len,
	       void (*release)(void *arg), void *arg)
{
	struct frame *frame = make_frame(WSLAY_TEXT_FRAME, NULL, 0);

	frame->len = len;
	frame->data = text;
	frame->release = release;
	frame->arg = arg;
	return queue(ws, frame);
}

size_t
websocket_waiting(const struct websocket *ws)
{
	return ws->waiting;
}

bool
websocket_ping(struct websocket *ws)
{
	bool ponged = ws->ponged;

	if (ws->closing || ws->ended)
		return ponged;
	ws->ponged = false;
	if (ws->ping == NULL)
		ws->ping = make_frame(WSLAY_PING, NULL, 0);
	give(ws);
	return ponged;
}

void
websocket_free(struct websocket *ws)
{
	if (ws == NULL)
		return;
	drop_queue(ws);
	free_frame(ws->now);
	free(ws->close);
	free(ws->extra);
	wslay_frame_context_free(ws->wslay);
	free(ws);
}
