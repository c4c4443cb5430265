/*
 * outcome - how a program ends: exit codes, failure classes, and which of two
 * endings is the worse one.  Codes are sysexits(3) where one fits, and 121 for
 * a run that did its work in part.  pure.
 */
#ifndef PULSE_OUTCOME_H
#define PULSE_OUTCOME_H

#include <sysexits.h>

enum { EX_PARTIAL = 121 };

enum outcome_class {
	OUTCOME_NONE,		 /* done */
	OUTCOME_NETWORK_TIMEOUT, /* 75: the next four may pass by themselves */
	OUTCOME_API_RATE_LIMIT,
	OUTCOME_TEMPORARY_SERVICE_ERROR,
	OUTCOME_DATABASE_LOCK,
	OUTCOME_SERVICE_DOWN,	/* 69: the breaker is open */
	OUTCOME_DISK,		/* 74, or 73 when a file cannot be made */
	OUTCOME_AUTHENTICATION, /* 77: from here on a person must act */
	OUTCOME_PERMISSION,
	OUTCOME_CONFIGURATION, /* 78 */
	OUTCOME_DATA_FORMAT,   /* 65, or 76 when the server broke HTTP */
	OUTCOME_USAGE,	       /* 64 */
	OUTCOME_BUG,	       /* 70 */
	OUTCOME_SYSTEM	       /* 71 */
};

/* The name used in failure records, such as "api_rate_limit". */
const char *outcome_name(enum outcome_class class);

/* The class of a name; OUTCOME_BUG when nobody knows it. */
enum outcome_class outcome_from_name(const char *name);

/* The exit code of a class, and the class that a code alone tells. */
int outcome_code(enum outcome_class class);
enum outcome_class outcome_of_code(int code);

/* Of the errno with which a file or folder of our own is no use: whoever cannot
 * go on ends with outcome_code of it. */
enum outcome_class outcome_of_errno(int error);

/*
 * The worse of two exit codes, in the order 78 77 64 70 65 76 71 73 74 69 75
 * 121 0.  126 and 127 rank as 78; 128 and above, and any other code, as 70.
 */
int outcome_worst(int a, int b);

#endif
