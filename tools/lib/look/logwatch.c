#include "look/logwatch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/msg.h"

static int
add_watch(const struct logwatch *watch, int folder, uint32_t mask)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", folder);
	return inotify_add_watch(watch->inotify, path, mask);
}

int
logwatch_open(struct logwatch *watch, const struct rooms *rooms,
	      const struct lookup *found, bool forever)
{
	*watch = (struct logwatch){
		.found = found, .folder = -1, .pidfd = -1, .watched = -1
	};
	watch->inotify = inotify_init1(IN_CLOEXEC);
	if (watch->inotify < 0)
		return -1;
	if (forever && rooms->run >= 0 &&
	    add_watch(watch, rooms->run, IN_CREATE | IN_MOVED_TO) < 0)
		return -1;
	return 0;
}

int
logwatch_turn_to(struct logwatch *watch, int folder)
{
	if (watch->watched >= 0)
		inotify_rm_watch(watch->inotify, watch->watched);
	if (watch->pidfd >= 0)
		close(watch->pidfd);
	watch->pidfd = -1;
	watch->folder = folder;
	watch->watched =
		add_watch(watch, folder, IN_CREATE | IN_MODIFY | IN_MOVE);
	return watch->watched < 0 ? -1 : 0;
}

static bool
has(int folder, const char *name)
{
	return faccessat(folder, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

bool
logwatch_is_over(int folder)
{
	struct folder_started started;

	if (has(folder, "result") || has(folder, "bad-result") ||
	    has(folder, "revoked"))
		return true;
	return folder_read_started(folder, &started) == 0 &&
	       !process_is_alive(&started.process);
}

/* Notes a run of our job that has been made. */
static void
note(struct logwatch *watch, const char *name)
{
	const struct lookup *found = watch->found;
	char job[NAMES_SIZE];
	int64_t client, run;

	if (!folder_parse(name, &client, job, &run) ||
	    client != found->client || strcmp(job, found->job) != 0 ||
	    strcmp(name, found->run) == 0)
		return;
	watch->next = msg_realloc(watch->next,
				  (watch->count + 1) * sizeof(*watch->next));
	watch->next[watch->count++] = msg_strdup(name);
}

static int
take_events(struct logwatch *watch)
{
	char bytes[4096]
		__attribute__((aligned(__alignof__(struct inotify_event))));
	const struct inotify_event *event;
	ssize_t n = read(watch->inotify, bytes, sizeof(bytes)), at;

	for (at = 0; at < n; at += (ssize_t)(sizeof(*event) + event->len)) {
		event = (const void *)(bytes + at);
		if (event->len > 0 && event->wd != watch->watched)
			note(watch, event->name);
	}
	return n < 0 && errno != EINTR ? -1 : 0;
}

int
logwatch_sleep(struct logwatch *watch)
{
	struct pollfd fds[2] = { { watch->inotify, POLLIN, 0 } };
	struct folder_started started;

	if (watch->pidfd < 0 &&
	    folder_read_started(watch->folder, &started) == 0)
		watch->pidfd = process_open(&started.process);
	if (watch->pidfd < 0 && logwatch_is_over(watch->folder))
		return 0;
	fds[1] = (struct pollfd){ watch->pidfd, POLLIN, 0 };
	if (poll(fds, 2, -1) < 0)
		return errno == EINTR ? 0 : -1;
	return fds[0].revents != 0 ? take_events(watch) : 0;
}

int
logwatch_next(struct logwatch *watch, char run[FOLDER_ID])
{
	size_t i;

	while (watch->count == 0)
		if (take_events(watch) != 0)
			return -1;
	snprintf(run, FOLDER_ID, "%s", watch->next[0]);
	free(watch->next[0]);
	watch->count--;
	for (i = 0; i < watch->count; i++)
		watch->next[i] = watch->next[i + 1];
	return 0;
}

void
logwatch_close(struct logwatch *watch)
{
	while (watch->count > 0)
		free(watch->next[--watch->count]);
	free(watch->next);
	if (watch->pidfd >= 0)
		close(watch->pidfd);
	if (watch->inotify >= 0)
		close(watch->inotify);
}
