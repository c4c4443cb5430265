/*
 * githubwindow - rows of a list, in its order, until all that lies below each
 * (reviews, commits, statuses) is out too.  Only then may a cursor pass them.
 *
 *   entry = github_window_add(&window, id, time);
 *   entry->left = 2;                    two lists below it were asked for
 *   ...when one of them is out: entry->left--;
 *   while ((entry = github_window_done(&window)) != NULL) ... free(entry);
 */
#ifndef PULSE_GITHUBWINDOW_H
#define PULSE_GITHUBWINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct github_entry {
	struct github_entry *next;
	int64_t id, time, row;
	unsigned left; /* lists below it that are not out yet */
	bool open;     /* a deployment without a final state */
};

struct github_window {
	struct github_entry *first, **last;
	size_t count;
};

struct github_entry *github_window_add(struct github_window *window, int64_t id,
				       int64_t time);
/* Takes the first one out when nothing is left of it, else NULL. */
struct github_entry *github_window_done(struct github_window *window);
void github_window_free(struct github_window *window);

#endif
