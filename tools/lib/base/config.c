#include "base/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <yaml.h>

#include "base/msg.h"

enum { LARGEST = 64 * 1024, DEEPEST = 16 };

struct loader {
	yaml_parser_t parser;
	yaml_event_t event;
	bool has_event;
	char *name;
	char *why;
	unsigned depth;
};

static char *
complaint(const char *file, size_t line, const char *format, ...)
{
	char text[512], whole[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	snprintf(whole, sizeof(whole), "%s:%zu: %s", file, line, text);
	return msg_strdup(whole);
}

char *
config_complain(const struct config *node, const char *expected)
{
	return complaint(node->file, node->line, "expected %s", expected);
}

static size_t
event_line(const struct loader *l)
{
	return l->event.start_mark.line + 1;
}

/* After an error libyaml reports events without end: so none is asked for. */
static bool
next_event(struct loader *l)
{
	if (l->why != NULL)
		return false;
	if (l->has_event)
		yaml_event_delete(&l->event);
	l->has_event = yaml_parser_parse(&l->parser, &l->event) != 0;
	if (!l->has_event)
		l->why = complaint(l->name, l->parser.problem_mark.line + 1,
				   "cannot read this as YAML: %s",
				   l->parser.problem != NULL ? l->parser.problem
							     : "damaged");
	return l->has_event;
}

static struct config *
new_node(struct loader *l, enum config_kind kind)
{
	struct config *node = msg_calloc(1, sizeof(*node));

	node->kind = kind;
	node->file = msg_strdup(l->name);
	node->line = (unsigned)event_line(l);
	return node;
}

/* What we do not take, however legal it is in YAML. */
static const char *
refused(const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_ALIAS_EVENT:
		return "no alias";
	case YAML_SCALAR_EVENT:
		if (e->data.scalar.anchor != NULL)
			return "no anchor";
		return e->data.scalar.tag != NULL ? "no tag" : NULL;
	case YAML_SEQUENCE_START_EVENT:
		if (e->data.sequence_start.anchor != NULL)
			return "no anchor";
		return e->data.sequence_start.tag != NULL ? "no tag" : NULL;
	case YAML_MAPPING_START_EVENT:
		if (e->data.mapping_start.anchor != NULL)
			return "no anchor";
		return e->data.mapping_start.tag != NULL ? "no tag" : NULL;
	default:
		return NULL;
	}
}

static struct config *node(struct loader *l);

static struct config *
scalar(struct loader *l)
{
	struct config *n = new_node(l, CONFIG_SCALAR);

	n->text = msg_strdup((const char *)l->event.data.scalar.value);
	n->quoted = l->event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
	if (strlen(n->text) != l->event.data.scalar.length) {
		l->why = config_complain(n, "text without NUL bytes");
		config_free(n);
		return NULL;
	}
	return n;
}

static struct config *
list(struct loader *l)
{
	struct config *n = new_node(l, CONFIG_LIST);
	struct config **last = &n->first;

	while (next_event(l) && l->event.type != YAML_SEQUENCE_END_EVENT) {
		if ((*last = node(l)) == NULL)
			break;
		last = &(*last)->next;
	}
	return n;
}

/* Takes the key under the event; NULL with l->why when it will not do. */
static char *
map_key(struct loader *l, const struct config *map)
{
	const char *text = (const char *)l->event.data.scalar.value;

	if (l->event.type != YAML_SCALAR_EVENT || refused(&l->event) != NULL) {
		l->why = complaint(l->name, event_line(l),
				   "expected a plain key");
		return NULL;
	}
	if (strcmp(text, "<<") == 0 || config_get(map, text) != NULL) {
		l->why = complaint(l->name, event_line(l),
				   strcmp(text, "<<") == 0
					   ? "expected no merge key"
					   : "expected '%s' once",
				   text);
		return NULL;
	}
	return msg_strdup(text);
}

static struct config *
map(struct loader *l)
{
	struct config *n = new_node(l, CONFIG_MAP);
	struct config **last = &n->first;

	while (next_event(l) && l->event.type != YAML_MAPPING_END_EVENT) {
		unsigned line = (unsigned)event_line(l);
		char *key = map_key(l, n);

		if (key == NULL)
			break;
		if (!next_event(l) || (*last = node(l)) == NULL) {
			free(key);
			break;
		}
		(*last)->key = key;
		(*last)->line = line;
		last = &(*last)->next;
	}
	return n;
}

/* The node that begins with the event at hand; NULL when l->why is set. */
static struct config *
node(struct loader *l)
{
	const char *no = refused(&l->event);
	struct config *n = NULL;

	if (no != NULL) {
		l->why = complaint(l->name, event_line(l), "expected %s here",
				   no);
		return NULL;
	}
	if (++l->depth > DEEPEST) {
		l->why = complaint(l->name, event_line(l),
				   "expected at most %d levels", DEEPEST);
		return NULL;
	}
	if (l->event.type == YAML_SCALAR_EVENT)
		n = scalar(l);
	else if (l->event.type == YAML_SEQUENCE_START_EVENT)
		n = list(l);
	else
		n = map(l);
	l->depth--;
	return n;
}

