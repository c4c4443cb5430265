#include "web/exchange.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/crypto.h"
#include "base/msg.h"
#include "base/times.h"
#include "net/gzip.h"

enum { WORTH_PACKING = 1400 /* more than one packet */ };

static void
went(void *arg)
{
	struct exchange *x = arg;

	x->gone(x->arg);
	free(x);
}

struct exchange *
exchange_later(struct exchange *x, void (*gone)(void *arg), void *arg)
{
	struct exchange *kept = msg_calloc(1, sizeof(*kept));

	*kept = *x;
	kept->gone = gone;
	kept->arg = arg;
	kept->later = httpd_defer(x->reply, went, kept);
	return kept;
}

void
exchange_send(struct exchange *x)
{
	unsigned digit = httpd_get_status(x->reply) / 100;

	if (digit < WEB_CLASSES)
		x->web->answered[digit]++;
	if (x->later == NULL)
		return;
	httpd_resume(x->later);
	free(x);
}

/* Is what comes behind a word `;q=0`, which takes the word back? */
static bool
is_naught(const char *behind)
{
	behind += strspn(behind, " \t");
	if (*behind++ != ';')
		return false;
	behind += strspn(behind, " \t");
	if (strncasecmp(behind, "q=0", 3) != 0)
		return false;
	behind += 3;
	behind += strspn(behind, ".0");
	return strchr(" \t,;", *behind) != NULL;
}

/* Does a list such as `gzip, deflate;q=0.5` or `"a", "b"` hold the word?  In
 * capitals, too: a tag has none. */
static bool
lists(const char *list, const char *word)
{
	size_t len = strlen(word);
	const char *at;

	for (at = list; at != NULL && (at = strcasestr(at, word)) != NULL;
	     at++) {
		bool begins = at == list || strchr(" \t,/", at[-1]) != NULL;

		if (begins && strchr(" \t,;", at[len]) != NULL)
			return !is_naught(at + len);
	}
	return false;
}

bool
exchange_takes_gzip(const struct exchange *x)
{
	return lists(httpd_header(x->request, "Accept-Encoding"), "gzip");
}

static bool
has_already(const struct exchange *x, const char *tag)
{
	const char *known = httpd_header(x->request, "If-None-Match");

	return known != NULL && (strcmp(known, "*") == 0 || lists(known, tag));
}

void
exchange_give(struct exchange *x, const struct exchange_document *document)
{
	httpd_set_header(x->reply, "ETag", document->tag);
	httpd_set_header(x->reply, "Vary", "Accept-Encoding");
	if (has_already(x, document->tag)) {
		httpd_status(x->reply, 304);
		if (document->release != NULL)
			document->release(document->arg);
	} else {
		bool packed =
			document->packed != NULL && exchange_takes_gzip(x);

		httpd_status(x->reply, 200);
		httpd_set_header(x->reply, "Content-Type", document->type);
		if (packed)
			httpd_set_header(x->reply, "Content-Encoding", "gzip");
		httpd_shared(x->reply,
			     packed ? document->packed : document->bytes,
			     packed ? document->packed_len : document->len,
			     document->release, document->arg);
	}
	exchange_send(x);
}

void
exchange_tag(const char *bytes, size_t len, char out[EXCHANGE_TAG])
{
	struct crypto_part part = { bytes, len };
	char hex[CRYPTO_HEX];

	crypto_sha256_hex(&part, 1, hex);
	snprintf(out, EXCHANGE_TAG, "\"%.32s\"", hex);
}

bool
exchange_unchanged(struct exchange *x, const char tag[EXCHANGE_TAG])
{
	struct exchange_document none = { .type = NULL };

	if (!has_already(x, tag))
		return false;
	memcpy(none.tag, tag, EXCHANGE_TAG);
	exchange_give(x, &none);
	return true;
}

