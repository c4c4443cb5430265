/* frames SOCKET EVENTS COUNT RATE SLOW - how long from a line of the log of
 * events to its WebSocket frame: appends COUNT events to EVENTS, RATE a second,
 * while one client reads and SLOW others do not.  Prints "P50 P95 P99 MAX" in
 * ms, of the one that reads; 70 when it gets fewer. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { ROOM = 1 << 20, PATIENCE = 5000 };

struct reader {
	int fd;
	char bytes[ROOM];
	size_t len;
	double *ms;
	long got;
};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int
enter(const char *socket_path)
{
	static const char request[] =
		"GET /api/v1/ws HTTP/1.1\r\nHost: localhost\r\n"
		"Connection: Upgrade\r\nUpgrade: websocket\r\n"
		"Sec-WebSocket-Version: 13\r\n"
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char head[12];

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", socket_path);
	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0 ||
	    write(fd, request, sizeof(request) - 1) < 0 ||
	    recv(fd, head, sizeof(head), MSG_WAITALL) != sizeof(head) ||
	    memcmp(head, "HTTP/1.1 101", sizeof(head)) != 0) {
		fprintf(stderr, "frames: cannot enter '%s': %s\n", socket_path,
			strerror(errno));
		exit(70);
	}
	return fd;
}

/* The lines have the time at which they were written. */
static void
take(struct reader *reader, long count)
{
	static const char mark[] = "\"written\":";
	ssize_t n = recv(reader->fd, reader->bytes + reader->len,
			 sizeof(reader->bytes) - 1 - reader->len, MSG_DONTWAIT);
	double at = now();
	char *from = reader->bytes, *hit, *end;

	if (n <= 0)
		return;
	reader->len += (size_t)n;
	reader->bytes[reader->len] = '\0';
	for (n = 0; n < (ssize_t)reader->len; n++)
		if (reader->bytes[n] == '\0') /* of the frames' heads */
			reader->bytes[n] = ' ';
	while ((hit = strstr(from, mark)) != NULL &&
	       (end = strchr(hit, '}')) != NULL && reader->got < count) {
		reader->ms[reader->got++] =
			at - strtod(hit + sizeof(mark) - 1, NULL);
		from = end;
	}
	reader->len -= (size_t)(from - reader->bytes);
	memmove(reader->bytes, from, reader->len);
}

static void
wait_until(struct reader *reader, double until, long count)
{
	struct pollfd fd = { reader->fd, POLLIN, 0 };
	struct timespec left = { 0, 0 };
	double ms;

	while ((ms = until - now()) > 0 && reader->got < count) {
		left.tv_sec = (time_t)(ms / 1e3);
		left.tv_nsec = (long)((ms - (double)left.tv_sec * 1e3) * 1e6);
		if (ppoll(&fd, 1, &left, NULL) > 0)
			take(reader, count);
	}
}

static void
write_event(int fd, long seq)
{
	char line[320];
	int len =
		snprintf(line, sizeof(line),
			 "{\"seq\":%ld,\"type\":\"job_completed\",\"job_name\""
			 ":\"github_job\",\"client_id\":1,\"run_id\":"
			 "\"1.github_job.%ld\",\"from\":\"RUNNING\",\"to\":"
			 "\"FINISHED\",\"written\":%.6f}\n",
			 seq, seq, now());

	if (write(fd, line, (size_t)len) != len)
		exit(74);
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int
main(int argc, char *argv[])
{
	static struct reader reader;
	long count, rate, slow, i;
	double start;
	int log;

	if (argc != 6)
		return 64;
	log = open(argv[2], O_WRONLY | O_APPEND | O_CLOEXEC);
	count = strtol(argv[3], NULL, 10);
	rate = strtol(argv[4], NULL, 10);
	slow = strtol(argv[5], NULL, 10);
	reader.ms = calloc((size_t)count + 1, sizeof(*reader.ms));
	if (log < 0 || reader.ms == NULL)
		return 74;
	for (i = 0; i < slow; i++)
		enter(argv[1]);
	reader.fd = enter(argv[1]);
	wait_until(&reader, now() + 300, count);
	/* Each run goes on where the last one stopped. */
	start = now();
	for (i = 0; i < count; i++) {
		write_event(log, strtol(getenv("FIRST"), NULL, 10) + i);
		wait_until(&reader,
			   start + (double)(i + 1) * 1e3 / (double)rate, count);
	}
	wait_until(&reader, now() + PATIENCE, count);
	if (reader.got < count) {
		fprintf(stderr, "frames: %ld of %ld came\n", reader.got, count);
		return 70;
	}
	qsort(reader.ms, (size_t)count, sizeof(*reader.ms), compare);
	printf("%.3f %.3f %.3f %.3f\n", reader.ms[count / 2],
	       reader.ms[count * 95 / 100], reader.ms[count * 99 / 100],
	       reader.ms[count - 1]);
	return 0;
}
