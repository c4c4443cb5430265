/* pulse-token - make, list and take away the tokens that pulse-web takes */

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/clock.h"
#include "base/listing.h"
#include "base/msg.h"
#include "base/owner.h"
#include "base/secret.h"
#include "base/times.h"
#include "guard/mint.h"

static const int64_t day = 86400000;
enum { DAYS = 90 };

struct opts {
	const char *spool, *role, *expires;
	int json;
};

static const struct cli_option options[] = {
	{ 0, "role", "ROLE", "add: viewer, operator or admin", CLI_STRING,
	  offsetof(struct opts, role) },
	{ 0, "expires", "END",
	  "add: after a duration, at a time, or never (default 90d)",
	  CLI_STRING, offsetof(struct opts, expires) },
	{ 's', "spool", "DIR", "the spool (default PULSE_HOME/spool)",
	  CLI_STRING, offsetof(struct opts, spool) },
	{ 0, "json", NULL, "ls: print one JSON object a line", CLI_FLAG,
	  offsetof(struct opts, json) },
	{ .name = NULL },
};

static const struct cli cli = {
	"pulse-token",
	"make, list and take away the tokens that pulse-web takes",
	"add NAME | ls | rm ID|NAME",
	1,
	2,
	options,
	"  (umask 077; pulse token add --role viewer laptop >~/.pulse-token)\n"
	"  pulse token ls\n"
	"  pulse token rm laptop\n",
	NULL,
};

static const char *const columns[] = { "id",	  "name",  "role", "made",
				       "expires", "state", NULL };

static enum command_role
read_role(const struct opts *opts)
{
	int role = opts->role != NULL ? command_role_by_name(opts->role) : -1;

	if (opts->role == NULL)
		cli_misuse(&cli, "say what it may do: --role viewer, "
				 "operator or admin");
	if (role < 0)
		cli_misuse(&cli,
			   "'%s' is no role: viewer, operator or admin is",
			   opts->role);
	return (enum command_role)role;
}

/* 0: never. */
static int64_t
read_end(const char *text, int64_t now)
{
	int64_t ms;

	if (text == NULL)
		return now + DAYS * day;
	if (strcmp(text, "never") == 0)
		return 0;
	if (times_duration(text, &ms))
		ms = ms < INT64_MAX - now ? now + ms : 0;
	else if (!times_parse_date(text, strlen(text), &ms) &&
		 !times_parse(text, strlen(text), &ms))
		cli_misuse(&cli,
			   "'%s' is no duration such as 90d, no time and "
			   "not never",
			   text);
	if (ms <= now)
		cli_misuse(&cli, "'%s' is over already", text);
	return ms;
}

