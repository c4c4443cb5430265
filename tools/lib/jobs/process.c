#include "jobs/process.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/msg.h"

enum { FIRST_FIELD = 3, PARENT_FIELD, START_FIELD = 22, SESSION_FIELD = 6 };
enum { LEADER_WITHIN = 60 }; /* s */

struct shown { /* by /proc/PID/stat */
	char state;
	pid_t parent, session;
	uint64_t start;
};

static ssize_t
read_small(int folder, const char *path, char *text, size_t size)
{
	int fd = openat(folder, path, O_RDONLY | O_CLOEXEC);
	ssize_t n, len = 0;

	if (fd < 0)
		return -1;
	while ((n = read(fd, text + len, size - 1 - (size_t)len)) > 0)
		len += n;
	close(fd);
	if (n < 0)
		return -1;
	text[len] = '\0';
	return len;
}

void
process_boot(char out[PROCESS_BOOT])
{
	const char *given = getenv("PULSE_TEST_BOOT");

	if (given != NULL)
		snprintf(out, PROCESS_BOOT, "%s", given);
	else if (read_small(AT_FDCWD, "/proc/sys/kernel/random/boot_id", out,
			    PROCESS_BOOT) < 0)
		snprintf(out, PROCESS_BOOT, "unknown");
	out[strcspn(out, " \n")] = '\0';
}

/* The name in field 2 may hold blanks and brackets: the last bracket counts. */
static int
look(pid_t pid, struct shown *shown)
{
	char path[40], text[1024];
	char *at;
	int field;

	snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	if (read_small(AT_FDCWD, path, text, sizeof(text)) <= 0 ||
	    (at = strrchr(text, ')')) == NULL || at[1] != ' ') {
		errno = ESRCH;
		return -1;
	}
	at += 2;
	*shown = (struct shown){ .state = *at };
	for (field = FIRST_FIELD; field < START_FIELD; field++) {
		at = strchr(at, ' ');
		if (at == NULL) {
			errno = ESRCH;
			return -1;
		}
		at++;
		if (field + 1 == PARENT_FIELD)
			shown->parent = (pid_t)strtol(at, NULL, 10);
		if (field + 1 == SESSION_FIELD)
			shown->session = (pid_t)strtol(at, NULL, 10);
	}
	shown->start = strtoull(at, NULL, 10);
	return 0;
}

int
process_identify(pid_t pid, struct process_id *id)
{
	struct shown shown;

	if (pid <= 0 || look(pid, &shown) != 0) {
		errno = ESRCH;
		return -1;
	}
	*id = (struct process_id){ .pid = pid, .start = shown.start };
	process_boot(id->boot);
	return 0;
}

static bool
is_dead(const struct shown *shown)
{
	return shown->state == 'Z' || shown->state == 'X';
}

bool
process_is_alive(const struct process_id *id)
{
	char boot[PROCESS_BOOT];
	struct shown shown;

	process_boot(boot);
	return id->pid > 0 && strcmp(boot, id->boot) == 0 &&
	       look(id->pid, &shown) == 0 && shown.start == id->start &&
	       !is_dead(&shown);
}

int
process_open(const struct process_id *id)
{
	int fd = id->pid > 0 ? pidfd_open(id->pid, 0) : -1;

	/* Asked behind the opening: the descriptor stays with its process. */
	if (fd >= 0 && process_is_alive(id))
		return fd;
	if (fd >= 0)
		close(fd);
	errno = ESRCH;
	return -1;
}

int
process_signal(const struct process_id *id, int signal)
{
	int fd = process_open(id), failed, error;

	if (fd < 0)
		return -1;
	failed = pidfd_send_signal(fd, signal, NULL, 0);
	error = errno;
	close(fd);
	errno = error;
	return failed;
}

/* Does descriptor `name` of the process of proc hold a lock on the file?  One
 * that only looks at the lock has it open too, and is left alone. */
