/*
 * jiraboards - the boards of a site with their configuration, and their
 * sprints, each once however many boards show it.
 *
 *   boards = jiraboards_new(jira);
 *   jiraboards_ask(boards);                 then source_run
 *   jiraboards_keys(boards);                keys lines, when all is known
 *   jiraboards_free(boards);
 *
 * Only boards of type scrum and simple are asked for sprints, and one that
 * does not support them (400) is no failure.  A board that fails is a failed
 * item, the whole list failing is told by jiraboards_failed.  Where projects
 * were chosen only their boards are asked for, and no keys lines are printed.
 */
#ifndef PULSE_JIRABOARDS_H
#define PULSE_JIRABOARDS_H

#include "net/jira.h"

struct jiraboards;

struct jiraboards *jiraboards_new(struct jira *jira);
void jiraboards_ask(struct jiraboards *boards);
/* One board with its sprints, for --items; end hears how it went. */
void jiraboards_one(struct jiraboards *boards, const char *id,
		    void (*end)(void *arg, const struct http_reply *reply),
		    void *arg);
void jiraboards_keys(struct jiraboards *boards);
bool jiraboards_failed(const struct jiraboards *boards);
void jiraboards_free(struct jiraboards *boards);

#endif
