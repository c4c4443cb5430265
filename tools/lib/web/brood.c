#include "web/brood.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/msg.h"
#include "base/secret.h"

enum { PATIENCE = 5000 /* ms for the urgent ones at the end */ };

/* A program for all who asked for it. */
struct task {
	struct brood *brood;
	char **argv;
	int64_t limit;
	bool urgent;
	struct child *child; /* NULL: it waits its turn */
	struct brood_wait *waits;
	struct task *next;
};

struct brood_wait {
	struct task *task;
	void (*ended)(void *arg, const struct child_result *result);
	void *arg;
	struct brood_wait *next;
};

struct brood {
	struct loop *loop;
	struct task *running, *waiting; /* waiting: the first one first */
	size_t run, wait;		/* how many; run: of those not urgent */
};

static char **
copy_words(const char *const *argv)
{
	size_t count = 0, i;
	char **copy;

	while (argv[count] != NULL)
		count++;
	copy = msg_calloc(count + 1, sizeof(*copy));
	for (i = 0; i < count; i++)
		copy[i] = msg_strdup(argv[i]);
	return copy;
}

static bool
same_words(char *const *a, const char *const *b)
{
	for (; *a != NULL && *b != NULL; a++, b++)
		if (strcmp(*a, *b) != 0)
			return false;
	return *a == NULL && *b == NULL;
}

static void
put_in(struct task **list, struct task *task)
{
	while (*list != NULL)
		list = &(*list)->next;
	task->next = NULL;
	*list = task;
}

static void
take_out(struct task **list, const struct task *task)
{
	while (*list != NULL && *list != task)
		list = &(*list)->next;
	if (*list == task)
		*list = task->next;
}

static void
free_task(struct task *task)
{
	struct brood_wait *wait;
	char **word;

	child_free(task->child);
	while ((wait = task->waits) != NULL) {
		task->waits = wait->next;
		free(wait);
	}
	for (word = task->argv; *word != NULL; word++)
		free(*word);
	free(task->argv);
	free(task);
}

/* --- its life ------------------------------------------------------------- */

static void begin_next(struct brood *brood);

/* Tells all who wait: each may ask anew, or leave for another. */
static void
tell(void *arg, const struct child_result *result)
{
	struct task *task = arg;
	struct brood *brood = task->brood;
	struct brood_wait *wait;

	take_out(&brood->running, task);
	brood->run -= !task->urgent;
	while ((wait = task->waits) != NULL) {
		task->waits = wait->next;
		wait->ended(wait->arg, result);
		free(wait);
	}
	free_task(task);
	begin_next(brood);
}

static void
begin(struct task *task)
{
	struct brood *brood = task->brood;
	const struct child_order order = { task->argv, task->limit };

	task->child = child_start(brood->loop, &order, tell, task);
	put_in(&brood->running, task);
	brood->run += !task->urgent;
}

static void
begin_next(struct brood *brood)
{
	struct task *task;

	while (brood->run < BROOD_AT_ONCE && (task = brood->waiting) != NULL) {
		brood->waiting = task->next;
		brood->wait--;
		begin(task);
	}
}

/* --- those who ask -------------------------------------------------------- */

struct brood *
brood_new(struct loop *loop)
{
	struct brood *brood = msg_calloc(1, sizeof(*brood));

	secret_drop_environment();
	brood->loop = loop;
	return brood;
}

void
brood_free(struct brood *brood)
{
	int64_t until = clock_monotonic() + PATIENCE;
	struct task *task;

	if (brood == NULL)
		return;
	while ((task = brood->running) != NULL) {
		brood->running = task->next;
		/* What was ordered in need is not taken back. */
		child_see_off(task->child, task->urgent, until);
		free_task(task);
	}
	while ((task = brood->waiting) != NULL) {
		brood->waiting = task->next;
		free_task(task);
	}
	free(brood);
}

static struct task *
find(struct task *list, const char *const *argv)
{
	while (list != NULL && !same_words(list->argv, argv))
		list = list->next;
	return list;
}

static struct task *
new_task(struct brood *brood, const struct brood_order *order)
{
	struct task *task = msg_calloc(1, sizeof(*task));

	task->brood = brood;
	task->argv = copy_words(order->argv);
	task->limit = order->limit;
	task->urgent = order->urgent;
	return task;
}

static void
enter(struct brood *brood, struct task *task)
{
	if (task->urgent || brood->run < BROOD_AT_ONCE) {
		begin(task);
		return;
	}
	put_in(&brood->waiting, task);
	brood->wait++;
}

struct brood_wait *
brood_run(struct brood *brood, const struct brood_order *order,
	  void (*ended)(void *arg, const struct child_result *result),
	  void *arg)
{
	struct task *task = find(brood->running, order->argv);
	struct brood_wait *wait;

	if (task == NULL && !order->urgent)
		task = find(brood->waiting, order->argv);
	if (task == NULL && !order->urgent && brood->wait == BROOD_WAITING)
		return NULL;
	if (task == NULL) {
		task = new_task(brood, order);
		enter(brood, task);
	}
	wait = msg_calloc(1, sizeof(*wait));
	*wait = (struct brood_wait){ task, ended, arg, task->waits };
	task->waits = wait;
	return wait;
}

void
brood_leave(struct brood_wait *wait)
{
	struct task *task = wait->task;
	struct brood_wait **at = &task->waits;

	while (*at != wait)
		at = &(*at)->next;
	*at = wait->next;
	free(wait);
	if (task->waits != NULL || task->child != NULL)
		return;
	take_out(&task->brood->waiting, task);
	task->brood->wait--;
	free_task(task);
}
