#!/bin/sh
# Checks what systemd thinks of the units, without a systemd that runs: their words, their exposure, users and folders.
set -eu
cd "$(dirname "$0")/../.."
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
status=0
fault() { echo "units: $*"; status=1; }

mkdir -p "$root/units" "$root/etc"
printf 'root:x:0:0::/root:/bin/sh\n' >"$root/etc/passwd"
printf 'root:x:0:\n' >"$root/etc/group"

# The programs are not installed where this runs: `true` stands in for them.
for unit in systemd/*.service systemd/*.socket systemd/*.timer; do
    sed 's|^\(Exec[A-Za-z]*=\)/usr/bin/malote[a-z]*|\1/bin/true|' "$unit" >"$root/units/${unit##*/}"
done
said=$(SYSTEMD_UNIT_PATH="$root/units:" systemd-analyze verify --man=no --recursive-errors=no "$root"/units/* 2>&1) \
    || fault "systemd-analyze verify fails"
said=$(printf '%s\n' "$said" | grep -F "$root/units" || true)
[ -z "$said" ] || fault "$said"

# In tenths: 1.5 at most. A timer's work is looked at as the daemon is.
for unit in systemd/*.service; do
    level=$(systemd-analyze security --offline=true --threshold=15 "$unit" 2>&1) || fault "$unit is too exposed"
    printf '%s\n' "$level" | sed -n 's/^→ //p'
done

for unit in $(ls systemd | grep -E "\.(service|socket|timer)$"); do
    grep -q '^Documentation=man:' "systemd/$unit" || fault "systemd/$unit names no manual page"
done

systemd-sysusers --root="$root" "$PWD/systemd/sysusers.d/malote.conf" >/dev/null 2>"$root/said" \
    || fault "systemd-sysusers: $(cat "$root/said")"
group=$(sed -n 's/^SocketGroup=//p' systemd/maloted-control.socket)
grep -q "^$group:" "$root/etc/group" || fault "nothing makes the group $group of the control socket"

systemd-tmpfiles --root="$root" --create "$PWD/systemd/tmpfiles.d/malote.conf" 2>"$root/said" \
    || fault "systemd-tmpfiles: $(cat "$root/said")"
folder=$(sed -n 's/.*backup --dir \([^ ]*\).*/\1/p' systemd/malote-backup.service)
[ "$(stat -c %a "$root$folder" 2>/dev/null)" = 700 ] || fault "nothing makes $folder, the backups' folder, for root alone"
grep -q "^ReadWritePaths=$folder\$" systemd/malote-backup.service || fault "malote-backup may not write to $folder"

# One version, whoever is asked.
version=$(sed -n 's/.*static let text = "\(.*\)"/\1/p' Sources/MaloteCore/Words/Version.swift)
head -1 debian/changelog | grep -q "^malote ($version-[0-9.]*) " || fault "debian/changelog is not of version $version"
grep -q "^## $version" CHANGELOG.md || fault "CHANGELOG.md says nothing of version $version"

# The bill of materials, of what has been built for the tests.
if [ -x .build/debug/maloted ]; then
    debian/sbom --version "$version" --arch "$(dpkg --print-architecture)" .build/debug/maloted .build/debug/malotectl \
        >"$root/sbom.json"
    Tests/Package/check-sbom.py "$root/sbom.json" .build/debug/maloted .build/debug/malotectl || status=1
fi
exit "$status"
