/* bearer: a token is told from what is none, and never written down. */
#include "guard/bearer.h"
#include "check.h"

#include <string.h>

static int
a_token_that_is_drawn_is_one_and_no_other(void)
{
	char one[BEARER_SIZE], other[BEARER_SIZE];

	CHECK(bearer_draw(one) == 0 && bearer_draw(other) == 0);
	CHECK(strcmp(one, other) != 0);
	CHECK(strlen(one) == 55 && strncmp(one, "pulse_", 6) == 0);
	CHECK(bearer_is_one(one) && bearer_is_one(other));
	return 0;
}

static int
each_slip_of_the_pen_shows(void)
{
	char text[BEARER_SIZE], slip[BEARER_SIZE + 1];
	size_t i;

	CHECK(bearer_draw(text) == 0);
	for (i = 0; i < strlen(text); i++) {
		memcpy(slip, text, sizeof(text));
		slip[i] = slip[i] == 'a' ? 'b' : 'a';
		CHECK(!bearer_is_one(slip));
		slip[i] = '\0'; /* cut short */
		CHECK(!bearer_is_one(slip));
		slip[i] = ' ';
		CHECK(!bearer_is_one(slip));
	}
	memcpy(slip, text, sizeof(text));
	slip[55] = 'a';
	slip[56] = '\0'; /* one too many */
	CHECK(!bearer_is_one(slip));
	CHECK(!bearer_is_one("") && !bearer_is_one("pulse_"));
	/* CRC-32 of 43 times A, by python3's zlib, in base64url. */
	CHECK(bearer_is_one("pulse_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
			    "DCtZhg"));
	return 0;
}

static int
whatever_looks_like_one_is_hidden(void)
{
	char text[400], token[BEARER_SIZE];

	CHECK(bearer_draw(token) == 0);
	snprintf(text, sizeof(text), "{\"a\":\"%s\",\"b\":\"%s\"} pulse_web %s",
		 token, token, token);
	bearer_hide(text);
	CHECK(strcmp(text,
		     "{\"a\":\"pulse_***\",\"b\":\"pulse_***\"} pulse_web "
		     "pulse_***") == 0);
	CHECK(!bearer_is_in(text)); /* what is hidden stays so */
	/* A wrong checksum is as good as a right one, and so is none. */
	token[54] = token[54] == 'A' ? 'B' : 'A';
	snprintf(text, sizeof(text), "%s", token);
	bearer_hide(text);
	CHECK(strcmp(text, "pulse_***") == 0);
	token[49] = '\0';
	snprintf(text, sizeof(text), "x%s", token);
	CHECK(bearer_is_in(text));
	bearer_hide(text);
	CHECK(strcmp(text, "xpulse_***") == 0);
	/* One within the other, as a slip of the pen would have it. */
	snprintf(text, sizeof(text), "pulse_pulse_%s", token);
	bearer_hide(text);
	CHECK(strstr(text, token + 6) == NULL);
	snprintf(text, sizeof(text), "pulse_web pulse_%.42s", token + 6);
	CHECK(!bearer_is_in(text) && !bearer_is_in("") &&
	      !bearer_is_in("pulse_"));
	return 0;
}

int
main(void)
{
	return a_token_that_is_drawn_is_one_and_no_other() ||
	       each_slip_of_the_pen_shows() ||
	       whatever_looks_like_one_is_hidden();
}
