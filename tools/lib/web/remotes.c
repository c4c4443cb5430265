#include "web/remotes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/home.h"
#include "base/msg.h"
#include "base/settings.h"
#include "base/times.h"
#include "look/allowance.h"
#include "web/exchange.h"
#include "web/findingsfile.h"
#include "web/jobboard.h"
#include "web/listpage.h"

/* A string's span is without its quotes; of another sort: null. */
static void
put_span(struct jsonw *w, const char *name, const struct json_span *span)
{
	jsonw_key(w, name);
	if (span->type == JSON_STRING)
		jsonw_raw(w, span->at - 1, span->len + 2);
	else
		jsonw_null(w);
}

/* What of health-check's findings is told of an API. */
enum { QUOTA, TOKEN, API, CHECKS };
static const char *const checks[CHECKS] = { "quota", "token", "api" };

/* An API of a client. */
struct service {
	int64_t client;
	char name[NAMES_SIZE];
	int64_t last_success;
	struct allowance quota; /* left -1: not known */
	struct breaker breaker;
	bool has_breaker;
	struct findingsfile_line found[CHECKS]; /* text NULL: not reported */
};

struct services_list {
	const struct overview *overview;
	const struct schedule *schedule;
	struct service *items;
	size_t count;
};

static struct service *
find(struct services_list *list, int64_t client, const char *name)
{
	struct service *service;
	size_t i;

	for (i = 0; i < list->count; i++)
		if (list->items[i].client == client &&
		    strcmp(list->items[i].name, name) == 0)
			return &list->items[i];
	list->items = msg_realloc(list->items,
				  (list->count + 1) * sizeof(*list->items));
	service = &list->items[list->count++];
	*service = (struct service){ .client = client, .quota.left = -1 };
	snprintf(service->name, sizeof(service->name), "%s", name);
	return service;
}

/* NULL: the job asks no API. */
static const char *
integration_of(const struct services_list *list, const char *job)
{
	const struct schedule_job *known =
		list->schedule != NULL ? schedule_job(list->schedule, job)
				       : NULL;

	return known != NULL ? known->integration : NULL;
}

static void
add_jobs(struct services_list *list)
{
	size_t i;

	for (i = 0; i < list->overview->count; i++) {
		const struct status *s = &list->overview->jobs[i].status;
		const char *name = integration_of(list, s->job);
		struct allowance quota;
		struct service *service;

		if (name == NULL)
			continue;
		service = find(list, s->client, name);
		if (s->last_success > service->last_success)
			service->last_success = s->last_success;
		if (allowance_read(&list->overview->rooms, s->run, &quota) &&
		    strcmp(quota.integration, name) == 0 &&
		    quota.at > service->quota.at)
			service->quota = quota;
	}
}

static bool
add_breaker(void *arg, const struct journal_breaker *row)
{
	struct service *service = find(arg, row->client, row->integration);

	service->breaker = row->breaker;
	service->has_breaker = true;
	return true;
}

