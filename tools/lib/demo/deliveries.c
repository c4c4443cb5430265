/* payload.h: deployments, their statuses, releases. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "demo/parts.h"
#include "demo/prose.h"

void
payload_deployment(const struct payload *p, const struct deployment *deployment,
		   struct jsonw *out)
{
	const char *name = p->repo->full_name;
	const struct commit *commit = &p->repo->commits[deployment->commit];
	uint64_t id = deployment->id;

	jsonw_open(out, '{');
	payload_format(out, "url", PARTS_API "/repos/%s/deployments/%" PRIu64,
		       name, id);
	jsonw_put_int(out, "id", id);
	parts_node_id(out, "DE", id);
	jsonw_put_string(out, "task", "deploy");
	jsonw_put_string(out, "original_environment", deployment->environment);
	jsonw_put_string(out, "environment", deployment->environment);
	payload_null(out, "description");
	payload_time(out, "created_at", deployment->created);
	payload_time(out, "updated_at", deployment->updated);
	payload_format(out, "statuses_url",
		       PARTS_API "/repos/%s/deployments/%" PRIu64 "/statuses",
		       name, id);
	payload_format(out, "repository_url", PARTS_API "/repos/%s", name);
	jsonw_key(out, "creator");
	payload_user(p, deployment->creator, out);
	jsonw_put_string(out, "sha", commit->sha);
	jsonw_put_string(out, "ref",
			 commit->kind == REPO_HOTFIX ? commit->sha : "main");
	jsonw_key(out, "payload");
	jsonw_open(out, '{');
	jsonw_close(out, '}');
	jsonw_put_bool(out, "transient_environment", false);
	jsonw_put_bool(out, "production_environment",
		       deployment->environment[0] != 's');
	payload_null(out, "performed_via_github_app");
	jsonw_close(out, '}');
}

void
payload_status(const struct payload *p, const struct deployment *deployment,
	       unsigned index, struct jsonw *out)
{
	static const char *const states[] = { "queued",	     "pending",
					      "in_progress", "success",
					      "failure",     "error",
					      "inactive" };
	const struct deploy_status *status = &deployment->statuses[index];
	const char *name = p->repo->full_name;

	jsonw_open(out, '{');
	payload_format(out, "url",
		       PARTS_API "/repos/%s/deployments/%" PRIu64
				 "/statuses/%" PRIu64,
		       name, deployment->id, status->id);
	jsonw_put_int(out, "id", status->id);
	parts_node_id(out, "DES", status->id);
	jsonw_put_string(out, "state", states[status->state]);
	jsonw_key(out, "creator");
	payload_user(p, deployment->creator, out);
	jsonw_put_string(out, "description", "");
	jsonw_put_string(out, "environment", deployment->environment);
	jsonw_put_string(out, "target_url", "https://ci.acme.test/run/1");
	payload_time(out, "created_at", status->at);
	payload_time(out, "updated_at", status->at);
	payload_format(out, "deployment_url",
		       PARTS_API "/repos/%s/deployments/%" PRIu64, name,
		       deployment->id);
	payload_format(out, "repository_url", PARTS_API "/repos/%s", name);
	jsonw_put_string(out, "environment_url", "https://acme.test");
	jsonw_put_string(out, "log_url", "https://ci.acme.test/run/1/log");
	payload_null(out, "performed_via_github_app");
	jsonw_close(out, '}');
}

void
payload_release(const struct payload *p, const struct release *release,
		struct jsonw *out)
{
	const char *name = p->repo->full_name;
	char body[PROSE_BODY];
	uint64_t id = release->id;

	prose_body(id, 600, body);
	jsonw_open(out, '{');
	payload_format(out, "url", PARTS_API "/repos/%s/releases/%" PRIu64,
		       name, id);
	payload_format(out, "assets_url",
		       PARTS_API "/repos/%s/releases/%" PRIu64 "/assets", name,
		       id);
	payload_format(out, "html_url", PARTS_WEB "/%s/releases/tag/v1.%u.0",
		       name, release->serial);
	jsonw_put_int(out, "id", id);
	jsonw_key(out, "author");
	payload_user(p, release->author, out);
	parts_node_id(out, "RE", id);
	payload_format(out, "tag_name", "v1.%u.0%s", release->serial,
		       release->prerelease ? "-rc1" : "");
	jsonw_put_string(out, "target_commitish",
			 p->repo->commits[release->commit].sha);
	payload_format(out, "name", "Release 1.%u 🎁", release->serial);
	jsonw_put_bool(out, "draft", release->published == 0);
	jsonw_put_bool(out, "prerelease", release->prerelease);
	payload_time(out, "created_at", release->created);
	payload_time(out, "published_at", release->published);
	jsonw_key(out, "assets");
	jsonw_open(out, '[');
	jsonw_close(out, ']');
	payload_format(out, "tarball_url",
		       PARTS_API "/repos/%s/tarball/v1.%u.0", name,
		       release->serial);
	jsonw_put_string(out, "body", body);
	jsonw_close(out, '}');
}
