#include "net/httpd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/msg.h"
#include "net/httpdreply.h"
#include "net/listener.h"
#include "net/lobby.h"
#include "net/naps.h"

enum {
	BODY_MAX = 4 << 20,
	CONNECTIONS = 2000,
	BLOCK = 64 << 10,
	STREAM_BLOCK = 8 << 10,
	IDLE_SECONDS = 120
};

struct httpd_later {
	struct serving *serving;
	void (*gone)(void *arg);
	void *arg;
	bool waits, suspended;
};

struct httpd_stream {
	struct serving *serving;
	ssize_t (*read)(void *arg, char *out, size_t size);
	void (*gone)(void *arg);
	void *arg;
	bool suspended, woken, over;
};

struct httpd_socket {
	struct httpd *httpd;
	struct MHD_UpgradeResponseHandle *handle;
	int fd;
};

/* One request from its first line until the reply is sent. */
struct serving {
	struct httpd *httpd;
	struct MHD_Connection *connection;
	char *target, *body;
	size_t body_len;
	struct httpd_request request; /* stays until the answer has gone */
	bool begun, answered;
	struct httpd_reply reply;
	size_t drip_sent; /* of the piece under way */
	struct nap nap;
	struct guest *guest; /* of httpd_on */
	bool left;	     /* the client, while it waited */
	struct httpd_later later;
	struct httpd_stream stream;
	struct httpd_socket socket;
	void (*taken)(void *arg, struct httpd_socket *socket, int fd,
		      const char *extra, size_t len);
	void *taken_arg;
};

struct httpd {
	struct httpd_config config;
	struct MHD_Daemon *daemon;
	uint16_t port;
	struct naps naps;
	/* Of httpd_on. */
	struct httpd_limits limits;
	struct lobby *lobby;
	int bell; /* rings when one goes on that was not turned */
};

const char *
httpd_header(const struct httpd_request *request, const char *name)
{
	struct serving *serving = request->inner;

	return MHD_lookup_connection_value(serving->connection, MHD_HEADER_KIND,
					   name);
}

const char *
httpd_argument(const struct httpd_request *request, const char *name)
{
	struct serving *serving = request->inner;

	return MHD_lookup_connection_value(serving->connection,
					   MHD_GET_ARGUMENT_KIND, name);
}

struct count {
	const char *name;
	size_t count;
};

static enum MHD_Result
count_header(void *arg, enum MHD_ValueKind kind, const char *name,
	     const char *value)
{
	struct count *count = arg;

	(void)kind;
	(void)value;
	if (strcasecmp(name, count->name) == 0)
		count->count++;
	return MHD_YES;
}

size_t
httpd_header_count(const struct httpd_request *request, const char *name)
{
	struct serving *serving = request->inner;
	struct count count = { .name = name };

	MHD_get_connection_values(serving->connection, MHD_HEADER_KIND,
				  count_header, &count);
	return count.count;
}

struct each {
	void (*call)(void *arg, const char *name, const char *value);
	void *arg;
};

static enum MHD_Result
call_argument(void *arg, enum MHD_ValueKind kind, const char *name,
	      const char *value)
{
	const struct each *each = arg;

	(void)kind;
	each->call(each->arg, name, value);
	return MHD_YES;
}

void
httpd_each_argument(const struct httpd_request *request,
		    void (*call)(void *arg, const char *name,
				 const char *value),
		    void *arg)
{
	struct serving *serving = request->inner;
	struct each each = { .call = call, .arg = arg };

	MHD_get_connection_values(serving->connection, MHD_GET_ARGUMENT_KIND,
				  call_argument, &each);
}

static int
socket_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
		connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	return info != NULL ? info->connect_fd : -1;
}

/* An IPv4 client of an IPv6 listener is written as IPv4. */
static void
write_address(const struct sockaddr_storage *from, char *out, size_t size)
{
	const struct sockaddr_in *four = (const void *)from;
	const struct sockaddr_in6 *six = (const void *)from;

	if (from->ss_family == AF_INET)
		inet_ntop(AF_INET, &four->sin_addr, out, (socklen_t)size);
	else if (from->ss_family == AF_INET6 &&
		 IN6_IS_ADDR_V4MAPPED(&six->sin6_addr))
		inet_ntop(AF_INET, &six->sin6_addr.s6_addr[12], out,
			  (socklen_t)size);
	else if (from->ss_family == AF_INET6)
		inet_ntop(AF_INET6, &six->sin6_addr, out, (socklen_t)size);
}

