/*
 * siteedits - changes of sprints, boards, projects and users on request.  Each
 * answers whether it was made (demo/edit.h).
 */
#ifndef PULSE_SITEEDITS_H
#define PULSE_SITEEDITS_H

#include "demo/edit.h"

bool siteedits_schedule(struct edit *edit); /* an issue in or out */
bool siteedits_close_sprint(struct edit *edit);
bool siteedits_start_sprint(struct edit *edit);
bool siteedits_delete_sprint(struct edit *edit); /* a future one */
bool siteedits_delete_board(struct edit *edit);	 /* the last one */
bool siteedits_rename(struct edit *edit);	 /* a project */
bool siteedits_deactivate(struct edit *edit);	 /* a user */

#endif
