/*
 * crypto - the little of libcrypto that Pulse needs: digests, a comparison in
 * constant time, base64url, and the RS256 JWT by which a GitHub App proves
 * itself (docs.github.com "generating a JSON web token for a GitHub App").
 */
#ifndef PULSE_CRYPTO_H
#define PULSE_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CRYPTO_SHA256 = 32, CRYPTO_HEX = 2 * CRYPTO_SHA256 + 1 };
enum { CRYPTO_SHA1 = 29 }; /* 20 bytes as base64, NUL-ended */

struct crypto_part {
	const void *bytes;
	size_t len;
};

/* The digest of the parts one after the other, as 64 small hex digits. */
void crypto_sha256_hex(const struct crypto_part *parts, size_t count,
		       char out[CRYPTO_HEX]);

/* SHA-1 of them in base64, which the opening of a WebSocket asks for (RFC 6455
 * section 4.2.2); it protects nothing. */
void crypto_sha1_base64(const struct crypto_part *parts, size_t count,
			char out[CRYPTO_SHA1]);

/* Takes as long whatever the bytes are. */
bool crypto_equal(const void *a, const void *b, size_t len);

/* base64url without padding (RFC 7515 section 2), allocated. */
char *crypto_base64url(const void *bytes, size_t len);

/*
 * A JWT {"iat":now-60,"exp":now+540,"iss":issuer} signed by the RSA key in pem
 * (PKCS#1 or PKCS#8, no passphrase); now in seconds.  Allocated; NULL with
 * *why when the key is no good.
 */
char *crypto_jwt(const char *pem, const char *issuer, int64_t now,
		 const char **why);

/* The other side, for demo-api: the claims as JSON text, allocated, NULL when
 * it has not three parts; and is it signed by the owner of this public key? */
char *crypto_jwt_claims(const char *token);
bool crypto_jwt_is_signed(const char *token, const char *public_pem);

/* Of the library behind it: "3.0.17". */
const char *crypto_library(void);

#endif
