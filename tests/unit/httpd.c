/* httpd: a server that the caller turns, and its clients, in one process: what
 * is answered, answered later, streamed, given away and refused. */
#include "net/httpd.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"
#include "check.h"
#include "net/listener.h"

enum { BODY = 4096, DEADLINE = 150, CONNECTIONS = 12 };

#define LINE(method, path) method " " path " HTTP/1.1\r\nHost: x\r\n"

static const char hello[] = LINE("GET", "/hello") "\r\n";

/* The server, and what its answers saw. */
struct scene {
	struct httpd *httpd;
	char path[64];
	unsigned answers, gone, ended;
	struct httpd_later *later;
	struct httpd_stream *stream;
	int lines; /* to stream; -1: the end */
	struct httpd_socket *socket;
	int fd;
	char extra[16], argument[16];
	size_t headers, flooded;
	struct httpd_peer peer;
};

struct client {
	int fd;
	char got[65536];
	size_t len;
	bool ended;
};

static void
gone(void *arg)
{
	struct scene *scene = arg;

	scene->gone++;
	scene->later = NULL;
	scene->stream = NULL;
}

static ssize_t
read_flood(void *arg, char *out, size_t size)
{
	struct scene *scene = arg;

	scene->flooded += size;
	memset(out, 'f', size);
	return (ssize_t)size;
}

static ssize_t
read_line(void *arg, char *out, size_t size)
{
	struct scene *scene = arg;

	(void)size;
	if (scene->lines <= 0)
		return scene->lines;
	scene->lines--;
	memcpy(out, "line\n", 5);
	return 5;
}

static void
taken(void *arg, struct httpd_socket *socket, int fd, const char *extra,
      size_t len)
{
	struct scene *scene = arg;

	scene->socket = socket;
	scene->fd = fd;
	if (len < sizeof(scene->extra) && len > 0)
		memcpy(scene->extra, extra, len);
}

static void
note_argument(void *arg, const char *name, const char *value)
{
	struct scene *scene = arg;
	size_t len = strlen(scene->argument);

	snprintf(scene->argument + len, sizeof(scene->argument) - len, "%s%s;",
		 name, value != NULL ? value : "-");
}

static void
answer(void *arg, const struct httpd_request *request,
       struct httpd_reply *reply)
{
	struct scene *scene = arg;
	char *text;

	scene->answers++;
	scene->headers = httpd_header_count(request, "x-twice");
	httpd_peer(request, &scene->peer);
	httpd_each_argument(request, note_argument, scene);
	if (strcmp(request->path, "/later") == 0) {
		scene->later = httpd_defer(reply, gone, scene);
	} else if (strcmp(request->path, "/stream") == 0) {
		scene->stream = httpd_stream(reply, read_line, gone, scene);
	} else if (strcmp(request->path, "/flood") == 0) {
		scene->stream = httpd_stream(reply, read_flood, gone, scene);
	} else if (strcmp(request->path, "/socket") == 0) {
		httpd_status(reply, 101);
		httpd_add_header(reply, "Upgrade", "raw");
		httpd_upgrade(reply, taken, scene);
	} else if (strcmp(request->path, "/delay") == 0) {
		httpd_delay(reply, 30);
		httpd_static(reply, "delayed", 7);
	} else if (strcmp(request->path, "/body") == 0) {
		text = msg_text("%zu %s", request->body_len, request->body);
		httpd_body(reply, text, strlen(text));
	} else {
		httpd_static(reply, "hello", 5);
	}
}

static void
ended(void *arg)
{
	struct scene *scene = arg;

	scene->ended++;
}

static void
refuse(void *arg, unsigned status, struct httpd_reply *reply)
{
	(void)arg;
	httpd_add_header(reply, "Content-Type", "text/plain");
	httpd_body(reply, msg_text("refused %u", status), 11);
}

static int
start(struct scene *scene, const char *where)
{
	static const struct httpd_limits limits = {
		.connections = CONNECTIONS,
		.per_peer = CONNECTIONS / 2,
		.memory = 32 << 10,
		.body = BODY,
		.deadline = DEADLINE,
	};
	struct httpd_config config = {
		.limits = &limits,
		.answer = answer,
		.ended = ended,
		.refuse = refuse,
		.arg = scene,
	};
	char *why = NULL;
	int listener = listener_open(where, 0600, &why);

	CHECK(listener >= 0);
	*scene = (struct scene){ .fd = -1 };
	snprintf(scene->path, sizeof(scene->path), "%s", where);
	scene->httpd = httpd_on(&config, listener, &why);
	CHECK(scene->httpd != NULL);
	return 0;
}

