/*
 * github - answers as GitHub's REST API does, below /github: what holds for
 * every request (headers, version, token, quota, prepared answers, routing).
 *
 *   github_open(world);     once world->github is there
 *   demo_github(world, request, reply);         (world.h)
 *   github_close(world);
 */
#ifndef PULSE_GITHUB_H
#define PULSE_GITHUB_H

#include "demo/repo.h"

void github_open(struct world *world);
void github_close(struct world *world);

/* The token of the request has nothing left for so many seconds. */
void github_exhaust(struct world *world, const struct httpd_request *request,
		    int64_t seconds);

/* An error as GitHub words it. */
void github_error(struct httpd_reply *reply, unsigned status,
		  const char *message);

#endif
