#include "measure/freshness.h"

#include <string.h>

#include "base/listing.h"
#include "base/times.h"

enum { MOST_LINES = 4, MOST_NAMES = 4 };

/* Each repository and project, and when its data were read: by its latest
 * checkpoint, else by the repository or project itself. */
static const char freshness[] =
	"WITH stored(scope, at) AS ("
	"SELECT scope, max(created_at) FROM job_checkpoints"
	" WHERE client_id = ?1 GROUP BY scope UNION ALL"
	" SELECT repo, max(fetched_ms) / 1000 FROM repositories"
	" WHERE client_id = ?1 AND deleted_at IS NULL AND repo NOT IN ("
	"SELECT scope FROM job_checkpoints WHERE client_id = ?1)"
	" GROUP BY repo UNION ALL"
	" SELECT key, max(fetched_ms) / 1000 FROM projects"
	" WHERE client_id = ?1 AND deleted_at IS NULL AND key NOT IN ("
	"SELECT scope FROM job_checkpoints WHERE client_id = ?1)"
	" GROUP BY key)"
	"SELECT scope, at, instr(scope, '/') > 0 FROM stored WHERE at > 0"
	" AND (instr(scope, '/') > 0"
	" OR scope IN (SELECT key FROM projects WHERE client_id = ?1)"
	" OR EXISTS (SELECT 1 FROM issues INDEXED BY issues_created"
	" WHERE client_id = ?1 AND project_key = scope))"
	" ORDER BY at, scope";

static bool
is_in_scope(const struct frame *frame, struct store_query *query)
{
	const struct services *services = frame->services;
	const char *name = store_text(query, 0, NULL);
	size_t service = store_int(query, 2)
				 ? services_of_repo(services, name)
				 : services_of_project(services, name);

	return service != SERVICES_NONE &&
	       (frame->scope == NULL || services_matches(frame->scope, name) ||
		services_matches(frame->scope,
				 services_at(services, service)->name));
}

static void
print_time(FILE *out, int64_t at)
{
	char text[TIMES_SIZE];

	times_format_seconds(at * 1000, text);
	text[10] = ' ';
	fprintf(out, "%.16s UTC", text);
}

/* The lines of board_freshness: scopes of one minute share a line. */
struct ages {
	FILE *out;
	bool all;
	int64_t minute;
	size_t lines, names; /* names: of the line at hand */
};

static void
end_line(struct ages *ages)
{
	if (ages->lines > 0 && ages->names > MOST_NAMES && !ages->all)
		fprintf(ages->out, " and %zu more", ages->names - MOST_NAMES);
	if (ages->lines > 0)
		fputc('\n', ages->out);
	ages->names = 0;
}

static void
add_scope(struct ages *ages, struct store_query *query)
{
	int64_t at = store_int(query, 1);
	size_t len;
	const char *scope = store_text(query, 0, &len);

	if (ages->all || ages->lines == 0 || at / 60 != ages->minute) {
		end_line(ages);
		ages->lines++;
		ages->minute = at / 60;
		fputs("data as of ", ages->out);
		print_time(ages->out, at);
		fputs(": ", ages->out);
	}
	if (++ages->names > MOST_NAMES)
		return;
	if (ages->names > 1)
		fputs(", ", ages->out);
	listing_show(ages->out, scope, len);
}

/* Whether the row has a place on the lines. */
static bool
is_shown(const struct ages *ages, struct store_query *query)
{
	return ages->all || ages->lines < MOST_LINES ||
	       store_int(query, 1) / 60 == ages->minute;
}

int
freshness_print(struct store *store, const struct frame *frame, FILE *out,
		bool all)
{
	struct store_query *query = store_query(store, freshness);
	struct ages ages = { .out = out, .all = all };
	size_t hidden = 0;
	int row = -1;

	if (query != NULL)
		store_bind_int(query, 1, frame->client);
	while (query != NULL && (row = store_step(query)) == 1) {
		if (!is_in_scope(frame, query))
			continue;
		if (is_shown(&ages, query))
			add_scope(&ages, query);
		else
			hidden++;
	}
	store_query_free(query);
	end_line(&ages);
	if (row == 0 && ages.lines == 0)
		fputs("data as of: unknown\n", out);
	if (hidden > 0)
		fprintf(out, "and %zu newer ones (-v lists all)\n", hidden);
	return row;
}
