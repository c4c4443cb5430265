/* spool-ls - list the batches of the spool, or put some back to be loaded */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/clock.h"
#include "base/jsonw.h"
#include "base/msg.h"
#include "base/times.h"
#include "look/castoffs.h"
#include "records/filter.h"
#include "storage/shelf.h"

enum { LOCK_WAIT = 2000 };

struct opts {
	const char *spool, *client, *jq;
	int json, bad, replay;
};

static const struct cli_option options[] = {
	{ 's', "spool", "DIR", "the spool (default PULSE_HOME/spool)",
	  CLI_STRING, offsetof(struct opts, spool) },
	{ 'k', "client", "CLIENT", "only this client's queues (--replay: 1)",
	  CLI_STRING, offsetof(struct opts, client) },
	{ 0, "json", NULL, "one JSON object a batch", CLI_FLAG,
	  offsetof(struct opts, json) },
	{ 0, "jq", "EXPR", "what the jq EXPR makes of these objects",
	  CLI_STRING, offsetof(struct opts, jq) },
	{ 0, "bad", NULL, "what lies in bad/, which rules it broke, what to do",
	  CLI_FLAG, offsetof(struct opts, bad) },
	{ 0, "replay", NULL, "put the batches NAME back into new/", CLI_FLAG,
	  offsetof(struct opts, replay) },
	{ .name = NULL },
};

static const struct cli cli = {
	"spool-ls",
	"list the batches of the spool, or put some back to be loaded",
	"[QUEUE [NAME...]]",
	0,
	-1,
	options,
	"  spool-ls github\n"
	"  spool-ls --replay github 20261124T060000.123Z.0004711.001\n",
	NULL
};

static void
format_size(int64_t bytes, char out[24])
{
	static const char units[] = "KMGTPE";
	const char *unit = units;
	double size = (double)bytes / 1024;

	if (bytes < 1000) {
		snprintf(out, 24, "%d", (int)bytes);
		return;
	}
	for (; size >= 999.5 && unit[1] != '\0'; unit++)
		size /= 1024;
	snprintf(out, 24, "%.*f%c", size < 9.95 ? 1 : 0, size, *unit);
}

/* Names come from files: nothing in them may move a cursor. */
static void
print_name(const char *name)
{
	for (; *name != '\0'; name++)
		putchar((unsigned char)*name < ' ' || *name == 127 ? '?'
								   : *name);
	putchar('\n');
}

static void
print_batches(const struct shelf *shelf)
{
	int64_t now = clock_now();
	size_t i;

	if (shelf->count > 0)
		printf("%-8s %-10s %-5s %6s %6s  %s\n", "CLIENT", "QUEUE",
		       "STATE", "SIZE", "AGE", "NAME");
	for (i = 0; i < shelf->count; i++) {
		const struct shelf_item *item = &shelf->items[i];
		char size[24], age[TIMES_SIZE];

		format_size(item->bytes, size);
		times_about(now > item->at ? now - item->at : 0, age);
		printf("%-8s %-10s %-5s %6s %6s  ", item->client, item->queue,
		       queue_state_name(item->state), size, age);
		print_name(item->name);
	}
}

/* One line a queue and state: how many, how much, how old. */
static void
print_states(const struct shelf *shelf)
{
	int64_t now = clock_now();
	size_t i, first = 0;

	if (shelf->count > 0)
		printf("%-8s %-10s %-5s %7s %6s %6s\n", "CLIENT", "QUEUE",
		       "STATE", "FILES", "SIZE", "OLDEST");
	for (i = 0; i < shelf->count; i = first) {
		const struct shelf_item *item = &shelf->items[i], *other;
		int64_t bytes = 0, oldest = item->at;
		char size[24], age[TIMES_SIZE];

		for (; first < shelf->count; first++) {
			other = &shelf->items[first];
			if (strcmp(other->client, item->client) != 0 ||
			    strcmp(other->queue, item->queue) != 0 ||
			    other->state != item->state)
				break;
			bytes += other->bytes;
			oldest = other->at < oldest ? other->at : oldest;
		}
		format_size(bytes, size);
		times_about(now > oldest ? now - oldest : 0, age);
		printf("%-8s %-10s %-5s %7zu %6s %6s\n", item->client,
		       item->queue, queue_state_name(item->state), first - i,
		       size, age);
	}
}

