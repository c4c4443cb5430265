#include "web/deed.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/msg.h"
#include "web/audit.h"

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

int
deed_begin(struct deed *deed, const struct exchange *x,
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
