#!/bin/bash
# Installs, uses, upgrades, removes and purges the built package in a Debian 12 of its own, booted with its own systemd
# and without a Swift. Usage: deb-test.sh DEB-FOLDER WORK-FOLDER, as root. What the kernel or the network does not allow
# is told and counted as skipped.
set -euo pipefail
cd "$(dirname "$0")/../.."
package=$(ls "$1"/malote_*.deb)
mkdir -p "$2"
work=$(cd "$2" && pwd)
tree=$work/tree
leader=

skip() {
    echo "Skipped: $*, so the package was not installed anywhere. (1 skipped)"
    exit 0
}
fail() {
    echo "deb-test: $*" >&2
    exit 1
}
say() { printf "%4d s  %s\n" "$SECONDS" "$*"; }
inside() {
    nsenter --target "$leader" --all --root --wd -- env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive "$@"
}
halt() {
    [ -z "$leader" ] || kill -s SIGRTMIN+4 "$leader" 2>/dev/null || true
    [ -z "${container:-}" ] || wait "$container" 2>/dev/null || true
}
trap halt EXIT

[ "$(id -u)" = 0 ] || skip "only root may boot a container"

# The base is made once, from where this machine's apt has its Debian.
sources=$(apt-get indextargets --format 'deb $(REPO_URI) $(CODENAME) $(COMPONENT)' \
    'Created-By: Packages' 'Origin: Debian' | grep -E ' bookworm' || true)
mirror=$(printf '%s\n' "$sources" | awk '$3 == "bookworm" { print $2; exit }')
[ -n "$mirror" ] || skip "this machine's apt knows no Debian 12"
if ! [ -f "$work/base.tar" ]; then
    rm -rf "$tree"
    say "making a Debian 12"
    debootstrap --variant=minbase --include=systemd-sysv,dbus bookworm "$tree" "$mirror" >"$work/debootstrap.log" 2>&1 \
        || skip "debootstrap could not make a Debian 12 ($(tail -1 "$work/debootstrap.log"))"
    printf '%s\n' "$sources" >"$tree/etc/apt/sources.list"
    tar --create --file="$work/base.tar.new" --directory="$tree" --one-file-system .
    mv "$work/base.tar.new" "$work/base.tar"
fi
rm -rf "$tree"
mkdir "$tree"
tar --extract --file="$work/base.tar" --directory="$tree" --same-owner --preserve-permissions
cp /etc/resolv.conf "$tree/etc/resolv.conf"

# A later version: the same files under a higher number.
next=$work/next
rm -rf "$next"
dpkg-deb --raw-extract "$package" "$next"
version=$(sed -n 's/^Version: //p' "$next/DEBIAN/control")
sed -i "s/^Version: .*/Version: $version+next1/" "$next/DEBIAN/control"
dpkg-deb --root-owner-group -Zgzip -z1 --build "$next" "$tree/root/next.deb" >/dev/null
cp "$package" "$tree/root/malote.deb"
Tests/Package/old-store.py Sources/MaloteStore/Schema/Migrations.swift "$tree/root/old.db"


systemd-nspawn --quiet --register=no --keep-unit --link-journal=no --hostname=deb-test --resolv-conf=off -D "$tree" --boot \
    </dev/null >"$work/boot.log" 2>&1 &
container=$!
for _ in $(seq 150); do
    # The process that is PID 1 inside.
    leader=$(pgrep --parent "$container" --oldest || true)
    [ -n "$leader" ] && inside systemctl is-system-running 2>/dev/null | grep -qE 'running|degraded' && break
    kill -0 "$container" 2>/dev/null || { leader=; skip "no container can be booted here ($(tail -1 "$work/boot.log"))"; }
    sleep 0.2
done
inside systemctl is-system-running | grep -qE 'running|degraded' || fail "the container's systemd does not come up"
say "a Debian 12 runs: $(inside systemctl --version | head -1)"

ready() {
    for _ in $(seq 100); do
        inside malotectl status >/dev/null 2>&1 && return 0
        sleep 0.1
    done
    inside journalctl -u maloted -n 20 --no-pager >&2 || true
    fail "maloted does not answer"
}
# The worker's name in /proc is that of the link it was started by, so the first word of the command line tells.
running() {
    inside sh -c 'cd /proc; for p in [0-9]*; do tr "\0" "\n" <$p/cmdline 2>/dev/null | head -1 |
        grep -qE "^(/usr/bin/)?maloted$" && echo $p; done; true'
}
main() { inside systemctl show -P MainPID maloted; }
apt() { inside apt-get -qq -o Dpkg::Use-Pty=0 "$@" >>"$work/apt.log" 2>&1 || { tail -20 "$work/apt.log"; fail "apt-get $*"; }; }
left() { inside find / -xdev \( -path /proc -o -path /sys -o -path /root -o -path /var/log \) -prune -o -name '*malote*' -print; }
: >"$work/apt.log"
apt update

say "install"
apt install --no-install-recommends /root/malote.deb
[ -z "$(inside find / -xdev -iname '*libswift*' -o -xdev -iname 'libFoundation*')" ] || fail "there is a Swift in the tree"
! inside sh -c 'ldd /usr/bin/maloted /usr/bin/malotectl' | grep -E 'not found|swift' || fail "a library is missing"
[ "$(inside systemctl is-active maloted)" = active ] || fail "the service was not started"
[ "$(inside systemctl is-enabled maloted)" = enabled ] || fail "the service is not enabled"
[ "$(inside systemctl is-enabled malote-backup.timer || true)" = disabled ] || fail "backups were switched on unasked"
ready
inside malotectl --json status | jq -e . >/dev/null || fail "status is no JSON"
inside maloted check-config >/dev/null || fail "the installed malote.yaml is not good"
level=$(inside systemd-analyze security maloted --threshold=15 --no-pager | tail -1) || fail "$level"
say "  ${level#→ }"

