/*
 * replies - what a client is told of his command: the leader's answer, or why
 * there is none, as an HTTP status and a JSON object.  pure.
 *
 * Done:    the answer's members, and job, client, recorded (false: it is in no
 *          record), undo (of a pause: the request that takes it back)
 * Refused: "error", and "answer" with the leader's, when he gave one
 */
#ifndef PULSE_REPLIES_H
#define PULSE_REPLIES_H

#include <stdbool.h>

#include "base/jsonw.h"
#include "jobs/command.h"
#include "web/delivery.h"

enum { REPLIES_TEXT = COMMAND_TEXT * 2 + 64 };

struct reply {
	unsigned status;
	const char *code, *hint; /* literals; code NULL: it is done */
	char message[REPLIES_TEXT];
	bool unrecorded;
	const char *retry_after; /* s, or NULL */
	const struct command *command;
	const struct command_answer *answer; /* or NULL */
};

/* command and answer are borrowed by the reply. */
void replies_answer(struct reply *reply, const struct command *command,
		    const struct command_answer *answer);
/* Of any end but DELIVERY_ANSWERED. */
void replies_end(struct reply *reply, const struct command *command,
		 enum delivery_end end);
/* It was not sent (delivery_send), or could not be put on record before. */
void replies_unsent(struct reply *reply, const struct command *command,
		    int error);
void replies_unaudited(struct reply *reply, const struct command *command,
		       int error);
/* With no room for it the run was told directly; answer is filled in. */
void replies_told(struct reply *reply, const struct command *command, int error,
		  struct command_answer *answer);

void replies_write(struct jsonw *w, const struct reply *reply);

#endif
