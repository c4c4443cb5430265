#include "demo/faults.h"

#include <fnmatch.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "demo/mishap.h"
#include "records/json.h"

struct fault { /* a rule of the script */
	struct fault *next;
	char *match, *method;
	int64_t after, count, above;
	int64_t seen; /* requests that met it */
	struct mishap mishap;
};

/* Scripts that were replaced are kept: a reply may still be using them. */
struct faults {
	pthread_mutex_t lock;
	struct fault *first, *retired;
};

static void
free_list(struct fault *fault)
{
	struct fault *next;

	for (; fault != NULL; fault = next) {
		next = fault->next;
		free(fault->match);
		free(fault->method);
		mishap_clear(&fault->mishap);
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
	HEADERS,
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

static void
fill_in(struct fault *fault, const struct json_span spans[FIELDS])
{
	const struct json_span *headers = &spans[HEADERS];
	struct mishap *mishap = &fault->mishap;

	fault->match = json_text(&spans[MATCH]);
	fault->method = json_text(&spans[METHOD]);
	fault->after = number_of(&spans[AFTER], 0);
	fault->count = number_of(&spans[COUNT], 0);
	fault->above = number_of(&spans[ABOVE], -1);
	mishap->to = json_text(&spans[TO]);
	mishap->body = json_text(&spans[BODY]);
	mishap->status = number_of(&spans[STATUS], -1);
	mishap->retry_after = number_of(&spans[RETRY_AFTER], -1);
	mishap->ms = number_of(&spans[MS], 0);
	mishap->bytes = number_of(&spans[BYTES], -1);
	mishap->reset = number_of(&spans[RESET], -1);
	if (headers->type == JSON_OBJECT) {
		mishap->headers = msg_calloc(headers->len + 1, 1);
		memcpy(mishap->headers, headers->at, headers->len);
	}
	mishap_complete(mishap);
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
	fault->mishap.action = mishap_action(name);
	free(name);
	if (fault->mishap.action == NULL) {
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

bool
faults_before(struct faults *faults, const char *path,
	      const struct httpd_request *request, struct httpd_reply *reply,
	      struct faults_hit *hit)
{
	bool answered = false;
	struct fault *fault;

	memset(hit, 0, sizeof(*hit));
	pthread_mutex_lock(&faults->lock);
	for (fault = faults->first; fault != NULL && !answered;
	     fault = fault->next) {
		const struct mishap *mishap = &fault->mishap;

		if (!fires(fault, path, request))
			continue;
		answered = mishap_answers(mishap);
		if (answered) {
			mishap_do(mishap, request, reply);
		} else if (mishap_spends(mishap)) {
			hit->exhaust = true;
			hit->exhausted = mishap->reset;
		} else if (hit->count < FAULTS_HITS) {
			hit->mishaps[hit->count++] = mishap;
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

	for (i = 0; i < hit->count; i++)
		mishap_do(hit->mishaps[i], request, reply);
}
