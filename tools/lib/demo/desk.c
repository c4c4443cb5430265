#include "demo/desk.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "records/json.h"

static bool
is_post(const struct desk_call *call)
{
	return strcmp(call->request->method, "POST") == 0;
}

static struct json_span
member(const struct desk_call *call, const char *name)
{
	struct json_paths *paths = json_paths(&name, 1);
	struct json_span span = { .type = JSON_ABSENT };
	struct json_error error;

	if (json_scan(paths, call->request->body, call->request->body_len,
		      &span, &error) != 0)
		span.type = JSON_ABSENT;
	json_paths_free(paths);
	return span;
}

static char *
span_text(const struct json_span *span)
{
	char *text;

	if (span->type == JSON_STRING)
		return json_text(span);
	if (span->type != JSON_NUMBER)
		return NULL;
	text = msg_calloc(span->len + 1, 1);
	memcpy(text, span->at, span->len);
	return text;
}

char *
desk_text(const struct desk_call *call, const char *name)
{
	struct json_span span;
	const char *text;

	if (is_post(call)) {
		span = member(call, name);
		return span_text(&span);
	}
	text = httpd_argument(call->request, name);
	return text == NULL ? NULL : msg_strdup(text);
}

int64_t
desk_number(const struct desk_call *call, const char *name, int64_t fallback)
{
	char *text = desk_text(call, name), *end;
	int64_t number = fallback;

	if (text != NULL && *text != '\0') {
		number = strtoll(text, &end, 10);
		if (*end != '\0')
			number = fallback;
	}
	free(text);
	return number;
}

static size_t
split(const char *text, desk_each *each, void *arg)
{
	size_t count = 0, len;

	while (*text != '\0') {
		len = strcspn(text, ",");
		if (len > 0) {
			each(arg, text, len);
			count++;
		}
		text += len + (text[len] == ',');
	}
	return count;
}

static size_t
walk(const struct json_span *array, desk_each *each, void *arg)
{
	struct json_walk list = json_walk(array);
	struct json_span key, value;
	size_t count = 0;
	char *text;

	while (json_next(&list, &key, &value)) {
		if ((text = span_text(&value)) == NULL)
			continue;
		each(arg, text, strlen(text));
		free(text);
		count++;
	}
	return count;
}

size_t
desk_list(const struct desk_call *call, const char *name, desk_each *each,
	  void *arg)
{
	struct json_span span;
	size_t count = 0;
	char *text;

	if (is_post(call)) {
		span = member(call, name);
		if (span.type == JSON_ARRAY)
			return walk(&span, each, arg);
	}
	if ((text = desk_text(call, name)) != NULL)
		count = split(text, each, arg);
	free(text);
	return count;
}

static void
wish_field(void *arg, const char *text, size_t len)
{
	ticket_wish_field(arg, text, len);
}

static void
wish_expansion(void *arg, const char *text, size_t len)
{
	struct ticket_wish *wish = arg;

	if (len == 9 && memcmp(text, "changelog", 9) == 0)
		wish->changelog = true;
}

void
desk_wish(const struct desk_call *call, const char *usual,
	  struct ticket_wish *wish)
{
	ticket_wish(wish, call->tracker);
	wish->rich = call->rich;
	if (desk_list(call, "fields", wish_field, wish) == 0 && usual != NULL)
		split(usual, wish_field, wish);
	desk_list(call, "expand", wish_expansion, wish);
}

void
desk_answer(const struct desk_call *call, unsigned status, struct jsonw *w)
{
	httpd_status(call->reply, status);
	httpd_add_header(call->reply, "Content-Type",
			 "application/json;charset=UTF-8");
	httpd_body(call->reply, w->text, w->len);
	*w = (struct jsonw){ 0 };
}

void
desk_refuse(const struct desk_call *call, unsigned status, const char *format,
	    ...)
{
	struct jsonw w = { 0 };
	char line[1200];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	jsonw_open(&w, '{');
	jsonw_key(&w, "errorMessages");
	jsonw_open(&w, '[');
	jsonw_string(&w, line);
	jsonw_close(&w, ']');
	jsonw_key(&w, "errors");
	jsonw_open(&w, '{');
	jsonw_close(&w, '}');
	jsonw_close(&w, '}');
	desk_answer(call, status, &w);
}

struct desk_page
desk_page(const struct desk_call *call, int64_t total, int64_t usual,
	  int64_t most)
{
	struct desk_page page = { .total = total };

	page.start = desk_number(call, "startAt", 0);
	page.size = desk_number(call, "maxResults", usual);
	if (page.start < 0)
		page.start = 0;
	if (page.size < 0)
		page.size = usual;
	if (page.size > most)
		page.size = most;
	if (page.start > total)
		page.start = total;
	page.end = page.start + page.size;
	if (page.end > total)
		page.end = total;
	return page;
}

void
desk_open_page(struct jsonw *w, const struct desk_page *page, bool with_total)
{
	jsonw_open(w, '{');
	jsonw_key(w, "maxResults");
	jsonw_int(w, page->size);
	jsonw_key(w, "startAt");
	jsonw_int(w, page->start);
	if (with_total) {
		jsonw_key(w, "total");
		jsonw_int(w, page->total);
	}
	jsonw_key(w, "isLast");
	jsonw_bool(w, page->end >= page->total);
	jsonw_key(w, "values");
	jsonw_open(w, '[');
}

void
desk_close_page(const struct desk_call *call, struct jsonw *w)
{
	jsonw_close(w, ']');
	jsonw_close(w, '}');
	desk_answer(call, 200, w);
}
