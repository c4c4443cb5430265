/*
 * meter - response times in little room.  pure.  Buckets grow by a sixteenth
 * of an octave, so that a quantile is right within 4.5%.
 */
#ifndef PULSE_METER_H
#define PULSE_METER_H

enum { METER_BUCKETS = 320 };

struct meter {
	unsigned long counts[METER_BUCKETS], count;
	double total;
};

void meter_add(struct meter *meter, double ms);
double meter_mean(const struct meter *meter);
double meter_quantile(const struct meter *meter, double share); /* 0.95 */

#endif
