/*
 * template - an example of a YAML file with one's own values in it: the words
 * around them stay, and what is not set is made a comment.  pure.
 *
 *   { "github", "organization", NULL, "acme" }   its value
 *   { "github", "organization", "user", "me" }   another key in its place
 *   { "jira", "email", NULL, NULL }              a comment
 *   { "services", NULL, NULL, NULL }             the whole section: comments
 *
 * A section is a key that stands alone on its line; "" is what is above all
 * sections.
 */
#ifndef PULSE_TEMPLATE_H
#define PULSE_TEMPLATE_H

struct template_value {
	const char *section; /* ends the table when NULL */
	const char *key, *as;
	const char *value; /* YAML, see template_scalar */
};

/* Allocated. */
char *template_fill(const char *example, const struct template_value *values);

/* The text as a YAML scalar, in quotes where it needs them; allocated. */
char *template_scalar(const char *text);

#endif
