#include "web/reception.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "base/clock.h"
#include "web/deed.h"
#include "web/exchange.h"

#define EMERGENCY "/api/v1/jobs/emergency-stop"

static void
make_id(char out[EXCHANGE_ID])
{
	unsigned char bits[8] = { 0 };
	size_t i;

	if (getrandom(bits, sizeof(bits), GRND_NONBLOCK) < 0)
		bits[0] = 1;
	for (i = 0; i < sizeof(bits); i++)
		snprintf(out + 2 * i, 3, "%02x", bits[i]);
}

static bool
is_api(const struct exchange *x)
{
	return strncmp(x->request->path, "/api/", 5) == 0 ||
	       strcmp(x->request->path, "/api") == 0;
}

/* What every answer says. */
static void
put_headers(struct exchange *x)
{
	httpd_set_header(x->reply, "X-Request-Id", x->id);
	httpd_set_header(x->reply, "X-Content-Type-Options", "nosniff");
	httpd_set_header(x->reply, "Cache-Control", "no-store");
}

static bool
turn_away(struct exchange *x, unsigned status,
	  const struct access_refusal *refusal)
{
	char seconds[24];

	if (refusal->retry_after > 0) {
		snprintf(seconds, sizeof(seconds), "%lld",
			 (long long)refusal->retry_after);
		httpd_set_header(x->reply, "Retry-After", seconds);
	}
	if (status == 401)
		httpd_set_header(x->reply, "WWW-Authenticate",
				 "Bearer realm=\"pulse\"");
	exchange_refuse(x, status, refusal->code, refusal->message,
			refusal->hint);
	return false;
}

static bool
may_enter(struct exchange *x)
{
	struct access_refusal refusal = { .code = NULL };
	unsigned status = access_screen(x->web->access, x->request, &refusal);

	return status == 0 || turn_away(x, status, &refusal);
}

static bool
is_known(struct exchange *x)
{
	struct access_refusal refusal = { .code = NULL };
	bool needed =
		x->route == NULL ? is_api(x) : x->route->least > ROUTES_TICKET;
	unsigned status = access_who(x->web->access, x->request, needed,
				     clock_now(), &x->who, &refusal);

	return status == 0 || turn_away(x, status, &refusal);
}

static bool
has_route(struct exchange *x, const char *allow)
{
	if (x->route != NULL)
		return true;
	if (*allow == '\0') {
		exchange_refuse(x, 404, "not_found", "there is no such path",
				"GET /api/v1 lists what there is");
		return false;
	}
	httpd_set_header(x->reply, "Allow", allow);
	if (strcmp(x->request->method, "OPTIONS") == 0) {
		httpd_status(x->reply, 204);
		exchange_send(x);
	} else {
		exchange_refusef(x, 405, "method_not_allowed", NULL,
				 "%s is not for this path, %s is",
				 x->request->method, allow);
	}
	return false;
}

static bool
may_ask(struct exchange *x)
{
	static const char *const names[] = { [ROUTES_VIEWER] = "viewer",
					     [ROUTES_OPERATOR] = "operator",
					     [ROUTES_ADMIN] = "admin" };
	enum routes_least least = x->route->least;
	char message[96];

	if (least <= ROUTES_TICKET ||
	    (int)x->who.role >= (int)least - ROUTES_VIEWER)
		return true;
	snprintf(message, sizeof(message),
		 "this needs the role %s, yours is %s", names[least],
		 command_role_name(x->who.role));
	if (strcmp(x->route->method, "POST") == 0)
		deed_forbid(x, NULL, "", message);
	exchange_refuse(x, 403, "forbidden", message, NULL);
	return false;
}

/* The first arguments that are wrong. */
struct asked {
	const struct exchange *x;
	char unknown[64], doubled[64];
};

static void
note(char out[64], const char *name)
{
	if (*out == '\0')
		snprintf(out, 64, "%s", *name != '\0' ? name : " ");
}

