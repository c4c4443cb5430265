#include "base/menu.h"

#include <ctype.h>
#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/home.h"
#include "base/msg.h"

enum { LINE = 256, WORD = 64, PATIENCE = 2000 };

/* program NULL: pulse-WORD.  does NULL: the program says it. */
static const struct entry {
	const char *heading, *word, *program, *verb, *does;
} entries[] = {
	{ "Look", "status", NULL, NULL, NULL },
	{ "Look", "why", NULL, NULL, NULL },
	{ "Look", "log", NULL, NULL, NULL },
	{ "Look", "metrics", "metrics", NULL, NULL },
	{ "Look", "retry-scan", "retry-scan", NULL, NULL },
	{ "Look", "web", NULL, NULL, NULL },
	{ "Jobs", "start", "pulse-ctl", "start",
	  "start a job, or all jobs again (start orchestrator)" },
	{ "Jobs", "stop", "pulse-ctl", "stop",
	  "end a job's run, or let nothing start (stop orchestrator)" },
	{ "Jobs", "pause", "pulse-ctl", "pause",
	  "let a run come to a stop, and start no other" },
	{ "Jobs", "resume", "pulse-ctl", "resume", "let a paused job go on" },
	{ "Jobs", "reset", "pulse-ctl", "reset", "forget a job's failures" },
	{ "Jobs", "put-back", "pulse-ctl", "put-back",
	  "try a job's failed items now" },
	{ "Jobs", "run", NULL, NULL, NULL },
	{ "Jobs", "emergency-stop", "pulse-ctl", "emergency-stop",
	  "kill every run now, and let nothing start" },
	{ "Scheduler", "sched", NULL, NULL, NULL },
	{ "Scheduler", "reload", "pulse-ctl", "reload",
	  "have the schedule read again" },
	{ "Scheduler", "breaker", "pulse-ctl", "breaker",
	  "force a circuit breaker open or closed, or give it back" },
	{ "Scheduler", "prune", "pulse-ctl", "prune",
	  "forget old events and runs" },
	{ "Care", "init", NULL, NULL, NULL },
	{ "Care", "doctor", NULL, NULL, NULL },
	{ "Care", "token", NULL, NULL, NULL },
	{ "Care", "health-check", "health-check", NULL, NULL },
	{ "Care", "refetch", NULL, NULL, NULL },
	{ "Care", "forget", NULL, NULL, NULL },
	{ "Records", "fetch-github", "fetch-github", NULL, NULL },
	{ "Records", "fetch-jira", "fetch-jira", NULL, NULL },
	{ "Records", "validate", "validate", NULL, NULL },
	{ "Records", "load", "load", NULL, NULL },
	{ "Records", "link-deployments", "link-deployments", NULL, NULL },
	{ "Records", "spool-put", "spool-put", NULL, NULL },
	{ "Records", "spool-take", "spool-take", NULL, NULL },
	{ "Records", "spool-ls", "spool-ls", NULL, NULL },
	{ "Records", "spool-prune", "spool-prune", NULL, NULL },
};

enum { ENTRIES = sizeof(entries) / sizeof(entries[0]) };

static const struct entry *
entry_of(const char *word)
{
	size_t i;

	for (i = 0; i < ENTRIES; i++)
		if (strcmp(entries[i].word, word) == 0)
			return &entries[i];
	return NULL;
}

static bool
is_word(const char *word)
{
	size_t len = strlen(word);

	if (len == 0 || len >= WORD || *word == '-')
		return false;
	for (; *word != '\0'; word++)
		if (!islower((unsigned char)*word) &&
		    !isdigit((unsigned char)*word) && *word != '-')
			return false;
	return true;
}

/* The path of a program beside this one that can be executed, or NULL. */
static char *
program(const char *name)
{
	char *path = home_program(name);
	struct stat st;

	if (stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	    access(path, X_OK) == 0)
		return path;
	free(path);
	return NULL;
}

static char *
own_program(const char *word)
{
	char name[WORD + 8];

	snprintf(name, sizeof(name), "pulse-%s", word);
	return program(name);
}

int
menu_choose(const char *word, struct menu_choice *choice)
{
	const struct entry *entry = entry_of(word);
	const char *slash;

	*choice = (struct menu_choice){ 0 };
	if (!is_word(word))
		return 0;
	if (entry != NULL && entry->program != NULL) {
		choice->path = program(entry->program);
		choice->verb = entry->verb;
	} else {
		choice->path = own_program(word);
	}
	if (choice->path == NULL)
		return 0;
	slash = strrchr(choice->path, '/');
	choice->name = slash != NULL ? slash + 1 : choice->path;
	return 1;
}

/* The words for which a program is there: those of the table, in its order,
 * then others that came along as pulse-WORD. */
