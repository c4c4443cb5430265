/*
 * contents - what there is: GET /api/v1, {"routes":[{method,path,role,query}]},
 * the table of web/routes; role null: nobody need be known.
 */
#ifndef PULSE_CONTENTS_H
#define PULSE_CONTENTS_H

struct exchange;

void contents_answer(struct exchange *x);

#endif
