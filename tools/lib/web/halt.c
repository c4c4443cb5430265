#include "web/halt.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/home.h"
#include "base/msg.h"
#include "jobs/latch.h"
#include "records/json.h"
#include "web/brood.h"
#include "web/deed.h"
#include "web/wish.h"

enum { LIMIT = 15000 /* ms; pulse-ctl gives up after ten seconds */ };

struct halt {
	struct exchange *x; /* NULL: the client has left */
	struct web *web;
	struct deed deed;
	int unrecorded; /* errno of the audit, or 0 */
};

/* What was done, as pulse-ctl says it. */
struct outcome {
	bool latched;
	int64_t ended, left; /* -1: it does not say */
	char message[1024];
};

/* Takes what pulse-ctl printed; without it what can be told from here. */
static void
read_outcome(const struct halt *halt, const struct child_result *result,
	     struct outcome *out)
{
	static const char *const wanted[] = { "latched", "ended", "left",
					      "message" };
	struct json_paths *paths = json_paths(wanted, 4);
	struct json_span v[4];
	struct json_error error;
	char *message = NULL;

	*out = (struct outcome){ latch_is_set(&halt->web->rooms), -1, -1, "" };
	if (json_scan(paths, result->out, result->out_len, v, &error) == 0 &&
	    json_int(&v[1], &out->ended) && json_int(&v[2], &out->left) &&
	    (message = json_text(&v[3])) != NULL) {
		out->latched = v[0].type == JSON_TRUE;
		snprintf(out->message, sizeof(out->message), "%s", message);
	} else {
		out->ended = out->left = -1;
		snprintf(out->message, sizeof(out->message),
			 "cannot tell what 'pulse-ctl emergency-stop' did: %s",
			 result->late		? "it took too long"
			 : *result->err != '\0' ? result->err
						: "it said nothing");
	}
	free(message);
	json_paths_free(paths);
}

static void
write_number(struct jsonw *w, const char *key, int64_t number)
{
	jsonw_key(w, key);
	if (number < 0)
		jsonw_null(w);
	else
		jsonw_int(w, number);
}

static void
write_outcome(struct jsonw *w, const struct halt *halt,
	      const struct outcome *out)
{
	jsonw_put_bool(w, "latched", out->latched);
	write_number(w, "ended", out->ended);
	write_number(w, "left", out->left);
	jsonw_put_string(w, "message", out->message);
	if (halt->unrecorded != 0)
		jsonw_put_bool(w, "recorded", false);
}

static void
reply(struct halt *halt, unsigned status, const struct outcome *out)
{
	struct jsonw w = { 0 };

	jsonw_open(&w, '{');
	if (status == 200) {
		write_outcome(&w, halt, out);
	} else {
		exchange_error(&w, out->latched ? "not_all_ended" : "unlatched",
			       out->message,
			       "as root on its host: `pulse-ctl "
			       "emergency-stop`");
		jsonw_key(&w, "answer");
		jsonw_open(&w, '{');
		write_outcome(&w, halt, out);
		jsonw_close(&w, '}');
	}
	jsonw_close(&w, '}');
	exchange_json(halt->x, status, &w);
}

static void
finish(struct halt *halt, struct outcome *out)
{
	unsigned status = out->latched && out->left == 0 ? 200 : 500;
	size_t len = strlen(out->message);

	deed_end(&halt->deed, (int)status, out->message);
	if (halt->unrecorded != 0)
		snprintf(out->message + len, sizeof(out->message) - len,
			 "; not recorded: %s", strerror(halt->unrecorded));
	if (halt->x != NULL)
		reply(halt, status, out);
	free(halt);
}

static void
ended(void *arg, const struct child_result *result)
{
	struct outcome out;

	read_outcome(arg, result, &out);
	finish(arg, &out);
}

/* It goes on all the same. */
static void
gone(void *arg)
{
	struct halt *halt = arg;

	halt->x = NULL;
}

static void
run(struct halt *halt)
{
	char *program = home_program("pulse-ctl");
	const char *const argv[] = { program,	"emergency-stop",      "--json",
				     "--spool", halt->web->rooms.path, NULL };
	const struct brood_order order = { argv, LIMIT, true };

	brood_run(halt->web->brood, &order, ended, halt);
	free(program);
}

void
halt_answer(struct exchange *x)
{
	struct halt *halt;
	struct wish wish;
	char why[WISH_WHY];

	if (wish_read(&wish, WISH_REASON, x->request->body,
		      x->request->body_len, clock_now(), why) != 0) {
		exchange_refuse(x, 400, "bad_request", why, NULL);
		return;
	}
	halt = msg_calloc(1, sizeof(*halt));
	halt->web = x->web;
	/* From here on nothing starts, whatever else may fail; pulse-ctl tries
	 * it again and tells of it. */
	latch_set(&x->web->rooms, true);
	if (deed_begin(&halt->deed, x, NULL, x->request->body) != 0)
		halt->unrecorded = errno;
	run(halt);
	halt->x = exchange_later(x, gone, halt);
}
