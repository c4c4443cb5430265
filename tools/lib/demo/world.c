#include "demo/world.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonw.h"
#include "base/msg.h"
#include "records/json.h"

#define DAY INT64_C(86400000)

static const struct {
	const char *login, *name;
	bool bot, gone;
} persons[] = {
	{ "alice", "Alice Moreau", false, false },
	{ "bjorn", "Björn Åkesson", false, false },
	{ "chidi", "Chidi Okafor", false, false },
	{ "dana-k", "Dana Kovács", false, false },
	{ "emre", "Emre Yılmaz", false, false },
	{ "fumiko", "高橋 文子", false, false },
	{ "goran", "Goran Petrović", false, false },
	{ "hana", "Hana 🌸 Nováková", false, false },
	{ "ines", "Inês Gonçalves", false, false },
	{ "jonas", "Jonas \"JJ\" O'Neil", false, false },
	{ "khadija", "خديجة بنعلي", false, false },
	{ "lu-wei", "卢伟", false, false },
	{ "ghost-mark", "Mark Left", false, true },
	{ "dependabot[bot]", "dependabot[bot]", true, false },
	{ "acme-release[bot]", "acme-release[bot]", true, false },
};

static const struct {
	const char *key, *name;
} projects[] = {
	{ "PAY", "Payments" },	    { "WEB", "Web shop" },
	{ "MOB", "Mobile apps" },   { "AB2", "Analytics & BI 2" },
	{ "A_B", "Ångström Büro" }, { "OPS", "Operations" },
};

/* splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom generators) */
uint64_t
world_random(uint64_t *stream)
{
	uint64_t z = *stream += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

uint64_t
world_stream(const struct world *world, const char *purpose, uint64_t number)
{
	uint64_t stream = world->config.seed;
	const char *p;

	for (p = purpose; *p != '\0'; p++) {
		stream ^= (unsigned char)*p;
		stream = world_random(&stream);
	}
	stream ^= number * 0xd6e8feb86659fd93u;
	return world_random(&stream);
}

unsigned
world_below(uint64_t *stream, unsigned bound)
{
	return bound == 0 ? 0 : (unsigned)(world_random(stream) % bound);
}

int64_t
world_between(uint64_t *stream, int64_t low, int64_t high)
{
	if (high <= low)
		return low;
	return low +
	       (int64_t)(world_random(stream) % (uint64_t)(high - low + 1));
}

bool
world_chance(uint64_t *stream, unsigned percent)
{
	return world_below(stream, 100) < percent;
}

static char *
account(uint64_t number)
{
	char line[64];

	snprintf(line, sizeof(line), "712020:%016" PRIx64, number);
	return msg_strdup(line);
}

static char *
address(const char *login)
{
	char line[96];

	snprintf(line, sizeof(line), "%s@acme.test", login);
	return msg_strdup(line);
}

static void
hire(struct world *world)
{
	size_t i, count = sizeof(persons) / sizeof(persons[0]);
	struct world_person *person;
	uint64_t stream;

	world->people = msg_calloc(count, sizeof(*world->people));
	world->person_count = count;
	for (i = 0; i < count; i++) {
		stream = world_stream(world, "person", i);
		person = &world->people[i];
		person->login = persons[i].login;
		person->name = persons[i].name;
		person->bot = persons[i].bot;
		person->gone = persons[i].gone;
		person->id = 100000 + 7919 * i;
		person->email = address(person->login);
		person->account_id = account(world_random(&stream));
		world->human_count += !person->bot;
	}
}

static void
found(struct world *world)
{
	size_t i, count = sizeof(projects) / sizeof(projects[0]);
	unsigned left = world->config.issues, share;

	world->projects = msg_calloc(count, sizeof(*world->projects));
	world->project_count = count;
	for (i = 0; i < count; i++) {
		share = left / (unsigned)(count - 1 > i ? count - 1 - i : 1);
		world->projects[i].key = projects[i].key;
		world->projects[i].name = projects[i].name;
		world->projects[i].issues = i + 1 < count ? share : 0;
		left -= world->projects[i].issues;
	}
}

struct world *
world_new(const struct world_config *config)
{
	struct world *world = msg_calloc(1, sizeof(*world));

	world->config = *config;
	world->from = config->now - (int64_t)config->days * DAY;
	hire(world);
	found(world);
	return world;
}

void
world_free(struct world *world)
{
	size_t i;

	if (world == NULL)
		return;
	for (i = 0; i < world->person_count; i++) {
		free((char *)world->people[i].email);
		free((char *)world->people[i].account_id);
	}
	free(world->people);
	free(world->projects);
	free(world->incidents);
	free(world);
}

int64_t
world_tick(struct world *world)
{
	return world->config.now += INT64_C(60000);
}

bool
world_issue_key(const struct world *world, unsigned repo, uint64_t *stream,
		char key[24])
{
	const struct world_project *project =
		&world->projects[repo % (world->project_count - 1)];

	if (project->issues == 0)
		return false;
	snprintf(key, 24, "%s-%u", project->key,
		 1 + world_below(stream, project->issues));
	return true;
}

void
world_touched(struct jsonw *out, const char *how, const char *type,
	      const char *scope, const char *key)
{
	jsonw_open(out, '{');
	jsonw_key(out, "type");
	jsonw_string(out, type);
	jsonw_key(out, "scope");
	jsonw_string(out, scope);
	jsonw_key(out, "key");
	jsonw_string(out, key);
	jsonw_key(out, "how");
	jsonw_string(out, how);
	jsonw_close(out, '}');
}

static struct json_span
member(const struct world_wish *wish, const char *name)
{
	struct json_paths *paths = json_paths(&name, 1);
	struct json_span span = { .type = JSON_ABSENT };
	struct json_error error;

	if (json_scan(paths, wish->json, wish->len, &span, &error) != 0)
		span.type = JSON_ABSENT;
	json_paths_free(paths);
	return span;
}

char *
world_wish_text(const struct world_wish *wish, const char *name)
{
	struct json_span span = member(wish, name);

	return json_text(&span);
}

int64_t
world_wish_number(const struct world_wish *wish, const char *name,
		  int64_t fallback)
{
	struct json_span span = member(wish, name);
	int64_t number;

	return json_int(&span, &number) ? number : fallback;
}
