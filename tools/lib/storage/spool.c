#include "storage/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "base/atomic.h"
#include "base/clock.h"
#include "base/msg.h"

enum { CHUNK = 128 << 10, LEVEL = 3, WINDOW_LOG_MOST = 27 };

struct spool_batch {
	struct queue *queue;
	char name[40]; /* in tmp/ */
	unsigned number;
	int fd;
	off_t size;
};

/* Removes what dead writers left in tmp/: their locks are free. */
static void
sweep(struct queue *queue)
{
	struct queue_names names;
	size_t i;

	if (queue_names(queue, QUEUE_TMP, &names) != 0)
		return;
	for (i = 0; i < names.count; i++) {
		int fd = openat(queue_folder(queue, QUEUE_TMP), names.items[i],
				O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

		if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
			unlinkat(queue_folder(queue, QUEUE_TMP), names.items[i],
				 0);
		if (fd >= 0)
			close(fd);
	}
	queue_names_free(&names);
}

/* A new file in tmp/ whose lock is ours.  A sweeper may take it between its
 * making and its locking: then it has no name any more. */
static int
make_temporary(struct spool_batch *batch)
{
	struct queue *queue = batch->queue;
	struct stat st;
	int fd;

	for (;;) {
		batch->number = queue_number(queue);
		snprintf(batch->name, sizeof(batch->name), "%ld.%u",
			 (long)getpid(), batch->number);
		fd = openat(queue_folder(queue, QUEUE_TMP), batch->name,
			    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			    0600);
		if (fd < 0 && errno == EEXIST)
			continue;
		if (fd < 0)
			return -1;
		if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &st) == 0 &&
		    st.st_nlink > 0)
			return fd;
		close(fd);
	}
}

struct spool_batch *
spool_begin(struct queue *queue)
{
	struct spool_batch *batch = msg_calloc(1, sizeof(*batch));

	sweep(queue);
	batch->queue = queue;
	batch->fd = make_temporary(batch);
	if (batch->fd >= 0)
		return batch;
	free(batch);
	return NULL;
}

int
spool_write(struct spool_batch *batch, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len > 0) {
		ssize_t n = write(batch->fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		at += n;
		len -= (size_t)n;
		batch->size += n;
	}
	return 0;
}

off_t
spool_size(const struct spool_batch *batch)
{
	return batch->size;
}

int
spool_cut(struct spool_batch *batch, off_t size)
{
	if (ftruncate(batch->fd, size) != 0 ||
	    lseek(batch->fd, size, SEEK_SET) < 0)
		return -1;
	batch->size = size;
	return 0;
}

int
spool_copy(struct spool_batch *batch, const struct spool_batch *from, off_t at)
{
	char bytes[16384];
	ssize_t n;

	while ((n = pread(from->fd, bytes, sizeof(bytes), at)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || spool_write(batch, bytes, (size_t)n) != 0)
			return -1;
		at += n;
	}
	return 0;
}

void
spool_abandon(struct spool_batch *batch)
{
	int error = errno;

	if (batch == NULL)
		return;
	unlinkat(queue_folder(batch->queue, QUEUE_TMP), batch->name, 0);
	close(batch->fd);
	free(batch);
	errno = error;
}

int
spool_publish(struct spool_batch *batch, enum queue_state state,
	      const char *name)
{
	int to = queue_folder(batch->queue, state);

	if (fsync(batch->fd) != 0 ||
	    renameat(queue_folder(batch->queue, QUEUE_TMP), batch->name, to,
		     name) != 0) {
		spool_abandon(batch);
		return -1;
	}
	close(batch->fd); /* fsync has said all that close could */
	free(batch);
	return atomic_sync_dir(to);
}

/* 20261124T060000.123Z.0004711.001: names sort in commit order, also when the
 * clock was set back. */
static int
name_batch(const struct spool_batch *batch, char *name, size_t size)
{
	struct queue_names waiting;
	char stamp[QUEUE_STAMP_SIZE];
	int64_t now = clock_now(), newest = 0;

	if (queue_names(batch->queue, QUEUE_NEW, &waiting) != 0)
		return -1;
	if (waiting.count > 0)
		newest = queue_stamp_ms(waiting.items[waiting.count - 1]);
	queue_names_free(&waiting);
	queue_stamp(now > newest ? now : newest + 1, stamp);
	snprintf(name, size, "%s.%07ld.%03u", stamp, (long)getpid(),
		 batch->number);
	return 0;
}

