#include "net/httpd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/msg.h"

enum {
	HEADERS = 24,
	BODY_MAX = 4 << 20,
	CONNECTIONS = 2000,
	BLOCK = 64 << 10,
	IDLE_SECONDS = 120
};

struct header {
	char *name, *value;
};

struct httpd_reply {
	unsigned status;
	struct header headers[HEADERS];
	size_t header_count;
	const char *bytes;
	size_t len;
	void (*release)(void *arg);
	void *release_arg;
	int64_t delay;
	size_t cut; /* SIZE_MAX: whole */
	size_t drip_bytes;
	int64_t drip_every;
	bool reset;
};

/* One request from its first line until the reply is sent. */
struct exchange {
	struct httpd *httpd;
	struct MHD_Connection *connection;
	char *target, *body;
	size_t body_len;
	bool begun, answered;
	struct httpd_reply reply;
	size_t drip_sent; /* of the piece under way */
	int64_t due;	  /* ns, while asleep */
	struct exchange *earlier, *later;
};

/* The exchanges asleep are a list by due time, the next one first. */
struct httpd {
	struct httpd_config config;
	struct MHD_Daemon *daemon;
	uint16_t port;
	pthread_t waker;
	pthread_mutex_t lock;
	pthread_cond_t change;
	struct exchange *first, *last;
	bool stopping;
};

static int64_t
nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

const char *
httpd_header(const struct httpd_request *request, const char *name)
{
	struct exchange *exchange = request->inner;

	return MHD_lookup_connection_value(exchange->connection,
					   MHD_HEADER_KIND, name);
}

const char *
httpd_argument(const struct httpd_request *request, const char *name)
{
	struct exchange *exchange = request->inner;

	return MHD_lookup_connection_value(exchange->connection,
					   MHD_GET_ARGUMENT_KIND, name);
}

void
httpd_status(struct httpd_reply *reply, unsigned status)
{
	reply->status = status;
}

unsigned
httpd_get_status(const struct httpd_reply *reply)
{
	return reply->status;
}

void
httpd_add_header(struct httpd_reply *reply, const char *name, const char *value)
{
	struct header *header;

	if (reply->header_count == HEADERS)
		return;
	header = &reply->headers[reply->header_count++];
	header->name = msg_strdup(name);
	header->value = msg_strdup(value);
}

void
httpd_set_header(struct httpd_reply *reply, const char *name, const char *value)
{
	size_t i = 0;

	while (i < reply->header_count) {
		if (strcasecmp(reply->headers[i].name, name) != 0) {
			i++;
			continue;
		}
		free(reply->headers[i].name);
		free(reply->headers[i].value);
		reply->headers[i] = reply->headers[--reply->header_count];
	}
	if (value != NULL)
		httpd_add_header(reply, name, value);
}

const char *
httpd_get_header(const struct httpd_reply *reply, const char *name)
{
	size_t i;

	for (i = 0; i < reply->header_count; i++)
		if (strcasecmp(reply->headers[i].name, name) == 0)
			return reply->headers[i].value;
	return NULL;
}

void
httpd_shared(struct httpd_reply *reply, const char *bytes, size_t len,
	     void (*release)(void *arg), void *arg)
{
	if (reply->release != NULL)
		reply->release(reply->release_arg);
	reply->bytes = bytes;
	reply->len = len;
	reply->release = release;
	reply->release_arg = arg;
}

void
httpd_static(struct httpd_reply *reply, const char *bytes, size_t len)
{
	httpd_shared(reply, bytes, len, NULL, NULL);
}

void
httpd_body(struct httpd_reply *reply, char *bytes, size_t len)
{
	httpd_shared(reply, bytes, len, free, bytes);
}

const char *
httpd_get_body(const struct httpd_reply *reply, size_t *len)
{
	*len = reply->len;
	return reply->bytes;
}

void
httpd_delay(struct httpd_reply *reply, int64_t ms)
{
	reply->delay += ms;
}

void
httpd_cut(struct httpd_reply *reply, size_t after)
{
	reply->cut = after;
}

void
httpd_drip(struct httpd_reply *reply, size_t bytes, int64_t every_ms)
{
	reply->drip_bytes = bytes > 0 ? bytes : 1;
	reply->drip_every = every_ms;
}

void
httpd_reset(struct httpd_reply *reply)
{
	reply->reset = true;
}

