#include "net/lobby.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"
#include "net/httphead.h"
#include "net/refusal.h"

enum {
	EVENTS = 64,
	ACCEPTS = 64,	   /* in one turn */
	LINGER = 1000,	   /* ms to read on after a refusal */
	LINGER_READS = 64, /* and blocks in a turn */
	BLOCK = 16 << 10,
	DEAF = 200,	 /* ms */
	TURNED_AWAY = 16 /* that linger though there is no room */
};

struct lobby {
	struct lobby_config config;
	size_t head; /* bytes of a request's head at most */
	int epoll, listener;
	struct guest **guests; /* in no order */
	size_t count, size;
	char *block;
	int64_t deaf_until; /* 0: it hears */
};

static void
add_guest(struct lobby *lobby, struct guest *guest)
{
	if (lobby->count == lobby->size) {
		lobby->size = lobby->size * 2 + 64;
		lobby->guests = msg_realloc(
			lobby->guests, lobby->size * sizeof(*lobby->guests));
	}
	guest->place = lobby->count;
	lobby->guests[lobby->count++] = guest;
}

void
lobby_forget(struct lobby *lobby, struct guest *guest)
{
	struct guest *last = lobby->guests[--lobby->count];

	last->place = guest->place;
	lobby->guests[last->place] = last;
	free(guest);
}

static void
send_off(struct lobby *lobby, struct guest *guest)
{
	close(guest->fd);
	lobby_forget(lobby, guest);
}

static void
tell(const struct lobby *lobby, const struct guest *guest, unsigned status)
{
	refusal_send(guest->fd, status, lobby->config.refuse,
		     lobby->config.refuse_arg);
}

/* Reads on what a refused one still sends. */
static void
read_off(struct lobby *lobby, struct guest *guest)
{
	ssize_t n = 1;
	int i;

	for (i = 0; i < LINGER_READS && n > 0; i++)
		n = recv(guest->fd, lobby->block, BLOCK, MSG_DONTWAIT);
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		send_off(lobby, guest);
}

static void
refuse(struct lobby *lobby, struct guest *guest, unsigned status)
{
	size_t most = lobby->config.limits->connections + TURNED_AWAY;
	struct epoll_event event = { .events = EPOLLIN,
				     .data = { .ptr = guest } };

	tell(lobby, guest, status);
	shutdown(guest->fd, SHUT_WR);
	guest->state = LOBBY_REFUSED;
	guest->until = clock_monotonic() + LINGER;
	if (lobby->count > most ||
	    epoll_ctl(lobby->epoll, EPOLL_CTL_MOD, guest->fd, &event) != 0)
		send_off(lobby, guest);
	else
		read_off(lobby, guest);
}

/* Has it sent a whole head?  Then it goes in, or is refused. */
static void
look_at(struct lobby *lobby, struct guest *guest, bool ended)
{
	unsigned status;
	ssize_t n = recv(guest->fd, lobby->block, lobby->head + 1,
			 MSG_PEEK | MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		send_off(lobby, guest);
		return;
	}
	guest->touched = true;
	status = httphead_check(lobby->block, (size_t)n, lobby->head,
				lobby->config.limits->body);
	if (status == HTTPHEAD_MORE && ended) {
		send_off(lobby, guest);
	} else if (status == HTTPHEAD_FINE) {
		epoll_ctl(lobby->epoll, EPOLL_CTL_DEL, guest->fd, NULL);
		guest->state = LOBBY_ADMITTED;
		lobby->config.admit(lobby->config.arg, guest);
	} else if (status != HTTPHEAD_MORE) {
		refuse(lobby, guest, status);
	}
}

static bool
is_same_peer(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
	const struct sockaddr_in *four = (const void *)a;
	const struct sockaddr_in6 *six = (const void *)a;

	if (a->ss_family != b->ss_family)
		return false;
	if (a->ss_family == AF_INET)
		return four->sin_addr.s_addr ==
		       ((const struct sockaddr_in *)b)->sin_addr.s_addr;
	if (a->ss_family == AF_INET6)
		return memcmp(&six->sin6_addr,
			      &((const struct sockaddr_in6 *)b)->sin6_addr,
			      sizeof(six->sin6_addr)) == 0;
	return false;
}

/* 0, or the status for one too many. */
static unsigned
has_room(const struct lobby *lobby, const struct guest *guest)
{
	const struct httpd_limits *limits = lobby->config.limits;
	const struct guest *other;
	unsigned of_peer = 0;
	size_t i;

	if (lobby->count > limits->connections)
		return 503;
	if (limits->per_peer == 0)
		return 0;
	for (i = 0; i < lobby->count; i++) {
		other = lobby->guests[i];
		if (other->state != LOBBY_REFUSED)
			of_peer += is_same_peer(&guest->from, &other->from);
	}
	return of_peer > limits->per_peer ? 429 : 0;
}

static void
welcome(struct lobby *lobby, struct guest *guest)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP | EPOLLET,
				     .data = { .ptr = guest } };
	unsigned status;

	guest->until = clock_monotonic() + lobby->config.limits->deadline;
	add_guest(lobby, guest);
	status = has_room(lobby, guest);
	if (epoll_ctl(lobby->epoll, EPOLL_CTL_ADD, guest->fd, &event) != 0)
		send_off(lobby, guest);
	else if (status != 0)
		refuse(lobby, guest, status);
	else
		look_at(lobby, guest, false);
}

static void
hear(struct lobby *lobby, bool hears)
{
	struct epoll_event event = { .events = hears ? EPOLLIN : 0,
				     .data = { .ptr = lobby } };

	epoll_ctl(lobby->epoll, EPOLL_CTL_MOD, lobby->listener, &event);
	lobby->deaf_until = hears ? 0 : clock_monotonic() + DEAF;
}