static bool
descriptor_holds(int proc, const char *name, const struct process_group *group)
{
	char path[64], text[4096];
	struct stat st;

	snprintf(path, sizeof(path), "fd/%.20s", name);
	if (fstatat(proc, path, &st, 0) != 0 || st.st_dev != group->device ||
	    st.st_ino != group->inode)
		return false;
	snprintf(path, sizeof(path), "fdinfo/%.20s", name);
	return read_small(proc, path, text, sizeof(text)) > 0 &&
	       strstr(text, "\nlock:") != NULL;
}

static bool
holds_lock(pid_t pid, const struct process_group *group)
{
	char path[40];
	struct dirent *entry;
	bool found = false;
	int proc, fds;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%ld", (long)pid);
	proc = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (proc < 0)
		return false;
	fds = openat(proc, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fds >= 0 ? fdopendir(fds) : NULL;
	while (!found && dir != NULL && (entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			found = descriptor_holds(proc, entry->d_name, group);
	if (dir != NULL)
		closedir(dir);
	else if (fds >= 0)
		close(fds);
	close(proc);
	return found;
}

bool
process_runs_ours(pid_t pid)
{
	struct stat its, ours;
	char path[40];

	snprintf(path, sizeof(path), "/proc/%ld/exe", (long)pid);
	return stat(path, &its) == 0 && stat("/proc/self/exe", &ours) == 0 &&
	       its.st_dev == ours.st_dev && its.st_ino == ours.st_ino;
}

enum bond { NO_BOND, BY_SESSION, BY_LOCK };

static enum bond
bond_of(pid_t pid, const struct process_group *group)
{
	struct shown shown;

	if (look(pid, &shown) != 0 || is_dead(&shown) ||
	    shown.start < group->since)
		return NO_BOND;
	if (group->session > 0 && shown.session == group->session)
		return BY_SESSION;
	return group->inode != 0 && holds_lock(pid, group) ? BY_LOCK : NO_BOND;
}

/* All asked behind the opening: the descriptor stays with its process. */
static int
sweep_one(pid_t pid, const struct process_group *group)
{
	int fd = pidfd_open(pid, 0);
	enum bond bond;

	if (fd < 0)
		return 0;
	bond = bond_of(pid, group);
	if (bond == BY_LOCK && group->spare != NULL)
		bond = group->spare(group->arg, pid) ? NO_BOND
						     : bond_of(pid, group);
	if (bond != NO_BOND)
		pidfd_send_signal(fd, SIGKILL, NULL, 0);
	close(fd);
	return bond != NO_BOND;
}

/* A session's number is free again once its last member is gone.  A leader of
 * that number who started long after the run leads another session. */
static bool
is_taken_over(const struct process_group *group)
{
	uint64_t most = LEADER_WITHIN * (uint64_t)sysconf(_SC_CLK_TCK);
	struct shown leader;

	return group->session > 0 && look(group->session, &leader) == 0 &&
	       leader.start > group->since + most;
}

int
process_sweep(const struct process_group *which)
{
	struct process_group group = *which;
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	int found = 0;

	if (is_taken_over(&group))
		group.session = 0;
	while (proc != NULL && (entry = readdir(proc)) != NULL) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);

		if (pid > 0 && pid != getpid())
			found += sweep_one(pid, &group);
	}
	if (proc != NULL)
		closedir(proc);
	return found;
}

pid_t *
process_children(void)
{
	pid_t *children = msg_calloc(1, sizeof(*children));
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	struct shown shown;
	size_t count = 0;

	while (proc != NULL && (entry = readdir(proc)) != NULL) {
		pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);

		if (pid <= 0 || look(pid, &shown) != 0 ||
		    shown.parent != getpid() || is_dead(&shown))
			continue;
		children =
			msg_realloc(children, (count + 2) * sizeof(*children));
		children[count++] = pid;
		children[count] = 0;
	}
	if (proc != NULL)
		closedir(proc);
	return children;
}
