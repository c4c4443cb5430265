/* httphead: what is taken, what is refused with what, byte by byte. */
#include "net/httphead.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "check.h"

enum { HEAD = 16384, BODY = 4096 };

#define GET "GET / HTTP/1.1\r\nHost: x\r\n"
#define POST "POST / HTTP/1.1\r\nHost: x\r\n"

static const struct {
	const char *head;
	unsigned status;
} cases[] = {
	{ GET "\r\n", 200 },
	{ GET "Accept: */*\r\nX-Empty:\r\nX-Tab: a\tb \xc3\xa9\r\n\r\n", 200 },
	{ "GET /a%20b?c=%2e%2E&d HTTP/1.1\r\nhOST: x\r\n\r\n", 200 },
	{ "GET / HTTP/1.0\r\n\r\n", 200 },
	{ "BREW / HTTP/1.1\r\nHost: x\r\n\r\n", 200 },
	{ POST "Content-Length: 0\r\n\r\n", 200 },
	{ POST "content-length:\t4096\r\n\r\nabc", 200 },
	{ GET "\r\nGET / nonsense", 200 },
	{ GET "Content-Length: 3\r\n\r\nabc", 200 },
	{ "", 0 },
	{ GET, 0 },
	{ GET "\r", 0 },
	{ GET "Acc", 0 },

	/* The request line. */
	{ "\r\n", 400 },
	{ "\r\n" GET "\r\n", 400 },
	{ "GET / HTTP/1.1\nHost: x\n\n", 400 },
	{ "GET /\r\n", 400 },
	{ "GET\r\n", 400 },
	{ " GET / HTTP/1.1\r\n", 400 },
	{ "GET  / HTTP/1.1\r\n", 400 },
	{ "GET /  HTTP/1.1\r\n", 400 },
	{ "GET / HTTP/1.1 \r\n", 400 },
	{ "GET\t/ HTTP/1.1\r\n", 400 },
	{ "G\xc3\xa9T / HTTP/1.1\r\n", 400 },
	{ "GET x HTTP/1.1\r\n", 400 },
	{ "GET http://x/ HTTP/1.1\r\n", 400 },
	{ "OPTIONS * HTTP/1.1\r\n", 400 },
	{ "GET /\xff HTTP/1.1\r\n", 400 },
	{ "GET /%00 HTTP/1.1\r\n", 400 },
	{ "GET /%zz HTTP/1.1\r\n", 400 },
	{ "GET /% HTTP/1.1\r\n", 400 },
	{ "GET /%2 HTTP/1.1\r\n", 400 },
	{ "GET / http/1.1\r\n", 400 },
	{ "GET / HTTP/11.1\r\n", 400 },
	{ "GET / HTTP/2.0\r\n", 505 },
	{ "GET / HTTP/1.2\r\n", 505 },
	{ "GET / HTTP/0.9\r\n", 505 },
	{ "\x16\x03\x01", 400 }, /* TLS, before its line ends */
	{ "GET /\x01", 400 },
	{ "GET / HTTP/1.1\r\r", 400 },

	/* Its fields. */
	{ "GET / HTTP/1.1\r\n\r\n", 400 },
	{ GET "Host: y\r\n\r\n", 400 },
	{ "GET / HTTP/1.0\r\nHost: x\r\nHost: x\r\n\r\n", 400 },
	{ GET " folded\r\n", 400 },
	{ GET "A: b\r\n\tfolded\r\n", 400 },
	{ GET "A : b\r\n", 400 },
	{ GET ": b\r\n", 400 },
	{ GET "A\r\n", 400 },
	{ GET "A: b\x7f\r\n", 400 },
	{ GET "A: b\rc\r\n", 400 },
	{ GET "A: b\n", 400 },
	{ GET "Transfer-Encoding: chunked\r\n", 400 },
	{ GET "transfer-encoding:\r\n", 400 },
	{ GET "Transfer-Encoding : chunked\r\n", 400 },
	{ POST "Content-Length: 1\r\nContent-Length: 1\r\n\r\n", 400 },
	{ POST "Content-Length: 1, 1\r\n\r\n", 400 },
	{ POST "Content-Length: 0x1\r\n\r\n", 400 },
	{ POST "Content-Length: +1\r\n\r\n", 400 },
	{ POST "Content-Length: -1\r\n\r\n", 400 },
	{ POST "Content-Length: 1 1\r\n\r\n", 400 },
	{ POST "Content-Length:\r\n\r\n", 400 },
	{ POST "Content-Length: 1 \r\n\r\n", 400 },
	{ POST "\r\n", 411 },
	{ POST "Content-Length: 4097\r\n\r\n", 413 },
	{ POST "Content-Length: 18446744073709551617\r\n\r\n", 413 },
	{ POST "Content-Length: 99999999999999999999999999\r\n\r\n", 413 },
};

/* More bytes never turn a refusal, or what is fine, into another. */
static int
check_case(const char *head, unsigned status)
{
	size_t len = strlen(head), i;
	unsigned now, before = HTTPHEAD_MORE;

	for (i = 0; i <= len; i++) {
		now = httphead_check(head, i, HEAD, BODY);
		CHECK(before == HTTPHEAD_MORE || now == before);
		before = now;
	}
	if (before != status)
		printf("%s", head);
	CHECK(before == status);
	return 0;
}

static char *
filled(const char *format, size_t n, char with)
{
	char *filler = msg_calloc(1, n + 1), *text;

	memset(filler, with, n);
	text = msg_text("%s%s%s", "GET /", filler, format);
	free(filler);
	return text;
}

static unsigned
check_filled(const char *rest, size_t n, char with)
{
	char *head = filled(rest, n, with);
	unsigned status = httphead_check(head, strlen(head), HEAD, BODY);

	free(head);
	return status;
}

static int
check_sizes(void)
{
	static const char rest[] = " HTTP/1.1\r\nHost: x\r\n\r\n";
	char many[8192] = GET, *end;
	size_t i;

	CHECK(check_filled(rest, HTTPHEAD_TARGET - 1, 'a') == 200);
	CHECK(check_filled(rest, HTTPHEAD_TARGET, 'a') == 414);
	CHECK(check_filled("", HEAD, 'a') == 414);
	CHECK(check_filled(rest, HTTPHEAD_ARGUMENTS - 1, '&') == 200);
	CHECK(check_filled(rest, HTTPHEAD_ARGUMENTS, '&') == 414);
	for (i = 1; i < HTTPHEAD_FIELDS; i++)
		strncat(many, "a: b\r\n", sizeof(many) - strlen(many) - 1);
	end = many + strlen(many);
	memcpy(end, "\r\n", 3);
	CHECK(httphead_check(many, strlen(many), HEAD, BODY) == 200);
	CHECK(httphead_check(many, strlen(many), strlen(many), BODY) == 200);
	CHECK(httphead_check(many, strlen(many), strlen(many) - 1, BODY) ==
	      431);
	memcpy(end, "a: b\r\n\r\n", 9);
	CHECK(httphead_check(many, strlen(many), HEAD, BODY) == 431);
	return 0;
}

int
main(void)
{
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (check_case(cases[i].head, cases[i].status) != 0)
			return 1;
	return check_sizes();
}