void
httpd_peer(const struct httpd_request *request, struct httpd_peer *peer)
{
	struct serving *serving = request->inner;
	int fd = socket_of(serving->connection);
	struct sockaddr_storage from = { 0 };
	socklen_t len = sizeof(from);
	struct ucred who = { 0 };

	*peer = (struct httpd_peer){ .uid = (uid_t)-1, .gid = (gid_t)-1 };
	if (getsockname(fd, (struct sockaddr *)&from, &len) == 0 &&
	    from.ss_family == AF_UNIX) {
		len = sizeof(who);
		if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) != 0)
			return;
		*peer = (struct httpd_peer){ true, who.uid, who.gid, who.pid,
					     "" };
		return;
	}
	len = sizeof(from);
	if (getpeername(fd, (struct sockaddr *)&from, &len) == 0)
		write_address(&from, peer->address, sizeof(peer->address));
}

/* Nobody would notice that the client of a suspended connection leaves. */
static void
suspend(struct serving *serving)
{
	MHD_suspend_connection(serving->connection);
	lobby_watch(serving->httpd->lobby, serving->guest);
}

static void
resume(struct serving *serving)
{
	struct httpd *httpd = serving->httpd;

	lobby_unwatch(httpd->lobby, serving->guest);
	MHD_resume_connection(serving->connection);
	(void)!eventfd_write(httpd->bell, 1);
}

struct httpd_later *
httpd_defer(struct httpd_reply *reply, void (*gone)(void *arg), void *arg)
{
	struct serving *serving = reply->owner;

	serving->later = (struct httpd_later){
		.serving = serving, .gone = gone, .arg = arg, .waits = true
	};
	return &serving->later;
}

void
httpd_resume(struct httpd_later *later)
{
	later->waits = false;
	if (later->suspended)
		resume(later->serving);
	later->suspended = false;
}

struct httpd_stream *
httpd_stream(struct httpd_reply *reply,
	     ssize_t (*read)(void *arg, char *out, size_t size),
	     void (*gone)(void *arg), void *arg)
{
	struct serving *serving = reply->owner;

	serving->stream = (struct httpd_stream){
		.serving = serving, .read = read, .gone = gone, .arg = arg
	};
	return &serving->stream;
}

void
httpd_wake(struct httpd_stream *stream)
{
	stream->woken = true;
	if (stream->suspended)
		resume(stream->serving);
	stream->suspended = false;
}

void
httpd_upgrade(struct httpd_reply *reply,
	      void (*taken)(void *arg, struct httpd_socket *socket, int fd,
			    const char *extra, size_t len),
	      void *arg)
{
	struct serving *serving = reply->owner;

	serving->taken = taken;
	serving->taken_arg = arg;
}

void
httpd_give_back(struct httpd_socket *socket)
{
	struct httpd *httpd = socket->httpd;

	shutdown(socket->fd, SHUT_RDWR);
	MHD_upgrade_action(socket->handle, MHD_UPGRADE_ACTION_CLOSE);
	(void)!eventfd_write(httpd->bell, 1);
}

/* Whoever waits on this request hears that nobody wants the answer. */
static void
tell_gone(struct serving *serving)
{
	struct httpd_later *later = &serving->later;
	struct httpd_stream *stream = &serving->stream;

	if (later->waits) {
		later->waits = false;
		later->gone(later->arg);
	}
	if (stream->read != NULL && !stream->over) {
		stream->over = true;
		stream->gone(stream->arg);
	}
	if (serving->taken != NULL && serving->socket.handle == NULL) {
		serving->taken(serving->taken_arg, NULL, -1, NULL, 0);
		serving->taken = NULL;
	}
}

static void
leave(struct serving *serving)
{
	serving->left = true;
	tell_gone(serving);
	if (serving->later.suspended || serving->stream.suspended)
		resume(serving);
	serving->later.suspended = false;
	serving->stream.suspended = false;
}

/* Gives out the body of a stream. */
static ssize_t
read_stream(void *arg, uint64_t at, char *out, size_t size)
{
	struct serving *serving = arg;
	struct httpd_stream *stream = &serving->stream;
	ssize_t n;

	(void)at;
	if (stream->over)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	stream->woken = false;
	n = stream->read(stream->arg, out, size);
	if (n < 0) {
		tell_gone(serving);
		return MHD_CONTENT_READER_END_OF_STREAM;
	}
	if (n == 0 && !stream->woken) {
		stream->suspended = true;
		suspend(serving);
	}
	return n;
}

static void
suspend_nap(struct nap *nap)
{
	struct serving *serving =
		(void *)((char *)nap - offsetof(struct serving, nap));

	MHD_suspend_connection(serving->connection);
}

