/*
 * httpdreply - how a reply is held until it is sent; of net/httpd only.
 */
#ifndef PULSE_HTTPDREPLY_H
#define PULSE_HTTPDREPLY_H

#include "net/httpd.h"

enum { HTTPDREPLY_HEADERS = 24 };

struct httpdreply_header {
	char *name, *value;
};

struct httpd_reply {
	void *owner; /* httpd's */
	unsigned status;
	struct httpdreply_header headers[HTTPDREPLY_HEADERS];
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

void httpdreply_start(struct httpd_reply *reply); /* 200, nothing in it */
void httpdreply_end(struct httpd_reply *reply);

#endif
