#include "measure/wishes.h"

#include <stdlib.h>

const struct cli_option wishes_options[] = {
	{ 0, "since", "TIME", "from this day or time on, or 30d (default 90d)",
	  CLI_STRING, offsetof(struct wishes, ask.request.since) },
	{ 0, "until", "TIME", "up to but not at it (default the end of today)",
	  CLI_STRING, offsetof(struct wishes, ask.request.until) },
	{ 0, "by", "KIND[,KIND]", "a figure for each repo, team, week, month …",
	  CLI_STRING, offsetof(struct wishes, ask.request.by) },
	{ 0, "scope", "PATTERN",
	  "only repositories, projects or services such as 'acme/api*'",
	  CLI_STRING, offsetof(struct wishes, ask.request.scope) },
	{ 'k', "client", "ID", "the client (default 1)", CLI_STRING,
	  offsetof(struct wishes, ask.outfit.client) },
	{ 0, "tz", "ZONE", "days and weeks of this zone (default UTC)",
	  CLI_STRING, offsetof(struct wishes, ask.request.zone) },
	{ 0, "bands", "SET", "limits to judge by (default dora-2023)",
	  CLI_STRING, offsetof(struct wishes, ask.outfit.bands) },
	{ 0, "set", "NAME=VALUE", "a parameter of a metric, may come again",
	  CLI_LIST, offsetof(struct wishes, ask.outfit.set) },
	{ 0, "bots", NULL, "bots count as people", CLI_FLAG,
	  offsetof(struct wishes, bots) },
	{ 0, "no-cache", NULL, "work out anew what was kept", CLI_FLAG,
	  offsetof(struct wishes, no_cache) },
	{ 'd', "database", "FILE",
	  "the database (default PULSE_HOME/spool/pulse.db)", CLI_STRING,
	  offsetof(struct wishes, ask.database) },
	{ 'c', "config", "FILE", "pulse.yaml, for services, teams and figures",
	  CLI_STRING, offsetof(struct wishes, ask.outfit.config) },
	{ 'v', "verbose", NULL,
	  "what was kept from before, and how old the data are", CLI_FLAG,
	  offsetof(struct wishes, verbose) },
	{ .name = NULL },
};

void
wishes_settle(struct wishes *wishes,
	      void (*tell)(const char *metric, const char *what))
{
	wishes->ask.outfit.bots = wishes->bots > 0;
	wishes->ask.fresh = wishes->no_cache > 0;
	wishes->ask.tell = wishes->verbose > 0 ? tell : NULL;
}

void
wishes_end(struct wishes *wishes)
{
	free(wishes->ask.outfit.set.items);
	wishes->ask.outfit.set = (struct cli_list){ NULL, 0 };
}