static void
wake_nap(struct nap *nap)
{
	struct serving *serving =
		(void *)((char *)nap - offsetof(struct serving, nap));

	MHD_resume_connection(serving->connection);
}

/* Hands out the body of a reply that is cut or drips. */
static ssize_t
read_body(void *arg, uint64_t at, char *out, size_t size)
{
	struct serving *serving = arg;
	struct httpd_reply *reply = &serving->reply;

	if (at >= reply->cut)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (size > reply->cut - at)
		size = reply->cut - (size_t)at;
	if (size > reply->len - at)
		size = reply->len - (size_t)at;
	if (reply->drip_bytes > 0) {
		if (serving->drip_sent > 0) {
			serving->drip_sent = 0;
			if (naps_take(&serving->httpd->naps, &serving->nap,
				      reply->drip_every))
				return 0;
		}
		if (size > reply->drip_bytes)
			size = reply->drip_bytes;
		serving->drip_sent = size;
	}
	memcpy(out, reply->bytes + at, size);
	return (ssize_t)size;
}

static void
hand_over(void *arg, struct MHD_Connection *connection, void *inner,
	  const char *extra, size_t len, int fd,
	  struct MHD_UpgradeResponseHandle *handle)
{
	struct serving *serving = arg;

	(void)connection;
	(void)inner;
	serving->socket = (struct httpd_socket){ serving->httpd, handle, fd };
	serving->taken(serving->taken_arg, &serving->socket, fd, extra, len);
}

static struct MHD_Response *
respond(struct serving *serving)
{
	struct httpd_reply *reply = &serving->reply;

	if (serving->taken != NULL)
		return MHD_create_response_for_upgrade(hand_over, serving);
	if (serving->stream.read != NULL)
		return MHD_create_response_from_callback(
			MHD_SIZE_UNKNOWN, STREAM_BLOCK, read_stream, serving,
			NULL);
	if (reply->drip_bytes > 0 || reply->cut != SIZE_MAX)
		return MHD_create_response_from_callback(
			reply->len, BLOCK, read_body, serving, NULL);
	return MHD_create_response_from_buffer(reply->len,
					       (void *)(uintptr_t)reply->bytes,
					       MHD_RESPMEM_PERSISTENT);
}

static enum MHD_Result
queue_reply(struct serving *serving)
{
	struct httpd_reply *reply = &serving->reply;
	struct MHD_Response *response = respond(serving);
	enum MHD_Result result;
	size_t i;

	if (response == NULL)
		msg_die(EX_OSERR, "cannot answer '%s': out of memory",
			serving->target);
	for (i = 0; i < reply->header_count; i++)
		MHD_add_response_header(response, reply->headers[i].name,
					reply->headers[i].value);
	if (serving->httpd->lobby != NULL && serving->taken == NULL)
		MHD_add_response_header(response, "Connection", "close");
	result = MHD_queue_response(serving->connection, reply->status,
				    response);
	MHD_destroy_response(response);
	return result;
}

/* The client did not ask for it, or speaks HTTP/1.0. */
static enum MHD_Result
refuse_upgrade(struct serving *serving)
{
	const struct httpd_config *config = &serving->httpd->config;

	tell_gone(serving);
	httpdreply_end(&serving->reply);
	httpdreply_start(&serving->reply);
	httpd_status(&serving->reply, 400);
	if (config->refuse != NULL)
		config->refuse(config->arg, 400, &serving->reply);
	return queue_reply(serving);
}

static enum MHD_Result
send_reply(struct serving *serving)
{
	struct linger now = { .l_onoff = 1, .l_linger = 0 };
	enum MHD_Result result;

	if (serving->reply.reset) {
		(void)setsockopt(socket_of(serving->connection), SOL_SOCKET,
				 SO_LINGER, &now, sizeof(now));
		return MHD_NO;
	}
	result = queue_reply(serving);
	if (result != MHD_YES && serving->taken != NULL)
		result = refuse_upgrade(serving);
	return result;
}

/* Called with the target as sent; what it returns is the serving. */
static void *
begin(void *arg, const char *target, struct MHD_Connection *connection)
{
	struct serving *serving = msg_calloc(1, sizeof(*serving));
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
		connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	serving->httpd = arg;
	serving->connection = connection;
	serving->target = msg_strdup(target);
	httpdreply_start(&serving->reply);
	serving->reply.owner = serving;
	if (serving->httpd->lobby != NULL && info != NULL) {
		serving->guest = info->socket_context;
		serving->guest->serving = serving;
	}
	return serving;
}

