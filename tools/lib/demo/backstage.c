#include "demo/backstage.h"

#include <stdlib.h>
#include <string.h>

#include "base/jsonw.h"
#include "demo/figures.h"
#include "demo/payload.h"
#include "records/json.h"

static void
send_json(struct httpd_reply *reply, unsigned status, struct jsonw *out)
{
	httpd_status(reply, status);
	httpd_add_header(reply, "content-type",
			 "application/json; charset=utf-8");
	httpd_body(reply, out->text, out->len);
}

static void
refuse(struct httpd_reply *reply, unsigned status, const char *why)
{
	struct jsonw out = { 0 };

	jsonw_open(&out, '{');
	jsonw_put_string(&out, "error", why);
	jsonw_close(&out, '}');
	send_json(reply, status, &out);
}

static void
expected(const struct backstage *backstage, const struct httpd_request *request,
	 struct httpd_reply *reply)
{
	struct jsonw out = { 0 };

	jsonw_open(&out, '{');
	github_expected(backstage->world, request, &out);
	jira_expected(backstage->world, request, &out);
	jsonw_close(&out, '}');
	send_json(reply, 200, &out);
}

static void
dora(const struct backstage *backstage, const struct httpd_request *request,
     struct httpd_reply *reply)
{
	struct jsonw out = { 0 };

	dora_write(backstage->world, request, &out);
	send_json(reply, 200, &out);
}

static void
figures(const struct backstage *backstage, const struct httpd_request *request,
	struct httpd_reply *reply)
{
	struct jsonw out = { 0 };

	(void)request;
	jsonw_open(&out, '{');
	figures_write(backstage->world->tracker, &out);
	jsonw_close(&out, '}');
	send_json(reply, 200, &out);
}

static void
change(const struct backstage *backstage, const struct httpd_request *request,
       struct httpd_reply *reply)
{
	struct world_wish wish = { .json = request->body,
				   .len = request->body_len };
	char *what = world_wish_text(&wish, "what");
	struct jsonw out = { 0 };
	bool done;

	if (what == NULL) {
		refuse(reply, 400, "expected {\"what\": \"...\"}");
		return;
	}
	wish.what = what;
	jsonw_open(&out, '[');
	done = github_change(backstage->world, &wish, &out) ||
	       jira_change(backstage->world, &wish, &out);
	jsonw_close(&out, ']');
	free(what);
	if (done) {
		send_json(reply, 200, &out);
		return;
	}
	jsonw_free(&out);
	refuse(reply, 422, "no such change, or nothing to change so");
}

static void
load_faults(const struct backstage *backstage,
	    const struct httpd_request *request, struct httpd_reply *reply)
{
	char *why = NULL;
	struct jsonw out = { 0 };

	if (faults_load(backstage->faults, request->body, request->body_len,
			&why) != 0) {
		refuse(reply, 400, why);
		free(why);
		return;
	}
	jsonw_open(&out, '{');
	jsonw_close(&out, '}');
	send_json(reply, 200, &out);
}

static void
requests(const struct backstage *backstage, const struct httpd_request *request,
	 struct httpd_reply *reply)
{
	struct jsonw out = { 0 };

	visits_write(backstage->visits, &out);
	if (strcmp(request->method, "POST") == 0)
		visits_forget(backstage->visits);
	send_json(reply, 200, &out);
}

static void
describe(const struct backstage *backstage, const struct httpd_request *request,
	 struct httpd_reply *reply)
{
	const struct world *world = backstage->world;
	struct jsonw out = { 0 };
	size_t i;

	(void)request;
	jsonw_open(&out, '{');
	jsonw_put_int(&out, "seed", world->config.seed);
	payload_time(&out, "from", world->from);
	payload_time(&out, "now", world->config.now);
	jsonw_put_string(&out, "organisation", "acme");
	jsonw_key(&out, "people");
	jsonw_open(&out, '[');
	for (i = 0; i < world->person_count; i++)
		jsonw_string(&out, world->people[i].login);
	jsonw_close(&out, ']');
	jsonw_key(&out, "incidents");
	jsonw_open(&out, '[');
	for (i = 0; i < world->incident_count; i++) {
		const struct world_incident *incident = &world->incidents[i];

		jsonw_open(&out, '{');
		jsonw_put_string(&out, "key", incident->key);
		jsonw_put_string(&out, "repo", incident->repo_name);
		jsonw_put_int(&out, "deployment", incident->deployment);
		payload_time(&out, "created_at", incident->created_at);
		payload_time(&out, "resolved_at", incident->resolved_at);
		jsonw_close(&out, '}');
	}
	jsonw_close(&out, ']');
	jsonw_close(&out, '}');
	send_json(reply, 200, &out);
}

static const struct {
	const char *method, *path;
	void (*answer)(const struct backstage *backstage,
		       const struct httpd_request *request,
		       struct httpd_reply *reply);
} doors[] = {
	{ "GET", "/__demo/expected", expected },
	{ "GET", "/__demo/dora", dora },
	{ "GET", "/__demo/figures", figures },
	{ "POST", "/__demo/change", change },
	{ "POST", "/__demo/faults", load_faults },
	{ "GET", "/__demo/requests", requests },
	{ "POST", "/__demo/requests", requests },
	{ "GET", "/__demo/world", describe },
};

bool
backstage_answer(const struct backstage *backstage,
		 const struct httpd_request *request, struct httpd_reply *reply)
{
	size_t i;

	for (i = 0; i < sizeof(doors) / sizeof(doors[0]); i++)
		if (strcmp(doors[i].path, request->path) == 0 &&
		    strcmp(doors[i].method, request->method) == 0) {
			doors[i].answer(backstage, request, reply);
			return true;
		}
	return false;
}
