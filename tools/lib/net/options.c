#include "net/options.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

enum { CONNECTIONS = 5, BY_HAND = 3600000, SUPERVISED = 60000 };

#define AT(member) offsetof(struct source_opts, member)

const struct cli_option source_options[] = {
	{ 'c', "config", "FILE", "the settings (default $PULSE_CONFIG)",
	  CLI_STRING, AT(config) },
	{ 'k', "client", "ID", "which client of the settings (default 1)",
	  CLI_STRING, AT(client) },
	{ 0, "base-url", "URL", "where the API is", CLI_STRING, AT(base_url) },
	{ 0, "types", "LIST", "only these record types, by commas", CLI_LIST,
	  AT(types) },
	{ 0, "since", "TIME", "how far back a first walk goes", CLI_POINT,
	  AT(since) },
	{ 0, "until", "TIME", "nothing newer than this", CLI_POINT, AT(until) },
	{ 0, "checkpoint", "FILE", "the cursors to start from", CLI_STRING,
	  AT(checkpoint) },
	{ 'j', "connections", "N", "requests at once (default 5)", CLI_NUMBER,
	  AT(connections) },
	{ 0, "token-file", "FILE", "where the token is; - is standard input",
	  CLI_STRING, AT(token_file) },
	{ 0, "cache", "DIR", "keep answers here, and ask whether they changed",
	  CLI_STRING, AT(cache) },
	{ 0, "stale-if-error", NULL, "use kept answers when the API is down",
	  CLI_FLAG, AT(stale_if_error) },
	{ 0, "max-wait", "DURATION",
	  "leave rather than wait longer for a quota", CLI_DURATION,
	  AT(max_wait) },
	{ 0, "items", "FILE", "only these failed items; - is standard input",
	  CLI_STRING, AT(items) },
	{ 'n', "dry-run", NULL, "say what would be asked, print no records",
	  CLI_FLAG, AT(dry_run) },
	{ 'v', "verbose", NULL, "say at the end what it took", CLI_FLAG,
	  AT(verbose) },
	{ 'q', "quiet", NULL, "say only why it failed", CLI_FLAG, AT(quiet) },
	{ 0, "no-progress", NULL, "no progress lines", CLI_FLAG,
	  AT(no_progress) },
	{ .name = NULL },
};

void
source_defaults(struct source_opts *opts)
{
	*opts = (struct source_opts){
		.connections = CONNECTIONS,
		.max_wait =
			getenv("PULSE_RUN_DIR") != NULL ? SUPERVISED : BY_HAND,
	};
}

/* The word names the type whole, or without its "github_". */
static bool
names(const struct source_kind *kind, const char *word, size_t len,
      const char *type)
{
	size_t prefix = strlen(kind->name) + 1;

	return (strlen(type) == len && memcmp(type, word, len) == 0) ||
	       (strlen(type) == prefix + len &&
		memcmp(type + prefix, word, len) == 0);
}

/* Calls each word of the lists, until look answers true. */
static const char *
find_word(const struct source_opts *opts,
	  bool (*look)(const void *arg, const char *word, size_t len),
	  const void *arg)
{
	size_t i;

	for (i = 0; i < opts->types.count; i++) {
		const char *list = opts->types.items[i];

		while (*list != '\0') {
			size_t len = strcspn(list, ",");

			if (look(arg, list, len))
				return list;
			list += len + (list[len] == ',');
		}
	}
	return NULL;
}

struct wanted {
	const struct source_kind *kind;
	const char *type;
};

static bool
is_it(const void *arg, const char *word, size_t len)
{
	const struct wanted *wanted = arg;

	return names(wanted->kind, word, len, wanted->type);
}

bool
options_want(const struct source_opts *opts, const struct source_kind *kind,
	     const char *type)
{
	const struct wanted wanted = { kind, type };

	return opts->types.count == 0 ||
	       find_word(opts, is_it, &wanted) != NULL;
}

static bool
is_unknown(const void *arg, const char *word, size_t len)
{
	const struct source_kind *kind = arg;
	const char *const *type;

	for (type = kind->types; *type != NULL; type++)
		if (names(kind, word, len, *type))
			return false;
	return true;
}

char *
options_unknown_type(const struct source_opts *opts,
		     const struct source_kind *kind)
{
	const char *word = find_word(opts, is_unknown, kind);
	char *copy;

	if (word == NULL)
		return NULL;
	copy = msg_strdup(word);
	copy[strcspn(copy, ",")] = '\0';
	return copy;
}
