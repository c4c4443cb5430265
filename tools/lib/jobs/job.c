#include "jobs/job.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/home.h"
#include "base/msg.h"
#include "base/outcome.h"
#include "base/secret.h"

enum { FIRST_PRIVATE = 3 };

struct stage {
	pid_t pid;
	int pidfd;
};

struct job {
	struct stage *stages;
	size_t count;
};

char ***
job_split(char **argv, size_t *count)
{
	char ***stages = NULL;
	size_t n = 0;

	*count = 0;
	for (;; argv++) {
		stages = msg_realloc(stages, (n + 1) * sizeof(*stages));
		stages[n++] = argv;
		if (*argv == NULL || strcmp(*argv, "|") == 0)
			break;
		while (*argv != NULL && strcmp(*argv, "|") != 0)
			argv++;
		if (*argv == NULL) {
			*count = n;
			return stages;
		}
		*argv = NULL;
	}
	free(stages);
	return NULL;
}

static char *
in_path(const char *name)
{
	const char *path = getenv("PATH");
	const char *end;

	if (path == NULL)
		path = "/usr/bin:/bin";
	for (;; path = end + 1) {
		size_t size;
		char *file;

		end = strchrnul(path, ':');
		size = (size_t)(end - path) + strlen(name) + 3;
		file = msg_calloc(size, 1);
		snprintf(file, size, "%.*s/%s",
			 end > path ? (int)(end - path) : 1,
			 end > path ? path : ".", name);
		if (access(file, X_OK) == 0)
			return file;
		free(file);
		if (*end == '\0')
			return NULL;
	}
}

char *
job_find(const char *name)
{
	char *beside;

	if (strchr(name, '/') != NULL)
		return msg_strdup(name);
	beside = home_program(name);
	if (access(beside, X_OK) == 0)
		return beside;
	free(beside);
	return in_path(name);
}

/* Descriptors above 2 close at exec, but the run's lock. */
static void
close_private(void)
{
	const char *lock = getenv("PULSE_LOCK_FD");
	char *end;
	long fd;

	close_range(FIRST_PRIVATE, ~0U, CLOSE_RANGE_CLOEXEC);
	if (lock == NULL || *lock == '\0')
		return;
	fd = strtol(lock, &end, 10);
	if (*end == '\0' && fd >= FIRST_PRIVATE && fd < 1 << 20)
		fcntl((int)fd, F_SETFD, 0);
}

struct start {
	const char *file;
	char **argv, **environment;
	int in, out; /* -1: as ours */
	int tell;    /* where errno goes when exec fails */
	pid_t parent;
};

_Noreturn static void
become(const struct start *s)
{
	sigset_t none;
	int error;

	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != s->parent)
		_exit(EX_TEMPFAIL);
	if ((s->in < 0 || dup2(s->in, STDIN_FILENO) >= 0) &&
	    (s->out < 0 || dup2(s->out, STDOUT_FILENO) >= 0)) {
		close_private();
		execve(s->file, s->argv, s->environment);
	}
	error = errno;
	if (write(s->tell, &error, sizeof(error)) != sizeof(error))
		_exit(EX_OSERR);
	_exit(EX_CONFIG);
}

/* 0, or the errno of what went wrong, in the child also. */
static int
start_stage(struct start *s, struct stage *stage)
{
	int told[2], error = 0;
	ssize_t n;

	if (pipe2(told, O_CLOEXEC) != 0)
		return errno;
	s->tell = told[1];
	s->parent = getpid();
	stage->pid = fork();
	if (stage->pid == 0)
		become(s);
	if (stage->pid < 0)
		error = errno;
	close(told[1]);
	do {
		n = stage->pid < 0 ? 0 : read(told[0], &error, sizeof(error));
	} while (n < 0 && errno == EINTR);
	close(told[0]);
	if (stage->pid > 0)
		stage->pidfd = pidfd_open(stage->pid, 0);
	if (error == 0 && stage->pidfd < 0)
		error = errno;
	return error;
}