static void
warn_of_readers(void)
{
	struct stat st;

	if (fstat(STDOUT_FILENO, &st) == 0 && S_ISREG(st.st_mode) &&
	    (st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		msg_say("others may read the file that it goes to: chmod 600 "
			"it, or umask 077 before");
}

static void
say_what_it_is(const struct token *token)
{
	char end[TIMES_SIZE];

	times_format_seconds(token->expires, end);
	msg_say("'%s' (%s) is good %s%s; this is the only time it is shown, so "
		"keep it in a file of mode 0600 (pulse help token says how to "
		"use it)",
		token->name, command_role_name(token->role),
		token->expires != 0 ? "until " : "for ever",
		token->expires != 0 ? end : "");
}

/* A token that nobody has seen is taken away again. */
static void
show_once(const struct rooms *rooms, const struct token *token,
	  const char *text)
{
	char *why;

	if (printf("%s\n", text) > 0 && fflush(stdout) == 0)
		return;
	if (mint_remove(rooms, token->id, &why) < 0)
		msg_say("cannot take '%s' away again: %s", token->name, why);
	msg_die(EX_IOERR, "cannot print 'the token': there is none now");
}

/* What is to be made; it must make sense before a file is touched. */
static struct token
read_token(const struct opts *opts, const char *name)
{
	int64_t now = clock_now();
	struct token token = { .made = now };

	if (!tokens_is_name(name))
		cli_misuse(&cli,
			   "'%s' is no name: letters, digits, '.', '_', '-' "
			   "and '@', at most 63, and not like an id",
			   name);
	snprintf(token.name, sizeof(token.name), "%s", name);
	token.role = read_role(opts);
	token.expires = read_end(opts->expires, now);
	return token;
}

static void
add(const struct rooms *rooms, struct token *token)
{
	char text[BEARER_SIZE], *why;

	(void)secret_guard();
	if (mint_add(rooms, token, text, &why) != 0)
		msg_die(EX_CANTCREAT, "cannot make %s", why);
	warn_of_readers();
	show_once(rooms, token, text);
	explicit_bzero(text, sizeof(text));
	say_what_it_is(token);
}

static void
list_time(struct listing *list, const struct opts *opts, int64_t at)
{
	char text[TIMES_SIZE];

	times_format_seconds(at, text);
	if (at != 0)
		listing_string(list, text);
	else if (opts->json)
		listing_null(list);
	else
		listing_string(list, "never");
}

static void
list(const struct rooms *rooms, const struct opts *opts)
{
	struct tokens tokens = { .list = NULL };
	struct listing *out;
	size_t i;
	char *why;

	if (tokens_read(&tokens, rooms, &why) != 0)
		msg_die(EX_DATAERR, "cannot read %s", why);
	out = listing_open(stdout, opts->json ? LISTING_NDJSON : LISTING_TABLE,
			   columns);
	for (i = 0; i < tokens.count; i++) {
		const struct token *token = &tokens.list[i];

		listing_string(out, token->id);
		listing_string(out, token->name);
		listing_string(out, command_role_name(token->role));
		list_time(out, opts, token->made);
		list_time(out, opts, token->expires);
		listing_string(out, tokens_has_ended(token, clock_now())
					    ? "ended"
					    : "good");
	}
	listing_close(out);
	tokens_free(&tokens);
}

static void
take_away(const struct rooms *rooms, const char *which)
{
	char *why;
	int gone = mint_remove(rooms, which, &why);

	if (gone < 0)
		msg_die(EX_CANTCREAT, "cannot change %s", why);
	if (gone == 0)
		msg_die(EX_USAGE,
			"cannot take '%s' away: there is no such token; pulse "
			"token ls lists them",
			which);
}

enum verb { ADD, LS, RM };

static enum verb
read_verb(const struct opts *opts, char *const *operands)
{
	static const char *const verbs[] = { "add", "ls", "rm", NULL };
	size_t verb = 0;

	while (verbs[verb] != NULL && strcmp(verbs[verb], operands[0]) != 0)
		verb++;
	if (verbs[verb] == NULL)
		cli_misuse(&cli, "'%s' is none of add, ls and rm", operands[0]);
	if ((operands[1] == NULL) != (verb == LS))
		cli_misuse(&cli, verb == LS   ? "ls lists all of them"
				 : verb == RM ? "say which: ID or NAME"
					      : "say what it is for: NAME");
	if (verb != ADD && (opts->role != NULL || opts->expires != NULL))
		cli_misuse(&cli, "--role and --expires go with add");
	if (verb != LS && opts->json)
		cli_misuse(&cli, "--json goes with ls");
	return (enum verb)verb;
}

int
main(int argc, char *argv[])
{
	struct opts opts = { 0 };
	char **operands = cli_parse(&cli, &opts, argc, argv), *why;
	enum verb verb = read_verb(&opts, operands);
	struct token token = { .expires = 0 };
	struct rooms rooms;

	if (verb == ADD)
		token = read_token(&opts, operands[1]);
	if (owner_become_spool(opts.spool, &why) != 0)
		msg_die(EX_NOPERM, "cannot use %s", why);
	if (rooms_open(&rooms, opts.spool, verb == ADD, &why) != 0)
		msg_die(EX_CONFIG, "cannot use %s", why);
	if (verb == ADD)
		add(&rooms, &token);
	else if (verb == LS)
		list(&rooms, &opts);
	else
		take_away(&rooms, operands[1]);
	rooms_close(&rooms);
	msg_end_output();
	return EX_OK;
}
