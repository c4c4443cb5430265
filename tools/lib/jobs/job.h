/*
 * job - one command, or several as a pipe: started, waited for, each stage's
 * ending told.
 *
 *   struct job_spec spec = { .in = fd, .out = -1 };
 *   spec.stages = job_split(argv, &spec.count);     validate '|' load
 *   job = job_start(&spec, &why);
 *   code = job_wait(job);                           frees it
 *
 * Stages are executed directly, never through a shell.  A name without a slash
 * is looked for beside this program, then in PATH.  A stage gets no blocked
 * signals, no descriptor above 2 (but the one of PULSE_LOCK_FD, which proves
 * that a run is alive), and TERM when this process dies before it.
 */
#ifndef PULSE_JOB_H
#define PULSE_JOB_H

#include <stdbool.h>
#include <stddef.h>

struct job;

struct job_spec {
	char ***stages; /* argument vectors, each NULL-ended */
	size_t count;
	int in, out;	    /* of the first and the last stage; -1: as ours */
	char **environment; /* NULL: as ours */
};

/* Cuts arguments at each `|` that stands alone; NULL with *count 0 when a
 * stage is empty.  The array is allocated, the arguments are borrowed. */
char ***job_split(char **argv, size_t *count);

/* The file that a name without a slash stands for, allocated; NULL: none. */
char *job_find(const char *name);

/* NULL with errno and *why (allocated: "'NAME': reason") when a stage cannot
 * be executed; the others are ended then.  in and out stay open. */
struct job *job_start(const struct job_spec *spec, char **why);

/* Readable when the last stage has ended; owned by the job. */
int job_fd(const struct job *job);
void job_signal(const struct job *job, int signal);

/* Waits for every stage and returns the worst code (base/outcome.h), 128+n for
 * a stage that signal n ended.  A stage that SIGPIPE ended, or that says 141,
 * does not count when a later one failed: its death was the effect.  Frees the
 * job. */
int job_wait(struct job *job);

/* Did a code mean that a signal ended the command, itself or as 128+n of a
 * script; and is it one of those by which a program crashes on its input
 * (SEGV BUS ABRT FPE ILL SYS)? */
bool job_was_signalled(int code);
bool job_has_crashed(int code);

/* Takes the tokens out of our environment, and so out of every stage's, unless
 * a stage is a fetcher: a program whose file name begins with fetch-. */
void job_drop_secrets(const struct job_spec *spec);

#endif
