# Millrace.  `make help` lists the targets.  Nothing is written outside $(BUILD),
# except by install.

BUILD    ?= build
PREFIX   ?= /usr/local
SANITIZE ?=
VERSION  := $(shell sed -n 's/^## \([0-9.]*\).*/\1/p' CHANGES.md | head -n 1)
ABI      := $(shell sed -n 's/^\#define MR_ABI //p' lib/millrace.h)

WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Werror
OPTIMIZE := -O2 -g $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer)
COMMON   := $(OPTIMIZE) $(WARNINGS) -fPIC -MMD -MP -D_GNU_SOURCE -Ilib -I. -I$(BUILD)/gen
CFLAGS   += -std=gnu11 -Wstrict-prototypes -Wmissing-prototypes $(COMMON)
CXXFLAGS += -std=c++17 $(COMMON)
LDFLAGS  += $(OPTIMIZE)
# Symbols are bound once, in the master, and not in each worker anew.
BIND     := -Wl,-z,now

# The endpoints that are built in: lib/api/endpoints/NAME.c
ENDPOINTS := price_asian process_numbers resource root start_task sum_squares

# The sources of each folder, from the ground up.
lib/base     := arena buffer document err gzip nearest once_journal once_log signal_name time
lib/schema   := array base64 binary bound declaration decode describe elements encode escape \
                example fault format integer json keys list npy object query scalar shape skip \
                target utf8 value
lib/compute  := asian_option normal prime_field process_numbers sum_squares
lib/jobs     := database digest history job layout memory pack progress queue retry sql sqlite \
                statements store table
lib/api      := background call endpoint exchange field_value handle input job_headers \
                job_operation job_query job_view negotiate openapi operation output park prefer \
                problem registry submit
fcgi/base    := address allow byte_queue clock descriptors listener log notify
fcgi/board   := ledger progress scoreboard trace
fcgi/config  := catalog complaint config conflict cpus machine options printout setting terms
fcgi/wire    := broker_client jobs_problem message
fcgi/worker  := arrival client_watch connection delivery environment feed gate guard handoff head \
                last_reply limits loop memory parking record serve submission waiting wear worker
fcgi/broker  := broker broker_answer broker_batch broker_board broker_connection broker_ending \
                broker_runs broker_store broker_turn broker_upkeep broker_watch
fcgi/runner  := runner runner_attempt runner_words
fcgi/live    := live live_client live_event live_jobs live_link live_parked live_reply \
                live_request live_sockets live_timers
fcgi/master  := capture handover load master obituary policy pool pools queue reload role scale \
                slot slow
fcgi/control := control control_reply exposition health jobs_http metrics metrics_pools status \
                status_process status_value survey usage
fcgi/site    := site site_live site_log site_problems site_submit site_upstreams
fcgi/command := cells cgi client command directories invoke jobs_command jobs_filter jobs_text \
                order outcome screen spares start top

objects_of = $(foreach folder,$(1),$($(folder):%=$(BUILD)/$(folder)/%.o))
LIB_OBJECTS := $(call objects_of,$(addprefix lib/,base schema compute jobs api)) \
               $(BUILD)/lib/schema/number.o $(ENDPOINTS:%=$(BUILD)/lib/api/endpoints/%.o)
FCGI_OBJECTS := $(call objects_of,$(addprefix fcgi/, \
                base board config wire worker broker runner live master control site command))
