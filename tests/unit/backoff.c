/* backoff: doubles up to its cap, spread over a half more. */
#include <stdbool.h>
#include <stdio.h>

#include "base/backoff.h"
#include "check.h"

int
main(void)
{
	static const int64_t least[] = { 300, 600, 1200, 1800, 1800 };
	static const int64_t most[] = { 450, 900, 1800, 1800, 1800 };
	uint64_t seed;
	unsigned k;

	for (k = 1; k <= 5; k++) {
		bool low = false, high = false;

		for (seed = 0; seed < 2000; seed++) {
			int64_t delay = backoff_delay(k, 300, 1800, seed);
			int64_t width = most[k - 1] - least[k - 1];

			CHECK(delay >= least[k - 1] && delay <= most[k - 1]);
			low = low || delay <= least[k - 1] + width / 10;
			high = high || delay >= most[k - 1] - width / 10;
			CHECK(delay == backoff_delay(k, 300, 1800, seed));
		}
		CHECK(low && high);
	}
	CHECK(backoff_delay(4000000000u, 1, INT64_MAX / 4, 1) >= INT64_MAX / 8);
	CHECK(backoff_delay(500, 7, INT64_MAX, 1) == INT64_MAX);
	CHECK(backoff_delay(4000000000u, 0, 1000, 1) == 0);
	CHECK(backoff_delay(1, 5000, 1000, 1) == 1000);
	CHECK(backoff_delay(0, 300, 1800, 1) >= 300);
	return 0;
}
