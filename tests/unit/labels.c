/* labels: names get places in the order of their first mention, each once. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "measure/labels.h"

enum { MANY = 5000 };

int
main(void)
{
	struct labels *labels = labels_new();
	char name[16];
	size_t i;

	CHECK(labels_count(labels) == 0);
	CHECK(labels_add(labels, "") == 0);
	for (i = 1; i < MANY; i++) {
		snprintf(name, sizeof(name), "name %zu", i * 7919 % MANY);
		CHECK(labels_add(labels, name) == i);
	}
	CHECK(labels_count(labels) == MANY);
	for (i = 1; i < MANY; i++) {
		snprintf(name, sizeof(name), "name %zu", i * 7919 % MANY);
		CHECK(labels_add(labels, name) == i);
		CHECK(strcmp(labels_at(labels, i), name) == 0);
	}
	CHECK(labels_count(labels) == MANY);
	labels_free(labels);
	labels_free(NULL);
	return 0;
}