static void
end(void *arg, struct MHD_Connection *connection, void **inner,
    enum MHD_RequestTerminationCode code)
{
	struct serving *serving = *inner;

	(void)arg;
	(void)connection;
	(void)code;
	if (serving == NULL)
		return;
	tell_gone(serving);
	if (serving->answered && serving->httpd->config.ended != NULL)
		serving->httpd->config.ended(serving->httpd->config.arg);
	if (serving->guest != NULL)
		serving->guest->serving = NULL;
	httpdreply_end(&serving->reply);
	free(serving->target);
	free(serving->body);
	free(serving);
	*inner = NULL;
}

static enum MHD_Result
gather(struct serving *serving, const char *bytes, size_t *len)
{
	if (serving->body_len + *len > BODY_MAX)
		return MHD_NO;
	serving->body =
		msg_realloc(serving->body, serving->body_len + *len + 1);
	memcpy(serving->body + serving->body_len, bytes, *len);
	serving->body_len += *len;
	serving->body[serving->body_len] = '\0';
	*len = 0;
	return MHD_YES;
}

static void
answer(struct serving *serving, const char *method, const char *path)
{
	const struct httpd_config *config = &serving->httpd->config;

	serving->request = (struct httpd_request){
		.method = method,
		.path = path,
		.target = serving->target,
		.body = serving->body != NULL ? serving->body : "",
		.body_len = serving->body_len,
		.inner = serving,
	};
	if (serving->guest != NULL)
		lobby_serve(serving->guest);
	serving->answered = true;
	config->answer(config->arg, &serving->request, &serving->reply);
}

/* The parameters are libmicrohttpd's. */
static enum MHD_Result /* NOLINTNEXTLINE(readability-function-size) */
handle(void *arg, struct MHD_Connection *connection, const char *path,
       const char *method, const char *version, const char *bytes, size_t *len,
       void **inner)
{
	struct serving *serving = *inner;

	(void)arg;
	(void)version;
	(void)connection;
	if (!serving->begun) {
		serving->begun = true;
		return MHD_YES;
	}
	if (*len > 0)
		return gather(serving, bytes, len);
	if (!serving->answered) {
		answer(serving, method, path);
		if (serving->reply.delay > 0 &&
		    naps_take(&serving->httpd->naps, &serving->nap,
			      serving->reply.delay))
			return MHD_YES;
	}
	if (serving->left)
		return MHD_NO;
	if (serving->later.waits) {
		serving->later.suspended = true;
		suspend(serving);
		return MHD_YES;
	}
	return send_reply(serving);
}

/* Told when the library takes up a connection and when it has closed it. */
static void
notice(void *arg, struct MHD_Connection *connection, void **guest,
       enum MHD_ConnectionNotificationCode code)
{
	struct httpd *httpd = arg;

	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		*guest = lobby_find(httpd->lobby, socket_of(connection));
	else
		lobby_forget(httpd->lobby, *guest);
}

static void
admit(void *arg, struct guest *guest)
{
	struct httpd *httpd = arg;

	if (MHD_add_connection(httpd->daemon, guest->fd,
			       (struct sockaddr *)&guest->from,
			       guest->from_len) != MHD_YES)
		lobby_forget(httpd->lobby, guest);
}

static void
guest_left(void *arg, struct guest *guest)
{
	(void)arg;
	leave(guest->serving);
}

static struct MHD_Daemon *
listen_on(struct httpd *httpd)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(httpd->config.port),
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};
	unsigned threads =
		httpd->config.threads > 1 ? httpd->config.threads : 2;

	return MHD_start_daemon(
		MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0,
		NULL, NULL, handle, httpd, MHD_OPTION_SOCK_ADDR, &address,
		MHD_OPTION_THREAD_POOL_SIZE, threads,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
		MHD_OPTION_URI_LOG_CALLBACK, begin, httpd,
		MHD_OPTION_NOTIFY_COMPLETED, end, NULL, MHD_OPTION_END);
}

static struct httpd *
make(const struct httpd_config *config)
{
	struct httpd *httpd = msg_calloc(1, sizeof(*httpd));

	httpd->config = *config;
	httpd->bell = -1;
	httpd->naps.suspend = suspend_nap;
	httpd->naps.wake = wake_nap;
	return httpd;
}

struct httpd *
httpd_start(const struct httpd_config *config, char **why)
{
	struct httpd *httpd = make(config);
	const union MHD_DaemonInfo *info;

	errno = naps_start(&httpd->naps, true);
	if (errno != 0)
		goto fail;
	httpd->daemon = listen_on(httpd);
	if (httpd->daemon == NULL) {
		int error = errno;

		httpd_stop(httpd);
		*why = msg_strdup(strerror(error));
		return NULL;
	}
	info = MHD_get_daemon_info(httpd->daemon, MHD_DAEMON_INFO_BIND_PORT);
	httpd->port = info != NULL ? info->port : config->port;
	return httpd;
fail:
	*why = msg_strdup(strerror(errno));
	free(httpd);
	return NULL;
}

