/*
 * wsclient - a WebSocket client for tests and benches (build/web/wsclient),
 * which knows nothing of the server's library.
 *
 *   wsclient [OPTION...] ws://HOST:PORT/PATH
 *
 * Each text message is a line on stdout, each line of stdin becomes a text
 * message.  In the end stderr says `closed CODE REASON` (1005: a close without
 * a code, 1006: none at all), and the status is 0.  When the server does not
 * open the WebSocket stderr gets its answer, and the status is 1.
 *
 *   -H, --header 'NAME: VALUE'  in the opening request; may be given again
 *   -u, --unix SOCKET           connect there; URL is for the Host header
 *   -n, --count N               close (1000) after N messages
 *       --for MS                close (1000) after so long
 *       --slow                  do not read until --for has passed
 *       --deaf                  answer no ping
 *       --raw FILE              send these bytes, behind the opening request
 *       --stamp                 put the ms since the epoch before each line
 *       --pings                 print a line `ping` for each ping
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/clock.h"
#include "base/msg.h"
#include "net/websocket.h"

enum { TEXT = 1, CLOSE = 8, PING = 9, PONG = 10, PATIENCE = 5000 };

struct opts {
	struct cli_list headers;
	const char *socket, *raw;
	long count, time;
	int slow, deaf, stamp, pings;
};

static const struct cli_option options[] = {
	{ 'H', "header", "LINE", "a header of the opening request", CLI_LIST,
	  offsetof(struct opts, headers) },
	{ 'u', "unix", "SOCKET", "connect to this socket", CLI_STRING,
	  offsetof(struct opts, socket) },
	{ 'n', "count", "N", "close after N messages", CLI_NUMBER,
	  offsetof(struct opts, count) },
	{ 0, "for", "MS", "close after so long", CLI_NUMBER,
	  offsetof(struct opts, time) },
	{ 0, "slow", NULL, "do not read until then", CLI_FLAG,
	  offsetof(struct opts, slow) },
	{ 0, "deaf", NULL, "answer no ping", CLI_FLAG,
	  offsetof(struct opts, deaf) },
	{ 0, "raw", "FILE", "send these bytes first", CLI_STRING,
	  offsetof(struct opts, raw) },
	{ 0, "stamp", NULL, "put the time before each line", CLI_FLAG,
	  offsetof(struct opts, stamp) },
	{ 0, "pings", NULL, "print pings too", CLI_FLAG,
	  offsetof(struct opts, pings) },
	{ .name = NULL },
};
static const struct cli cli = {
	"wsclient", "talk to a WebSocket", "URL", 1, 1, options, NULL, NULL
};

struct client {
	struct opts opts;
	int fd;
	unsigned char *in; /* received, not yet taken */
	size_t in_len, in_size;
	char *text; /* a message of several frames */
	size_t text_len;
	long count;
	int64_t until; /* 0: for ever */
	bool closing;
};

struct address {
	char *host, *port, *path;
};

static struct address
split(const char *url)
{
	const char *at = strstr(url, "://"), *path, *colon;
	struct address address;

	at = at != NULL ? at + 3 : url;
	path = at + strcspn(at, "/");
	colon = memrchr(at, ':', (size_t)(path - at));
	if (colon == NULL || colon[-1] == ':')
		colon = path;
	address.host = msg_text("%.*s", (int)(colon - at), at);
	address.port = colon < path ? msg_text("%.*s", (int)(path - colon - 1),
					       colon + 1)
				    : msg_strdup("80");
	address.path = msg_strdup(*path != '\0' ? path : "/");
	return address;
}

static int
connect_unix(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0)
		msg_die(1, "cannot connect to '%s': %s", path, strerror(errno));
	return fd;
}

static int
connect_tcp(const struct address *address)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found;
	int fd, error = getaddrinfo(address->host, address->port, &hints,
				    &found);

	if (error != 0)
		msg_die(1, "cannot find '%s': %s", address->host,
			gai_strerror(error));
	fd = socket(found->ai_family, SOCK_STREAM, 0);
	if (connect(fd, found->ai_addr, found->ai_addrlen) != 0)
		msg_die(1, "cannot connect to '%s:%s': %s", address->host,
			address->port, strerror(errno));
	freeaddrinfo(found);
	return fd;
}

