/* validate - pass records that keep the rules, divert those that do not */

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/home.h"
#include "base/jsonw.h"
#include "base/msg.h"
#include "base/runfile.h"
#include "records/judge.h"
#include "records/rejects.h"

struct opts {
	const char *rules, *rejects, *where;
	int strict, quality, unwrap, verbose;
};

static const struct cli_option options[] = {
	{ 'r', "rules", "DIR", "the record types (default share/records)",
	  CLI_STRING, offsetof(struct opts, rules) },
	{ 0, "rejects", "FILE", "add the diverted lines to FILE", CLI_STRING,
	  offsetof(struct opts, rejects) },
	{ 0, "strict", NULL, "divert types that have no rules", CLI_FLAG,
	  offsetof(struct opts, strict) },
	{ 0, "quality", NULL, "end with one line of counts per type", CLI_FLAG,
	  offsetof(struct opts, quality) },
	{ 0, "where", "EXPR", "drop records for which the jq EXPR is false",
	  CLI_STRING, offsetof(struct opts, where) },
	{ 0, "unwrap", NULL, "print the lines that reject lines hold", CLI_FLAG,
	  offsetof(struct opts, unwrap) },
	{ 'v', "verbose", NULL, "say at the end how many lines went where",
	  CLI_FLAG, offsetof(struct opts, verbose) },
	{ .name = NULL },
};

static const struct cli cli = {
	"validate",
	"pass records that keep the rules, divert those that do not",
	NULL,
	0,
	0,
	options,
	"  zcat batch.ndjson.gz | validate --rejects bad.ndjson >good.ndjson",
	NULL,
};

/* One run: a stream, its rules, and what became of the lines. */
struct run {
	const struct opts *opts;
	struct ndjson *in;
	struct ndjson_out *out;
	struct rules *rules;
	struct filter *where;
	struct quality *quality;
	struct judge *judge;
	struct rejects *rejects;
	unsigned long records, passed, dropped, rejected;
};

_Noreturn static void
die_of_output(void)
{
	msg_die(EX_IOERR, "cannot write 'standard output': %s",
		strerror(errno));
}

static void
sync_rejects(struct run *run)
{
	if (rejects_sync(run->rejects) != 0)
		msg_die(EX_IOERR, "cannot write '%s': %s",
			rejects_name(run->rejects), strerror(errno));
}

/*
 * What a checkpoint promises, and a batch's end, must not be read by anyone
 * before the rejects of the lines above are safe.
 */
static void
pass(struct run *run, const struct ndjson_line *line, enum control_kind kind)
{
	if (kind == CONTROL_CHECKPOINT || kind == CONTROL_BATCH_END)
		sync_rejects(run);
	if (kind == CONTROL_BATCH_END && run->quality != NULL)
		quality_write(run->quality, run->out);
	ndjson_pass(run->out, line);
	run->passed += kind == CONTROL_NONE;
}

static void
validate(struct run *run)
{
	struct ndjson_line line;

	while (ndjson_next(run->in, &line)) {
		const struct judge_verdict *v = judge_line(run->judge, &line);

		run->records += v->is_record;
		if (v->act == JUDGE_PASS) {
			pass(run, &line, v->kind);
		} else if (v->act == JUDGE_DROP) {
			run->dropped++;
		} else {
			rejects_add(run->rejects, &line, &v->broken,
				    v->is_json);
			run->rejected++;
		}
	}
}

static void
load_rules(struct run *run)
{
	const struct opts *opts = run->opts;
	char *dir = opts->rules != NULL ? msg_strdup(opts->rules)
					: home_share("records");
	char *why;

	if ((run->rules = rules_load(dir, &why)) == NULL)
		msg_die(EX_CONFIG, "cannot use '%s': %s", dir, why);
	free(dir);
	if (opts->where == NULL)
		return;
	if ((run->where = filter_compile(opts->where, &why)) == NULL) {
		rules_free(run->rules);
		msg_die(EX_USAGE, "cannot use '%s' for --where: %s",
			opts->where, why);
	}
}

