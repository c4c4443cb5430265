#include "web/listpage.h"

#include <stdio.h>

bool
listpage_read(struct listpage *page, struct exchange *x)
{
	static const struct exchange_range range = { 1, INT64_C(1) << 53, 0 };

	return exchange_limit(x, &page->limit) &&
	       exchange_number(x, "after", &range, &page->after) &&
	       exchange_client(x, &page->client);
}

void
listpage_begin(struct jsonw *w, const char *name)
{
	jsonw_open(w, '{');
	jsonw_key(w, name);
	jsonw_open(w, '[');
}

void
listpage_end(struct exchange *x, struct jsonw *w, int64_t next)
{
	char token[24];

	snprintf(token, sizeof(token), "%lld", (long long)next);
	jsonw_close(w, ']');
	jsonw_put_string(w, "next", next > 0 ? token : NULL);
	jsonw_close(w, '}');
	exchange_json(x, 200, w);
}
