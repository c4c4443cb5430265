/* Any bytes as a request to a server on this very path: one answer of ours or
 * none, no request that two readers could understand differently, and nothing
 * that Host, Origin, token, handshake and body could trip over. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "guard/bearer.h"
#include "guard/hosts.h"
#include "net/httpd.h"
#include "net/httphead.h"
#include "web/handshake.h"
#include "web/wish.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

enum { BODY = 4096, MEMORY = 32 << 10 };

struct server {
	struct httpd *httpd;
	struct sockaddr_un address;
	socklen_t len;
	struct httpd_later *later;
	struct httpd_socket *socket;
	int pieces;
	unsigned answers;
};

static void
gone(void *arg)
{
	struct server *server = arg;

	server->later = NULL;
}

static ssize_t
read_piece(void *arg, char *out, size_t size)
{
	struct server *server = arg;

	memset(out, 'x', size > 100 ? 100 : size);
	return server->pieces-- > 0 ? 100 : -1;
}

static void
taken(void *arg, struct httpd_socket *socket, int fd, const char *extra,
      size_t len)
{
	struct server *server = arg;

	if ((socket == NULL) != (fd < 0) || (len > 0 && extra[0] == '\1'))
		server->pieces = 0;
	server->socket = socket;
}

static void
look_at_headers(const struct httpd_request *request)
{
	static const struct hosts hosts = { .port = 80 };
	const char *host = httpd_header(request, "Host");
	const char *origin = httpd_header(request, "Origin");
	const char *token = httpd_header(request, "Authorization");
	struct handshake_headers headers = {
		.method = request->method,
		.upgrade = httpd_header(request, "Upgrade"),
		.connection = httpd_header(request, "Connection"),
		.version = httpd_header(request, "Sec-WebSocket-Version"),
		.key = httpd_header(request, "Sec-WebSocket-Key"),
		.protocol = httpd_header(request, "Sec-WebSocket-Protocol"),
	};
	struct handshake handshake;
	const char *why;
	char *copy;

	if (host != NULL && hosts_allow(&hosts, host) && !hosts_is_one(host))
		abort();
	if (host != NULL && origin != NULL)
		hosts_allow_origin(&hosts, origin, host);
	if (token != NULL) {
		copy = strdup(token);
		bearer_hide(copy);
		bearer_is_one(token);
		free(copy);
	}
	handshake_read(&headers, &handshake, &why);
}

static void
count_argument(void *arg, const char *name, const char *value)
{
	size_t *count = arg;

	*count += strlen(name) + (value != NULL ? strlen(value) : 0);
}

static void
answer(void *arg, const struct httpd_request *request,
       struct httpd_reply *reply)
{
	struct server *server = arg;
	struct wish wish;
	char why[WISH_WHY];
	size_t bytes = 0;

	server->answers++;
	if (request->path[0] != '/' || request->body_len > BODY ||
	    request->body[request->body_len] != '\0' ||
	    httpd_header_count(request, "Transfer-Encoding") > 0 ||
	    httpd_header_count(request, "Content-Length") > 1 ||
	    httpd_header_count(request, "Host") > 1)
		abort();
	look_at_headers(request);
	wish_read(&wish, 0xff, request->body, request->body_len, 0, why);
	httpd_each_argument(request, count_argument, &bytes);
	if (bytes > MEMORY)
		abort();
	switch (request->path[1]) {
	case 'l':
		server->later = httpd_defer(reply, gone, server);
		break;
	case 's':
		server->pieces = 3;
		httpd_stream(reply, read_piece, gone, server);
		break;
	case 'u':
		httpd_status(reply, 101);
		httpd_add_header(reply, "Upgrade", "x");
		httpd_upgrade(reply, taken, server);
		break;
	default:
		httpd_static(reply, "ours", 4);
	}
}

static void
refuse(void *arg, unsigned status, struct httpd_reply *reply)
{
	(void)arg;
	(void)status;
	httpd_static(reply, "ours", 4);
}

/* On an address without a name in the file system. */
static void
start(struct server *server)
{
	static const struct httpd_limits limits = {
		.connections = 64,
		.memory = MEMORY,
		.body = BODY,
		.deadline = 20,
	};
	struct httpd_config config = { .limits = &limits,
				       .answer = answer,
				       .refuse = refuse,
				       .arg = server };
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	sa_family_t family = AF_UNIX;
	char *why;

	server->len = sizeof(server->address);
	if (bind(listener, (struct sockaddr *)&family, sizeof(family)) != 0 ||
	    listen(listener, 64) != 0 ||
	    getsockname(listener, (struct sockaddr *)&server->address,
			&server->len) != 0)
		abort();
	server->httpd = httpd_on(&config, listener, &why);
	if (server->httpd == NULL)
		abort();
}

static void
turn(struct server *server)
{
	struct httpd_later *later = server->later;

	httpd_turn(server->httpd);
	if (later != NULL && later == server->later) {
		server->later = NULL;
		httpd_resume(later);
	}
	if (server->socket != NULL)
		httpd_give_back(server->socket);
	server->socket = NULL;
}

/* All that the client hears until the end, which must come. */
static size_t
hear(struct server *server, int fd, char *got, size_t size)
{
	struct pollfd calls = { httpd_fd(server->httpd), POLLIN, 0 };
	size_t len = 0;
	ssize_t n;
	int i;

	for (i = 0; i < 10000; i++) {
		turn(server);
		n = recv(fd, got + len, size - 1 - len, MSG_DONTWAIT);
		if (n == 0)
			break;
		if (n > 0)
			len += (size_t)n;
		else if (i > 100)
			poll(&calls, 1, 1);
	}
	if (i == 10000)
		abort();
	got[len] = '\0';
	return len;
}

/* Half a body is waited for until its time is over. */
static int
is_right(unsigned expected, const char *got)
{
	unsigned status = got[0] != '\0' ? (unsigned)atoi(got + 9) : 0;

	if (expected == HTTPHEAD_FINE || status == 408)
		return 1;
	return expected == HTTPHEAD_MORE ? status == 0 : status == expected;
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	static struct server server;
	static char got[65536];
	unsigned before, status;
	size_t len;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (server.httpd == NULL)
		start(&server);
	before = server.answers;
	status = httphead_check((const char *)data, size, MEMORY / 2, BODY);
	if (connect(fd, (struct sockaddr *)&server.address, server.len) != 0)
		abort();
	(void)!send(fd, data, size, MSG_DONTWAIT | MSG_NOSIGNAL);
	shutdown(fd, SHUT_WR);
	len = hear(&server, fd, got, sizeof(got));
	close(fd);
	if (len > 0 && strncmp(got, "HTTP/1.1 ", 9) != 0)
		abort();
	if (!is_right(status, got) ||
	    server.answers > before + (status == HTTPHEAD_FINE) ||
	    strstr(got, "<html>") != NULL)
		abort();
	return 0;
}
