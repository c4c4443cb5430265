#include "ask/order.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/msg.h"

/* What is pruned unless said otherwise: older than 90 days.  And a start that
 * nobody took must not come as a surprise later. */
static const int64_t QUARTER = 90LL * 24 * 60 * 60 * 1000, VOID_AFTER = 60000;

static int complain(char **why, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int
complain(char **why, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (vasprintf(why, format, args) < 0)
		msg_die(EX_OSERR, "out of memory");
	va_end(args);
	return -1;
}

/* CLIENT.JOB */
static bool
split(const char *name, int64_t *client, char job[NAMES_SIZE])
{
	size_t digits = strspn(name, "0123456789");

	if (digits == 0 || digits > 18 || name[digits] != '.' ||
	    !names_is_job(name + digits + 1))
		return false;
	*client = strtoll(name, NULL, 10);
	snprintf(job, NAMES_SIZE, "%s", name + digits + 1);
	return true;
}

static int
add_target(struct order *order, const char *word, char **why)
{
	struct order_target target = { .client = -1 };

	if (names_is_job(word))
		snprintf(target.job, sizeof(target.job), "%s", word);
	else if (!split(word, &target.client, target.job))
		return complain(why, "'%s' is no job's name", word);
	order->targets = msg_realloc(
		order->targets, (order->count + 1) * sizeof(*order->targets));
	order->targets[order->count++] = target;
	return 0;
}

/* The verb's word; orchestrator-start and -stop are written otherwise. */
static int
read_verb(struct order *order, const char *word, char **why)
{
	static const char *const words[] = {
		"start",  "stop",	    "pause", "resume",
		"reset",  "breaker",	    "prune", "put-back",
		"reload", "emergency-stop", NULL
	};
	const char *near;
	size_t i;

	for (i = 0; words[i] != NULL && strcmp(words[i], word) != 0;)
		i++;
	if (words[i] == NULL) {
		near = cli_nearest(word, words);
		return near == NULL
			       ? complain(why, "'%s' is no command", word)
			       : complain(why,
					  "'%s' is no command; did you mean "
					  "'%s'?",
					  word, near);
	}
	order->emergency = strcmp(word, "emergency-stop") == 0;
	if (!order->emergency)
		order->verb = (enum command_verb)command_by_name(word);
	return 0;
}

static bool
is_about_jobs(const struct order *order)
{
	if (order->emergency)
		return false;
	switch (order->verb) {
	case COMMAND_START:
	case COMMAND_STOP:
	case COMMAND_PAUSE:
	case COMMAND_RESUME:
	case COMMAND_RESET:
	case COMMAND_PUT_BACK:
		return true;
	case COMMAND_ORCHESTRATOR_START:
	case COMMAND_ORCHESTRATOR_STOP:
	case COMMAND_BREAKER:
	case COMMAND_PRUNE:
	case COMMAND_RELOAD:
	case COMMAND_VERBS:
	default:
		return false;
	}
}

static bool
read_orchestrator(struct order *order, char **operands)
{
	if ((order->verb != COMMAND_START && order->verb != COMMAND_STOP) ||
	    operands[0] == NULL || strcmp(operands[0], "orchestrator") != 0 ||
	    operands[1] != NULL)
		return false;
	order->verb = order->verb == COMMAND_START ? COMMAND_ORCHESTRATOR_START
						   : COMMAND_ORCHESTRATOR_STOP;
	return true;
}

static int
read_breaker(struct order *order, char **operands, char **why)
{
	static const char *const to[] = { "open", "closed", "auto", NULL };
	size_t i;

	if (operands[0] == NULL || operands[1] == NULL || operands[2] != NULL)
		return complain(why, "breaker takes INTEGRATION and open, "
				     "closed or auto");
	if (!names_is_job(operands[0]))
		return complain(why, "'%s' is no integration's name",
				operands[0]);
	for (i = 0; to[i] != NULL && strcmp(to[i], operands[1]) != 0;)
		i++;
	if (to[i] == NULL)
		return complain(why,
				"a breaker is open, closed or auto, not "
				"'%s'",
				operands[1]);
	snprintf(order->integration, sizeof(order->integration), "%s",
		 operands[0]);
	snprintf(order->to, sizeof(order->to), "%s", to[i]);
	return 0;
}

static int
read_jobs(struct order *order, char **operands, char **why)
{
	if (operands[0] == NULL && !order->all)
		return complain(why, "'%s' needs a JOB%s",
				command_name(order->verb),
				order->verb == COMMAND_START ||
						order->verb == COMMAND_STOP
					? ", or 'orchestrator'"
					: "");
	if (operands[0] != NULL && order->all)
		return complain(why, "--all and '%s' exclude each other",
				operands[0]);
	for (; *operands != NULL; operands++)
		if (add_target(order, *operands, why) != 0)
			return -1;
	return 0;
}

/* Options that say nothing to this command are a mistake. */
static const char *
misplaced(const struct order *order)
{
	enum command_verb verb = order->verb;

	if (order->all && !is_about_jobs(order))
		return "--all goes with jobs";
	if (order->force && verb != COMMAND_START && verb != COMMAND_STOP)
		return "--force goes with start and stop";
	if (order->replace && verb != COMMAND_START)
		return "--replace goes with start";
	if (order->drain && verb != COMMAND_ORCHESTRATOR_STOP)
		return "--drain goes with 'stop orchestrator'";
	if (order->before != 0 && verb != COMMAND_PRUNE)
		return "--before goes with prune";
	if (order->id != NULL && (order->count > 1 || order->all))
		return "--id goes with one job";
	if (order->id != NULL && !command_id_is_good(order->id))
		return "an id is letters, digits, . _ - (127 at most)";
	if (order->reason != NULL && strlen(order->reason) >= COMMAND_TEXT)
		return "a reason is at most 255 bytes";
	return NULL;
}

static int
read_options(struct order *order, char **why)
{
	const char *wrong = misplaced(order);
	char *end;

	if (wrong != NULL)
		return complain(why, "%s", wrong);
	order->whose = -1;
	if (order->client == NULL)
		return 0;
	errno = 0;
	order->whose = strtoll(order->client, &end, 10);
	if (errno == 0 && end != order->client && *end == '\0' &&
	    order->whose >= 0)
		return 0;
	return complain(why, "'%s' is no client", order->client);
}

static int
read_operands(struct order *order, char **operands, char **why)
{
	if (read_verb(order, operands[0], why) != 0)
		return -1;
	operands++;
	if (read_orchestrator(order, operands))
		return 0;
	if (is_about_jobs(order))
		return read_jobs(order, operands, why);
	if (!order->emergency && order->verb == COMMAND_BREAKER)
		return read_breaker(order, operands, why);
	if (operands[0] != NULL)
		return complain(why, "'%s' is one word too many", operands[0]);
	return 0;
}

int
order_read(struct order *order, char **operands, char **why)
{
	if (read_operands(order, operands, why) != 0)
		return -1;
	return read_options(order, why);
}

/* Calls each job that has a status file. */
static void
each_known(const struct rooms *rooms,
	   void (*each)(void *arg, int64_t client, const char *job), void *arg)
{
	int fd = rooms->status < 0 ? -1
				   : openat(rooms->status, ".",
					    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	char job[NAMES_SIZE];
	int64_t client;

	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((entry = readdir(dir)) != NULL)
		if (split(entry->d_name, &client, job))
			each(arg, client, job);
	closedir(dir);
}

/* Whose a job is. */
struct owners {
	const char *job;
	int64_t client; /* the last found */
	size_t count;
	bool host;
	char list[128]; /* "1, 2, 3" */
};

static void
note_owner(void *arg, int64_t client, const char *job)
{
	struct owners *owners = arg;
	size_t used = strlen(owners->list);

	if (strcmp(job, owners->job) != 0)
		return;
	owners->client = client;
	owners->host = owners->host || client == 0;
	snprintf(owners->list + used, sizeof(owners->list) - used, "%s%lld",
		 owners->count > 0 ? ", " : "", (long long)client);
	owners->count++;
}

static void
label(struct order_target *target, bool alone)
{
	if (alone || target->client < 0)
		snprintf(target->label, sizeof(target->label), "%s",
			 target->job);
	else
		rooms_job(target->client, target->job, target->label);
}

static int
find(struct order_target *target, const struct rooms *rooms, int64_t client,
     char **why)
{
	struct owners owners = { .job = target->job };

	each_known(rooms, note_owner, &owners);
	if (owners.host && owners.count == 1)
		target->client = 0;
	else if (target->client < 0 && client >= 0)
		target->client = client;
	else if (target->client < 0 && owners.count == 1)
		target->client = owners.client;
	label(target, owners.count < 2);
	if (target->client >= 0 || owners.count == 0)
		return 0;
	return complain(why, "'%s' runs for the clients %s: say which with -k",
			target->job, owners.list);
}

struct takers {
	struct order *order;
	int64_t client;
};

static void
take_known(void *arg, int64_t client, const char *job)
{
	const struct takers *takers = arg;
	struct order *order = takers->order;
	struct order_target target = { .client = client };

	if (takers->client >= 0 && client != takers->client)
		return;
	snprintf(target.job, sizeof(target.job), "%s", job);
	order->targets = msg_realloc(
		order->targets, (order->count + 1) * sizeof(*order->targets));
	order->targets[order->count++] = target;
}

static int
by_name(const void *a, const void *b)
{
	const struct order_target *x = a, *y = b;
	int order = strcmp(x->job, y->job);

	if (order != 0)
		return order;
	return (x->client > y->client) - (x->client < y->client);
}

int
order_find(struct order *order, const struct rooms *rooms, char **why)
{
	struct takers takers = { order, order->whose };
	size_t i;

	if (order->all) {
		each_known(rooms, take_known, &takers);
		if (order->count == 0)
			return complain(why, "no job is known yet");
		qsort(order->targets, order->count, sizeof(*order->targets),
		      by_name);
	}
	for (i = 0; i < order->count; i++)
		if (find(&order->targets[i], rooms, order->whose, why) != 0)
			return -1;
	return 0;
}

bool
order_find_again(struct order_target *target, const struct rooms *rooms)
{
	char *why = NULL;

	if (target->client >= 0)
		return true;
	find(target, rooms, -1, &why);
	free(why);
	return target->client >= 0;
}

static bool
expires(enum command_verb verb)
{
	return verb == COMMAND_START || verb == COMMAND_RESUME ||
	       verb == COMMAND_PUT_BACK;
}

void
order_command(const struct order *order, size_t target, int64_t now,
	      struct command *command)
{
	struct command *c = command;

	*c = (struct command){ .verb = order->verb,
			       .client = -1,
			       .force = order->force || order->replace,
			       .replace = order->replace,
			       .drain = order->drain,
			       .at = now,
			       .if_epoch = -1 };
	command_make_id(c->id);
	if (order->id != NULL)
		snprintf(c->id, sizeof(c->id), "%s", order->id);
	if (order->count > 0) {
		c->client = order->targets[target].client;
		snprintf(c->job, sizeof(c->job), "%s",
			 order->targets[target].job);
	}
	memcpy(c->integration, order->integration, sizeof(c->integration));
	memcpy(c->to, order->to, sizeof(c->to));
	if (c->verb == COMMAND_BREAKER)
		c->client = order->whose;
	if (c->verb == COMMAND_PRUNE)
		c->before = order->before != 0 ? order->before : now - QUARTER;
	if (expires(c->verb))
		c->expires = now + VOID_AFTER;
	if (order->reason != NULL)
		snprintf(c->note, sizeof(c->note), "%s", order->reason);
}

void
order_free(struct order *order)
{
	free(order->targets);
	order->targets = NULL;
	order->count = 0;
}
