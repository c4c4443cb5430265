#include "base/crypto.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jsonw.h"
#include "base/msg.h"

static void
digest_parts(const EVP_MD *kind, const struct crypto_part *parts, size_t count,
	     unsigned char *out)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t i;
	int ok;

	ok = context != NULL && EVP_DigestInit_ex(context, kind, NULL) == 1;
	for (i = 0; ok && i < count; i++)
		ok = EVP_DigestUpdate(context, parts[i].bytes, parts[i].len) ==
		     1;
	ok = ok && EVP_DigestFinal_ex(context, out, NULL) == 1;
	EVP_MD_CTX_free(context);
	if (!ok)
		msg_die(EX_OSERR, "cannot compute 'a digest'");
}

void
crypto_sha256_hex(const struct crypto_part *parts, size_t count,
		  char out[CRYPTO_HEX])
{
	unsigned char digest[CRYPTO_SHA256];
	size_t i;

	digest_parts(EVP_sha256(), parts, count, digest);
	for (i = 0; i < sizeof(digest); i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

void
crypto_sha1_base64(const struct crypto_part *parts, size_t count,
		   char out[CRYPTO_SHA1])
{
	unsigned char digest[20];

	digest_parts(EVP_sha1(), parts, count, digest);
	EVP_EncodeBlock((unsigned char *)out, digest, sizeof(digest));
}

bool
crypto_equal(const void *a, const void *b, size_t len)
{
	return CRYPTO_memcmp(a, b, len) == 0;
}

char *
crypto_base64url(const void *bytes, size_t len)
{
	char *text = msg_calloc((len + 2) / 3 * 4 + 1, 1);
	char *c = text;

	EVP_EncodeBlock((unsigned char *)text, bytes, (int)len);
	for (; *c != '\0' && *c != '='; c++) {
		if (*c == '+')
			*c = '-';
		else if (*c == '/')
			*c = '_';
	}
	*c = '\0';
	return text;
}

/* Frees both. */
static char *
join(char *left, char *right)
{
	size_t size = strlen(left) + strlen(right) + 2;
	char *joined = msg_calloc(size, 1);

	snprintf(joined, size, "%s.%s", left, right);
	free(left);
	free(right);
	return joined;
}

/* What is signed: header and claims. */
static char *
unsigned_token(const char *issuer, int64_t now)
{
	static const char header[] = "{\"alg\":\"RS256\",\"typ\":\"JWT\"}";
	struct jsonw claims = { 0 };
	char *token;

	jsonw_open(&claims, '{');
	jsonw_key(&claims, "iat");
	jsonw_int(&claims, now - 60);
	jsonw_key(&claims, "exp");
	jsonw_int(&claims, now + 540);
	jsonw_key(&claims, "iss");
	jsonw_string(&claims, issuer);
	jsonw_close(&claims, '}');
	token = join(crypto_base64url(header, sizeof(header) - 1),
		     crypto_base64url(claims.text, claims.len));
	jsonw_free(&claims);
	return token;
}

/* An encrypted key must not make OpenSSL ask at the terminal. */
static int
no_passphrase(char *out, int size, int writing, void *arg)
{
	(void)out, (void)size, (void)writing, (void)arg;
	return -1;
}

static EVP_PKEY *
read_key(const char *pem, const char **why)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	EVP_PKEY *key = NULL;

	if (bio != NULL)
		key = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
	BIO_free(bio);
	ERR_clear_error();
	if (key == NULL) {
		*why = "it is not a private key in PEM without a passphrase";
	} else if (EVP_PKEY_base_id(key) != EVP_PKEY_RSA) {
		*why = "it is not an RSA key";
		EVP_PKEY_free(key);
		key = NULL;
	}
	return key;
}

/* The signature over text, allocated, or NULL. */
static unsigned char *
sign(EVP_PKEY *key, const char *text, size_t len, size_t *signed_len)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	unsigned char *signature = NULL;

	*signed_len = (size_t)EVP_PKEY_size(key);
	signature = msg_calloc(*signed_len, 1);
	if (context == NULL ||
	    EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) != 1 ||
	    EVP_DigestSign(context, signature, signed_len,
			   (const unsigned char *)text, len) != 1) {
		ERR_clear_error();
		free(signature);
		signature = NULL;
	}
	EVP_MD_CTX_free(context);
	return signature;
}

char *
crypto_jwt(const char *pem, const char *issuer, int64_t now, const char **why)
{
	EVP_PKEY *key = read_key(pem, why);
	unsigned char *signature;
	char *token;
	size_t len;

	if (key == NULL)
		return NULL;
	token = unsigned_token(issuer, now);
	signature = sign(key, token, strlen(token), &len);
	EVP_PKEY_free(key);
	if (signature == NULL) {
		*why = "it does not sign";
		free(token);
		return NULL;
	}
	token = join(token, crypto_base64url(signature, len));
	free(signature);
	return token;
}

/* The bytes of a base64url text, allocated and NUL-ended, or NULL. */
static char *
from_base64url(const char *text, size_t len, size_t *decoded)
{
	size_t padded = (len + 3) / 4 * 4, i;
	char *plain = msg_calloc(padded + 1, 1);
	char *bytes = msg_calloc(padded + 1, 1);
	int n;

	memset(plain, '=', padded);
	for (i = 0; i < len; i++) {
		if (text[i] == '-')
			plain[i] = '+';
		else if (text[i] == '_')
			plain[i] = '/';
		else
			plain[i] = text[i];
	}
	n = EVP_DecodeBlock((unsigned char *)bytes, (unsigned char *)plain,
			    (int)padded);
	free(plain);
	if (n < 0 || (size_t)n < padded - len) {
		free(bytes);
		return NULL;
	}
	*decoded = (size_t)n - (padded - len);
	bytes[*decoded] = '\0';
	return bytes;
}

/* The dots of a token of three parts. */
static bool
find_dots(const char *token, const char *dots[2])
{
	dots[0] = strchr(token, '.');
	dots[1] = dots[0] != NULL ? strchr(dots[0] + 1, '.') : NULL;
	return dots[1] != NULL && strchr(dots[1] + 1, '.') == NULL;
}

char *
crypto_jwt_claims(const char *token)
{
	const char *dots[2];
	size_t len;

	if (!find_dots(token, dots))
		return NULL;
	return from_base64url(dots[0] + 1, (size_t)(dots[1] - dots[0] - 1),
			      &len);
}

bool
crypto_jwt_is_signed(const char *token, const char *public_pem)
{
	BIO *bio = BIO_new_mem_buf(public_pem, -1);
	EVP_PKEY *key = PEM_read_bio_PUBKEY(bio, NULL, no_passphrase, NULL);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	const char *dots[2];
	char *signature = NULL;
	bool good = false;
	size_t len;

	if (key != NULL && context != NULL && find_dots(token, dots))
		signature =
			from_base64url(dots[1] + 1, strlen(dots[1] + 1), &len);
	if (signature != NULL &&
	    EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1)
		good = EVP_DigestVerify(context,
					(const unsigned char *)signature, len,
					(const unsigned char *)token,
					(size_t)(dots[1] - token)) == 1;
	ERR_clear_error();
	free(signature);
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
	BIO_free(bio);
	return good;
}

const char *
crypto_library(void)
{
	return OpenSSL_version(OPENSSL_VERSION_STRING);
}
