/*
 * httpdserving - one request of a server, from its first line until its reply
 * is sent, and how it waits; of net/httpd only.
 */
#ifndef PULSE_HTTPDSERVING_H
#define PULSE_HTTPDSERVING_H

#include "net/httpdreply.h"
#include "net/lobby.h"
#include "net/naps.h"

struct MHD_Connection;
struct MHD_Daemon;
struct MHD_UpgradeResponseHandle;

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

/* Its connection's descriptor, or -1. */
int httpdserving_socket(const struct serving *serving);

/* It waits for httpd_resume, watched in case the client leaves. */
void httpdserving_wait(struct serving *serving);
/* Whoever waits on it hears that nobody wants the answer. */
void httpdserving_tell_gone(struct serving *serving);
/* The same, and it goes on to its end. */
void httpdserving_leave(struct serving *serving);
/* Gives out the body of a stream, for libmicrohttpd. */
ssize_t httpdserving_read(void *serving, uint64_t at, char *out, size_t size);

#endif
