#include "jobs/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/msg.h"
#include "base/times.h"
#include "records/json.h"

/* Names end in these where control/done keeps something else than an answer. */
static const char *const kept[] = { ".withdrawn", ".bad" };

static const char *const verbs[COMMAND_VERBS] = {
	[COMMAND_START] = "start",
	[COMMAND_STOP] = "stop",
	[COMMAND_PAUSE] = "pause",
	[COMMAND_RESUME] = "resume",
	[COMMAND_RESET] = "reset",
	[COMMAND_ORCHESTRATOR_START] = "orchestrator-start",
	[COMMAND_ORCHESTRATOR_STOP] = "orchestrator-stop",
	[COMMAND_BREAKER] = "breaker",
	[COMMAND_PRUNE] = "prune",
	[COMMAND_PUT_BACK] = "put-back",
	[COMMAND_RELOAD] = "reload",
};

static const char *const roles[] = {
	[COMMAND_VIEWER] = "viewer",
	[COMMAND_OPERATOR] = "operator",
	[COMMAND_ADMIN] = "admin",
};

static const enum command_role least[COMMAND_VERBS] = {
	[COMMAND_START] = COMMAND_OPERATOR,
	[COMMAND_STOP] = COMMAND_OPERATOR,
	[COMMAND_PAUSE] = COMMAND_OPERATOR,
	[COMMAND_RESUME] = COMMAND_OPERATOR,
	[COMMAND_RESET] = COMMAND_ADMIN,
	[COMMAND_ORCHESTRATOR_START] = COMMAND_ADMIN,
	[COMMAND_ORCHESTRATOR_STOP] = COMMAND_ADMIN,
	[COMMAND_BREAKER] = COMMAND_OPERATOR,
	[COMMAND_PRUNE] = COMMAND_ADMIN,
	[COMMAND_PUT_BACK] = COMMAND_OPERATOR,
	[COMMAND_RELOAD] = COMMAND_OPERATOR,
};

enum field {
	ID,
	CMD,
	JOB,
	CLIENT,
	FORCE,
	REPLACE,
	DRAIN,
	BY,
	ROLE,
	AT,
	EXPIRES,
	IF_EPOCH,
	INTEGRATION,
	TO,
	BEFORE,
	NOTE,
	FIELDS
};

static const char *const fields[FIELDS] = {
	[ID] = "id",
	[CMD] = "cmd",
	[JOB] = "job",
	[CLIENT] = "client",
	[FORCE] = "force",
	[REPLACE] = "replace",
	[DRAIN] = "drain",
	[BY] = "by",
	[ROLE] = "role",
	[AT] = "at",
	[EXPIRES] = "expires",
	[IF_EPOCH] = "if_epoch",
	[INTEGRATION] = "integration",
	[TO] = "to",
	[BEFORE] = "before",
	[NOTE] = "note",
};

#define BIT(what) (1U << (what))

enum {
	ALWAYS = BIT(ID) | BIT(CMD) | BIT(BY) | BIT(ROLE) | BIT(AT),
	ANY = ALWAYS | BIT(EXPIRES) | BIT(NOTE),
	ABOUT_JOB = ANY | BIT(JOB) | BIT(CLIENT) | BIT(IF_EPOCH)
};

/* What a command of each verb may say beside, and what it must. */
static const struct form {
	unsigned may, must;
} forms[COMMAND_VERBS] = {
	[COMMAND_START] = { ABOUT_JOB | BIT(FORCE) | BIT(REPLACE), BIT(JOB) },
	[COMMAND_STOP] = { ABOUT_JOB | BIT(FORCE), BIT(JOB) },
	[COMMAND_PAUSE] = { ABOUT_JOB, BIT(JOB) },
	[COMMAND_RESUME] = { ABOUT_JOB, BIT(JOB) },
	[COMMAND_RESET] = { ABOUT_JOB, BIT(JOB) },
	[COMMAND_ORCHESTRATOR_START] = { ANY, 0 },
	[COMMAND_ORCHESTRATOR_STOP] = { ANY | BIT(DRAIN), 0 },
	[COMMAND_BREAKER] = { ANY | BIT(CLIENT) | BIT(INTEGRATION) | BIT(TO),
			      BIT(INTEGRATION) | BIT(TO) },
	[COMMAND_PRUNE] = { ANY | BIT(BEFORE), BIT(BEFORE) },
	[COMMAND_PUT_BACK] = { ABOUT_JOB, BIT(JOB) },
	[COMMAND_RELOAD] = { ANY, 0 },
};

