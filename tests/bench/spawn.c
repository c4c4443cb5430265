/* spawn SLOTS COUNT CMD... - run CMD so often by posix_spawn, at most SLOTS at
 * once: what no supervisor can beat */
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>

extern char **environ;

int
main(int argc, char *argv[])
{
	long slots, left, running = 0;
	pid_t pid;

	if (argc < 4)
		return 64;
	slots = strtol(argv[1], NULL, 10);
	left = strtol(argv[2], NULL, 10);
	while (left > 0 || running > 0) {
		if (left > 0 && running < slots) {
			if (posix_spawnp(&pid, argv[3], NULL, NULL, argv + 3,
					 environ) != 0)
				return 71;
			left--;
			running++;
		} else if (wait(NULL) > 0) {
			running--;
		}
	}
	return 0;
}
