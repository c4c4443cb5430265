/*
 * stage - the made-up organisation as a service: what demo-api answers, from
 * the path alone.  /github and /jira pass through the script of faults,
 * /__demo does not.
 *
 *   struct stage *stage = stage_open(&config, script, &why);
 *   httpd_start with stage_answer, stage_ended and the stage
 *   stage_close(stage);
 */
#ifndef PULSE_STAGE_H
#define PULSE_STAGE_H

#include "demo/world.h"

struct stage;

/* script: lines of faults(demo-api(1)), or NULL.  NULL with *why (allocated)
 * when a line of it is wrong.  config's texts are borrowed. */
struct stage *stage_open(const struct world_config *config, const char *script,
			 char **why);
void stage_close(struct stage *stage);

void stage_answer(void *stage, const struct httpd_request *request,
		  struct httpd_reply *reply);
void stage_ended(void *stage);

#endif
