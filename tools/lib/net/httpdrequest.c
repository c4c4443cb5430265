#include "net/httpdserving.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <strings.h>
#include <sys/socket.h>

const char *
httpd_header(const struct httpd_request *request, const char *name)
{
	struct serving *serving = request->inner;

	return MHD_lookup_connection_value(serving->connection, MHD_HEADER_KIND,
					   name);
}

const char *
httpd_argument(const struct httpd_request *request, const char *name)
{
	struct serving *serving = request->inner;

	return MHD_lookup_connection_value(serving->connection,
					   MHD_GET_ARGUMENT_KIND, name);
}

struct count {
	const char *name;
	size_t count;
};

static enum MHD_Result
count_header(void *arg, enum MHD_ValueKind kind, const char *name,
	     const char *value)
{
	struct count *count = arg;

	(void)kind;
	(void)value;
	if (strcasecmp(name, count->name) == 0)
		count->count++;
	return MHD_YES;
}

size_t
httpd_header_count(const struct httpd_request *request, const char *name)
{
	struct serving *serving = request->inner;
	struct count count = { .name = name };

	MHD_get_connection_values(serving->connection, MHD_HEADER_KIND,
				  count_header, &count);
	return count.count;
}

struct each {
	void (*call)(void *arg, const char *name, const char *value);
	void *arg;
};

static enum MHD_Result
call_argument(void *arg, enum MHD_ValueKind kind, const char *name,
	      const char *value)
{
	const struct each *each = arg;

	(void)kind;
	each->call(each->arg, name, value);
	return MHD_YES;
}

void
httpd_each_argument(const struct httpd_request *request,
		    void (*call)(void *arg, const char *name,
				 const char *value),
		    void *arg)
{
	struct serving *serving = request->inner;
	struct each each = { .call = call, .arg = arg };

	MHD_get_connection_values(serving->connection, MHD_GET_ARGUMENT_KIND,
				  call_argument, &each);
}

int
httpdserving_socket(const struct serving *serving)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
		serving->connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	return info != NULL ? info->connect_fd : -1;
}

/* An IPv4 client of an IPv6 listener is written as IPv4. */
static void
write_address(const struct sockaddr_storage *from, char *out, size_t size)
{
	const struct sockaddr_in *four = (const void *)from;
	const struct sockaddr_in6 *six = (const void *)from;

	if (from->ss_family == AF_INET)
		inet_ntop(AF_INET, &four->sin_addr, out, (socklen_t)size);
	else if (from->ss_family == AF_INET6 &&
		 IN6_IS_ADDR_V4MAPPED(&six->sin6_addr))
		inet_ntop(AF_INET, &six->sin6_addr.s6_addr[12], out,
			  (socklen_t)size);
	else if (from->ss_family == AF_INET6)
		inet_ntop(AF_INET6, &six->sin6_addr, out, (socklen_t)size);
}

void
httpd_peer(const struct httpd_request *request, struct httpd_peer *peer)
{
	struct serving *serving = request->inner;
	int fd = httpdserving_socket(serving);
	struct sockaddr_storage from = { 0 };
	socklen_t len = sizeof(from);
	struct ucred who = { 0 };

	*peer = (struct httpd_peer){ .uid = (uid_t)-1, .gid = (gid_t)-1 };
	if (getsockname(fd, (struct sockaddr *)&from, &len) == 0 &&
	    from.ss_family == AF_UNIX) {
		len = sizeof(who);
		if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) != 0)
			return;
		*peer = (struct httpd_peer){ true, who.uid, who.gid, who.pid,
					     "" };
		return;
	}
	len = sizeof(from);
	if (getpeername(fd, (struct sockaddr *)&from, &len) == 0)
		write_address(&from, peer->address, sizeof(peer->address));
}
