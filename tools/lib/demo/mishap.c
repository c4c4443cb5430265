#include "demo/mishap.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonw.h"
#include "base/msg.h"
#include "net/gzip.h"
#include "records/json.h"

enum { BOMB_BYTES = 1 << 30, QUOTA_SECONDS = 60, DRIP_MS = 100 };

struct mishap_action {
	const char *name;
	bool answers;
	void (*run)(const struct mishap *mishap,
		    const struct httpd_request *request,
		    struct httpd_reply *reply); /* NULL: quota */
	int64_t status;				/* the usual one */
};

static void
send_text(struct httpd_reply *reply, const char *type, char *text)
{
	httpd_set_header(reply, "content-type", type);
	httpd_body(reply, text, strlen(text));
}

static void
send_message(struct httpd_reply *reply, const struct httpd_request *request,
	     const char *message)
{
	bool jira = strncmp(request->path, "/jira", 5) == 0;
	struct jsonw out = { 0 };

	jsonw_open(&out, '{');
	jsonw_key(&out, jira ? "errorMessages" : "message");
	if (jira)
		jsonw_open(&out, '[');
	jsonw_string(&out, message);
	if (jira)
		jsonw_close(&out, ']');
	jsonw_close(&out, '}');
	send_text(reply, "application/json; charset=utf-8", out.text);
}

static void
add_retry_after(const struct mishap *mishap, struct httpd_reply *reply)
{
	char text[24];

	if (mishap->retry_after < 0)
		return;
	snprintf(text, sizeof(text), "%" PRId64, mishap->retry_after);
	httpd_set_header(reply, "Retry-After", text);
}

static void
do_status(const struct mishap *mishap, const struct httpd_request *request,
	  struct httpd_reply *reply)
{
	httpd_status(reply, (unsigned)mishap->status);
	add_retry_after(mishap, reply);
	if (mishap->body != NULL)
		send_text(reply, "application/json; charset=utf-8",
			  msg_strdup(mishap->body));
	else
		send_message(reply, request, "Made to fail by the script");
}

static void
do_html(const struct mishap *mishap, const struct httpd_request *request,
	struct httpd_reply *reply)
{
	(void)request;
	httpd_status(reply, (unsigned)mishap->status);
	add_retry_after(mishap, reply);
	send_text(reply, "text/html",
		  msg_strdup("<!DOCTYPE html>\n<html><head><title>Unicorn! "
			     "&middot; GitHub</title></head>\n<body><p>This "
			     "page is taking too long to load.</p></body>"
			     "</html>\n"));
}

static void
do_reset(const struct mishap *mishap, const struct httpd_request *request,
	 struct httpd_reply *reply)
{
	(void)mishap;
	(void)request;
	httpd_reset(reply);
}

/* Where the other server would be: `to`, else the next port. */
static void
other_origin(const struct mishap *mishap, const struct httpd_request *request,
	     char *out, size_t size)
{
	const char *host = httpd_header(request, "Host");
	const char *colon = host != NULL ? strrchr(host, ':') : NULL;
	unsigned long port = colon != NULL ? strtoul(colon + 1, NULL, 10) : 0;

	if (mishap->to != NULL)
		snprintf(out, size, "%s", mishap->to);
	else
		snprintf(out, size, "http://127.0.0.1:%lu", port + 1);
}

static void
do_redirect(const struct mishap *mishap, const struct httpd_request *request,
	    struct httpd_reply *reply)
{
	char origin[512], url[2048];

	other_origin(mishap, request, origin, sizeof(origin));
	snprintf(url, sizeof(url), "%s%s", origin, request->target);
	httpd_status(reply, (unsigned)mishap->status);
	httpd_set_header(reply, "location", url);
	send_message(reply, request, "Moved by the script");
}

static void
do_secondary(const struct mishap *mishap, const struct httpd_request *request,
	     struct httpd_reply *reply)
{
	httpd_status(reply, (unsigned)mishap->status);
	add_retry_after(mishap, reply);
	send_message(reply, request,
		     "You have exceeded a secondary rate limit. Please wait a "
		     "few minutes before you try again.");
}

static void
do_bomb(const struct mishap *mishap, const struct httpd_request *request,
	struct httpd_reply *reply)
{
	(void)request;
	httpd_status(reply, 200);
	httpd_set_header(reply, "content-type", "application/json");
	httpd_set_header(reply, "content-encoding", "gzip");
	httpd_static(reply, mishap->bomb, mishap->bomb_len);
}

