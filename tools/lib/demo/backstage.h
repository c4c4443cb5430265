/*
 * backstage - /__demo: what tests and people ask of the made-up organisation
 * itself, not of its APIs.
 *
 *   GET  /__demo/expected   what a fetcher must end up with
 *   GET  /__demo/dora       the four figures, computed from definitions alone
 *   GET  /__demo/figures    those of the Jira half
 *   POST /__demo/change     changes rows, says which
 *   POST /__demo/faults     replaces the script of faults
 *   GET  /__demo/requests   what came; POST forgets it
 *   GET  /__demo/world      what there is, in short
 */
#ifndef PULSE_BACKSTAGE_H
#define PULSE_BACKSTAGE_H

#include "demo/faults.h"
#include "demo/visits.h"
#include "demo/world.h"

struct backstage {
	struct world *world;
	struct faults *faults;
	struct visits *visits;
};

/* True when the path was one of these.  Call it under the world's write lock
 * when the method is POST. */
bool backstage_answer(const struct backstage *backstage,
		      const struct httpd_request *request,
		      struct httpd_reply *reply);

/* One JSON document to out: since and until are query arguments. */
void dora_write(const struct world *world, const struct httpd_request *request,
		struct jsonw *out);

#endif
