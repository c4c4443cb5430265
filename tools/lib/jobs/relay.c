#include "jobs/relay.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/msg.h"

struct relay {
	int fd;
	bool asked;
};

struct relay *
relay_open(void)
{
	struct relay *relay = msg_calloc(1, sizeof(*relay));
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	signal(SIGXFSZ, SIG_IGN); /* a write beyond the limit is an error */
	relay->fd = -1;
	if (sigprocmask(SIG_BLOCK, &set, NULL) == 0)
		relay->fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (relay->fd >= 0)
		return relay;
	free(relay);
	return NULL;
}

void
relay_close(struct relay *relay)
{
	if (relay == NULL)
		return;
	close(relay->fd);
	free(relay);
}

static void
pass_on(struct relay *relay, const struct job *job)
{
	struct signalfd_siginfo info;

	while (read(relay->fd, &info, sizeof(info)) == sizeof(info)) {
		relay->asked = true;
		if (info.ssi_code != SI_KERNEL)
			job_signal(job, SIGTERM);
	}
}

bool
relay_wait(struct relay *relay, const struct job *job, int fd)
{
	struct pollfd fds[] = { { relay->fd, POLLIN, 0 },
				{ job_fd(job), POLLIN, 0 },
				{ fd, POLLIN, 0 } };

	while (fds[1].revents == 0 && fds[2].revents == 0) {
		if (poll(fds, 3, -1) < 0) {
			if (errno != EINTR)
				return true;
			continue;
		}
		if (fds[0].revents != 0)
			pass_on(relay, job);
	}
	return fds[1].revents != 0;
}

bool
relay_asked(const struct relay *relay)
{
	return relay->asked;
}
