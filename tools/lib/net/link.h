/*
 * link - the Link header of a page (RFC 8288) and the numbers in its URLs.
 * pure.  Returned strings are allocated.
 */
#ifndef PULSE_LINK_H
#define PULSE_LINK_H

#include <stdbool.h>

/* The target whose rel holds the word, such as "next"; NULL: none. */
char *link_target(const char *header, const char *rel);

/* A whole number in the query of a URL, such as page=7. */
bool link_number(const char *url, const char *name, long *number);

/* The URL with that number in its query replaced or added. */
char *link_with_number(const char *url, const char *name, long number);

/*
 * The same rows at half the per_page, beginning where this page does: page p
 * of n rows becomes page 2p-1 of n/2.  NULL when the URL has no per_page, or
 * one that is odd or below `least`.
 */
char *link_halved(const char *url, long least);

#endif