static char *
complaint(const char *name, int error)
{
	const char *reason = strerror(error);
	size_t size = strlen(name) + strlen(reason) + 5;
	char *why = msg_calloc(size, 1);

	snprintf(why, size, "'%s': %s", name, reason);
	return why;
}

static void
end_early(struct job *job)
{
	job_signal(job, SIGTERM);
	job_wait(job);
}

/* Starts stage i; *next is what it reads, and then what the next one reads. */
static int
start_one(struct job *job, const struct job_spec *spec, size_t i, int *next)
{
	struct start s = { .argv = spec->stages[i], .in = *next, .out = -1 };
	bool last = i + 1 == spec->count;
	int between[2] = { -1, spec->out }, error;
	char *file = job_find(s.argv[0]);

	if (file == NULL)
		return ENOENT;
	if (!last && pipe2(between, O_CLOEXEC) != 0) {
		free(file);
		return errno;
	}
	s.file = file;
	s.out = between[1];
	s.environment = spec->environment != NULL ? spec->environment : environ;
	job->stages[i].pidfd = -1;
	job->count = i + 1;
	error = start_stage(&s, &job->stages[i]);
	if (!last)
		close(between[1]);
	if (i > 0)
		close(*next);
	*next = between[0];
	free(file);
	return error;
}

struct job *
job_start(const struct job_spec *spec, char **why)
{
	struct job *job = msg_calloc(1, sizeof(*job));
	int next = spec->in, error;
	size_t i;

	job->stages = msg_calloc(spec->count, sizeof(*job->stages));
	for (i = 0; i < spec->count; i++) {
		error = start_one(job, spec, i, &next);
		if (error == 0)
			continue;
		if (next >= 0 && next != spec->in)
			close(next);
		*why = complaint(spec->stages[i][0], error);
		end_early(job);
		errno = error;
		return NULL;
	}
	return job;
}

int
job_fd(const struct job *job)
{
	return job->stages[job->count - 1].pidfd;
}

void
job_signal(const struct job *job, int signal)
{
	size_t i;

	for (i = 0; i < job->count; i++)
		if (job->stages[i].pidfd >= 0)
			pidfd_send_signal(job->stages[i].pidfd, signal, NULL,
					  0);
}

static int
stage_code(const struct stage *stage)
{
	int status;

	if (stage->pid <= 0)
		return EX_OSERR;
	while (waitpid(stage->pid, &status, 0) < 0)
		if (errno != EINTR)
			return EX_OSERR;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

int
job_wait(struct job *job)
{
	int worst = 0, pipe_death = 0;
	size_t i;

	for (i = 0; i < job->count; i++) {
		int code = stage_code(&job->stages[i]);

		if (code == 128 + SIGPIPE && i + 1 < job->count)
			pipe_death = code;
		else
			worst = outcome_worst(worst, code);
		if (job->stages[i].pidfd >= 0)
			close(job->stages[i].pidfd);
	}
	free(job->stages);
	free(job);
	return worst == 0 ? pipe_death : worst;
}

bool
job_was_signalled(int code)
{
	return code > 128 && code < 128 + NSIG;
}

bool
job_has_crashed(int code)
{
	static const int crashes[] = { SIGSEGV, SIGBUS, SIGABRT,
				       SIGFPE,	SIGILL, SIGSYS };
	size_t i;

	for (i = 0; i < sizeof(crashes) / sizeof(crashes[0]); i++)
		if (code == 128 + crashes[i])
			return true;
	return false;
}

void
job_drop_secrets(const struct job_spec *spec)
{
	size_t i;

	for (i = 0; i < spec->count; i++) {
		const char *name = spec->stages[i][0];
		const char *slash = strrchr(name, '/');

		if (strncmp(slash != NULL ? slash + 1 : name, "fetch-", 6) == 0)
			return;
	}
	secret_drop_environment();
}
