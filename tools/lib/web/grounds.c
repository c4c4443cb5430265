#include "web/grounds.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/home.h"
#include "base/settings.h"

/* An empty file counts as none: a reader may have made it. */
static void
put_file(struct jsonw *w, int folder, const char *path)
{
	struct stat st;

	jsonw_open(w, '[');
	if (path != NULL && fstatat(folder, path, &st, 0) == 0 &&
	    st.st_size > 0) {
		jsonw_int(w, (int64_t)st.st_dev);
		jsonw_int(w, (int64_t)st.st_ino);
		jsonw_int(w, st.st_size);
		jsonw_int(w, st.st_mtim.tv_sec);
		jsonw_int(w, st.st_mtim.tv_nsec);
	}
	jsonw_close(w, ']');
}

static void
put_files(const struct inquiry *q, const struct exchange *x, struct jsonw *w)
{
	char *config = home_config(x->web->config);
	char *program = home_program("metrics"), *bands = home_share("bands");
	size_t i;

	put_file(w, x->web->rooms.spool, "pulse.db");
	put_file(w, x->web->rooms.spool, "pulse.db-wal");
	put_file(w, AT_FDCWD, config);
	put_file(w, AT_FDCWD, program);
	put_file(w, AT_FDCWD, bands);
	for (i = 0; q->settings != NULL && i < q->settings->client_count; i++)
		put_file(w, AT_FDCWD, q->settings->clients[i].teams);
	free(bands);
	free(program);
	free(config);
}

/* A word of the SQL of any of them, or of the tables they need. */
static bool
mentions(const struct inquiry *q, const char *word)
{
	size_t i;

	for (i = 0; i < q->choice.count; i++)
		if (metric_mentions(q->metrics, q->choice.metrics[i], word))
			return true;
	return false;
}

static void
put_sql(const struct metric *files, size_t count, struct jsonw *w)
{
	size_t i;

	for (i = 0; i < count; i++)
		jsonw_string(w, files[i].sql);
}

void
grounds_tag(const struct inquiry *q, const struct exchange *x,
	    const struct program *program, char out[EXCHANGE_TAG])
{
	struct jsonw w = { 0 };
	size_t i;

	jsonw_open(&w, '[');
	for (i = 0; i < program->count; i++)
		jsonw_string(&w, program->words[i]);
	put_files(q, x, &w);
	put_sql(q->metrics->items, q->metrics->count, &w);
	put_sql(q->metrics->tables, q->metrics->table_count, &w);
	jsonw_int(&w, q->request.from);
	jsonw_int(&w, q->request.to);
	if (mentions(q, ":now"))
		jsonw_int(&w, q->request.now);
	if (mentions(q, "state.")) {
		put_file(&w, x->web->rooms.spool, "state.db");
		put_file(&w, x->web->rooms.spool, "state.db-wal");
	}
	jsonw_close(&w, ']');
	exchange_tag(w.text, w.len, out);
	jsonw_free(&w);
}