struct words {
	char **words; /* NULL-ended */
	size_t count;
};

static void
add(struct words *words, const char *word)
{
	words->words =
		msg_realloc(words->words, (words->count + 2) * sizeof(char *));
	words->words[words->count++] = msg_strdup(word);
	words->words[words->count] = NULL;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
add_others(struct words *words)
{
	char *folder = home_program(".");
	DIR *dir = opendir(folder);
	struct menu_choice choice;
	size_t known = words->count;
	struct dirent *file;

	while (dir != NULL && (file = readdir(dir)) != NULL) {
		const char *word = file->d_name + strlen("pulse-");

		if (strncmp(file->d_name, "pulse-", strlen("pulse-")) != 0 ||
		    strcmp(word, "ctl") == 0 || entry_of(word) != NULL ||
		    !menu_choose(word, &choice))
			continue;
		add(words, word);
		free(choice.path);
	}
	if (words->count > known)
		qsort(words->words + known, words->count - known,
		      sizeof(char *), compare);
	if (dir != NULL)
		closedir(dir);
	free(folder);
}

static void
gather(struct words *words)
{
	struct menu_choice choice;
	size_t i;

	*words = (struct words){ 0 };
	for (i = 0; i < ENTRIES; i++) {
		if (!menu_choose(entries[i].word, &choice))
			continue;
		add(words, entries[i].word);
		free(choice.path);
	}
	add_others(words);
}

static void
drop(struct words *words)
{
	size_t i;

	for (i = 0; i < words->count; i++)
		free(words->words[i]);
	free(words->words);
}

char *
menu_near(const char *word)
{
	struct words words;
	const char *near;
	char *found;

	gather(&words);
	near = words.count > 0
		       ? cli_nearest(word, (const char *const *)words.words)
		       : NULL;
	found = near != NULL ? msg_strdup(near) : NULL;
	drop(&words);
	return found;
}

/* Starts `PROGRAM --help`; returns the end of its output that we read. */
static int
ask(const char *path, pid_t *pid)
{
	char *argv[] = { (char *)path, (char *)"--help", NULL };
	posix_spawn_file_actions_t actions;
	int ends[2], error;

	if (pipe(ends) != 0)
		return -1;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", 0,
					 0);
	posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
	posix_spawn_file_actions_addclose(&actions, ends[0]);
	posix_spawn_file_actions_addclose(&actions, ends[1]);
	error = posix_spawn(pid, path, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	if (error == 0)
		return ends[0];
	close(ends[0]);
	return -1;
}

/* What a program says of itself: the first line of its --help is
 * `NAME - WHAT`. */
static void
hear(const char *path, char does[LINE])
{
	char line[LINE] = "";
	const char *what;
	FILE *out;
	pid_t pid;
	int fd = ask(path, &pid);

	*does = '\0';
	if (fd < 0)
		return;
	if (poll(&(struct pollfd){ fd, POLLIN, 0 }, 1, PATIENCE) != 1)
		kill(pid, SIGKILL); /* --help is nothing to it */
	out = fdopen(fd, "r");
	if (out != NULL && fgets(line, sizeof(line), out) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		what = strstr(line, " - ");
		snprintf(does, LINE, "%s", what != NULL ? what + 3 : line);
	}
	/* The rest is not read: what still writes gets SIGPIPE. */
	if (out != NULL)
		fclose(out);
	else
		close(fd);
	while (waitpid(pid, NULL, 0) < 0)
		;
}

static void
describe(const char *word, char does[LINE])
{
	const struct entry *entry = entry_of(word);
	struct menu_choice choice;

	*does = '\0';
	if (entry != NULL && entry->does != NULL) {
		snprintf(does, LINE, "%s", entry->does);
	} else if (menu_choose(word, &choice)) {
		hear(choice.path, does);
		free(choice.path);
	}
}

void
menu_print(FILE *out)
{
	const char *heading = "";
	struct words words;
	char does[LINE];
	size_t i;

	gather(&words);
	for (i = 0; i < words.count; i++) {
		const struct entry *entry = entry_of(words.words[i]);
		const char *own = entry != NULL ? entry->heading : "Others";

		if (strcmp(heading, own) != 0)
			fprintf(out, "\n%s\n", own);
		heading = own;
		describe(words.words[i], does);
		fprintf(out, "  %-16s  %s\n", words.words[i], does);
	}
	drop(&words);
}

void
menu_print_tsv(FILE *out)
{
	struct words words;
	char does[LINE];
	size_t i;

	gather(&words);
	for (i = 0; i < words.count; i++) {
		describe(words.words[i], does);
		fprintf(out, "%s\t%s\n", words.words[i], does);
	}
	drop(&words);
}
