#include "demo/founding.h"

#include <stdio.h>

#include "base/msg.h"

static void
found_projects(struct tracker *tracker)
{
	const struct world *world = tracker->world;
	size_t i;

	tracker->project_count = (int)world->project_count;
	tracker->projects =
		msg_calloc(world->project_count, sizeof(*tracker->projects));
	for (i = 0; i < world->project_count; i++) {
		struct tracker_project *project = &tracker->projects[i];

		project->id = 10000 + (int)i;
		project->key = world->projects[i].key;
		snprintf(project->name, sizeof(project->name), "%s",
			 world->projects[i].name);
		project->flow = catalog_flow(project->key);
		project->lead = (int)(i % world->human_count);
	}
}

static void
set_up_board(struct tracker *tracker, int project)
{
	const struct tracker_project *of = &tracker->projects[project];
	struct tracker_board *board = &tracker->boards[tracker->board_count];
	bool dc = tracker->world->config.data_center;

	board->id = ++tracker->board_count;
	board->project = project;
	board->also = -1;
	board->sprints = of->flow->sprints;
	board->kind = of->flow->team_managed && !dc ? TRACKER_SIMPLE
		      : of->flow->sprints	    ? TRACKER_SCRUM
						    : TRACKER_KANBAN;
	snprintf(board->name, sizeof(board->name), "%s board", of->key);
}

/* One board a project, and one more over the first two, which shows the
 * sprints of both. */
static void
set_up_boards(struct tracker *tracker)
{
	struct tracker_board *shared;
	int i;

	tracker->boards = msg_calloc((size_t)tracker->project_count + 1,
				     sizeof(*tracker->boards));
	for (i = 0; i < tracker->project_count; i++)
		set_up_board(tracker, i);
	shared = &tracker->boards[tracker->board_count];
	*shared = tracker->boards[0];
	shared->id = ++tracker->board_count;
	shared->also = 1;
	snprintf(shared->name, sizeof(shared->name), "Alle Teams – 全チーム");
}

static void
hire_person(struct tracker *tracker, const struct world_person *person)
{
	struct tracker_user *user = &tracker->users[tracker->user_count];
	static const char *const zones[] = { "Europe/Berlin", "Asia/Tokyo",
					     "America/New_York" };

	user->number = 10100 + tracker->user_count;
	user->display = person->name;
	user->app = person->bot;
	user->active = !person->gone;
	/* Most accounts hide their address. */
	user->email = tracker->user_count % 3 == 0 ? person->email : NULL;
	user->zone = zones[tracker->user_count % 3];
	snprintf(user->account_id, sizeof(user->account_id), "%s",
		 person->account_id);
	snprintf(user->name, sizeof(user->name), "%s", person->login);
	tracker->user_count++;
}

static const struct tracker_user others[] = {
	{ "557058:f58131cb-b67d-43c7-b30d-6b58d40bd077", "automation",
	  "Automation for Jira", NULL, "UTC", 10090, true, true },
	{ "557058:0867a421-a9ee-4659-801a-bc0ee4a4487e", "slack", "Slack", NULL,
	  "UTC", 10091, true, true },
	{ "5f9a1c2e7d3b480069a1b2c3", "old.hand", "Ólafur Gone", NULL,
	  "Europe/Berlin", 10092, false, false },
	{ "70121:3cf2b9d1-1f2c-4f6c-8f62-9d0a1f0d5a11", "demo", "Demo Account",
	  "demo@acme.test", NULL, 10093, true, false },
};

static void
hire(struct tracker *tracker)
{
	const struct world *world = tracker->world;
	size_t i, extra = sizeof(others) / sizeof(others[0]);

	tracker->users = msg_calloc(world->person_count + extra,
				    sizeof(*tracker->users));
	for (i = 0; i < world->person_count; i++)
		hire_person(tracker, &world->people[i]);
	for (i = 0; i < extra; i++)
		tracker->users[tracker->user_count++] = others[i];
}

void
founding_lay(struct tracker *tracker)
{
	found_projects(tracker);
	set_up_boards(tracker);
	hire(tracker);
}
