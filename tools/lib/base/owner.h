/*
 * owner - act as the one who owns a folder: root becomes him, so that what it
 * writes there can be read by his programs; anybody else is refused.
 */
#ifndef PULSE_OWNER_H
#define PULSE_OWNER_H

/* 0 also when there is no such folder; -1 with *why (allocated): whose it is,
 * and how to become him. */
int owner_become(const char *folder, char **why);

/* The same for the spool: given, else that in PULSE_HOME; *why names it. */
int owner_become_spool(const char *given, char **why);

#endif
