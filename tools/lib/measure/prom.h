/*
 * prom - figures in Prometheus' text format, for a textfile collector.
 *
 *   prom = prom_open(out, frame);
 *   prom_add(prom, metric, figures);      for each metric
 *   prom_close(prom);                     prints what is about all of them
 *
 * A metric is a gauge pulse_metric_NAME_UNIT in base units: seconds of minutes,
 * days and milliseconds, per second of per minute.  Labels are client, by and
 * group (where there are groups) and part (where it is one).  Beside them stand
 * pulse_metric_sample_size (n) and pulse_metric_groups_left_out.  Without data
 * there is no sample.  No timestamps: a frame cut into periods is not for this
 * format, and of periods that a metric delivers by itself the latest counts.
 *
 * A metric gives at most PROM_SAMPLES samples: beyond it whole groups are left
 * out, those that count the least first, so that a thousand persons or
 * repositories do not flood a server.
 */
#ifndef PULSE_PROM_H
#define PULSE_PROM_H

#include <stdio.h>

#include "measure/figures.h"
#include "measure/frame.h"
#include "measure/metric.h"

enum { PROM_SAMPLES = 1000 };

struct prom;

struct prom *prom_open(FILE *out, const struct frame *frame);
void prom_add(struct prom *prom, const struct metric *metric,
	      const struct figures *figures);
void prom_close(struct prom *prom);
void prom_drop(struct prom *prom); /* in place of close */

#endif
