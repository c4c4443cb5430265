/* audit: each line whole, in the one file that is ours alone, and no secret in
 * it. */
#include "guard/audit.h"
#include "check.h"
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/whole.h"
#include "guard/bearer.h"

static const struct access_who ann = {
	.known = true, .role = COMMAND_ADMIN, .name = "ann", .from = "uid 1000"
};

static const struct audit_entry stop = { .request = "0011223344556677",
					 .who = &ann,
					 .method = "POST",
					 .path = "/api/v1/jobs/x_job/stop",
					 .job = "x_job",
					 .client = 1,
					 .detail = "{\"force\":true}",
					 .now = 1795500000000 };

static const char stop_line[] =
	"{\"at\":\"2026-11-24T06:00:00.000Z\",\"request\":\"0011223344556677\","
	"\"who\":\"ann\",\"role\":\"admin\",\"from\":\"uid 1000\","
	"\"method\":\"POST\",\"path\":\"/api/v1/jobs/x_job/stop\","
	"\"job\":\"x_job\",\"client\":1,\"detail\":\"{\\\"force\\\":true}\","
	"\"result\":0,\"message\":null}\n";

static struct rooms
fresh(void)
{
	struct rooms rooms;
	char *why;

	if (rooms_open(&rooms, "spool.audit", true, &why) != 0)
		abort();
	return rooms;
}

static void
done(struct rooms *rooms, struct audit *audit)
{
	audit_close(audit);
	scratch_remove(rooms->path);
	rooms_close(rooms);
}

/* Is that what the file holds? */
static bool
holds(const struct rooms *rooms, const char *name, const char *text)
{
	int fd = openat(rooms->spool, name, O_RDONLY);
	char *found = fd >= 0 ? whole_read(fd, 1 << 20, NULL) : NULL;
	bool same = found != NULL && strcmp(found, text) == 0;

	if (!same)
		printf("%s\n", found != NULL ? found : "(nothing)");
	free(found);
	if (fd >= 0)
		close(fd);
	return same;
}

static int
each_entry_is_one_line_and_the_file_is_ours_alone(void)
{
	struct rooms rooms = fresh();
	struct audit *audit = audit_open(&rooms);
	struct audit_entry end = stop;
	char both[3 * sizeof(stop_line)], *result;
	struct stat st;

	CHECK(audit_write(audit, &stop) == 0);
	CHECK(holds(&rooms, "audit.ndjson", stop_line));
	end.status = 202;
	end.message = "it is \"asked\"\n";
	CHECK(audit_write(audit, &end) == 0);
	snprintf(both, sizeof(both), "%s%s", stop_line, stop_line);
	result = strstr(both + sizeof(stop_line) - 1, "\"result\":0");
	snprintf(result, sizeof(both) - (size_t)(result - both),
		 "\"result\":202,\"message\":\"it is \\\"asked\\\"\\n\"}\n");
	CHECK(holds(&rooms, "audit.ndjson", both));
	CHECK(fstatat(rooms.spool, "audit.ndjson", &st, 0) == 0);
	CHECK((st.st_mode & 0777) == 0600);
	done(&rooms, audit);
	return 0;
}

static int
a_file_that_others_could_read_is_closed_to_them(void)
{
	struct rooms rooms = fresh();
	struct audit *audit = audit_open(&rooms);
	struct stat st;
	int fd = openat(rooms.spool, "audit.ndjson", O_CREAT | O_WRONLY, 0666);

	CHECK(fd >= 0 && fchmod(fd, 0664) == 0 && close(fd) == 0);
	CHECK(audit_write(audit, &stop) == 0);
	CHECK(fstatat(rooms.spool, "audit.ndjson", &st, 0) == 0);
	CHECK((st.st_mode & 0777) == 0600);
	done(&rooms, audit);
	return 0;
}

static int
nothing_is_written_through_a_link(void)
{
	struct rooms rooms = fresh();
	struct audit *audit = audit_open(&rooms);

	CHECK(symlinkat("elsewhere", rooms.spool, "audit.ndjson") == 0);
	CHECK(audit_write(audit, &stop) == -1 && errno == ELOOP);
	CHECK(faccessat(rooms.spool, "elsewhere", F_OK, 0) != 0);
	CHECK(unlinkat(rooms.spool, "audit.ndjson", 0) == 0);
	CHECK(audit_write(audit, &stop) == 0); /* tried again */
	CHECK(linkat(rooms.spool, "audit.ndjson", rooms.spool, "second", 0) ==
	      0);
	audit_close(audit);
	audit = audit_open(&rooms);
	CHECK(audit_write(audit, &stop) == -1 && errno == EPERM);
	CHECK(holds(&rooms, "second", stop_line));
	audit_close(audit);
	audit = audit_open(&rooms);
	CHECK(unlinkat(rooms.spool, "audit.ndjson", 0) == 0);
	CHECK(mkfifoat(rooms.spool, "audit.ndjson", 0600) == 0);
	CHECK(audit_write(audit, &stop) == -1 && errno == EPERM);
	done(&rooms, audit);
	return 0;
}

