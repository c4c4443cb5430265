#include "net/gzip.h"

#include <zlib.h>

#include "base/msg.h"

enum { BLOCK = 64 << 10 };

/* Packs one piece, making room as it goes. */
static void
deflate_piece(z_stream *stream, int flush, char **out, size_t *size)
{
	do {
		if (*size - stream->total_out < BLOCK) {
			*size = *size * 2 + 4 * (size_t)BLOCK;
			*out = msg_realloc(*out, *size);
		}
		stream->next_out = (Bytef *)*out + stream->total_out;
		stream->avail_out = (uInt)(*size - stream->total_out);
		deflate(stream, flush);
	} while (stream->avail_out == 0);
}

char *
gzip_pack(const char *bytes, size_t len, size_t *packed)
{
	static const unsigned char zeros[BLOCK];
	const unsigned char *from = (const unsigned char *)bytes;
	z_stream stream = { 0 };
	size_t size = 0, piece;
	char *out = NULL;

	if (deflateInit2(&stream, bytes != NULL ? 1 : 9, Z_DEFLATED, 15 + 16, 9,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		msg_die(EX_OSERR, "cannot compress 'a body': out of memory");
	do {
		piece = len > BLOCK ? BLOCK : len;
		len -= piece;
		stream.next_in = (z_const Bytef *)(from != NULL ? from : zeros);
		stream.avail_in = (uInt)piece;
		deflate_piece(&stream, len > 0 ? Z_NO_FLUSH : Z_FINISH, &out,
			      &size);
		from = from != NULL ? from + piece : NULL;
	} while (len > 0);
	*packed = stream.total_out;
	deflateEnd(&stream);
	return out;
}

uint32_t
gzip_crc32(const void *bytes, size_t len)
{
	return (uint32_t)crc32_z(0, bytes, len);
}
