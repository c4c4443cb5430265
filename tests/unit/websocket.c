/* websocket: frames as they come from a client, right and wrong, whole and in
 * pieces; a full socket, a full queue, pings and closes. */
#include "net/websocket.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/msg.h"
#include "check.h"

/* A server's end, and what its client hears. */
struct pair {
	struct websocket *ws;
	int fd, far;
	char texts[WEBSOCKET_IN * 2];
	unsigned char got[1 << 20];
	size_t len;
};

static void
take_text(void *arg, const char *text, size_t len)
{
	struct pair *pair = arg;
	size_t at = strlen(pair->texts);

	snprintf(pair->texts + at, sizeof(pair->texts) - at, "%zu:%s;", len,
		 text);
}

static struct pair *
open_pair(const char *extra, size_t len)
{
	struct pair *pair = msg_calloc(1, sizeof(*pair));
	struct websocket_config config = { take_text, pair };
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) != 0)
		abort();
	pair->fd = fds[0];
	pair->far = fds[1];
	pair->ws = websocket_open(&config, pair->fd, extra, len);
	return pair;
}

static void
end_pair(struct pair *pair)
{
	websocket_free(pair->ws);
	close(pair->fd);
	if (pair->far >= 0)
		close(pair->far);
	free(pair);
}

/* As the caller's loop does; -1: over. */
static int
turn(struct pair *pair)
{
	struct pollfd poll_fd = { pair->fd, websocket_wants(pair->ws), 0 };

	if (poll(&poll_fd, 1, 0) != 1)
		return 0;
	return websocket_turn(pair->ws, poll_fd.revents);
}

static void
hear(struct pair *pair)
{
	ssize_t n;

	while ((n = recv(pair->far, pair->got + pair->len,
			 sizeof(pair->got) - pair->len, 0)) > 0)
		pair->len += (size_t)n;
}

/* Masked with 1 2 3 4. */
static size_t
put_frame(unsigned char *out, unsigned head, const char *data, size_t len)
{
	static const unsigned char mask[] = { 1, 2, 3, 4 };
	size_t n = 0, i;

	out[n++] = (unsigned char)head;
	out[n++] = (unsigned char)(0x80 | (len < 126 ? len : 126));
	if (len >= 126) {
		out[n++] = (unsigned char)(len >> 8);
		out[n++] = (unsigned char)len;
	}
	memcpy(out + n, mask, sizeof(mask));
	n += sizeof(mask);
	for (i = 0; i < len; i++)
		out[n++] = (unsigned char)data[i] ^ mask[i % 4];
	return n;
}

static void
say(struct pair *pair, unsigned head, const char *data)
{
	unsigned char frame[WEBSOCKET_IN + 64];
	size_t len = put_frame(frame, head, data, strlen(data));

	if (send(pair->far, frame, len, 0) != (ssize_t)len)
		abort();
}

/* What was heard last is a close of this code; 0: one without. */
static bool
is_closed(struct pair *pair, unsigned code)
{
	const unsigned char *got = pair->got;
	size_t at = 0, len = 0;

	hear(pair);
	while (at + 2 <= pair->len && got[at] != 0x88) {
		len = got[at + 1];
		at += 2;
		if (len == 126) {
			len = (size_t)(got[at] << 8 | got[at + 1]);
			at += 2;
		}
		at += len;
	}
	if (at + 2 > pair->len || at + 2 + got[at + 1] != pair->len)
		return false;
	if (got[at + 1] < 2)
		return code == 0;
	return (unsigned)(got[at + 2] << 8 | got[at + 3]) == code;
}

#define BYTES(literal)                                                         \
	{                                                                      \
		literal, sizeof(literal) - 1                                   \
	}
#define M "\0\0\0\0" /* a mask that changes nothing */

