#include "net/refusal.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "base/msg.h"
#include "net/httpdreply.h"

static const char *
phrase(unsigned status)
{
	switch (status) {
	case 408:
		return "Request Timeout";
	case 411:
		return "Length Required";
	case 413:
		return "Content Too Large";
	case 414:
		return "URI Too Long";
	case 429:
		return "Too Many Requests";
	case 431:
		return "Request Header Fields Too Large";
	case 503:
		return "Service Unavailable";
	case 505:
		return "HTTP Version Not Supported";
	default:
		return "Bad Request";
	}
}

static void
write_reply(FILE *out, const struct httpd_reply *reply)
{
	time_t now = time(NULL);
	struct tm utc;
	char date[64];
	size_t i;

	gmtime_r(&now, &utc);
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &utc);
	fprintf(out,
		"HTTP/1.1 %u %s\r\nDate: %s\r\nConnection: close\r\n"
		"Content-Length: %zu\r\n",
		reply->status, phrase(reply->status), date, reply->len);
	for (i = 0; i < reply->header_count; i++)
		fprintf(out, "%s: %s\r\n", reply->headers[i].name,
			reply->headers[i].value);
	fputs("\r\n", out);
	fwrite(reply->bytes, 1, reply->len, out);
}

void
refusal_send(int fd, unsigned status,
	     void (*refuse)(void *arg, unsigned status,
			    struct httpd_reply *reply),
	     void *arg)
{
	struct httpd_reply reply;
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (out == NULL)
		msg_die(EX_OSERR, "cannot refuse 'a request': out of memory");
	httpdreply_start(&reply);
	httpd_status(&reply, status);
	if (refuse != NULL)
		refuse(arg, status, &reply);
	write_reply(out, &reply);
	httpdreply_end(&reply);
	fclose(out);
	(void)!send(fd, text, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	free(text);
}
