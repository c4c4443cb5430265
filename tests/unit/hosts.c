/* hosts: nobody's own name leads here. */
#include "guard/hosts.h"
#include "check.h"

#include <stddef.h>

static char *const more[] = { (char *)"pulse.example.com",
			      (char *)"other.example.com:8443",
			      (char *)"not a name", NULL };

static int
over_tcp_only_loopback_with_the_port_and_given_names(void)
{
	static const char *const good[] = {
		"localhost:8014",      "LocalHost:8014",
		"127.0.0.1:8014",      "[::1]:8014",
		"pulse.example.com",   "PULSE.example.com:443",
		"pulse.example.com:1", "other.example.com:8443",
	};
	static const char *const bad[] = {
		"localhost",
		"localhost:8015",
		"localhost.:8014",
		"127.0.0.1",
		"127.0.0.2:8014",
		"[::2]:8014",
		"::1:8014",
		"evil.example:8014",
		"localhost.evil.example",
		"localhost:8014.evil.example",
		"xpulse.example.com",
		"pulse.example.com.evil.example",
		"pulse.example.co",
		"other.example.com",
		"other.example.com:443",
		"user@localhost:8014",
		"localhost:8014/",
		"localhost:08014x",
		" localhost:8014",
		"localhost:8014 ",
		"localhost:",
		"localhost:0",
		"localhost:73550",
		"pulse",
		"",
		"not a name",
		"[::1:8014",
		"[]:8014",
	};
	const struct hosts hosts = { .port = 8014, .more = more };
	const struct hosts web = { .port = 80 };
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		CHECK(hosts_allow(&hosts, good[i]));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (hosts_allow(&hosts, bad[i]))
			printf("%s\n", bad[i]);
		CHECK(!hosts_allow(&hosts, bad[i]));
	}
	CHECK(hosts_allow(&web, "localhost"));
	CHECK(!hosts_allow(&web, "pulse.example.com"));
	return 0;
}

static int
over_a_unix_socket_no_name_that_somebody_can_own(void)
{
	const struct hosts hosts = { .more = more };

	CHECK(hosts_allow(&hosts, "pulse"));
	CHECK(hosts_allow(&hosts, "localhost"));
	CHECK(hosts_allow(&hosts, "localhost:9000"));
	CHECK(hosts_allow(&hosts, "127.0.0.1:9000"));
	CHECK(hosts_allow(&hosts, "[::1]"));
	CHECK(hosts_allow(&hosts, "pulse.example.com"));
	CHECK(!hosts_allow(&hosts, "evil.example"));
	CHECK(!hosts_allow(&hosts, "evil.example:9000"));
	CHECK(!hosts_allow(&hosts, "evil."));
	CHECK(!hosts_allow(&hosts, "127.0.0.2"));
	CHECK(!hosts_allow(&hosts, "[fe80::1]"));
	return 0;
}

static int
an_origin_is_of_one_of_these_names(void)
{
	const struct hosts tcp = { .port = 8014, .more = more };
	const struct hosts local = { .more = more };

	CHECK(hosts_allow_origin(&tcp, "http://localhost:8014", "x"));
	CHECK(hosts_allow_origin(&tcp, "http://127.0.0.1:8014", "x"));
	CHECK(hosts_allow_origin(&tcp, "HTTPS://pulse.example.com", "x"));
	CHECK(hosts_allow_origin(&tcp, "https://other.example.com:8443", "x"));
	CHECK(!hosts_allow_origin(&tcp, "http://localhost:3000", "x"));
	CHECK(!hosts_allow_origin(&tcp, "http://localhost", "x"));
	CHECK(!hosts_allow_origin(&tcp, "null", "x"));
	CHECK(!hosts_allow_origin(&tcp, "", "x"));
	CHECK(!hosts_allow_origin(&tcp, "file://", "x"));
	CHECK(!hosts_allow_origin(&tcp, "ws://localhost:8014", "x"));
	CHECK(!hosts_allow_origin(&tcp, "chrome-extension://localhost", "x"));
	CHECK(!hosts_allow_origin(&tcp, "http://localhost:8014/", "x"));
	CHECK(!hosts_allow_origin(&tcp, "http://localhost:8014.evil", "x"));
	CHECK(!hosts_allow_origin(&tcp, "http://evil.example:8014", "x"));
	CHECK(!hosts_allow_origin(&tcp, "http://a@localhost:8014", "x"));
	CHECK(!hosts_allow_origin(&tcp, "https://other.example.com", "x"));
	/* The page's own, whatever the port that ssh -L has given it. */
	CHECK(hosts_allow_origin(&local, "http://localhost:9000",
				 "localhost:9000"));
	CHECK(hosts_allow_origin(&local, "http://localhost", "localhost"));
	CHECK(hosts_allow_origin(&local, "https://pulse.example.com", "pulse"));
	CHECK(!hosts_allow_origin(&local, "http://localhost:3000",
				  "localhost:9000"));
	CHECK(!hosts_allow_origin(&local, "http://evil.example", "pulse"));
	return 0;
}

int
main(void)
{
	return over_tcp_only_loopback_with_the_port_and_given_names() ||
	       over_a_unix_socket_no_name_that_somebody_can_own() ||
	       an_origin_is_of_one_of_these_names();
}
