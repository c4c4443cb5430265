#include "web/replies.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "web/exchange.h"

static const char doctor[] = "`pulse doctor` says what is wrong; the emergency "
			     "stop needs no scheduler";
static const char to_start[] = "start one: `pulse-sched`, or `systemctl start "
			       "pulse-sched`";

static void __attribute__((format(printf, 5, 6)))
say(struct reply *reply, unsigned status, const char *code, const char *hint,
    const char *format, ...)
{
	va_list args;

	reply->status = status;
	reply->code = code;
	reply->hint = hint;
	va_start(args, format);
	vsnprintf(reply->message, sizeof(reply->message), format, args);
	va_end(args);
}

struct refusal {
	int status;
	const char *code, *hint;
};

static const struct refusal refusals[] = {
	{ 400, "bad_request", NULL },
	{ 403, "forbidden", "an admin may" },
	{ 404, "no_such_job", "GET /api/v1/jobs lists the jobs" },
	{ 409, "conflict", "GET /api/v1/jobs/{job} says how it is now" },
	{ 410, "gone", "send it again" },
	{ 423, "latched",
	  "POST /api/v1/jobs/orchestrator/start clears the emergency stop" },
	{ 503, "unavailable", doctor },
};

static const struct refusal *
refusal_of(const struct command *command, int status)
{
	static const struct refusal no_integration = {
		404, "no_such_integration",
		"GET /api/v1/integrations lists them"
	};
	static const struct refusal unknown = { 0, "refused", NULL };
	size_t i;

	if (status == 404 && command->verb == COMMAND_BREAKER)
		return &no_integration;
	for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (refusals[i].status == status)
			return &refusals[i];
	return &unknown;
}

void
replies_answer(struct reply *reply, const struct command *command,
	       const struct command_answer *answer)
{
	const struct refusal *refusal;
	const char *message = answer->message;

	*reply = (struct reply){ .command = command, .answer = answer };
	if (answer->status < 300) {
		say(reply, (unsigned)answer->status, NULL, NULL, "%s", message);
		return;
	}
	refusal = refusal_of(command, answer->status);
	say(reply, (unsigned)answer->status, refusal->code, refusal->hint, "%s",
	    *message != '\0' ? message : "the scheduler refused it");
}

void
replies_end(struct reply *reply, const struct command *command,
	    enum delivery_end end)
{
	enum { SECONDS = DELIVERY_PATIENCE / 1000 };

	*reply = (struct reply){ .command = command };
	if (end == DELIVERY_NOBODY)
		say(reply, 503, "no_scheduler", to_start,
		    "no scheduler is running; nothing was done");
	else if (end == DELIVERY_UNTAKEN)
		say(reply, 503, "not_taken", doctor,
		    "the scheduler did not take it within %d s; it was taken "
		    "back, nothing was done",
		    SECONDS);
	else
		say(reply, 504, "not_answered",
		    "ask again with the same Idempotency-Key",
		    "the scheduler took '%s' and has not answered within %d s; "
		    "it may yet be done",
		    command->id, SECONDS);
}

static bool
is_full(int error)
{
	return error == ENOSPC || error == EDQUOT;
}

static void
no_room(struct reply *reply)
{
	say(reply, 507, "disk_full",
	    "stop and pause of a job that runs, and the emergency stop, work "
	    "all the same",
	    "there is no room on the disk for it; nothing was done");
}

void
replies_unsent(struct reply *reply, const struct command *command, int error)
{
	*reply = (struct reply){ .command = command };
	if (error == EAGAIN) {
		say(reply, 503, "mailbox_full", doctor,
		    "1000 commands wait already; nothing was done");
		reply->retry_after = "5";
	} else if (is_full(error)) {
		no_room(reply);
	} else if (error == EMFILE || error == ENFILE || error == ENOMEM) {
		say(reply, 503, "busy", "try again",
		    "too much is under way; nothing was done");
		reply->retry_after = "1";
	} else if (error == EBADF || error == ENOENT) {
		say(reply, 503, "no_scheduler", to_start,
		    "no scheduler has run here yet; nothing was done");
	} else {
		say(reply, 500, "cannot_write", doctor,
		    "cannot write the command: %s; nothing was done",
		    strerror(error));
	}
}

void
replies_unaudited(struct reply *reply, const struct command *command, int error)
{
	*reply = (struct reply){ .command = command };
	if (is_full(error))
		no_room(reply);
	else
		say(reply, 503, "no_audit",
		    "pulse-web must be able to write spool/audit.ndjson; the "
		    "emergency stop works all the same",
		    "cannot put it on record: %s; nothing was done",
		    strerror(error));
}

void
replies_told(struct reply *reply, const struct command *command, int error,
	     struct command_answer *answer)
{
	*answer = (struct command_answer){ .status = 202 };
	memcpy(answer->id, command->id, sizeof(answer->id));
	snprintf(answer->message, sizeof(answer->message),
		 "its run was told to %s; done, not recorded: %s",
		 command_name(command->verb), strerror(error));
	replies_answer(reply, command, answer);
	reply->unrecorded = true;
}

/* The request that takes a pause back.  Without an epoch: the run may have
 * come to its end meanwhile, which changes that. */
static void
write_undo(struct jsonw *w, const struct command *command)
{
	char name[ROOMS_NAME], path[ROOMS_NAME + 32];

	if (command->client >= 0)
		rooms_job(command->client, command->job, name);
	else
		snprintf(name, sizeof(name), "%s", command->job);
	snprintf(path, sizeof(path), "/api/v1/jobs/%s/resume", name);
	jsonw_key(w, "undo");
	jsonw_open(w, '{');
	jsonw_put_string(w, "method", "POST");
	jsonw_put_string(w, "path", path);
	jsonw_close(w, '}');
}

static void
write_done(struct jsonw *w, const struct reply *reply)
{
	const struct command *command = reply->command;

	command_answer_members(w, reply->answer);
	if (command->job[0] != '\0')
		jsonw_put_string(w, "job", command->job);
	if (command->client >= 0)
		jsonw_put_int(w, "client", command->client);
	if (reply->unrecorded)
		jsonw_put_bool(w, "recorded", false);
	/* With 200 it was paused before: that is not his to take back. */
	if (command->verb == COMMAND_PAUSE && reply->status == 202)
		write_undo(w, command);
}

void
replies_write(struct jsonw *w, const struct reply *reply)
{
	jsonw_open(w, '{');
	if (reply->code == NULL) {
		write_done(w, reply);
	} else {
		exchange_error(w, reply->code, reply->message, reply->hint);
		if (reply->answer != NULL) {
			jsonw_key(w, "answer");
			command_answer_write(w, reply->answer);
		}
	}
	jsonw_close(w, '}');
}
