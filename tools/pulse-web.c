/* pulse-web - serve jobs and figures over HTTP, with a page for people */

#include <stddef.h>
#include <stdlib.h>

#include "base/cli.h"
#include "base/msg.h"
#include "web/server.h"

enum { CONNECTIONS = 64, CONNECTIONS_MOST = 4096 };

struct opts {
	const char *spool, *config, *schedule, *listen, *port_file, *group_role;
	struct cli_list hosts;
	int behind_proxy;
	long connections;
};

static const struct cli_option options[] = {
	{ 's', "spool", "DIR", "the spool (default spool in PULSE_HOME)",
	  CLI_STRING, offsetof(struct opts, spool) },
	{ 'c', "config", "FILE", "pulse.yaml, for the figures", CLI_STRING,
	  offsetof(struct opts, config) },
	{ 0, "schedule", "FILE", "the jobs, to say when they are due",
	  CLI_STRING, offsetof(struct opts, schedule) },
	{ 0, "listen", "WHERE",
	  "a PATH, or ADDR:PORT, port 0: any (default a socket that only "
	  "this user reaches)",
	  CLI_STRING, offsetof(struct opts, listen) },
	{ 0, "port-file", "FILE", "write the port there once it listens",
	  CLI_STRING, offsetof(struct opts, port_file) },
	{ 0, "host", "NAME", "a further name by which it may be asked",
	  CLI_LIST, offsetof(struct opts, hosts) },
	{ 0, "behind-proxy", NULL,
	  "a proxy is in front: allow other addresses than loopback", CLI_FLAG,
	  offsetof(struct opts, behind_proxy) },
	{ 0, "group-role", "ROLE",
	  "of who may reach the socket and is not its owner (default viewer)",
	  CLI_STRING, offsetof(struct opts, group_role) },
	{ 0, "connections", "N", "at once (default 64)", CLI_NUMBER,
	  offsetof(struct opts, connections) },
	{ .name = NULL },
};

static const struct cli cli = {
	"pulse-web",
	"serve jobs and figures over HTTP, with a page for people",
	NULL,
	0,
	0,
	options,
	"  pulse-web                                  on a socket of your own\n"
	"  curl --unix-socket $XDG_RUNTIME_DIR/pulse-web.sock "
	"http://localhost/api/v1/jobs\n"
	"  pulse token add --role operator laptop; "
	"pulse-web --listen 127.0.0.1:8014\n",
	NULL,
};

static enum command_role
read_role(const char *name)
{
	int role = name != NULL ? command_role_by_name(name) : COMMAND_VIEWER;

	if (role < 0)
		cli_misuse(&cli,
			   "there is no role '%s': viewer, operator, admin",
			   name);
	return (enum command_role)role;
}

static void
say(void *arg, const char *text)
{
	(void)arg;
	msg_say("%s", text);
}

int
main(int argc, char *argv[])
{
	struct opts opts = { .connections = CONNECTIONS };
	struct server_options wanted;
	char *why;
	int code;

	cli_parse(&cli, &opts, argc, argv);
	if (opts.connections < 1 || opts.connections > CONNECTIONS_MOST)
		cli_misuse(&cli, "--connections is from 1 to %d",
			   CONNECTIONS_MOST);
	/* NULL-ended. */
	opts.hosts.items =
		msg_realloc(opts.hosts.items,
			    (opts.hosts.count + 1) * sizeof(*opts.hosts.items));
	opts.hosts.items[opts.hosts.count] = NULL;
	wanted = (struct server_options){
		.spool = opts.spool,
		.config = opts.config,
		.schedule = opts.schedule,
		.listen = opts.listen,
		.port_file = opts.port_file,
		.hosts = (char *const *)opts.hosts.items,
		.proxied = opts.behind_proxy > 0,
		.connections = (unsigned)opts.connections,
		.group_role = read_role(opts.group_role),
		.say = say,
	};
	code = server_run(&wanted, &why);
	if (code != EX_OK)
		msg_die(code, "cannot serve %s", why);
	free(opts.hosts.items);
	return EX_OK;
}
