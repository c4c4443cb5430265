/* Unit cases of base/settings and base/config. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/config.h"
#include "base/settings.h"

static int
check(int truth, const char *what)
{
	if (!truth)
		printf("settings: %s\n", what);
	return truth ? 0 : 1;
}

/* What settings_load says of a file with this text, "" when it is good. */
static char *
complaint(const char *text)
{
	char path[] = "/tmp/pulse-settings-XXXXXX";
	int fd = mkstemp(path);
	struct settings *settings;
	char *why;

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		abort();
	close(fd);
	settings = settings_load(path, &why);
	settings_free(settings);
	unlink(path);
	if (why == NULL)
		return strdup("");
	memmove(why, strchr(why, ':') + 1, strlen(strchr(why, ':')));
	return why;
}

static int
case_is(const char *text, const char *expected)
{
	char *got = complaint(text);
	int failed = strcmp(got, expected) != 0;

	if (failed)
		printf("settings: for <<%s>>\n  got      %s\n  expected %s\n",
		       text, got, expected);
	free(got);
	return failed;
}

static int
mistakes(void)
{
	int failed = 0;

	failed += case_is("", "");
	failed += case_is("clients:\n - {id: 1, name: a}\n", "");
	failed += case_is("client:\n - {id: 1}\n",
			  "1: expected no key 'client' here; did you mean "
			  "clients");
	failed += case_is("clients:\n - id: 1\n   github:\n     "
			  "organisation: acme\n",
			  "4: expected no key 'organisation' here; did you "
			  "mean organization");
	failed += case_is("clients:\n - github: {token: ghp_123}\n",
			  "2: expected a reference: {file: PATH}, {env: NAME} "
			  "or {credential: NAME}; a token itself does not "
			  "belong in this file");
	failed += case_is("clients:\n - history: soon\n",
			  "2: expected a duration such as 4h");
	failed += case_is("clients:\n - jira:\n    status_mapping:\n     PAY:\n"
			  "      Parked: waiting\n",
			  "5: expected one of new, indeterminate, done");
	failed += case_is("clients:\n - team: teams.yaml\n",
			  "2: expected no key 'team' here; did you mean teams");
	failed += case_is("clients:\n - teams: [a.yaml, b.yaml]\n",
			  "2: expected text");
	failed += case_is("clients:\n - figure: {stale: 30d}\n",
			  "2: expected no key 'figure' here; did you mean "
			  "figures");
	failed += case_is("clients:\n - figures: 30d\n",
			  "2: expected {NAME: VALUE}");
	failed += case_is("clients:\n - figures:\n    stale: {after: 30d}\n",
			  "3: expected a value or a list of values");
	failed += case_is("clients:\n - figures:\n    stale:\n",
			  "3: expected a value or a list of values");
	failed += case_is("clients:\n - figures:\n    types:\n     - Bug\n"
			  "     - [Fault]\n",
			  "5: expected a value or a list of values");
	failed += case_is("clients:\n - services:\n"
			  "    - {name: a, reworks: 'fix'}\n",
			  "3: expected no key 'reworks' here; did you mean "
			  "rework");
	failed += case_is("clients:\n - id: 1\n - id: 1\n",
			  "3: expected an id of its own");
	failed += case_is("clients:\n - &a {id: 1}\n",
			  "2: expected no anchor here");
	failed += case_is("clients: !!seq []\n", "1: expected no tag here");
	failed += case_is("a: 1\na: 2\n", "2: expected 'a' once");
	failed +=
		case_is("a: 1\n--- \nb: 2\n", "2: expected one document only");
	failed += case_is("clients:\n  - {id: 1name: acme}\n",
			  "2: cannot read this as YAML: did not find expected "
			  "',' or '}'");
	failed += case_is("[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]",
			  "1: expected at most 16 levels");
	return failed;
}