static void
open_run(struct run *run)
{
	const struct opts *opts = run->opts;
	char *why;

	load_rules(run);
	if ((run->rejects = rejects_open(opts->rejects, &why)) == NULL) {
		filter_free(run->where);
		rules_free(run->rules);
		msg_die(EX_CANTCREAT, "cannot keep rejects in '%s': %s",
			opts->rejects != NULL ? opts->rejects
					      : getenv("PULSE_BATCH"),
			why);
	}
	if (opts->quality)
		run->quality = quality_new();
	run->judge = judge_new(run->rules);
	run->judge->where = run->where;
	run->judge->quality = run->quality;
	run->judge->strict = opts->strict > 0;
	run->in = ndjson_open(STDIN_FILENO, "standard input");
	run->out = ndjson_out(STDOUT_FILENO);
	ndjson_tie(run->in, run->out);
}

/* What judges goes first: then nothing but the three streams can fail. */
static void
close_run(struct run *run)
{
	if (run->quality != NULL)
		quality_write(run->quality, run->out);
	judge_free(run->judge);
	quality_free(run->quality);
	filter_free(run->where);
	rules_free(run->rules);
	if (ndjson_failed(run->in))
		msg_die(EX_IOERR, "cannot read '%s': %s", ndjson_name(run->in),
			strerror(errno));
	sync_rejects(run);
	if (ndjson_out_close(run->out) != 0)
		die_of_output();
	if (rejects_close(run->rejects) != 0)
		msg_die(EX_IOERR, "cannot write 'rejects': %s",
			strerror(errno));
	ndjson_close(run->in);
}

/* For the figures of the run that we are part of. */
static void
note_rejects(unsigned long rejected)
{
	struct jsonw w = { 0 };

	if (rejected == 0)
		return;
	jsonw_open(&w, '{');
	jsonw_key(&w, "tool");
	jsonw_string(&w, msg_name());
	jsonw_key(&w, "rejected");
	jsonw_int(&w, (int64_t)rejected);
	jsonw_close(&w, '}');
	if (runfile_add("requests", &w) != 0)
		msg_say("cannot note the rejects in the run's folder");
	jsonw_free(&w);
}

static int
unwrap(void)
{
	struct ndjson *in = ndjson_open(STDIN_FILENO, "standard input");
	struct ndjson_out *out = ndjson_out(STDOUT_FILENO);
	unsigned long lost = 0;
	struct ndjson_line line = { .number = 0 };

	ndjson_allow(in, NDJSON_CUT);
	while (ndjson_next(in, &line)) {
		const char *why = rejects_unwrap(&line, out);

		if (why == NULL)
			continue;
		msg_say("cannot unwrap 'line %lu': %s", line.number, why);
		lost++;
	}
	if (ndjson_failed(in))
		msg_die(EX_IOERR, "cannot read 'standard input': %s",
			strerror(errno));
	if (ndjson_out_close(out) != 0)
		die_of_output();
	ndjson_close(in);
	if (lost == 0)
		return EX_OK;
	return lost == line.number ? EX_DATAERR : EX_PARTIAL;
}

int
main(int argc, char *argv[])
{
	struct opts opts = { 0 };
	struct run run = { .opts = &opts };

	cli_parse(&cli, &opts, argc, argv);
	if (opts.unwrap)
		return unwrap();
	open_run(&run);
	validate(&run);
	close_run(&run);
	note_rejects(run.rejected);
	if (opts.verbose)
		msg_say("%lu records passed, %lu dropped, %lu lines rejected",
			run.passed, run.dropped, run.rejected);
	if (run.records == 0 && run.rejected > 0)
		msg_die(EX_DATAERR,
			"cannot find a record in 'standard input': "
			"%lu lines, none of them is one",
			run.rejected);
	return run.rejected > 0 ? EX_PARTIAL : EX_OK;
}
