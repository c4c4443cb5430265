#include "lead/preview.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/home.h"
#include "base/msg.h"
#include "base/settings.h"
#include "jobs/journal.h"
#include "jobs/latch.h"
#include "jobs/rooms.h"
#include "jobs/schedule.h"
#include "lead/docket.h"

struct preview {
	struct schedule *schedule;
	struct settings *settings;
	struct docket docket;
	struct gates_view view;
	size_t *which;
	int64_t *known; /* usual lengths of the rows that are stored */
	size_t known_count;
	int64_t *lengths; /* the same, as the view has its jobs */
};

enum { PATH = 4200, LATEST = 5 };

struct recent {
	int64_t took[LATEST];
	size_t count;
};

/* Keeps them in order, so that the middle one is the median. */
static bool
take_run(void *arg, const struct journal_run *run)
{
	struct recent *recent = arg;
	size_t i;

	if (run->ended == 0 ||
	    (run->result != STATES_SUCCESS && run->result != STATES_PARTIAL))
		return true;
	for (i = recent->count++; i > 0; i--) {
		if (recent->took[i - 1] <= run->figures.took)
			break;
		recent->took[i] = recent->took[i - 1];
	}
	recent->took[i] = run->figures.took;
	return recent->count < LATEST;
}

static void
take_lengths(struct preview *preview, struct journal *journal)
{
	const struct docket *docket = &preview->docket;
	size_t i;

	preview->known_count = docket->count;
	preview->known = msg_calloc(docket->count + 1, sizeof(int64_t));
	for (i = 0; i < docket->count; i++) {
		const struct journal_runs_ask ask = {
			.client = docket->entries[i].client,
			.job = docket->entries[i].job,
			.most = 4 * LATEST,
		};
		struct recent recent = { .count = 0 };

		journal_each_run(journal, &ask, take_run, &recent);
		if (recent.count > 0)
			preview->known[i] = recent.took[recent.count / 2];
	}
}

static void
place_lengths(struct preview *preview)
{
	size_t i;

	preview->lengths = msg_calloc(preview->view.count + 1, sizeof(int64_t));
	for (i = 0; i < preview->view.count; i++)
		if (preview->which[i] < preview->known_count)
			preview->lengths[i] = preview->known[preview->which[i]];
}

static void
take_flags(struct preview *preview, const struct rooms *rooms,
	   struct journal *journal)
{
	int64_t held = 0;

	journal_get(journal, "held", &held);
	journal_get(journal, "turn", &preview->view.last_client);
	preview->view.held = held != 0;
	preview->view.latched = rooms->control >= 0 && latch_is_set(rooms);
}

/* A spool or database that is not there yet has no rows. */
static int
read_rows(struct preview *preview, const char *spool, char **why)
{
	enum outcome_class class;
	struct journal *journal;
	struct rooms rooms;
	char path[PATH];
	int failed;

	if (rooms_open(&rooms, spool, false, why) != 0) {
		free(*why);
		*why = NULL;
		return 0;
	}
	snprintf(path, sizeof(path), "%s/state.db", rooms.path);
	if (access(path, F_OK) != 0) {
		rooms_close(&rooms);
		return 0;
	}
	journal = journal_open(path, false, why, &class);
	failed = journal == NULL || docket_read(&preview->docket, journal) != 0;
	if (journal != NULL && failed)
		*why = msg_strdup(journal_error(journal));
	if (!failed) {
		docket_recall(&preview->docket, &rooms);
		take_flags(preview, &rooms, journal);
		take_lengths(preview, journal);
	}
	journal_close(journal);
	rooms_close(&rooms);
	return failed ? -1 : 0;
}

/* Rows that are not in the database begin as the leader would begin them. */
static void
begin_rows(struct docket *docket)
{
	struct states_event event = { .kind = STATES_SEEN, .now = clock_now() };
	struct states_answer answer;
	size_t i;

	for (i = 0; i < docket->count; i++)
		if (docket->entries[i].plan != NULL &&
		    (!docket->entries[i].stored ||
		     docket->entries[i].row.disabled))
			states_apply(&docket->entries[i].rules,
				     &docket->entries[i].row, &event, &answer);
}

struct preview *
preview_open(const struct leader_options *options, bool rows, char **why)
{
	struct preview *preview = msg_calloc(1, sizeof(*preview));
	char *file = schedule_path(options->schedule);
	char *config = home_config(options->config);

	*why = NULL;
	preview->schedule = schedule_load(file, why);
	if (preview->schedule != NULL)
		preview->settings = settings_load(config, why);
	free(file);
	free(config);
	if (preview->settings == NULL ||
	    (rows && read_rows(preview, options->spool, why) != 0)) {
		preview_close(preview);
		return NULL;
	}
	docket_fit(&preview->docket, preview->schedule, preview->settings);
	begin_rows(&preview->docket);
	docket_view(&preview->docket, preview->schedule, &preview->view,
		    &preview->which);
	place_lengths(preview);
	return preview;
}

const struct gates_view *
preview_view(const struct preview *preview)
{
	return &preview->view;
}

const int64_t *
preview_lengths(const struct preview *preview)
{
	return preview->lengths;
}

size_t
preview_jobs(const struct preview *preview)
{
	return preview->schedule->job_count;
}

size_t
preview_clients(const struct preview *preview)
{
	return preview->settings->client_count;
}

void
preview_close(struct preview *preview)
{
	if (preview == NULL)
		return;
	docket_drop_view(&preview->view, preview->which);
	free(preview->known);
	free(preview->lengths);
	docket_free(&preview->docket);
	schedule_free(preview->schedule);
	settings_free(preview->settings);
	free(preview);
}
