#include "lead/bell.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/jsonw.h"
#include "base/msg.h"
#include "lead/transition.h"

enum { MOST = 1000 };

char *
bell_text(const struct journal_event *event)
{
	struct jsonw w = { 0 };

	events_write(&w, event);
	return w.text;
}

/* A file in memory that holds the text, to be read from its beginning. */
static int
as_input(const char *text)
{
	int fd = memfd_create("event", MFD_CLOEXEC);

	if (fd >= 0 &&
	    (dprintf(fd, "%s\n", text) < 0 || lseek(fd, 0, SEEK_SET) != 0)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static void
complain(const struct office *office, const char *reason)
{
	msg_say("cannot run '%s': %s", office->schedule->notify, reason);
}

static void
run_hook(struct office *office, size_t i, const char *text)
{
	char *argv[] = { office->schedule->notify, NULL };
	struct office_hook *hook = &office->hooks[i];
	int in = argv[0] != NULL ? as_input(text) : -1;
	int error = errno;

	if (argv[0] == NULL) /* the schedule was read again */
		return;
	if (in >= 0)
		error = office_spawn(office, argv, in, &hook->pid);

	if (in >= 0)
		close(in);
	if (error != 0) {
		hook->pid = 0;
		complain(office, strerror(error));
		return;
	}
	hook->pidfd = pidfd_open(hook->pid, 0);
	if (hook->pidfd >= 0 &&
	    office_watch(office, hook->pidfd, OFFICE_HOOK, i) == 0)
		return;
	/* No descriptor left: the hook is looked at from time to time. */
	if (hook->pidfd >= 0)
		close(hook->pidfd);
	hook->pidfd = -1;
	office_look_in(office, OFFICE_HOLD);
}

static size_t
free_hook(const struct office *office)
{
	size_t i;

	for (i = 0; i < OFFICE_HOOKS; i++)
		if (office->hooks[i].pid == 0)
			break;
	return i;
}

/* A hook that cannot be begun leaves its place to the next at once. */
static void
ring_waiting(struct office *office)
{
	size_t i;

	while (office->bell_count > 0 &&
	       (i = free_hook(office)) < OFFICE_HOOKS) {
		char *text = office->bells[0];

		memmove(office->bells, office->bells + 1,
			--office->bell_count * sizeof(char *));
		run_hook(office, i, text);
		free(text);
	}
}

void
bell_ring(struct office *office, char *text)
{
	office->bells = msg_realloc(office->bells,
				    (office->bell_count + 1) * sizeof(char *));
	office->bells[office->bell_count++] = text;
	ring_waiting(office);
}

/* False: it goes on. */
static bool
reap(const struct office *office, const struct office_hook *hook)
{
	char reason[64];
	int status = 0;

	if (waitpid(hook->pid, &status, WNOHANG) == 0)
		return false;
	if (status == 0)
		return true;
	snprintf(reason, sizeof(reason), "it ended with %d",
		 WIFEXITED(status) ? WEXITSTATUS(status)
				   : 128 + WTERMSIG(status));
	complain(office, reason);
	return true;
}

void
bell_ended(struct office *office, size_t i)
{
	struct office_hook *hook = &office->hooks[i];

	reap(office, hook);
	office_unwatch(office, hook->pidfd);
	close(hook->pidfd);
	hook->pid = 0;
	ring_waiting(office);
}

/* The hooks that no descriptor tells of. */
static void
look_at_unwatched(struct office *office)
{
	size_t i;

	for (i = 0; i < OFFICE_HOOKS; i++) {
		struct office_hook *hook = &office->hooks[i];

		if (hook->pid == 0 || hook->pidfd >= 0)
			continue;
		if (reap(office, hook))
			hook->pid = 0;
		else
			office_look_in(office, OFFICE_HOLD);
	}
	ring_waiting(office);
}

static bool
ring_again(void *arg, const struct journal_event *event)
{
	struct office *office = arg;

	if (strcmp(event->type, "job_error") == 0 &&
	    (event->reason == STATES_MANUAL_FIX ||
	     event->reason == STATES_STUCK))
		bell_ring(office, bell_text(event));
	return true;
}

void
bell_begin(struct office *office)
{
	if (office->flags.ring != 0 && office->schedule->notify != NULL)
		journal_each_event(office->journal, office->flags.ring - 1,
				   MOST, ring_again, office);
}

int
bell_turn(struct office *office)
{
	struct office_flags flags = office->flags;

	look_at_unwatched(office);
	if (flags.ring == 0 || office->bell_count > 0 || office->open)
		return 0;
	flags.ring = 0;
	return transition_flags(office, &flags);
}