static int
place(const char *name, const char *const *names, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(name, names[i]) == 0)
			return (int)i;
	return -1;
}

const char *
command_name(enum command_verb verb)
{
	return verbs[verb];
}

int
command_by_name(const char *name)
{
	return place(name, verbs, COMMAND_VERBS);
}

const char *
command_role_name(enum command_role role)
{
	return roles[role];
}

int
command_role_by_name(const char *name)
{
	return place(name, roles, sizeof(roles) / sizeof(roles[0]));
}

enum command_role
command_role(const struct command *command)
{
	if (command->force || command->replace)
		return COMMAND_ADMIN;
	return least[command->verb];
}

void
command_make_id(char out[COMMAND_ID])
{
	char day[TIMES_SIZE];
	struct timespec now;
	uint64_t random;

	/* The real clock also in tests: names sort in the order of writing. */
	if (clock_gettime(CLOCK_REALTIME, &now) != 0 ||
	    getrandom(&random, sizeof(random), 0) != sizeof(random))
		msg_die(EX_OSERR, "cannot make 'a command id'");
	times_format_seconds((int64_t)now.tv_sec * 1000, day);
	snprintf(out, COMMAND_ID,
		 "%.4s%.2s%.2sT%.2s%.2s%.2s.%06ldZ-%07ld-%016llx", day, day + 5,
		 day + 8, day + 11, day + 14, day + 17, now.tv_nsec / 1000,
		 (long)getpid(), (unsigned long long)random);
}

static bool
ends_in(const char *text, const char *end)
{
	size_t len = strlen(text), tail = strlen(end);

	return len >= tail && strcmp(text + len - tail, end) == 0;
}

bool
command_id_is_good(const char *id)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789._-";
	size_t i, len = strlen(id);

	if (len == 0 || len >= COMMAND_ID || id[0] == '.' ||
	    strspn(id, plain) != len)
		return false;
	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (ends_in(id, kept[i]))
			return false;
	return true;
}

static void
write_text(struct jsonw *w, enum field field, const char *text)
{
	if (*text == '\0')
		return;
	jsonw_key(w, fields[field]);
	jsonw_string(w, text);
}

static void
write_flag(struct jsonw *w, enum field field, bool set)
{
	if (!set)
		return;
	jsonw_key(w, fields[field]);
	jsonw_bool(w, true);
}

static void
write_number(struct jsonw *w, enum field field, int64_t number)
{
	if (number < 0)
		return;
	jsonw_key(w, fields[field]);
	jsonw_int(w, number);
}

static void
write_time(struct jsonw *w, enum field field, int64_t ms)
{
	if (ms == 0)
		return;
	jsonw_key(w, fields[field]);
	jsonw_time(w, ms);
}

void
command_write(struct jsonw *w, const struct command *command)
{
	jsonw_open(w, '{');
	write_text(w, ID, command->id);
	write_text(w, CMD, verbs[command->verb]);
	write_text(w, JOB, command->job);
	write_number(w, CLIENT, command->client);
	write_flag(w, FORCE, command->force);
	write_flag(w, REPLACE, command->replace);
	write_flag(w, DRAIN, command->drain);
	write_text(w, BY, command->by);
	write_text(w, ROLE, roles[command->role]);
	jsonw_key(w, fields[AT]);
	jsonw_time(w, command->at);
	write_time(w, EXPIRES, command->expires);
	write_number(w, IF_EPOCH, command->if_epoch);
	write_text(w, INTEGRATION, command->integration);
	write_text(w, TO, command->to);
	write_time(w, BEFORE, command->before);
	write_text(w, NOTE, command->note);
	jsonw_close(w, '}');
}

