/* measure OUT CMD... - run CMD; append "seconds cpu-seconds peak-KiB" to OUT */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int
main(int argc, char *argv[])
{
	struct timespec from, to;
	struct rusage use;
	int status;
	pid_t pid;
	FILE *out;

	if (argc < 3)
		return 64;
	clock_gettime(CLOCK_MONOTONIC, &from);
	if ((pid = fork()) == 0) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &use) != pid)
		return 71;
	clock_gettime(CLOCK_MONOTONIC, &to);
	if ((out = fopen(argv[1], "a")) == NULL)
		return 73;
	fprintf(out, "%.4f %.4f %ld\n",
		(double)(to.tv_sec - from.tv_sec) +
			(double)(to.tv_nsec - from.tv_nsec) / 1e9,
		seconds(use.ru_utime) + seconds(use.ru_stime), use.ru_maxrss);
	fclose(out);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}