/* Turns the server as a loop does, for at most so long. */
static void
turn(struct scene *scene, int64_t ms)
{
	struct pollfd server = { httpd_fd(scene->httpd), POLLIN, 0 };
	int wait = httpd_turn(scene->httpd);

	if (wait < 0 || wait > ms)
		wait = (int)ms;
	poll(&server, 1, wait);
	httpd_turn(scene->httpd);
}

/* Does it want to be turned? */
static bool
is_calling(const struct scene *scene)
{
	struct pollfd server = { httpd_fd(scene->httpd), POLLIN, 0 };

	return poll(&server, 1, 0) == 1;
}

static struct client *
call(struct scene *scene, const char *bytes)
{
	struct client *client = msg_calloc(1, sizeof(*client));
	struct sockaddr_un path = { .sun_family = AF_UNIX };

	client->fd = socket(AF_UNIX, SOCK_STREAM, 0);
	snprintf(path.sun_path, sizeof(path.sun_path), "%s", scene->path);
	if (connect(client->fd, (struct sockaddr *)&path, sizeof(path)) != 0 ||
	    send(client->fd, bytes, strlen(bytes), MSG_NOSIGNAL) < 0)
		perror("connect");
	return client;
}

static void
hear(struct client *client)
{
	ssize_t n = recv(client->fd, client->got + client->len,
			 sizeof(client->got) - 1 - client->len, MSG_DONTWAIT);

	if (n > 0)
		client->len += (size_t)n;
	else if (n == 0 || errno != EAGAIN)
		client->ended = true;
}

/* Until the client has this text, or (NULL) the end; false: after 5 s. */
static bool
hears(struct scene *scene, struct client *client, const char *text)
{
	int64_t until = clock_monotonic() + 5000;

	while (clock_monotonic() < until) {
		hear(client);
		if (text != NULL && strstr(client->got, text) != NULL)
			return true;
		if (client->ended)
			return text == NULL;
		turn(scene, 5);
	}
	printf("no '%s' in '%s'\n", text != NULL ? text : "end", client->got);
	return false;
}

static void
hang_up(struct client *client)
{
	close(client->fd);
	free(client);
}

/* Sends it, expects such a start of the answer, and the end. */
static int
ask(struct scene *scene, const char *bytes, const char *expected)
{
	struct client *client = call(scene, bytes);

	CHECK(hears(scene, client, NULL));
	if (strncmp(client->got, expected, strlen(expected)) != 0)
		printf("%s\n%s\n", bytes, client->got);
	CHECK(strncmp(client->got, expected, strlen(expected)) == 0);
	CHECK(strstr(client->got, "Connection: close\r\n") != NULL);
	hang_up(client);
	return 0;
}

static int
check_answers(struct scene *scene)
{
	struct client *client;

	CHECK(ask(scene, hello, "HTTP/1.1 200 ") == 0);
	CHECK(scene->answers == 1);
	CHECK(scene->ended == 1);
	CHECK(scene->peer.local);
	CHECK(scene->peer.uid == getuid());
	CHECK(scene->peer.pid == getpid());
	CHECK(scene->peer.address[0] == '\0');
	client = call(scene,
		      LINE("POST",
			   "/body?a=%26&b&c=") "X-Twice: 1\r\n"
					       "x-twice: 2\r\nContent-Length: "
					       "3\r\n\r\nabcGET / x");
	CHECK(hears(scene, client, NULL));
	CHECK(strstr(client->got, "\r\n\r\n3 abc") != NULL);
	CHECK(scene->headers == 2);
	CHECK(strcmp(scene->argument, "a&;b-;c;") == 0);
	CHECK(scene->answers == 2); /* what follows is none */
	hang_up(client);
	client = call(scene, LINE("GET", "/delay") "\r\n");
	CHECK(hears(scene, client, "delayed"));
	hang_up(client);
	return 0;
}

