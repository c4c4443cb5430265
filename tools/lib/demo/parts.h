/*
 * parts - what the objects of payload.h are made of; only for its own files:
 * payload (users, repositories), commits, subjects, deliveries.
 */
#ifndef PULSE_PARTS_H
#define PULSE_PARTS_H

#include "demo/payload.h"

#define PARTS_API "https://api.github.com"
#define PARTS_WEB "https://github.com"

/* "node_id", as GitHub makes them: a prefix and base64-like letters. */
void parts_node_id(struct jsonw *out, const char *prefix, uint64_t id);

/* Members whose value is an address: a name and what follows the base. */
struct parts_link {
	const char *name, *rest;
};
void parts_links(struct jsonw *out, const char *base,
		 const struct parts_link *list);

struct parts_account {
	const char *login, *type;
	uint64_t id;
};
extern const struct parts_account parts_organisation, parts_web_flow;
void parts_account(struct jsonw *out, const struct parts_account *who);

void parts_label(const struct payload *p, const char *name, const char *color,
		 struct jsonw *out);

#endif
