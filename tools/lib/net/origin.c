#include "net/origin.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/msg.h"

struct parts {
	bool https;
	const char *host;
	size_t host_len; /* with the brackets of an IPv6 address */
	long port;
	const char *path; /* "" or begins with / or ? */
};

static bool
has_only_plain_bytes(const char *url)
{
	for (; *url != '\0'; url++)
		if (*url <= ' ' || *url > '~' || *url == '\\')
			return false;
	return true;
}

static size_t
host_length(const char *at)
{
	static const char name[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
	size_t len;

	if (*at != '[')
		return strspn(at, name);
	len = 1 + strspn(at + 1, "0123456789abcdefABCDEF:.");
	return at[len] == ']' ? len + 1 : 0;
}

/* The digits after the colon; -1 when they are no port. */
static long
port_number(const char **at)
{
	long port = 0;
	const char *start = ++*at;

	while (isdigit((unsigned char)**at) && *at - start < 5)
		port = port * 10 + (*(*at)++ - '0');
	return *at == start || port == 0 || port > 65535 ? -1 : port;
}

static bool
split(const char *url, struct parts *parts)
{
	if (!has_only_plain_bytes(url))
		return false;
	parts->https = strncasecmp(url, "https://", 8) == 0;
	if (!parts->https && strncasecmp(url, "http://", 7) != 0)
		return false;
	parts->host = url + (parts->https ? 8 : 7);
	parts->host_len = host_length(parts->host);
	if (parts->host_len == 0)
		return false;
	parts->path = parts->host + parts->host_len;
	parts->port = parts->https ? 443 : 80;
	if (*parts->path == ':')
		parts->port = port_number(&parts->path);
	return parts->port > 0 && strchr("/?#", *parts->path) != NULL;
}

bool
origin_is_url(const char *url)
{
	struct parts parts;

	return split(url, &parts);
}

bool
origin_is_https(const char *url)
{
	struct parts parts;

	return split(url, &parts) && parts.https;
}

static bool
host_is(const struct parts *parts, const char *name)
{
	return parts->host_len == strlen(name) &&
	       strncasecmp(parts->host, name, parts->host_len) == 0;
}

/* Four numbers, the first of them 127: 127.evil.example is a name. */
static bool
is_loopback_address(const struct parts *parts)
{
	size_t i, dots = 0;

	if (parts->host_len < 7 || strncmp(parts->host, "127.", 4) != 0)
		return false;
	for (i = 0; i < parts->host_len; i++) {
		if (parts->host[i] == '.')
			dots++;
		else if (!isdigit((unsigned char)parts->host[i]))
			return false;
	}
	return dots == 3;
}

bool
origin_is_loopback(const char *url)
{
	struct parts parts;

	return split(url, &parts) &&
	       (host_is(&parts, "localhost") || host_is(&parts, "[::1]") ||
		is_loopback_address(&parts));
}

/* The segment is `.` or `..`, also with its dots written as %2e. */
static bool
is_dots(const char *segment, size_t len)
{
	size_t i = 0, dots = 0;

	while (i < len) {
		if (segment[i] == '.')
			i += 1;
		else if (len - i >= 3 &&
			 strncasecmp(segment + i, "%2e", 3) == 0)
			i += 3;
		else
			return false;
		dots++;
	}
	return dots == 1 || dots == 2;
}

static bool
climbs(const char *path)
{
	while (*path == '/') {
		size_t len = strcspn(path + 1, "/?#");

		if (is_dots(path + 1, len))
			return true;
		path += 1 + len;
	}
	return false;
}

bool
origin_holds(const char *base, const char *url)
{
	struct parts ours, theirs;
	size_t prefix;

	if (!split(base, &ours) || !split(url, &theirs))
		return false;
	if (ours.https != theirs.https || ours.port != theirs.port ||
	    ours.host_len != theirs.host_len ||
	    strncasecmp(ours.host, theirs.host, ours.host_len) != 0)
		return false;
	prefix = strlen(ours.path);
	while (prefix > 0 && ours.path[prefix - 1] == '/')
		prefix--;
	return strncmp(ours.path, theirs.path, prefix) == 0 &&
	       strchr("/?", theirs.path[prefix]) != NULL &&
	       !climbs(theirs.path);
}

static char *
concatenate(const char *left, size_t len, const char *right)
{
	size_t size = len + strlen(right) + 1;
	char *text = msg_calloc(size, 1);

	snprintf(text, size, "%.*s%s", (int)len, left, right);
	return text;
}

char *
origin_below(const char *base, const char *path)
{
	size_t len = strlen(base);

	if (*path != '/')
		return msg_strdup(path);
	while (len > 0 && base[len - 1] == '/')
		len--;
	return concatenate(base, len, path);
}

char *
origin_resolve(const char *url, const char *location)
{
	struct parts parts;

	if (origin_is_url(location))
		return msg_strdup(location);
	if (!split(url, &parts) || location[0] != '/' || location[1] == '/' ||
	    !has_only_plain_bytes(location))
		return NULL;
	return concatenate(url, (size_t)(parts.path - url), location);
}
