#include "base/owner.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/home.h"
#include "base/msg.h"

static int
become(const struct stat *st)
{
	if (setgroups(0, NULL) != 0 || setgid(st->st_gid) != 0)
		return -1;
	return setuid(st->st_uid);
}

int
owner_become(const char *folder, char **why)
{
	const struct passwd *user;
	const char *name;
	struct stat st;
	int made;

	if (stat(folder, &st) != 0 || st.st_uid == geteuid())
		return 0;
	user = getpwuid(st.st_uid);
	name = user != NULL ? user->pw_name : "a user without a name";
	if (geteuid() == 0 && become(&st) == 0)
		return 0;
	if (geteuid() == 0)
		made = asprintf(why, "cannot become its owner, %s: %s", name,
				strerror(errno));
	else
		made = asprintf(why,
				"it belongs to %s; do it as root, or with "
				"sudo -u %s",
				name, name);
	if (made < 0)
		msg_die(EX_OSERR, "out of memory");
	return -1;
}

int
owner_become_spool(const char *given, char **why)
{
	char *spool = given != NULL ? msg_strdup(given) : home_path("spool");
	char *reason, *named = NULL;
	int failed = owner_become(spool, &reason);

	if (failed && asprintf(&named, "'%s': %s", spool, reason) < 0)
		msg_die(EX_OSERR, "out of memory");
	if (failed)
		free(reason);
	*why = named;
	free(spool);
	return failed;
}