static int
in_order(const void *a, const void *b)
{
	const struct service *x = a, *y = b;

	if (x->client != y->client)
		return x->client < y->client ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void
put_breaker(struct jsonw *w, const struct service *service)
{
	const struct breaker *breaker = &service->breaker;

	jsonw_key(w, "breaker");
	if (!service->has_breaker) {
		jsonw_null(w);
		return;
	}
	jsonw_open(w, '{');
	jsonw_put_string(w, "state", breaker_state_name(breaker->state));
	jsonw_put_string(w, "override",
			 breaker_override_name(breaker->override));
	jsonw_put_int(w, "failures", breaker->failures);
	jsonw_put_time(w, "opened_at", breaker->opened_at);
	jsonw_put_time(w, "until",
		       breaker->state == BREAKER_OPEN ? breaker->until : 0);
	jsonw_close(w, '}');
}

static void
put_quota(struct jsonw *w, const struct allowance *quota)
{
	jsonw_key(w, "quota");
	if (quota->left < 0) {
		jsonw_null(w);
		return;
	}
	jsonw_open(w, '{');
	jsonw_put_int(w, "remaining", quota->left);
	jsonw_put_time(w, "reset", quota->reset);
	jsonw_put_time(w, "at", quota->at);
	jsonw_close(w, '}');
}

static void
put_jobs(struct jsonw *w, const struct services_list *list,
	 const struct service *service)
{
	size_t i;

	jsonw_key(w, "jobs");
	jsonw_open(w, '[');
	for (i = 0; i < list->overview->count; i++) {
		const struct status *s = &list->overview->jobs[i].status;
		const char *name = integration_of(list, s->job);

		if (s->client == service->client && name != NULL &&
		    strcmp(name, service->name) == 0)
			jsonw_string(w, s->job);
	}
	jsonw_close(w, ']');
}

static void
keep_finding(struct services_list *list, const struct findingsfile_line *line)
{
	size_t check = 0, i;

	while (check < CHECKS && !json_is(&line->check, checks[check]))
		check++;
	for (i = 0; check < CHECKS && i < list->count; i++)
		if (line->client == list->items[i].client &&
		    json_is(&line->subject, list->items[i].name))
			list->items[i].found[check] = *line;
}

/* What health-check saw counts when it looked later. */
static void
take_reported(struct service *service, int64_t at)
{
	const struct findingsfile_line *found = &service->found[QUOTA];
	char *left = found->text != NULL ? json_text(&found->value) : NULL,
	     *end;
	int64_t number;

	if (left != NULL && *left != '\0' && at > service->quota.at) {
		number = strtoll(left, &end, 10);
		if (*end == '\0' && number >= 0)
			service->quota =
				(struct allowance){ .left = number, .at = at };
	}
	free(left);
}

static void
put_finding(struct jsonw *w, int check, const struct service *service,
	    int64_t at)
{
	const struct findingsfile_line *found = &service->found[check];
	int64_t expires = 0;

	jsonw_key(w, checks[check]);
	if (found->text == NULL) {
		jsonw_null(w);
		return;
	}
	if (found->value.type == JSON_STRING)
		times_parse(found->value.at, found->value.len, &expires);
	jsonw_open(w, '{');
	put_span(w, "level", &found->level);
	put_span(w, "message", &found->message);
	put_span(w, "way_out", &found->way_out);
	if (check == TOKEN)
		jsonw_put_time(w, "expires", expires);
	jsonw_put_time(w, "at", at);
	jsonw_close(w, '}');
}

/* NULL: it is another one, or the settings are no good. */
static const char *
base_url(const struct settings *settings, const struct service *service)
{
	const struct settings_client *client;
	char id[24];

	snprintf(id, sizeof(id), "%lld", (long long)service->client);
	client = settings != NULL ? settings_client(settings, id) : NULL;
	if (client == NULL)
		return NULL;
	if (strcmp(service->name, "github") == 0)
		return client->github.base_url;
	return strcmp(service->name, "jira") == 0 ? client->jira.base_url
						  : NULL;
}

static struct settings *
read_settings(const struct exchange *x)
{
	char *path = home_config(x->web->config), *why = NULL;
	struct settings *settings = settings_load(path, &why);

	if (settings == NULL)
		free(why);
	free(path);
	return settings;
}

static void
put_services(struct jsonw *w, const struct exchange *x,
	     struct services_list *list)
{
	struct settings *settings = read_settings(x);
	struct findingsfile_line line;
	struct findingsfile file;
	size_t i;

	findingsfile_read(&file, x->web->rooms.spool);
	while (findingsfile_next(&file, &line))
		keep_finding(list, &line);
	for (i = 0; i < list->count; i++) {
		struct service *service = &list->items[i];

		take_reported(service, file.at);
		jsonw_open(w, '{');
		jsonw_put_int(w, "client", service->client);
		jsonw_put_string(w, "integration", service->name);
		jsonw_put_string(w, "base_url", base_url(settings, service));
		put_jobs(w, list, service);
		jsonw_put_time(w, "last_success", service->last_success);
		put_breaker(w, service);
		put_quota(w, &service->quota);
		put_finding(w, TOKEN, service, file.at);
		put_finding(w, API, service, file.at);
		jsonw_close(w, '}');
	}
	findingsfile_free(&file);
	settings_free(settings);
}

void
remotes_answer(struct exchange *x)
{
	struct overview *overview = jobboard_look(x->web->board);
	struct services_list list = { .overview = overview };
	enum outcome_class class;
	struct jsonw w = { 0 };
	struct journal *journal;
	char *why = NULL;

	list.schedule = dossier_schedule(jobboard_dossier(x->web->board));
	journal = overview_journal(overview, &why, &class);
	free(why);
	add_jobs(&list);
	if (journal != NULL)
		journal_each_breaker(journal, add_breaker, &list);
	if (list.count > 0)
		qsort(list.items, list.count, sizeof(*list.items), in_order);
	listpage_begin(&w, "integrations");
	put_services(&w, x, &list);
	listpage_end(x, &w, 0);
	free(list.items);
}
