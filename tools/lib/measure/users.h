/*
 * users - what the Jira users of a client are called, as they are stored.
 *
 *   struct users users = { 0 };
 *   if (users_read(&users, store, client) == -1) ...    store_error says why
 *   user = users_of(&users, account);
 *   users_clear(&users);
 */
#ifndef PULSE_USERS_H
#define PULSE_USERS_H

#include <stdint.h>

#include "base/dictionary.h"
#include "storage/store.h"

struct user { /* each NULL when Jira does not say */
	char *name, *email, *type;
};

struct users {
	struct dictionary accounts;
};

int users_read(struct users *users, struct store *store, int64_t client);
void users_clear(struct users *users);

/* One without anything when he is not stored. */
const struct user *users_of(const struct users *users, const char *account);

#endif
