#include "net/httpd.h"

#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/msg.h"
#include "net/httpdserving.h"
#include "net/listener.h"

enum {
	BODY_MAX = 4 << 20,
	CONNECTIONS = 2000,
	BLOCK = 64 << 10,
	STREAM_BLOCK = 8 << 10,
	IDLE_SECONDS = 120
};

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

/* The parameters are libmicrohttpd's. */
static void /* NOLINTNEXTLINE(readability-function-size) */
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
			MHD_SIZE_UNKNOWN, STREAM_BLOCK, httpdserving_read,
			serving, NULL);
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

	httpdserving_tell_gone(serving);
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
		(void)setsockopt(httpdserving_socket(serving), SOL_SOCKET,
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
	httpdserving_tell_gone(serving);
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
		httpdserving_wait(serving);
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
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
		connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	if (code == MHD_CONNECTION_NOTIFY_STARTED)
		*guest = lobby_find(httpd->lobby, info->connect_fd);
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
	httpdserving_leave(guest->serving);
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
	struct httpd *httpd = make(config);
	struct lobby_config lobby = {
		.limits = &httpd->limits,
		.admit = admit,
		.gone = guest_left,
		.refuse = config->refuse,
		.arg = httpd,
		.refuse_arg = config->arg,
	};

	httpd->limits = *config->limits;
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
	struct guest *guest;
	size_t i;

	for (i = 0; (guest = lobby_nth(httpd->lobby, i)) != NULL; i++)
		if (guest->serving != NULL)
			httpdserving_leave(guest->serving);
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
