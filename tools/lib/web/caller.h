/*
 * caller - who asks, and what lets his browser's WebSocket in:
 *
 *   GET /api/v1/me        {name,role,from,token,until}: token is the public id
 *                         of the one that was shown, null of a peer; until
 *                         null: for ever
 *   POST /api/v1/tickets  {ticket,expires,protocols}, with {} or nothing: a
 *                         ticket, and the subprotocols to offer it in
 */
#ifndef PULSE_CALLER_H
#define PULSE_CALLER_H

struct exchange;

void caller_me(struct exchange *x);
void caller_ticket(struct exchange *x);

#endif
