/*
 * explorer - walks through everything that can happen to one job
 *
 *   explorer [--incidents N] [--kills N]... [--without FENCE]
 *
 * Breadth first over all interleavings of the steps of model.h within its
 * bounds.  Prints `N states, M transitions, 0
 * violations`, or the shortest history that breaks a law and leaves with 1.
 * --without takes one fence out of the protocol: then there must be one.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "model.h"

enum { NOBODY = UINT32_MAX };

struct search {
	struct model *model;
	struct world *worlds; /* in the order in which they were found */
	uint32_t *parents;
	struct step *steps;
	uint32_t *slots; /* hash table of indices + 1 */
	uint32_t count, room, slot_count;
	uint32_t *edges; /* pairs: from, to; of steps that need nobody */
	size_t edge_count, edge_room;
	uint64_t transitions;
	uint32_t from, most;
	const char *broken;
	struct step last; /* the step that breaks it */
	struct world end;
};

static const struct {
	const char *name;
	enum model_fence fence;
} fences[] = {
	{ "lock", MODEL_LOCK },	    { "order", MODEL_ORDER },
	{ "latch", MODEL_LATCH },   { "ticket", MODEL_TICKET },
	{ "revoke", MODEL_REVOKE }, { "want", MODEL_WANT },
	{ "intent", MODEL_INTENT }, { "sweep", MODEL_SWEEP },
	{ "record", MODEL_RECORD }, { "ids", MODEL_IDS },
	{ "again", MODEL_AGAIN },   { "last", MODEL_LAST },
	{ "later", MODEL_LATER },   { "sign", MODEL_SIGN },
	{ "view", MODEL_VIEW },	    { "name", MODEL_NAME },
};

enum { FENCES = sizeof(fences) / sizeof(fences[0]) };

static void *
grow(void *old, size_t count, size_t size)
{
	void *new = realloc(old, count > 0 ? count * size : size);

	if (new == NULL) {
		fputs("explorer: out of memory\n", stderr);
		exit(EX_OSERR);
	}
	return new;
}

static uint64_t
hash_of(const struct world *world)
{
	const unsigned char *bytes = (const unsigned char *)world;
	uint64_t hash = 0, word;
	size_t i;

	for (i = 0; i + 8 <= sizeof(*world); i += 8) {
		memcpy(&word, bytes + i, 8);
		hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
		hash ^= hash >> 32;
	}
	for (; i < sizeof(*world); i++)
		hash = (hash ^ bytes[i]) * 0x9e3779b97f4a7c15u;
	return hash ^ (hash >> 29);
}

static bool
is_same(const void *a, const void *b, size_t len)
{
	return memcmp(a, b, len) == 0;
}

static uint32_t *
find(struct search *search, const struct world *world)
{
	uint32_t slot = (uint32_t)hash_of(world) & (search->slot_count - 1);

	while (search->slots[slot] != 0 &&
	       !is_same(&search->worlds[search->slots[slot] - 1], world,
			sizeof(*world)))
		slot = (slot + 1) & (search->slot_count - 1);
	return &search->slots[slot];
}

static void
make_room(struct search *search)
{
	uint32_t i, room = search->room == 0 ? 1 << 16 : search->room * 2;

	search->worlds = grow(search->worlds, room, sizeof(struct world));
	search->parents = grow(search->parents, room, sizeof(uint32_t));
	search->steps = grow(search->steps, room, sizeof(struct step));
	search->slot_count = room * 2;
	search->slots =
		grow(search->slots, search->slot_count, sizeof(uint32_t));
	memset(search->slots, 0, search->slot_count * sizeof(uint32_t));
	for (i = 0; i < search->count; i++)
		*find(search, &search->worlds[i]) = i + 1;
	search->room = room;
}

/* The index of a world, found before or now. */
static uint32_t
visit(struct search *search, const struct world *world, const struct step *step)
{
	uint32_t *slot;

	if (search->count == search->most) {
		fprintf(stderr, "explorer: more than %u states\n",
			search->most);
		exit(EX_SOFTWARE);
	}
	if (search->count == search->room)
		make_room(search);
	slot = find(search, world);
	if (*slot != 0)
		return *slot - 1;
	search->worlds[search->count] = *world;
	search->parents[search->count] = search->from;
	search->steps[search->count] = *step;
	*slot = ++search->count;
	return search->count - 1;
}

static void
add_edge(struct search *search, uint32_t from, uint32_t to)
{
	if (search->edge_count == search->edge_room) {
		search->edge_room = search->edge_room == 0
					    ? 1 << 18
					    : search->edge_room * 2;
		search->edges = grow(search->edges, search->edge_room,
				     2 * sizeof(uint32_t));
	}
	search->edges[2 * search->edge_count] = from;
	search->edges[2 * search->edge_count + 1] = to;
	search->edge_count++;
}

static void
take_step(void *arg, const struct step *step, const struct world *next,
	  const char *broken)
{
	struct search *search = arg;
	uint32_t to;

	search->transitions++;
	if (search->broken != NULL)
		return;
	if (broken != NULL) {
		search->broken = broken;
		search->last = *step;
		search->end = *next;
		return;
	}
	to = visit(search, next, step);
	if (step->free && to != search->from)
		add_edge(search, search->from, to);
}

static void
walk(struct search *search)
{
	struct step none = { 0, 0, true };
	struct world world;

	model_start(search->model, &world);
	search->from = NOBODY;
	visit(search, &world, &none);
	for (search->from = 0;
	     search->from < search->count && search->broken == NULL;
	     search->from++) {
		world = search->worlds[search->from];
		model_steps(search->model, &world, take_step, search);
	}
}

