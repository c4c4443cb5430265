#include "base/runfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *
folder(void)
{
	const char *dir = getenv("PULSE_RUN_DIR");

	return dir != NULL && *dir != '\0' ? dir : NULL;
}

bool
runfile_wanted(void)
{
	return folder() != NULL;
}

int
runfile_open(const char *name)
{
	const char *dir = folder();
	char path[4096];

	if (dir == NULL || snprintf(path, sizeof(path), "%s/%s", dir, name) >=
				   (int)sizeof(path)) {
		errno = ENOENT;
		return -1;
	}
	return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

int
runfile_add(const char *name, struct jsonw *w)
{
	bool failed;
	int fd;

	if (!runfile_wanted())
		return 0;
	fd = runfile_open(name);
	if (fd < 0)
		return -1;
	w->comma = 0;
	jsonw_raw(w, "\n", 1);
	failed = write(fd, w->text, w->len) != (ssize_t)w->len;
	return close(fd) != 0 || failed ? -1 : 0;
}
