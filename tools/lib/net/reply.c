#include "net/reply.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "net/link.h"
#include "net/origin.h"
#include "records/json.h"

void
reply_failed(struct reply *reply, enum outcome_class class, int code,
	     const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(reply->why, sizeof(reply->why), format, args);
	va_end(args);
	reply->public.class = class;
	reply->public.code = code != 0 ? code : outcome_code(class);
	reply->public.why = reply->why;
	reply->public.next = NULL;
}

static void
take(struct reply *reply, const struct reply_raw *raw)
{
	reply->public.status = raw->status;
	reply->public.body = raw->body;
	reply->public.len = raw->len;
	reply->public.url = raw->url;
	reply->public.headers = raw->headers;
}

/* A next page elsewhere would carry the credential there: refused whole. */
static void
take_next(struct reply *reply, const char *base_url, const char *target)
{
	const char *url = reply->public.url;

	free(reply->next);
	reply->next = target == NULL ? NULL : origin_resolve(url, target);
	if (target != NULL &&
	    (reply->next == NULL || !origin_holds(base_url, reply->next)))
		reply_failed(reply, OUTCOME_DATA_FORMAT, EX_PROTOCOL,
			     "the next page is at another origin, '%.200s'",
			     target);
	else if (target != NULL && strcmp(reply->next, url) == 0)
		reply_failed(reply, OUTCOME_DATA_FORMAT, EX_PROTOCOL,
			     "the page names itself as the next one");
	else
		reply->public.next = reply->next;
}

static void
check_json(struct reply *reply)
{
	const struct http_reply *public = &reply->public;
	const char *type = headers_get(public->headers, "Content-Type");
	struct json_error error;

	if (public->len == 0 && public->status != 200)
		return;
	if (json_scan(NULL, public->body, public->len, NULL, &error) == 0)
		return;
	reply->cut = error.at >= public->len;
	if (type != NULL && strncasecmp(type, "text/html", 9) == 0) {
		reply->cut = false;
		reply_failed(reply, OUTCOME_DATA_FORMAT, 0,
			     "an HTML page came instead of JSON");
	} else if (reply->cut) {
		reply_failed(reply, OUTCOME_NETWORK_TIMEOUT, 0,
			     "the JSON is cut off after %zu bytes",
			     public->len);
	} else {
		reply_failed(reply, OUTCOME_DATA_FORMAT, 0,
			     "not JSON at byte %zu: %s", error.at, error.why);
	}
}

void
reply_good(struct reply *reply, const char *base_url,
	   const struct reply_raw *raw)
{
	const char *header = headers_get(raw->headers, "Link");
	char *target = header == NULL ? NULL : link_target(header, "next");

	take(reply, raw);
	reply->public.etag = headers_get(raw->headers, "ETag");
	check_json(reply);
	if (reply->public.class == OUTCOME_NONE)
		take_next(reply, base_url, target);
	free(target);
}

void
reply_cached(struct reply *reply, const char *base_url,
	     const struct reply_raw *raw, const char *next)
{
	take(reply, raw);
	take_next(reply, base_url, next);
}

void
reply_free(struct reply *reply)
{
	free(reply->next);
	memset(reply, 0, sizeof(*reply));
}
