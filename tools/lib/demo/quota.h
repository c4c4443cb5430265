/*
 * quota - requests left, per token, in a window that starts with its first
 * request (docs.github.com "rate limits for the REST API"); and the tokens
 * that a GitHub App was given.  Safe between threads.
 */
#ifndef PULSE_QUOTA_H
#define PULSE_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

struct quota;

struct quota_state {
	long limit, used, remaining;
	int64_t reset; /* seconds since the epoch */
};

struct quota *quota_new(long limit, int64_t window_ms);
void quota_free(struct quota *quota);

/* What stands now; spend 1 counts a request. */
struct quota_state quota_spend(struct quota *quota, const char *token,
			       long spend);
/* Nothing left until seconds from now. */
void quota_exhaust(struct quota *quota, const char *token, int64_t seconds);

/* A token of an installation, good for an hour; all of them end. */
void quota_mint(struct quota *quota, char token[64], int64_t *ends);
bool quota_is_minted(struct quota *quota, const char *token);
void quota_end_minted(struct quota *quota);

#endif