int
spool_commit(struct spool_batch *batch)
{
	char name[64];

	if (name_batch(batch, name, sizeof(name)) == 0)
		return spool_publish(batch, QUEUE_NEW, name);
	spool_abandon(batch);
	return -1;
}

/* One side of a compression: what is read, and what came out of it. */
struct flow {
	char in[CHUNK], out[CHUNK];
	int fd;
	struct spool_batch *to;
	int (*each)(void *arg, const void *bytes, size_t len); /* unpacking */
	void *arg;
};

static ssize_t
fill(struct flow *flow)
{
	ssize_t n;

	do {
		n = read(flow->fd, flow->in, sizeof(flow->in));
	} while (n < 0 && errno == EINTR);
	return n;
}

/* Compresses what was read, or ends the frame. */
static int
pack_some(ZSTD_CCtx *zstd, struct flow *flow, size_t len)
{
	ZSTD_inBuffer in = { flow->in, len, 0 };
	size_t left;

	do {
		ZSTD_outBuffer out = { flow->out, CHUNK, 0 };

		left = ZSTD_compressStream2(zstd, &out, &in,
					    len > 0 ? ZSTD_e_continue
						    : ZSTD_e_end);
		if (ZSTD_isError(left)) {
			errno = EIO;
			return -1;
		}
		if (spool_write(flow->to, flow->out, out.pos) != 0)
			return -1;
	} while (in.pos < in.size || (len == 0 && left > 0));
	return 0;
}

static int
pack(ZSTD_CCtx *zstd, struct flow *flow)
{
	ssize_t n;

	do {
		n = fill(flow);
		if (n < 0 || pack_some(zstd, flow, (size_t)n) != 0)
			return -1;
	} while (n > 0);
	return 0;
}

int
spool_pack(struct spool_batch *batch, int fd)
{
	struct flow *flow = msg_calloc(1, sizeof(*flow));
	ZSTD_CCtx *zstd = ZSTD_createCCtx();
	int failed = -1, error;

	flow->fd = fd;
	flow->to = batch;
	errno = ENOMEM;
	if (zstd != NULL &&
	    !ZSTD_isError(ZSTD_CCtx_setParameter(zstd, ZSTD_c_compressionLevel,
						 LEVEL)) &&
	    !ZSTD_isError(ZSTD_CCtx_setParameter(zstd, ZSTD_c_checksumFlag, 1)))
		failed = pack(zstd, flow);
	error = errno;
	ZSTD_freeCCtx(zstd);
	free(flow);
	errno = error;
	return failed;
}

/* *left: 0 when a frame has ended here. */
static int
unpack_some(ZSTD_DCtx *zstd, struct flow *flow, size_t len, size_t *left)
{
	ZSTD_inBuffer in = { flow->in, len, 0 };
	ZSTD_outBuffer out;

	do {
		out = (ZSTD_outBuffer){ flow->out, CHUNK, 0 };
		*left = ZSTD_decompressStream(zstd, &out, &in);
		if (ZSTD_isError(*left)) {
			errno = EBADMSG;
			return -1;
		}
		if (flow->each(flow->arg, flow->out, out.pos) != 0)
			return -1;
	} while (in.pos < in.size || (*left > 0 && out.pos == out.size));
	return 0;
}

static int
unpack(ZSTD_DCtx *zstd, struct flow *flow)
{
	size_t left = 1;
	ssize_t n;

	while ((n = fill(flow)) > 0)
		if (unpack_some(zstd, flow, (size_t)n, &left) != 0)
			return -1;
	if (n == 0 && left > 0)
		errno = EBADMSG;
	return n == 0 && left == 0 ? 0 : -1;
}

static int
append(void *batch, const void *bytes, size_t len)
{
	return spool_write(batch, bytes, len);
}

int
spool_unpack(struct spool_batch *batch, int fd)
{
	return spool_each(fd, append, batch);
}

int
spool_each(int fd, int (*each)(void *arg, const void *bytes, size_t len),
	   void *arg)
{
	struct flow *flow = msg_calloc(1, sizeof(*flow));
	ZSTD_DCtx *zstd = ZSTD_createDCtx();
	int failed = -1, error;

	flow->fd = fd;
	flow->each = each;
	flow->arg = arg;
	errno = ENOMEM;
	if (zstd != NULL &&
	    !ZSTD_isError(ZSTD_DCtx_setParameter(zstd, ZSTD_d_windowLogMax,
						 WINDOW_LOG_MOST)))
		failed = unpack(zstd, flow);
	error = errno;
	ZSTD_freeDCtx(zstd);
	free(flow);
	errno = error;
	return failed;
}