/* A server that has gone is noticed when reading. */
static void
send_all(struct client *client, const void *bytes, size_t len)
{
	const char *from = bytes;
	ssize_t n;

	while (len > 0) {
		n = send(client->fd, from, len, MSG_NOSIGNAL);
		if (n <= 0)
			return;
		from += n;
		len -= (size_t)n;
	}
}

static void
send_file(struct client *client, const char *name)
{
	char block[4096];
	FILE *file = fopen(name, "rb");
	size_t n;

	if (file == NULL)
		msg_die(1, "cannot read '%s': %s", name, strerror(errno));
	while ((n = fread(block, 1, sizeof(block), file)) > 0)
		send_all(client, block, n);
	fclose(file);
}

static void
send_frame(struct client *client, int opcode, const void *data, size_t len)
{
	const unsigned char *from = data;
	unsigned char head[14] = { (unsigned char)(0x80 | opcode) };
	unsigned char mask[4], *frame;
	size_t n = 2, i;

	if (len < 126) {
		head[1] = (unsigned char)(0x80 | len);
	} else {
		bool small = len < 65536;

		head[1] = small ? 0x80 | 126 : 0x80 | 127;
		for (i = small ? 2 : 8; i-- > 0;)
			head[n++] = (unsigned char)(len >> (8 * i));
	}
	if (getrandom(mask, sizeof(mask), 0) != sizeof(mask))
		msg_die(1, "cannot draw 'a mask': %s", strerror(errno));
	frame = msg_calloc(1, n + 4 + len);
	memcpy(frame, head, n);
	memcpy(frame + n, mask, 4);
	for (i = 0; i < len; i++)
		frame[n + 4 + i] = from[i] ^ mask[i % 4];
	send_all(client, frame, n + 4 + len);
	free(frame);
}

static void
send_close(struct client *client)
{
	static const unsigned char normal[] = { 1000 >> 8, 1000 & 0xff };

	if (client->closing)
		return;
	send_frame(client, CLOSE, normal, sizeof(normal));
	client->closing = true;
	client->until = clock_monotonic() + PATIENCE;
}

static _Noreturn void
leave(unsigned code, const char *reason, size_t len)
{
	msg_end_output();
	fprintf(stderr, "closed %u%s%.*s\n", code, len > 0 ? " " : "", (int)len,
		reason);
	exit(0);
}

/* False: nothing more comes. */
static bool
receive(struct client *client)
{
	ssize_t n;

	if (client->in_size - client->in_len < 65536) {
		client->in_size = client->in_size * 2 + 65536;
		client->in = msg_realloc(client->in, client->in_size);
	}
	n = recv(client->fd, client->in + client->in_len,
		 client->in_size - client->in_len, 0);
	if (n <= 0)
		return false;
	client->in_len += (size_t)n;
	return true;
}

static void
drop(struct client *client, size_t len)
{
	client->in_len -= len;
	memmove(client->in, client->in + len, client->in_len);
}

static void
ask(struct client *client, const struct address *address, const char *key)
{
	char *request =
		msg_text("GET %s HTTP/1.1\r\nHost: %s:%s\r\n"
			 "Connection: Upgrade\r\nUpgrade: websocket\r\n"
			 "Sec-WebSocket-Version: 13\r\n"
			 "Sec-WebSocket-Key: %s\r\n",
			 address->path, address->host, address->port, key);
	size_t i;

	send_all(client, request, strlen(request));
	for (i = 0; i < client->opts.headers.count; i++) {
		send_all(client, client->opts.headers.items[i],
			 strlen(client->opts.headers.items[i]));
		send_all(client, "\r\n", 2);
	}
	send_all(client, "\r\n", 2);
	free(request);
	if (client->opts.raw != NULL)
		send_file(client, client->opts.raw);
}

/* Waits for the answer's head and checks it. */
static void
open_it(struct client *client, const struct address *address)
{
	static const char key[] = "dGhlIHNhbXBsZSBub25jZQ==";
	char accept[WEBSOCKET_ACCEPT];
	unsigned char *end = NULL;
	bool more = true;

	ask(client, address, key);
	while (end == NULL && more) {
		more = receive(client);
		end = client->in_len > 0 ? memmem(client->in, client->in_len,
						  "\r\n\r\n", 4)
					 : NULL;
	}
	websocket_accept(key, accept);
	if (end == NULL || strncmp((char *)client->in, "HTTP/1.1 101 ", 13) ||
	    memmem(client->in, (size_t)(end - client->in), accept,
		   strlen(accept)) == NULL) {
		while (receive(client))
			;
		fwrite(client->in, 1, client->in_len, stderr);
		fputc('\n', stderr);
		exit(1);
	}
	drop(client, (size_t)(end + 4 - client->in));
}

