#include "web/contents.h"

#include <string.h>

#include "web/exchange.h"

static void
write_words(struct jsonw *w, const char *words)
{
	size_t len;

	jsonw_open(w, '[');
	for (; *words != '\0'; words += len + strspn(words + len, " ")) {
		len = strcspn(words, " ");
		jsonw_bytes(w, words, len);
	}
	jsonw_close(w, ']');
}

static void
write_route(struct jsonw *w, const struct route *route)
{
	static const char *const roles[] = { [ROUTES_ANYBODY] = NULL,
					     [ROUTES_TICKET] = "viewer",
					     [ROUTES_VIEWER] = "viewer",
					     [ROUTES_OPERATOR] = "operator",
					     [ROUTES_ADMIN] = "admin" };

	jsonw_open(w, '{');
	jsonw_put_string(w, "method", route->method);
	jsonw_put_string(w, "path", route->path);
	jsonw_put_string(w, "role", roles[route->least]);
	jsonw_key(w, "query");
	write_words(w, route->query);
	jsonw_close(w, '}');
}

void
contents_answer(struct exchange *x)
{
	const struct route *route;
	struct jsonw w = { 0 };

	jsonw_open(&w, '{');
	jsonw_key(&w, "routes");
	jsonw_open(&w, '[');
	for (route = routes_all(); route->path != NULL; route++)
		write_route(&w, route);
	jsonw_close(&w, ']');
	jsonw_close(&w, '}');
	exchange_json(x, 200, &w);
}
