#include "base/cli.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/msg.h"
#include "base/times.h"

enum {
	MOST_OPTIONS = 64,
	OWN = 0x100,
	SHARED = 0x200,
	TSV = 0x300,
	WIDTH = 78
};

static const struct cli_option nothing[] = {
	{ .name = NULL },
};

static const struct cli_option common[] = {
	{ 'h', "help", NULL, "print this help", CLI_FLAG, 0 },
	{ 'V', "version", NULL, "print the version", CLI_FLAG, 0 },
	{ .name = NULL },
};

static const struct cli_option *
shared(const struct cli *cli)
{
	return cli->shared != NULL ? cli->shared : nothing;
}

/* Puts one word of the usage line, on a new line when it would not fit. */
static void
put_word(FILE *out, int *column, const char *word)
{
	int len = (int)strlen(word);

	if (*column + 1 + len > WIDTH) {
		fprintf(out, "\n      ");
		*column = 6;
	}
	fprintf(out, " %s", word);
	*column += 1 + len;
}

static void
put_options(FILE *out, int *column, const struct cli_option *o)
{
	char word[80];

	for (; o->name != NULL; o++) {
		const char *blank = o->arg != NULL ? " " : "";
		const char *arg = o->arg != NULL ? o->arg : "";

		if (o->letter != 0)
			snprintf(word, sizeof(word), "[-%c%s%s]", o->letter,
				 blank, arg);
		else
			snprintf(word, sizeof(word), "[--%s%s%s]", o->name,
				 blank, arg);
		put_word(out, column, word);
	}
}

static void
print_usage(FILE *out, const struct cli *cli)
{
	int column = fprintf(out, "usage: %s", cli->name);

	put_options(out, &column, cli->options);
	put_options(out, &column, shared(cli));
	if (cli->operands != NULL)
		put_word(out, &column, cli->operands);
	fputc('\n', out);
}

/* The examples, indented alike however the tool wrote them. */
static void
print_examples(const char *text)
{
	size_t len;

	printf("Example:\n");
	for (; *text != '\0'; text += len + (text[len] == '\n')) {
		text += strspn(text, " ");
		len = strcspn(text, "\n");
		printf("  %.*s\n", (int)len, text);
	}
	printf("\n");
}

static void
print_options(const struct cli_option *o)
{
	char left[64];

	for (; o->name != NULL; o++) {
		int len = o->letter != 0
				  ? snprintf(left, sizeof(left), "-%c, --%s",
					     o->letter, o->name)
				  : snprintf(left, sizeof(left), "    --%s",
					     o->name);

		if (o->arg != NULL && len > 0 && len < (int)sizeof(left))
			snprintf(left + len, sizeof(left) - (size_t)len, " %s",
				 o->arg);
		if (strlen(left) > 27)
			printf("  %s\n  %-27s %s\n", left, "", o->help);
		else
			printf("  %-27s %s\n", left, o->help);
	}
}

_Noreturn static void
help(const struct cli *cli)
{
	printf("%s - %s\n\n", cli->name, cli->does);
	if (cli->examples != NULL)
		print_examples(cli->examples);
	print_usage(stdout, cli);
	printf("\n");
	print_options(cli->options);
	print_options(shared(cli));
	print_options(common);
	msg_end_output();
	exit(EX_OK);
}

static void
print_tsv(const struct cli_option *o)
{
	for (; o->name != NULL; o++) {
		if (o->letter != 0)
			printf("-%c", o->letter);
		printf("\t--%s\t%s\t%s\n", o->name,
		       o->arg != NULL ? o->arg : "", o->help);
	}
}

_Noreturn static void
tsv(const struct cli *cli)
{
	print_tsv(cli->options);
	print_tsv(shared(cli));
	print_tsv(common);
	msg_end_output();
	exit(EX_OK);
}

void
cli_misuse(const struct cli *cli, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	msg_say("%s", text);
	print_usage(stderr, cli);
	exit(EX_USAGE);
}

static void
set_number(const struct cli *cli, const struct cli_option *o, long *number,
	   const char *text)
{
	char *end;

	errno = 0;
	*number = strtol(text, &end, 10);
	if (errno != 0 || *end != '\0' || end == text || *number < 0)
		cli_misuse(cli, "cannot use '%s' for --%s: not a number", text,
			   o->name);
}

static void
add_item(struct cli_list *list, const char *text)
{
	list->items = msg_realloc(list->items,
				  (list->count + 2) * sizeof(*list->items));
	list->items[list->count++] = text;
	list->items[list->count] = NULL;
}

static void
set(const struct cli *cli, const struct cli_option *o, void *opts,
    const char *text)
{
	void *where = (char *)opts + o->where;

	switch (o->kind) {
	case CLI_FLAG:
		++*(int *)where;
		break;
	case CLI_STRING:
		*(const char **)where = text;
		break;
	case CLI_LIST:
		add_item(where, text);
		break;
	case CLI_NUMBER:
		set_number(cli, o, where, text);
		break;
	case CLI_DURATION:
		if (!times_duration(text, where))
			cli_misuse(cli,
				   "cannot use '%s' for --%s: not a duration "
				   "such as 90s or 4h",
				   text, o->name);
		break;
	case CLI_POINT:
		if (!times_parse_point(text, clock_now(), where))
			cli_misuse(cli,
				   "cannot use '%s' for --%s: not a time such "
				   "as 2026-11-01 or 90d",
				   text, o->name);
		break;
	}
}

