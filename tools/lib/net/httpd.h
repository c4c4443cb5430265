/*
 * httpd - libmicrohttpd (and wslay for WebSocket) behind one small face, for
 * demo-api and pulse-web.
 *
 *   struct httpd *d = httpd_start(&config, &why);
 *   port = httpd_port(d);
 *   ...wait for a signal...
 *   httpd_stop(d);
 *
 * answer is called on one of the server's threads for each whole request, and
 * fills in a reply.  Bodies may be static: no copy is made of those.
 */
#ifndef PULSE_HTTPD_H
#define PULSE_HTTPD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct httpd;

struct httpd_request {
	const char *method, *path; /* path without the query, still encoded */
	const char *body;
	size_t body_len;
	void *inner;
};

const char *httpd_header(const struct httpd_request *request, const char *name);
/* A decoded query argument, or NULL; borrowed. */
const char *httpd_argument(const struct httpd_request *request,
			   const char *name);

struct httpd_reply; /* filled in by answer */
void httpd_status(struct httpd_reply *reply, unsigned status);
void httpd_add_header(struct httpd_reply *reply, const char *name,
		      const char *value);
/* The body, without copying: it must outlive the server. */
void httpd_static(struct httpd_reply *reply, const char *bytes, size_t len);
/* The body, owned by the reply from now on (free). */
void httpd_body(struct httpd_reply *reply, char *bytes, size_t len);
/* For tests of clients: wait, stop after some bytes, send byte by byte. */
void httpd_delay(struct httpd_reply *reply, int64_t ms);
void httpd_cut(struct httpd_reply *reply, size_t after); /* then close */
void httpd_drip(struct httpd_reply *reply, size_t bytes, int64_t every_ms);
void httpd_reset(struct httpd_reply *reply); /* close at once, no answer */

struct httpd_config {
	uint16_t port; /* 0: any; loopback only */
	unsigned threads;
	void (*answer)(void *arg, const struct httpd_request *request,
		       struct httpd_reply *reply);
	void *arg;
};

struct httpd *httpd_start(const struct httpd_config *config, char **why);
uint16_t httpd_port(const struct httpd *httpd);
void httpd_stop(struct httpd *httpd);

#endif
