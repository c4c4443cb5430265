#include "storage/spent.h"

#include "base/msg.h"
#include "base/runfile.h"

void
spent_begin(struct store *store)
{
	if (runfile_wanted())
		store_measure(store);
}

int
spent_end(const struct store *store)
{
	struct jsonw w = { 0 };
	int failed;

	if (!runfile_wanted())
		return 0;
	jsonw_open(&w, '{');
	jsonw_key(&w, "tool");
	jsonw_string(&w, msg_name());
	jsonw_key(&w, "database_ms");
	jsonw_int(&w, store_spent(store));
	jsonw_close(&w, '}');
	failed = runfile_add("requests", &w);
	jsonw_free(&w);
	return failed;
}
