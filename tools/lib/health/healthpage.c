#include "health/healthpage.h"

#include <stdio.h>
#include <string.h>

#include "base/listing.h"
#include "health/health.h"

static const char *
color_of(enum finding_level level)
{
	static const char *const colors[] = { "\033[36m", "\033[2m", "\033[33m",
					      "\033[1;31m" };

	return colors[level];
}

static void
show(const char *text)
{
	listing_show(stdout, text, strlen(text));
}

static void
print_finding(const struct finding *finding, bool color)
{
	printf("  %s%-4s%s  %s", color ? color_of(finding->level) : "",
	       findings_level(finding->level), color ? "\033[0m" : "",
	       finding->check);
	if (finding->client > 0)
		printf(" %lld", (long long)finding->client);
	if (finding->subject != NULL) {
		putchar(' ');
		show(finding->subject);
	}
	fputs(": ", stdout);
	show(finding->message);
	putchar('\n');
	if (finding->way_out == NULL)
		return;
	fputs("        -> ", stdout);
	show(finding->way_out);
	putchar('\n');
}

static bool
is_in_group(const struct finding *finding, const char *group)
{
	const struct health_check *check;

	for (check = health_checks; check->name != NULL; check++)
		if (strcmp(check->name, finding->check) == 0)
			return strcmp(check->group, group) == 0;
	return false;
}

static void
print_group(const struct findings *found, const char *group,
	    enum finding_level least, bool color)
{
	bool any = false;
	size_t i;

	for (i = 0; i < found->count; i++) {
		if (found->items[i].level < least ||
		    !is_in_group(&found->items[i], group))
			continue;
		if (!any)
			printf("%s%s%s\n", color ? "\033[1m" : "", group,
			       color ? "\033[0m" : "");
		any = true;
		print_finding(&found->items[i], color);
	}
	if (any)
		putchar('\n');
}

void
healthpage_print(const struct findings *found, enum finding_level least,
		 bool color)
{
	const struct health_check *check = health_checks;
	const char *group = "";

	for (; check->name != NULL; check++) {
		if (strcmp(check->group, group) == 0)
			continue;
		group = check->group;
		print_group(found, group, least, color);
	}
}

void
healthpage_sum(const struct findings *found)
{
	size_t fails = findings_of(found, FINDING_FAIL);
	size_t warns = findings_of(found, FINDING_WARN);
	size_t notes = findings_of(found, FINDING_NOTE);

	if (fails + warns == 0)
		printf("All is well");
	else
		printf("%zu failed, %zu to look at", fails, warns);
	printf(", %zu note%s, %zu ok.\n", notes, notes == 1 ? "" : "s",
	       findings_of(found, FINDING_OK));
}
