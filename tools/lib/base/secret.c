#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/msg.h"

enum { LARGEST = 8192 };

struct secret {
	size_t len;
	char text[LARGEST + 1];
};

static char *
complaint(const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return msg_strdup(text);
}

int
secret_guard(void)
{
	const struct rlimit none = { 0, 0 };

	return prctl(PR_SET_DUMPABLE, 0) != 0 || setrlimit(RLIMIT_CORE, &none)
		       ? -1
		       : 0;
}

/* A page that no core dump and no swap space gets to see. */
static struct secret *
new_secret(void)
{
	void *page = mmap(NULL, sizeof(struct secret), PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		msg_die(EX_OSERR, "cannot keep 'the token': out of memory");
	if (secret_guard() != 0 ||
	    madvise(page, sizeof(struct secret), MADV_DONTDUMP) != 0)
		msg_die(EX_OSERR, "cannot keep 'the token' out of dumps: %s",
			strerror(errno));
	if (mlock(page, sizeof(struct secret)) != 0)
		errno = 0; /* without the right to lock, it may be swapped */
	return page;
}

void
secret_free(struct secret *secret)
{
	if (secret == NULL)
		return;
	explicit_bzero(secret, sizeof(*secret));
	munmap(secret, sizeof(*secret));
}

const char *
secret_text(const struct secret *secret)
{
	return secret->text;
}

/* One value, blanks and line ends around it dropped; no control bytes in it,
 * since it becomes part of a header. */
static char *
tidy(struct secret *secret, const char *from)
{
	size_t i;

	while (secret->len > 0 &&
	       strchr(" \t\r\n", secret->text[secret->len - 1]) != NULL)
		secret->len--;
	secret->text[secret->len] = '\0';
	if (secret->len == 0)
		return complaint("%s is empty", from);
	for (i = 0; i < secret->len; i++)
		if ((unsigned char)secret->text[i] < 0x20 &&
		    strncmp(secret->text, "-----BEGIN", 10) != 0)
			return complaint("%s holds more than one line", from);
	return NULL;
}

static char *
read_all(int fd, struct secret *secret, const char *from)
{
	ssize_t n;

	while ((n = read(fd, secret->text + secret->len,
			 sizeof(secret->text) - secret->len)) > 0) {
		secret->len += (size_t)n;
		if (secret->len == sizeof(secret->text))
			return complaint("%s is longer than 8 KiB", from);
	}
	if (n < 0)
		return complaint("%s: %s", from, strerror(errno));
	return tidy(secret, from);
}

/* What ssh asks of a key file; looked at after opening, so that nobody can
 * put another one in its place. */
static char *
check_file(int fd, const char *path)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return complaint("%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return complaint("%s is not a regular file", path);
	if (st.st_uid != geteuid() && st.st_uid != 0)
		return complaint("%s belongs to somebody else", path);
	if ((st.st_mode & 077) != 0)
		return complaint("%s can be read by others: chmod 600 %s", path,
				 path);
	return NULL;
}

static char *
read_file(const char *path, struct secret *secret)
{
	char *why;
	int fd;

	if (strcmp(path, "-") == 0)
		return read_all(STDIN_FILENO, secret, "standard input");
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return errno == ELOOP
			       ? complaint("%s is a symbolic link", path)
			       : complaint("%s: %s", path, strerror(errno));
	if ((why = check_file(fd, path)) == NULL)
		why = read_all(fd, secret, path);
	close(fd);
	return why;
}

static char *
read_variable(const char *name, struct secret *secret)
{
	const char *value = getenv(name);

	if (value == NULL || *value == '\0')
		return complaint("$%s is not set", name);
	if (strlen(value) > LARGEST)
		return complaint("$%s is longer than 8 KiB", name);
	secret->len = strlen(value);
	memcpy(secret->text, value, secret->len + 1);
	return tidy(secret, name);
}

/* Reads the first variable that is set; none leaves the secret empty. */
static char *
read_first(const char *const *variables, struct secret *secret)
{
	const char *value;

	for (; variables != NULL && *variables != NULL; variables++) {
		value = getenv(*variables);
		if (value != NULL && *value != '\0')
			return read_variable(*variables, secret);
	}
	return NULL;
}

/* The credential's path when systemd gave us one of that name. */
static bool
credential(const char *name, char *path, size_t size)
{
	const char *dir = getenv("CREDENTIALS_DIRECTORY");

	if (name == NULL || dir == NULL || strchr(name, '/') != NULL)
		return false;
	return (size_t)snprintf(path, size, "%s/%s", dir, name) < size &&
	       access(path, F_OK) == 0;
}

struct secret *
secret_open(const struct secret_places *places, char **why)
{
	struct secret *secret = new_secret();
	char path[4096];

	*why = NULL;
	if (credential(places->credential, path, sizeof(path)))
		*why = read_file(path, secret);
	else if (places->given != NULL)
		*why = read_file(places->given, secret);
	else if (places->file != NULL)
		*why = read_file(places->file, secret);
	else if (places->env != NULL)
		*why = read_variable(places->env, secret);
	else
		*why = read_first(places->variables, secret);
	if (*why == NULL && secret->len > 0)
		return secret;
	secret_free(secret);
	return NULL;
}

void
secret_drop_environment(void)
{
	static const char *const variables[] = {
		"GITHUB_TOKEN",	  "GH_TOKEN",	"JIRA_EMAIL",
		"JIRA_API_TOKEN", "JIRA_TOKEN",
	};
	size_t i;

	for (i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
		unsetenv(variables[i]);
}
