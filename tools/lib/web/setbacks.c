#include "web/setbacks.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/names.h"
#include "records/json.h"
#include "web/listpage.h"
#include "web/program.h"

/* A list that a program prints, line by line. */
struct setbacks {
	struct listpage page;
	void (*put)(struct jsonw *w, const char *line, size_t len);
};

/* The path "job" is that of paths; job NULL: every line is. */
static bool
is_of(const char *job, const struct json_paths *paths, const char *line,
      size_t len)
{
	struct json_error error;
	struct json_span span;

	return job == NULL ||
	       (json_scan(paths, line, len, &span, &error) == 0 &&
		json_is(&span, job));
}

/* The lines of the page; a token is how many came before it. */
static void
give_lines(struct exchange *x, const struct child_result *result, void *arg)
{
	static const char *const wanted[] = { "job" };
	const struct setbacks *list = arg;
	struct json_paths *paths = json_paths(wanted, 1);
	const char *job = exchange_argument(x, "job");
	const char *line = result->out, *end;
	int64_t from = list->page.after, at = 0;
	struct jsonw w = { 0 };
	bool more = false;

	listpage_begin(&w, list->page.name);
	for (; !more && (end = strchr(line, '\n')) != NULL; line = end + 1) {
		size_t len = (size_t)(end - line);

		if (!is_of(job, paths, line, len))
			continue;
		more = at == from + (int64_t)list->page.limit;
		if (at++ >= from && !more)
			list->put(&w, line, len);
	}
	json_paths_free(paths);
	listpage_end(x, &w, more ? at - 1 : 0);
}

static void
run(struct exchange *x, struct program *program, const struct setbacks *list)
{
	struct program_call call = { give_lines, free, NULL };

	if (list->page.client >= 0)
		program_word(program, "--client=%lld",
			     (long long)list->page.client);
	call.arg = memcpy(msg_calloc(1, sizeof(*list)), list, sizeof(*list));
	program_answer(x, program, &call);
}

/* A string's span is without its quotes. */
static void
put_member(struct jsonw *w, const struct json_span *key,
	   const struct json_span *value)
{
	size_t quote = value->type == JSON_STRING;
	char *name = json_text(key);

	if (name == NULL)
		return;
	jsonw_key(w, name);
	jsonw_raw(w, value->at - quote, value->len + 2 * quote);
	free(name);
}

/* Only a person can mend these: health-check says how. */
static bool
needs_person(const struct json_span *class)
{
	return json_is(class, outcome_name(OUTCOME_AUTHENTICATION)) ||
	       json_is(class, outcome_name(OUTCOME_PERMISSION)) ||
	       json_is(class, outcome_name(OUTCOME_CONFIGURATION));
}

/* Allocated; NULL of a job that cannot be one. */
static char *
command_for(const struct json_span *job, const struct json_span *client,
	    const struct json_span *class)
{
	char *name = json_text(job), *command = NULL;
	int64_t number = 0;

	if (name != NULL && names_is_job(name) && json_int(client, &number))
		command = needs_person(class)
				  ? msg_text("health-check -k %lld",
					     (long long)number)
				  : msg_text("retry-scan --put-back %s -k %lld",
					     name, (long long)number);
	free(name);
	return command;
}

static void
put_failure(struct jsonw *w, const char *line, size_t len)
{
	static const char *const wanted[] = { "", "job", "client", "class" };
	struct json_paths *paths = json_paths(wanted, 4);
	struct json_span spans[4], key, value;
	struct json_error error;
	struct json_walk walk;
	char *command;

	if (json_scan(paths, line, len, spans, &error) == 0) {
		jsonw_open(w, '{');
		walk = json_walk(&spans[0]);
		while (json_next(&walk, &key, &value))
			put_member(w, &key, &value);
		command = command_for(&spans[1], &spans[2], &spans[3]);
		jsonw_put_string(w, "command", command);
		jsonw_close(w, '}');
		free(command);
	}
	json_paths_free(paths);
}

void
setbacks_failures(struct exchange *x)
{
	struct setbacks list = { .page.name = "failures", .put = put_failure };
	struct program program;

	if (!listpage_read(&list.page, x))
		return;
	program_begin(&program, "retry-scan");
	program_word(&program, "--json");
	program_word(&program, "--spool=%s", x->web->rooms.path);
	if (x->web->schedule != NULL)
		program_word(&program, "--schedule=%s", x->web->schedule);
	run(x, &program, &list);
}

void
setbacks_rejects(struct exchange *x)
{
	struct setbacks list = { .page.name = "rejects", .put = jsonw_raw };
	struct program program;

	if (!listpage_read(&list.page, x))
		return;
	program_begin(&program, "spool-ls");
	program_word(&program, "--bad");
	program_word(&program, "--json");
	program_word(&program, "--spool=%s", x->web->rooms.path);
	run(x, &program, &list);
}
