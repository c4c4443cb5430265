/* delivery: each way that a command on its way to the leader can end. */
#include "web/delivery.h"
#include "check.h"
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "jobs/lock.h"
#include "jobs/mailbox.h"
#include "web/loop.h"

enum { SHORT = 100, LONG = 20000 };

struct heard {
	int times;
	enum delivery_end end;
	struct command_answer answer;
};

struct stage {
	struct web web;
	char folder[SCRATCH_SIZE];
};

static void
hear(void *arg, enum delivery_end end, const struct command_answer *answer)
{
	struct heard *heard = arg;

	heard->times++;
	heard->end = end;
	if (answer != NULL)
		heard->answer = *answer;
}

static void
set_up(struct stage *stage)
{
	char *why;

	stage->web = (struct web){ .loop = loop_new() };
	if (scratch_make(stage->folder, "delivery") != 0 ||
	    rooms_open(&stage->web.rooms, stage->folder, true, &why) != 0)
		abort();
}

static void
tear_down(struct stage *stage)
{
	loop_free(stage->web.loop);
	rooms_close(&stage->web.rooms);
	scratch_remove(stage->folder);
}

static struct command
a_start(const char *id)
{
	struct command command = { .verb = COMMAND_START,
				   .job = "a_job",
				   .client = -1,
				   .by = "ann",
				   .role = COMMAND_ADMIN,
				   .if_epoch = -1 };

	command.at = clock_now();
	snprintf(command.id, sizeof(command.id), "%s", id);
	return command;
}

static struct delivery *
send(struct stage *stage, const char *id, int64_t patience, struct heard *heard)
{
	struct command command = a_start(id);

	return delivery_send(&stage->web, &command, patience, hear, heard);
}

static void
turn_until_heard(struct stage *stage, const struct heard *heard)
{
	while (heard->times == 0)
		loop_turn(stage->web.loop);
}

static bool
there(const struct stage *stage, const char *path)
{
	struct stat st;

	return fstatat(stage->web.rooms.control, path, &st, 0) == 0;
}

/* The lock of a leader who is this process, or another. */
static int
lead(struct stage *stage, pid_t pid)
{
	struct lock_holder holder = { .run = "" };
	int fd = lock_take(&stage->web.rooms, "leader");

	if (fd < 0 || process_identify(pid, &holder.process) != 0 ||
	    lock_sign(fd, &holder) != 0)
		abort();
	return fd;
}

static bool
take(void *arg, const struct command *command)
{
	struct command_answer answer = { .status = 202, .epoch = 7 };

	snprintf(answer.id, sizeof(answer.id), "%s", command->id);
	return mailbox_answer(arg, &answer) == 0;
}

static bool
claim(void *arg, const struct command *command)
{
	(void)arg;
	(void)command;
	return false;
}

static int
nobody_leads(void)
{
	struct heard heard = { 0 };
	struct stage stage;

	set_up(&stage);
	CHECK(send(&stage, "k1", LONG, &heard) != NULL);
	CHECK(there(&stage, "new/k1"));
	turn_until_heard(&stage, &heard);
	CHECK(heard.times == 1 && heard.end == DELIVERY_NOBODY);
	CHECK(!there(&stage, "new/k1") && there(&stage, "done/k1.withdrawn"));
	tear_down(&stage);
	return 0;
}

static int
leader_answers_and_answers_again(void)
{
	struct heard heard = { 0 };
	struct stage stage;
	int lock;

	set_up(&stage);
	lock = lead(&stage, getpid());
	CHECK(send(&stage, "k1", LONG, &heard) != NULL);
	loop_turn(stage.web.loop);
	CHECK(heard.times == 0);
	CHECK(mailbox_scan(&stage.web.rooms, 64, take, &stage.web.rooms) == 1);
	turn_until_heard(&stage, &heard);
	CHECK(heard.end == DELIVERY_ANSWERED && heard.answer.epoch == 7);
	close(lock); /* the stored answer needs no leader */
	heard = (struct heard){ 0 };
	CHECK(send(&stage, "k1", LONG, &heard) != NULL);
	CHECK(!there(&stage, "new/k1") && heard.times == 0);
	turn_until_heard(&stage, &heard);
	CHECK(heard.end == DELIVERY_ANSWERED && heard.answer.status == 202);
	tear_down(&stage);
	return 0;
}

static int
leader_hangs(void)
{
	struct heard heard = { 0 }, taken = { 0 };
	struct stage stage;
	int lock;

	set_up(&stage);
	lock = lead(&stage, getpid());
	CHECK(send(&stage, "k1", SHORT, &heard) != NULL);
	turn_until_heard(&stage, &heard);
	CHECK(heard.end == DELIVERY_UNTAKEN);
	CHECK(there(&stage, "done/k1.withdrawn"));
	CHECK(send(&stage, "k2", SHORT, &taken) != NULL);
	mailbox_scan(&stage.web.rooms, 64, claim, NULL);
	CHECK(there(&stage, "cur/k2"));
	turn_until_heard(&stage, &taken);
	CHECK(taken.end == DELIVERY_UNANSWERED);
	CHECK(there(&stage, "cur/k2"));
	close(lock);
	tear_down(&stage);
	return 0;
}

/* The leader that is waited for ends: nobody else takes the command. */
static int
leader_ends(void)
{
	struct heard heard = { 0 };
	struct stage stage;
	pid_t child = fork();
	int lock;

	if (child == 0) {
		pause();
		_exit(0);
	}
	set_up(&stage);
	lock = lead(&stage, child);
	CHECK(send(&stage, "k1", LONG, &heard) != NULL);
	loop_turn(stage.web.loop);
	CHECK(heard.times == 0);
	close(lock);
	kill(child, SIGKILL);
	turn_until_heard(&stage, &heard);
	CHECK(heard.end == DELIVERY_NOBODY);
	waitpid(child, NULL, 0);
	tear_down(&stage);
	return 0;
}

static int
stands_when_it_is_left(void)
{
	struct heard heard = { 0 };
	struct command command;
	struct delivery *delivery;
	struct stage stage;
	int lock, i;

	set_up(&stage);
	lock = lead(&stage, getpid());
	delivery = send(&stage, "k1", LONG, &heard);
	loop_turn(stage.web.loop);
	delivery_leave(delivery);
	CHECK(heard.times == 0 && there(&stage, "new/k1"));
	for (i = 2; i <= MAILBOX_FULL; i++) {
		char path[32];
		int fd;

		snprintf(path, sizeof(path), "new/f%d", i);
		fd = openat(stage.web.rooms.control, path, O_WRONLY | O_CREAT,
			    0600);
		close(fd);
	}
	command = a_start("k2");
	CHECK(delivery_send(&stage.web, &command, LONG, hear, &heard) == NULL);
	CHECK(errno == EAGAIN);
	close(lock);
	tear_down(&stage);
	return 0;
}

int
main(void)
{
	return nobody_leads() || leader_answers_and_answers_again() ||
	       leader_hangs() || leader_ends() || stands_when_it_is_left();
}
