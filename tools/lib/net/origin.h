/*
 * origin - which server a URL names, so that a credential goes there and
 * nowhere else.  pure.
 *
 * URLs here are http or https, absolute, without user information, blanks,
 * controls, backslashes or bytes above 0x7e: what a lenient reader might take
 * for another host is refused instead of guessed at.
 */
#ifndef PULSE_ORIGIN_H
#define PULSE_ORIGIN_H

#include <stdbool.h>

/* Is it a URL that we would ask at all? */
bool origin_is_url(const char *url);

/* Its host is localhost, in 127.0.0.0/8, or ::1. */
bool origin_is_loopback(const char *url);
bool origin_is_https(const char *url);

/* Same scheme, host and port as base, and a path below base's without `.` or
 * `..` segments. */
bool origin_holds(const char *base, const char *url);

/* base + path (which begins with a slash), or path itself when absolute. */
char *origin_below(const char *base, const char *path);

/* The target of a Location header in an answer from url: absolute, or from
 * the root of the same server; NULL for any other form.  Allocated. */
char *origin_resolve(const char *url, const char *location);

#endif
