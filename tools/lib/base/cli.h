/*
 * cli - one table per tool gives parsing, usage, --help, --version and, by the
 * hidden --options-tsv, completions.
 *
 *   static const struct cli_option options[] = {
 *     { 'd', "database", "FILE", "the database (default pulse.db)",
 *       CLI_STRING, offsetof(struct opts, database) },
 *     { .name = NULL },
 *   };
 *   static const struct cli cli = { "load", "upsert records into pulse.db",
 *       "[FILE...]", 0, -1, options, examples };
 *   operands = cli_parse(&cli, &opts, argc, argv);
 *
 * -h --help, -V --version are added to every table.  Options and operands mix;
 * `--` ends options.  Misuse prints the usage line on stderr and exits 64; a
 * long option that is nearly one we know is named.  No option takes a secret.
 */
#ifndef PULSE_CLI_H
#define PULSE_CLI_H

#include <stddef.h>

enum cli_kind {
	CLI_FLAG,     /* int: counts how often it is given */
	CLI_STRING,   /* const char * */
	CLI_LIST,     /* struct cli_list: may be given again */
	CLI_NUMBER,   /* long, not negative */
	CLI_DURATION, /* int64_t, ms (times_duration) */
	CLI_POINT     /* int64_t, ms since the epoch (times_parse_point) */
};

struct cli_list {
	const char **items;
	size_t count;
};

struct cli_option {
	int letter;	  /* 0: only a long name */
	const char *name; /* ends the table when NULL */
	const char *arg;  /* NULL for flags */
	const char *help;
	enum cli_kind kind;
	size_t where; /* offset in the opts struct */
};

struct cli {
	const char *name;
	const char *does;      /* as in NAME of the man page */
	const char *operands;  /* as the usage line shows them, or NULL */
	int at_least, at_most; /* operands; -1: no limit */
	const struct cli_option *options;
	const char *examples; /* shown first by --help; may be NULL */
	/* A second table, such as source_options, or NULL.  Its offsets count
	 * from the start of opts too, which begins with that struct. */
	const struct cli_option *shared;
};

/* Sets msg's name; returns the NULL-ended operands, inside argv. */
char **cli_parse(const struct cli *cli, void *opts, int argc, char *argv[]);

/* Prints `prog: reason` and the usage line on stderr and exits 64. */
_Noreturn void cli_misuse(const struct cli *cli, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The member of names (NULL-ended) nearest to word, or NULL when none is. */
const char *cli_nearest(const char *word, const char *const *names);

#endif
