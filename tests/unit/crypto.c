/* Unit cases of base/crypto: FIPS 180-2's digests, and a JWT that OpenSSL's
 * own verification takes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crypto.h"

/* Made for this test: openssl genpkey -algorithm RSA -pkeyopt
 * rsa_keygen_bits:2048; openssl pkey -pubout */
static const char key[] =
	"-----BEGIN PRIVATE KEY-----\n"
	"MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQCwhkNKDl7znU4K\n"
	"dtaSAgi+3xgZUbD7byJdGNJF5j+J0PXZjstXsnIya6CeM+nsqL0xJZFaZyvcXPS1\n"
	"TcXcqpbGE2xgeXidqPCoB8UsgPT/WBqGeeDvCKU6qsi1o8snpMCkgcofak7K1PAS\n"
	"/oeY3HBrkjkhjsxlbuHM1olzRswJRMn5uO9zNaR5kSRAjdHnbDJWdsLyYGHboqLc\n"
	"jeh9U54oxZU1aA128M+8c1xIiLHb4jHfzmDr/l/47i7hrYD4b81LTy8QOtgQ3cFF\n"
	"au5X3x0J2hO0C1mMBlirGlD476xT+WaJ5x0WuzbUitvphOSDzUAaC+scdEqIxvtL\n"
	"8vXQLmIVAgMBAAECggEAEWUJmHCWFrd3izxupHCi3/wn6cbNA9nNrxLVFaI8vJ3k\n"
	"vA2AKCIjcqh8aVqAQJvYGNG04w2rmslmK7+AMeB1fwtG8LLHmfGd1VD+swX6HndW\n"
	"Fc5IxgU6Eu/lW1DKohtwCEXp3vKg1QfqqFSAlCWUxmTgUFg79/rXMVIqtTtSu87r\n"
	"Sl/fCWJWia3L8w2nsOGg558JerhPfUiIYoP7WW2W95kpqoFSqvSx68zdMa304vQZ\n"
	"wOhaogqKjaXLHyjBbblNprQiCha1SD32hPDL8miDEJ/brfQqQZYb2IXvCGyeVdHB\n"
	"KTnqfzoT0aeFIaIv2oSg6h10uPAwPgdtlmXU10HzOQKBgQDwRlPT8joxrqNNYyj8\n"
	"bTaBC3ySkglfLbdHbUP7bdUlRcogw6um6R2JGh2epUvEPLK7Qs1s3D+CePvqZhqc\n"
	"TZU2ZhWn42ZyyTbqAsUse/uZT8F0e5lIMdRd8gTsOkunVOA7qJSQpZRq/m5gZXgF\n"
	"V76GmuusJBEQu/vTdE5fgE1FswKBgQC8E9WhmTAYLFpPp/lMdSmmdgeLPhk96zP9\n"
	"/+I7LRur+eOzFv+qAvMIdTFPpxPCOABDRzeEat9tJoDJAO4feauZq4Quh5POXpgQ\n"
	"dzz9v3zdqpmFim3HO+UtmL7V8cqFLWUo2/fIQRWM+g1O/kAHVwJMxav8b/y/TSnV\n"
	"POiPxIzlFwKBgGWqPDoH2hu/exV5iZQVWeSMSa9y30hIfa5ZS1SNiox01Su731uG\n"
	"c5rZVAMWidKEpFOb1nPjVXQNYPozLbtJEIOt+ifJjkWvYe7uMSO7ah/aoU56Jcdo\n"
	"XiVKDE8v82bgAOj9Ua9KgFwtP+LFzFzmXZVy45k4wYfFIq68HZVHImsFAoGAL4Du\n"
	"/376p9BkCySJEiexmmrLYv8PTxVeL3R3Bq1RBPH78hsH/j/6dJNtHgo8Ml0Eq/mL\n"
	"6zU3M5F7C8nhWy/XCNxKaZoy2fgIfngvfoPkHPTfC9y394+IRikDYnRMy7B4kYZl\n"
	"oj3WHKJ3xBDxySjP2uY+l2cNtp/dxg85Sj7Bu4cCgYBSgz7usFQFbBV9OcJHBSlr\n"
	"4R5UgSh73R5yBsuIot7cxphFOoXyTCVPCRcePTNgU8QsnUuVcN9G5wrEwqZCZV8F\n"
	"C8icaEuzwjAVfclHwl+MtMJELpGXErSyUOiJJEYZaSXAKpZZMstM2n1YOPzWCGcV\n"
	"qHdN92JsoeGQ6nVxIkwbCA==\n"
	"-----END PRIVATE KEY-----\n";
static const char public_key[] =
	"-----BEGIN PUBLIC KEY-----\n"
	"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAsIZDSg5e851OCnbWkgII\n"
	"vt8YGVGw+28iXRjSReY/idD12Y7LV7JyMmugnjPp7Ki9MSWRWmcr3Fz0tU3F3KqW\n"
	"xhNsYHl4najwqAfFLID0/1gahnng7wilOqrItaPLJ6TApIHKH2pOytTwEv6HmNxw\n"
	"a5I5IY7MZW7hzNaJc0bMCUTJ+bjvczWkeZEkQI3R52wyVnbC8mBh26Ki3I3ofVOe\n"
	"KMWVNWgNdvDPvHNcSIix2+Ix385g6/5f+O4u4a2A+G/NS08vEDrYEN3BRWruV98d\n"
	"CdoTtAtZjAZYqxpQ+O+sU/lmiecdFrs21Irb6YTkg81AGgvrHHRKiMb7S/L10C5i\n"
	"FQIDAQAB\n"
	"-----END PUBLIC KEY-----\n";

static int
check(int truth, const char *what)
{
	if (!truth)
		printf("crypto: %s\n", what);
	return truth ? 0 : 1;
}

static int
digest(const char *a, const char *b, const char *expected)
{
	const struct crypto_part parts[] = { { a, strlen(a) },
					     { b, strlen(b) } };
	char out[CRYPTO_HEX];

	crypto_sha256_hex(parts, 2, out);
	return check(strcmp(out, expected) == 0, expected);
}

static int
tokens(void)
{
	const char *why = NULL;
	char *token = crypto_jwt(key, "1234", 1700000000, &why);
	char *claims, *last;
	int failed;

	if (token == NULL)
		return check(0, why);
	claims = crypto_jwt_claims(token);
	failed = check(claims != NULL &&
			       strcmp(claims,
				      "{\"iat\":1699999940,\"exp\":"
				      "1700000540,\"iss\":\"1234\"}") == 0,
		       "claims");
	failed += check(strncmp(token, "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.",
				37) == 0,
			"header");
	failed += check(strpbrk(token, "+/=") == NULL, "base64url");
	failed += check(crypto_jwt_is_signed(token, public_key), "signature");
	last = token + strlen(token) - 5;
	*last = *last == 'A' ? 'B' : 'A';
	failed += check(!crypto_jwt_is_signed(token, public_key), "forged");
	free(claims);
	free(token);
	return failed;
}

int
main(void)
{
	const char *why = NULL;
	int failed = 0;

	failed += digest("", "",
			 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495"
			 "991b7852b855");
	failed += digest("a", "bc",
			 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410"
			 "ff61f20015ad");
	failed += check(crypto_equal("abc", "abd", 2), "equal");
	failed += check(!crypto_equal("abc", "abd", 3), "not equal");
	failed += tokens();
	failed += check(crypto_jwt("no key", "1", 0, &why) == NULL &&
				strstr(why, "PEM") != NULL,
			"what is no key");
	return failed > 0;
}
