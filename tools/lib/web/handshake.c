#include "web/handshake.h"

#include <string.h>
#include <strings.h>

/* The next word of a list such as `keep-alive, Upgrade`; false: no more. */
static bool
next_word(const char **list, const char **word, size_t *len)
{
	const char *at = *list;

	at += strspn(at, " \t,");
	*word = at;
	*len = strcspn(at, ",");
	*list = at + *len;
	while (*len > 0 && strchr(" \t", at[*len - 1]) != NULL)
		--*len;
	return *len > 0;
}

static bool
lists(const char *list, const char *wanted)
{
	const char *word;
	size_t len;

	while (list != NULL && next_word(&list, &word, &len))
		if (len == strlen(wanted) &&
		    strncasecmp(word, wanted, len) == 0)
			return true;
	return false;
}

static void
take_offers(struct handshake *handshake, const char *list)
{
	static const char pulse[] = "pulse.v1", ticket[] = "ticket.";
	size_t before = strlen(ticket), len;
	const char *word;

	while (list != NULL && next_word(&list, &word, &len)) {
		if (len == strlen(pulse) && memcmp(word, pulse, len) == 0) {
			handshake->pulse = true;
		} else if (len > before && len - before < TICKETS_TEXT &&
			   memcmp(word, ticket, before) == 0) {
			memcpy(handshake->ticket, word + before, len - before);
			handshake->ticket[len - before] = '\0';
		}
	}
}

unsigned
handshake_read(const struct handshake_headers *headers,
	       struct handshake *handshake, const char **why)
{
	*handshake = (struct handshake){ .pulse = false };
	if (strcmp(headers->method, "GET") != 0 ||
	    !lists(headers->upgrade, "websocket")) {
		*why = "this path speaks WebSocket";
		return 426;
	}
	if (headers->version == NULL || strcmp(headers->version, "13") != 0) {
		*why = "the version of a WebSocket is 13";
		return 426;
	}
	if (!lists(headers->connection, "upgrade")) {
		*why = "a WebSocket needs the header Connection: Upgrade";
		return 400;
	}
	if (headers->key == NULL ||
	    !websocket_accept(headers->key, handshake->accept)) {
		*why = "Sec-WebSocket-Key is 16 bytes in base64";
		return 400;
	}
	take_offers(handshake, headers->protocol);
	return 0;
}