/* Most wait equally long, so the place in the list is near its end. */
static bool
fall_asleep(struct exchange *exchange, int64_t ms)
{
	struct httpd *httpd = exchange->httpd;
	struct exchange *before;

	pthread_mutex_lock(&httpd->lock);
	if (httpd->stopping) {
		pthread_mutex_unlock(&httpd->lock);
		return false;
	}
	MHD_suspend_connection(exchange->connection);
	exchange->due = nanoseconds() + ms * 1000000;
	before = httpd->last;
	while (before != NULL && before->due > exchange->due)
		before = before->earlier;
	exchange->earlier = before;
	exchange->later = before != NULL ? before->later : httpd->first;
	if (exchange->later != NULL)
		exchange->later->earlier = exchange;
	else
		httpd->last = exchange;
	if (before != NULL)
		before->later = exchange;
	else
		httpd->first = exchange;
	pthread_cond_signal(&httpd->change);
	pthread_mutex_unlock(&httpd->lock);
	return true;
}

static void
wake_first(struct httpd *httpd)
{
	struct exchange *exchange = httpd->first;

	httpd->first = exchange->later;
	if (httpd->first != NULL)
		httpd->first->earlier = NULL;
	else
		httpd->last = NULL;
	MHD_resume_connection(exchange->connection);
}

/* The one thread that ends all waits. */
static void *
wake(void *arg)
{
	struct httpd *httpd = arg;
	struct timespec until;

	pthread_mutex_lock(&httpd->lock);
	while (!httpd->stopping || httpd->first != NULL) {
		if (httpd->first == NULL) {
			pthread_cond_wait(&httpd->change, &httpd->lock);
		} else if (httpd->stopping ||
			   httpd->first->due <= nanoseconds()) {
			wake_first(httpd);
		} else {
			until.tv_sec = httpd->first->due / 1000000000;
			until.tv_nsec = httpd->first->due % 1000000000;
			pthread_cond_timedwait(&httpd->change, &httpd->lock,
					       &until);
		}
	}
	pthread_mutex_unlock(&httpd->lock);
	return NULL;
}

/* Hands out the body of a reply that is cut or drips. */
static ssize_t
read_body(void *arg, uint64_t at, char *out, size_t size)
{
	struct exchange *exchange = arg;
	struct httpd_reply *reply = &exchange->reply;

	if (at >= reply->cut)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	if (size > reply->cut - at)
		size = reply->cut - (size_t)at;
	if (size > reply->len - at)
		size = reply->len - (size_t)at;
	if (reply->drip_bytes > 0) {
		if (exchange->drip_sent > 0) {
			exchange->drip_sent = 0;
			if (fall_asleep(exchange, reply->drip_every))
				return 0;
		}
		if (size > reply->drip_bytes)
			size = reply->drip_bytes;
		exchange->drip_sent = size;
	}
	memcpy(out, reply->bytes + at, size);
	return (ssize_t)size;
}

static struct MHD_Response *
respond(struct exchange *exchange)
{
	struct httpd_reply *reply = &exchange->reply;
	struct MHD_Response *response;
	size_t i;

	if (reply->drip_bytes > 0 || reply->cut != SIZE_MAX) {
		response = MHD_create_response_from_callback(
			reply->len, BLOCK, read_body, exchange, NULL);
	} else {
		response = MHD_create_response_from_buffer(
			reply->len, (void *)(uintptr_t)reply->bytes,
			MHD_RESPMEM_PERSISTENT);
	}
	if (response == NULL)
		msg_die(EX_OSERR, "cannot answer '%s': out of memory",
			exchange->target);
	for (i = 0; i < reply->header_count; i++)
		MHD_add_response_header(response, reply->headers[i].name,
					reply->headers[i].value);
	return response;
}

static enum MHD_Result
send_reply(struct exchange *exchange)
{
	struct MHD_Response *response;
	const union MHD_ConnectionInfo *info;
	struct linger now = { .l_onoff = 1, .l_linger = 0 };
	enum MHD_Result result;

	if (exchange->reply.reset) {
		info = MHD_get_connection_info(
			exchange->connection,
			MHD_CONNECTION_INFO_CONNECTION_FD);
		if (info != NULL)
			(void)setsockopt(info->connect_fd, SOL_SOCKET,
					 SO_LINGER, &now, sizeof(now));
		return MHD_NO;
	}
	response = respond(exchange);
	result = MHD_queue_response(exchange->connection,
				    exchange->reply.status, response);
	MHD_destroy_response(response);
	return result;
}

