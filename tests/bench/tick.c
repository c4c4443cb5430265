/* tick [FSYNCS] - the trivial job: one line "NANOSECONDS JOB" of the wall clock
 * more in $PULSE_BENCH_LEDGER, written at once.  FSYNCS: then a file of its own
 * beside the ledger, made durable so often, each time with its folder. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static int
endure(const char *ledger, long times)
{
	char name[4200];
	int fd, folder;

	snprintf(name, sizeof(name), "%s.d", ledger);
	folder = open(name, O_RDONLY | O_DIRECTORY);
	for (; times > 0; times--) {
		snprintf(name, sizeof(name), "%ld.%d", times, (int)getpid());
		fd = openat(folder, name, O_WRONLY | O_CREAT, 0600);
		if (write(fd, name, 8) != 8 || fsync(fd) != 0 ||
		    fsync(folder) != 0)
			return 74;
		close(fd);
	}
	return 0;
}

int
main(int argc, char *argv[])
{
	const char *ledger = getenv("PULSE_BENCH_LEDGER");
	const char *job = getenv("PULSE_JOB");
	struct timespec now;
	char line[128];
	int fd, len;

	clock_gettime(CLOCK_REALTIME, &now);
	len = snprintf(line, sizeof(line), "%lld%09ld %s\n",
		       (long long)now.tv_sec, now.tv_nsec,
		       job != NULL ? job : "-");
	if (ledger == NULL ||
	    (fd = open(ledger, O_WRONLY | O_APPEND | O_CREAT, 0600)) < 0)
		return 64;
	if (write(fd, line, (size_t)len) != len)
		return 74;
	return argc > 1 ? endure(ledger, strtol(argv[1], NULL, 10)) : 0;
}
