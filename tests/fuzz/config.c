/* Any bytes as a YAML file: a tree or a complaint, never a crash. */
#include <stdlib.h>

#include "base/config.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	char *why;
	struct config *root =
		config_parse("fuzz", (const char *)data, size, &why);

	if ((root == NULL) == (why == NULL))
		abort();
	config_free(root);
	free(why);
	return 0;
}
