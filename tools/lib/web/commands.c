#include "web/commands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask/errand.h"
#include "ask/order.h"
#include "base/clock.h"
#include "base/msg.h"
#include "guard/bearer.h"
#include "web/deed.h"
#include "web/delivery.h"
#include "web/replies.h"
#include "web/wish.h"

enum { ABOUT_JOB = WISH_REASON | WISH_CLIENT | WISH_IF_EPOCH };

/* What may be asked, and the words for it on a command line. */
static const struct asked {
	const char *path, *words[2]; /* no second word: the path's part */
	unsigned keys;
} table[] = {
	{ "/api/v1/jobs/{job}/start",
	  { "start" },
	  ABOUT_JOB | WISH_FORCE | WISH_REPLACE },
	{ "/api/v1/jobs/{job}/stop", { "stop" }, ABOUT_JOB | WISH_FORCE },
	{ "/api/v1/jobs/{job}/pause", { "pause" }, ABOUT_JOB },
	{ "/api/v1/jobs/{job}/resume", { "resume" }, ABOUT_JOB },
	{ "/api/v1/jobs/{job}/reset", { "reset" }, ABOUT_JOB },
	{ "/api/v1/jobs/{job}/put-back",
	  { "put-back" },
	  WISH_REASON | WISH_CLIENT },
	{ "/api/v1/jobs/orchestrator/start",
	  { "start", "orchestrator" },
	  WISH_REASON },
	{ "/api/v1/jobs/orchestrator/stop",
	  { "stop", "orchestrator" },
	  WISH_REASON | WISH_DRAIN },
	{ "/api/v1/jobs/orchestrator/reload", { "reload", "" }, WISH_REASON },
	{ "/api/v1/breakers/{integration}",
	  { "breaker" },
	  WISH_REASON | WISH_CLIENT | WISH_TO },
	{ "/api/v1/history/prune", { "prune", "" }, WISH_REASON | WISH_BEFORE },
};

static const struct asked *
find_asked(const char *path)
{
	size_t i;

	for (i = 0; i + 1 < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(table[i].path, path) == 0)
			break;
	return &table[i];
}

/* One command under way; the exchange goes with its client. */
struct pending {
	struct exchange *x;
	struct deed deed;
	struct command command;
	struct delivery *delivery;
};

/* Idempotency-Key, bare or in quotes; "": none.  False: refused. */
static bool
read_id(struct exchange *x, char id[COMMAND_ID])
{
	const char *given = httpd_header(x->request, "Idempotency-Key");
	size_t len = given != NULL ? strlen(given) : 0;

	id[0] = '\0';
	if (given == NULL)
		return true;
	if (len >= 2 && given[0] == '"' && given[len - 1] == '"') {
		given++;
		len -= 2;
	}
	if (len < COMMAND_ID) {
		memcpy(id, given, len);
		id[len] = '\0';
	}
	/* It becomes the name of a file, which is no place for a token. */
	if (command_id_is_good(id) && !bearer_is_in(id) &&
	    httpd_header_count(x->request, "Idempotency-Key") == 1)
		return true;
	exchange_refuse(x, 400, "bad_request",
			"Idempotency-Key is one word of at most 127 letters, "
			"digits, '.', '_' and '-', and no token",
			"a fresh UUID for each thing that you want done");
	return false;
}

/* ?client= and the body's: one, or twice the same.  False: refused. */
static bool
read_client(struct exchange *x, const struct wish *wish, struct order *order)
{
	int64_t named = order->count > 0 ? order->targets[0].client : -1;
	int64_t said[] = { -1, wish->client, named };
	size_t i;

	if (!exchange_client(x, &said[0]))
		return false;
	for (i = 0; i < 3; i++) {
		if (said[i] < 0)
			continue;
		if (order->whose >= 0 && order->whose != said[i]) {
			exchange_refusef(x, 400, "bad_request", NULL,
					 "'client' is said twice: %lld, %lld",
					 (long long)order->whose,
					 (long long)said[i]);
			return false;
		}
		order->whose = said[i];
	}
	return true;
}

/* Whose job it is, as far as that can be told here.  False: refused. */
static bool
find_job(struct exchange *x, struct order *order)
{
	char *why;

	if (order->count == 0 || order_find(order, &x->web->rooms, &why) == 0)
		return true;
	/* Behind the colon it says what to do on a command line. */
	exchange_refusef(x, 409, "ambiguous_job",
			 "say which: ?client=N, or N.JOB for JOB", "%.*s",
			 (int)strcspn(why, ":"), why);
	free(why);
	return false;
}

/* The words that pulse-ctl would be given.  False: refused. */
static bool
read_words(struct exchange *x, const struct asked *asked, struct wish *wish,
	   struct order *order)
{
	char words[2][16], *operands[4] = { words[0], x->parts[0] }, *why;