static bool
read_number(const struct json_span *span, int64_t *number)
{
	return json_int(span, number) && *number >= 0;
}

static bool
read_time(const struct json_span *span, int64_t *ms)
{
	return span->type == JSON_STRING && !span->escaped &&
	       times_parse(span->at, span->len, ms);
}

static bool
read_name(const struct json_span *span, const char *const *names, size_t count,
	  int *found)
{
	char text[32];

	*found = json_copy(span, text, sizeof(text)) ? place(text, names, count)
						     : -1;
	return *found >= 0;
}

static bool
read_job(const struct json_span *span, char out[NAMES_SIZE])
{
	return json_copy(span, out, NAMES_SIZE) && names_is_job(out);
}

static bool
read_id(const struct json_span *span, char out[COMMAND_ID])
{
	return json_copy(span, out, COMMAND_ID) && command_id_is_good(out);
}

static bool
read_to(const struct json_span *span, char out[16])
{
	static const char *const names[] = { "open", "closed", "auto" };
	int found;

	if (!read_name(span, names, 3, &found))
		return false;
	snprintf(out, 16, "%s", names[found]);
	return true;
}

static bool
read_verb(const struct json_span *span, enum command_verb *verb)
{
	int found;

	if (!read_name(span, verbs, COMMAND_VERBS, &found))
		return false;
	*verb = (enum command_verb)found;
	return true;
}

static bool
read_role(const struct json_span *span, enum command_role *role)
{
	int found;

	if (!read_name(span, roles, sizeof(roles) / sizeof(roles[0]), &found))
		return false;
	*role = (enum command_role)found;
	return true;
}

static bool
read_field(enum field field, const struct json_span *v, struct command *c)
{
	switch (field) {
	case ID:
		return read_id(v, c->id);
	case CMD:
		return read_verb(v, &c->verb);
	case JOB:
		return read_job(v, c->job);
	case CLIENT:
		return read_number(v, &c->client);
	case FORCE:
		return json_flag(v, &c->force);
	case REPLACE:
		return json_flag(v, &c->replace);
	case DRAIN:
		return json_flag(v, &c->drain);
	case BY:
		return json_copy(v, c->by, sizeof(c->by));
	case ROLE:
		return read_role(v, &c->role);
	case AT:
		return read_time(v, &c->at);
	case EXPIRES:
		return read_time(v, &c->expires);
	case IF_EPOCH:
		return read_number(v, &c->if_epoch);
	case INTEGRATION:
		return read_job(v, c->integration);
	case TO:
		return read_to(v, c->to);
	case BEFORE:
		return read_time(v, &c->before);
	case NOTE:
		return json_copy(v, c->note, sizeof(c->note));
	case FIELDS:
	default:
		return false;
	}
}

static const char *
wrong(enum field field)
{
	static const char *const said[FIELDS] = {
		[ID] = "id is no command's id",
		[CMD] = "cmd is no command",
		[JOB] = "job is no job's name",
		[CLIENT] = "client is no number",
		[FORCE] = "force is not true or false",
		[REPLACE] = "replace is not true or false",
		[DRAIN] = "drain is not true or false",
		[BY] = "by is no text of at most 255 bytes",
		[ROLE] = "role is not viewer, operator or admin",
		[AT] = "at is no time",
		[EXPIRES] = "expires is no time",
		[IF_EPOCH] = "if_epoch is no number",
		[INTEGRATION] = "integration is no name",
		[TO] = "to is not open, closed or auto",
		[BEFORE] = "before is no time",
		[NOTE] = "note is no text of at most 255 bytes",
	};

	return said[field];
}

/* Reads the members; *given gets their bits.  NULL, or what is wrong. */
static const char *
read_members(const struct json_span *object, struct command *command,
	     unsigned *given)
{
	struct json_walk walk = json_walk(object);
	struct json_span key, value;

	while (json_next(&walk, &key, &value)) {
		size_t field = 0;

		while (field < FIELDS && !json_is(&key, fields[field]))
			field++;
		if (field == FIELDS)
			return "a key that no command has";
		if ((*given & BIT(field)) != 0)
			return "a key that comes twice";
		if (value.type == JSON_NULL)
			continue;
		*given |= BIT(field);
		if (!read_field((enum field)field, &value, command))
			return wrong((enum field)field);
	}
	return NULL;
}

