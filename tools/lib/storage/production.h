/*
 * production - the rows of production_deployments of one repository, brought
 * to what its deployments are, as linkrows does with those of its tables.
 */
#ifndef PULSE_PRODUCTION_H
#define PULSE_PRODUCTION_H

#include "storage/deployments.h"
#include "storage/linkrows.h"

/* service is its name, or NULL; -1: store_error says why. */
int production_write(const struct linkrows *rows, const char *service,
		     const struct deployments *list);

#endif
