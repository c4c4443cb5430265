/* backoff: doubles up to its cap, spread over a half more. */
#include <stdbool.h>
#include <stdio.h>

#include "base/backoff.h"
#include "check.h"

static int64_t
delay(int64_t base, int64_t cap, int64_t factor, unsigned k)
{
	const struct backoff rule = { base, cap, factor, false };

	return backoff_delay(&rule, k, 1);
}

int
main(void)
{
	static const struct backoff usual = { 300, 1800, 2, false };
	static const struct backoff steady = { 300, 1800, 2, true };
	static const int64_t least[] = { 300, 600, 1200, 1800, 1800 };
	static const int64_t most[] = { 450, 900, 1800, 1800, 1800 };
	uint64_t seed;
	unsigned k;

	for (k = 1; k <= 5; k++) {
		bool low = false, high = false;

		for (seed = 0; seed < 2000; seed++) {
			int64_t wait = backoff_delay(&usual, k, seed);
			int64_t width = most[k - 1] - least[k - 1];

			CHECK(wait >= least[k - 1] && wait <= most[k - 1]);
			low = low || wait <= least[k - 1] + width / 10;
			high = high || wait >= most[k - 1] - width / 10;
			CHECK(wait == backoff_delay(&usual, k, seed));
		}
		CHECK(low && high);
	}
	CHECK(delay(1, INT64_MAX / 4, 2, 4000000000u) >= INT64_MAX / 8);
	CHECK(delay(7, INT64_MAX, 2, 500) == INT64_MAX);
	CHECK(delay(0, 1000, 2, 4000000000u) == 0);
	CHECK(delay(5000, 1000, 2, 1) == 1000);
	CHECK(delay(100, 100000, 3, 4) >= 2700);
	CHECK(delay(100, 100000, 3, 4) <= 4050);
	CHECK(delay(100, 100000, 1, 4000000000u) <= 150);
	CHECK(delay(100, 100000, 0, 2) >= 200);
	CHECK(backoff_delay(&usual, 0, 1) >= 300);
	for (k = 1; k <= 5; k++)
		CHECK(backoff_delay(&steady, k, 7) == least[k - 1]);
	return 0;
}
