/* rewind: cursors that go back, and those that begin anew. */
#include "net/rewind.h"
#include "check.h"

#include <string.h>

#include "base/times.h"

static const char *what;

static struct jsonw w;

/* The cursor taken back to a day. */
static const char *
back(const char *cursor, const char *day)
{
	int64_t since;

	jsonw_reset(&w);
	if (!times_parse_date(day, strlen(day), &since))
		return "";
	what = rewind_cursor(cursor, strlen(cursor), since, &w);
	return w.text;
}

static const char repo[] =
	"{\"v\":1,\"id\":\"7\",\"pr\":{\"floor\":\"2025-11-24T00:00:00.000Z\","
	"\"with\":3,\"mark\":\"2026-11-23T15:53:22.000Z\",\"top\":"
	"\"2026-11-24T00:00:00.000Z\",\"reached\":\"2026-11-23T23:00:00.000Z\","
	"\"recent\":[[9,\"2026-11-23T15:53:22.000Z\"]]},\"comment\":{\"floor\":"
	"\"2025-11-24T00:00:00.000Z\",\"issue\":\"2026-11-15T13:30:15.000Z\","
	"\"review\":\"2026-10-15T11:58:50.000Z\"},\"commit\":{\"floor\":"
	"\"2025-11-24T00:00:00.000Z\",\"head\":\"b45b\"},\"deployment\":{"
	"\"floor\":\"2025-11-24T00:00:00.000Z\",\"mark\":44},\"release\":{"
	"\"etag\":\"x\"}}";

static int
a_repository_goes_back(void)
{
	CHECK(strcmp(back(repo, "2026-11-01"),
		     "{\"v\":1,\"id\":\"7\",\"pr\":{\"floor\":"
		     "\"2025-11-24T00:00:00.000Z\",\"with\":3,\"mark\":"
		     "\"2026-11-01T00:00:00.000Z\"},\"comment\":{\"floor\":"
		     "\"2025-11-24T00:00:00.000Z\",\"issue\":"
		     "\"2026-11-01T00:00:00.000Z\",\"review\":"
		     "\"2026-10-15T11:58:50.000Z\"}}") == 0);
	CHECK(strncmp(what, "pull requests", 13) == 0);
	CHECK(strcmp(back(repo, "2025-11-24"), "{\"v\":1,\"id\":\"7\"}") == 0);
	CHECK(strcmp(what, "all") == 0);
	return 0;
}

static int
a_first_walk_begins_anew(void)
{
	static const char walking[] =
		"{\"v\":1,\"id\":\"7\",\"pr\":{\"floor\":"
		"\"2025-11-24T00:00:00.000Z\",\"walk\":{\"rows\":200,"
		"\"top\":\"2026-11-24T00:00:00.000Z\"}}}";

	CHECK(strcmp(back(walking, "2026-11-01"), "{\"v\":1,\"id\":\"7\"}") ==
	      0);
	CHECK(strcmp(back("{\"v\":1,\"repositories\":3}", "2026-11-01"),
		     "{}") == 0);
	CHECK(strcmp(back("no JSON", "2026-11-01"), "{}") == 0);
	return 0;
}

static int
a_project_goes_back(void)
{
	static const char *const cursor =
		"{\"of\":\"issues and changes\",\"updated\":"
		"\"2026-11-24T08:00:00.000Z\",\"seen\":[[\"10021\","
		"\"2026-11-24T05:59:14.000Z\"]],\"keys\":{\"at\":"
		"\"2026-11-24T08:00:00.000Z\",\"count\":2}}";

	CHECK(strcmp(back(cursor, "2026-11-01"),
		     "{\"of\":\"issues and changes\",\"updated\":"
		     "\"2026-11-01T00:00:00.000Z\",\"seen\":[],\"keys\":{"
		     "\"at\":\"2026-11-24T08:00:00.000Z\",\"count\":2}}") == 0);
	CHECK(strncmp(what, "issues", 6) == 0);
	CHECK(strcmp(back("{\"of\":\"issues\",\"walk\":{\"started\":"
			  "\"2026-11-24T08:00:00.000Z\"}}",
			  "2026-11-01"),
		     "{\"of\":\"issues\",\"updated\":null,\"seen\":[]}") == 0);
	CHECK(strcmp(what, "all") == 0);
	return 0;
}

int
main(void)
{
	int failed = a_repository_goes_back() || a_first_walk_begins_anew() ||
		     a_project_goes_back();

	jsonw_free(&w);
	return failed;
}
