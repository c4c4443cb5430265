/*
 * issueedits - changes of one issue on request.  Each answers whether it was
 * made (demo/edit.h).
 */
#ifndef PULSE_ISSUEEDITS_H
#define PULSE_ISSUEEDITS_H

#include "demo/edit.h"

bool issueedits_update(struct edit *edit); /* `count` of them */
bool issueedits_transition(struct edit *edit);
bool issueedits_points(struct edit *edit);
bool issueedits_comment(struct edit *edit); /* no history, but updated */
bool issueedits_move(struct edit *edit);
bool issueedits_delete(struct edit *edit);
bool issueedits_create(struct edit *edit);

#endif
