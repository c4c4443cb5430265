#include "measure/insert.h"

#include <stdarg.h>

int
insert_row(struct store *store, const char *sql, const char *sorts, ...)
{
	struct store_query *query = store_query(store, sql);
	const char *text;
	va_list values;
	int i, row;

	if (query == NULL)
		return -1;
	va_start(values, sorts);
	for (i = 0; sorts[i] != '\0'; i++) {
		if (sorts[i] == 'i') {
			store_bind_int(query, i + 1, va_arg(values, int64_t));
			continue;
		}
		text = va_arg(values, const char *);
		store_bind_string(query, i + 1, text);
	}
	va_end(values);
	row = store_step(query);
	store_query_free(query);
	return row == 0 ? 0 : -1;
}
