/*
 * reception - each request as it arrives: may it be looked at (Host, Origin),
 * who asks, what for, may he, how often, in which form; then its handler.  What
 * fails is refused in the one shape of errors.
 */
#ifndef PULSE_RECEPTION_H
#define PULSE_RECEPTION_H

#include "net/httpd.h"
#include "web/web.h"

void reception_answer(struct web *web, const struct httpd_request *request,
		      struct httpd_reply *reply);

/* What was refused before it was a request. */
void reception_refuse(struct web *web, unsigned status,
		      struct httpd_reply *reply);

#endif
