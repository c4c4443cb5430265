#include "net/githubwindow.h"

#include <stdlib.h>

#include "base/msg.h"

struct github_entry *
github_window_add(struct github_window *window, int64_t id, int64_t time)
{
	struct github_entry *entry = msg_calloc(1, sizeof(*entry));

	entry->id = id;
	entry->time = time;
	if (window->first == NULL)
		window->last = &window->first;
	*window->last = entry;
	window->last = &entry->next;
	window->count++;
	return entry;
}

struct github_entry *
github_window_done(struct github_window *window)
{
	struct github_entry *entry = window->first;

	if (entry == NULL || entry->left > 0)
		return NULL;
	window->first = entry->next;
	window->count--;
	return entry;
}

void
github_window_free(struct github_window *window)
{
	struct github_entry *next;

	for (; window->first != NULL; window->first = next) {
		next = window->first->next;
		free(window->first);
	}
	window->count = 0;
}
