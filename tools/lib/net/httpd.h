/*
 * httpd - libmicrohttpd behind one small face, for demo-api and pulse-web.
 *
 * On threads of its own, loopback only:
 *   struct httpd *d = httpd_start(&config, &why);
 *   port = httpd_port(d);
 *   ...wait for a signal...
 *   httpd_stop(d);
 *
 * Or turned by the caller's loop, on his thread, on any listening socket:
 *   struct httpd *d = httpd_on(&config, listener, &why);
 *   poll httpd_fd(d) for at most httpd_turn(d) ms; again and again
 *
 * answer is called for each whole request and fills in a reply; without a call
 * to a body function the body is empty.  Delays, drips, later answers and
 * streams hold no thread.
 *
 * Of httpd_on each answer ends its connection, and refused before answer is
 * called is, with the body that config.refuse makes of the status:
 *   what httphead takes for no right request   400, 411, 413, 414, 431, 505
 *   one that is not whole by limits.deadline   408
 *   one connection too many, of all or a peer  503, 429
 * A body is refused by its Content-Length, without reading it; heads have half
 * of limits.memory.  A connection that sends nothing is closed silently then;
 * so is one that for three times as long takes nothing of what is sent to it.
 */
#ifndef PULSE_HTTPD_H
#define PULSE_HTTPD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct httpd;

struct httpd_request {
	const char *method, *path; /* path without the query, decoded */
	const char *target;	   /* path and query as they were sent */
	const char *body;	   /* NUL-ended */
	size_t body_len;
	void *inner;
};

/* A header of the request, whatever its case, or NULL; borrowed. */
const char *httpd_header(const struct httpd_request *request, const char *name);
/* A decoded query argument, or NULL; borrowed. */
const char *httpd_argument(const struct httpd_request *request,
			   const char *name);
/* How many headers of this name there are. */
size_t httpd_header_count(const struct httpd_request *request,
			  const char *name);
/* Calls each query argument; value NULL: it has no `=`. */
void httpd_each_argument(const struct httpd_request *request,
			 void (*each)(void *arg, const char *name,
				      const char *value),
			 void *arg);

/* Who is at the other end. */
struct httpd_peer {
	bool local; /* a unix socket: uid, gid, pid are the kernel's word */
	uid_t uid;
	gid_t gid;
	pid_t pid;
	char address[64]; /* "127.0.0.1", "::1"; "" of a unix socket */
};
void httpd_peer(const struct httpd_request *request, struct httpd_peer *peer);

struct httpd_reply; /* filled in by answer */
void httpd_status(struct httpd_reply *reply, unsigned status);
/* Name and value are copied.  set replaces; NULL takes the header away. */
void httpd_add_header(struct httpd_reply *reply, const char *name,
		      const char *value);
void httpd_set_header(struct httpd_reply *reply, const char *name,
		      const char *value);
/* The body, without copying: it must outlive the server; or until release. */
void httpd_static(struct httpd_reply *reply, const char *bytes, size_t len);
void httpd_shared(struct httpd_reply *reply, const char *bytes, size_t len,
		  void (*release)(void *arg), void *arg);
/* The body, owned by the reply from now on (free). */
void httpd_body(struct httpd_reply *reply, char *bytes, size_t len);

/* What stands in the reply so far. */
unsigned httpd_get_status(const struct httpd_reply *reply);
const char *httpd_get_header(const struct httpd_reply *reply, const char *name);
const char *httpd_get_body(const struct httpd_reply *reply, size_t *len);

/*
 * The answer comes later (httpd_on only): called within answer.  Request and
 * reply stay until httpd_resume, which sends the reply as it is filled by then,
 * or until gone is called: the client went away, or the server stops; then
 * neither may be used any more, and httpd_resume must not be called.
 */
struct httpd_later;
struct httpd_later *httpd_defer(struct httpd_reply *reply,
				void (*gone)(void *arg), void *arg);
void httpd_resume(struct httpd_later *later);

/*
 * A body without end (httpd_on only): read gives up to size bytes, or 0 when
 * there are none now: it is asked again after httpd_wake; -1 ends it.  gone is
 * called once, when the client went away, after -1, or when the server stops;
 * the stream is not there any more then.
 */
struct httpd_stream;
struct httpd_stream *httpd_stream(struct httpd_reply *reply,
				  ssize_t (*read)(void *arg, char *out,
						  size_t size),
				  void (*gone)(void *arg), void *arg);
void httpd_wake(struct httpd_stream *stream);

/*
 * 101 Switching Protocols (httpd_on only): taken gets the connection's
 * non-blocking socket and what was already read from it.  The socket is the
 * caller's until httpd_give_back, which closes it; so must all be before
 * httpd_stop.  A client that left before: taken with socket NULL and fd -1.
 */
struct httpd_socket;
void httpd_upgrade(struct httpd_reply *reply,
		   void (*taken)(void *arg, struct httpd_socket *socket, int fd,
				 const char *extra, size_t len),
		   void *arg);
void httpd_give_back(struct httpd_socket *socket);

/* For tests of clients: wait, stop after some bytes, send piece by piece. */
void httpd_delay(struct httpd_reply *reply, int64_t ms); /* adds up */
void httpd_cut(struct httpd_reply *reply, size_t after); /* then close */
void httpd_drip(struct httpd_reply *reply, size_t bytes, int64_t every_ms);
void httpd_reset(struct httpd_reply *reply); /* close at once, no answer */

struct httpd_limits {
	unsigned connections;
	unsigned per_peer;   /* 0: no limit; none on a unix socket */
	size_t memory, body; /* bytes, of a connection */
	int64_t deadline;    /* ms, for a request to be whole */
};

struct httpd_config {
	uint16_t port;			   /* 0: any; of httpd_start */
	unsigned threads;		   /* likewise */
	const struct httpd_limits *limits; /* of httpd_on; copied */
	void (*answer)(void *arg, const struct httpd_request *request,
		       struct httpd_reply *reply);
	void (*ended)(void *arg); /* each answered request is over; or NULL */
	/* Fills in the reply to what is refused here; or NULL: empty.  Of
	 * httpd_on. */
	void (*refuse)(void *arg, unsigned status, struct httpd_reply *reply);
	void *arg;
};

/* NULL with *why (allocated) when it cannot listen. */
struct httpd *httpd_start(const struct httpd_config *config, char **why);
/* listener is its own from now on, also on failure. */
struct httpd *httpd_on(const struct httpd_config *config, int listener,
		       char **why);
uint16_t httpd_port(const struct httpd *httpd);
void httpd_stop(struct httpd *httpd);

/* Of httpd_on: the descriptor to poll for reading; does what there is to do
 * now, and returns the ms after which it wants to be turned again, -1: when
 * the descriptor is readable. */
int httpd_fd(const struct httpd *httpd);
int httpd_turn(struct httpd *httpd);

#endif
