/*
 * hosts - the names under which the server may be asked, and the origins from
 * which a browser may ask it.  pure.
 *
 * A page of anybody's can have its own name lead to 127.0.0.1 (DNS rebinding);
 * its Host and Origin then still say that name.  Names are compared whatever
 * their case; nothing is looked up.
 */
#ifndef PULSE_HOSTS_H
#define PULSE_HOSTS_H

#include <stdbool.h>
#include <stdint.h>

struct hosts {
	/* TCP: localhost, 127.0.0.1 and [::1] with this port.  0, a unix
	 * socket: these with any port, and names without a dot, which nobody
	 * can own: `curl --unix-socket S http://pulse/`. */
	uint16_t port;
	/* NAME or NAME:PORT, NULL-ended, or NULL: these as well; without a
	 * port with any. */
	char *const *more;
};

/* Has a Host the form NAME, [IPV6] or either with :PORT? */
bool hosts_is_one(const char *host);
/* May it be asked under this Host? */
bool hosts_allow(const struct hosts *hosts, const char *host);
/* May a page of this Origin ask?  http:// or https:// and such a name; over a
 * unix socket the Host itself, or one of more. */
bool hosts_allow_origin(const struct hosts *hosts, const char *origin,
			const char *host);

#endif
