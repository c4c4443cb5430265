#include "measure/outfit.h"

#include <stdlib.h>
#include <string.h>

#include "base/home.h"
#include "measure/choices.h"
#include "measure/request.h"

/* A file that cannot be used: takes over why. */
static int
refuse(struct trouble *trouble, const char *path, char *why)
{
	trouble_say(trouble, OUTCOME_CONFIGURATION, "cannot use '%s': %s", path,
		    why);
	free(why);
	return -1;
}

static int
read_metrics(struct outfit *o, struct trouble *trouble)
{
	char *folder = home_share("metrics"), *why;
	int failed = 0;

	if ((o->metrics = metric_load(folder, &why)) == NULL)
		failed = refuse(trouble, folder, why);
	free(folder);
	return failed;
}

static int
read_bands(struct outfit *o, const char *set, struct trouble *trouble)
{
	char *folder = home_share("bands"), *why;
	char **known = bands_sets(folder);
	int failed = 0;
	size_t i;

	for (i = 0; known[i] != NULL && strcmp(known[i], set) != 0; i++)
		;
	if (known[i] == NULL)
		failed = trouble_take(
			trouble, OUTCOME_USAGE,
			request_unknown("set of bands", set,
					(const char *const *)known));
	else if ((o->bands = bands_load(folder, set, &why)) == NULL)
		failed = refuse(trouble, set, why);
	for (i = 0; known[i] != NULL; i++)
		free(known[i]);
	free(known);
	free(folder);
	return failed;
}

/* Without pulse.yaml any client may be asked for. */
static int
find_client(struct outfit *o, const char *id, struct trouble *trouble)
{
	if (*id == '\0' || strlen(id) > 9 ||
	    id[strspn(id, "0123456789")] != '\0')
		return trouble_say(trouble, OUTCOME_USAGE,
				   "cannot use '%s' for --client: not a number",
				   id);
	if (o->settings->root == NULL)
		o->settings->clients[0].id = strtol(id, NULL, 10);
	if ((o->client = settings_client(o->settings, id)) == NULL)
		return trouble_say(trouble, OUTCOME_CONFIGURATION,
				   "cannot find client '%s' in '%s'", id,
				   o->config != NULL ? o->config
						     : "the defaults");
	return 0;
}

static int
read_settings(struct outfit *o, const struct outfit_ask *ask,
	      struct trouble *trouble)
{
	char *why;

	o->config = home_config(ask->config);
	if ((o->settings = settings_load(o->config, &why)) == NULL)
		return refuse(trouble, o->config, why);
	if (find_client(o, ask->client != NULL ? ask->client : "1", trouble) !=
	    0)
		return -1;
	if ((o->services = services_open(o->client, &why)) == NULL)
		return refuse(trouble, "services", why);
	return 0;
}

static int
read_people(struct outfit *o, bool bots, struct trouble *trouble)
{
	char *why;

	if ((o->people = people_open(o->client->teams, &why)) == NULL)
		return refuse(trouble, o->client->teams, why);
	if (bots)
		people_count_bots(o->people);
	return 0;
}

static int
give_parameters(struct outfit *o, const struct cli_list *set,
		struct trouble *trouble)
{
	char *why = choices_from_settings(o->metrics, o->client->figures);

	if (why != NULL)
		return refuse(trouble, "figures", why);
	why = choices_from_words(o->metrics, set);
	return why != NULL ? trouble_take(trouble, OUTCOME_USAGE, why) : 0;
}

int
outfit_begin(struct outfit *outfit, const struct outfit_ask *ask,
	     struct trouble *trouble)
{
	const char *set = ask->bands != NULL ? ask->bands : "dora-2023";

	*outfit = (struct outfit){ 0 };
	return read_metrics(outfit, trouble) != 0 ||
			       read_bands(outfit, set, trouble) != 0 ||
			       read_settings(outfit, ask, trouble) != 0 ||
			       read_people(outfit, ask->bots, trouble) != 0 ||
			       give_parameters(outfit, &ask->set, trouble) != 0
		       ? -1
		       : 0;
}

void
outfit_end(struct outfit *outfit)
{
	people_close(outfit->people);
	services_close(outfit->services);
	settings_free(outfit->settings);
	bands_free(outfit->bands);
	metric_free(outfit->metrics);
	free(outfit->config);
	*outfit = (struct outfit){ 0 };
}
