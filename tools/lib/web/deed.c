#include "web/deed.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/msg.h"
#include "guard/audit.h"

static int
write_entry(const struct deed *deed, int status, const char *message)
{
	const struct audit_entry entry = { .request = deed->request,
					   .who = &deed->who,
					   .method = deed->method,
					   .path = deed->path,
					   .job = *deed->job != '\0' ? deed->job
								     : NULL,
					   .client = deed->client,
					   .detail = deed->detail,
					   .status = status,
					   .message = message,
					   .now = clock_now() };

	return audit_write(deed->web->audit, &entry);
}

static void
fill_in(struct deed *deed, const struct exchange *x,
	const struct command *command, const char *detail)
{
	*deed = (struct deed){ .web = x->web,
			       .who = x->who,
			       .method = x->route->method,
			       .path = msg_strdup(x->request->path),
			       .detail = msg_strdup(detail),
			       .client = -1 };
	memcpy(deed->request, x->id, sizeof(deed->request));
	if (command != NULL) {
		memcpy(deed->job, command->job, sizeof(deed->job));
		deed->client = command->client;
	}
}

int
deed_begin(struct deed *deed, const struct exchange *x,
	   const struct command *command, const char *detail)
{
	fill_in(deed, x, command, detail);
	return write_entry(deed, 0, "");
}

/* A second line that cannot be written is nobody's to mend: the act is done. */
void
deed_end(struct deed *deed, int status, const char *message)
{
	if (deed->path == NULL)
		return;
	write_entry(deed, status, message);
	free(deed->path);
	free(deed->detail);
	*deed = (struct deed){ 0 };
}

/* Whether it is on record or not, the answer is the same. */
void
deed_forbid(const struct exchange *x, const struct command *command,
	    const char *detail, const char *message)
{
	struct deed deed;

	if (!access_is_told_of(x->web->access, &x->who, clock_monotonic()))
		return;
	fill_in(&deed, x, command, detail);
	deed_end(&deed, 403, message);
}
