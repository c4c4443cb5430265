#include "jobs/executable.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/home.h"
#include "base/msg.h"

static char *
below(const char *folder, const char *name)
{
	char *real = realpath(folder, NULL), *path;
	size_t size;

	if (real == NULL)
		return NULL;
	while (name[0] == '.' && name[1] == '/')
		name += 2 + strspn(name + 2, "/");
	size = strlen(real) + strlen(name) + 2;
	path = msg_calloc(size, 1);
	snprintf(path, size, "%s/%s", strcmp(real, "/") == 0 ? "" : real, name);
	free(real);
	if (access(path, F_OK) == 0)
		return path;
	free(path);
	return NULL;
}

static char *
folder_of(const char *file)
{
	const char *slash = strrchr(file, '/');
	char *folder = msg_strdup(slash == NULL ? "." : file);

	if (slash != NULL)
		folder[slash == file ? 1 : slash - file] = '\0';
	return folder;
}

/* The shipped schedule lies beside the installation's pipelines: there
 * PULSE_HOME's own go first. */
static char *
look_up(const char *file, const char *name)
{
	char *folder, *path, *installed;

	if (name[0] == '/')
		return access(name, F_OK) == 0 ? msg_strdup(name) : NULL;
	installed = home_installed(name);
	folder = folder_of(file);
	path = below(folder, name);
	free(folder);
	if (path != NULL && installed != NULL && strcmp(path, installed) == 0) {
		free(path);
		path = NULL;
	}
	if (path == NULL) {
		folder = home_path(".");
		path = below(folder, name);
		free(folder);
	}
	if (path == NULL)
		return installed;
	free(installed);
	return path;
}

static char *
missing(const struct config *node)
{
	char expected[512];

	if (strpbrk(node->text, " \t\n") != NULL)
		snprintf(expected, sizeof(expected),
			 "the path of one executable, without arguments, not "
			 "'%.200s'",
			 node->text);
	else if (node->text[0] == '/')
		snprintf(expected, sizeof(expected),
			 "an executable: there is no '%.200s'", node->text);
	else
		snprintf(expected, sizeof(expected),
			 "an executable: there is no '%.200s' beside this "
			 "file, in PULSE_HOME or in the installation",
			 node->text);
	return config_complain(node, expected);
}

char *
executable_find(const struct config *node, char **path)
{
	char expected[512];
	struct stat is;

	*path = NULL;
	if (config_text(node) == NULL || node->text[0] == '\0')
		return config_complain(node, "the path of an executable");
	if ((*path = look_up(node->file, node->text)) == NULL)
		return missing(node);
	if (stat(*path, &is) == 0 && S_ISREG(is.st_mode) &&
	    access(*path, X_OK) == 0)
		return NULL;
	if (S_ISREG(is.st_mode))
		snprintf(expected, sizeof(expected),
			 "an executable: '%.200s' has no run bit; chmod +x it",
			 *path);
	else
		snprintf(expected, sizeof(expected),
			 "an executable: '%.200s' is no file", *path);
	free(*path);
	*path = NULL;
	return config_complain(node, expected);
}
