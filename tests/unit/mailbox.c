/* mailbox: a command arrives whole and once; nothing in new/ stops a scan. */
#include "jobs/mailbox.h"
#include "check.h"
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

enum { SOON = 5000 };

/* A control/ as rooms_open makes it, below the current folder. */
static struct rooms
fresh(void)
{
	struct rooms rooms = { .control = -1 };
	char folder[] = "control.XXXXXX";
	int latch;

	if (mkdtemp(folder) == NULL)
		abort();
	rooms.control = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (rooms.control < 0 || mkdirat(rooms.control, "tmp", 0700) != 0 ||
	    mkdirat(rooms.control, "new", 0700) != 0 ||
	    mkdirat(rooms.control, "cur", 0700) != 0 ||
	    mkdirat(rooms.control, "done", 0700) != 0)
		abort();
	latch = openat(rooms.control, "latch", O_WRONLY | O_CREAT, 0600);
	if (latch < 0 || write(latch, "0", 1) != 1 || close(latch) != 0)
		abort();
	return rooms;
}

static bool
there(const struct rooms *rooms, const char *path)
{
	struct stat st;

	return fstatat(rooms->control, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static void
put(const struct rooms *rooms, const char *path, const char *text, size_t len)
{
	int fd = openat(rooms->control, path, O_WRONLY | O_CREAT, 0600);

	if (fd < 0 || write(fd, text, len) != (ssize_t)len || close(fd) != 0)
		abort();
}

static struct command
pause_it(const char *id)
{
	struct command c = { .verb = COMMAND_PAUSE,
			     .job = "github_job",
			     .client = 1,
			     .by = "ann",
			     .role = COMMAND_OPERATOR,
			     .at = 1795500000000,
			     .if_epoch = -1 };

	snprintf(c.id, sizeof(c.id), "%s", id);
	return c;
}

/* A leader that writes down what it is given and answers 202. */
struct leader {
	const struct rooms *rooms;
	char seen[COMMAND_ID * 4];
	size_t taken, most;
	bool mute;
};

static bool
take(void *arg, const struct command *command)
{
	struct leader *leader = arg;
	struct command_answer answer = { .status = 202 };

	if (leader->taken == leader->most)
		return false;
	leader->taken++;
	if (leader->taken < 4)
		strcat(strcat(leader->seen, command->id), " ");
	snprintf(answer.id, sizeof(answer.id), "%s", command->id);
	return leader->mute || mailbox_answer(leader->rooms, &answer) == 0;
}

static int
a_command_goes_and_its_answer_comes(void)
{
	struct rooms rooms = fresh();
	struct leader leader = { .rooms = &rooms, .most = 9 };
	struct command command = pause_it("k1");
	struct command_answer answer;
	struct mailbox_mail *mail = mailbox_send(&rooms, &command);
	struct mailbox_mail *second;

	CHECK(mail != NULL && there(&rooms, "new/k1"));
	CHECK(mailbox_await(mail, 0, &answer) == MAILBOX_WAITING);
	CHECK(mailbox_send(&rooms, &command) == NULL && errno == EEXIST);
	CHECK(mailbox_scan(&rooms, 64, take, &leader) == 1);
	CHECK(strcmp(leader.seen, "k1 ") == 0);
	CHECK(!there(&rooms, "new/k1") && !there(&rooms, "cur/k1"));
	CHECK(mailbox_await(mail, 0, &answer) == MAILBOX_ANSWERED);
	CHECK(answer.status == 202 && strcmp(answer.id, "k1") == 0);
	CHECK(!mailbox_withdraw(mail));
	mailbox_close(mail);
	/* The same key again: no second command, the answer is still there. */
	CHECK(mailbox_send(&rooms, &command) == NULL && errno == EEXIST);
	CHECK((second = mailbox_expect(&rooms, "k1")) != NULL);
	CHECK(mailbox_await(second, 0, &answer) == MAILBOX_ANSWERED);
	mailbox_close(second);
	return 0;
}

static int
the_one_that_waits_is_woken(void)
{
	struct rooms rooms = fresh();
	struct command command = pause_it("k1");
	struct command_answer answer;
	int watch = mailbox_watch(&rooms), status;
	struct mailbox_mail *mail;
	pid_t child = fork();

	CHECK(watch >= 0 && child >= 0);
	if (child == 0) {
		struct leader leader = { .rooms = &rooms, .most = 9 };
		struct pollfd ready = { .fd = watch, .events = POLLIN };

		_exit(poll(&ready, 1, SOON) == 1 &&
				      mailbox_scan(&rooms, 64, take, &leader) ==
					      1
			      ? 0
			      : 1);
	}
	mail = mailbox_send(&rooms, &command);
	CHECK(mail != NULL);
	CHECK(mailbox_await(mail, SOON, &answer) == MAILBOX_ANSWERED);
	CHECK(waitpid(child, &status, 0) == child && status == 0);
	mailbox_close(mail);
	close(watch);
	return 0;
}

static int
the_watch_tells_of_the_latch(void)
{
	struct rooms rooms = fresh();
	int watch = mailbox_watch(&rooms);
	struct pollfd ready = { .fd = watch, .events = POLLIN };
	int latch = openat(rooms.control, "latch", O_WRONLY);

	CHECK(watch >= 0 && latch >= 0);
	CHECK(poll(&ready, 1, 0) == 0);
	CHECK(pwrite(latch, "1", 1, 0) == 1);
	CHECK(poll(&ready, 1, SOON) == 1);
	mailbox_clear(watch);
	CHECK(poll(&ready, 1, 0) == 0);
	CHECK(unlinkat(rooms.control, "latch", 0) == 0);
	CHECK(poll(&ready, 1, SOON) == 1);
	close(latch);
	close(watch);
	return 0;
}

static int
a_withdrawn_command_is_not_applied(void)
{
	struct rooms rooms = fresh();
	struct leader leader = { .rooms = &rooms, .most = 9 };
	struct command command = pause_it("k1");
	struct command_answer answer;
	struct mailbox_mail *mail = mailbox_send(&rooms, &command);
	struct mailbox_mail *other = mailbox_expect(&rooms, "k1");

	CHECK(mail != NULL && other != NULL);
	CHECK(mailbox_await(other, 10, &answer) == MAILBOX_WAITING);
	CHECK(mailbox_withdraw(mail));
	CHECK(there(&rooms, "done/k1.withdrawn"));
	CHECK(mailbox_scan(&rooms, 64, take, &leader) == 0);
	CHECK(leader.taken == 0);
	CHECK(mailbox_await(other, SOON, &answer) == MAILBOX_FAILED &&
	      errno == ECANCELED);
	mailbox_close(mail);
	mailbox_close(other);
	/* The key may be used again. */
	CHECK((mail = mailbox_send(&rooms, &command)) != NULL);
	CHECK(mailbox_scan(&rooms, 64, take, &leader) == 1);
	CHECK(mailbox_await(mail, 0, &answer) == MAILBOX_ANSWERED);
	mailbox_close(mail);
	return 0;
}

static int
the_oldest_come_first_and_a_turn_ends(void)
{
	struct rooms rooms = fresh();
	struct leader leader = { .rooms = &rooms, .most = 9 };
	static const char *const ids[] = { "c", "a", "b" };
	struct command command;
	size_t i;

	for (i = 0; i < 3; i++) {
		command = pause_it(ids[i]);
		mailbox_close(mailbox_send(&rooms, &command));
	}
	CHECK(mailbox_scan(&rooms, 2, take, &leader) == 2);
	CHECK(mailbox_scan(&rooms, 2, take, &leader) == 1);
	CHECK(strcmp(leader.seen, "a b c ") == 0);
	return 0;
}

static int
what_a_leader_left_is_handed_over_again(void)
{
	struct rooms rooms = fresh();
	struct leader dying = { .rooms = &rooms, .most = 1, .mute = true };
	struct leader next = { .rooms = &rooms, .most = 9 };
	struct command a = pause_it("a"), b = pause_it("b");
	struct mailbox_mail *mail;
	struct command_answer answer;

	mailbox_close(mailbox_send(&rooms, &a));
	mail = mailbox_send(&rooms, &b);
	/* Takes a, dies before the answer; the database is locked for b. */
	CHECK(mailbox_scan(&rooms, 64, take, &dying) == 2);
	CHECK(there(&rooms, "cur/a") && there(&rooms, "cur/b"));
	CHECK(!mailbox_withdraw(mail));
	CHECK(mailbox_scan(&rooms, 64, take, &next) == 0);
	CHECK(strcmp(next.seen, "a b ") == 0);
	CHECK(mailbox_await(mail, 0, &answer) == MAILBOX_ANSWERED);
	CHECK(there(&rooms, "done/a") && !there(&rooms, "cur/a"));
	mailbox_close(mail);
	return 0;
}

/* 0 when done/ID says status. */
static int
is_answered(const struct rooms *rooms, const char *id, int status)
{
	struct mailbox_mail *mail = mailbox_expect(rooms, id);
	struct command_answer answer = { 0 };
	enum mailbox_state state = mailbox_await(mail, 0, &answer);

	mailbox_close(mail);
	if (state == MAILBOX_ANSWERED && answer.status == status)
		return 1;
	printf("%s: %d, %d '%s'\n", id, state, answer.status, answer.message);
	return 0;
}

static void
put_odd_things(const struct rooms *rooms)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	struct jsonw w = { 0 };
	struct command low = pause_it("low"), other = pause_it("another");
	char big[5 * 1024];
	int s = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(name.sun_path, sizeof(name.sun_path), "/proc/self/fd/%d/new/s",
		 rooms->control);
	if (s < 0 || bind(s, (struct sockaddr *)&name, sizeof(name)) != 0)
		abort();
	close(s);
	memset(big, ' ', sizeof(big));
	put(rooms, "new/empty", "", 0);
	put(rooms, "new/garbage", "\xff\x00{", 3);
	put(rooms, "new/big", big, sizeof(big));
	put(rooms, "new/a\nb", "x", 1);
	put(rooms, "new/.hidden", "x", 1);
	put(rooms, "new/closed", "{}", 2);
	low.verb = COMMAND_RESET;
	command_write(&w, &low);
	put(rooms, "new/low", w.text, w.len);
	jsonw_reset(&w);
	command_write(&w, &other);
	put(rooms, "new/notitsname", w.text, w.len);
	put(rooms, "elsewhere", w.text, w.len);
	jsonw_free(&w);
	if (symlinkat("../elsewhere", rooms->control, "new/another") != 0 ||
	    mkfifoat(rooms->control, "new/fifo", 0600) != 0 ||
	    mkdirat(rooms->control, "new/folder", 0700) != 0 ||
	    mkdirat(rooms->control, "new/folder/full", 0700) != 0 ||
	    mkdirat(rooms->control, "cur/left\n", 0700) != 0 ||
	    fchmodat(rooms->control, "new/closed", 0, 0) != 0)
		abort();
}

static int
nothing_odd_stops_a_scan(void)
{
	static const char *const answered[] = {
		"empty", "garbage", "big", "another", "notitsname",
		"fifo",	 "folder",  "s",   "closed",  NULL
	};
	struct rooms rooms = fresh();
	struct leader leader = { .rooms = &rooms, .most = 9 };
	struct command command = pause_it("zlast");
	char path[64];
	size_t i;

	put_odd_things(&rooms);
	mailbox_close(mailbox_send(&rooms, &command));
	CHECK(mailbox_scan(&rooms, 64, take, &leader) == 13);
	CHECK(strcmp(leader.seen, "zlast ") == 0);
	for (i = 0; answered[i] != NULL; i++) {
		CHECK(is_answered(&rooms, answered[i], 400));
		snprintf(path, sizeof(path), "done/%s.bad", answered[i]);
		CHECK(there(&rooms, path));
		snprintf(path, sizeof(path), "cur/%s", answered[i]);
		CHECK(!there(&rooms, path));
	}
	CHECK(is_answered(&rooms, "low", 403));
	CHECK(!there(&rooms, "new/a\nb") && !there(&rooms, "new/.hidden"));
	CHECK(!there(&rooms, "cur/left\n"));
	CHECK(mailbox_scan(&rooms, 64, take, &leader) == 0);
	return 0;
}

static int
a_full_box_is_told(void)
{
	struct rooms rooms = fresh();
	struct leader leader = { .rooms = &rooms, .most = 2000 };
	struct command command = pause_it("one-more");
	char path[32];
	size_t i;

	for (i = 0; i < MAILBOX_FULL; i++) {
		snprintf(path, sizeof(path), "new/%zu", i);
		put(&rooms, path, "x", 1);
	}
	CHECK(mailbox_send(&rooms, &command) == NULL && errno == EAGAIN);
	CHECK(!there(&rooms, "new/one-more"));
	CHECK(mailbox_scan(&rooms, 64, take, &leader) == 64);
	mailbox_close(mailbox_send(&rooms, &command));
	CHECK(there(&rooms, "new/one-more"));
	return 0;
}

static int
a_turn_without_a_box_fails(void)
{
	struct rooms rooms = fresh();
	struct leader leader = { .rooms = &rooms, .most = 9 };
	struct command command = pause_it("k1");
	struct command bad = pause_it("../k1");

	CHECK(mailbox_send(&rooms, &bad) == NULL && errno == EINVAL);
	CHECK(unlinkat(rooms.control, "new", AT_REMOVEDIR) == 0);
	CHECK(mailbox_scan(&rooms, 64, take, &leader) == -1);
	CHECK(mailbox_watch(&rooms) == -1);
	CHECK(mailbox_send(&rooms, &command) == NULL && errno == ENOENT);
	return 0;
}

static int
old_answers_are_pruned(void)
{
	struct rooms rooms = fresh();
	struct command_answer answer = { .id = "old", .status = 200 };
	int64_t now = clock_now();

	CHECK(mailbox_answer(&rooms, &answer) == 0);
	put(&rooms, "tmp/torn", "x", 1);
	CHECK(mailbox_prune(&rooms, now - 60000) == 0);
	CHECK(there(&rooms, "done/old") && there(&rooms, "tmp/torn"));
	CHECK(mailbox_prune(&rooms, now + 60000) == 0);
	CHECK(!there(&rooms, "done/old") && !there(&rooms, "tmp/torn"));
	return 0;
}

int
main(void)
{
	char folder[SCRATCH_SIZE];
	int failed;

	if (scratch_enter(folder, "mailbox") != 0)
		return 1;
	failed = a_command_goes_and_its_answer_comes() ||
		 the_one_that_waits_is_woken() ||
		 the_watch_tells_of_the_latch() ||
		 a_withdrawn_command_is_not_applied() ||
		 the_oldest_come_first_and_a_turn_ends() ||
		 what_a_leader_left_is_handed_over_again() ||
		 nothing_odd_stops_a_scan() || a_full_box_is_told() ||
		 a_turn_without_a_box_fails() || old_answers_are_pruned();
	return scratch_remove(folder) != 0 || failed;
}
