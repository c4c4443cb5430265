#include "guard/bearer.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/crypto.h"
#include "net/gzip.h"

enum {
	BITS = 32,   /* bytes of them in a token */
	SECRET = 43, /* characters that these become */
	SUM = 6
};

static const char prefix[] = "pulse_";
enum { PREFIX = sizeof(prefix) - 1, WHOLE = PREFIX + SECRET + SUM };

static bool
is_letter(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_';
}

static size_t
letters_of(const char *text)
{
	size_t len = 0;

	while (is_letter(text[len]))
		len++;
	return len;
}

/* The characters behind the secret, which tell a slip of the pen. */
static void
sum_of(const char *secret, char out[SUM + 1])
{
	uint32_t crc = gzip_crc32(secret, SECRET);
	const unsigned char bytes[] = { (unsigned char)(crc >> 24),
					(unsigned char)(crc >> 16),
					(unsigned char)(crc >> 8),
					(unsigned char)crc };
	char *text = crypto_base64url(bytes, sizeof(bytes));

	memcpy(out, text, SUM + 1);
	free(text);
}

bool
bearer_is_one(const char *text)
{
	char sum[SUM + 1];

	if (strncmp(text, prefix, PREFIX) != 0 || strlen(text) != WHOLE ||
	    letters_of(text) != WHOLE)
		return false;
	sum_of(text + PREFIX, sum);
	return memcmp(text + PREFIX + SECRET, sum, SUM) == 0;
}

/* The secret of the first in text that looks like a token, NULL: none does. */
static const char *
next_secret(const char *text, size_t *len)
{
	while ((text = strstr(text, prefix)) != NULL) {
		text += PREFIX;
		*len = letters_of(text);
		if (*len >= SECRET)
			return text;
	}
	return NULL;
}

void
bearer_hide(char *text)
{
	static const char stars[] = "***";
	const char *secret;
	size_t len;

	while ((secret = next_secret(text, &len)) != NULL) {
		text += secret - text;
		memcpy(text, stars, sizeof(stars) - 1);
		memmove(text + sizeof(stars) - 1, text + len,
			strlen(text + len) + 1);
	}
}

bool
bearer_is_in(const char *text)
{
	size_t len;

	return next_secret(text, &len) != NULL;
}

int
bearer_draw(char text[BEARER_SIZE])
{
	unsigned char bits[BITS];
	char *secret;

	if (getrandom(bits, sizeof(bits), 0) != sizeof(bits))
		return -1;
	secret = crypto_base64url(bits, sizeof(bits));
	memcpy(text, prefix, PREFIX);
	memcpy(text + PREFIX, secret, SECRET);
	sum_of(secret, text + PREFIX + SECRET);
	explicit_bzero(secret, SECRET);
	explicit_bzero(bits, sizeof(bits));
	free(secret);
	return 0;
}
