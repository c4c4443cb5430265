#include "net/setup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/template.h"
#include "net/githuborg.h"
#include "net/origin.h"

static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
			      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";

/* All but the lists, whose words stay the command line's. */
static void
each_text(struct setup *setup, void (*act)(const char **text))
{
	const char **texts[] = { &setup->name,	       &setup->org,
				 &setup->user,	       &setup->github_url,
				 &setup->github_token, &setup->jira_url,
				 &setup->email,	       &setup->jira_token };
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (*texts[i] != NULL)
			act(texts[i]);
}

static void
copy(const char **text)
{
	*text = msg_strdup(*text);
}

static void
drop(const char **text)
{
	setup_set(text, NULL);
}

void
setup_own(struct setup *setup)
{
	each_text(setup, copy);
}

void
setup_set(const char **text, char *value)
{
	free((char *)*text);
	*text = value;
}

void
setup_free(struct setup *setup)
{
	each_text(setup, drop);
	free(setup->repos.items);
	free(setup->projects.items);
}

bool
setup_has_github(const struct setup *setup)
{
	return setup->org != NULL || setup->user != NULL ||
	       setup->repos.count > 0;
}

static char *
join(const char *a, const char *b, const char *c)
{
	return msg_text("%s%s%s", a, b, c);
}

char *
setup_url(const char *text)
{
	char *url =
		join(strstr(text, "://") == NULL ? "https://" : "", text, "");
	size_t len = strlen(url);

	while (len > 0 && url[len - 1] == '/')
		url[--len] = '\0';
	return url;
}

/* --- are they good? ------------------------------------------------------- */

static bool
is_name(const char *text)
{
	return *text != '\0' && *text != '-' && *text != '.' &&
	       strspn(text, letters) == strlen(text);
}

static bool
is_line(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 127)
			return false;
	return true;
}

static bool
is_address(const char *text)
{
	const char *at = strchr(text, '@');

	return at != NULL && at != text && at[1] != '\0' && is_line(text) &&
	       strchr(text, ' ') == NULL && strchr(text, ':') == NULL;
}

static bool
is_place(const char *url)
{
	return origin_is_url(url) &&
	       (origin_is_https(url) || origin_is_loopback(url));
}

static bool
is_key(const char *text)
{
	return *text >= 'A' && *text <= 'Z' &&
	       strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") ==
		       strlen(text);
}

static char *
complain(const char *value, const char *option, const char *why)
{
	return msg_text("cannot use '%s' for %s: %s", value, option, why);
}

static char *
check_lists(const struct setup *setup)
{
	size_t i;

	for (i = 0; i < setup->repos.count; i++)
		if (!github_is_scope(setup->repos.items[i]))
			return complain(setup->repos.items[i], "--repo",
					"not OWNER/NAME");
	for (i = 0; i < setup->projects.count; i++)
		if (!is_key(setup->projects.items[i]))
			return complain(setup->projects.items[i], "--project",
					"a key is capital letters, digits and "
					"underscores");
	return NULL;
}

char *
setup_check(const struct setup *setup)
{
	static const char url[] = "a URL with https:// is needed (http:// to "
				  "this machine only)";
	const struct {
		const char *value, *option;
		bool (*is_good)(const char *text);
		const char *why;
	} rules[] = {
		{ setup->name, "--name", is_line, "not one line" },
		{ setup->org, "--org", is_name,
		  "the name in the address of its page, without blanks" },
		{ setup->user, "--user", is_name,
		  "the name in the address of the page, without blanks" },
		{ setup->github_url, "--github-url", is_place, url },
		{ setup->jira_url, "--jira-url", is_place, url },
		{ setup->email, "--email", is_address, "no e-mail address" },
		{ setup->github_token, "--github-token-file", is_line,
		  "not one line" },
		{ setup->jira_token, "--jira-token-file", is_line,
		  "not one line" },
	};
	size_t i;

	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (rules[i].value != NULL && !rules[i].is_good(rules[i].value))
			return complain(rules[i].value, rules[i].option,
					rules[i].why);
	return check_lists(setup);
}

/* --- the file ------------------------------------------------------------- */

/* A YAML value, or NULL when there is none. */
static char *
scalar(const char *text)
{
	return text == NULL ? NULL : template_scalar(text);
}

static char *
list(const struct cli_list *words)
{
	char *text = NULL, *longer, *word;
	size_t i;

	for (i = 0; i < words->count; i++) {
		word = template_scalar(words->items[i]);
		longer = join(i > 0 ? text : "[", i > 0 ? ", " : "", word);
		free(text);
		free(word);
		text = longer;
	}
	longer = text == NULL ? NULL : join(text, "]", "");
	free(text);
	return longer;
}

static char *
reference(const char *path)
{
	char *word = scalar(path), *text;

	text = word == NULL ? NULL : join("{file: ", word, "}");
	free(word);
	return text;
}

/* Of organisation, user and repositories, which stand in one place. */
static const char *
owner_key(const struct setup *setup)
{
	if (setup->org != NULL)
		return NULL;
	return setup->user != NULL ? "user" : "repositories";
}

static char *
owner_value(const struct setup *setup)
{
	if (setup->org != NULL)
		return scalar(setup->org);
	return setup->user != NULL ? scalar(setup->user) : list(&setup->repos);
}

enum { VALUES = 16 };

static size_t
add_github(const struct setup *setup, struct template_value *values, size_t n)
{
	if (!setup_has_github(setup)) {
		values[n++] = (struct template_value){ .section = "github" };
		return n;
	}
	if (setup->github_url != NULL)
		values[n++] =
			(struct template_value){ "github", "base_url", NULL,
						 scalar(setup->github_url) };
	values[n++] =
		(struct template_value){ "github", "organization",
					 owner_key(setup), owner_value(setup) };
	values[n++] = (struct template_value){ "github", "token", NULL,
					       reference(setup->github_token) };
	return n;
}

static size_t
add_jira(const struct setup *setup, struct template_value *values, size_t n)
{
	if (setup->jira_url == NULL) {
		values[n++] = (struct template_value){ .section = "jira" };
		return n;
	}
	values[n++] = (struct template_value){ "jira", "base_url", NULL,
					       scalar(setup->jira_url) };
	values[n++] = (struct template_value){ "jira", "email", NULL,
					       scalar(setup->email) };
	values[n++] = (struct template_value){ "jira", "api_token", NULL,
					       reference(setup->jira_token) };
	values[n++] = (struct template_value){ "jira", "projects", NULL,
					       list(&setup->projects) };
	return n;
}

static const char *
name_of(const struct setup *setup)
{
	if (setup->name != NULL)
		return setup->name;
	if (setup->org != NULL)
		return setup->org;
	return setup->user != NULL ? setup->user : "default";
}

char *
setup_write(const struct setup *setup, const char *example)
{
	struct template_value values[VALUES] = {
		{ "", "name", NULL, scalar(name_of(setup)) },
		{ .section = "services" },
	};
	size_t n = add_jira(setup, values, add_github(setup, values, 2)), i;
	char *text = template_fill(example, values);

	for (i = 0; i < n; i++)
		free((char *)values[i].value);
	return text;
}
