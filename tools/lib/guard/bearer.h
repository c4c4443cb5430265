/*
 * bearer - the text of a token: `pulse_`, 43 characters of base64url (256
 * random bits), and 6 of a CRC-32 over those, so that scanners of secrets can
 * find one for certain.  pure, but for bearer_draw.
 */
#ifndef PULSE_BEARER_H
#define PULSE_BEARER_H

#include <stdbool.h>

enum { BEARER_SIZE = 56 };

/* By lot; -1 with errno when there are no random bits. */
int bearer_draw(char text[BEARER_SIZE]);

/* Has text the form of a token, its checksum included? */
bool bearer_is_one(const char *text);

/* Puts `***` behind each `pulse_` in the place of what looks like a token,
 * its checksum right or not: for whatever is written down. */
void bearer_hide(char *text);

/* Would bearer_hide change it?  For what is to become a name. */
bool bearer_is_in(const char *text);

#endif
