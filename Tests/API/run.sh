#!/bin/sh
# Asks a real maloted everything that docs/openapi.yaml says, and much that it does not, with schemathesis from PyPI; then
# lets clients at it that do not even speak HTTP.
# Nothing is installed outside of .build. Without PyPI it tells so and counts as skipped.
set -eu
cd "$(dirname "$0")/../.."
venv=.build/api-venv
version=4.32.5
mkdir -p .build
if ! [ -x "$venv/bin/schemathesis" ] || ! "$venv/bin/schemathesis" --version | grep -q "$version"; then
    rm -rf "$venv"
    if ! { python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$version"; }; then
        rm -rf "$venv"
        echo "Skipped: schemathesis could not be had from PyPI, so the API was not asked at random. (1 skipped)"
        exit 0
    fi
fi

work=$(mktemp -d)
daemon=
stop() {
    [ -z "$daemon" ] || { kill "$daemon" 2>/dev/null && wait "$daemon" || true; }
    rm -rf "$work"
}
trap stop EXIT INT TERM
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
closed=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >"$work/malote.yaml" <<YAML
state: $work/state
control: $work/control.sock
http: {listen: 127.0.0.1:$port, url: "http://127.0.0.1:$port"}
YAML
mkdir "$work/state"
.build/debug/maloted --config "$work/malote.yaml" --log text >"$work/log" 2>&1 &
daemon=$!
export MALOTE_SOCKET="$work/control.sock"
ctl=.build/debug/malotectl
for _ in $(seq 100); do $ctl status >/dev/null 2>&1 && break; sleep 0.1; done

# Servers that refuse: mail waits, and every list has something to show.
cat >"$work/registry.yaml" <<YAML
system: {outbox: house-out}
mailboxes:
  - {name: house-out, type: outbox, server: 127.0.0.1, port: $closed, tls: none, auth: false, senders: [desk@house.example]}
  - {name: acme, type: inbox, server: 127.0.0.1, port: $closed, provider: imap, tls: none, user: u, password: p}
contracts:
  - {name: acme, title: Acme, prefix: ACME, inboxes: [acme], outbox: standard, events: {url: "http://127.0.0.1:$closed/hook", secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}, people: [{name: Ana, email: ana@acme.example}]}
  - {name: globex, title: Globex, prefix: GLOBEX, outbox: standard}
templates:
  - {name: acme, language: en, subject: "[{{ticket.key}}]", text: "Hello."}
flows:
  - {name: acme, contract: acme, on: machine.down, steps: [{email: {outbox: contract, to: [ana@acme.example], template: acme}}]}
  - {name: later, contract: acme, on: machine.down, steps: [{email: {outbox: contract, to: [ana@acme.example], template: acme, delay: 30d}}]}
  - {name: ask, contract: acme, on: purchase.asked, steps: [{email: {outbox: contract, to: [ana@acme.example], template: acme, approval: {quorum: 1, expires: 72h}}}]}
YAML
$ctl apply -f "$work/registry.yaml" >/dev/null
moved() {
    curl -sf --unix-socket "$MALOTE_SOCKET" "http://malote/v1/contracts/acme/moved?$1" -H "Content-Type: $2" --data-binary "$3" >/dev/null
}
$ctl contract pause acme >/dev/null
moved what=tickets application/json \
    '[{"ticket": {"key": "ACME-1", "number": 1, "subject": "Help", "opening": {"cc": [], "fields": {}}}, "threads": ["<1@x.example>"]}]'
mail() { printf 'Message-ID: <%s@x.example>\r\nFrom: Ana <ana@acme.example>\r\nSubject: Help\r\n\r\nPlease.\r\n' "$1"; }
moved 'what=message&received=2026-11-01T08:00:00Z&fate=opened&ticket=ACME-1' message/rfc822 "$(mail 1)"
moved 'what=message&received=2026-11-01T09:00:00Z&fate=quarantined' message/rfc822 "$(mail 2)"
$ctl contract resume acme >/dev/null
echo text | $ctl send --contract acme --to ana@acme.example --subject Hello >/dev/null
$ctl trigger --contract acme --on machine.down --data '{"a": 1}' >/dev/null
$ctl suppression add bad@acme.example --contract acme >/dev/null
$ctl trigger --contract acme --on purchase.asked --ticket ACME-1 --data '{}' >/dev/null
admin=$($ctl token add --name api-test --role admin)
narrow=$($ctl token add --name api-test-acme --role contract --contract acme)

status=0
"$venv/bin/schemathesis" --config-file Tests/API/schemathesis.toml run docs/openapi.yaml \
    --url "http://127.0.0.1:$port" --header "Authorization: Bearer $admin" "$@" || status=$?
# Whoever may do less must not find more: the same once more, quickly, as a contract.
"$venv/bin/schemathesis" --config-file Tests/API/schemathesis.toml run docs/openapi.yaml \
    --url "http://127.0.0.1:$port" --header "Authorization: Bearer $narrow" --phases examples,coverage \
    --mode positive || status=$?
Tests/API/hostile.py "$port" "$MALOTE_SOCKET" "$admin" "${HOSTILE_SECONDS:-20}" || status=1
if ! kill -0 "$daemon" 2>/dev/null; then
    echo "maloted has died:"
    status=1
fi
if grep -qiE 'fatal|internal error' "$work/log"; then status=1; fi
[ "$status" = 0 ] || { tail -40 "$work/log"; [ -z "${KEEP:-}" ] || cp "$work/log" "$KEEP"; }
exit "$status"