static void
write_item(struct jsonw *w, const struct shelf_item *item)
{
	jsonw_reset(w);
	jsonw_open(w, '{');
	jsonw_key(w, "client");
	jsonw_string(w, item->client);
	jsonw_key(w, "queue");
	jsonw_string(w, item->queue);
	jsonw_key(w, "state");
	jsonw_string(w, queue_state_name(item->state));
	jsonw_key(w, "name");
	jsonw_string(w, item->name);
	jsonw_key(w, "bytes");
	jsonw_int(w, item->bytes);
	jsonw_key(w, "at");
	jsonw_time(w, item->at);
	jsonw_key(w, "file");
	jsonw_string(w, item->path);
	jsonw_close(w, '}');
}

static void
print_line(void *arg, const char *text, size_t len)
{
	(void)arg;
	fwrite(text, 1, len, stdout);
	putchar('\n');
}

static void
print_json(const struct shelf *shelf, const char *expression)
{
	struct filter *filter = NULL;
	struct jsonw w = { 0 };
	const struct filter_sink lines = { true, print_line, NULL };
	const char *reason;
	char *why;
	size_t i;

	if (expression != NULL &&
	    (filter = filter_compile(expression, &why)) == NULL)
		msg_die(EX_USAGE, "cannot use '%s' for --jq: %s", expression,
			why);
	for (i = 0; i < shelf->count; i++) {
		write_item(&w, &shelf->items[i]);
		if (filter == NULL)
			print_line(NULL, w.text, w.len);
		else if (filter_each(filter, w.text, w.len, &lines, &reason) !=
			 0)
			msg_die(EX_USAGE, "cannot apply '%s': %s", expression,
				reason);
	}
	filter_free(filter);
	jsonw_free(&w);
}

_Noreturn static void
die_replaying(const char *batch)
{
	if (errno == ENOENT)
		msg_die(EX_USAGE,
			"cannot put back '%s': no such batch in done/ or bad/",
			batch);
	msg_die(errno == EINVAL ? EX_USAGE : EX_IOERR,
		"cannot put back '%s': %s", batch, strerror(errno));
}

static void
replay(const struct opts *opts, const char *name, char **batches)
{
	const char *client = opts->client != NULL ? opts->client : "1";
	struct queue *queue = queue_open(opts->spool, client, name);
	int error;

	if (queue == NULL)
		msg_die(queue_code(errno), "cannot open the queue '%s': %s",
			name,
			errno == EINVAL ? "not a name such as github"
					: strerror(errno));
	if (queue_lock(queue, LOCK_WAIT) != 0)
		msg_die(errno == EWOULDBLOCK ? EX_TEMPFAIL : EX_CANTCREAT,
			"cannot lock the queue '%s': %s", name,
			errno == EWOULDBLOCK ? "spool-take is at work in it"
					     : strerror(errno));
	while (*batches != NULL && shelf_replay(queue, *batches) == 0)
		batches++;
	error = errno;
	queue_close(queue);
	errno = error;
	if (*batches != NULL)
		die_replaying(*batches);
}

int
main(int argc, char *argv[])
{
	struct opts opts = { 0 };
	struct shelf shelf;

	argv = cli_parse(&cli, &opts, argc, argv);
	if (opts.replay > 0 && (argv[0] == NULL || argv[1] == NULL))
		cli_misuse(&cli, "--replay needs a queue and its batches");
	if (opts.replay == 0 && argv[0] != NULL && argv[1] != NULL)
		cli_misuse(&cli, "unexpected '%s' without --replay", argv[1]);
	if (opts.bad > 0 && (opts.replay > 0 || opts.jq != NULL))
		cli_misuse(&cli, "--bad goes without --replay and --jq");
	if (opts.replay > 0) {
		replay(&opts, argv[0], argv + 1);
		return EX_OK;
	}
	if (shelf_read(opts.spool, opts.client, argv[0], &shelf) != 0)
		msg_die(outcome_code(outcome_of_errno(errno)),
			"cannot read the spool: %s", strerror(errno));
	if (opts.bad > 0)
		castoffs_list(&shelf, stdout,
			      opts.json > 0 ? LISTING_NDJSON : LISTING_TABLE);
	else if (opts.json > 0 || opts.jq != NULL)
		print_json(&shelf, opts.jq);
	else if (argv[0] != NULL)
		print_batches(&shelf);
	else
		print_states(&shelf);
	shelf_free(&shelf);
	msg_end_output();
	return EX_OK;
}
