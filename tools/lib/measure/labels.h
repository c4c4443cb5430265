/*
 * labels - names in the order in which they were first mentioned, each once.
 *
 *   labels = labels_new();
 *   at = labels_add(labels, "acme/api");      0, and again 0
 *   labels_at(labels, at);                    lives as long as labels
 */
#ifndef PULSE_LABELS_H
#define PULSE_LABELS_H

#include <stddef.h>

struct labels;

struct labels *labels_new(void);
void labels_free(struct labels *labels); /* NULL is fine */

size_t labels_add(struct labels *labels, const char *name);
size_t labels_count(const struct labels *labels);
const char *labels_at(const struct labels *labels, size_t at);

#endif
