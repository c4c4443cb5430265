#include "demo/faults.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/jsonw.h"
#include "base/msg.h"
#include "records/json.h"

enum { BOMB_BYTES = 1 << 30, QUOTA_SECONDS = 60, DRIP_MS = 100 };

/* Answers by itself, or changes the true answer. */
typedef void fault_do(const struct fault *fault,
		      const struct httpd_request *request,
		      struct httpd_reply *reply);

struct action {
	const char *name;
	bool answers;
	fault_do *run;
};

struct fault {
	struct fault *next;
	char *match, *method, *to, *body;
	const struct action *action;
	int64_t after, count, status, retry_after, ms, bytes, above, reset;
	char *headers; /* a JSON object, or NULL */
	int64_t seen;
	char *bomb;
	size_t bomb_len;
};

/* Scripts that were replaced are kept: a reply may still be using them. */
struct faults {
	pthread_mutex_t lock;
	struct fault *first, *retired;
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
add_retry_after(const struct fault *fault, struct httpd_reply *reply)
{
	char text[24];

	if (fault->retry_after < 0)
		return;
	snprintf(text, sizeof(text), "%" PRId64, fault->retry_after);
	httpd_set_header(reply, "Retry-After", text);
}

static void
do_status(const struct fault *fault, const struct httpd_request *request,
	  struct httpd_reply *reply)
{
	httpd_status(reply, (unsigned)fault->status);
	add_retry_after(fault, reply);
	if (fault->body != NULL)
		send_text(reply, "application/json; charset=utf-8",
			  msg_strdup(fault->body));
	else
		send_message(reply, request, "Made to fail by the script");
}

static void
do_html(const struct fault *fault, const struct httpd_request *request,
	struct httpd_reply *reply)
{
	(void)request;
	httpd_status(reply, (unsigned)fault->status);
	add_retry_after(fault, reply);
	send_text(reply, "text/html",
		  msg_strdup("<!DOCTYPE html>\n<html><head><title>Unicorn! "
			     "&middot; GitHub</title></head>\n<body><p>This "
			     "page is taking too long to load.</p></body>"
			     "</html>\n"));
}

static void
do_reset(const struct fault *fault, const struct httpd_request *request,
	 struct httpd_reply *reply)
{
	(void)fault;
	(void)request;
	httpd_reset(reply);
}

/* Where the other server would be: `to`, else the next port. */
static void
other_origin(const struct fault *fault, const struct httpd_request *request,
	     char *out, size_t size)
{
	const char *host = httpd_header(request, "Host");
	const char *colon = host != NULL ? strrchr(host, ':') : NULL;
	unsigned long port = colon != NULL ? strtoul(colon + 1, NULL, 10) : 0;

	if (fault->to != NULL)
		snprintf(out, size, "%s", fault->to);
	else
		snprintf(out, size, "http://127.0.0.1:%lu", port + 1);
}

static void
do_redirect(const struct fault *fault, const struct httpd_request *request,
	    struct httpd_reply *reply)
{
	char origin[512], url[2048];

	other_origin(fault, request, origin, sizeof(origin));
	snprintf(url, sizeof(url), "%s%s", origin, request->target);
	httpd_status(reply, (unsigned)fault->status);
	httpd_set_header(reply, "location", url);
	send_message(reply, request, "Moved by the script");
}

static void
do_secondary(const struct fault *fault, const struct httpd_request *request,
	     struct httpd_reply *reply)
{
	httpd_status(reply, (unsigned)fault->status);
	add_retry_after(fault, reply);
	send_message(reply, request,
		     "You have exceeded a secondary rate limit. Please wait a "
		     "few minutes before you try again.");
}

static void
do_bomb(const struct fault *fault, const struct httpd_request *request,
	struct httpd_reply *reply)
{
	(void)request;
	httpd_status(reply, 200);
	httpd_set_header(reply, "content-type", "application/json");
	httpd_set_header(reply, "content-encoding", "gzip");
	httpd_static(reply, fault->bomb, fault->bomb_len);
}

static void
do_delay(const struct fault *fault, const struct httpd_request *request,
	 struct httpd_reply *reply)
{
	(void)request;
	httpd_delay(reply, fault->ms);
}

static void
do_cut(const struct fault *fault, const struct httpd_request *request,
       struct httpd_reply *reply)
{
	size_t len;

	(void)request;
	(void)httpd_get_body(reply, &len);
	httpd_cut(reply, fault->bytes >= 0 ? (size_t)fault->bytes : len / 2);
}

static void
do_drip(const struct fault *fault, const struct httpd_request *request,
	struct httpd_reply *reply)
{
	(void)request;
	httpd_drip(reply, fault->bytes >= 0 ? (size_t)fault->bytes : 1,
		   fault->ms > 0 ? fault->ms : DRIP_MS);
}

/* The true body, but its end is missing; in HTTP all is well. */
static void
do_broken(const struct fault *fault, const struct httpd_request *request,
	  struct httpd_reply *reply)
{
	size_t len, keep;
	const char *body = httpd_get_body(reply, &len);
	char *half;

