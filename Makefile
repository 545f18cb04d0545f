# The commands of the house. `make help` lists them.

PACKAGES = libcurl4-openssl-dev libsqlite3-dev libssl-dev libxml2-dev libyaml-dev libmicrohttpd-dev libsystemd-dev \
	pkg-config openssl dovecot-imapd dovecot-pop3d postfix

.PHONY: help packages build test lint format

help:
	@grep -E '^## ' $(MAKEFILE_LIST) | sed 's/^## //'

## packages   install the Debian packages that building and testing need
packages:
	@missing=$$(for p in $(PACKAGES); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	if [ -n "$$missing" ]; then echo "installing Debian packages:" $$missing; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; fi

## build      debug build
build: packages
	swift build

## test       install packages, build, run all tests
test: packages
	swift test

## lint       check the formatting, strictly
lint:
	swift format lint --strict --recursive --parallel Sources Tests Package.swift

## format     format the sources in place
format:
	swift format --in-place --recursive --parallel Sources Tests Package.swift