static int
a_torn_line_stays_a_line_of_its_own(void)
{
	struct rooms rooms = fresh();
	struct audit *audit = audit_open(&rooms);
	char both[3 * sizeof(stop_line)];
	int fd = openat(rooms.spool, "audit.ndjson", O_CREAT | O_WRONLY, 0600);

	CHECK(fd >= 0 && write(fd, stop_line, 40) == 40 && close(fd) == 0);
	CHECK(audit_write(audit, &stop) == 0);
	snprintf(both, sizeof(both), "%.40s\n%s", stop_line, stop_line);
	CHECK(holds(&rooms, "audit.ndjson", both));
	done(&rooms, audit);
	return 0;
}

static int
a_file_that_is_full_becomes_the_older_one(void)
{
	struct rooms rooms = fresh();
	struct audit *audit = audit_open(&rooms);
	struct audit *second = audit_open(&rooms);
	char both[3 * sizeof(stop_line)];
	struct stat st;
	int fd = openat(rooms.spool, "audit.ndjson", O_CREAT | O_WRONLY, 0600);
	off_t full = AUDIT_LARGEST - (off_t)sizeof(stop_line);

	CHECK(fd >= 0 && pwrite(fd, "\n", 1, full - 1) == 1 && close(fd) == 0);
	CHECK(audit_write(second, &stop) == 0); /* that one just fits */
	CHECK(audit_write(audit, &stop) == 0);
	CHECK(fstatat(rooms.spool, "audit.ndjson.1", &st, 0) == 0);
	CHECK(st.st_size == AUDIT_LARGEST - 1);
	CHECK(holds(&rooms, "audit.ndjson", stop_line));
	/* The other writer goes on in the new file. */
	CHECK(audit_write(second, &stop) == 0);
	snprintf(both, sizeof(both), "%s%s", stop_line, stop_line);
	CHECK(holds(&rooms, "audit.ndjson", both));
	audit_close(second);
	done(&rooms, audit);
	return 0;
}

static int
no_token_is_ever_written(void)
{
	struct rooms rooms = fresh();
	struct audit *audit = audit_open(&rooms);
	struct access_who nobody = { .from = "127.0.0.1" };
	char token[BEARER_SIZE], path[128], *text;
	struct audit_entry slip = stop;
	int fd;

	CHECK(bearer_draw(token) == 0);
	snprintf(path, sizeof(path), "/api/v1/jobs/%s/stop", token);
	slip.who = &nobody;
	slip.path = path;
	slip.detail = slip.message = slip.job = token;
	CHECK(audit_write(audit, &slip) == 0);
	fd = openat(rooms.spool, "audit.ndjson", O_RDONLY);
	text = whole_read(fd, 1 << 20, NULL);
	close(fd);
	CHECK(text != NULL && strstr(text, token + 6) == NULL);
	CHECK(strstr(text, "\"path\":\"/api/v1/jobs/pulse_***/stop\"") != NULL);
	CHECK(strstr(text, "\"who\":null,\"role\":null") != NULL);
	free(text);
	done(&rooms, audit);
	return 0;
}

static int
what_is_in_the_way_is_told_and_left_alone(void)
{
	struct rooms rooms = fresh();
	struct audit *audit = audit_open(&rooms);
	struct stat st;

	CHECK(audit_obstacle(&rooms) == NULL);
	CHECK(fstatat(rooms.spool, "audit.ndjson", &st, 0) != 0);
	CHECK(audit_write(audit, &stop) == 0);
	CHECK(audit_obstacle(&rooms) == NULL);
	CHECK(linkat(rooms.spool, "audit.ndjson", rooms.spool, "b", 0) == 0);
	CHECK(strcmp(audit_obstacle(&rooms), "it has another name as well") ==
	      0);
	audit_close(audit);
	audit = audit_open(&rooms);
	CHECK(audit_write(audit, &stop) == -1);
	CHECK(unlinkat(rooms.spool, "audit.ndjson", 0) == 0);
	CHECK(symlinkat("b", rooms.spool, "audit.ndjson") == 0);
	CHECK(strcmp(audit_obstacle(&rooms), "it is a link") == 0);
	CHECK(audit_write(audit, &stop) == -1);
	CHECK(unlinkat(rooms.spool, "audit.ndjson", 0) == 0);
	CHECK(mkdirat(rooms.spool, "audit.ndjson", 0700) == 0);
	CHECK(strcmp(audit_obstacle(&rooms), "it is no file") == 0);
	CHECK(audit_write(audit, &stop) == -1);
	CHECK(unlinkat(rooms.spool, "audit.ndjson", AT_REMOVEDIR) == 0);
	CHECK(audit_obstacle(&rooms) == NULL);
	CHECK(audit_write(audit, &stop) == 0);
	done(&rooms, audit);
	return 0;
}

int
main(void)
{
	char folder[SCRATCH_SIZE];
	int failed;

	if (scratch_enter(folder, "audit") != 0)
		return 1;
	failed = each_entry_is_one_line_and_the_file_is_ours_alone() ||
		 a_file_that_others_could_read_is_closed_to_them() ||
		 nothing_is_written_through_a_link() ||
		 a_torn_line_stays_a_line_of_its_own() ||
		 a_file_that_is_full_becomes_the_older_one() ||
		 no_token_is_ever_written() ||
		 what_is_in_the_way_is_told_and_left_alone();
	return scratch_remove(folder) != 0 || failed;
}
