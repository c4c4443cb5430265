#include "base/home.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/msg.h"

static char *
join(const char *folder, const char *below)
{
	size_t size = strlen(folder) + strlen(below) + 2;
	char *path = msg_calloc(size, 1);

	snprintf(path, size, "%s/%s", folder, below);
	return path;
}

/* The folder of this binary, or the one above it. */
static char *
own_folder(int above)
{
	char path[4096];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (len <= 0)
		msg_die(EX_OSERR, "cannot find 'this program': no /proc");
	path[len] = '\0';
	for (; above >= 0; above--) {
		char *slash = strrchr(path, '/');

		if (slash != NULL)
			*slash = '\0';
	}
	return msg_strdup(path);
}

static char *
existing(char *base, const char *below)
{
	char *path = join(base, below);

	if (access(path, F_OK) == 0)
		return path;
	free(path);
	return NULL;
}

static char *
from_variable(const char *name, const char *under)
{
	const char *value = getenv(name);

	if (value == NULL || *value == '\0')
		return NULL;
	return under == NULL ? msg_strdup(value) : join(value, under);
}

static char *
home(void)
{
	char *path, *above, *pipelines;

	if ((path = from_variable("PULSE_HOME", NULL)) != NULL)
		return path;
	above = own_folder(1);
	pipelines = existing(above, "pipelines");
	if (pipelines != NULL) {
		free(pipelines);
		return above;
	}
	free(above);
	if ((path = from_variable("STATE_DIRECTORY", NULL)) != NULL ||
	    (path = from_variable("XDG_STATE_HOME", "pulse")) != NULL ||
	    (path = from_variable("HOME", ".local/state/pulse")) != NULL)
		return path;
	msg_die(EX_CONFIG,
		"cannot find 'PULSE_HOME': neither it nor HOME is set");
}

char *
home_path(const char *below)
{
	char *base = home();
	char *path = join(base, below);

	free(base);
	return path;
}

/* A link that leads nowhere, or a folder that we may not enter, is a mistake to
 * be told when it is opened, not a file that is not there. */
char *
home_own(const char *below)
{
	struct stat st;
	char *path = home_path(below);

	if (lstat(path, &st) == 0 || (errno != ENOENT && errno != ENOTDIR))
		return path;
	free(path);
	return NULL;
}

/* place below above; its ../ are taken out, for the path is shown to people.
 * The kernel named above: no part of it is a link. */
static char *
beside(const char *above, const char *place)
{
	char *base = msg_strdup(above), *path, *slash;

	while (strncmp(place, "../", 3) == 0 &&
	       (slash = strrchr(base, '/')) != NULL) {
		*slash = '\0';
		place += 3;
	}
	path = join(base, place);
	free(base);
	return path;
}

char *
home_share(const char *below)
{
	static const char *const places[] = { "share", "../share/pulse",
					      "../share", "../../share" };
	char *above = own_folder(1);
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		char *share = beside(above, places[i]);
		char *records = existing(share, "records");
		char *path = join(share, below);

		free(share);
		if (records != NULL) {
			free(records);
			free(above);
			return path;
		}
		free(path);
	}
	msg_die(EX_CONFIG, "cannot find 'share/%s' near '%s'", below, above);
}

char *
home_installed(const char *below)
{
	static const char *const places[][2] = {
		{ "share/records", "." },
		{ "../share/pulse/records", "../share/pulse" },
	};
	char *above = own_folder(1), *path = NULL;
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		char *records = existing(above, places[i][0]);
		char *base = join(above, places[i][1]);
		char *real = realpath(base, NULL);

		if (path == NULL && records != NULL && real != NULL)
			path = existing(real, below);
		free(records);
		free(base);
		free(real);
	}
	free(above);
	return path;
}

char *
home_program(const char *name)
{
	char *folder = own_folder(0);
	char *path = join(folder, name);

	free(folder);
	return path;
}

char *
home_config(const char *given)
{
	char *path;

	if (given != NULL)
		return msg_strdup(given);
	if ((path = from_variable("PULSE_CONFIG", NULL)) != NULL)
		return path;
	return home_own("pulse.yaml");
}
