/*
 * faults - a script of what goes wrong, for tests of clients (demo-api(1)
 * lists its words).  One JSON object a line; the order counts.
 *
 *   faults_load(faults, text, len, &why)         replaces the script
 *   if (!faults_before(faults, request, reply, &hit)) {
 *           ...the true answer...
 *           faults_after(&hit, request, reply);
 *   }
 *
 * Safe between threads.
 */
#ifndef PULSE_FAULTS_H
#define PULSE_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/httpd.h"

struct faults;
struct mishap;

enum { FAULTS_HITS = 8 };

struct faults_hit { /* rules that change the true answer */
	const struct mishap *mishaps[FAULTS_HITS];
	unsigned count;
	bool exhaust;	   /* spend the quota first, */
	int64_t exhausted; /* for so many seconds */
};

struct faults *faults_new(void);
void faults_free(struct faults *faults);

/* -1 with *why ("line 2: ...", allocated): the old script stays. */
int faults_load(struct faults *faults, const char *text, size_t len,
		char **why);

/* path: the target under the name that a person would write, see match. */
bool faults_before(struct faults *faults, const char *path,
		   const struct httpd_request *request,
		   struct httpd_reply *reply, struct faults_hit *hit);
void faults_after(const struct faults_hit *hit,
		  const struct httpd_request *request,
		  struct httpd_reply *reply);

#endif
