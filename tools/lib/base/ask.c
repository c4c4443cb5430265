#include "base/ask.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "base/msg.h"

enum { LONGEST = 8192 };

bool
ask_may(void)
{
	return isatty(STDIN_FILENO) == 1;
}

/* Waits for a byte; the number of a signal that came instead, or 0. */
static int
wait_for_byte(int signals)
{
	struct pollfd wait[2] = { { STDIN_FILENO, POLLIN, 0 },
				  { signals, POLLIN, 0 } };
	struct signalfd_siginfo told;

	if (signals < 0 || poll(wait, 2, -1) <= 0 || wait[1].revents == 0)
		return 0;
	return read(signals, &told, sizeof(told)) == sizeof(told)
		       ? (int)told.ssi_signo
		       : 0;
}

/* One byte at a time: what is typed for the next reader stays there. */
static int
read_line(char *line, size_t size, int signals)
{
	size_t len = 0;
	int number;

	do {
		number = wait_for_byte(signals);
	} while (number == 0 && len + 1 < size &&
		 read(STDIN_FILENO, line + len, 1) == 1 && line[len++] != '\n');
	if (len > 0 && line[len - 1] == '\n')
		len--;
	line[len] = '\0';
	return number;
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
	read_line(line, sizeof(line), -1);
	answer = tidy(line);
	return answer == NULL && usual != NULL ? msg_strdup(usual) : answer;
}

/* Those that would end us: one that is ignored stays so. */
static void
find_stops(sigset_t *stops)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction now;
	size_t i;

	sigemptyset(stops);
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (sigaction(numbers[i], NULL, &now) == 0 &&
		    now.sa_handler != SIG_IGN)
			sigaddset(stops, numbers[i]);
}

/* A signal ends the question and then, with the echo back, the program. */
char *
ask_secret(const char *question)
{
	struct termios before, hidden;
	char line[LONGEST], *answer;
	sigset_t stops, mask;
	int signals, number;

	if (tcgetattr(STDIN_FILENO, &before) != 0)
		return NULL;
	hidden = before;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	fprintf(stderr, "%s: ", question);
	find_stops(&stops);
	sigprocmask(SIG_BLOCK, &stops, &mask);
	signals = signalfd(-1, &stops, SFD_CLOEXEC);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
	number = read_line(line, sizeof(line), signals);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	if (signals >= 0)
		close(signals);
	fputc('\n', stderr);
	if (number != 0)
		raise(number);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	answer = tidy(line);
	explicit_bzero(line, sizeof(line));
	return answer;
}
