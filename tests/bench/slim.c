/*
 * slim N - N small records of 100 repositories on stdout, as `load` takes
 * them: the most rows a second that it can be asked for.
 */
#include <stdio.h>
#include <stdlib.h>

int
main(int argc, char *argv[])
{
	long n = argc > 1 ? strtol(argv[1], NULL, 10) : 1000, i;

	for (i = 1; i <= n; i++)
		printf("%s\"github_release\",\"client\":1,\"source\":"
		       "\"github\","
		       "\"scope\":\"acme/repo-%ld\",\"key\":\"%ld\","
		       "\"updated_at\":\"2026-%02ld-%02ldT%02ld:00:00.000Z\","
		       "\"fetched_at\":\"2026-11-24T06:00:00.123Z\",\"data\":{"
		       "\"id\":%ld,\"tag_name\":\"v1.%ld\",\"name\":\"Release "
		       "%ld\",\"draft\":false,\"prerelease\":%s,"
		       "\"target_commitish\":\"main\",\"created_at\":"
		       "\"2026-%02ld-%02ldT%02ld:00:00Z\",\"published_at\":"
		       "\"2026-%02ld-%02ldT%02ld:30:00Z\",\"author\":{"
		       "\"login\":"
		       "\"dev-%ld\"}}}\n",
		       "{\"type\":", i % 100, i, i % 12 + 1, i % 28 + 1, i % 24,
		       i, i, i, i % 7 == 0 ? "true" : "false", i % 12 + 1,
		       i % 28 + 1, i % 24, i % 12 + 1, i % 28 + 1, i % 24,
		       i % 50);
	return fflush(stdout) != 0 || ferror(stdout);
}
