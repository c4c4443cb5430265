/*
 * scratch - a folder of a unit's own below TMPDIR, and the end of it.
 *
 *	char folder[SCRATCH_SIZE];
 *
 *	if (scratch_enter(folder, "spool") != 0)
 *		return 1;
 *	failed = one_case() || another_case();
 *	return scratch_remove(folder) != 0 || failed;
 *
 * scratch_make makes the folder and fills in its path; scratch_enter goes
 * there as well.  scratch_remove takes any folder with all that is in it,
 * and follows no link; the current one may go, too.
 */
#ifndef PULSE_SCRATCH_H
#define PULSE_SCRATCH_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SCRATCH_SIZE = 200 };

static inline int
scratch_make(char folder[SCRATCH_SIZE], const char *name)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(folder, SCRATCH_SIZE, "%s/%s.XXXXXX",
		 tmp == NULL ? "/tmp" : tmp, name);
	return mkdtemp(folder) == NULL ? -1 : 0;
}

static inline int
scratch_enter(char folder[SCRATCH_SIZE], const char *name)
{
	return scratch_make(folder, name) != 0 ? -1 : chdir(folder);
}

static inline int
scratch_remove_one(const char *path, const struct stat *st, int flag,
		   struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static inline int
scratch_remove(const char *folder)
{
	return nftw(folder, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
