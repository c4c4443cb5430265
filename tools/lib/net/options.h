/*
 * options - what every fetcher can be told on its command line, and which
 * record types it was told to fetch.
 *
 *   struct opts { struct source_opts source; ... own options ... } opts;
 *   source_defaults(&opts.source);
 *   cli_parse(...);              the cli names source_options as .shared
 */
#ifndef PULSE_OPTIONS_H
#define PULSE_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cli.h"

struct source_opts {
	const char *config, *client, *base_url, *checkpoint, *token_file;
	const char *cache, *items;
	struct cli_list types;
	int64_t since, until; /* 0: not given */
	int64_t max_wait;
	long connections;
	int verbose, quiet, dry_run, stale_if_error, no_progress;
};
extern const struct cli_option source_options[];

/* 5 connections; a wait of 1 h by hand, of 1 min under pulse-run. */
void source_defaults(struct source_opts *opts);

struct source_kind {
	const char *name;	  /* "github": the source of its records */
	const char *job;	  /* "github_job", when $PULSE_JOB is not set */
	const char *const *types; /* NULL-ended; --types picks from them */
};

/* True when --types is not given or names it (github_pr, or just pr). */
bool options_want(const struct source_opts *opts,
		  const struct source_kind *kind, const char *type);
/* The first word of --types that is no type, allocated, or NULL. */
char *options_unknown_type(const struct source_opts *opts,
			   const struct source_kind *kind);

#endif
