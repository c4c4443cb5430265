/* tickets: good once, for thirty seconds, and for whom they were made. */
#include "guard/tickets.h"
#include "check.h"

#include <string.h>

static const int64_t noon = 1795500000000;

static const struct access_who ann = { .known = true,
				       .role = COMMAND_OPERATOR,
				       .name = "token ann",
				       .token = "0123456789ab",
				       .until = 1795500009000 };

static int
a_ticket_is_good_once(void)
{
	struct tickets *tickets = tickets_new();
	char text[TICKETS_TEXT], other[TICKETS_TEXT];
	struct access_who who;

	CHECK(tickets_make(tickets, &ann, noon, text));
	CHECK(tickets_make(tickets, &ann, noon, other));
	CHECK(strlen(text) == 43 && strcmp(text, other) != 0);
	CHECK(strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwx"
			   "yz0123456789-_") == 43);
	CHECK(tickets_take(tickets, text, noon + 1, &who));
	CHECK(who.known && who.role == COMMAND_OPERATOR);
	CHECK(strcmp(who.token, ann.token) == 0 && who.until == ann.until);
	CHECK(!tickets_take(tickets, text, noon + 1, &who) && !who.known);
	CHECK(tickets_take(tickets, other, noon + 1, &who));
	tickets_free(tickets);
	return 0;
}

static int
a_ticket_ends_after_thirty_seconds(void)
{
	struct tickets *tickets = tickets_new();
	char text[TICKETS_TEXT];
	struct access_who who;

	CHECK(tickets_make(tickets, &ann, noon, text));
	CHECK(tickets_take(tickets, text, noon + 29999, &who));
	CHECK(tickets_make(tickets, &ann, noon, text));
	CHECK(!tickets_take(tickets, text, noon + 30000, &who) && !who.known);
	CHECK(!tickets_take(tickets, text, noon, &who)); /* used up by that */
	tickets_free(tickets);
	return 0;
}

static int
what_is_no_ticket_lets_nobody_in(void)
{
	struct tickets *tickets = tickets_new();
	char text[TICKETS_TEXT];
	struct access_who who;

	CHECK(!tickets_take(tickets, "", noon, &who));
	CHECK(tickets_make(tickets, &ann, noon, text));
	CHECK(!tickets_take(tickets, "", noon, &who));
	text[42] = text[42] == 'A' ? 'B' : 'A';
	CHECK(!tickets_take(tickets, text, noon, &who));
	text[42] = '\0';
	CHECK(!tickets_take(tickets, text, noon, &who));
	CHECK(!tickets_take(
		tickets,
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		noon, &who));
	tickets_free(tickets);
	tickets_free(NULL);
	return 0;
}

static int
only_so_many_are_out_at_once(void)
{
	struct tickets *tickets = tickets_new();
	char text[TICKETS_TEXT];
	struct access_who who;
	int i;

	for (i = 0; i < TICKETS_MOST; i++)
		CHECK(tickets_make(tickets, &ann, noon + i, text));
	CHECK(tickets_take(tickets, text, noon + i, &who));
	CHECK(tickets_make(tickets, &ann, noon + i, text));
	CHECK(!tickets_make(tickets, &ann, noon + i, text));
	CHECK(tickets_make(tickets, &ann, noon + TICKETS_LIFE, text));
	CHECK(tickets_take(tickets, text, noon + TICKETS_LIFE, &who));
	tickets_free(tickets);
	return 0;
}

int
main(void)
{
	return a_ticket_is_good_once() ||
	       a_ticket_ends_after_thirty_seconds() ||
	       what_is_no_ticket_lets_nobody_in() ||
	       only_so_many_are_out_at_once();
}
