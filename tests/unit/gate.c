/* Unit cases of net/gate and net/answer: limits as they are documented. */
#include <stdio.h>
#include <string.h>

#include "net/answer.h"
#include "net/gate.h"

enum { SEED = 7 };

static int
check(int truth, const char *what)
{
	if (!truth)
		printf("gate: %s\n", what);
	return truth ? 0 : 1;
}

static struct gate_answer
refusal(long status)
{
	return (struct gate_answer){ .status = status,
				     .retry_after = -1,
				     .remaining = -1,
				     .reset_in = -1 };
}

/* docs.github.com: Retry-After first, then reset, then at least a minute. */
static int
order(void)
{
	struct gate_answer answer = refusal(403);
	struct gate gate;
	int64_t wait;
	int failed = 0;

	gate_open(&gate, 0, 0);
	answer.retry_after = 5000;
	answer.remaining = 0;
	answer.reset_in = 900000;
	answer.says_limit = true;
	failed += check(gate_judge(&gate, &answer, 0, SEED, &wait) ==
					GATE_AGAIN &&
				gate_opens(&gate, 0) == 5000,
			"retry-after wins");
	gate_close(&gate);

	gate_open(&gate, 0, 0);
	answer.retry_after = -1;
	gate_judge(&gate, &answer, 0, SEED, &wait);
	failed += check(gate_opens(&gate, 0) == 900000, "then the reset");
	gate_close(&gate);

	gate_open(&gate, 0, 0);
	answer.remaining = 100;
	gate_judge(&gate, &answer, 0, SEED, &wait);
	failed += check(gate_opens(&gate, 0) >= 60000 &&
				gate_opens(&gate, 0) <= 90000,
			"then a minute or a little more");
	gate_close(&gate);

	gate_open(&gate, 0, 0);
	answer = refusal(403);
	failed += check(gate_judge(&gate, &answer, 0, SEED, &wait) ==
					GATE_REFUSED &&
				gate_opens(&gate, 0) == 0,
			"a plain 403 is no limit");
	answer.status = 404;
	failed += check(gate_judge(&gate, &answer, 0, SEED, &wait) == GATE_PASS,
			"a 404 is no limit");
	gate_close(&gate);
	return failed;
}

/* Refusals that were under way together are one; those in a row double the
 * wait, and the sixth ends it. */
static int
strikes(void)
{
	struct gate_answer answer = refusal(429);
	int64_t now = 1000, wait = 0, before = 0;
	enum gate_verdict verdict = GATE_AGAIN;
	struct gate gate;
	int failed = 0, i;

	gate_open(&gate, 0, 0);
	for (i = 0; i < 10; i++)
		gate_judge(&gate, &answer, now + i, SEED, &wait);
	failed += check(gate.strikes == 1, "one wave is one strike");
	for (i = 2; i <= GATE_STRIKES; i++) {
		before = wait;
		now = gate_opens(&gate, now);
		verdict = gate_judge(&gate, &answer, now, SEED, &wait);
		failed += check(verdict == GATE_AGAIN, "it is waited out");
		failed += check(wait > before, "and waits grow");
	}
	now = gate_opens(&gate, now);
	failed += check(gate_judge(&gate, &answer, now, SEED, &wait) ==
				GATE_GIVE_UP,
			"the sixth ends it");
	answer = refusal(200);
	gate_judge(&gate, &answer, now, SEED, &wait);
	failed += check(gate.strikes == 0, "a good answer starts anew");
	gate_close(&gate);
	return failed;
}

static int
others(void)
{
	struct gate_answer answer = refusal(200);
	struct gate gate;
	int64_t wait;
	int failed = 0;

	gate_open(&gate, 0, 0);
	answer.remaining = 0;
	answer.reset_in = 30000;
	failed +=
		check(gate_judge(&gate, &answer, 0, SEED, &wait) == GATE_PASS &&
			      gate_opens(&gate, 0) == 30000,
		      "the last one of the quota closes the gate");
	gate_close(&gate);

	gate_open(&gate, 0, 0);
	answer = refusal(429);
	answer.burst = true;
	answer.retry_after = 3000;
	failed += check(gate_judge(&gate, &answer, 0, SEED, &wait) ==
					GATE_LATER &&
				wait == 3000 && gate_opens(&gate, 0) == 0,
			"a burst slows its own endpoint only");
	answer.retry_after = INT64_C(99999999999999);
	gate_judge(&gate, &answer, 0, SEED, &wait);
	failed += check(wait <= INT64_C(86400000),
			"no hint is believed beyond a day");
	gate_close(&gate);
	return failed;
}