static int
check_later(struct scene *scene)
{
	struct client *one = call(scene, LINE("GET", "/later") "\r\n");

	while (scene->later == NULL)
		turn(scene, 5);
	CHECK(ask(scene, hello, "HTTP/1.1 200 ") == 0); /* meanwhile */
	turn(scene, 5);
	CHECK(!is_calling(scene));
	httpd_resume(scene->later);
	CHECK(is_calling(scene));
	CHECK(hears(scene, one, NULL));
	CHECK(strncmp(one->got, "HTTP/1.1 200 ", 13) == 0);
	CHECK(scene->gone == 0);
	hang_up(one);

	scene->later = NULL;
	one = call(scene, LINE("GET", "/later") "\r\n");
	while (scene->later == NULL)
		turn(scene, 5);
	shutdown(one->fd, SHUT_WR); /* it still listens */
	turn(scene, 5);
	CHECK(scene->gone == 0);
	hang_up(one);
	while (scene->gone == 0)
		turn(scene, 5);
	CHECK(scene->gone == 1);
	return 0;
}

static int
check_stream(struct scene *scene)
{
	struct client *client;

	scene->lines = 2;
	client = call(scene, LINE("GET", "/stream") "\r\n");
	CHECK(hears(scene, client, "line\n\r\n5\r\nline\n"));
	scene->lines = 1;
	client->len = 0;
	memset(client->got, 0, sizeof(client->got));
	turn(scene, 5);
	CHECK(scene->lines == 1); /* it is asked when it is woken only */
	CHECK(!is_calling(scene));
	httpd_wake(scene->stream);
	CHECK(is_calling(scene));
	CHECK(hears(scene, client, "line"));
	scene->lines = -1;
	httpd_wake(scene->stream);
	CHECK(hears(scene, client, NULL));
	CHECK(strcmp(client->got + client->len - 5, "0\r\n\r\n") == 0);
	CHECK(scene->gone == 2);
	hang_up(client);

	scene->lines = 0;
	client = call(scene, LINE("GET", "/stream") "\r\n");
	while (scene->stream == NULL)
		turn(scene, 5);
	hang_up(client);
	while (scene->gone == 2)
		turn(scene, 5);
	CHECK(scene->gone == 3);
	return 0;
}

static int
check_upgrade(struct scene *scene)
{
	struct client *client =
		call(scene, LINE("GET", "/socket") "Connection: Upgrade\r\n"
						   "Upgrade: raw\r\n\r\nmore");

	CHECK(hears(scene, client, "\r\n\r\n"));
	CHECK(strncmp(client->got, "HTTP/1.1 101 ", 13) == 0);
	CHECK(strstr(client->got, "Connection: Upgrade\r\n") != NULL);
	CHECK(strcmp(scene->extra, "more") == 0);
	CHECK(send(scene->fd, "raw", 3, MSG_NOSIGNAL) == 3);
	CHECK(hears(scene, client, "raw"));
	CHECK(ask(scene, hello, "HTTP/1.1 200 ") == 0);
	turn(scene, 5);
	CHECK(!is_calling(scene));
	httpd_give_back(scene->socket);
	CHECK(is_calling(scene)); /* else its place would stay taken */
	CHECK(hears(scene, client, NULL));
	hang_up(client);

	/* What can not be upgraded is told so, and nobody gets a socket. */
	scene->socket = NULL;
	scene->fd = 0;
	client = call(scene, "GET /socket HTTP/1.0\r\n\r\n");
	CHECK(hears(scene, client, NULL));
	CHECK(strncmp(client->got, "HTTP/1.1 400 ", 13) == 0);
	CHECK(scene->socket == NULL);
	CHECK(scene->fd == -1);
	hang_up(client);
	return 0;
}

static int
check_refusals(struct scene *scene)
{
	unsigned answers = scene->answers;
	char *big = msg_calloc(1, 40001);

	CHECK(ask(scene, "nonsense\r\n", "HTTP/1.1 400 ") == 0);
	CHECK(ask(scene, LINE("POST", "/") "\r\n", "HTTP/1.1 411 ") == 0);
	CHECK(ask(scene,
		  LINE("POST", "/") "Transfer-Encoding: chunked\r\n\r\n"
				    "0\r\n\r\n",
		  "HTTP/1.1 400 ") == 0);
	CHECK(ask(scene, LINE("POST", "/") "Content-Length: 4097\r\n\r\n",
		  "HTTP/1.1 413 ") == 0);
	memset(big, 'a', 40000);
	CHECK(ask(scene, big, "HTTP/1.1 414 ") == 0);
	memcpy(big, hello, sizeof(hello) - 3);
	CHECK(ask(scene, big, "HTTP/1.1 431 ") == 0);
	CHECK(scene->answers == answers);
	free(big);
	return 0;
}

