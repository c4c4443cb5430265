/* Any bytes as a client's frames, in two pieces: messages of UTF-8 within the
 * bound or a close, and what goes back is whole frames, the close last. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/websocket.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void
take_text(void *arg, const char *text, size_t len)
{
	struct websocket **ws = arg;

	if (len > WEBSOCKET_IN || strlen(text) > len)
		abort();
	if (websocket_send(*ws, text, len) != 0)
		websocket_close(*ws, 1013, "too slow");
}

static int
turn(struct websocket *ws, int fd)
{
	struct pollfd ready = { fd, websocket_wants(ws), 0 };

	return poll(&ready, 1, 0) == 1 ? websocket_turn(ws, ready.revents) : 0;
}

/* Passes over whole frames of text and pongs; true: a close stands last. */
static int
has_closed(const unsigned char *got, size_t len)
{
	size_t n;

	while (len >= 2 && (got[0] == 0x81 || got[0] == 0x8a)) {
		n = got[1] < 126 ? 2 + (size_t)got[1]
		    : len >= 4	 ? 4 + (size_t)(got[2] << 8 | got[3])
				 : len + 1;
		if (got[1] > 126 || n > len)
			abort();
		got += n;
		len -= n;
	}
	if (len != 0 && (len < 2 || got[0] != 0x88 || got[1] > 125 ||
			 got[1] == 1 || len != 2 + (size_t)got[1]))
		abort();
	return len != 0;
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static unsigned char got[1 << 18];
	struct websocket *ws;
	struct websocket_config config = { take_text, &ws };
	size_t extra, len = 0;
	ssize_t n;
	int fds[2], over = 0, i;

	if (size == 0 || size > 32768)
		return 0;
	extra = data[0] * (size - 1) / 255;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) != 0)
		abort();
	ws = websocket_open(&config, fds[0], (const char *)data + 1, extra);
	if (send(fds[1], data + 1 + extra, size - 1 - extra, 0) < 0)
		abort();
	for (i = 0; i < 64 && over == 0; i++) {
		over = turn(ws, fds[0]);
		n = recv(fds[1], got + len, sizeof(got) - len, 0);
		if (n > 0)
			len += (size_t)n;
	}
	while ((n = recv(fds[1], got + len, sizeof(got) - len, 0)) > 0)
		len += (size_t)n;
	if (has_closed(got, len) != (over != 0))
		abort();
	websocket_free(ws);
	close(fds[0]);
	close(fds[1]);
	return 0;
}
