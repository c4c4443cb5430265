#include "base/backoff.h"

/* splitmix64's finisher: neighbouring seeds give unrelated numbers. */
static uint64_t
mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return x ^ (x >> 31);
}

int64_t
backoff_between(int64_t least, int64_t most, uint64_t seed)
{
	return least + (int64_t)(mix(seed) % (uint64_t)(most - least + 1));
}

int64_t
backoff_delay(const struct backoff *rule, unsigned k, uint64_t seed)
{
	int64_t factor = rule->factor < 1 ? 2 : rule->factor;
	int64_t cap = rule->cap, d = rule->base, most;
	unsigned step;

	for (step = 1; step < k && factor > 1 && d > 0 && d < cap; step++)
		d = d > cap / factor ? cap : d * factor;
	if (d > cap)
		d = cap;
	if (rule->steady)
		return d;
	most = d > cap - d / 2 ? cap : d + d / 2;
	return backoff_between(d, most, seed + k);
}
