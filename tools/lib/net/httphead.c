#include "net/httphead.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct span {
	const char *s;
	size_t len;
};

struct head {
	bool post, old; /* old: HTTP/1.0 */
	size_t fields, hosts, lengths;
	struct span length;
};

static bool
is_token(struct span span)
{
	static const char marks[] = "!#$%&'*+-.^_`|~";
	size_t i;

	for (i = 0; i < span.len; i++)
		if (!isalnum((unsigned char)span.s[i]) &&
		    memchr(marks, span.s[i], sizeof(marks) - 1) == NULL)
			return false;
	return span.len > 0;
}

static bool
is(struct span span, const char *text)
{
	return span.len == strlen(text) &&
	       strncasecmp(span.s, text, span.len) == 0;
}

/* Cuts off what stands before the first c; false: there is no c. */
static bool
cut(struct span *rest, char c, struct span *before)
{
	const char *at = memchr(rest->s, c, rest->len);

	if (at == NULL)
		return false;
	*before = (struct span){ rest->s, (size_t)(at - rest->s) };
	rest->s = at + 1;
	rest->len -= before->len + 1;
	return true;
}

/* Control bytes but the tab are in no line, whole or not. */
static bool
has_control(struct span line)
{
	size_t i;

	for (i = 0; i < line.len; i++)
		if (((unsigned char)line.s[i] < 0x20 && line.s[i] != '\t') ||
		    line.s[i] == 0x7f)
			return true;
	return false;
}

static bool
is_escape(struct span target, size_t at)
{
	const char *s = target.s + at;

	return target.len - at > 2 && isxdigit((unsigned char)s[1]) &&
	       isxdigit((unsigned char)s[2]) && (s[1] != '0' || s[2] != '0');
}

static unsigned
check_target(struct span target)
{
	size_t i, arguments = 0;

	if (target.len > HTTPHEAD_TARGET)
		return 414;
	if (target.len == 0 || target.s[0] != '/')
		return 400;
	for (i = 0; i < target.len; i++) {
		if (target.s[i] <= 0x20 ||
		    (target.s[i] == '%' && !is_escape(target, i)))
			return 400;
		arguments += target.s[i] == '&';
	}
	return arguments < HTTPHEAD_ARGUMENTS ? HTTPHEAD_FINE : 414;
}

static unsigned
check_request(struct span line, struct head *head)
{
	struct span method, target;
	unsigned status;

	if (!cut(&line, ' ', &method) || !is_token(method) ||
	    !cut(&line, ' ', &target))
		return 400;
	status = check_target(target);
	if (status != HTTPHEAD_FINE)
		return status;
	if (line.len != 8 || memcmp(line.s, "HTTP/", 5) != 0 ||
	    !isdigit((unsigned char)line.s[5]) || line.s[6] != '.' ||
	    !isdigit((unsigned char)line.s[7]))
		return 400;
	if (line.s[5] != '1' || line.s[7] > '1')
		return 505;
	head->old = line.s[7] == '0';
	head->post = method.len == 4 && memcmp(method.s, "POST", 4) == 0;
	return HTTPHEAD_FINE;
}

static unsigned
check_field(struct span line, struct head *head)
{
	struct span name;

	if (!cut(&line, ':', &name) || !is_token(name) ||
	    is(name, "Transfer-Encoding"))
		return 400;
	if (++head->fields > HTTPHEAD_FIELDS)
		return 431;
	head->hosts += is(name, "Host");
	if (is(name, "Content-Length")) {
		head->lengths++;
		head->length = line;
	}
	return HTTPHEAD_FINE;
}

/* The number of a Content-Length; false: it is none.  libmicrohttpd takes no
 * blanks behind it. */
static bool
parse_length(struct span value, size_t *length)
{
	while (value.len > 0 && (*value.s == ' ' || *value.s == '\t')) {
		value.s++;
		value.len--;
	}
	*length = 0;
	if (value.len == 0)
		return false;
	for (; value.len > 0; value.s++, value.len--) {
		if (!isdigit((unsigned char)*value.s))
			return false;
		if (*length < (size_t)1 << 48)
			*length = *length * 10 + (size_t)(*value.s - '0');
	}
	return true;
}

static unsigned
check_whole(const struct head *head, size_t body)
{
	size_t length;

	if (head->hosts > 1 || (head->hosts == 0 && !head->old))
		return 400;
	if (head->lengths == 0)
		return head->post ? 411 : HTTPHEAD_FINE;
	if (head->lengths > 1 || !parse_length(head->length, &length))
		return 400;
	return length <= body ? HTTPHEAD_FINE : 413;
}

unsigned
httphead_check(const char *bytes, size_t len, size_t head_most, size_t body)
{
	struct span rest = { bytes, len < head_most ? len : head_most }, line;
	struct head head = { 0 };
	unsigned status;
	bool first = true;

	while (cut(&rest, '\n', &line)) {
		if (line.len == 0 || line.s[--line.len] != '\r' ||
		    has_control(line))
			return 400;
		if (line.len == 0 && !first)
			return check_whole(&head, body);
		status = first ? check_request(line, &head)
			       : check_field(line, &head);
		if (status != HTTPHEAD_FINE)
			return status;
		first = false;
	}
	if (rest.len > 0 && rest.s[rest.len - 1] == '\r')
		rest.len--;
	if (has_control(rest))
		return 400;
	if (len < head_most)
		return HTTPHEAD_MORE;
	return first ? 414 : 431;
}