static void
do_delay(const struct mishap *mishap, const struct httpd_request *request,
	 struct httpd_reply *reply)
{
	(void)request;
	httpd_delay(reply, mishap->ms);
}

static void
do_cut(const struct mishap *mishap, const struct httpd_request *request,
       struct httpd_reply *reply)
{
	size_t len;

	(void)request;
	(void)httpd_get_body(reply, &len);
	httpd_cut(reply, mishap->bytes >= 0 ? (size_t)mishap->bytes : len / 2);
}

static void
do_drip(const struct mishap *mishap, const struct httpd_request *request,
	struct httpd_reply *reply)
{
	(void)request;
	httpd_drip(reply, mishap->bytes >= 0 ? (size_t)mishap->bytes : 1,
		   mishap->ms > 0 ? mishap->ms : DRIP_MS);
}

/* The true body, but its end is missing; in HTTP all is well. */
static void
do_broken(const struct mishap *mishap, const struct httpd_request *request,
	  struct httpd_reply *reply)
{
	size_t len, keep;
	const char *body = httpd_get_body(reply, &len);
	char *half;

	(void)request;
	keep = mishap->bytes >= 0 && (size_t)mishap->bytes < len
		       ? (size_t)mishap->bytes
		       : len / 2;
	half = msg_calloc(keep + 1, 1);
	memcpy(half, body, keep);
	httpd_set_header(reply, "etag", NULL);
	httpd_body(reply, half, keep);
}

static void
do_headers(const struct mishap *mishap, const struct httpd_request *request,
	   struct httpd_reply *reply)
{
	(void)request;
	add_retry_after(mishap, reply);
}

static void
do_link(const struct mishap *mishap, const struct httpd_request *request,
	struct httpd_reply *reply)
{
	char origin[512], link[2560];

	other_origin(mishap, request, origin, sizeof(origin));
	snprintf(link, sizeof(link), "<%s%s>; rel=\"next\"", origin,
		 request->target);
	httpd_set_header(reply, "link", link);
}

static const struct mishap_action actions[] = {
	{ "status", true, do_status, 502 },
	{ "html", true, do_html, 502 },
	{ "reset", true, do_reset, 0 },
	{ "redirect", true, do_redirect, 302 },
	{ "secondary", true, do_secondary, 403 },
	{ "gzip-bomb", true, do_bomb, 0 },
	{ "delay", false, do_delay, 0 },
	{ "cut", false, do_cut, 0 },
	{ "drip", false, do_drip, 0 },
	{ "broken-json", false, do_broken, 0 },
	{ "headers", false, do_headers, 0 },
	{ "link-other-port", false, do_link, 0 },
	{ "quota", false, NULL, 0 },
};

const struct mishap_action *
mishap_action(const char *name)
{
	size_t i;

	for (i = 0; name != NULL && i < sizeof(actions) / sizeof(actions[0]);
	     i++)
		if (strcmp(actions[i].name, name) == 0)
			return &actions[i];
	return NULL;
}

void
mishap_complete(struct mishap *mishap)
{
	size_t bytes = mishap->bytes > 0 ? (size_t)mishap->bytes : BOMB_BYTES;

	if (mishap->status < 0)
		mishap->status = mishap->action->status;
	if (mishap->reset < 0)
		mishap->reset = QUOTA_SECONDS;
	if (mishap->action->run == do_bomb)
		mishap->bomb = gzip_pack(NULL, bytes, &mishap->bomb_len);
}

void
mishap_clear(struct mishap *mishap)
{
	free(mishap->to);
	free(mishap->body);
	free(mishap->headers);
	free(mishap->bomb);
}

bool
mishap_answers(const struct mishap *mishap)
{
	return mishap->action->answers;
}

bool
mishap_spends(const struct mishap *mishap)
{
	return mishap->action->run == NULL;
}

static void
add_headers(const struct mishap *mishap, struct httpd_reply *reply)
{
	struct json_span all = { .at = mishap->headers, .type = JSON_OBJECT };
	struct json_span key, value;
	struct json_walk walk;
	char *name, *text;

	if (mishap->headers == NULL)
		return;
	all.len = strlen(mishap->headers);
	walk = json_walk(&all);
	while (json_next(&walk, &key, &value)) {
		name = json_text(&key);
		text = json_text(&value);
		if (name != NULL)
			httpd_set_header(reply, name, text);
		free(name);
		free(text);
	}
}

void
mishap_do(const struct mishap *mishap, const struct httpd_request *request,
	  struct httpd_reply *reply)
{
	mishap->action->run(mishap, request, reply);
	add_headers(mishap, reply);
}
