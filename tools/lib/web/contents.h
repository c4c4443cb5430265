/*
 * contents - what there is, and who asks:
 *
 *   GET /api/v1     {"routes":[{method,path,role,query}]}: the table of
 *                   web/routes; role null: nobody need be known
 *   GET /api/v1/me  {name,role,from,token,until}: token is the public id of
 *                   the one that was shown, null of a peer; until null: for
 *                   ever
 */
#ifndef PULSE_CONTENTS_H
#define PULSE_CONTENTS_H

struct exchange;

void contents_answer(struct exchange *x);
void contents_me(struct exchange *x);

#endif
