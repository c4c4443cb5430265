/* handshake: what the headers of a request for a WebSocket ask. */
#include <string.h>

#include "check.h"
#include "web/handshake.h"

#define KEY "dGhlIHNhbXBsZSBub25jZQ=="

static unsigned
read_it(const struct handshake_headers *headers, struct handshake *handshake)
{
	const char *why = NULL;
	unsigned status = handshake_read(headers, handshake, &why);

	return (status != 0) == (why != NULL) ? status : 1;
}

static int
a_good_one_is_accepted(void)
{
	struct handshake_headers headers = {
		"GET", "h2c, WebSocket", "keep-alive,  UPGRADE ,x", "13", KEY,
		NULL
	};
	struct handshake handshake;

	CHECK(read_it(&headers, &handshake) == 0);
	CHECK(strcmp(handshake.accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") == 0);
	CHECK(!handshake.pulse && *handshake.ticket == '\0');
	return 0;
}

static int
a_wrong_one_is_refused(void)
{
	static const struct {
		struct handshake_headers headers;
		unsigned status;
	} cases[] = {
		{ { "GET", NULL, NULL, NULL, NULL, NULL }, 426 },
		{ { "HEAD", "websocket", "Upgrade", "13", KEY, NULL }, 426 },
		{ { "GET", "websockets", "Upgrade", "13", KEY, NULL }, 426 },
		{ { "GET", "websocket", "Upgrade", "8", KEY, NULL }, 426 },
		{ { "GET", "websocket", "Upgrade", NULL, KEY, NULL }, 426 },
		{ { "GET", "websocket", "close", "13", KEY, NULL }, 400 },
		{ { "GET", "websocket", NULL, "13", KEY, NULL }, 400 },
		{ { "GET", "websocket", "Upgrade", "13", NULL, NULL }, 400 },
		{ { "GET", "websocket", "Upgrade", "13", "", NULL }, 400 },
		{ { "GET", "websocket", "Upgrade", "13", KEY "=", NULL }, 400 },
	};
	struct handshake handshake;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		CHECK(read_it(&cases[i].headers, &handshake) ==
		      cases[i].status);
	return 0;
}

static int
offers_are_found(void)
{
	struct handshake_headers headers = { "GET", "websocket", "Upgrade",
					     "13",  KEY,	 NULL };
	struct handshake handshake;

	headers.protocol = "pulse.v1, ticket.abc-_9";
	CHECK(read_it(&headers, &handshake) == 0 && handshake.pulse);
	CHECK(strcmp(handshake.ticket, "abc-_9") == 0);
	headers.protocol = "ticket.,pulse.v10 ,\tticket";
	CHECK(read_it(&headers, &handshake) == 0 && !handshake.pulse);
	CHECK(*handshake.ticket == '\0');
	headers.protocol = "ticket.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
			   "aaaaaaaaaaaaaaaaa,,";
	CHECK(read_it(&headers, &handshake) == 0);
	CHECK(*handshake.ticket == '\0');
	return 0;
}

int
main(void)
{
	return a_good_one_is_accepted() || a_wrong_one_is_refused() ||
	       offers_are_found();
}