static struct config *
document(struct loader *l)
{
	struct config *root = NULL;

	if (!next_event(l) || !next_event(l)) /* stream, then document start */
		return NULL;
	if (l->event.type == YAML_STREAM_END_EVENT) { /* an empty file */
		root = new_node(l, CONFIG_MAP);
		root->line = 1;
		return root;
	}
	if (!next_event(l) || (root = node(l)) == NULL || l->why != NULL)
		return root;
	if (next_event(l) && next_event(l) &&
	    l->event.type != YAML_STREAM_END_EVENT)
		l->why = complaint(l->name, event_line(l),
				   "expected one document only");
	return root;
}

static struct config *
parse(const char *name, const char *text, size_t len, size_t most, char **why)
{
	struct loader l = { .name = msg_strdup(name) };
	struct config *root = NULL;

	if (len > most) {
		l.why = complaint(name, 1, "expected at most %zu KiB",
				  most / 1024);
	} else if (yaml_parser_initialize(&l.parser) == 0) {
		l.why = msg_strdup("out of memory");
	} else {
		yaml_parser_set_input_string(&l.parser,
					     (const unsigned char *)text, len);
		root = document(&l);
		if (l.has_event)
			yaml_event_delete(&l.event);
		yaml_parser_delete(&l.parser);
	}
	free(l.name);
	*why = l.why;
	if (l.why != NULL) {
		config_free(root);
		return NULL;
	}
	return root;
}

struct config *
config_parse(const char *name, const char *text, size_t len, char **why)
{
	return parse(name, text, len, LARGEST, why);
}

/* A named pipe that nobody writes to would hold us for ever: it is opened
 * without waiting, and then reads as empty; one of a shell's <(...) is read as
 * its writer goes on. */
static int
open_text(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd >= 0)
		fcntl(fd, F_SETFL, 0);
	return fd;
}

struct config *
config_load_up_to(const char *path, size_t most, char **why)
{
	char *text = msg_calloc(most + 1, 1);
	struct config *root = NULL;
	size_t len = 0;
	ssize_t n = -1;
	int fd = open_text(path);

	if (fd >= 0) {
		do {
			n = read(fd, text + len, most + 1 - len);
			len += n > 0 ? (size_t)n : 0;
		} while (n > 0 && len <= most);
		close(fd);
	}
	if (fd < 0 || n < 0) {
		char reason[512];

		snprintf(reason, sizeof(reason), "%s: %s", path,
			 strerror(errno));
		*why = msg_strdup(reason);
	} else {
		root = parse(path, text, len, most, why);
	}
	free(text);
	return root;
}

struct config *
config_load(const char *path, char **why)
{
	return config_load_up_to(path, LARGEST, why);
}

void
config_free(struct config *root)
{
	struct config *next;

	for (; root != NULL; root = next) {
		next = root->next;
		config_free(root->first);
		free((char *)root->key);
		free((char *)root->text);
		free((char *)root->file);
		free(root);
	}
}

const struct config *
config_get(const struct config *parent, const char *key)
{
	const struct config *n;

	if (parent == NULL || parent->kind != CONFIG_MAP)
		return NULL;
	for (n = parent->first; n != NULL; n = n->next)
		if (n->key != NULL && strcmp(n->key, key) == 0)
			return n;
	return NULL;
}

const char *
config_text(const struct config *n)
{
	return n != NULL && n->kind == CONFIG_SCALAR ? n->text : NULL;
}

bool
config_int(const struct config *n, int64_t *number)
{
	const char *text = config_text(n);
	char *end;

	if (text == NULL || *text == '\0')
		return false;
	errno = 0;
	*number = strtoll(text, &end, 10);
	return errno == 0 && *end == '\0';
}

bool
config_bool(const struct config *n, bool *truth)
{
	const char *text = config_text(n);

	if (text == NULL)
		return false;
	*truth = strcmp(text, "true") == 0;
	return *truth || strcmp(text, "false") == 0;
}

const struct config *
config_unknown(const struct config *parent, const char *const *known)
{
	const struct config *n;
	const char *const *k;

	for (n = parent != NULL ? parent->first : NULL; n != NULL;
	     n = n->next) {
		for (k = known; *k != NULL; k++)
			if (n->key != NULL && strcmp(*k, n->key) == 0)
				break;
		if (*k == NULL)
			return n;
	}
	return NULL;
}

const char *
config_library(void)
{
	return yaml_get_version_string();
}