	snprintf(words[0], sizeof(words[0]), "%s", asked->words[0]);
	if (asked->words[1] != NULL) {
		snprintf(words[1], sizeof(words[1]), "%s", asked->words[1]);
		operands[1] = *asked->words[1] != '\0' ? words[1] : NULL;
	}
	if ((asked->keys & WISH_TO) != 0)
		operands[2] = wish->to;
	if (order_read(order, operands, &why) == 0)
		return true;
	/* All else was looked at before: it is the path's part. */
	exchange_refuse(x, 404,
			(asked->keys & WISH_TO) != 0 ? "no_such_integration"
						     : "no_such_job",
			why, NULL);
	free(why);
	return false;
}

static bool
may(struct exchange *x, const struct command *command)
{
	enum command_role least = command_role(command);
	char message[128];
	struct jsonw w = { 0 };

	if (x->who.role >= least)
		return true;
	snprintf(message, sizeof(message),
		 "'%s'%s needs the role %s, and you are %s",
		 command_name(command->verb),
		 command->replace ? " with replace"
		 : command->force ? " with force"
				  : "",
		 command_role_name(least), command_role_name(x->who.role));
	command_write(&w, command);
	deed_forbid(x, command, w.text, message);
	jsonw_free(&w);
	exchange_refuse(x, 403, "forbidden", message, NULL);
	return false;
}

/* False: refused. */
static bool
read_wish(struct exchange *x, const struct asked *asked, struct wish *wish)
{
	char why[WISH_WHY];

	if (wish_read(wish, asked->keys, x->request->body, x->request->body_len,
		      clock_now(), why) != 0) {
		exchange_refuse(x, 400, "bad_request", why, NULL);
		return false;
	}
	if ((asked->keys & WISH_TO) != 0 && wish->to[0] == '\0') {
		exchange_refuse(x, 400, "bad_request", "'to' is missing",
				"it is open, closed or auto");
		return false;
	}
	return true;
}

/* The command that is asked for.  False: refused. */
static bool
understand(struct exchange *x, struct command *command)
{
	const struct asked *asked = find_asked(x->route->path);
	struct order order = { 0 };
	struct wish wish;
	char id[COMMAND_ID];
	bool good;

	if (!read_wish(x, asked, &wish) || !read_id(x, id))
		return false;
	order.force = wish.force;
	order.replace = wish.replace;
	order.drain = wish.drain;
	order.before = wish.before;
	order.reason = wish.reason[0] != '\0' ? wish.reason : NULL;
	order.id = id[0] != '\0' ? id : NULL;
	good = read_words(x, asked, &wish, &order) &&
	       read_client(x, &wish, &order) && find_job(x, &order);
	if (good) {
		order_command(&order, 0, clock_now(), command);
		command->if_epoch = wish.if_epoch;
		command->role = x->who.role;
		snprintf(command->by, sizeof(command->by),
			 "%.200s via pulse-web", x->who.name);
		good = may(x, command);
	}
	order_free(&order);
	return good;
}

/* The record first: the exchange is gone once it is answered. */
static void
finish(struct pending *pending, struct exchange *x, const struct reply *reply)
{
	struct jsonw w = { 0 };

	deed_end(&pending->deed, (int)reply->status, reply->message);
	replies_write(&w, reply);
	if (reply->retry_after != NULL)
		httpd_set_header(x->reply, "Retry-After", reply->retry_after);
	exchange_json(x, reply->status, &w);
	free(pending);
}

static void
ended(void *arg, enum delivery_end end, const struct command_answer *answer)
{
	struct pending *pending = arg;
	struct reply reply;

	if (end == DELIVERY_ANSWERED)
		replies_answer(&reply, &pending->command, answer);
	else
		replies_end(&reply, &pending->command, end);
	finish(pending, pending->x, &reply);
}

static void
gone(void *arg)
{
	struct pending *pending = arg;

	delivery_leave(pending->delivery);
	deed_end(&pending->deed, 499, "the client left; the command stands");
	free(pending);
}

/* Nobody can be asked: with a full disk a run is told directly. */
static void
unsent(struct pending *pending, struct exchange *x, bool audited, int error)
{
	const struct errand errand = { .rooms = &x->web->rooms };
	const struct command *command = &pending->command;
	struct command_answer answer;
	struct reply reply;

	if ((error == ENOSPC || error == EDQUOT) &&
	    errand_tell_run(&errand, command) == 0)
		replies_told(&reply, command, error, &answer);
	else if (audited)
		replies_unsent(&reply, command, error);
	else
		replies_unaudited(&reply, command, error);
	finish(pending, x, &reply);
}

void
commands_answer(struct exchange *x)
{
	struct pending *pending = msg_calloc(1, sizeof(*pending));
	struct jsonw w = { 0 };
	bool audited;
	int error;

	if (!understand(x, &pending->command)) {
		free(pending);
		return;
	}
	command_write(&w, &pending->command);
	audited = deed_begin(&pending->deed, x, &pending->command, w.text) == 0;
	if (audited)
		pending->delivery =
			delivery_send(x->web, &pending->command,
				      DELIVERY_PATIENCE, ended, pending);
	error = errno;
	jsonw_free(&w);
	if (pending->delivery != NULL)
		pending->x = exchange_later(x, gone, pending);
	else
		unsent(pending, x, audited, error);
}