static void
look_at_argument(void *arg, const char *name, const char *value)
{
	struct asked *asked = arg;

	if (!routes_knows(asked->x->route, name))
		note(asked->unknown, name);
	/* The first of that name is another one than this. */
	else if (exchange_argument(asked->x, name) != value)
		note(asked->doubled, name);
}

static bool
knows_arguments(struct exchange *x)
{
	struct asked asked = { .x = x };

	/* The page is whatever its address asks. */
	if (strcmp(x->route->query, "*") == 0)
		return true;
	httpd_each_argument(x->request, look_at_argument, &asked);
	if (*asked.unknown != '\0')
		exchange_refusef(x, 400, "unknown_argument",
				 *x->route->query != '\0' ? x->route->query
							  : "it takes none",
				 "this path takes no argument '%s'",
				 asked.unknown);
	else if (*asked.doubled != '\0')
		exchange_refusef(x, 400, "bad_argument", "say it once",
				 "the argument '%s' is given twice",
				 asked.doubled);
	return *asked.unknown == '\0' && *asked.doubled == '\0';
}

/* Only a page of ours, or a program, sends this type with a POST: a form of a
 * foreign page cannot. */
static bool
is_json(const struct exchange *x)
{
	static const char json[] = "application/json";
	const char *type = httpd_header(x->request, "Content-Type");

	return type != NULL && strncasecmp(type, json, strlen(json)) == 0 &&
	       strchr(" ;", type[strlen(json)]) != NULL;
}

static bool
is_fit(struct exchange *x)
{
	struct access_refusal refusal = { .code = NULL };
	unsigned status;

	if (strcmp(x->request->method, "POST") != 0)
		return true;
	/* Whoever has just given many commands may stop them all. */
	status = strcmp(x->route->path, EMERGENCY) == 0
			 ? 0
			 : access_may_write(x->web->access, &x->who,
					    clock_monotonic(), &refusal);
	if (status != 0)
		return turn_away(x, status, &refusal);
	if (is_json(x))
		return true;
	exchange_refuse(x, 415, "not_json",
			"the body of a POST is application/json",
			"send the header Content-Type: application/json, and "
			"{} as the body when there is nothing to say");
	return false;
}

void
reception_answer(struct web *web, const struct httpd_request *request,
		 struct httpd_reply *reply)
{
	struct exchange x = { .web = web, .request = request, .reply = reply };
	char allow[64];

	make_id(x.id);
	put_headers(&x);
	x.route = routes_find(request->method, request->path, x.parts, allow);
	if (may_enter(&x) && is_known(&x) && has_route(&x, allow) &&
	    may_ask(&x) && knows_arguments(&x) && is_fit(&x))
		x.route->answer(&x);
}

static const struct refused {
	unsigned status;
	const char *code, *message, *hint;
} reasons[] = {
	{ 400, "bad_request", "that is no request of HTTP/1.1",
	  "one Content-Length, no Transfer-Encoding, no control characters" },
	{ 408, "too_slow", "the request was not whole in its time", NULL },
	{ 411, "length_required", "a POST needs a Content-Length",
	  "{} is a body that says nothing" },
	{ 413, "too_large", "the body is above 4 KiB", NULL },
	{ 414, "too_large", "the address is too long", NULL },
	{ 431, "too_large", "the head of the request is too large", NULL },
	{ 429, "too_many_requests", "too many are connected from one address",
	  "try again in a second" },
	{ 503, "busy", "too many are connected", "try again in a second" },
	{ 505, "bad_request", "only HTTP/1.1 and 1.0 are spoken", NULL },
	{ 0, "bad_request", "that is no request", NULL },
};

void
reception_refuse(struct web *web, unsigned status, struct httpd_reply *reply)
{
	struct exchange x = { .web = web, .reply = reply };
	const struct refused *reason = reasons;
	struct httpd_request none = { .method = "GET", .path = "" };

	while (reason->status != 0 && reason->status != status)
		reason++;
	x.request = &none;
	make_id(x.id);
	put_headers(&x);
	if (status == 429 || status == 503)
		httpd_set_header(reply, "Retry-After", "1");
	exchange_refuse(&x, status, reason->code, reason->message,
			reason->hint);
}