void
exchange_tagged(struct exchange *x, const char tag[EXCHANGE_TAG],
		const char *type, char *bytes, size_t len)
{
	struct exchange_document document = { .type = type,
					      .bytes = bytes,
					      .len = len,
					      .release = free,
					      .arg = bytes };

	memcpy(document.tag, tag, EXCHANGE_TAG);
	if (len > WORTH_PACKING && exchange_takes_gzip(x) &&
	    !has_already(x, tag)) {
		document.packed = document.arg =
			gzip_pack(bytes, len, &document.packed_len);
		free(bytes);
	}
	exchange_give(x, &document);
}

void
exchange_body(struct exchange *x, unsigned status, const char *type,
	      char *bytes, size_t len)
{
	char tag[EXCHANGE_TAG];

	if (status != 200 || strcmp(x->request->method, "POST") == 0) {
		httpd_status(x->reply, status);
		httpd_set_header(x->reply, "Content-Type", type);
		httpd_body(x->reply, bytes, len);
		exchange_send(x);
		return;
	}
	exchange_tag(bytes, len, tag);
	exchange_tagged(x, tag, type, bytes, len);
}

void
exchange_json(struct exchange *x, unsigned status, struct jsonw *w)
{
	char *text = msg_realloc(w->text, w->len + 2);
	size_t len = w->len;

	text[len++] = '\n';
	text[len] = '\0';
	*w = (struct jsonw){ 0 };
	exchange_body(x, status, "application/json", text, len);
}

void
exchange_error(struct jsonw *w, const char *code, const char *message,
	       const char *hint)
{
	jsonw_key(w, "error");
	jsonw_open(w, '{');
	jsonw_put_string(w, "code", code);
	jsonw_put_string(w, "message", message);
	jsonw_put_string(w, "hint", hint);
	jsonw_close(w, '}');
}

void
exchange_refuse(struct exchange *x, unsigned status, const char *code,
		const char *message, const char *hint)
{
	struct jsonw w = { 0 };

	jsonw_open(&w, '{');
	exchange_error(&w, code, message, hint);
	jsonw_close(&w, '}');
	exchange_json(x, status, &w);
}

void
exchange_refusef(struct exchange *x, unsigned status, const char *code,
		 const char *hint, const char *format, ...)
{
	va_list args;
	char *message;

	va_start(args, format);
	if (vasprintf(&message, format, args) < 0)
		msg_die(EX_OSERR, "cannot answer '%s': out of memory",
			x->request->path);
	va_end(args);
	exchange_refuse(x, status, code, message, hint);
	free(message);
}

const char *
exchange_argument(const struct exchange *x, const char *name)
{
	return httpd_argument(x->request, name);
}

bool
exchange_number(struct exchange *x, const char *name,
		const struct exchange_range *range, int64_t *number)
{
	const char *text = exchange_argument(x, name);
	char *end;

	*number = range->none;
	if (text == NULL)
		return true;
	/* No blank, no sign: strtoll would take them. */
	if (*text >= '0' && *text <= '9' && strlen(text) < 19) {
		*number = strtoll(text, &end, 10);
		if (*end == '\0' && *number >= range->least &&
		    *number <= range->most)
			return true;
	}
	exchange_refusef(x, 400, "bad_argument", NULL,
			 "%s is a whole number from %lld to %lld", name,
			 (long long)range->least, (long long)range->most);
	return false;
}

bool
exchange_limit(struct exchange *x, size_t *limit)
{
	static const struct exchange_range range = { 1, EXCHANGE_MOST,
						     EXCHANGE_PAGE };
	int64_t number;

	if (!exchange_number(x, "limit", &range, &number))
		return false;
	*limit = (size_t)number;
	return true;
}

bool
exchange_client(struct exchange *x, int64_t *client)
{
	static const struct exchange_range range = { 0, INT32_MAX, -1 };

	return exchange_number(x, "client", &range, client);
}

bool
exchange_time(struct exchange *x, const char *name, int64_t now, int64_t *time)
{
	const char *text = exchange_argument(x, name);

	*time = 0;
	if (text == NULL || times_parse_point(text, now, time))
		return true;
	exchange_refusef(
		x, 400, "bad_argument", NULL,
		"%s is a time such as 2026-11-24T06:08:00Z, or how long ago, "
		"such as 7d",
		name);
	return false;
}
