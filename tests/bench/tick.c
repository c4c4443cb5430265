/* tick - the trivial job: one line "NANOSECONDS JOB" of the wall clock more in
 * $PULSE_BENCH_LEDGER, written at once. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int
main(void)
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
	return write(fd, line, (size_t)len) == len ? 0 : 74;
}
