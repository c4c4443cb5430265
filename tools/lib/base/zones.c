#include "base/zones.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

bool
zones_exists(const char *name)
{
	char path[256];
	const char *dir = getenv("TZDIR");

	if (strcmp(name, "UTC") == 0)
		return true;
	if (*name == '\0' || *name == '/' || strstr(name, "..") != NULL)
		return false;
	return (size_t)snprintf(path, sizeof(path), "%s/%s",
				dir != NULL ? dir : "/usr/share/zoneinfo",
				name) < sizeof(path) &&
	       access(path, R_OK) == 0;
}

int64_t
zones_offset(const char *name, int64_t at)
{
	const char *set = getenv("TZ");
	time_t when = (time_t)at;
	struct tm local;

	if (strcmp(name, "UTC") == 0)
		return 0;
	if (set == NULL || strcmp(set, name) != 0) {
		setenv("TZ", name, 1);
		tzset();
	}
	if (localtime_r(&when, &local) == NULL)
		return 0;
	return local.tm_gmtoff;
}
