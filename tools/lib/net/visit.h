/*
 * visit - a short call at one API of one client that changes nothing there:
 * does it answer, is the token taken, what may it do and for how long, how much
 * of the quota is left, and what time is it over there.
 *
 *   visit_github(&who, &seen);              or visit_jira
 *   if (seen.asked && seen.problem.code == EX_OK) ... seen.quota_left ...
 *   visit_free(&seen);
 *
 * Token and origin follow the fetchers' own rules (net/source).  Two or three
 * requests, each at most twice and VISIT_PATIENCE long.
 */
#ifndef PULSE_VISIT_H
#define PULSE_VISIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/settings.h"
#include "net/source.h"

enum { VISIT_PATIENCE = 15000, VISIT_TEXT = 128 };

struct visit_who {
	const char *config; /* as the fetchers' -c, or NULL */
	const char *client; /* its id */
	const struct settings_client *settings;
};

struct visit {
	bool asked; /* false: the settings and the environment name none */
	struct source_problem problem; /* EX_OK: all was answered */
	char *base_url;
	char what[VISIT_TEXT];	  /* the organisation, the site; "" */
	char account[VISIT_TEXT]; /* whose token it is; "" */
	bool reached;		  /* something of this API answered */
	bool taken;		  /* the token was */
	bool app;		  /* a GitHub App's: of an hour, renewed */
	bool classic;		  /* a personal one with scopes */
	char scopes[VISIT_TEXT * 2];
	int64_t expires; /* ms, 0: it was not said */
	bool timed;
	int64_t skew; /* ms that our clock is ahead, when timed */
	long quota_left, quota_limit; /* -1: not said */
	int64_t quota_reset;
	double ms; /* a response, on average */
};

void visit_github(const struct visit_who *who, struct visit *seen);
void visit_jira(const struct visit_who *who, struct visit *seen);
void visit_free(struct visit *seen);

#endif
