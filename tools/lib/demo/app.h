/*
 * app - a GitHub App asks for a token of an installation with a JWT, which is
 * looked at as closely as GitHub does: its parts, its times, and its signature
 * when the world knows the App's public key.
 */
#ifndef PULSE_APP_H
#define PULSE_APP_H

#include "demo/world.h"

/* True when the request was of this sort; path is what follows /github/. */
bool app_answer(struct world *world, const struct httpd_request *request,
		const char *path, struct httpd_reply *reply);

#endif
