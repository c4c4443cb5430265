#include "measure/users.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

static char *
copy(struct store_query *query, int column)
{
	const char *text = store_text(query, column, NULL);

	return text != NULL ? msg_strdup(text) : NULL;
}

static void
add(struct users *users, struct store_query *query)
{
	size_t len;
	const char *account = store_text(query, 0, &len);
	void **value = dictionary_at(&users->accounts, account, len);
	struct user *user;

	if (*value != NULL)
		return;
	*value = user = msg_calloc(1, sizeof(*user));
	user->name = copy(query, 1);
	user->email = copy(query, 2);
	user->type = copy(query, 3);
}

int
users_read(struct users *users, struct store *store, int64_t client)
{
	struct store_query *query = store_query(
		store, "SELECT id, name, email, account_type FROM users"
		       " WHERE client_id = ?1 ORDER BY deleted_at IS NOT NULL");
	int row = -1;

	users_clear(users);
	if (query != NULL)
		store_bind_int(query, 1, client);
	while (query != NULL && (row = store_step(query)) == 1)
		add(users, query);
	store_query_free(query);
	return row;
}

static void
free_user(void *value)
{
	struct user *user = value;

	free(user->name);
	free(user->email);
	free(user->type);
	free(user);
}

void
users_clear(struct users *users)
{
	dictionary_free(&users->accounts, free_user);
	users->accounts.any_case = true;
}

const struct user *
users_of(const struct users *users, const char *account)
{
	static const struct user nobody;
	const struct user *user =
		dictionary_find(&users->accounts, account, strlen(account));

	return user != NULL ? user : &nobody;
}
