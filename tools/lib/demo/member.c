#include "demo/member.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

const char *
member_api(const struct tracker *tracker)
{
	return tracker->world->config.data_center ? "api/2" : "api/3";
}

void
member_id(struct jsonw *w, const char *name, int64_t id)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, id);
	jsonw_put_string(w, name, text);
}

void
member_time(struct jsonw *w, const char *name, const struct tracker *tracker,
	    int64_t at)
{
	char text[WALLCLOCK_SIZE];

	wallclock_format(tracker->clock, at, text);
	jsonw_put_string(w, name, at == 0 ? NULL : text);
}

void
member_self(struct jsonw *w, const struct tracker *tracker, const char *format,
	    ...)
{
	bool dc = tracker->world->config.data_center;
	char url[256];
	int len = snprintf(url, sizeof(url), "%s/rest/",
			   dc ? "https://jira.acme.test"
			      : "https://acme.atlassian.net");
	va_list args;

	va_start(args, format);
	vsnprintf(url + len, sizeof(url) - (size_t)len, format, args);
	va_end(args);
	jsonw_put_string(w, "self", url);
}
