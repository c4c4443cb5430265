#include "demo/quota.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/msg.h"

enum { PURSES = 64, MINTED = 256 };
#define HOUR INT64_C(3600000)

struct purse {
	char token[96];
	long used;
	int64_t reset; /* ms */
};

struct quota {
	pthread_mutex_t lock;
	long limit;
	int64_t window;
	struct purse purses[PURSES];
	unsigned purse_count;
	int64_t minted[MINTED]; /* when each ends */
	unsigned minted_count;
};

struct quota *
quota_new(long limit, int64_t window_ms)
{
	struct quota *quota = msg_calloc(1, sizeof(*quota));

	pthread_mutex_init(&quota->lock, NULL);
	quota->limit = limit;
	quota->window = window_ms;
	return quota;
}

void
quota_free(struct quota *quota)
{
	if (quota == NULL)
		return;
	pthread_mutex_destroy(&quota->lock);
	free(quota);
}

/* Called with the lock held.  The last purse serves all that come too late. */
static struct purse *
purse_of(struct quota *quota, const char *token, int64_t now)
{
	struct purse *purse;
	unsigned i;

	for (i = 0; i < quota->purse_count; i++)
		if (strcmp(quota->purses[i].token, token) == 0)
			break;
	if (i == quota->purse_count && i < PURSES) {
		quota->purse_count++;
		snprintf(quota->purses[i].token, sizeof(quota->purses[i].token),
			 "%s", token);
	}
	purse = &quota->purses[i < PURSES ? i : PURSES - 1];
	if (purse->reset <= now) {
		purse->used = 0;
		purse->reset = now + quota->window;
	}
	return purse;
}

struct quota_state
quota_spend(struct quota *quota, const char *token, long spend)
{
	struct quota_state state = { .limit = quota->limit };
	struct purse *purse;

	pthread_mutex_lock(&quota->lock);
	purse = purse_of(quota, token, clock_now());
	purse->used += spend;
	if (purse->used > quota->limit)
		purse->used = quota->limit;
	state.used = purse->used;
	state.remaining = quota->limit - purse->used;
	state.reset = (purse->reset + 999) / 1000;
	pthread_mutex_unlock(&quota->lock);
	return state;
}

void
quota_exhaust(struct quota *quota, const char *token, int64_t seconds)
{
	int64_t now = clock_now();
	struct purse *purse;

	pthread_mutex_lock(&quota->lock);
	purse = purse_of(quota, token, now);
	purse->used = quota->limit;
	purse->reset = now + seconds * 1000;
	pthread_mutex_unlock(&quota->lock);
}

void
quota_mint(struct quota *quota, char token[64], int64_t *ends)
{
	unsigned n;

	pthread_mutex_lock(&quota->lock);
	n = quota->minted_count < MINTED ? quota->minted_count++ : MINTED - 1;
	quota->minted[n] = *ends = clock_now() + HOUR;
	pthread_mutex_unlock(&quota->lock);
	snprintf(token, 64, "ghs_demoInstallationToken%03u", n);
}

bool
quota_is_minted(struct quota *quota, const char *token)
{
	const char *digits = "ghs_demoInstallationToken";
	size_t len = strlen(digits);
	unsigned long n;
	bool good;

	if (strncmp(token, digits, len) != 0)
		return false;
	n = strtoul(token + len, NULL, 10);
	pthread_mutex_lock(&quota->lock);
	good = n < quota->minted_count && quota->minted[n] > clock_now();
	pthread_mutex_unlock(&quota->lock);
	return good;
}

void
quota_end_minted(struct quota *quota)
{
	unsigned i;

	pthread_mutex_lock(&quota->lock);
	for (i = 0; i < quota->minted_count; i++)
		quota->minted[i] = 0;
	pthread_mutex_unlock(&quota->lock);
}
