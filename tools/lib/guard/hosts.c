#include "guard/hosts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LONGEST = 255, HTTP = 80, HTTPS = 443 };

struct place {
	const char *name; /* borrowed; [IPV6] with its brackets */
	size_t len;
	long port; /* 0: not said */
};

static size_t
name_len(const char *text)
{
	size_t len = 0;

	if (*text == '[') {
		len = 1 + strspn(text + 1, "0123456789abcdefABCDEF:.");
		return len > 1 && text[len] == ']' ? len + 1 : 0;
	}
	while (isalnum((unsigned char)text[len]) ||
	       (text[len] != '\0' && strchr("._-", text[len]) != NULL))
		len++;
	return len;
}

static bool
read_place(const char *text, struct place *place)
{
	char *end;

	*place = (struct place){ text, name_len(text), 0 };
	if (place->len == 0 || place->len > LONGEST)
		return false;
	text += place->len;
	if (*text == '\0')
		return true;
	if (text[0] != ':' || !isdigit((unsigned char)text[1]) ||
	    strlen(text + 1) > 5)
		return false;
	place->port = strtol(text + 1, &end, 10);
	return *end == '\0' && place->port > 0 && place->port <= UINT16_MAX;
}

static bool
is_named(const struct place *place, const char *name, size_t len)
{
	return place->len == len && strncasecmp(place->name, name, len) == 0;
}

static bool
is_loopback(const struct place *place)
{
	return is_named(place, "localhost", 9) ||
	       is_named(place, "127.0.0.1", 9) || is_named(place, "[::1]", 5);
}

/* A port that is not said is that of the scheme, which a Host does not say. */
static bool
is_port(long port, long wanted)
{
	return port == wanted ||
	       (port == 0 && (wanted == HTTP || wanted == HTTPS)) ||
	       (wanted == 0 && (port == HTTP || port == HTTPS));
}

static bool
is_given(const struct hosts *hosts, const struct place *place)
{
	char *const *more = hosts->more;
	struct place given;

	for (; more != NULL && *more != NULL; more++)
		if (read_place(*more, &given) &&
		    is_named(place, given.name, given.len) &&
		    (given.port == 0 || is_port(place->port, given.port)))
			return true;
	return false;
}

static bool
is_own(const struct hosts *hosts, const struct place *place)
{
	if (hosts->port != 0)
		return is_loopback(place) && is_port(place->port, hosts->port);
	return is_loopback(place) ||
	       (memchr(place->name, '.', place->len) == NULL &&
		place->name[0] != '[');
}

bool
hosts_is_one(const char *host)
{
	struct place place;

	return read_place(host, &place);
}

bool
hosts_allow(const struct hosts *hosts, const char *host)
{
	struct place place;

	return read_place(host, &place) &&
	       (is_own(hosts, &place) || is_given(hosts, &place));
}

/* An Origin has no path; without a port it is that of the scheme. */
static bool
read_origin(const char *origin, struct place *place)
{
	bool tls = strncasecmp(origin, "https://", 8) == 0;

	if (!tls && strncasecmp(origin, "http://", 7) != 0)
		return false;
	if (!read_place(origin + (tls ? 8 : 7), place))
		return false;
	if (place->port == 0)
		place->port = tls ? HTTPS : HTTP;
	return true;
}

bool
hosts_allow_origin(const struct hosts *hosts, const char *origin,
		   const char *host)
{
	struct place from, asked;

	if (!read_origin(origin, &from))
		return false;
	if (is_given(hosts, &from))
		return true;
	if (hosts->port != 0)
		return is_own(hosts, &from);
	return read_place(host, &asked) &&
	       is_named(&from, asked.name, asked.len) &&
	       is_port(asked.port, from.port);
}