/* However slowly it sends, its time is over at once for all of it. */
static int
check_drip(struct scene *scene)
{
	int64_t start = clock_monotonic();
	struct client *head = call(scene, "GET /"), *body, *none;
	unsigned answers = scene->answers, asked = 0;

	body = call(scene,
		    LINE("POST", "/body") "Content-Length: 4000\r\n\r\n");
	none = call(scene, "");
	while (!head->ended && clock_monotonic() < start + 5000) {
		(void)!send(head->fd, "a", 1, MSG_NOSIGNAL);
		(void)!send(body->fd, "a", 1, MSG_NOSIGNAL);
		hear(head);
		turn(scene, 2);
		CHECK(ask(scene, hello, "HTTP/1.1 200 ") == 0);
		asked++;
	}
	CHECK(clock_monotonic() - start >= DEADLINE);
	CHECK(hears(scene, body, NULL));
	CHECK(hears(scene, none, NULL));
	CHECK(strncmp(head->got, "HTTP/1.1 408 ", 13) == 0);
	CHECK(strstr(head->got, "refused 408") != NULL);
	CHECK(strncmp(body->got, "HTTP/1.1 408 ", 13) == 0);
	CHECK(none->len == 0);
	CHECK(scene->answers == answers + asked);
	hang_up(head);
	hang_up(body);
	hang_up(none);
	return 0;
}

static int
check_limits(struct scene *scene)
{
	struct client *many[CONNECTIONS], *one;
	size_t i;

	for (i = 0; i < CONNECTIONS; i++)
		many[i] = call(scene, "GET /");
	CHECK(ask(scene, hello, "HTTP/1.1 503 ") == 0);
	one = call(scene, ""); /* and nothing: refused all the same */
	CHECK(hears(scene, one, "refused 503"));
	hang_up(one);
	for (i = 0; i < CONNECTIONS; i++)
		hang_up(many[i]);
	CHECK(ask(scene, hello, "HTTP/1.1 200 ") == 0);
	return 0;
}

/* One that reads nothing of a stream is asked no more and dropped in time;
 * nobody waits for it. */
static int
check_stuck(struct scene *scene)
{
	struct client *client = call(scene, LINE("GET", "/flood") "\r\n");
	unsigned told = scene->gone;
	int64_t start = clock_monotonic();

	while (scene->gone == told && clock_monotonic() < start + 5000) {
		turn(scene, 20);
		CHECK(ask(scene, hello, "HTTP/1.1 200 ") == 0);
	}
	CHECK(scene->gone == told + 1);
	CHECK(clock_monotonic() - start >= 3 * DEADLINE);
	CHECK(scene->flooded > 0 && scene->flooded < 1 << 23);
	hang_up(client);
	return 0;
}

/* Whoever still waits hears of the end. */
static int
check_stop(struct scene *scene)
{
	struct client *later, *stream, *half;
	unsigned told = scene->gone;

	scene->later = NULL;
	scene->stream = NULL;
	scene->lines = 0;
	later = call(scene, LINE("GET", "/later") "\r\n");
	stream = call(scene, LINE("GET", "/stream") "\r\n");
	half = call(scene, "GET /ha");
	while (scene->later == NULL || scene->stream == NULL)
		turn(scene, 5);
	httpd_stop(scene->httpd);
	CHECK(scene->gone == told + 2);
	hang_up(later);
	hang_up(stream);
	hang_up(half);
	return 0;
}

int
main(void)
{
	char folder[] = "/tmp/httpd.XXXXXX", *path;
	struct scene scene;

	CHECK(mkdtemp(folder) != NULL);
	path = msg_text("%s/s", folder);
	CHECK(start(&scene, path) == 0);
	if (check_answers(&scene) || check_later(&scene) ||
	    check_stream(&scene) || check_upgrade(&scene) ||
	    check_refusals(&scene) || check_drip(&scene) ||
	    check_limits(&scene) || check_stuck(&scene) || check_stop(&scene))
		return 1;
	unlink(path);
	rmdir(folder);
	free(path);
	return 0;
}
