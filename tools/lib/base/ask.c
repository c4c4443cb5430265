#include "base/ask.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/msg.h"

enum { LONGEST = 8192 };

bool
ask_may(void)
{
	return isatty(STDIN_FILENO) == 1;
}

/* One byte at a time: what is typed for the next reader stays there. */
static void
read_line(char *line, size_t size)
{
	size_t len = 0;

	while (len + 1 < size && read(STDIN_FILENO, line + len, 1) == 1 &&
	       line[len] != '\n')
		len++;
	line[len] = '\0';
}

/* Without the blanks around it; NULL when nothing is left. */
static char *
tidy(const char *line)
{
	size_t len;

	line += strspn(line, " \t\r");
	len = strlen(line);
	while (len > 0 && strchr(" \t\r", line[len - 1]) != NULL)
		len--;
	return len == 0 ? NULL : strndup(line, len);
}

char *
ask_line(const char *question, const char *usual)
{
	char line[LONGEST], *answer;

	if (usual != NULL)
		fprintf(stderr, "%s [%s]: ", question, usual);
	else
		fprintf(stderr, "%s: ", question);
	read_line(line, sizeof(line));
	answer = tidy(line);
	return answer == NULL && usual != NULL ? msg_strdup(usual) : answer;
}

/* Signals that would leave the terminal without an echo wait until it has one
 * again. */
char *
ask_secret(const char *question)
{
	struct termios before, hidden;
	char line[LONGEST], *answer;
	sigset_t stops, mask;

	if (tcgetattr(STDIN_FILENO, &before) != 0)
		return NULL;
	hidden = before;
	hidden.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	fprintf(stderr, "%s: ", question);
	sigemptyset(&stops);
	sigaddset(&stops, SIGINT);
	sigaddset(&stops, SIGTERM);
	sigaddset(&stops, SIGHUP);
	sigprocmask(SIG_BLOCK, &stops, &mask);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
	read_line(line, sizeof(line));
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	fputc('\n', stderr);
	answer = tidy(line);
	explicit_bzero(line, sizeof(line));
	return answer;
}
