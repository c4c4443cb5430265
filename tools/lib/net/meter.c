#include "net/meter.h"

#include <math.h>

static const double steps = 16; /* per octave, from 1/16 ms */

void
meter_add(struct meter *meter, double ms)
{
	double place = ms <= 0 ? 0 : ceil(steps * (log2(ms) + 4));

	if (place < 0)
		place = 0;
	if (place > METER_BUCKETS - 1)
		place = METER_BUCKETS - 1;
	meter->counts[(int)place]++;
	meter->count++;
	meter->total += ms;
}

double
meter_mean(const struct meter *meter)
{
	return meter->count == 0 ? 0 : meter->total / (double)meter->count;
}

double
meter_quantile(const struct meter *meter, double share)
{
	double want = share * (double)meter->count;
	unsigned long seen = 0;
	int i;

	for (i = 0; i < METER_BUCKETS; i++) {
		seen += meter->counts[i];
		if (seen > 0 && (double)seen >= want)
			return exp2(i / steps - 4);
	}
	return 0;
}
