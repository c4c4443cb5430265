#include "web/place.h"

#include <stdlib.h>

#include "base/home.h"
#include "base/msg.h"
#include "guard/tokens.h"
#include "net/listener.h"

static const char inherited[] = "LISTEN_FDS";

static char *
usual_place(void)
{
	const char *folder = getenv("RUNTIME_DIRECTORY");

	if (folder != NULL && *folder != '\0')
		return msg_text("%s/web.sock", folder);
	folder = getenv("XDG_RUNTIME_DIR");
	if (folder == NULL || *folder == '\0')
		return home_path("web.sock");
	return msg_text("%s/pulse-web.sock", folder);
}

/* Says where; takes over the reason. */
static int
not_there(const char *where, char **why)
{
	char *reason = *why;

	*why = msg_text("on '%s': %s", where, reason);
	free(reason);
	return -1;
}

static int
listen_at(const char *where, char **why)
{
	int listener = listener_open(where, 0660, why);

	return listener < 0 ? not_there(where, why) : listener;
}

int
place_listen(const char *said, char **why)
{
	int listener;
	char *usual;

	if (said != NULL)
		return listen_at(said, why);
	listener = listener_inherited(why);
	if (listener >= 0)
		return listener;
	if (listener != -1)
		return not_there(inherited, why);
	usual = usual_place();
	listener = listen_at(usual, why);
	free(usual);
	return listener;
}

static int
has_tokens(const struct rooms *rooms, char **why)
{
	struct tokens tokens = { .list = NULL };
	bool some;

	if (tokens_read(&tokens, rooms, why) != 0)
		return -1;
	some = tokens.count > 0;
	tokens_free(&tokens);
	if (!some)
		*why = msg_text("there is no token yet, so nobody could ask "
				"anything; make one with pulse token add");
	return some ? 0 : -1;
}

int
place_is_open(int listener, const struct place *place, char **why)
{
	const char *where = place->said != NULL ? place->said : inherited;

	if (listener_is_local(listener) || listener_is_loopback(listener))
		return 0;
	if (place->proxied && has_tokens(place->rooms, why) == 0)
		return 0;
	if (!place->proxied)
		*why = msg_text("it is no loopback address; let a proxy with "
				"TLS be in front, and say --behind-proxy");
	return not_there(where, why);
}