# Sanitizers bring an allocator of their own, which memory.c would displace.
FCGI_OBJECTS := $(filter-out $(if $(SANITIZE),%/worker/memory.o),$(FCGI_OBJECTS))
FCGI_LIBRARIES := -lfcgi -linih -lsystemd -ldw -lwebsockets -luv
LIBRARY := $(BUILD)/libmillrace.so
PROGRAM := $(BUILD)/millrace
MODULES := $(patsubst tests/modules/%.c,$(BUILD)/modules/%.so,$(wildcard tests/modules/*.c))
LINTER  := $(BUILD)/npm/tests/openapi
# What a browser loads: our own files, and of npm's package these.
DOCS    := index.html docs.css docs.js
SWAGGER := swagger-ui-bundle.js swagger-ui.css favicon-16x16.png favicon-32x32.png \
           LICENSE NOTICE swagger-ui-bundle.js.LICENSE.txt
SERVED  := $(filter-out %/contradictions.so %/crashing.so %/edition_next.so %/misplaced.so, \
             $(MODULES))
UNITS   := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/check_*.c))

# Without a network the docs page is missed, once more at the next make.
all: $(PROGRAM) $(LIBRARY) $(MODULES) ## build everything (the default)
	@$(MAKE) -s docs 2>$(BUILD)/docs.log || \
	    echo "warning: no docs page could be made: $(BUILD)/docs.log says why" >&2

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(CC) $(CFLAGS) -c $< -o $@

$(BUILD)/%.o: %.cc
	@mkdir -p $(@D)
	@echo "  CXX   $<"
	@$(CXX) $(CXXFLAGS) -c $< -o $@

$(BUILD)/gen/builtin.inc: $(ENDPOINTS:%=lib/api/endpoints/%.c) Makefile
	@mkdir -p $(@D)
	@for file in $(filter %.c,$^); do \
	    sed -n 's/^[ \t]*MR_ENDPOINT(\([A-Za-z0-9_]*\),.*/ENDPOINT(\1)/p' $$file | grep . || \
	        { echo "$$file: no line begins with MR_ENDPOINT(NAME," >&2; exit 1; }; \
	done > $@

$(BUILD)/gen/prime_field_table.inc: lib/compute/prime_field_table.c lib/compute/prime_field.h
	@mkdir -p $(@D)
	$(CC) -std=gnu11 -O2 $(WARNINGS) -Ilib $< -o $(@D)/prime_field_table
	$(@D)/prime_field_table > $@.new && mv $@.new $@

$(BUILD)/lib/api/registry.o: $(BUILD)/gen/builtin.inc
$(BUILD)/lib/compute/prime_field.o: $(BUILD)/gen/prime_field_table.inc
$(BUILD)/lib/schema/elements.o: CFLAGS += -O3
$(BUILD)/lib/compute/asian_option.o $(BUILD)/lib/compute/normal.o: CFLAGS += -O3 -ffp-contract=off
$(BUILD)/tests/unit/%.o: CFLAGS += -DTEST_DATA='"$(abspath tests/data)"'
$(BUILD)/fcgi/command/command.o $(BUILD)/fcgi/command/start.o: CHANGES.md
$(BUILD)/fcgi/command/command.o $(BUILD)/fcgi/command/start.o: CFLAGS += -DMILLRACE_VERSION='"$(VERSION)"'

$(LIBRARY): $(LIB_OBJECTS) lib/millrace.map
	$(CXX) $(LDFLAGS) $(BIND) -shared -Wl,-Bsymbolic-functions -Wl,-soname,libmillrace.so.$(ABI) \
	    -Wl,--version-script=lib/millrace.map -o $@ $(LIB_OBJECTS) -lcjson -lsqlite3 -lmd -lz -lm
	@ln -sf $(@F) $@.$(ABI)

$(PROGRAM): $(FCGI_OBJECTS) $(LIBRARY)
	$(CC) $(LDFLAGS) $(BIND) -rdynamic -o $@ $(FCGI_OBJECTS) -L$(BUILD) -lmillrace \
	    -Wl,-rpath,'$$ORIGIN:$$ORIGIN/../lib' $(FCGI_LIBRARIES) -lm

$(BUILD)/modules/%.so: $(BUILD)/tests/modules/%.o
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -shared -o $@ $<

# What npm brings, by the lock file of a folder.  No script of a package runs,
# and what npm keeps for itself stays here too.
$(BUILD)/npm/%/installed: %/package.json %/package-lock.json
	@mkdir -p $(@D)
	@cp $^ $(@D)
	cd $(@D) && npm ci --cache $(abspath $(BUILD))/npm/cache --ignore-scripts \
	    --no-audit --no-fund --no-update-notifier --loglevel=error \
	    --fetch-retries=1 --fetch-retry-mintimeout=1000 >/dev/null
	@touch $@

$(BUILD)/docs/index.html: $(DOCS:%=nginx/docs/%) $(BUILD)/npm/nginx/docs/installed
	@mkdir -p $(@D)
	cp $(DOCS:%=nginx/docs/%) $(@D)
	cp $(SWAGGER:%=$(BUILD)/npm/nginx/docs/node_modules/swagger-ui-dist/%) $(@D)

docs: $(BUILD)/docs/index.html ## fetch and lay out the docs page

# Units link the library, and what they need of the program but its main function.
$(BUILD)/tests/program.a: $(FCGI_OBJECTS)
	@mkdir -p $(@D) && rm -f $@
	ar rcs --thin $@ $(filter-out %/command.o,$^)

$(BUILD)/tests/check_%: $(BUILD)/tests/unit/check_%.o $(BUILD)/tests/program.a $(LIBRARY)
	$(CC) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) -L$(BUILD) -lmillrace -Wl,-rpath,'$$ORIGIN/..' \
	    $(FCGI_LIBRARIES) -lcjson -lsqlite3 -lz -lm $(shell pkg-config --libs check)

# Programs that hold the library against others, with claims of the fuzzers.
$(BUILD)/tests/doubles: $(BUILD)/tests/fuzz/doubles.o $(LIBRARY)
$(BUILD)/tests/verdict: $(patsubst %,$(BUILD)/tests/fuzz/%.o,verdict decoding records shapes) $(LIBRARY)
$(BUILD)/tests/doubles $(BUILD)/tests/verdict:
	$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) -L$(BUILD) -lmillrace -Wl,-rpath,'$$ORIGIN/..' -lm

