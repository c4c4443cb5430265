/* Any bytes as a Link header, a URL, a Retry-After and a date: answers or
 * none, never a crash; and what passes as the base's own origin names its host
 * at the place where every client looks for it. */
#include <stdlib.h>
#include <string.h>

#include "net/answer.h"
#include "net/link.h"
#include "net/origin.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static const char base[] = "https://api.example.com";

static void
try_url(const char *url)
{
	long page;
	char *halved = link_halved(url, 10);
	char *resolved = origin_resolve("https://api.example.com/x", url);

	free(halved);
	link_number(url, "page", &page);
	origin_is_loopback(url);
	if (resolved != NULL && origin_holds(base, resolved)) {
		size_t len = sizeof(base) - 1;

		if (strncasecmp(resolved, base, len) != 0 ||
		    strchr(":/?", resolved[len]) == NULL ||
		    strpbrk(resolved, "\r\n\t \\") != NULL)
			abort();
	}
	free(resolved);
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	char *text = malloc(size + 1);
	char *target;

	memcpy(text, data, size);
	text[size] = '\0';
	target = link_target(text, "next");
	if (target != NULL)
		try_url(target);
	try_url(text);
	answer_date(text);
	if (answer_retry_after(text, 0) < -1)
		abort();
	free(target);
	free(text);
	return 0;
}
