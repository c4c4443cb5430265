#include "web/pages.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/home.h"
#include "base/msg.h"
#include "base/whole.h"
#include "net/gzip.h"
#include "web/exchange.h"

/* What share/web holds, under the paths of web/routes. */
static const struct {
	const char *path, *file, *type;
} files[] = {
	{ "/", "index.html", "text/html; charset=utf-8" },
	{ "/pulse.css", "pulse.css", "text/css; charset=utf-8" },
	{ "/pulse.js", "pulse.js", "text/javascript; charset=utf-8" },
	{ "/favicon.svg", "favicon.svg", "image/svg+xml" },
};

enum { FILES = sizeof(files) / sizeof(*files), FILE_MOST = 4 << 20 };

/* Of a browser that has the page: nothing but this server's own files, and
 * nothing that stands in the page itself. */
static const char policy[] =
	"default-src 'none'; script-src 'self'; style-src 'self'; "
	"connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; "
	"base-uri 'none'; form-action 'none'";

struct pages {
	struct exchange_document documents[FILES];
};

static int
open_page(struct exchange_document *document, size_t file, char **why)
{
	char name[64], *path, *bytes, *packed;

	snprintf(name, sizeof(name), "web/%s", files[file].file);
	path = home_share(name);
	bytes = whole_file(path, FILE_MOST, &document->len);
	if (bytes == NULL)
		*why = msg_text("'%s': %s", path, strerror(errno));
	free(path);
	if (bytes == NULL)
		return -1;
	packed = gzip_pack(bytes, document->len, &document->packed_len);
	document->type = files[file].type;
	document->bytes = bytes;
	document->packed = packed;
	exchange_tag(bytes, document->len, document->tag);
	return 0;
}

struct pages *
pages_open(char **why)
{
	struct pages *pages = msg_calloc(1, sizeof(*pages));
	size_t i;

	for (i = 0; i < FILES; i++) {
		if (open_page(&pages->documents[i], i, why) == 0)
			continue;
		pages_close(pages);
		return NULL;
	}
	return pages;
}

void
pages_close(struct pages *pages)
{
	size_t i;

	if (pages == NULL)
		return;
	for (i = 0; i < FILES; i++) {
		free((void *)(uintptr_t)pages->documents[i].bytes);
		free((void *)(uintptr_t)pages->documents[i].packed);
	}
	free(pages);
}

void
pages_answer(struct exchange *x)
{
	size_t i = 0;

	while (i + 1 < FILES && strcmp(files[i].path, x->route->path) != 0)
		i++;
	httpd_set_header(x->reply, "Content-Security-Policy", policy);
	httpd_set_header(x->reply, "Referrer-Policy", "no-referrer");
	httpd_set_header(x->reply, "X-Frame-Options", "DENY");
	httpd_set_header(x->reply, "Cross-Origin-Opener-Policy", "same-origin");
	httpd_set_header(x->reply, "Cross-Origin-Resource-Policy",
			 "same-origin");
	/* Asked for again each time: a new version must not meet an old page.
	 */
	httpd_set_header(x->reply, "Cache-Control", "no-cache");
	exchange_give(x, &x->web->pages->documents[i]);
}