static struct MHD_Daemon *
turn_on(struct httpd *httpd)
{
	const struct httpd_limits *limits = &httpd->limits;
	unsigned patience = (unsigned)((3 * limits->deadline + 999) / 1000);

	return MHD_start_daemon(
		MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET |
			MHD_ALLOW_SUSPEND_RESUME | MHD_ALLOW_UPGRADE,
		0, NULL, NULL, handle, httpd, MHD_OPTION_STRICT_FOR_CLIENT, 1,
		MHD_OPTION_CONNECTION_LIMIT, limits->connections + 1,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, limits->memory,
		MHD_OPTION_CONNECTION_TIMEOUT, patience,
		MHD_OPTION_URI_LOG_CALLBACK, begin, httpd,
		MHD_OPTION_NOTIFY_CONNECTION, notice, httpd,
		MHD_OPTION_NOTIFY_COMPLETED, end, NULL, MHD_OPTION_END);
}

/* Puts libmicrohttpd's own epoll into the one that the caller polls, and what
 * tells him that a connection was resumed, of which that epoll says nothing. */
static int
join(struct httpd *httpd)
{
	const union MHD_DaemonInfo *info =
		MHD_get_daemon_info(httpd->daemon, MHD_DAEMON_INFO_EPOLL_FD);

	errno = ENOSYS;
	if (info == NULL || lobby_join(httpd->lobby, info->epoll_fd) != 0)
		return -1;
	httpd->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return httpd->bell < 0 ? -1 : lobby_join(httpd->lobby, httpd->bell);
}

struct httpd *
httpd_on(const struct httpd_config *config, int listener, char **why)
{
	static const struct httpd_limits none = {
		.connections = CONNECTIONS,
		.memory = 32 << 10,
		.body = BODY_MAX,
		.deadline = IDLE_SECONDS * 1000,
	};
	struct httpd *httpd = make(config);
	struct lobby_config lobby = {
		.limits = &httpd->limits,
		.admit = admit,
		.gone = guest_left,
		.refuse = config->refuse,
		.arg = httpd,
		.refuse_arg = config->arg,
	};

	httpd->limits = config->limits != NULL ? *config->limits : none;
	httpd->port = listener_port(listener);
	naps_start(&httpd->naps, false);
	httpd->lobby = lobby_open(&lobby, listener);
	if (httpd->lobby != NULL)
		httpd->daemon = turn_on(httpd);
	if (httpd->daemon != NULL && join(httpd) == 0)
		return httpd;
	*why = msg_strdup(strerror(errno));
	httpd_stop(httpd);
	return NULL;
}

uint16_t
httpd_port(const struct httpd *httpd)
{
	return httpd->port;
}

int
httpd_fd(const struct httpd *httpd)
{
	return lobby_fd(httpd->lobby);
}

static int
sooner(int a, int b)
{
	return a < 0 || (b >= 0 && b < a) ? b : a;
}

int
httpd_turn(struct httpd *httpd)
{
	MHD_UNSIGNED_LONG_LONG wait;
	eventfd_t rings;
	int ms;

	(void)!eventfd_read(httpd->bell, &rings);
	ms = lobby_turn(httpd->lobby);
	ms = sooner(ms, naps_turn(&httpd->naps));
	MHD_run(httpd->daemon);
	if (MHD_get_timeout(httpd->daemon, &wait) == MHD_YES)
		ms = sooner(ms, wait < 60000 ? (int)wait : 60000);
	return ms;
}

/* libmicrohttpd wants nobody suspended when it stops. */
static void
wake_all(struct httpd *httpd)
{
	struct guest *guest = NULL;

	while ((guest = lobby_next(httpd->lobby, guest)) != NULL)
		if (guest->serving != NULL)
			leave(guest->serving);
}

void
httpd_stop(struct httpd *httpd)
{
	naps_stop(&httpd->naps);
	if (httpd->lobby != NULL)
		wake_all(httpd);
	if (httpd->daemon != NULL)
		MHD_stop_daemon(httpd->daemon);
	if (httpd->lobby != NULL)
		lobby_close(httpd->lobby);
	if (httpd->bell >= 0)
		close(httpd->bell);
	naps_free(&httpd->naps);
	free(httpd);
}
