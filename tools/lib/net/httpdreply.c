#include "net/httpdreply.h"

#include <stdlib.h>
#include <strings.h>

#include "base/msg.h"

void
httpdreply_start(struct httpd_reply *reply)
{
	*reply = (struct httpd_reply){ .status = 200, .cut = SIZE_MAX };
}

void
httpdreply_end(struct httpd_reply *reply)
{
	size_t i;

	for (i = 0; i < reply->header_count; i++) {
		free(reply->headers[i].name);
		free(reply->headers[i].value);
	}
	if (reply->release != NULL)
		reply->release(reply->release_arg);
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
	struct httpdreply_header *header;

	if (reply->header_count == HTTPDREPLY_HEADERS)
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
