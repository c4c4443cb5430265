/* functions: the place of medians and percentiles, against the definition by
 * percent rank, counted out. */
#include <stdio.h>

#include "measure/functions.h"

/* The largest of count different values whose percent rank is at most p; ranks
 * are compared as whole numbers, p in hundredths. */
static size_t
counted(size_t count, unsigned hundredths)
{
	size_t place = 0, i;

	for (i = 0; i < count; i++)
		if (i * 100 <= hundredths * (count - 1))
			place = i;
	return place;
}

int
main(void)
{
	int failed = 0;
	unsigned p;
	size_t n;

	for (n = 1; n < 400; n++)
		for (p = 0; p <= 100; p++)
			if (functions_place(n, p / 100.0) != counted(n, p)) {
				printf("%zu values, %u %%: place %zu, not "
				       "%zu\n",
				       n, p, functions_place(n, p / 100.0),
				       counted(n, p));
				failed = 1;
			}
	return failed;
}