/* What a client may not send, and the code that it gets. */
static const struct {
	struct {
		const char *bytes;
		size_t len;
	} sent;
	unsigned code;
} wrong[] = {
	{ BYTES("\x81\x05hello"), 1002 },  /* unmasked */
	{ BYTES("\x8a\x00"), 1002 },	   /* likewise */
	{ BYTES("\xc1\x81" M "x"), 1002 }, /* reserved bits */
	{ BYTES("\xa1\x81" M "x"), 1002 },
	{ BYTES("\x91\x81" M "x"), 1002 },
	{ BYTES("\x83\x81" M "x"), 1002 }, /* no such opcode */
	{ BYTES("\x8b\x81" M "x"), 1002 },
	{ BYTES("\x8f\x80" M), 1002 },
	{ BYTES("\x82\x81" M "x"), 1003 }, /* binary */
	{ BYTES("\x02\x81" M "x"), 1003 },
	{ BYTES("\x80\x81" M "x"), 1002 },		 /* no start */
	{ BYTES("\x01\x81" M "x\x81\x81" M "y"), 1002 }, /* two starts */
	{ BYTES("\x09\x81" M "x"), 1002 },		 /* a ping in pieces */
	{ BYTES("\x08\x80" M), 1002 },
	{ BYTES("\x89\xfe\x00\x7e" M "x"), 1002 }, /* of 126 bytes */
	{ BYTES("\x88\xfe\x00\x7e" M "x"), 1002 },
	{ BYTES("\x81\xfe\x00\x05" M "hello"), 1002 }, /* a longer form */
	{ BYTES("\x81\xff\x00\x00\x00\x00\x00\x00\x00\x05" M "hello"), 1002 },
	{ BYTES("\x81\xff\x80\x00\x00\x00\x00\x00\x00\x00" M "x"), 1002 },
	{ BYTES("\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff" M "x"), 1009 },
	{ BYTES("\x81\xff\x00\x00\x00\x00\x00\x01\x00\x00" M "x"), 1009 },
	{ BYTES("\x81\xfe\x10\x01" M "x"), 1009 }, /* 4097 bytes */
	{ BYTES("\x01\x82" M "ab\x80\xfe\x0f\xff" M "x"), 1009 },
	{ BYTES("\x81\x82" M "\xc3\x28"), 1007 },
	{ BYTES("\x81\x81" M "\xc3"), 1007 },	      /* cut short */
	{ BYTES("\x81\x83" M "\xed\xa0\x80"), 1007 }, /* a surrogate */
	{ BYTES("\x81\x82" M "\xc0\x80"), 1007 },     /* overlong */
	{ BYTES("\x88\x81" M "\x03"), 1002 },	      /* half a code */
	{ BYTES("\x88\x82" M "\x03\xed"), 1002 },     /* 1005 */
	{ BYTES("\x88\x82" M "\x00\x00"), 1002 },
	{ BYTES("\x88\x82" M "\x07\xd0"), 1002 }, /* 2000 */
	{ BYTES("\x88\x82" M "\x13\x88"), 1002 }, /* 5000 */
	{ BYTES("\x88\x83" M "\x03\xe8\xff"), 1007 },
	/* And a right end: the same code comes back. */
	{ BYTES("\x88\x80" M), 0 },
	{ BYTES("\x88\x82" M "\x03\xe8"), 1000 },
	{ BYTES("\x88\x85" M "\x0f\xa1"
		"bye"),
	  4001 },
};

/* step: so many bytes at once; 0: all of it was read by the HTTP server. */
static int
check_wrong(size_t i, size_t step)
{
	const char *bytes = wrong[i].sent.bytes;
	size_t len = wrong[i].sent.len, at, n;
	struct pair *pair = open_pair(bytes, step == 0 ? len : 0);
	int over = step == 0 ? turn(pair) : 0;

	for (at = 0; step > 0 && at < len && over == 0; at += n) {
		n = len - at < step ? len - at : step;
		CHECK(send(pair->far, bytes + at, n, 0) == (ssize_t)n);
		over = turn(pair);
	}
	if (over == 0)
		over = turn(pair);
	if (!is_closed(pair, wrong[i].code))
		printf("case %zu, step %zu, %zu bytes\n", i, step, pair->len);
	CHECK(is_closed(pair, wrong[i].code));
	CHECK(over == -1);
	CHECK(pair->texts[0] == '\0');
	end_pair(pair);
	return 0;
}

static int
check_texts(void)
{
	struct pair *pair = open_pair("", 0);
	char most[WEBSOCKET_IN + 1] = "";
	int i;

	say(pair, 0x81, "one");
	say(pair, 0x81, "");
	say(pair, 0x01, "fr\xc3"); /* a character in two frames */
	say(pair, 0x89, "ping");
	say(pair, 0x00, "");
	say(pair, 0x80, "\xa9");
	say(pair, 0x81, "\xf0\x9f\x98\x80");
	CHECK(turn(pair) == 0);
	CHECK(strcmp(pair->texts, "3:one;0:;4:fr\xc3\xa9;"
				  "4:\xf0\x9f\x98\x80;") == 0);
	hear(pair);
	CHECK(pair->len == 6);
	CHECK(memcmp(pair->got, "\x8a\x04ping", 6) == 0);

	memset(most, 'm', WEBSOCKET_IN);
	pair->texts[0] = '\0';
	say(pair, 0x81, most);
	for (i = 0; i < 3; i++) /* wslay's own buffer is of that size too */
		CHECK(turn(pair) == 0);
	CHECK(strncmp(pair->texts, "4096:mmm", 8) == 0);
	close(pair->far);
	pair->far = -1;
	CHECK(turn(pair) == -1);
	end_pair(pair);
	return 0;
}

