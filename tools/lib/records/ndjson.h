/*
 * ndjson - lines in, lines out, unchanged.
 *
 *   struct ndjson *in = ndjson_open(fd, "standard input");
 *   struct ndjson_out *out = ndjson_out(fd);
 *   ndjson_tie(in, out);                      passed lines are not copied
 *   while (ndjson_next(in, &line))
 *           ndjson_pass(out, &line);
 *   if (ndjson_failed(in)) ...                errno says why
 *   if (ndjson_out_close(out) != 0) ...
 *   ndjson_close(in);
 *
 * A line is what stands between two LF, at most 16 MiB without it.  Of a
 * longer one the first 64 KiB are handed out once, with .too_long set and
 * .bytes its whole length; the rest is skipped in the same buffer.  A last
 * line without LF is handed out with .torn set: its writer died in the middle
 * of it.  The buffer is 256 KiB and grows only to hold one line.
 */
#ifndef PULSE_NDJSON_H
#define PULSE_NDJSON_H

#include <stdbool.h>
#include <stddef.h>

enum { NDJSON_LONGEST = 16 << 20, NDJSON_CUT = 64 << 10 };

struct ndjson;
struct ndjson_out;
struct ndjson_line {
	const char *text; /* borrowed until the next call; no LF */
	size_t len;
	size_t bytes;	      /* of the whole line, also when cut; no LF */
	unsigned long number; /* from 1 */
	bool too_long, torn;
};

struct ndjson *ndjson_open(int fd, const char *name);
/* Lines may be longer than NDJSON_LONGEST by this much: rejects hold lines. */
void ndjson_allow(struct ndjson *in, size_t more);
bool ndjson_next(struct ndjson *in, struct ndjson_line *line);
bool ndjson_failed(const struct ndjson *in); /* sets errno */
const char *ndjson_name(const struct ndjson *in);
void ndjson_close(struct ndjson *in); /* does not close fd */

/* Output with a big buffer; the first write error is kept for ndjson_flush.
 * A torn line is passed without the LF that it lacks; a too long one cannot be
 * passed. */
struct ndjson_out *ndjson_out(int fd);
void ndjson_pass(struct ndjson_out *out, const struct ndjson_line *line);
void ndjson_put(struct ndjson_out *out, const char *text, size_t len);
int ndjson_flush(struct ndjson_out *out);     /* 0, or -1 with errno */
int ndjson_out_close(struct ndjson_out *out); /* flushes; fd stays open */

/* Lines of in that pass to out are written from in's buffer, and whatever out
 * holds before in waits for a slow writer.  Close out before in. */
void ndjson_tie(struct ndjson *in, struct ndjson_out *out);

#endif