say "who may do what"
[ "$(inside stat -c %U:%G:%a /run/malote/control.sock)" = root:malote:660 ] || fail "the control socket's permissions"
inside useradd --system --groups malote ana
inside useradd --system stranger
inside runuser -u ana -- malotectl status >/dev/null || fail "a member of the group may not use malotectl"
! inside runuser -u stranger -- malotectl status >/dev/null 2>&1 || fail "everybody may use malotectl"
pid=$(main)
[ "$(inside stat -c %a /var/lib/private/malote)" = 700 ] || fail "others may read the state"
processes=$(running)
[ "$(echo "$processes" | wc -w)" = 2 ] || fail "maloted's processes are: $processes"
for process in $processes; do
    [ "$(inside awk '/^Uid/ { print $2 }' "/proc/$process/status")" != 0 ] || fail "maloted runs as root"
    inside grep -q '^Max core file size *0 *0 ' "/proc/$process/limits" || fail "maloted may write a core"
    # A process that nobody may look into belongs to root in /proc, whoever runs it.
    [ "$(inside stat -c %u "/proc/$process/environ")" = 0 ] || fail "another process of maloted's user may look into it"
done

say "data"
inside malotectl mailbox add --name house-out --type outbox --server 127.0.0.1 --port 9 --tls none --no-auth \
    --sender desk@house.example >/dev/null
inside malotectl contract add --name acme --title Acme --prefix ACME --outbox standard >/dev/null
inside malotectl system set --outbox house-out >/dev/null
canary=canary-$RANDOM$RANDOM
inside sh -c "echo $canary | malotectl mailbox add --name acme-in --type inbox --server 127.0.0.1 --port 9 \
    --provider imap --user ana --password-stdin" >/dev/null
sealed() { inside malotectl mailbox show acme-in | grep -i password | grep -vq missing; }
sealed || fail "the password does not open"
number=$(inside sh -c 'echo Hello | malotectl send --contract acme --to ana@acme.example --subject Hello')
kept() { inside malotectl queue list --json | jq -e --arg n "$number" 'tostring | contains("ana@acme.example")' >/dev/null; }
kept || fail "what was sent is not in the queue"
if inside malotectl help backup 2>/dev/null | grep -q -- --keep; then
    inside systemctl start malote-backup || { inside journalctl -u malote-backup --no-pager; fail "the backup unit"; }
    [ -n "$(inside ls /var/backups/malote)" ] || fail "the backup unit left no backup"
    say "  malote-backup.service has made a backup"
else
    say "  this malotectl has no 'backup --keep': malote-backup.service was not started (1 skipped)"
fi

inside systemctl start malote-check || { inside journalctl -u malote-check --no-pager; fail "the check unit"; }
inside journalctl -u malote-check --no-pager | grep -q malote.db || fail "the check unit has looked at nothing"

say "upgrade, of a service that runs"
inside sh -c 'echo "# mine" >>/etc/malote/malote.yaml'
apt install /root/next.deb
ready
[ "$(main)" != "$pid" ] || fail "the upgrade did not restart the service"
kept || fail "the upgrade lost what was queued"
inside grep -q '^# mine' /etc/malote/malote.yaml || fail "the upgrade took the operator's configuration"

say "upgrade, of a store as the first version had it"
apt install --allow-downgrades /root/malote.deb
inside systemctl stop maloted maloted-control.socket
inside sh -c 'cd /var/lib/private/malote && mkdir /root/aside && mv malote.db* /root/aside && cp /root/old.db malote.db &&
    chown --reference=malote.key malote.db && chmod 600 malote.db'
apt install /root/next.deb
ready
inside malotectl contract show oldest >/dev/null || fail "the old store's contract is not there"
inside malotectl events --contract oldest | jq -e '.subject == "OLD-1"' >/dev/null || fail "the old store's event is not there"
inside malotectl ticket show OLD-1 | grep -q ana@old.example || fail "the old store's ticket is not there"
inside systemctl stop maloted maloted-control.socket
inside sh -c 'cd /var/lib/private/malote && rm malote.db* && cp -p /root/aside/* .'
inside systemctl start maloted
ready
kept || fail "the store that was put back is not the same"

say "the key from a credential"
inside install -d -m 700 /etc/malote/secrets
inside install -m 400 /var/lib/private/malote/malote.key /etc/malote/secrets/malote.key
inside install -D -m 644 /usr/share/doc/malote/examples/key.conf /etc/systemd/system/maloted.service.d/key.conf
inside systemctl daemon-reload
inside systemctl restart maloted
ready
sealed || fail "the password does not open with the key from a credential"
found=$(inside grep -rlaF "$canary" /etc /run /tmp /var --exclude-dir=cache || true)
[ -z "$found" ] || fail "the password is to be read in $found"

say "removal"
apt remove malote
[ -z "$(running)" ] || fail "maloted still runs"
[ ! -e "$tree/usr/bin/maloted" ] || fail "maloted is still there"
inside test -s /var/lib/private/malote/malote.db || fail "removal took the data"
inside grep -q '^# mine' /etc/malote/malote.yaml || fail "removal took the configuration"
apt install /root/malote.deb
ready
kept && sealed || fail "what was queued, or the password, has not survived removal"

say "purge"
inside rm -r /etc/systemd/system/maloted.service.d
apt purge malote
rest=$(left | grep -v '^/var/backups/malote' || true)
[ -z "$rest" ] || fail "purge has left: $rest"
! inside getent group malote >/dev/null || fail "purge has left the group"
say "the package installs, upgrades, keeps and purges as it should"
