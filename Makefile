# Pulse - programs are tools/NAME.c, modules are tools/lib/FOLDER/NAME.c; a new
# file of either sort is picked up by its place.  B and BIN name the folders
# built into, SAN the sanitizers of a second build beside the first.

B       := build
BIN     := bin
PREFIX  := /usr/local
VERSION := 0.1.0
SAN     :=

TOOLS  := $(basename $(notdir $(wildcard tools/*.c)))
LINKED := $(filter fetch-% spool-% pulse% retry-scan health-check metrics,$(TOOLS))
UNITS  := $(basename $(notdir $(wildcard tests/unit/*.c)))
FUZZ   := $(basename $(notdir $(wildcard tests/fuzz/*.c)))
WEB    := $(basename $(notdir $(wildcard tests/web/*.c)))
EXPLORER := $(patsubst tests/%.c,$(B)/%.o,$(wildcard tests/explorer/*.c))
LIBOBJ := $(patsubst tools/lib/%.c,$(B)/lib/%.o,$(wildcard tools/lib/*/*.c))
PAGES  := $(wildcard tools/*.1 share/man/*.[157])

PKGS   := libcurl sqlite3 yaml-0.1 libpcre2-8 libcrypto libzstd libmicrohttpd zlib
WARN   := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
          -Wwrite-strings -Wformat=2 -Wconversion -Wno-sign-conversion -Wvla -Werror
HARDEN := -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection \
          -fcf-protection=full -ftrivial-auto-var-init=zero -fPIE
CFLAGS := -std=c11 -O2 -g -D_GNU_SOURCE $(HARDEN) $(WARN)
SANFLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer -U_FORTIFY_SOURCE)
CPPFLAGS := -Itools/lib -DPULSE_VERSION='"$(VERSION)"'
LDFLAGS := -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed
LDLIBS  = $(shell pkg-config --libs $(PKGS)) -ljq -lwslay -lm

all: $(TOOLS:%=$(BIN)/%)

$(BIN)/%: $(B)/%.o $(B)/libpulse.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) $(SANFLAGS) -o $@ $^ $(LDLIBS)
$(B)/libpulse.a: $(LIBOBJ)
	@rm -f $@
	$(AR) rcs $@ $^
$(B)/unit/%: $(B)/unit/%.o $(B)/libpulse.a
	$(CC) $(LDFLAGS) $(SANFLAGS) -o $@ $^ $(LDLIBS)
$(B)/unit/explorer: $(EXPLORER) $(B)/libpulse.a
	$(CC) $(LDFLAGS) $(SANFLAGS) -o $@ $^ $(LDLIBS)
$(B)/web/%: $(B)/web/%.o $(B)/libpulse.a
	$(CC) $(LDFLAGS) $(SANFLAGS) -o $@ $^ $(LDLIBS)
$(B)/%.o: tests/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(SANFLAGS) $(CPPFLAGS) -MMD -MP -c -o $@ $<
$(B)/%.o: tools/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(SANFLAGS) $(CPPFLAGS) -MMD -MP -c -o $@ $<
-include $(wildcard $(B)/*.d $(B)/unit/*.d $(B)/explorer/*.d $(B)/web/*.d $(B)/lib/*/*.d)

units: $(UNITS:%=$(B)/unit/%) $(B)/unit/explorer $(WEB:%=$(B)/web/%)
print-libs:
	@echo $(LDLIBS)
check: all
	tests/run
demo: all
	pipelines/demo
bench: all
	tests/bench/run
fuzz:
	tests/fuzz/run
torture: all units
	tests/torture/run
nightly: all
	tests/run --full

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/libexec/pulse \
	  $(DESTDIR)$(PREFIX)/share/pulse
	install -t $(DESTDIR)$(PREFIX)/libexec/pulse $(TOOLS:%=$(BIN)/%)
	for t in $(LINKED); do \
	  ln -sf ../libexec/pulse/$$t $(DESTDIR)$(PREFIX)/bin/$$t; done
	cp -r share/. pipelines $(DESTDIR)$(PREFIX)/share/pulse
	cd $(DESTDIR)$(PREFIX)/share/pulse && rm -rf systemd man completions
	install -D -m 644 share/completions/_pulse \
	  $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_pulse
	install -D -m 644 share/completions/pulse.fish \
	  $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/pulse.fish
	install -D -m 644 share/completions/pulse.bash \
	  $(DESTDIR)$(PREFIX)/share/bash-completion/completions/pulse
	for t in $(filter-out pulse,$(LINKED)); do \
	  ln -sf pulse $(DESTDIR)$(PREFIX)/share/bash-completion/completions/$$t; done
	for u in share/systemd/*.service share/systemd/*.timer share/systemd/*.socket; do \
	  sed 's,@PREFIX@,$(PREFIX),g' $$u | install -D -m 644 /dev/stdin \
	    $(DESTDIR)$(PREFIX)/lib/systemd/system/$${u##*/}; done
	install -D -m 644 share/systemd/pulse.sysusers \
	  $(DESTDIR)$(PREFIX)/lib/sysusers.d/pulse.conf
	for p in $(PAGES); do \
	  install -D -m 644 $$p $(DESTDIR)$(PREFIX)/share/man/man$${p##*.}/$${p##*/}; done
clean:
	rm -rf build bin bin-san
.PHONY: all units print-libs check demo bench fuzz torture nightly install clean
.SECONDARY:
