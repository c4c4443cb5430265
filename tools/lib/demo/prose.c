#include "demo/prose.h"

#include <stdio.h>
#include <string.h>

#include "demo/world.h"

static const char *const verbs[] = {
	"Make",	   "Fix",    "Remove", "Speed up", "Rename", "Document",
	"Rewrite", "Harden", "Cache",  "Log",	   "Test",   "Move",
};

static const char *const things[] = {
	"retries",	     "the checkout page",  "invoice totals",
	"login by e-mail",   "Überweisungen",	   "the 検索 index",
	"currency rounding", "webhook signatures", "\"quoted\" arguments",
	"C:\\temp handling", "feature flags",	   "the 🚀 launcher",
	"time zones",	     "naïve sorting",
};

static const char *const endings[] = {
	"",
	" for old clients",
	" again",
	" (part 2)",
	" without downtime",
	" — finally",
	" behind a flag",
};

static const char *const sentences[] = {
	"The old code read the whole file before it looked at the first line.",
	"See the discussion in the channel; nobody objected.",
	"Measured on staging: p99 falls from 840 ms to 95 ms.",
	"- [x] tests\r\n- [ ] docs\r\n- [x] changelog",
	"> quoted text with \"marks\" and a back\\slash",
	"Läuft auch mit Umlauten, и кириллицей, と日本語, και ελληνικά.",
	"```go\r\n\treturn wrap(\"cannot pay: %w\", err)\r\n```",
	"Thanks to everyone 🙏🏽 👩‍👩‍👧‍👦",
	"<!-- generated; do not edit below this line -->",
	"| case | before | after |\r\n|---|---|---|\r\n| cold | 4 s | 1 s |",
	"This closes the last gap between the two regions, we think.",
	"Please look at the migration first, the rest follows from it.",
};

#define PICK(array, stream)                                                    \
	((array)[world_below(stream, sizeof(array) / sizeof((array)[0]))])

void
prose_title(uint64_t seed, const char *issue, unsigned revision,
	    char out[PROSE_LINE])
{
	const char *verb = PICK(verbs, &seed), *thing = PICK(things, &seed);
	const char *ending = PICK(endings, &seed);
	int len = snprintf(out, PROSE_LINE, "%s%s%s %s%s", issue,
			   issue[0] != '\0' ? ": " : "", verb, thing, ending);

	if (revision > 0)
		snprintf(out + len, PROSE_LINE - (size_t)len, " (rev %u)",
			 revision);
}

void
prose_branch(uint64_t seed, const char *issue, char out[PROSE_LINE])
{
	unsigned a = world_below(&seed, 1000), b = world_below(&seed, 100000);

	snprintf(out, PROSE_LINE, "%s/%s%schange-%u-%u",
		 a % 3 == 0 ? "fix" : "feature", issue,
		 issue[0] != '\0' ? "-" : "", a, b);
}

void
prose_body(uint64_t seed, size_t size, char out[PROSE_BODY])
{
	size_t len = 0, n;
	const char *sentence;

	while (len < size) {
		sentence = PICK(sentences, &seed);
		n = strlen(sentence);
		if (len + n + 5 > PROSE_BODY)
			break;
		memcpy(out + len, sentence, n);
		len += n;
		memcpy(out + len, "\r\n\r\n", 4);
		len += 4;
	}
	out[len > 4 ? len - 4 : len] = '\0';
}

void
prose_remark(uint64_t seed, unsigned revision, char out[PROSE_LINE])
{
	const char *sentence;

	do
		sentence = PICK(sentences, &seed);
	while (strlen(sentence) > PROSE_LINE - 20);
	if (revision > 0)
		snprintf(out, PROSE_LINE, "%s (rev %u)", sentence, revision);
	else
		snprintf(out, PROSE_LINE, "%s", sentence);
}
