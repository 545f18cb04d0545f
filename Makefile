# The commands of the house. `make help` lists them.

PACKAGES = libcurl4-openssl-dev libsqlite3-dev libpq-dev libssl-dev libxml2-dev libuchardet-dev libyaml-dev zlib1g-dev \
	libmicrohttpd-dev libsystemd-dev \
	pkg-config ca-certificates openssl curl jq strace e2fsprogs util-linux iproute2 elfutils procps systemd \
	dovecot-imapd dovecot-pop3d postfix postgresql-15 python3 python3-venv chromium chromium-driver

# Only `make deb` and `make deb-test` need these.
DEB_PACKAGES = debhelper dpkg-dev lintian
DEB_TEST_PACKAGES = debootstrap systemd-container

# Packages are installed by root, or by sudo.
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
WORK = $(CURDIR)/.work

.PHONY: help packages build demo run servers test api-test fault-test units deb deb-twice deb-test sanitize coverage \
	simulate wire-replay fuzzer fuzz corpus bench-memory lint format clean

help:
	@grep -E '^## ' $(MAKEFILE_LIST) | sed 's/^## //'

## packages   install the Debian packages that building and testing need
packages:
	@missing=$$(for p in $(PACKAGES) $(MORE_PACKAGES); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	if [ -n "$$missing" ]; then echo "installing Debian packages:" $$missing; \
	  $(SUDO) apt-get update -qq && \
	  $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; fi

## build      debug build
build: packages
	swift build

## demo       the main job on real mail servers on loopback, shown and checked
demo: build
	$(SUDO) demo/run

## run        the daemon alone on the sample configuration, its state under .work/
run: build
	@mkdir -p $(WORK)
	@sed -e 's|^state:.*|state: $(WORK)/state|' -e 's|^control:.*|control: $(WORK)/control.sock|' etc/malote.yaml >$(WORK)/malote.yaml
	@echo "In a second terminal: export MALOTE_SOCKET=$(WORK)/control.sock PATH=$(CURDIR)/.build/debug:\$$PATH"
	@echo "Then: malotectl status. For the pages: malotectl token add --name me --role admin. Stop with Ctrl-C."
	.build/debug/maloted --config $(WORK)/malote.yaml --log text

# One test at a time: some start servers and wait for them, and waiting must not eat into the time limits of others.
## test       install packages, build, run all tests
test: build servers
	swift build --build-tests
	$(SUDO) Tests/watch.sh 300 swift test --skip-build --no-parallel
	Tests/API/run.sh
	$(SUDO) Tests/Faults/run --short
	Tests/Package/units.sh
	@if [ -s .build/servers/missing ]; then \
	  echo "Skipped above: the tests of $$(wc -l <.build/servers/missing) servers that could not be had: $$(paste -sd' ' .build/servers/missing)"; fi

## api-test   ask the real daemon what docs/openapi.yaml says, and what it does not, with schemathesis from PyPI
api-test: build
	Tests/API/run.sh

# SEED replays a run that failed, RUNS stretches or shortens each case, CASE chooses those with this in their names. OTHER is a
# folder with another build of maloted, such as the release before: nodes of both work side by side.
CASE =
OTHER =

## fault-test break everything under the real daemon for hours and prove that nothing is lost: SEED= RUNS= CASE= OTHER=
fault-test: build
	$(SUDO) SEED=$(SEED) RUNS=$(RUNS) OTHER=$(OTHER) Tests/Faults/run --long --only "$(CASE)"

## units      what systemd says of the units: their words, their exposure, users and folders
units:
	Tests/Package/units.sh

DEB = $(WORK)/deb

## deb        build the Debian package, .work/deb/malote_*.deb, the Swift runtime inside; lintian must be content
deb: MORE_PACKAGES = $(DEB_PACKAGES)
deb: packages
	debian/deb $(DEB)

## deb-twice  build the package twice from nothing, in two folders, and compare: it must be the same to the octet
deb-twice: MORE_PACKAGES = $(DEB_PACKAGES)
deb-twice: packages
	rm -rf $(WORK)/deb-twice
	debian/deb $(WORK)/deb-twice/one
	debian/deb $(WORK)/deb-twice/another/folder
	cd $(WORK)/deb-twice && for package in one/*.deb; do cmp $$package another/folder/$${package#one/}; done

## deb-test   install, use, upgrade, remove and purge the package in a Debian 12 of its own without Swift
deb-test: MORE_PACKAGES = $(DEB_PACKAGES) $(DEB_TEST_PACKAGES)
deb-test: deb
	$(SUDO) Tests/Package/deb-test.sh $(DEB) $(WORK)/deb-test

# Hours, in a debug build of its own. SANITIZERS and SUITES choose.
SANITIZERS = thread address
SUITES =

## sanitize   run the suites under the thread and the address sanitizer: SANITIZERS=thread SUITES=MaloteEngineTests
sanitize: packages
	for kind in $(SANITIZERS); do Tests/sanitize.sh $$kind $(SUITES) || exit 1; done

## coverage   how much of each room the suites run, in lines
coverage: packages
	Tests/coverage.sh

## servers    unpack the mail servers that tests use and that cannot be installed side by side; nothing is installed
servers:
	@$(SUDO) Tests/Servers/unpack.sh .build/servers

# SEEDS from FROM on, DAYS of the engine's life each. A seed that fails is printed with what happened before.
SEEDS = 100
FROM = 1
DAYS = 14

## simulate   weeks of the engine under random faults and kills, a life a seed: SEEDS=100 FROM=1 DAYS=14
simulate: packages
	swift build -c release --product simulate
	.build/release/simulate --seeds $(SEEDS) --from $(FROM) --days $(DAYS)

## wire-replay  build .build/release/wire-replay, which tells what the wire machines make of a server's words
wire-replay: packages
	swift build -c release --product wire-replay

# SwiftPM cannot link a fuzzer: libFuzzer has a main of its own. So it compiles, and the last step is ours.
FUZZ = .work/fuzz
FUZZ_FLAGS = -sanitize=fuzzer,address
TARGET = imap
SECONDS = 60

fuzzer: packages
	MALOTE_FUZZ=build swift build -c release --scratch-path $(FUZZ) --target malote-fuzz $(addprefix -Xswiftc ,$(FUZZ_FLAGS))
	swiftc $(FUZZ_FLAGS) -o $(FUZZ)/malote-fuzz $$(find $(FUZZ)/*/release/*.build -name '*.o') \
	  $$(pkg-config --libs libxml-2.0 uchardet yaml-0.1 libsystemd)

## fuzz       look for octets that break a parser: TARGET=imap|pop3|smtp|sasl|message|registry SECONDS=60
fuzz: fuzzer
	@mkdir -p $(FUZZ)/corpus/$(TARGET)
	MALOTE_FUZZ=$(TARGET) $(FUZZ)/malote-fuzz -max_total_time=$(SECONDS) -timeout=20 -max_len=1500 \
	  -artifact_prefix=$(FUZZ)/$(TARGET)- $(FUZZ)/corpus/$(TARGET) Fuzz/seeds/$(TARGET)

## corpus     take into Fuzz/seeds what `make fuzz` found and no seed reaches, of all targets
corpus: fuzzer
	for target in $$(ls $(FUZZ)/corpus); do Fuzz/corpus.sh $(FUZZ)/malote-fuzz $$target $(FUZZ)/corpus/$$target || exit 1; done

## bench-memory  what one mail of 100 MB costs in memory, on a real Dovecot; fails over 64 MiB
bench-memory: packages
	swift build -c release
	$(SUDO) Benchmarks/memory/run

## lint       check the formatting, strictly
lint:
	swift format lint --strict --recursive --parallel Sources Tests Benchmarks Fuzz Package.swift

## format     format the sources in place
format:
	swift format --in-place --recursive --parallel Sources Tests Benchmarks Fuzz Package.swift

## clean      remove what building and running made
clean:
	$(SUDO) rm -rf .build .work
