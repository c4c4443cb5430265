#include "web/server.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/clock.h"
#include "base/msg.h"
#include "base/notify.h"
#include "base/owner.h"
#include "base/secret.h"
#include "guard/audit.h"
#include "guard/tickets.h"
#include "net/listener.h"
#include "web/brood.h"
#include "web/jobboard.h"
#include "web/live.h"
#include "web/loop.h"
#include "web/pages.h"
#include "web/place.h"
#include "web/reception.h"

enum { PER_PEER = 10, PARTING = 1000 /* ms, for those who listen */ };

struct server {
	const struct server_options *options;
	struct web web;
	struct httpd *httpd;
	struct loop_timer turn, watchdog;
	int signals, listener;
	bool ending;
};

static void
answer(void *arg, const struct httpd_request *request,
       struct httpd_reply *reply)
{
	struct server *server = arg;

	reception_answer(&server->web, request, reply);
}

static void
refuse(void *arg, unsigned status, struct httpd_reply *reply)
{
	struct server *server = arg;

	reception_refuse(&server->web, status, reply);
}

static void
turn(void *arg)
{
	struct server *server = arg;
	int patience = httpd_turn(server->httpd);

	if (patience >= 0)
		loop_at(server->web.loop, &server->turn,
			clock_monotonic() + patience, turn, server);
	else
		loop_cancel(server->web.loop, &server->turn);
}

static void
turn_now(void *arg, short revents)
{
	(void)revents;
	turn(arg);
}

static void
bark(void *arg)
{
	struct server *server = arg;

	notify_send("WATCHDOG=1");
	loop_at(server->web.loop, &server->watchdog,
		clock_monotonic() + notify_interval(), bark, server);
}

static void
hear_signal(void *arg, short revents)
{
	struct server *server = arg;
	struct signalfd_siginfo info;

	(void)revents;
	while (read(server->signals, &info, sizeof(info)) == sizeof(info))
		server->ending = true;
}

static int
watch_signals(struct server *server)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
		return -1;
	server->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (server->signals < 0)
		return -1;
	loop_add(server->web.loop, server->signals, POLLIN, hear_signal,
		 server);
	return 0;
}

static int
say_port(const struct server *server, char **why)
{
	const char *file = server->options->port_file;
	char line[16];

	if (file == NULL)
		return 0;
	snprintf(line, sizeof(line), "%u\n",
		 (unsigned)httpd_port(server->httpd));
	if (atomic_write(file, line, strlen(line)) == 0)
		return 0;
	*why = msg_text("'%s': %s", file, strerror(errno));
	return -1;
}

static struct access *
let_in(const struct server *server)
{
	const struct server_options *options = server->options;
	struct access_options wanted = {
		.rooms = &server->web.rooms,
		.proxied = options->proxied,
		.port = listener_port(server->listener),
		.hosts = options->hosts,
		.group_role = options->group_role,
		.say = options->say,
		.arg = options->arg,
	};

	return access_open(&wanted);
}

/* Everything that stands between the spool and whoever asks. */
static int
furnish(struct server *server, char **why)
{
	struct web *web = &server->web;

	web->pages = pages_open(why);
	if (web->pages == NULL)
		return EX_NOINPUT;
	web->access = let_in(server);
	web->tickets = tickets_new();
	web->audit = audit_open(&web->rooms);
	web->board = jobboard_open(web);
	web->brood = brood_new(web->loop);
	web->live = live_open(web);
	return EX_OK;
}

static int
open_for_business(struct server *server, char **why)
{
	const struct server_options *options = server->options;
	const struct httpd_limits limits = {
		.connections = options->connections,
		/* Behind a proxy all come from one place. */
		.per_peer = options->proxied ? 0 : PER_PEER,
		.memory = 32 << 10,
		.body = 4096,
		.deadline = 10000,
	};
	const struct httpd_config config = { .limits = &limits,
					     .answer = answer,
					     .refuse = refuse,
					     .arg = server };

	server->httpd = httpd_on(&config, server->listener, why);
	server->listener = -1;
	if (server->httpd == NULL)
		return EX_OSERR;
	loop_add(server->web.loop, httpd_fd(server->httpd), POLLIN, turn_now,
		 server);
	turn(server);
	return EX_OK;
}

static void
time_is_up(void *arg)
{
	bool *up = arg;

	*up = true;
}

/* Those who listen are told. */
static void
part(struct server *server)
{
	struct loop_timer timer = { .at = 0 };
	bool up = false;

	live_end(server->web.live);
	loop_at(server->web.loop, &timer, clock_monotonic() + PARTING,
		time_is_up, &up);
	while (!up && live_count(server->web.live) > 0)
		loop_turn(server->web.loop);
	loop_cancel(server->web.loop, &timer);
}

static void
serve(struct server *server)
{
	notify_send("READY=1");
	if (notify_interval() > 0)
		bark(server);
	while (!server->ending)
		loop_turn(server->web.loop);
	notify_send("STOPPING=1");
	part(server);
}

static void
close_all(struct server *server)
{
	struct web *web = &server->web;

	live_close(web->live);
	if (server->httpd != NULL) {
		loop_remove(web->loop, httpd_fd(server->httpd));
		httpd_stop(server->httpd);
	}
	if (server->listener >= 0)
		close(server->listener);
	brood_free(web->brood);
	jobboard_close(web->board);
	audit_close(web->audit);
	tickets_free(web->tickets);
	access_close(web->access);
	pages_close(web->pages);
	if (server->signals >= 0)
		close(server->signals);
	rooms_close(&web->rooms);
	loop_free(web->loop);
}

static int
set_up(struct server *server, char **why)
{
	const struct server_options *options = server->options;
	struct place place = { .said = options->listen,
			       .proxied = options->proxied,
			       .rooms = &server->web.rooms };
	int code;

	if (owner_become_spool(options->spool, why) != 0)
		return EX_NOPERM;
	if (secret_guard() != 0) {
		*why = msg_text("with tokens in core dumps: %s",
				strerror(errno));
		return EX_OSERR;
	}
	if (rooms_open(&server->web.rooms, options->spool, true, why) != 0)
		return outcome_code(outcome_of_errno(errno));
	if (watch_signals(server) != 0) {
		*why = msg_text("without signals: %s", strerror(errno));
		return EX_OSERR;
	}
	server->listener = place_listen(options->listen, why);
	if (server->listener < 0)
		return EX_UNAVAILABLE;
	if (place_is_open(server->listener, &place, why) != 0)
		return EX_CONFIG;
	code = furnish(server, why);
	if (code == EX_OK)
		code = open_for_business(server, why);
	if (code == EX_OK && say_port(server, why) != 0)
		code = EX_CANTCREAT;
	return code;
}

int
server_run(const struct server_options *options, char **why)
{
	struct server server = {
		.options = options,
		.web = { .spool = options->spool,
			 .config = options->config,
			 .schedule = options->schedule,
			 .rooms = { NULL, -1, -1, -1, -1, -1 },
			 .loop = loop_new() },
		.signals = -1,
		.listener = -1,
	};
	int code = set_up(&server, why);

	if (code == EX_OK)
		serve(&server);
	close_all(&server);
	return code;
}
