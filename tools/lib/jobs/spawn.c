#include "jobs/spawn.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

enum {
	FLAGS = POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
		POSIX_SPAWN_SETSIGDEF
};

static void
set(posix_spawn_file_actions_t *actions, int to, int from, int flags)
{
	if (from >= 0)
		posix_spawn_file_actions_adddup2(actions, from, to);
	else
		posix_spawn_file_actions_addopen(actions, to, "/dev/null",
						 flags, 0);
}

int
spawn_alone(char **argv, char **environment, int in, int err, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	int error;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&actions);
	set(&actions, STDIN_FILENO, in, O_RDONLY);
	set(&actions, STDOUT_FILENO, -1, O_WRONLY);
	set(&actions, STDERR_FILENO, err, O_WRONLY);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawnattr_setflags(&attributes, FLAGS);
	error = posix_spawn(pid, argv[0], &actions, &attributes, argv,
			    environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}
