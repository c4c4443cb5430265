/*
 * pages - the files of share/web, read once, with ETag and gzip and the headers
 * that keep a browser to them.
 */
#ifndef PULSE_PAGES_H
#define PULSE_PAGES_H

struct exchange;
struct pages;

/* NULL with *why (allocated). */
struct pages *pages_open(char **why);
void pages_close(struct pages *pages);

void pages_answer(struct exchange *x); /* GET / and its files */

#endif
