#include "base/template.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/config.h"
#include "check.h"

static const char example[] = "# words\n"
			      "clients:\n"
			      "  - id: 1\n"
			      "    name: acme\n"
			      "\n"
			      "    github:\n"
			      "      organization: acme   # or user: NAME\n"
			      "      # forks: false\n"
			      "      token: {file: secrets/github}\n"
			      "\n"
			      "    jira:\n"
			      "      email: me@x\n"
			      "\n"
			      "    services:     # left out\n"
			      "      - name: pay\n"
			      "        repos: [acme/pay]";

static bool
is(const char *text, const char *expected)
{
	if (text != NULL && strcmp(text, expected) == 0)
		return true;
	printf("%s\n-- instead of\n%s\n", text != NULL ? text : "(none)",
	       expected);
	return false;
}

static int
fills(void)
{
	static const struct template_value values[] = {
		{ "", "name", NULL, "'other one'" },
		{ "github", "organization", "user",
		  "someone-with-a-long-name" },
		{ "github", "token", NULL, NULL },
		{ "jira", NULL, NULL, NULL },
		{ "services", NULL, NULL, NULL },
		{ .section = NULL },
	};
	char *text = template_fill(example, values);

	CHECK(is(text, "# words\n"
		       "clients:\n"
		       "  - id: 1\n"
		       "    name: 'other one'\n"
		       "\n"
		       "    github:\n"
		       "      user: someone-with-a-long-name # or user: NAME\n"
		       "      # forks: false\n"
		       "      # token: {file: secrets/github}\n"
		       "\n"
		       "    # jira:\n"
		       "      # email: me@x\n"
		       "\n"
		       "    # services:     # left out\n"
		       "      # - name: pay\n"
		       "        # repos: [acme/pay]\n"));
	free(text);
	return 0;
}

/* Whatever a text is, YAML gives it back. */
static int
quotes(void)
{
	static const char *const texts[] = { "acme",   "a b",
					     "it's",   "- x",
					     "#x",     "x: y",
					     "x:",     "{a}",
					     "[a]",    "*x",
					     "&x",     "!x",
					     "%x",     "@x",
					     "`x",     "\"x\"",
					     "'",      "''",
					     "?",      "| x",
					     "> x",    "https://x.y:1/z",
					     "me@x.y", "a,b",
					     "",       "1",
					     "no" };
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char line[256], *why = NULL;
		char *scalar = template_scalar(texts[i]);
		int len = snprintf(line, sizeof(line), "key: %s\n", scalar);
		struct config *root =
			config_parse("test", line, (size_t)len, &why);

		CHECK(is(config_text(config_get(root, "key")), texts[i]));
		config_free(root);
		free(scalar);
		free(why);
	}
	return 0;
}

int
main(void)
{
	return fills() | quotes();
}
