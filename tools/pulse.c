/* pulse - run any of Pulse's commands */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/home.h"
#include "base/menu.h"
#include "base/msg.h"

static const struct cli_option options[] = {
	{ .name = NULL },
};

static const struct cli cli = {
	"pulse",
	"run any of Pulse's commands",
	"[COMMAND [ARG...]]",
	0,
	-1,
	options,
	NULL,
	NULL,
};

_Noreturn static void
refuse(const char *word)
{
	char *near = menu_near(word), hint[128];

	snprintf(hint, sizeof(hint), "%s%s%s",
		 near != NULL ? "did you mean " : "`pulse help` lists them",
		 near != NULL ? near : "", near != NULL ? "?" : "");
	free(near);
	msg_die(EX_USAGE, "cannot run '%s': no such command; %s", word, hint);
}

_Noreturn static void
become(const char *path, char *argv[])
{
	execv(path, argv);
	msg_die(EX_OSERR, "cannot run '%s': %s", path, strerror(errno));
}

/* pulse WORD ARG... is PROGRAM [VERB] ARG... */
_Noreturn static void
command(int argc, char *argv[])
{
	struct menu_choice choice;
	char **args;
	int i, n = 0;

	if (!menu_choose(argv[0], &choice))
		refuse(argv[0]);
	args = msg_calloc((size_t)argc + 2, sizeof(*args));
	args[n++] = (char *)choice.name;
	if (choice.verb != NULL)
		args[n++] = (char *)choice.verb;
	for (i = 1; i < argc; i++)
		args[n++] = argv[i];
	become(choice.path, args);
}

/* In a checkout, else where it was installed. */
static char *
page_of(const char *program)
{
	static const char *const folders[] = { "tools", "../man/man1" };
	char below[128], *path = NULL;
	size_t i;

	for (i = 0; i < 2 && path == NULL; i++) {
		snprintf(below, sizeof(below), "%s/%s.1", folders[i], program);
		path = home_installed(below);
	}
	return path;
}

/* The page for people at a terminal who have a man; else --help. */
_Noreturn static void
explain(const char *word)
{
	struct menu_choice choice = { 0 };
	char *page;

	if (strcmp(word, "pulse") != 0 && strcmp(word, "help") != 0 &&
	    !menu_choose(word, &choice))
		refuse(word);
	if (choice.path == NULL) {
		choice.path = home_program("pulse");
		choice.name = "pulse";
	}
	page = page_of(choice.name);
	if (page != NULL && isatty(STDOUT_FILENO) == 1)
		execlp("man", "man", page, (char *)NULL);
	become(choice.path,
	       (char *[]){ (char *)choice.name, (char *)"--help", NULL });
}

static int
list(void)
{
	printf("%s - %s\n\nusage: pulse COMMAND [ARG...]\n", cli.name,
	       cli.does);
	menu_print(stdout);
	printf("\n`pulse help COMMAND` shows the page of one of them; `pulse "
	       "--version` the version.\n");
	msg_end_output();
	return EX_OK;
}

int
main(int argc, char *argv[])
{
	msg_start("pulse");
	if (argc < 2 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "--help") == 0)
		return list();
	/* Options behind a command are the command's own. */
	if (argv[1][0] == '-')
		cli_parse(&cli, NULL, argc, argv);
	if (strcmp(argv[1], "help") != 0)
		command(argc - 1, argv + 1);
	if (argc > 3)
		cli_misuse(&cli, "unexpected '%s'", argv[3]);
	if (argc == 2)
		return list();
	if (strcmp(argv[2], "--tsv") == 0) {
		menu_print_tsv(stdout);
		msg_end_output();
		return EX_OK;
	}
	explain(argv[2]);
}