check: all $(UNITS) ## run the unit tests
	scripts/run-units $(UNITS)

# Tests wait more than they compute: one file more at a time than there are
# processors.  What they saw is then held to the OpenAPI document.  Sanitizers
# bring an allocator of their own, and with it no memory limit; what is not about
# the programs, such as files that are served or installed, they need not see.
SCENES := $(filter-out $(if $(SANITIZE),%/docs.bats %/install.bats), \
            $(wildcard tests/integration/*.bats))
it: all ## run the integration tests (bats, curl, nginx)
	@rm -rf $(BUILD)/recorded
	@mkdir -p $(BUILD)/recorded
	MILLRACE_BUILD=$(abspath $(BUILD)) MILLRACE_RECORDED=$(abspath $(BUILD))/recorded \
	    PARALLEL_HOME=$(abspath $(BUILD))/parallel \
	    bats --jobs $$(($$(nproc) + 1)) --no-parallelize-within-files $(SCENES)
	tests/openapi/validate $(if $(SANITIZE),--without 507) $(BUILD)/recorded

lint: all $(LINTER)/installed ## check the OpenAPI document with a linter
	$(PROGRAM) openapi > $(BUILD)/openapi.json
	$(PROGRAM) openapi $(SERVED:%=--module %) > $(BUILD)/openapi_modules.json
	tests/openapi/lint $(LINTER)/node_modules $(BUILD)/openapi.json $(BUILD)/openapi_modules.json

asan: ## run unit and integration tests under ASan and UBSan
	MILLRACE_STORM=8 $(MAKE) BUILD=$(BUILD)/asan SANITIZE=address,undefined check it

fuzz: ## fuzz every parser, a minute in all
	tests/fuzz/run

exact: $(BUILD)/tests/doubles $(BUILD)/tests/verdict ## hold JSON and doubles against other readers
	$(BUILD)/tests/doubles
	MILLRACE_BUILD=$(abspath $(BUILD)) tests/fuzz/differential

style: ## check the house rules
	scripts/check-floors
	scripts/check-style

bench: all ## measure, beside ceilings and peers
	tests/bench/run

install: all ## install under $(DESTDIR)$(PREFIX); scripts/install says more
	@BUILD='$(BUILD)' PREFIX='$(PREFIX)' DESTDIR='$(DESTDIR)' scripts/install

uninstall: ## take away what install has put there, but for configuration
	@BUILD='$(BUILD)' PREFIX='$(PREFIX)' DESTDIR='$(DESTDIR)' scripts/install --remove

clean: ## remove what was built
	rm -rf $(BUILD)

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1	\2/p' Makefile | expand -t 10

.PHONY: all docs check it lint asan fuzz exact style bench install uninstall clean help
.SECONDARY:
.DELETE_ON_ERROR:
-include $(LIB_OBJECTS:.o=.d) $(FCGI_OBJECTS:.o=.d) $(wildcard $(BUILD)/tests/*/*.d)
