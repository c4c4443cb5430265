/*
 * pages PORT-FILE LATENCY-MS REPOS PAGES PAGE-KIB [GZIP-FILE] - a server for
 * timing clients: each of REPOS repositories has PAGES pages of commits, all
 * the same bytes, each answered LATENCY-MS after it was asked for.  GZIP-FILE
 * holds the page as gzip made it.  `pages - 0 0 0 PAGE-KIB` prints the page.
 * One thread a connection, so that the server's own work stays beside the
 * point.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct site {
	long latency_ms, repos, pages;
	char *page, *list;
	size_t page_len;
	int port;
	const char *encoding;
};

struct connection {
	const struct site *site;
	int fd;
};

static char *
make_page(long kib, size_t *len)
{
	size_t size = (size_t)kib * 1024 + 2048, at;
	char *page = malloc(size);
	long i;

	at = (size_t)snprintf(page, size, "[");
	for (i = 0; at < (size_t)kib * 1024; i++)
		at += (size_t)snprintf(
			page + at, size - at,
			"%s{\"sha\":\"%040lx\",\"node_id\":\"C_%ld\","
			"\"commit\":"
			"{\"author\":{\"name\":\"Dev "
			"%ld\",\"email\":\"d%ld@acme"
			".test\",\"date\":\"2026-10-01T10:%02ld:00Z\"},"
			"\"committer\":{\"name\":\"Dev\",\"email\":\"d@acme."
			"test"
			"\",\"date\":\"2026-10-01T10:%02ld:00Z\"},\"message\":"
			"\"Change number %ld of the page, with a message of "
			"usual length\\n\\nAnd a body.\",\"tree\":{\"sha\":"
			"\"%040lx\"},\"comment_count\":0},\"url\":\"https://"
			"api."
			"github.com/repos/bench/r/commits/%040lx\",\"author\":"
			"{\"login\":\"dev-%ld\",\"id\":%ld,\"type\":\"User\"},"
			"\"committer\":null,\"parents\":[{\"sha\":\"%040lx\"}]"
			"}",
			i > 0 ? "," : "", i + 1, i, i, i, i % 60, i % 60, i,
			i + 7, i, i % 40, i % 40, i);
	at += (size_t)snprintf(page + at, size - at, "]");
	*len = at;
	return page;
}

static char *
make_list(long repos)
{
	size_t size = (size_t)repos * 300 + 16, at = 1;
	char *list = malloc(size);
	long i;

	list[0] = '[';
	for (i = 0; i < repos; i++)
		at += (size_t)snprintf(
			list + at, size - at,
			"%s{\"id\":%ld,\"name\":\"r%ld\",\"full_name\":"
			"\"bench/r%ld\",\"owner\":{\"login\":\"bench\"},"
			"\"private\":false,\"fork\":false,\"archived\":false,"
			"\"disabled\":false,\"default_branch\":\"main\","
			"\"created_at\":\"2024-01-01T00:00:00Z\",\"updated_"
			"at\":"
			"\"2026-11-01T00:00:00Z\"}",
			i > 0 ? "," : "", i + 1, i, i);
	snprintf(list + at, size - at, "]");
	return list;
}

static void
wait_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

static void
send_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n <= 0)
			return;
		bytes += n;
		len -= (size_t)n;
	}
}

static void
answer(const struct connection *c, const char *request)
{
	const struct site *site = c->site;
	const char *body = "[]", *encoding = "";
	char head[1024], link[512] = "", repo[64];
	size_t len = 2;
	const char *page;
	long number = 1;

	wait_ms(site->latency_ms);
	if (strncmp(request, "GET /orgs/bench/repos", 21) == 0) {
		body = site->list;
		len = strlen(body);
	} else if (sscanf(request, "GET /repos/bench/%63[^/]/commits?", repo) ==
		   1) {
		if ((page = strstr(request, "&page=")) != NULL)
			number = strtol(page + 6, NULL, 10);
		body = site->page;
		len = site->page_len;
		encoding = site->encoding;
		if (number < site->pages)
			snprintf(link, sizeof(link),
				 "Link: <http://127.0.0.1:%d/repos/bench/%s/"
				 "commits?per_page=100&page=%ld>; rel=\"next\""
				 "\r\n",
				 site->port, repo, number + 1);
	}
	snprintf(head, sizeof(head),
		 "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
		 "%s%sContent-Length: %zu\r\n\r\n",
		 encoding, link, len);
	send_all(c->fd, head, strlen(head));
	send_all(c->fd, body, len);
}

static void *
serve(void *arg)
{
	struct connection *c = arg;
	char request[8192];
	size_t have = 0;
	char *end;
	ssize_t n;

	while ((n = read(c->fd, request + have, sizeof(request) - have - 1)) >
	       0) {
		have += (size_t)n;
		request[have] = '\0';
		if ((end = strstr(request, "\r\n\r\n")) == NULL)
			continue;
		answer(c, request);
		have -= (size_t)(end + 4 - request);
		memmove(request, end + 4, have);
	}
	close(c->fd);
	free(c);
	return NULL;
}

static int
listen_on(const char *port_file, int *port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	FILE *out;

	if (bind(fd, (struct sockaddr *)&address, len) != 0 ||
	    listen(fd, 64) != 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &len) != 0 ||
	    (out = fopen(port_file, "w")) == NULL)
		exit(71);
	*port = ntohs(address.sin_port);
	fprintf(out, "%d\n", *port);
	fclose(out);
	return fd;
}

static void
load_gzip(struct site *site, const char *path)
{
	FILE *in = fopen(path, "rb");

	if (in == NULL)
		exit(66);
	site->page_len = fread(site->page, 1, site->page_len, in);
	site->encoding = "Content-Encoding: gzip\r\n";
	fclose(in);
}

int
main(int argc, char *argv[])
{
	struct site site = { .encoding = "" };
	int fd, one = 1;

	if (argc < 6)
		return 64;
	signal(SIGPIPE, SIG_IGN);
	alarm(900); /* nobody has to remember to end it */
	site.latency_ms = strtol(argv[2], NULL, 10);
	site.repos = strtol(argv[3], NULL, 10);
	site.pages = strtol(argv[4], NULL, 10);
	site.page = make_page(strtol(argv[5], NULL, 10), &site.page_len);
	site.list = make_list(site.repos);
	if (strcmp(argv[1], "-") == 0)
		return fwrite(site.page, 1, site.page_len, stdout) !=
		       site.page_len;
	if (argc > 6)
		load_gzip(&site, argv[6]);
	fd = listen_on(argv[1], &site.port);
	for (;;) {
		struct connection *c = malloc(sizeof(*c));
		pthread_t thread;

		*c = (struct connection){ &site, accept(fd, NULL, NULL) };
		setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		if (pthread_create(&thread, NULL, serve, c) == 0)
			pthread_detach(thread);
	}
}
