/* Any bytes as a command and as an answer: what is taken must come back the
 * same after being written. */
#include <stdlib.h>
#include <string.h>

#include "jobs/command.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void
command(const char *text, size_t size)
{
	struct command first, second;
	struct jsonw w = { 0 };
	const char *why = NULL;

	if (command_read(text, size, &first, &why) != 0) {
		if (why == NULL)
			abort();
		return;
	}
	if (!command_id_is_good(first.id) ||
	    command_role(&first) > COMMAND_ADMIN)
		abort();
	command_write(&w, &first);
	/* Escaped controls may make it longer than a command may be. */
	if (command_read(w.text, w.len, &second, &why) != 0
		    ? w.len <= COMMAND_SIZE
		    : memcmp(&first, &second, sizeof(first)) != 0)
		abort();
	jsonw_free(&w);
}

static void
answer(const char *text, size_t size)
{
	struct command_answer first, second;
	struct jsonw w = { 0 };

	if (command_answer_read(text, size, &first) != 0)
		return;
	command_answer_write(&w, &first);
	if (first.id[0] != '\0' &&
	    (command_answer_read(w.text, w.len, &second) != 0 ||
	     memcmp(&first, &second, sizeof(first)) != 0))
		abort();
	jsonw_free(&w);
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	command((const char *)data, size);
	answer((const char *)data, size);
	return 0;
}
