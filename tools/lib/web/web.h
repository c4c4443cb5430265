/*
 * web - what the parts of pulse-web share: each a module of its own, made by
 * web/server and handed to every exchange.
 */
#ifndef PULSE_WEB_H
#define PULSE_WEB_H

#include <stdint.h>

#include "jobs/rooms.h"

struct access;
struct audit;
struct brood;
struct jobboard;
struct live;
struct loop;
struct pages;
struct tickets;

enum { WEB_CLASSES = 6 };

struct web {
	const char *spool;    /* as given, or NULL: the usual */
	const char *config;   /* likewise */
	const char *schedule; /* likewise */
	struct rooms rooms;
	struct loop *loop;
	struct access *access;	 /* who may what */
	struct tickets *tickets; /* for WebSockets */
	struct audit *audit;	 /* spool/audit.ndjson */
	struct jobboard *board;	 /* the jobs as they are */
	struct brood *brood;	 /* programs that are run for a request */
	struct live *live;	 /* those who listen */
	struct pages *pages;	 /* share/web */
	uint64_t answered[WEB_CLASSES]; /* by the first digit of the status */
};

#endif
