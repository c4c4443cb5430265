/*
 * httpd - libmicrohttpd (and zlib) behind one small face, for demo-api and
 * pulse-web.  Loopback only.
 *
 *   struct httpd *d = httpd_start(&config, &why);
 *   port = httpd_port(d);
 *   ...wait for a signal...
 *   httpd_stop(d);
 *
 * answer is called on one of the server's threads for each whole request and
 * fills in a reply; without a call to a body function the body is empty.
 * Delays and drips hold no thread.
 */
#ifndef PULSE_HTTPD_H
#define PULSE_HTTPD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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

/* For tests of clients: wait, stop after some bytes, send piece by piece. */
void httpd_delay(struct httpd_reply *reply, int64_t ms); /* adds up */
void httpd_cut(struct httpd_reply *reply, size_t after); /* then close */
void httpd_drip(struct httpd_reply *reply, size_t bytes, int64_t every_ms);
void httpd_reset(struct httpd_reply *reply); /* close at once, no answer */

struct httpd_config {
	uint16_t port; /* 0: any */
	unsigned threads;
	void (*answer)(void *arg, const struct httpd_request *request,
		       struct httpd_reply *reply);
	void (*ended)(void *arg); /* each answered request is over; or NULL */
	void *arg;
};

/* NULL with *why (allocated) when it cannot listen. */
struct httpd *httpd_start(const struct httpd_config *config, char **why);
uint16_t httpd_port(const struct httpd *httpd);
void httpd_stop(struct httpd *httpd);

/* gzip of bytes, or (bytes NULL) of as many zeros; allocated. */
char *httpd_gzip(const char *bytes, size_t len, size_t *packed);

#endif
