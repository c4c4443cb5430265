#include "net/httpdserving.h"

#include <microhttpd.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

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

void
httpdserving_wait(struct serving *serving)
{
	serving->later.suspended = true;
	suspend(serving);
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

void
httpdserving_tell_gone(struct serving *serving)
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

void
httpdserving_leave(struct serving *serving)
{
	serving->left = true;
	httpdserving_tell_gone(serving);
	if (serving->later.suspended || serving->stream.suspended)
		resume(serving);
	serving->later.suspended = false;
	serving->stream.suspended = false;
}

ssize_t
httpdserving_read(void *arg, uint64_t at, char *out, size_t size)
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
		httpdserving_tell_gone(serving);
		return MHD_CONTENT_READER_END_OF_STREAM;
	}
	if (n == 0 && !stream->woken) {
		stream->suspended = true;
		suspend(serving);
	}
	return n;
}
