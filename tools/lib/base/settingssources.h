/*
 * settingssources - the github and jira sections of a client in pulse.yaml.
 *
 * Each reads one section (map NULL: there is none) over the defaults that are
 * in the struct; allocated "FILE:LINE: what was expected", or NULL.
 */
#ifndef PULSE_SETTINGSSOURCES_H
#define PULSE_SETTINGSSOURCES_H

#include "base/config.h"
#include "base/settings.h"

char *settingssources_github(const struct config *map,
			     struct settings_github *github);
char *settingssources_jira(const struct config *map,
			   struct settings_jira *jira);

#endif
