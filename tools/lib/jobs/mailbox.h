/*
 * mailbox - control/{tmp,new,cur,done}: how commands reach the leader and
 * answers come back; once applied, at least once answered.
 *
 * Writer:  mail = mailbox_send(rooms, &command, &error);   new/ID, durable
 *          mailbox_await(mail, timeout, &answer)
 *          mailbox_close(mail)
 * Leader:  fd = mailbox_watch(rooms)
 *          readable: mailbox_clear(fd), look at the latch, then scan
 *          while (mailbox_scan(rooms, 64, take, arg) == 64) ...
 *          mailbox_answer(rooms, &answer)    done/ID, then cur/ID goes
 *
 * In done/: ID an answer, ID.withdrawn a command that its writer took back,
 * ID.bad a file that was no command (answered under ID when that was a good
 * name, else set aside under a fresh one).
 */
#ifndef PULSE_MAILBOX_H
#define PULSE_MAILBOX_H

#include <stddef.h>
#include <stdint.h>

#include "jobs/command.h"
#include "jobs/rooms.h"

enum { MAILBOX_FULL = 1000 };

struct mailbox_mail;

/* NULL with errno: EAGAIN when MAILBOX_FULL files wait, EEXIST when a command
 * of that id is under way or done (await its answer with mailbox_expect). */
struct mailbox_mail *mailbox_send(const struct rooms *rooms,
				  const struct command *command);
struct mailbox_mail *mailbox_expect(const struct rooms *rooms, const char *id);
/* Readable when it is worth asking again; owned by mail. */
int mailbox_fd(const struct mailbox_mail *mail);

enum mailbox_state {
	MAILBOX_ANSWERED,
	MAILBOX_WAITING, /* not taken yet, or taken and not answered */
	MAILBOX_FAILED	 /* errno */
};
/* Waits up to wait_ms (0: only looks); a signal ends the wait (WAITING).
 * FAILED with ECANCELED: somebody else withdrew the command of this id. */
enum mailbox_state mailbox_await(struct mailbox_mail *mail, int64_t wait_ms,
				 struct command_answer *answer);
/* True: nobody will apply it.  False: it was taken, wait for the answer. */
bool mailbox_withdraw(struct mailbox_mail *mail);
void mailbox_close(struct mailbox_mail *mail);

/*
 * The leader's side.  Scan calls take for cur/ID of an earlier leader first
 * (again), then claims new/ID by rename, in the order of their names, up to
 * `most`; a file with a bad name, bad JSON or a bad size is answered with 400,
 * one whose role is too low with 403, both here, and the scan goes on.  take
 * returns false to end the scan (the database is locked: the file stays in
 * cur/).  What take finds wrong (404, 410 expired, ...) it answers itself.
 */
/* An inotify fd, non-blocking: readable after each command, and when the latch
 * was written by whomever (an emergency stop). */
int mailbox_watch(const struct rooms *rooms);
/* Takes the notices from it, an overflow included: always scan afterwards. */
void mailbox_clear(int fd);
int mailbox_scan(const struct rooms *rooms, size_t most,
		 bool (*take)(void *arg, const struct command *command),
		 void *arg); /* how many left new/, -1: errno */
int mailbox_answer(const struct rooms *rooms,
		   const struct command_answer *answer);
/* Removes from done/ and tmp/ what is older than before (ms). */
int mailbox_prune(const struct rooms *rooms, int64_t before);

#endif
