/*
 * bulletin - what those who listen are told beside the events: the snapshot,
 * the progress of a run, whether a scheduler is there.  pure.
 *
 *   {"type":"snapshot","position":"GEN-SEQ"|null,"scheduler":BOOL,
 *    "latched":BOOL,"held":BOOL,"jobs":[...]}     jobs as GET /api/v1/jobs
 *   {"type":"job_progress","after":SEQ,"job_name":...,"client_id":...,
 *    "run_id":...,"progress":PERCENT|null,"pct","done","total","op","rate",
 *    "eta"}                                       of the last six what is known
 *   {"type":"scheduler","after":SEQ,"scheduler":BOOL,"latched":BOOL,
 *    "held":BOOL}
 */
#ifndef PULSE_BULLETIN_H
#define PULSE_BULLETIN_H

#include "base/jsonw.h"
#include "look/eventfile.h"
#include "look/overview.h"

void bulletin_snapshot(struct jsonw *w, const struct overview *overview,
		       const struct eventfile_position *at);
void bulletin_progress(struct jsonw *w, const struct overview_job *job,
		       int64_t after);
void bulletin_scheduler(struct jsonw *w, const struct overview *overview,
			int64_t after);

#endif
