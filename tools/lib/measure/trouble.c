#include "measure/trouble.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/msg.h"

int
trouble_take(struct trouble *trouble, enum outcome_class class, char *why)
{
	free(trouble->why);
	trouble->why = why;
	trouble->class = class;
	return -1;
}

int
trouble_say(struct trouble *trouble, enum outcome_class class,
	    const char *format, ...)
{
	char *why;
	va_list args;
	int len;

	va_start(args, format);
	len = vasprintf(&why, format, args);
	va_end(args);
	if (len < 0)
		msg_die(EX_OSERR, "cannot say what went wrong: out of memory");
	return trouble_take(trouble, class, why);
}

void
trouble_end(struct trouble *trouble)
{
	free(trouble->why);
	*trouble = (struct trouble){ NULL, OUTCOME_NONE };
}