/* Called with the target as sent; what it returns is the exchange. */
static void *
begin(void *arg, const char *target, struct MHD_Connection *connection)
{
	struct exchange *exchange = msg_calloc(1, sizeof(*exchange));

	exchange->httpd = arg;
	exchange->connection = connection;
	exchange->target = msg_strdup(target);
	exchange->reply.status = 200;
	exchange->reply.cut = SIZE_MAX;
	return exchange;
}

static void
end(void *arg, struct MHD_Connection *connection, void **inner,
    enum MHD_RequestTerminationCode code)
{
	struct exchange *exchange = *inner;
	struct httpd_reply *reply;
	size_t i;

	(void)arg;
	(void)connection;
	(void)code;
	if (exchange == NULL)
		return;
	if (exchange->answered && exchange->httpd->config.ended != NULL)
		exchange->httpd->config.ended(exchange->httpd->config.arg);
	reply = &exchange->reply;
	for (i = 0; i < reply->header_count; i++) {
		free(reply->headers[i].name);
		free(reply->headers[i].value);
	}
	if (reply->release != NULL)
		reply->release(reply->release_arg);
	free(exchange->target);
	free(exchange->body);
	free(exchange);
	*inner = NULL;
}

static enum MHD_Result
gather(struct exchange *exchange, const char *bytes, size_t *len)
{
	if (exchange->body_len + *len > BODY_MAX)
		return MHD_NO;
	exchange->body =
		msg_realloc(exchange->body, exchange->body_len + *len + 1);
	memcpy(exchange->body + exchange->body_len, bytes, *len);
	exchange->body_len += *len;
	exchange->body[exchange->body_len] = '\0';
	*len = 0;
	return MHD_YES;
}

static void
answer(struct exchange *exchange, const char *method, const char *path)
{
	const struct httpd_config *config = &exchange->httpd->config;
	struct httpd_request request = {
		.method = method,
		.path = path,
		.target = exchange->target,
		.body = exchange->body != NULL ? exchange->body : "",
		.body_len = exchange->body_len,
		.inner = exchange,
	};

	exchange->answered = true;
	config->answer(config->arg, &request, &exchange->reply);
}

/* The parameters are libmicrohttpd's. */
static enum MHD_Result /* NOLINTNEXTLINE(readability-function-size) */
handle(void *arg, struct MHD_Connection *connection, const char *path,
       const char *method, const char *version, const char *bytes, size_t *len,
       void **inner)
{
	struct exchange *exchange = *inner;

	(void)arg;
	(void)version;
	(void)connection;
	if (!exchange->begun) {
		exchange->begun = true;
		return MHD_YES;
	}
	if (*len > 0)
		return gather(exchange, bytes, len);
	if (!exchange->answered) {
		answer(exchange, method, path);
		if (exchange->reply.delay > 0 &&
		    fall_asleep(exchange, exchange->reply.delay))
			return MHD_YES;
	}
	return send_reply(exchange);
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

static int
start_waker(struct httpd *httpd)
{
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_mutex_init(&httpd->lock, NULL);
	pthread_cond_init(&httpd->change, &attributes);
	pthread_condattr_destroy(&attributes);
	return pthread_create(&httpd->waker, NULL, wake, httpd);
}

struct httpd *
httpd_start(const struct httpd_config *config, char **why)
{
	struct httpd *httpd = msg_calloc(1, sizeof(*httpd));
	const union MHD_DaemonInfo *info;

	httpd->config = *config;
	errno = start_waker(httpd);
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

uint16_t
httpd_port(const struct httpd *httpd)
{
	return httpd->port;
}

void
httpd_stop(struct httpd *httpd)
{
	pthread_mutex_lock(&httpd->lock);
	httpd->stopping = true;
	pthread_cond_signal(&httpd->change);
	pthread_mutex_unlock(&httpd->lock);
	pthread_join(httpd->waker, NULL);
	if (httpd->daemon != NULL)
		MHD_stop_daemon(httpd->daemon);
	pthread_cond_destroy(&httpd->change);
	pthread_mutex_destroy(&httpd->lock);
	free(httpd);
}
