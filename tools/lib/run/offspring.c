#include "run/offspring.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/msg.h"
#include "jobs/process.h"

enum { FIRST_PRIVATE = 3 };

static void
signals_as_by_default(void)
{
	static const int changed[] = { SIGHUP,	SIGINT,	 SIGQUIT, SIGPIPE,
				       SIGTERM, SIGUSR1, SIGUSR2, SIGCHLD,
				       SIGALRM, SIGXFSZ, SIGTSTP, SIGTTIN,
				       SIGTTOU, SIGCONT };
	sigset_t none;
	size_t i;

	for (i = 0; i < sizeof(changed) / sizeof(changed[0]); i++)
		signal(changed[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* What cannot be executed says so as any tool does: in the log and, for the
 * verdict, in the run's failures. */
_Noreturn static void
become(const struct offspring_start *start, int gate)
{
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
	char go;

	if (start->own_session)
		setsid();
	else
		setpgid(0, 0);
	signals_as_by_default();
	if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 ||
	    dup2(start->output, STDOUT_FILENO) < 0 ||
	    dup2(start->output, STDERR_FILENO) < 0 || read(gate, &go, 1) != 1)
		_exit(EX_TEMPFAIL);
	close_range(FIRST_PRIVATE, ~0U, CLOSE_RANGE_CLOEXEC);
	fcntl(start->keep, F_SETFD, 0);
	execve(start->file, start->argv, environ);
	msg_die(EX_CONFIG, "cannot run '%s': %s", start->file, strerror(errno));
}

int
offspring_start(struct offspring *offspring,
		const struct offspring_start *start)
{
	int gate[2], error;
	pid_t pid;

	*offspring = (struct offspring){ .gate = -1 };
	if (pipe2(gate, O_CLOEXEC) != 0)
		return -1;
	pid = fork();
	error = errno;
	if (pid == 0) {
		close(gate[1]);
		become(start, gate[0]);
	}
	close(gate[0]);
	if (pid < 0) {
		close(gate[1]);
		errno = error;
		return -1;
	}
	if (!start->own_session)
		setpgid(pid, pid);
	offspring->main = pid;
	offspring->gate = gate[1];
	return 0;
}

void
offspring_release(struct offspring *offspring)
{
	ssize_t n;

	/* A child that is gone already is seen when it is reaped. */
	do {
		n = write(offspring->gate, "", 1);
	} while (n < 0 && errno == EINTR);
	close(offspring->gate);
}

void
offspring_forget(struct offspring *offspring)
{
	close(offspring->gate);
	while (waitpid(offspring->main, NULL, 0) < 0 && errno == EINTR)
		;
}

bool
offspring_reap(struct offspring *offspring)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0 ||
	       (pid < 0 && errno == EINTR)) {
		if (pid < 0)
			continue;
		if (pid == offspring->main && !offspring->ended) {
			offspring->ended = true;
			offspring->status = status;
		} else if (offspring->counting) {
			offspring->late++;
		}
	}
	return pid < 0 && errno == ECHILD;
}

static void
send(pid_t to, int signal)
{
	kill(to, signal);
	if (signal != SIGKILL)
		kill(to, SIGCONT);
}

void
offspring_signal(const struct offspring *offspring, int signal)
{
	if (!offspring->ended)
		send(-offspring->main, signal);
}

/* Once the main command has been waited for, the number of its group is safe to
 * use only while one of our children is in it. */
void
offspring_signal_all(const struct offspring *offspring, int signal)
{
	pid_t *children = process_children(), *child;
	bool in_group = !offspring->ended;

	for (child = children; *child != 0; child++) {
		in_group = in_group || getpgid(*child) == offspring->main;
		send(*child, signal);
	}
	if (in_group)
		send(-offspring->main, signal);
	free(children);
}