/* A client that pings without end and reads nothing costs nothing. */
static int
check_ping_flood(void)
{
	struct pair *pair = open_pair("", 0);
	unsigned char ping[64];
	size_t len = put_frame(ping, 0x89, "0123456789", 10), i, n = 0;

	for (i = 0; i < 200000; i++) {
		if (send(pair->far, ping, len, 0) != (ssize_t)len)
			CHECK(turn(pair) == 0);
		else
			n++;
	}
	CHECK(n > 20000);
	CHECK(websocket_waiting(pair->ws) == 0);
	end_pair(pair);
	return 0;
}

static int
check_slow(void)
{
	struct pair *pair = open_pair("", 0);
	char text[4096];
	size_t sent = 0, at = 0, len, frames = 0;
	int i;

	memset(text, 't', sizeof(text));
	while (websocket_send(pair->ws, text, sizeof(text)) == 0)
		sent++;
	CHECK(sent > WEBSOCKET_QUEUE);
	CHECK(websocket_waiting(pair->ws) == WEBSOCKET_QUEUE);
	CHECK(websocket_wants(pair->ws) == (POLLIN | POLLOUT));
	CHECK(turn(pair) == 0); /* it can not be written now */
	websocket_close(pair->ws, 1013, "too slow");
	CHECK(websocket_waiting(pair->ws) == 0);
	CHECK(websocket_send(pair->ws, text, 1) == 0); /* dropped */
	say(pair, 0x81, "unheard");
	for (i = 0; i < 100; i++) {
		hear(pair);
		if (turn(pair) != 0)
			break;
	}
	CHECK(i < 100);
	CHECK(is_closed(pair, 1013));
	CHECK(pair->texts[0] == '\0');
	for (; at < pair->len && pair->got[at] == 0x81; at += 4 + len) {
		len = (size_t)(pair->got[at + 2] << 8 | pair->got[at + 3]);
		CHECK(len == sizeof(text));
		frames++;
	}
	CHECK(frames == sent - WEBSOCKET_QUEUE); /* the one begun is whole */
	end_pair(pair);
	return 0;
}

static void
count(void *arg)
{
	++*(size_t *)arg;
}

/* What is lent comes back once, whether it was sent or not. */
static int
check_lent(void)
{
	struct pair *pair = open_pair("", 0);
	static const char text[4096] = "lent";
	size_t lent = 1, back = 0;

	while (websocket_lend(pair->ws, text, sizeof(text), count, &back) == 0)
		lent++;
	CHECK(back == lent - WEBSOCKET_QUEUE - 1); /* one is begun */
	websocket_close(pair->ws, 1013, "too slow");
	CHECK(back == lent - 1);
	websocket_lend(pair->ws, text, sizeof(text), count, &back);
	CHECK(back == lent);
	end_pair(pair);
	CHECK(back == lent + 1);
	return 0;
}

static int
check_pings(void)
{
	struct pair *pair = open_pair("", 0);

	CHECK(websocket_ping(pair->ws));
	hear(pair);
	CHECK(pair->len == 2);
	CHECK(memcmp(pair->got, "\x89\x00", 2) == 0);
	CHECK(!websocket_ping(pair->ws));
	say(pair, 0x8a, "");
	CHECK(turn(pair) == 0);
	CHECK(websocket_ping(pair->ws));
	end_pair(pair);
	return 0;
}

static int
check_accept(void)
{
	char out[WEBSOCKET_ACCEPT];

	/* The example of RFC 6455 section 1.3. */
	CHECK(websocket_accept("dGhlIHNhbXBsZSBub25jZQ==", out));
	CHECK(strcmp(out, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") == 0);
	CHECK(!websocket_accept("", out));
	CHECK(!websocket_accept("dGhlIHNhbXBsZSBub25jZQ=", out));
	CHECK(!websocket_accept("dGhlIHNhbXBsZSBub25jZQ===", out));
	CHECK(!websocket_accept("dGhlIHNhbXBsZSBub25jZQ== ", out));
	CHECK(!websocket_accept("dGhlIHNhbXBsZSBub25jZ$==", out));
	return 0;
}

int
main(void)
{
	size_t i, step;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		for (step = 0; step < 4; step++)
			if (check_wrong(i, step == 3 ? 1000 : step) != 0)
				return 1;
	return check_texts() || check_ping_flood() || check_slow() ||
	       check_lent() || check_pings() || check_accept();
}
