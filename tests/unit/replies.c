/* replies: what a client is told of each answer, and of none. */
#include "web/replies.h"
#include "check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool
says(const struct reply *reply, const char *wanted)
{
	struct jsonw w = { 0 };
	bool same;

	replies_write(&w, reply);
	same = strcmp(w.text, wanted) == 0;
	if (!same)
		printf("%s\n", w.text);
	jsonw_free(&w);
	return same;
}

static int
tells_what_was_done(void)
{
	struct command pause = {
		.id = "k", .verb = COMMAND_PAUSE, .job = "a_job", .client = 2
	};
	struct command_answer answer = { .id = "k",
					 .status = 202,
					 .state = "PAUSED",
					 .epoch = 4,
					 .seq = 9 };
	struct reply reply;

	replies_answer(&reply, &pause, &answer);
	CHECK(reply.status == 202);
	CHECK(says(&reply,
		   "{\"id\":\"k\",\"status\":202,\"state\":\"PAUSED\","
		   "\"epoch\":4,\"seq\":9,\"job\":\"a_job\",\"client\":2,"
		   "\"undo\":{\"method\":\"POST\","
		   "\"path\":\"/api/v1/jobs/2.a_job/resume\"}}"));
	answer.status = 200; /* it was paused before: somebody else's hold */
	pause.client = -1;
	replies_answer(&reply, &pause, &answer);
	CHECK(says(&reply, "{\"id\":\"k\",\"status\":200,\"state\":\"PAUSED\","
			   "\"epoch\":4,\"seq\":9,\"job\":\"a_job\"}"));
	replies_told(&reply, &pause, ENOSPC, &answer);
	CHECK(says(&reply,
		   "{\"id\":\"k\",\"status\":202,\"epoch\":0,\"seq\":0,"
		   "\"message\":\"its run was told to pause; done, not "
		   "recorded: No space left on device\",\"job\":\"a_job\","
		   "\"recorded\":false,\"undo\":{\"method\":\"POST\","
		   "\"path\":\"/api/v1/jobs/a_job/resume\"}}"));
	return 0;
}

static int
tells_what_was_refused(void)
{
	static const struct {
		int status;
		const char *code;
	} all[] = { { 400, "bad_request" }, { 403, "forbidden" },
		    { 404, "no_such_job" }, { 409, "conflict" },
		    { 410, "gone" },	    { 423, "latched" },
		    { 503, "unavailable" }, { 418, "refused" } };
	struct command start = { .verb = COMMAND_START, .client = -1 };
	struct command_answer answer = { .id = "k" };
	struct reply reply;
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		answer.status = all[i].status;
		replies_answer(&reply, &start, &answer);
		CHECK((int)reply.status == all[i].status);
		CHECK(strcmp(reply.code, all[i].code) == 0);
	}
	start.verb = COMMAND_BREAKER;
	answer.status = 404;
	strncpy(answer.message, "no", sizeof(answer.message) - 1);
	replies_answer(&reply, &start, &answer);
	CHECK(says(&reply,
		   "{\"error\":{\"code\":\"no_such_integration\","
		   "\"message\":\"no\",\"hint\":\"GET /api/v1/integrations "
		   "lists them\"},\"answer\":{\"id\":\"k\",\"status\":404,"
		   "\"epoch\":0,\"seq\":0,\"message\":\"no\"}}"));
	return 0;
}

static int
tells_why_there_is_no_answer(void)
{
	struct command start = { .verb = COMMAND_START, .client = -1 };
	struct reply reply;

	replies_end(&reply, &start, DELIVERY_NOBODY);
	CHECK(reply.status == 503 && strcmp(reply.code, "no_scheduler") == 0);
	CHECK(strstr(reply.hint, "pulse-sched") != NULL);
	replies_end(&reply, &start, DELIVERY_UNTAKEN);
	CHECK(reply.status == 503 && strcmp(reply.code, "not_taken") == 0);
	replies_end(&reply, &start, DELIVERY_UNANSWERED);
	CHECK(reply.status == 504 && strcmp(reply.code, "not_answered") == 0);
	replies_unsent(&reply, &start, EAGAIN);
	CHECK(reply.status == 503 && strcmp(reply.retry_after, "5") == 0);
	replies_unsent(&reply, &start, EMFILE);
	CHECK(reply.status == 503 && strcmp(reply.retry_after, "1") == 0);
	replies_unsent(&reply, &start, ENOSPC);
	CHECK(reply.status == 507);
	replies_unsent(&reply, &start, EBADF);
	CHECK(reply.status == 503 && strcmp(reply.code, "no_scheduler") == 0);
	replies_unsent(&reply, &start, EIO);
	CHECK(reply.status == 500);
	replies_unaudited(&reply, &start, EACCES);
	CHECK(reply.status == 503 && strcmp(reply.code, "no_audit") == 0);
	replies_unaudited(&reply, &start, EDQUOT);
	CHECK(reply.status == 507);
	return 0;
}

int
main(void)
{
	return tells_what_was_done() || tells_what_was_refused() ||
	       tells_why_there_is_no_answer();
}