/* Without a free descriptor the listener stays readable: not to spin, it is
 * not listened to for a while. */
static void
accept_all(struct lobby *lobby)
{
	struct guest *guest;
	int i;

	for (i = 0; i < ACCEPTS; i++) {
		guest = msg_calloc(1, sizeof(*guest));
		guest->from_len = sizeof(guest->from);
		guest->fd = accept4(
			lobby->listener, (struct sockaddr *)&guest->from,
			&guest->from_len, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (guest->fd >= 0) {
			welcome(lobby, guest);
			continue;
		}
		free(guest);
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
		    errno == ENOMEM)
			hear(lobby, false);
		if (errno != ECONNABORTED && errno != EINTR)
			return;
	}
}

struct lobby *
lobby_open(const struct lobby_config *config, int listener)
{
	struct lobby *lobby = msg_calloc(1, sizeof(*lobby));
	struct epoll_event event = { .events = EPOLLIN,
				     .data = { .ptr = lobby } };
	int flags = fcntl(listener, F_GETFL);

	lobby->config = *config;
	lobby->head = config->limits->memory / 2;
	lobby->block = msg_calloc(1, lobby->head + 1 > BLOCK ? lobby->head + 1
							     : BLOCK);
	lobby->listener = listener;
	lobby->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (lobby->epoll < 0 || flags < 0 ||
	    fcntl(listener, F_SETFL, flags | O_NONBLOCK) != 0 ||
	    epoll_ctl(lobby->epoll, EPOLL_CTL_ADD, listener, &event) != 0) {
		int error = errno;

		lobby_close(lobby);
		errno = error;
		return NULL;
	}
	return lobby;
}

int
lobby_fd(const struct lobby *lobby)
{
	return lobby->epoll;
}

int
lobby_join(struct lobby *lobby, int other)
{
	struct epoll_event event = { .events = EPOLLIN };

	return epoll_ctl(lobby->epoll, EPOLL_CTL_ADD, other, &event);
}

static void
attend(struct lobby *lobby, struct guest *guest, uint32_t events)
{
	switch (guest->state) {
	case LOBBY_WAITING:
		look_at(lobby, guest,
			(events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0);
		break;
	case LOBBY_REFUSED:
		read_off(lobby, guest);
		break;
	default:
		if (guest->watched)
			lobby->config.gone(lobby->config.arg, guest);
	}
}

static void
end_wait(struct lobby *lobby, struct guest *guest)
{
	if (guest->state == LOBBY_ADMITTED) {
		/* The library notices the end of it and lets go. */
		tell(lobby, guest, 408);
		shutdown(guest->fd, SHUT_RDWR);
		guest->state = LOBBY_SERVED;
	} else if (guest->state == LOBBY_WAITING && guest->touched) {
		refuse(lobby, guest, 408);
	} else {
		send_off(lobby, guest);
	}
}

/* Ends who has waited too long; the ms until the next has, or -1. */
static int
keep_time(struct lobby *lobby)
{
	int64_t now = clock_monotonic(), next = INT_MAX, left;
	struct guest *guest;
	size_t i;

	if (lobby->deaf_until != 0 && lobby->deaf_until <= now)
		hear(lobby, true);
	if (lobby->deaf_until != 0)
		next = lobby->deaf_until - now;
	for (i = lobby->count; i-- > 0;) { /* the last takes a place left */
		guest = lobby->guests[i];
		left = guest->until - now;
		if (guest->state == LOBBY_SERVED)
			continue;
		if (left <= 0)
			end_wait(lobby, guest);
		else if (left < next)
			next = left;
	}
	return next < INT_MAX ? (int)next : -1;
}

int
lobby_turn(struct lobby *lobby)
{
	struct epoll_event events[EVENTS];
	int n = epoll_wait(lobby->epoll, events, EVENTS, 0), i;

	for (i = 0; i < n; i++) {
		if (events[i].data.ptr == lobby)
			accept_all(lobby);
		else if (events[i].data.ptr != NULL)
			attend(lobby, events[i].data.ptr, events[i].events);
	}
	return keep_time(lobby);
}

struct guest *
lobby_find(struct lobby *lobby, int fd)
{
	struct guest *guest;
	size_t i;

	for (i = 0; i < lobby->count; i++) {
		guest = lobby->guests[i];
		if (guest->fd == fd && guest->state == LOBBY_ADMITTED)
			return guest;
	}
	return NULL;
}

struct guest *
lobby_nth(struct lobby *lobby, size_t n)
{
	return n < lobby->count ? lobby->guests[n] : NULL;
}

void
lobby_serve(struct guest *guest)
{
	guest->state = LOBBY_SERVED;
}

/* Over TCP a client that only shut its sending side looks like one that has
 * gone; on a unix socket the two differ. */
void
lobby_watch(struct lobby *lobby, struct guest *guest)
{
	struct epoll_event event = { .data = { .ptr = guest } };

	if (guest->from.ss_family != AF_UNIX)
		event.events = EPOLLRDHUP;
	guest->watched =
		epoll_ctl(lobby->epoll, EPOLL_CTL_ADD, guest->fd, &event) == 0;
}

void
lobby_unwatch(struct lobby *lobby, struct guest *guest)
{
	if (guest->watched)
		epoll_ctl(lobby->epoll, EPOLL_CTL_DEL, guest->fd, NULL);
	guest->watched = false;
}

void
lobby_close(struct lobby *lobby)
{
	size_t i;

	for (i = 0; i < lobby->count; i++) {
		close(lobby->guests[i]->fd);
		free(lobby->guests[i]);
	}
	free(lobby->guests);
	close(lobby->listener);
	if (lobby->epoll >= 0)
		close(lobby->epoll);
	free(lobby->block);
	free(lobby);
}
