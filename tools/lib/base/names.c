#include "base/names.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { LONGEST = 100, HASH = 17 };

static bool
is_plain(char c, bool first)
{
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_')
		return true;
	return !first && (c == '.' || c == '-');
}

/* FNV-1a, 64 bits: only to tell cut names apart. */
static uint64_t
hash(const char *text)
{
	uint64_t h = 0xcbf29ce484222325;

	for (; *text != '\0'; text++)
		h = (h ^ (unsigned char)*text) * 0x100000001b3;
	return h;
}

void
names_file(const char *outside, char out[NAMES_SIZE])
{
	size_t len = 0, fits = 0;
	const char *s;

	for (s = outside; *s != '\0'; s++) {
		bool plain = is_plain(*s, s == outside);

		if (len + (plain ? 1 : 3) > LONGEST)
			break;
		if (plain)
			out[len++] = *s;
		else
			len += (size_t)snprintf(out + len, 4, "%%%02X",
						(unsigned char)*s);
		if (len <= LONGEST - HASH)
			fits = len;
	}
	if (*s != '\0')
		snprintf(out + fits, HASH + 1, "%%%016" PRIx64, hash(outside));
	else if (len == 0)
		snprintf(out, NAMES_SIZE, "%%");
	else
		out[len] = '\0';
}

bool
names_is_job(const char *name)
{
	size_t i, len = strlen(name);

	if (len < 1 || len > 63 || name[0] < 'a' || name[0] > 'z')
		return false;
	for (i = 1; i < len; i++)
		if (!(name[i] >= 'a' && name[i] <= 'z') &&
		    !(name[i] >= '0' && name[i] <= '9') && name[i] != '_' &&
		    name[i] != '-')
			return false;
	return true;
}
