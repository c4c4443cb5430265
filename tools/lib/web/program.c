#include "web/program.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/home.h"
#include "base/msg.h"

enum { LIMIT = 30000 /* ms */ };

/* A request whose program runs, or waits to. */
struct pending {
	struct exchange *x;
	struct program_call call;
	struct brood_wait *wait;
};

static void
add(struct program *program, char *word)
{
	if (program->count < PROGRAM_WORDS)
		program->words[program->count++] = word;
	else
		free(word);
}

void
program_begin(struct program *program, const char *name)
{
	*program = (struct program){ .count = 0 };
	add(program, home_program(name));
}

void
program_word(struct program *program, const char *format, ...)
{
	va_list args;
	char *word;

	va_start(args, format);
	if (vasprintf(&word, format, args) < 0)
		msg_die(EX_OSERR, "cannot run a program: out of memory");
	va_end(args);
	add(program, word);
}

void
program_drop(struct program *program)
{
	while (program->count > 0)
		free(program->words[--program->count]);
}

static void
end(struct pending *pending)
{
	if (pending->call.drop != NULL)
		pending->call.drop(pending->call.arg);
	free(pending);
}

static void
gone(void *arg)
{
	struct pending *pending = arg;

	brood_leave(pending->wait);
	end(pending);
}

/* The first line of what it said, without its name; allocated. */
static char *
first_line(const char *said)
{
	const char *at = strstr(said, ": ");
	size_t len = strcspn(said, "\n");

	if (at != NULL && (size_t)(at - said) < strcspn(said, " \n")) {
		said = at + 2;
		len = strcspn(said, "\n");
	}
	return len > 0 ? msg_text("%.*s", (int)len, said)
		       : msg_strdup("it did not say why");
}

static void
refuse_class(struct exchange *x, int code, const char *said)
{
	enum outcome_class class = outcome_of_code(code);

	if (class == OUTCOME_USAGE)
		exchange_refuse(x, 400, "bad_argument", said, NULL);
	else if (class == OUTCOME_CONFIGURATION)
		exchange_refuse(x, 503, outcome_name(class), said,
				"pulse doctor says what is amiss");
	else if (code == EX_TEMPFAIL)
		exchange_refuse(x, 503, "busy", said, "ask again soon");
	else
		exchange_refuse(x, 503, outcome_name(class), said, NULL);
}

static void
refuse(struct exchange *x, const struct child_result *result)
{
	char *said = first_line(result->err);

	if (result->late)
		exchange_refusef(x, 503, "too_slow",
				 "ask for a shorter time or fewer groups",
				 "that takes more than %d s", LIMIT / 1000);
	else if (result->large)
		exchange_refusef(x, 400, "too_much",
				 "ask for a shorter time or fewer groups",
				 "that is more than %d MB", CHILD_OUT >> 20);
	else
		refuse_class(x, result->code, said);
	free(said);
}

static void
ended(void *arg, const struct child_result *result)
{
	struct pending *pending = arg;

	if (result->code == EX_OK && !result->late && !result->large)
		pending->call.printed(pending->x, result, pending->call.arg);
	else
		refuse(pending->x, result);
	end(pending);
}

void
program_answer(struct exchange *x, struct program *program,
	       const struct program_call *call)
{
	struct pending *pending = msg_calloc(1, sizeof(*pending));
	const struct brood_order order = { (const char *const *)program->words,
					   LIMIT, false };

	pending->call = *call;
	pending->wait = brood_run(x->web->brood, &order, ended, pending);
	if (pending->wait == NULL) {
		httpd_set_header(x->reply, "Retry-After", "5");
		exchange_refuse(x, 503, "busy", "too many programs wait to run",
				"ask again in some seconds");
		end(pending);
	} else {
		pending->x = exchange_later(x, gone, pending);
	}
	program_drop(program);
}