static void
print(struct client *client)
{
	if (client->opts.stamp)
		printf("%lld ", (long long)clock_now());
	printf("%.*s\n", (int)client->text_len, client->text);
	fflush(stdout);
	client->text_len = 0;
	if (++client->count == client->opts.count)
		send_close(client);
}

static void
take_frame(struct client *client, unsigned head, const unsigned char *data,
	   size_t len)
{
	unsigned opcode = head & 0xf;

	if (opcode == CLOSE && len >= 2)
		leave((unsigned)(data[0] << 8 | data[1]),
		      (const char *)data + 2, len - 2);
	if (opcode == CLOSE)
		leave(1005, "", 0);
	if (opcode == PING && client->opts.pings) {
		printf("ping\n");
		fflush(stdout);
	}
	if (opcode == PING && !client->opts.deaf)
		send_frame(client, PONG, data, len);
	if (opcode > TEXT)
		return;
	client->text = msg_realloc(client->text, client->text_len + len + 1);
	memcpy(client->text + client->text_len, data, len);
	client->text_len += len;
	if ((head & 0x80) != 0)
		print(client);
}

/* The length of the frame that the bytes begin with, or 0: not whole yet. */
static size_t
whole_frame(const unsigned char *in, size_t have, size_t *head)
{
	size_t len, more, i;

	if (have < 2)
		return 0;
	if ((in[1] & 0x80) != 0 || (in[0] & 0x70) != 0)
		msg_die(1, "cannot read 'a frame': masked, or reserved bits");
	len = in[1];
	more = len == 126 ? 2 : len == 127 ? 8 : 0;
	*head = 2 + more;
	if (have < *head)
		return 0;
	if (more > 0)
		len = 0;
	for (i = 0; i < more; i++)
		len = len << 8 | in[2 + i];
	return have - *head >= len ? *head + len : 0;
}

static void
take(struct client *client)
{
	size_t head, len, at = 0;

	while ((len = whole_frame(client->in + at, client->in_len - at,
				  &head)) > 0) {
		take_frame(client, client->in[at], client->in + at + head,
			   len - head);
		at += len;
	}
	drop(client, at);
}

/* Sends the whole lines of stdin; false: it has ended. */
static bool
pass_on(struct client *client)
{
	static char line[1 << 20];
	static size_t len;
	ssize_t n = read(0, line + len, sizeof(line) - len);
	char *end;

	if (n <= 0)
		return false;
	len += (size_t)n;
	while ((end = memchr(line, '\n', len)) != NULL) {
		send_frame(client, TEXT, line, (size_t)(end - line));
		len -= (size_t)(end + 1 - line);
		memmove(line, end + 1, len);
	}
	return true;
}

static int
time_left(struct client *client)
{
	int64_t left = client->until - clock_monotonic();

	if (client->until == 0)
		return -1;
	return left > 0 ? (int)left : 0;
}

static void
talk(struct client *client)
{
	struct pollfd fds[] = { { .fd = client->fd, .events = POLLIN },
				{ .fd = 0, .events = POLLIN } };

	if (client->opts.slow)
		fds[0].fd = -1;
	for (;;) {
		if (poll(fds, 2, time_left(client)) == 0) {
			if (client->closing)
				leave(1006, "", 0);
			fds[0].fd = client->fd;
			send_close(client);
		}
		if (fds[1].revents != 0 && !pass_on(client))
			fds[1].fd = -1;
		if (fds[0].fd >= 0 && fds[0].revents != 0) {
			if (!receive(client))
				leave(1006, "", 0);
			take(client);
		}
	}
}

int
main(int argc, char *argv[])
{
	struct client client = { .fd = -1 };
	char **operands = cli_parse(&cli, &client.opts, argc, argv);
	struct address address = split(operands[0]);

	client.fd = client.opts.socket != NULL
			    ? connect_unix(client.opts.socket)
			    : connect_tcp(&address);
	open_it(&client, &address);
	if (client.opts.time > 0)
		client.until = clock_monotonic() + client.opts.time;
	take(&client);
	talk(&client);
}
