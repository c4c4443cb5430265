#include "storage/edition.h"

#include "base/clock.h"

int
edition_move(struct store *store)
{
	struct store_query *query =
		store_query(store, "UPDATE meta SET value = max(value + 1, ?1)"
				   " WHERE name = 'data_version'");
	int row;

	if (query == NULL)
		return -1;
	store_bind_int(query, 1, clock_now());
	row = store_step(query);
	store_query_free(query);
	return row;
}

int
edition_read(struct store *store, int64_t *edition)
{
	return store_number(store,
			    "SELECT value FROM meta"
			    " WHERE name = 'data_version'",
			    edition);
}
