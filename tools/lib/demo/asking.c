#include "demo/asking.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"
#include "base/times.h"

void
asking_fail(struct asking *asking, unsigned status, const char *format, ...)
{
	va_list args;

	asking->status = status;
	va_start(args, format);
	vsnprintf(asking->error, sizeof(asking->error), format, args);
	va_end(args);
}

void
asking_list(struct asking *asking, const unsigned *rows, size_t count,
	    asking_row *write)
{
	size_t i = (size_t)(asking->page - 1) * asking->per_page;
	size_t end = i + asking->per_page;

	asking->paged = true;
	asking->total = count;
	jsonw_open(&asking->out, '[');
	for (; i < end && i < count; i++)
		write(asking, rows[i], &asking->out);
	jsonw_close(&asking->out, ']');
}

bool
asking_matches(struct asking *asking, const char *pattern, const char *path)
{
	unsigned word = 0;
	size_t len;

	while (*pattern != '\0') {
		if (*pattern != '*') {
			if (*pattern++ != *path++)
				return false;
			continue;
		}
		/* the last * of compare/ and commits/ takes slashes too */
		len = pattern[1] == '\0' ? strlen(path) : strcspn(path, "/");
		if (len == 0 || len >= ASKING_WORD || word == ASKING_WORDS)
			return false;
		memcpy(asking->words[word], path, len);
		asking->words[word++][len] = '\0';
		pattern++;
		path += len;
	}
	return *path == '\0';
}

const char *
asking_argument(const struct asking *asking, const char *name,
		const char *fallback)
{
	const char *value = httpd_argument(asking->request, name);

	return value != NULL && *value != '\0' ? value : fallback;
}

int64_t
asking_time(const struct asking *asking, const char *name, int64_t fallback)
{
	const char *text = asking_argument(asking, name, NULL);
	int64_t ms;

	return text != NULL && times_parse(text, strlen(text), &ms) ? ms
								    : fallback;
}

static int
ascending(const void *a, const void *b)
{
	const struct asking_place *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return (x->row > y->row) - (x->row < y->row);
}

void
asking_sorted(struct asking *asking, struct asking_place *sorting, size_t count,
	      bool down, asking_row *write)
{
	unsigned *rows = msg_calloc(count + 1, sizeof(*rows));
	size_t i;

	qsort(sorting, count, sizeof(*sorting), ascending);
	for (i = 0; i < count; i++)
		rows[i] = sorting[down ? count - 1 - i : i].row;
	asking_list(asking, rows, count, write);
	free(rows);
	free(sorting);
}
