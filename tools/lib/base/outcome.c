#include "base/outcome.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

static const struct {
	const char *name;
	int code;
} classes[] = {
	[OUTCOME_NONE] = { "none", EX_OK },
	[OUTCOME_NETWORK_TIMEOUT] = { "network_timeout", EX_TEMPFAIL },
	[OUTCOME_API_RATE_LIMIT] = { "api_rate_limit", EX_TEMPFAIL },
	[OUTCOME_TEMPORARY_SERVICE_ERROR] = { "temporary_service_error",
					      EX_TEMPFAIL },
	[OUTCOME_DATABASE_LOCK] = { "database_lock", EX_TEMPFAIL },
	[OUTCOME_SERVICE_DOWN] = { "service_down", EX_UNAVAILABLE },
	[OUTCOME_DISK] = { "disk", EX_IOERR },
	[OUTCOME_AUTHENTICATION] = { "authentication", EX_NOPERM },
	[OUTCOME_PERMISSION] = { "permission", EX_NOPERM },
	[OUTCOME_CONFIGURATION] = { "configuration", EX_CONFIG },
	[OUTCOME_DATA_FORMAT] = { "data_format", EX_DATAERR },
	[OUTCOME_USAGE] = { "usage", EX_USAGE },
	[OUTCOME_BUG] = { "bug", EX_SOFTWARE },
	[OUTCOME_SYSTEM] = { "system", EX_OSERR },
};

enum { CLASSES = sizeof(classes) / sizeof(classes[0]) };

const char *outcome_name(enum outcome_class class)
{
	return classes[class].name;
}

enum outcome_class
outcome_from_name(const char *name)
{
	size_t i;

	for (i = 0; i < CLASSES; i++)
		if (strcmp(classes[i].name, name) == 0)
			return (enum outcome_class)i;
	return OUTCOME_BUG;
}

int outcome_code(enum outcome_class class)
{
	return classes[class].code;
}

enum outcome_class
outcome_of_code(int code)
{
	switch (code) {
	case EX_OK:
	case EX_PARTIAL:
		return OUTCOME_NONE;
	case EX_TEMPFAIL:
		return OUTCOME_TEMPORARY_SERVICE_ERROR;
	case EX_UNAVAILABLE:
		return OUTCOME_SERVICE_DOWN;
	case EX_CANTCREAT:
	case EX_IOERR:
		return OUTCOME_DISK;
	case EX_NOPERM:
		return OUTCOME_PERMISSION;
	case EX_CONFIG:
	case 126:
	case 127:
		return OUTCOME_CONFIGURATION;
	case EX_DATAERR:
	case EX_PROTOCOL:
		return OUTCOME_DATA_FORMAT;
	case EX_USAGE:
		return OUTCOME_USAGE;
	case EX_OSERR:
		return OUTCOME_SYSTEM;
	default:
		return OUTCOME_BUG;
	}
}

/* A disk that is full, or failed and was mounted read-only, may be well again
 * later: whoever starts us then does it once more. */
enum outcome_class
outcome_of_errno(int error)
{
	switch (error) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
	case EROFS:
	case EIO:
		return OUTCOME_DISK;
	case EACCES:
	case EPERM:
		return OUTCOME_PERMISSION;
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case EAGAIN:
		return OUTCOME_SYSTEM;
	default:
		return OUTCOME_CONFIGURATION;
	}
}

static size_t
rank(int code)
{
	static const int worst_first[] = {
		EX_CONFIG,  EX_NOPERM,	    EX_USAGE,	 EX_SOFTWARE,
		EX_DATAERR, EX_PROTOCOL,    EX_OSERR,	 EX_CANTCREAT,
		EX_IOERR,   EX_UNAVAILABLE, EX_TEMPFAIL, EX_PARTIAL,
		EX_OK,
	};
	size_t i;

	if (code == 126 || code == 127)
		code = EX_CONFIG;
	for (i = 0; i < sizeof(worst_first) / sizeof(worst_first[0]); i++)
		if (worst_first[i] == code)
			return i;
	return rank(EX_SOFTWARE);
}

int
outcome_worst(int a, int b)
{
	return rank(a) <= rank(b) ? a : b;
}
