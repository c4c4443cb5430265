/*
 * mishap - one thing that can go wrong with an answer, and doing it.  faults
 * decides when.
 */
#ifndef PULSE_MISHAP_H
#define PULSE_MISHAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/httpd.h"

/* What a rule of the script says; -1 where a number was not given. */
struct mishap {
	const struct mishap_action *action;
	char *to, *body, *headers; /* headers: a JSON object, or NULL */
	int64_t status, retry_after, ms, bytes, reset;
	char *bomb;
	size_t bomb_len;
};

/* By its name in "do"; NULL: nobody knows it. */
const struct mishap_action *mishap_action(const char *name);

/* Fills in what a rule left out, and prepares what takes time. */
void mishap_complete(struct mishap *mishap);
void mishap_clear(struct mishap *mishap);

/* Does it answer by itself, or change the true answer?  Or spend the quota,
 * before the true answer is made? */
bool mishap_answers(const struct mishap *mishap);
bool mishap_spends(const struct mishap *mishap);

void mishap_do(const struct mishap *mishap, const struct httpd_request *request,
	       struct httpd_reply *reply);

#endif
