/*
 * wish - what the body of a POST asks for: a JSON object of which each route
 * knows some keys.  An empty body is {}; null counts as left out.  pure.
 *
 *   if (wish_read(&wish, WISH_REASON | WISH_FORCE, body, len, now, why) != 0)
 *           ... 400 with why
 */
#ifndef PULSE_WISH_H
#define PULSE_WISH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "jobs/command.h"

enum wish_key {
	WISH_FORCE = 1 << 0,
	WISH_REPLACE = 1 << 1,
	WISH_DRAIN = 1 << 2,
	WISH_REASON = 1 << 3,	/* text of at most 255 bytes */
	WISH_IF_EPOCH = 1 << 4, /* 0 or more */
	WISH_CLIENT = 1 << 5,	/* 0 or more */
	WISH_TO = 1 << 6,	/* "open", "closed" or "auto" */
	WISH_BEFORE = 1 << 7	/* as times_parse_point */
};

enum { WISH_WHY = 200 };

struct wish {
	bool force, replace, drain;
	char reason[COMMAND_TEXT];
	int64_t if_epoch, client; /* -1: not said */
	char to[16];
	int64_t before; /* ms; 0: not said */
};

/* 0, or -1 with why, which names the key: one that is not among `known`, comes
 * twice, or has a value of the wrong kind; or it is no JSON object. */
int wish_read(struct wish *wish, unsigned known, const char *body, size_t len,
	      int64_t now, char why[WISH_WHY]);

#endif
