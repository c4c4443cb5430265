/*
 * prose - titles, bodies, branch names and messages, made from a seed.  pure.
 *
 * They hold what real ones hold: Jira keys, other scripts, emoji, quotes,
 * backslashes, CR LF, HTML comments.
 */
#ifndef PULSE_PROSE_H
#define PULSE_PROSE_H

#include <stddef.h>
#include <stdint.h>

enum { PROSE_LINE = 160, PROSE_BODY = 4096 };

/* "PAY-12: Make retries idempotent"; issue may be "". */
void prose_title(uint64_t seed, const char *issue, unsigned revision,
		 char out[PROSE_LINE]);
/* "feature/PAY-12-make-retries" */
void prose_branch(uint64_t seed, const char *issue, char out[PROSE_LINE]);
/* About `size` bytes of Markdown, at most PROSE_BODY - 1. */
void prose_body(uint64_t seed, size_t size, char out[PROSE_BODY]);
/* One sentence. */
void prose_remark(uint64_t seed, unsigned revision, char out[PROSE_LINE]);

#endif
