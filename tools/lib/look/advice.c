#include "look/advice.h"

#include <stdio.h>
#include <string.h>

/* A remedy with a person ends in the job's name: it is started then. */
static const struct advice {
	const char *meaning, *remedy;
	bool person;
} advices[] = {
	[OUTCOME_NONE] = { "it ended well", "nothing", false },
	[OUTCOME_NETWORK_TIMEOUT] = { "the service did not answer in time, or "
				      "the line to it broke",
				      "nothing: it is tried again by itself; "
				      "if it lasts, `pulse "
				      "doctor` says whether this machine "
				      "reaches the service",
				      false },
	[OUTCOME_API_RATE_LIMIT] = { "the quota that the service allows is "
				     "spent",
				     "nothing: it goes on when the service "
				     "allows more; "
				     "requests_per_hour in pulse.yaml leaves "
				     "others their share",
				     false },
	[OUTCOME_TEMPORARY_SERVICE_ERROR] = { "something that answered could "
					      "not do it at the moment",
					      "nothing: it is tried again by "
					      "itself; if it lasts, see the "
					      "service's own status page, and "
					      "the log",
					      false },
	[OUTCOME_DATABASE_LOCK] = { "another program kept the database busy "
				    "for too long",
				    "nothing: it is tried again by itself; if "
				    "it lasts, end what "
				    "has spool/pulse.db open",
				    false },
	[OUTCOME_SERVICE_DOWN] = { "the service failed several times in a row, "
				   "and is left alone "
				   "for a while",
				   "nothing: it is tried again by itself, more "
				   "and more slowly; "
				   "once the service is well, `pulse breaker` "
				   "closes its breaker",
				   false },
	[OUTCOME_DISK] = { "this machine's disk is full, or fails",
			   "make room (spool-prune, pulse prune), or look at "
			   "the disk; "
			   "then it goes on by itself",
			   false },
	[OUTCOME_AUTHENTICATION] = { "the service does not take the token",
				     "put a good token where pulse.yaml says; "
				     "`pulse doctor` tries "
				     "it",
				     true },
	[OUTCOME_PERMISSION] = { "the token may not do what is asked of it",
				 "give the token the rights that `pulse "
				 "doctor` names, or put "
				 "another one where pulse.yaml says",
				 true },
	[OUTCOME_CONFIGURATION] = { "pulse.yaml, the schedule or what they "
				    "name is not as it must "
				    "be",
				    "set right what the message names; `pulse "
				    "doctor` looks at all "
				    "of it",
				    true },
	[OUTCOME_DATA_FORMAT] = { "what came is not what the service is known "
				  "to send",
				  "see whether the address is the service's "
				  "own, and in the log "
				  "and the queue's bad/ what came instead",
				  true },
	[OUTCOME_USAGE] = { "the pipeline calls a program in a way that it "
			    "does not know",
			    "set the pipeline right", true },
	[OUTCOME_BUG] = { "a program crashed, or ended in a way that nobody "
			  "foresaw",
			  "see in the log what it said last, and report it",
			  true },
	[OUTCOME_SYSTEM] = { "the kernel refused memory, processes or files",
			     "end what takes them, or raise the limits; then "
			     "it goes on by "
			     "itself",
			     false },
};

const char *advice_meaning(enum outcome_class class)
{
	return advices[class].meaning;
}

void
advice_remedy(enum outcome_class class, const char *job, char out[ADVICE_TEXT])
{
	const struct advice *advice = &advices[class];

	if (advice->person && job != NULL)
		snprintf(out, ADVICE_TEXT, "%s; then `pulse start %s`",
			 advice->remedy, job);
	else
		snprintf(out, ADVICE_TEXT, "%s", advice->remedy);
}

bool advice_passes(enum outcome_class class)
{
	return !advices[class].person;
}
