/* validate - pass records that keep the rules, divert those that do not */

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cli.h"
#include "base/home.h"
#include "base/msg.h"
#include "records/control.h"
#include "records/filter.h"
#include "records/ndjson.h"
#include "records/quality.h"
#include "records/rejects.h"
#include "records/rules.h"

enum { MOST_BROKEN = 16 };

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
	struct control *control;
	struct filter *where;
	struct rejects *rejects;
	struct quality *quality;
	struct json_span *spans;
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

static void
divert(struct run *run, const struct ndjson_line *line,
       const char *const *broken, size_t count, bool is_json)
{
	rejects_add(run->rejects, line, broken, count, is_json);
	run->rejected++;
}

/* A line that cannot be read at all. */
static void
divert_raw(struct run *run, const struct ndjson_line *line, const char *rule,
	   size_t at)
{
	char text[160];
	const char *broken = text;

	snprintf(text, sizeof(text), "%s, at byte %zu", rule, at + 1);
	divert(run, line, &broken, 1, false);
	if (run->quality != NULL)
		quality_count(run->quality, NULL, NULL, &rule, 1);
}

/*
 * What a checkpoint promises, and a batch's end, must not be read by anyone
 * before the rejects of the lines above are safe.
 */
static void
pass_control(struct run *run, const struct ndjson_line *line,
	     enum control_kind kind)
{
	const char *broken =
		control_broken(run->control, &kind, line->text, line->len);

	run->records++;
	if (broken != NULL) {
		divert(run, line, &broken, 1, true);
		return;
	}
	if (kind == CONTROL_CHECKPOINT || kind == CONTROL_BATCH_END)
		sync_rejects(run);
	if (kind == CONTROL_BATCH_END && run->quality != NULL)
		quality_write(run->quality, run->out);
	ndjson_pass(run->out, line);
}

/* What is wrong with a line that has no rules of its own, or NULL. */
static const char *
check_unknown(const struct run *run)
{
	const struct json_span *type = &run->spans[RULES_TYPE];

	if (type->doubled)
		return "type: doubled";
	if (type->type != JSON_STRING)
		return "no record: no type";
	return run->opts->strict ? "type: unknown" : NULL;
}

static size_t
check(struct run *run, const struct ndjson_line *line,
      const struct rules_type *type, const char **broken)
{
	if (type->name != NULL)
		return rules_check(type, run->spans, line->text, line->len,
				   broken, MOST_BROKEN);
	broken[0] = check_unknown(run);
	return broken[0] != NULL ? 1 : 0;
}

static void
pass_record(struct run *run, const struct ndjson_line *line,
	    const struct rules_type *type)
{
	const char *broken[MOST_BROKEN], *why;
	size_t count = check(run, line, type, broken);
	bool is_record = run->spans[RULES_TYPE].type == JSON_STRING;
	int wanted = 1;

	run->records += is_record;
	if (count == 0 && run->where != NULL)
		wanted = filter_test(run->where, line->text, line->len, &why);
	if (wanted < 0) {
		broken[0] = "where: fails on this record";
		count = 1;
	}
	if (run->quality != NULL && wanted != 0)
		quality_count(run->quality, is_record ? type : NULL, run->spans,
			      broken, count);
	if (count > 0) {
		divert(run, line, broken, count, true);
	} else if (wanted == 0) {
		run->dropped++;
	} else {
		run->passed++;
		ndjson_pass(run->out, line);
	}
}

static void
validate(struct run *run)
{
	const struct rules_type *type;
	struct ndjson_line line;
	struct json_error error;
	enum control_kind kind;

	while (ndjson_next(run->in, &line)) {
		if (line.too_long) {
			divert_raw(run, &line, "longer than 16 MiB",
				   NDJSON_LONGEST);
		} else if (line.torn) {
			divert_raw(run, &line, "torn: no newline at its end",
				   line.len);
		} else if ((type = rules_scan(run->rules, line.text, line.len,
					      run->spans, &error)) == NULL) {
			divert_raw(run, &line, error.why, error.at);
		} else if (type->name == NULL &&
			   (kind = control_kind(&run->spans[RULES_TYPE])) !=
				   CONTROL_NONE) {
			pass_control(run, &line, kind);
		} else {
			pass_record(run, &line, type);
		}
	}
}

static void
open_run(struct run *run)
{
	const struct opts *opts = run->opts;
	char *dir = opts->rules != NULL ? msg_strdup(opts->rules)
					: home_share("records");
	char *why;

	if ((run->rules = rules_load(dir, &why)) == NULL)
		msg_die(EX_CONFIG, "cannot use '%s': %s", dir, why);
	if (opts->where != NULL &&
	    (run->where = filter_compile(opts->where, &why)) == NULL)
		msg_die(EX_USAGE, "cannot use '%s' for --where: %s",
			opts->where, why);
	if ((run->rejects = rejects_open(opts->rejects, &why)) == NULL)
		msg_die(EX_CANTCREAT, "cannot keep rejects in '%s': %s",
			opts->rejects != NULL ? opts->rejects
					      : getenv("PULSE_BATCH"),
			why);
	run->spans = msg_calloc(rules_spans(run->rules), sizeof(*run->spans));
	run->control = control_new();
	if (opts->quality)
		run->quality = quality_new();
	run->in = ndjson_open(STDIN_FILENO, "standard input");
	run->out = ndjson_out(STDOUT_FILENO);
	ndjson_tie(run->in, run->out);
	free(dir);
}

static void
close_run(struct run *run)
{
	if (ndjson_failed(run->in))
		msg_die(EX_IOERR, "cannot read '%s': %s", ndjson_name(run->in),
			strerror(errno));
	sync_rejects(run);
	if (run->quality != NULL)
		quality_write(run->quality, run->out);
	if (ndjson_out_close(run->out) != 0)
		die_of_output();
	if (rejects_close(run->rejects) != 0)
		msg_die(EX_IOERR, "cannot write 'rejects': %s",
			strerror(errno));
	ndjson_close(run->in);
	quality_free(run->quality);
	control_free(run->control);
	filter_free(run->where);
	rules_free(run->rules);
	free(run->spans);
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