/* Marks every world from which rest can be reached: backward over the edges,
 * again until nothing is new. */
static uint32_t
find_restless(struct search *search)
{
	unsigned char *calm = grow(NULL, search->count, 1);
	uint32_t i, restless = NOBODY;
	size_t e;
	bool more = true;

	for (i = 0; i < search->count; i++)
		calm[i] = model_rests(search->model, &search->worlds[i]);
	while (more) {
		more = false;
		for (e = search->edge_count; e-- > 0;) {
			const uint32_t *edge = &search->edges[2 * e];

			if (!calm[edge[1]] || calm[edge[0]])
				continue;
			calm[edge[0]] = 1;
			more = true;
		}
	}
	for (i = 0; i < search->count && restless == NOBODY; i++)
		if (!calm[i])
			restless = i;
	free(calm);
	return restless;
}

static void
print_line(struct search *search, unsigned number, const struct world *before,
	   const struct step *step, const struct world *after)
{
	printf("%3u  ", number);
	model_say(before, step, stdout);
	fputs("  ", stdout);
	model_show(search->model, after, stdout);
	putchar('\n');
}

static unsigned
print_history(struct search *search, uint32_t to)
{
	unsigned number;

	if (search->parents[to] == NOBODY)
		return 0;
	number = print_history(search, search->parents[to]) + 1;
	print_line(search, number, &search->worlds[search->parents[to]],
		   &search->steps[to], &search->worlds[to]);
	return number;
}

static int
report(struct search *search)
{
	uint32_t restless = NOBODY;
	unsigned number;

	if (search->broken == NULL)
		restless = find_restless(search);
	if (search->broken != NULL) {
		uint32_t last = search->from - 1;

		number = print_history(search, last);
		print_line(search, number + 1, &search->worlds[last],
			   &search->last, &search->end);
		printf("broken: %s\n", search->broken);
	} else if (restless != NOBODY) {
		print_history(search, restless);
		puts("broken: from here nothing brings the job to rest");
	}
	printf("%u states, %llu transitions, %d violations\n", search->count,
	       (unsigned long long)search->transitions,
	       search->broken != NULL || restless != NOBODY);
	return search->broken != NULL || restless != NOBODY;
}

static unsigned
fence_of(const char *name)
{
	size_t i;

	for (i = 0; i < FENCES; i++)
		if (strcmp(fences[i].name, name) == 0)
			return fences[i].fence;
	fprintf(stderr, "explorer: no fence '%s'; there are:", name);
	for (i = 0; i < FENCES; i++)
		fprintf(stderr, " %s", fences[i].name);
	fputs("\n", stderr);
	exit(EX_USAGE);
}

static unsigned
read_options(struct search *search, struct model_bounds *bounds, int argc,
	     char *argv[])
{
	static const struct option options[] = {
		{ "runs", 1, NULL, 0 },
		{ "kills", 1, NULL, 1 },
		{ "commands", 1, NULL, 2 },
		{ "ticks", 1, NULL, 3 },
		{ "emergencies", 1, NULL, 4 },
		{ "standalone", 1, NULL, 5 },
		{ "reboots", 1, NULL, 6 },
		{ "faults", 1, NULL, 7 },
		{ "every-command", 0, NULL, 8 },
		{ "every-outcome", 0, NULL, 9 },
		{ "incidents", 1, NULL, 10 },
		{ "most", 1, NULL, 'm' },
		{ "without", 1, NULL, 'w' },
		{ NULL, 0, NULL, 0 }
	};
	uint8_t *const numbers[] = { &bounds->runs,	   &bounds->kills,
				     &bounds->commands,	   &bounds->ticks,
				     &bounds->emergencies, &bounds->standalone,
				     &bounds->reboots,	   &bounds->faults };
	unsigned without = 0;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == '?')
			exit(EX_USAGE);
		if (c == 'w')
			without |= fence_of(optarg);
		else if (c == 'm')
			search->most = (uint32_t)strtoul(optarg, NULL, 10);
		else if (c == 10)
			bounds->incidents = (uint8_t)strtoul(optarg, NULL, 10);
		else if (c == 8)
			bounds->every_command = true;
		else if (c == 9)
			bounds->every_outcome = true;
		else
			*numbers[c] = (uint8_t)strtoul(optarg, NULL, 10);
	}
	return without;
}

int
main(int argc, char *argv[])
{
	struct model_bounds bounds = { .incidents = 2,
				       .runs = 2,
				       .kills = 2,
				       .commands = 2,
				       .ticks = 1,
				       .emergencies = 1,
				       .standalone = 1 };
	struct search search = { .most = 8000000 };
	unsigned without = read_options(&search, &bounds, argc, argv);
	int status;

	if (bounds.runs > MODEL_RUNS || bounds.commands > MODEL_COMMANDS) {
		fprintf(stderr, "explorer: at most %d runs and %d commands\n",
			MODEL_RUNS, MODEL_COMMANDS);
		return EX_USAGE;
	}
	search.model = model_open(&bounds, without);
	walk(&search);
	status = report(&search);
	model_close(search.model);
	free(search.worlds);
	free(search.parents);
	free(search.steps);
	free(search.slots);
	free(search.edges);
	return fflush(stdout) == 0 ? status : EX_IOERR;
}
