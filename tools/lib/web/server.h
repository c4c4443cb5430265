/*
 * server - pulse-web: listens, looks at each request (access, routes), hands it
 * to its handler, until INT or TERM.  It holds no state that a restart loses
 * but tickets and open connections.
 */
#ifndef PULSE_SERVER_H
#define PULSE_SERVER_H

#include <stdbool.h>

#include "jobs/command.h"

struct server_options {
	const char *spool, *config, *schedule; /* NULL: the usual */
	/* PATH or ADDR:PORT; NULL: systemd's, else pulse-web.sock in
	 * XDG_RUNTIME_DIR, web.sock in RUNTIME_DIRECTORY or PULSE_HOME. */
	const char *listen;
	const char *port_file; /* gets the port once it listens; or NULL */
	char *const *hosts;    /* NULL-ended, or NULL */
	bool proxied;
	unsigned connections; /* at once */
	enum command_role group_role;
	/* A line for the log; or NULL. */
	void (*say)(void *arg, const char *text);
	void *arg;
};

/* 0 once it was told to end; else an exit code, *why (allocated) says why. */
int server_run(const struct server_options *options, char **why);

#endif
