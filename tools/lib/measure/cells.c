#include "measure/cells.h"

#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

/* Before the cells, to be told from other bytes. */
struct head {
	char magic[8];
	uint64_t count;
};

static const char magic[8] = "cells 1";

static struct cell *
add(struct cells *cells, char sort)
{
	struct cell *cell;

	if (cells->count == cells->room) {
		cells->room = cells->room * 2 + 32;
		cells->items = msg_realloc(cells->items,
					   cells->room * sizeof(*cells->items));
	}
	cell = &cells->items[cells->count++];
	memset(cell, 0, sizeof(*cell));
	cell->sort = sort;
	return cell;
}

void
cells_int(struct cells *cells, int64_t number)
{
	add(cells, 'i')->is.number = number;
}

void
cells_real(struct cells *cells, double number)
{
	add(cells, 'r')->is.real = number;
}

void
cells_null(struct cells *cells)
{
	add(cells, 'n');
}

void
cells_text(struct cells *cells, struct span text)
{
	if (text.len < 0)
		cells_null(cells);
	else
		add(cells, 't')->is.text = text;
}

void
cells_free(struct cells *cells)
{
	free(cells->items);
}

void
cells_answer(const struct cells *cells, struct store_call *call,
	     const char *text, size_t len)
{
	size_t size = cells->count * sizeof(*cells->items);
	struct head head = { .count = cells->count };
	char *bytes = msg_calloc(sizeof(head) + size + len, 1);

	memcpy(head.magic, magic, sizeof(magic));
	memcpy(bytes, &head, sizeof(head));
	if (size > 0)
		memcpy(bytes + sizeof(head), cells->items, size);
	if (len > 0)
		memcpy(bytes + sizeof(head) + size, text, len);
	store_answer_bytes(call, bytes, sizeof(head) + size + len);
	free(bytes);
}

/* All that was answered with, by its parts. */
struct found {
	struct cell cell;
	const char *text;
	size_t len;
};

/* Bytes of a record lie anywhere: a cell is copied, not pointed to. */
static bool
find(const struct store_call *call, int argument, int64_t place,
     struct found *found)
{
	const char *bytes;
	struct head head;
	size_t len, texts;

	if (store_call_sort(call, argument) != 'b')
		return false;
	bytes = store_call_bytes(call, argument, &len);
	if (bytes == NULL || len < sizeof(head))
		return false;
	memcpy(&head, bytes, sizeof(head));
	if (memcmp(head.magic, magic, sizeof(magic)) != 0 || place < 0 ||
	    (uint64_t)place >= head.count ||
	    head.count > (len - sizeof(head)) / sizeof(found->cell))
		return false;
	texts = sizeof(head) + head.count * sizeof(found->cell);
	memcpy(&found->cell,
	       bytes + sizeof(head) + (size_t)place * sizeof(found->cell),
	       sizeof(found->cell));
	found->text = bytes + texts;
	found->len = len - texts;
	return true;
}

void
cells_show(struct store_call *call, int argument, int64_t place)
{
	struct found found;
	struct span text;

	if (!find(call, argument, place, &found))
		return;
	text = found.cell.is.text;
	if (found.cell.sort == 'i')
		store_answer_int(call, found.cell.is.number);
	else if (found.cell.sort == 'r')
		store_answer_real(call, found.cell.is.real);
	else if (found.cell.sort == 't' && text.len >= 0 &&
		 text.start + (size_t)text.len <= found.len)
		store_answer_text(call, found.text + text.start,
				  (size_t)text.len);
}

int64_t
cells_number(const struct store_call *call, int argument, int64_t place)
{
	struct found found;

	if (!find(call, argument, place, &found) || found.cell.sort != 'i')
		return 0;
	return found.cell.is.number;
}