struct tables {
	struct option longs[MOST_OPTIONS];
	char letters[2 * MOST_OPTIONS + 2];
	const char *names[MOST_OPTIONS];
	size_t count;
};

static void
add_option(struct tables *t, const struct cli_option *o, int value)
{
	char *l = t->letters + strlen(t->letters);

	t->names[t->count] = o->name;
	t->longs[t->count++] = (struct option){
		o->name, o->arg != NULL ? required_argument : no_argument, NULL,
		value
	};
	if (o->letter == 0)
		return;
	*l++ = (char)o->letter;
	if (o->arg != NULL)
		*l++ = ':';
	*l = '\0';
}

static void
make_tables(struct tables *t, const struct cli *cli)
{
	static const struct cli_option hidden = { .name = "options-tsv" };
	const struct cli_option *o;

	*t = (struct tables){ .letters = ":" };
	for (o = cli->options; o->name != NULL; o++)
		add_option(t, o, OWN + (int)(o - cli->options));
	for (o = shared(cli); o->name != NULL; o++)
		add_option(t, o, SHARED + (int)(o - shared(cli)));
	for (o = common; o->name != NULL; o++)
		add_option(t, o, o->letter);
	add_option(t, &hidden, TSV);
}

_Noreturn static void
refuse(const struct cli *cli, const struct tables *t, int c, char *argv[])
{
	const char *word = argv[optind - 1];
	const char *near = NULL;

	if (c == ':')
		cli_misuse(cli, "option '%s' needs a value", word);
	if (strncmp(word, "--", 2) == 0)
		near = cli_nearest(word + 2, t->names);
	if (near != NULL)
		cli_misuse(cli, "unknown option '%s': did you mean --%s?", word,
			   near);
	if (optopt != 0 && optopt < OWN)
		cli_misuse(cli, "unknown option '-%c'", optopt);
	cli_misuse(cli, "unknown option '%s'", word);
}

static const struct cli_option *
find(const struct cli *cli, int c)
{
	const struct cli_option *o;

	if (c >= SHARED)
		return shared(cli) + (c - SHARED);
	if (c >= OWN)
		return cli->options + (c - OWN);
	for (o = cli->options; o->name != NULL; o++)
		if (o->letter == c)
			return o;
	for (o = shared(cli); o->name != NULL; o++)
		if (o->letter == c)
			return o;
	return NULL;
}

static void
check_operands(const struct cli *cli, int count, char *first)
{
	if (count < cli->at_least)
		cli_misuse(cli, "something is missing: %s", cli->operands);
	if (cli->at_most >= 0 && count > cli->at_most)
		cli_misuse(cli, "unexpected '%s'", first);
}

char **
cli_parse(const struct cli *cli, void *opts, int argc, char *argv[])
{
	const struct cli_option *o;
	struct tables t;
	int c;

	msg_start(argv[0]);
	make_tables(&t, cli);
	opterr = 0;
	while ((c = getopt_long(argc, argv, t.letters, t.longs, NULL)) != -1) {
		if (c == '?' || c == ':')
			refuse(cli, &t, c, argv);
		if (c == TSV)
			tsv(cli);
		if ((o = find(cli, c)) != NULL) {
			set(cli, o, opts, optarg);
		} else if (c == 'V') {
			printf("%s %s\n", cli->name, PULSE_VERSION);
			msg_end_output();
			exit(EX_OK);
		} else {
			help(cli);
		}
	}
	check_operands(cli, argc - optind,
		       cli->at_most >= 0 && argc - optind > cli->at_most
			       ? argv[optind + cli->at_most]
			       : NULL);
	return argv + optind;
}

/* Levenshtein's distance, cut short: names are under 64 bytes. */
static size_t
distance(const char *a, const char *b)
{
	size_t row[64], i, k, la = strlen(a), lb = strlen(b);

	if (la > 62 || lb > 62)
		return 99;
	for (k = 0; k <= lb; k++)
		row[k] = k;
	for (i = 1; i <= la; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (k = 1; k <= lb; k++) {
			size_t swap = diagonal + (a[i - 1] != b[k - 1]);

			diagonal = row[k];
			if (row[k] + 1 < swap)
				swap = row[k] + 1;
			if (row[k - 1] + 1 < swap)
				swap = row[k - 1] + 1;
			row[k] = swap;
		}
	}
	return row[lb];
}

const char *
cli_nearest(const char *word, const char *const *names)
{
	const char *best = NULL;
	size_t least = strlen(word) / 3 + 2;

	for (; *names != NULL; names++)
		if (distance(word, *names) < least) {
			least = distance(word, *names);
			best = *names;
		}
	return best;
}