	(void)request;
	keep = fault->bytes >= 0 && (size_t)fault->bytes < len
		       ? (size_t)fault->bytes
		       : len / 2;
	half = msg_calloc(keep + 1, 1);
	memcpy(half, body, keep);
	httpd_set_header(reply, "etag", NULL);
	httpd_body(reply, half, keep);
}

static void
do_headers(const struct fault *fault, const struct httpd_request *request,
	   struct httpd_reply *reply)
{
	(void)request;
	add_retry_after(fault, reply);
}

static void
do_link(const struct fault *fault, const struct httpd_request *request,
	struct httpd_reply *reply)
{
	char origin[512], link[2560];

	other_origin(fault, request, origin, sizeof(origin));
	snprintf(link, sizeof(link), "<%s%s>; rel=\"next\"", origin,
		 request->target);
	httpd_set_header(reply, "link", link);
}

static const struct action actions[] = {
	{ "status", true, do_status },
	{ "html", true, do_html },
	{ "reset", true, do_reset },
	{ "redirect", true, do_redirect },
	{ "secondary", true, do_secondary },
	{ "gzip-bomb", true, do_bomb },
	{ "delay", false, do_delay },
	{ "cut", false, do_cut },
	{ "drip", false, do_drip },
	{ "broken-json", false, do_broken },
	{ "headers", false, do_headers },
	{ "link-other-port", false, do_link },
	{ "quota", false, NULL },
};

static const struct action *
find_action(const char *name)
{
	size_t i;

	for (i = 0; name != NULL && i < sizeof(actions) / sizeof(actions[0]);
	     i++)
		if (strcmp(actions[i].name, name) == 0)
			return &actions[i];
	return NULL;
}

static void
free_list(struct fault *fault)
{
	struct fault *next;

	for (; fault != NULL; fault = next) {
		next = fault->next;
		free(fault->match);
		free(fault->method);
		free(fault->to);
		free(fault->body);
		free(fault->headers);
		free(fault->bomb);
		free(fault);
	}
}

enum field {
	MATCH,
	METHOD,
	AFTER,
	COUNT,
	DO,
	STATUS,
	RETRY_AFTER,
	MS,
	BYTES,
	TO,
	BODY,
	ABOVE,
	RESET,
	HEADERS_FIELD,
	FIELDS
};

static const char *const field_names[FIELDS] = {
	"match",  "method",	    "after", "count",	"do",
	"status", "retry_after",    "ms",    "bytes",	"to",
	"body",	  "per_page_above", "reset", "headers",
};

static int64_t
number_of(const struct json_span *span, int64_t fallback)
{
	int64_t number;

	return json_int(span, &number) ? number : fallback;
}

static int64_t
usual_status(const struct action *action)
{
	if (action->run == do_redirect)
		return 302;
	return action->run == do_secondary ? 403 : 502;
}

static void
fill_in(struct fault *fault, const struct json_span spans[FIELDS])
{
	const struct json_span *headers = &spans[HEADERS_FIELD];

	fault->match = json_text(&spans[MATCH]);
	fault->method = json_text(&spans[METHOD]);
	fault->to = json_text(&spans[TO]);
	fault->body = json_text(&spans[BODY]);
	fault->after = number_of(&spans[AFTER], 0);
	fault->count = number_of(&spans[COUNT], 0);
	fault->status = number_of(&spans[STATUS], usual_status(fault->action));
	fault->retry_after = number_of(&spans[RETRY_AFTER], -1);
	fault->ms = number_of(&spans[MS], 0);
	fault->bytes = number_of(&spans[BYTES], -1);
	fault->above = number_of(&spans[ABOVE], -1);
	fault->reset = number_of(&spans[RESET], QUOTA_SECONDS);
	if (headers->type == JSON_OBJECT) {
		fault->headers = msg_calloc(headers->len + 1, 1);
		memcpy(fault->headers, headers->at, headers->len);
	}
	if (fault->action->run == do_bomb)
		fault->bomb = httpd_gzip(NULL,
					 fault->bytes > 0 ? (size_t)fault->bytes
							  : BOMB_BYTES,
					 &fault->bomb_len);
}

/* NULL with *why when the line is no rule. */
static struct fault *
parse_rule(const struct json_paths *paths, const char *line, size_t len,
	   const char **why)
{
	struct json_span spans[FIELDS];
	struct json_error error;
	struct fault *fault;
	char *name;

	if (json_scan(paths, line, len, spans, &error) != 0) {
		*why = error.why;
		return NULL;
	}
	name = json_text(&spans[DO]);
	fault = msg_calloc(1, sizeof(*fault));
	fault->action = find_action(name);
	free(name);
	if (fault->action == NULL) {
		free(fault);
		*why = "\"do\" is none of the words in demo-api(1)";
		return NULL;
	}
	fill_in(fault, spans);
	return fault;
}

struct faults *
faults_new(void)
{
	struct faults *faults = msg_calloc(1, sizeof(*faults));

	pthread_mutex_init(&faults->lock, NULL);
	return faults;
}

void
faults_free(struct faults *faults)
{
	if (faults == NULL)
		return;
	free_list(faults->first);
	free_list(faults->retired);
	pthread_mutex_destroy(&faults->lock);
	free(faults);
}

static char *
complaint(unsigned line, const char *why)
{
	char text[160];

	snprintf(text, sizeof(text), "line %u: %s", line, why);
	return msg_strdup(text);
}

static struct fault *
parse(const char *text, size_t len, char **why)
{
	struct json_paths *paths = json_paths(field_names, FIELDS);
	const char *end = text + len, *stop, *reason = NULL;
	struct fault *first = NULL, **last = &first;
	unsigned line = 0;

	*why = NULL;
	for (; text < end; text = stop + 1) {
		stop = memchr(text, '\n', (size_t)(end - text));
		if (stop == NULL)
			stop = end;
		line++;
		if (strspn(text, " \t\r\n") >= (size_t)(stop - text))
			continue;
		*last = parse_rule(paths, text, (size_t)(stop - text), &reason);
		if (*last == NULL) {
			*why = complaint(line, reason);
			break;
		}
		last = &(*last)->next;
	}
	json_paths_free(paths);
	return first;
}

int
faults_load(struct faults *faults, const char *text, size_t len, char **why)
{
	struct fault *rules = parse(text, len, why), **end;

	if (*why != NULL) {
		free_list(rules);
		return -1;
	}
	pthread_mutex_lock(&faults->lock);
	for (end = &faults->retired; *end != NULL;)
		end = &(*end)->next;
	*end = faults->first;
	faults->first = rules;
	pthread_mutex_unlock(&faults->lock);
	return 0;
}

static bool
meets(const char *pattern, const char *path)
{
	return strncmp(path, pattern, strlen(pattern)) == 0 ||
	       fnmatch(pattern, path, 0) == 0;
}

static bool
page_is_above(const struct httpd_request *request, int64_t above)
{
	static const char *const names[] = { "per_page", "maxResults" };
	const char *value;
	size_t i;

	for (i = 0; i < 2; i++) {
		value = httpd_argument(request, names[i]);
		if (value != NULL)
			return strtoll(value, NULL, 10) > above;
	}
	return above < 30;
}

/* Does the rule fire on this request?  Counts it. */
static bool
fires(struct fault *fault, const char *path,
      const struct httpd_request *request)
{
	if (fault->match != NULL && !meets(fault->match, path) &&
	    !meets(fault->match, request->target))
		return false;
	if (fault->method != NULL &&
	    strcmp(fault->method, request->method) != 0)
		return false;
	if (fault->above >= 0 && !page_is_above(request, fault->above))
		return false;
	fault->seen++;
	return fault->seen > fault->after &&
	       (fault->count == 0 ||
		fault->seen <= fault->after + fault->count);
}

static void
add_headers(const struct fault *fault, struct httpd_reply *reply)
{
	struct json_span all = { .at = fault->headers, .type = JSON_OBJECT };
	struct json_span key, value;
	struct json_walk walk;
	char *name, *text;

	if (fault->headers == NULL)
		return;
	all.len = strlen(fault->headers);
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

bool
faults_before(struct faults *faults, const char *path,
	      const struct httpd_request *request, struct httpd_reply *reply,
	      struct faults_hit *hit)
{
	struct fault *fault;
	bool answered = false;

	memset(hit, 0, sizeof(*hit));
	pthread_mutex_lock(&faults->lock);
	for (fault = faults->first; fault != NULL && !answered;
	     fault = fault->next) {
		if (!fires(fault, path, request))
			continue;
		if (fault->action->run == NULL) {
			hit->exhaust = true;
			hit->exhausted = fault->reset;
		} else if (fault->action->answers) {
			fault->action->run(fault, request, reply);
			add_headers(fault, reply);
			answered = true;
		} else if (hit->count < FAULTS_HITS) {
			hit->rules[hit->count++] = fault;
		}
	}
	pthread_mutex_unlock(&faults->lock);
	if (answered)
		faults_after(hit, request, reply);
	return answered;
}

void
faults_after(const struct faults_hit *hit, const struct httpd_request *request,
	     struct httpd_reply *reply)
{
	unsigned i;

	for (i = 0; i < hit->count; i++) {
		hit->rules[i]->action->run(hit->rules[i], request, reply);
		add_headers(hit->rules[i], reply);
	}
}
