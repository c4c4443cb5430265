#include "demo/visits.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/msg.h"

enum { SLOTS = 1 << 15, STATUSES = 600 };

struct visit {
	struct visit *next;
	unsigned long count;
	char *name;
};

struct visits {
	pthread_mutex_t lock;
	struct visit *slots[SLOTS];
	unsigned long total, statuses[STATUSES];
	long now, most;
};

struct visits *
visits_new(void)
{
	struct visits *visits = msg_calloc(1, sizeof(*visits));

	pthread_mutex_init(&visits->lock, NULL);
	return visits;
}

static void
forget(struct visits *visits)
{
	struct visit *visit, *next;
	size_t i;

	for (i = 0; i < SLOTS; i++) {
		for (visit = visits->slots[i]; visit != NULL; visit = next) {
			next = visit->next;
			free(visit->name);
			free(visit);
		}
		visits->slots[i] = NULL;
	}
	memset(visits->statuses, 0, sizeof(visits->statuses));
	visits->total = 0;
	visits->most = visits->now;
}

void
visits_forget(struct visits *visits)
{
	pthread_mutex_lock(&visits->lock);
	forget(visits);
	pthread_mutex_unlock(&visits->lock);
}

void
visits_free(struct visits *visits)
{
	if (visits == NULL)
		return;
	forget(visits);
	pthread_mutex_destroy(&visits->lock);
	free(visits);
}

void
visits_begin(struct visits *visits)
{
	pthread_mutex_lock(&visits->lock);
	if (++visits->now > visits->most)
		visits->most = visits->now;
	pthread_mutex_unlock(&visits->lock);
}

void
visits_end(struct visits *visits)
{
	pthread_mutex_lock(&visits->lock);
	visits->now--;
	pthread_mutex_unlock(&visits->lock);
}

void
visits_note(struct visits *visits, const char *method, const char *path,
	    unsigned status)
{
	unsigned long h = 5381;
	struct visit *visit;
	char name[512];
	const char *p;

	snprintf(name, sizeof(name), "%s %s", method, path);
	for (p = name; *p != '\0'; p++)
		h = h * 33 ^ (unsigned char)*p;
	pthread_mutex_lock(&visits->lock);
	for (visit = visits->slots[h % SLOTS]; visit != NULL;
	     visit = visit->next)
		if (strcmp(visit->name, name) == 0)
			break;
	if (visit == NULL) {
		visit = msg_calloc(1, sizeof(*visit));
		visit->name = msg_strdup(name);
		visit->next = visits->slots[h % SLOTS];
		visits->slots[h % SLOTS] = visit;
	}
	visit->count++;
	visits->total++;
	visits->statuses[status < STATUSES ? status : 0]++;
	pthread_mutex_unlock(&visits->lock);
}

void
visits_write(struct visits *visits, struct jsonw *out)
{
	const struct visit *visit;
	char text[8];
	unsigned i;

	pthread_mutex_lock(&visits->lock);
	jsonw_open(out, '{');
	jsonw_key(out, "total");
	jsonw_int(out, (int64_t)visits->total);
	jsonw_key(out, "most_at_once");
	jsonw_int(out, visits->most);
	jsonw_key(out, "statuses");
	jsonw_open(out, '{');
	for (i = 0; i < STATUSES; i++) {
		if (visits->statuses[i] == 0)
			continue;
		snprintf(text, sizeof(text), "%u", i);
		jsonw_key(out, text);
		jsonw_int(out, (int64_t)visits->statuses[i]);
	}
	jsonw_close(out, '}');
	jsonw_key(out, "paths");
	jsonw_open(out, '{');
	for (i = 0; i < SLOTS; i++)
		for (visit = visits->slots[i]; visit != NULL;
		     visit = visit->next) {
			jsonw_key(out, visit->name);
			jsonw_int(out, (int64_t)visit->count);
		}
	jsonw_close(out, '}');
	jsonw_close(out, '}');
	pthread_mutex_unlock(&visits->lock);
}