static int
values(void)
{
	static const char text[] =
		"clients:\n"
		"  - id: 7\n"
		"    history: 2_years\n"
		"    github: {organization: acme, archived: true,\n"
		"      token: {env: MY_TOKEN}, exclude: ['acme/x-*'],\n"
		"      private_key: {file: secrets/key}}\n"
		"    jira: {api_token: {file: /etc/jira}, ca_file: ca.pem}\n"
		"    services:\n"
		"      - {name: pay, repos: [acme/pay], production: '^live$',\n"
		"         incidents: {jira_types: [Outage, Bug]}}\n";
	char path[] = "/tmp/pulse-settings-XXXXXX";
	int fd = mkstemp(path), failed = 0;
	const struct settings_client *c;
	struct settings *settings;
	char *why;

	if (fd < 0 || write(fd, text, sizeof(text) - 1) < 0)
		abort();
	close(fd);
	settings = settings_load(path, &why);
	unlink(path);
	if (settings == NULL)
		return check(0, why);
	c = settings_client(settings, "7");
	failed += check(settings_client(settings, "1") == NULL,
			"a client that is not there is found");
	failed += check(c != NULL && c->history == 63072000000, "history");
	failed += check(c->github.archived && !c->github.forks, "archived");
	failed += check(strcmp(c->github.token.env, "MY_TOKEN") == 0, "env");
	failed += check(
		strcmp(c->github.private_key.file, "/tmp/secrets/key") == 0 &&
			strcmp(c->jira.ca_file, "/tmp/ca.pem") == 0,
		"a relative file is beside the settings");
	failed += check(strcmp(c->jira.api_token.file, "/etc/jira") == 0,
			"an absolute file is where it says");
	failed += check(c->github.exclude.count == 1, "exclude");
	failed += check(strcmp(c->services[0].production, "^live$") == 0,
			"production");
	failed += check(c->services[0].jira_types.count == 2 &&
				c->services[0].github_labels.count == 0,
			"incidents replace the default");
	failed += check(strcmp(c->jira.flavor, "auto") == 0, "default flavor");
	failed += check(
		strcmp(c->services[0].rework, "rollback|revert|hotfix") == 0,
		"default rework");
	failed += check(c->teams == NULL && c->figures == NULL,
			"no teams and figures");
	settings_free(settings);
	return failed;
}

static void
put(const char *folder, const char *name, const char *text)
{
	char path[80];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	out = fopen(path, "w");
	if (out == NULL || fputs(text, out) < 0 || fclose(out) != 0)
		abort();
}

static struct settings *
load_from(const char *folder)
{
	char path[80], *why;
	struct settings *settings;

	snprintf(path, sizeof(path), "%s/pulse.yaml", folder);
	settings = settings_load(path, &why);
	if (settings == NULL)
		abort();
	return settings;
}

static int
teams_are(const char *folder, const char *text, const char *expected)
{
	struct settings *settings;
	const char *teams;
	int failed;

	put(folder, "pulse.yaml", text);
	settings = load_from(folder);
	teams = settings->clients[0].teams;
	failed = expected == NULL
			 ? check(teams == NULL, "teams that are not there")
			 : check(teams != NULL && strcmp(teams, expected) == 0,
				 expected);
	settings_free(settings);
	return failed;
}

/* Named, found beside the settings, or none. */
static int
teams(void)
{
	char folder[] = "/tmp/pulse-settings-XXXXXX", beside[64], other[64],
	     settings[64];
	int failed = 0;

	if (mkdtemp(folder) == NULL)
		abort();
	snprintf(beside, sizeof(beside), "%s/teams.yaml", folder);
	snprintf(other, sizeof(other), "%s/people/all.yaml", folder);
	snprintf(settings, sizeof(settings), "%s/pulse.yaml", folder);
	failed += teams_are(folder, "clients:\n - {id: 1}\n", NULL);
	put(folder, "teams.yaml", "teams: []\n");
	failed += teams_are(folder, "clients:\n - {id: 1}\n", beside);
	failed += teams_are(folder, "{}\n", beside);
	failed += teams_are(folder, "clients:\n - teams: people/all.yaml\n",
			    other);
	unlink(beside);
	unlink(settings);
	rmdir(folder);
	return failed;
}

static int
figures(void)
{
	char folder[] = "/tmp/pulse-settings-XXXXXX", path[64];
	const struct config *figures;
	struct settings *settings;
	int failed = 0;

	if (mkdtemp(folder) == NULL)
		abort();
	snprintf(path, sizeof(path), "%s/pulse.yaml", folder);
	put(folder, "pulse.yaml",
	    "clients:\n - figures: {stale: 30d, bug_types: [Bug, Fault]}\n"
	    "   services: [{name: a, rework: '^undo'}]\n");
	settings = load_from(folder);
	figures = settings->clients[0].figures;
	failed += check(
		strcmp(config_text(config_get(figures, "stale")), "30d") == 0,
		"a figure's value");
	failed += check(config_get(figures, "bug_types")->kind == CONFIG_LIST,
			"a figure's list");
	failed += check(
		strcmp(settings->clients[0].services[0].rework, "^undo") == 0,
		"rework");
	settings_free(settings);
	unlink(path);
	rmdir(folder);
	return failed;
}

int
main(void)
{
	return mistakes() + values() + teams() + figures() > 0;
}
