/*
 * check - CHECK(truth): names the line and leaves the test with 1 when the
 * truth is none.
 */
#ifndef PULSE_CHECK_H
#define PULSE_CHECK_H

#include <stdio.h>

#define CHECK(truth)                                                           \
	do {                                                                   \
		if (!(truth)) {                                                \
			printf("%s:%d: %s\n", __FILE__, __LINE__, #truth);     \
			return 1;                                              \
		}                                                              \
	} while (0)

#endif