/* Never more than 3 in any second, in the long run and at any point. */
static int
windows(void)
{
	int64_t now = 0, sent[100];
	struct gate gate;
	int failed = 0, i;

	gate_open(&gate, 3, 50);
	for (i = 0; i < 100; i++) {
		now = gate_opens(&gate, now);
		gate_sent(&gate, now);
		sent[i] = now;
		now += 7;
	}
	for (i = 3; i < 100; i++)
		failed += sent[i] - sent[i - 3] < 60000;
	for (i = 50; i < 100; i++)
		failed += sent[i] - sent[i - 50] < 3600000;
	gate_close(&gate);
	return check(failed == 0, "a window lets more through");
}

static struct answer
read_answer(long status, const char *headers, const char *body)
{
	struct http_headers parsed = { 0 };
	struct answer answer;
	const char *line, *end;

	for (line = headers; *line != '\0'; line = end + 1) {
		end = strchr(line, '\n');
		headers_add(&parsed, line, (size_t)(end - line) + 1);
	}
	answer_read(&answer, status, &parsed, body, INT64_C(1000));
	headers_free(&parsed);
	return answer;
}

static int
answers(void)
{
	struct answer a;
	int failed = 0;

	a = read_answer(403,
			"HTTP/2 403 \r\ndate: Tue, 24 Nov 2026 06:00:00 GMT\r\n"
			"x-ratelimit-remaining: 0\r\n"
			"x-ratelimit-reset: 1795500030\r\n",
			"{\"message\":\"API rate limit exceeded\"}");
	/* 2026-11-24T06:00:00Z is 1795500000. */
	failed += check(a.gate.remaining == 0 && a.gate.reset_in == 30000 &&
				a.gate.says_limit && a.gate.retry_after == -1,
			"GitHub's reset counts from the server's own date");
	failed += check(
		strcmp(a.message, "HTTP 403: API rate limit exceeded") == 0,
		"the server's message");
	a = read_answer(429,
			"Date: Tue, 24 Nov 2026 06:00:00 GMT\r\n"
			"X-RateLimit-Reset: 2026-11-24T06:01Z\r\n"
			"RateLimit-Reason: jira-burst-based\r\n"
			"Retry-After: 7\r\n",
			"{\"errorMessages\":[\"Slow down\"]}");
	failed += check(a.gate.reset_in == 60000 && a.gate.burst &&
				a.gate.retry_after == 7000,
			"Jira's reset is a time without seconds");
	failed += check(strcmp(a.message, "HTTP 429: Slow down") == 0,
			"Jira's message");
	a = read_answer(503,
			"Date: Tue, 24 Nov 2026 06:00:00 GMT\r\n"
			"Retry-After: Tue, 24 Nov 2026 06:01:30 GMT\r\n",
			"<html>");
	failed += check(a.gate.retry_after == 90000, "Retry-After as a date");
	failed += check(strcmp(a.message, "HTTP 503") == 0, "no JSON");
	a = read_answer(429, "Retry-After: -5\r\n", NULL);
	failed += check(a.gate.retry_after == -1, "a negative one is none");
	a = read_answer(429, "Retry-After: 99999999999999999999\r\n", NULL);
	failed += check(a.gate.retry_after == -1, "nor one too large");
	failed += check(answer_date("Tue, 31 Foo 2026 06:00:00 GMT") == -1 &&
				answer_date("06:00") == -1,
			"what is no date");
	return failed;
}

int
main(void)
{
	return order() + strikes() + others() + windows() + answers() > 0;
}