static const char *
incomplete(const struct command *command, unsigned given)
{
	const struct form *form = &forms[command->verb];

	if ((given & ALWAYS) != ALWAYS)
		return "one of id, cmd, by, role, at is missing";
	if ((given & form->must) != form->must)
		return command->verb == COMMAND_BREAKER
			       ? "integration or to is missing"
		       : command->verb == COMMAND_PRUNE ? "before is missing"
							: "job is missing";
	if ((given & ~form->may) != 0)
		return "a key that does not go with this command";
	if (command->replace && !command->force)
		return "replace goes with force";
	return NULL;
}

int
command_read(const char *json, size_t len, struct command *command,
	     const char **why)
{
	static const char *const whole[] = { "" };
	struct json_paths *paths = json_paths(whole, 1);
	struct json_error error;
	struct json_span span;
	unsigned given = 0;

	memset(command, 0, sizeof(*command));
	command->client = -1;
	command->if_epoch = -1;
	if (len > COMMAND_SIZE)
		*why = "longer than 4096 bytes";
	else if (json_scan(paths, json, len, &span, &error) != 0)
		*why = "no JSON";
	else if (span.type != JSON_OBJECT)
		*why = "no JSON object";
	else if ((*why = read_members(&span, command, &given)) == NULL)
		*why = incomplete(command, given);
	json_paths_free(paths);
	return *why == NULL ? 0 : -1;
}

static void
answer_text(struct jsonw *w, const char *name, const char *text)
{
	if (*text == '\0')
		return;
	jsonw_key(w, name);
	jsonw_string(w, text);
}

void
command_answer_members(struct jsonw *w, const struct command_answer *answer)
{
	answer_text(w, "id", answer->id);
	jsonw_key(w, "status");
	jsonw_int(w, answer->status);
	answer_text(w, "state", answer->state);
	answer_text(w, "want", answer->want);
	answer_text(w, "reason", answer->reason);
	answer_text(w, "run_id", answer->run);
	jsonw_key(w, "epoch");
	jsonw_int(w, answer->epoch);
	jsonw_key(w, "seq");
	jsonw_int(w, answer->seq);
	answer_text(w, "gen", answer->gen);
	answer_text(w, "message", answer->message);
}

void
command_answer_write(struct jsonw *w, const struct command_answer *answer)
{
	jsonw_open(w, '{');
	command_answer_members(w, answer);
	jsonw_close(w, '}');
}

int
command_answer_read(const char *json, size_t len, struct command_answer *answer)
{
	static const char *const wanted[] = { "id",	 "status", "state",
					      "want",	 "reason", "run_id",
					      "epoch",	 "seq",	   "gen",
					      "message", "" };
	enum { WHOLE = sizeof(wanted) / sizeof(wanted[0]) - 1 };
	struct json_paths *paths = json_paths(wanted, WHOLE + 1);
	struct json_span v[WHOLE + 1];
	struct json_error error;
	int64_t status = 0;
	bool good;

	memset(answer, 0, sizeof(*answer));
	good = json_scan(paths, json, len, v, &error) == 0 &&
	       v[WHOLE].type == JSON_OBJECT && json_int(&v[1], &status) &&
	       status >= 100 && status <= 599 &&
	       json_copy(&v[0], answer->id, sizeof(answer->id));
	json_paths_free(paths);
	if (!good)
		return -1;
	answer->status = (int)status;
	json_copy(&v[2], answer->state, sizeof(answer->state));
	json_copy(&v[3], answer->want, sizeof(answer->want));
	json_copy(&v[4], answer->reason, sizeof(answer->reason));
	json_copy(&v[5], answer->run, sizeof(answer->run));
	json_int(&v[6], &answer->epoch);
	json_int(&v[7], &answer->seq);
	json_copy(&v[8], answer->gen, sizeof(answer->gen));
	json_copy(&v[9], answer->message, sizeof(answer->message));
	return 0;
}
