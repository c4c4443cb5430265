/* Any bytes as a stream of records, through all that validate does to a line;
 * what is diverted must come back byte for byte. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "records/judge.h"
#include "records/rejects.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static struct rules *rules;
static struct judge *judge;
static int in, bad, out;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char *why;

	(void)argc;
	(void)argv;
	if ((rules = rules_load("share/records", &why)) == NULL)
		abort();
	judge = judge_new(rules);
	in = memfd_create("in", 0);
	bad = memfd_create("bad", 0);
	out = memfd_create("out", 0);
	return in < 0 || bad < 0 || out < 0;
}

static void
start_over(int fd)
{
	if (ftruncate(fd, 0) != 0 || lseek(fd, 0, SEEK_SET) != 0)
		abort();
}

/* Unwraps what was diverted and compares it with the lines themselves. */
static void
compare(const char *expected, size_t len)
{
	struct ndjson *reader = ndjson_open(bad, "bad");
	struct ndjson_out *writer = ndjson_out(out);
	struct ndjson_line line;
	char *got = malloc(len + 1);

	lseek(bad, 0, SEEK_SET);
	while (ndjson_next(reader, &line))
		if (rejects_unwrap(&line, writer) != NULL)
			abort();
	if (ndjson_out_close(writer) != 0 || got == NULL ||
	    lseek(out, 0, SEEK_CUR) != (off_t)len ||
	    pread(out, got, len, 0) != (ssize_t)len ||
	    memcmp(got, expected, len) != 0)
		abort();
	free(got);
	ndjson_close(reader);
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct rejects *rejects;
	struct ndjson *reader;
	struct ndjson_line line;
	char *expected = malloc(2 * size + 2), *why, path[32];
	size_t len = 0;

	judge->quality = quality_new();
	judge->strict = size % 2 == 0;
	start_over(in);
	start_over(bad);
	start_over(out);
	if (expected == NULL || pwrite(in, data, size, 0) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", bad);
	if ((rejects = rejects_open(path, &why)) == NULL)
		abort();
	reader = ndjson_open(in, "in");
	while (ndjson_next(reader, &line)) {
		const struct judge_verdict *v = judge_line(judge, &line);

		if ((v->act == JUDGE_DIVERT) != (v->broken.count > 0))
			abort();
		if (v->act != JUDGE_DIVERT)
			continue;
		rejects_add(rejects, &line, &v->broken, v->is_json);
		memcpy(expected + len, line.text, line.len);
		len += line.len;
		expected[len++] = '\n';
	}
	ndjson_close(reader);
	if (rejects_close(rejects) != 0)
		abort();
	compare(expected, len);
	quality_free(judge->quality);
	free(expected);
	return 0;
}
