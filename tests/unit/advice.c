/* advice: every class means something and has a way out. */
#include "look/advice.h"
#include "check.h"

#include <string.h>

int
main(void)
{
	char remedy[ADVICE_TEXT], alone[ADVICE_TEXT];
	int class, people = 0;

	for (class = OUTCOME_NONE; class <= OUTCOME_SYSTEM; class ++) {
		bool person = !advice_passes((enum outcome_class) class);

		CHECK(strlen(advice_meaning((enum outcome_class) class)) > 10);
		advice_remedy((enum outcome_class) class, "github_job -k 2",
			      remedy);
		advice_remedy((enum outcome_class) class, NULL, alone);
		/* What needs a person is started by it in the end. */
		CHECK((strstr(remedy, "; then `pulse start github_job -k 2`") !=
		       NULL) == person);
		CHECK(strstr(alone, "pulse start") == NULL && *alone != '\0');
		CHECK(strlen(remedy) < ADVICE_TEXT - 1);
		people += person;
	}
	/* design: authentication, permission, configuration, data, usage, bug
	 */
	CHECK(people == 6);
	return 0;
}
