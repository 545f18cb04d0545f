#!/usr/bin/env bash
# Mail servers that Debian ships and that cannot be installed side by side: unpacked, never installed. Each becomes a
# small root folder of its own (with the libraries it needs), in which its launcher runs it by chroot.
#
#   unpack.sh DIR [SERVER ...]     unpacks into DIR/SERVER what is not there yet; all servers if none is named
#   unpack.sh list                 the servers it knows
#
# Ends with 0 in any case: DIR/missing lists what could not be had, and tests that need it are skipped.
set -euo pipefail

# Packages of each server. What they depend on comes along.
packages() {
    case $1 in
        cyrus) echo cyrus-imapd cyrus-pop3d tzdata libsasl2-modules libsasl2-modules-db sasl2-bin ;;
        courier) echo courier-imap courier-pop ;;
        exim) echo exim4-daemon-light ;;
        opensmtpd) echo opensmtpd dash ;;
        mailutils) echo mailutils-imap4d mailutils-pop3d libpam-modules ;;
        popa3d) echo popa3d libpam-modules ;;
        sendmail) echo sendmail-bin libsasl2-modules libsasl2-modules-db sasl2-bin ;;
        aiosmtpd) echo python3-aiosmtpd ;;
        *) return 1 ;;
    esac
}
all="cyrus courier exim opensmtpd mailutils popa3d sendmail aiosmtpd"

# The packages and what apt would install with them, without what serves no server here.
closure() {
    {
        printf '%s\n' "$@"
        apt-get -s -y install --no-install-recommends "$@" | awk '/^Inst/ {print $2}'
    } | sort -u | grep -Ev -e '-dev$|^(fonts-.*|gawk|update-inetd|sphinx-rtd.*|lockfile-progs)$'
}

# Copies every shared library that programs below $1 need and that is not there yet from this machine.
complete() {
    local root=$1 places library
    places=$(find "$root" -name '*.so*' -printf '%h\n' | sort -u | paste -sd:)
    for _ in 1 2; do
        # Not every file is a program: ldd says so, and that is all right.
        find "$root" -type f \( -perm -u+x -o -name '*.so*' \) -print0 |
            { LD_LIBRARY_PATH=$places xargs -0 -r ldd 2>/dev/null || true; } |
            grep -oE '/[^ ]+\.so[^ ]*' | sort -u | while read -r library; do
            if [[ $library != "$root"/* ]] && [ ! -e "$root$library" ]; then
                mkdir -p "$root${library%/*}"
                cp -L "$library" "$root$library"
            fi
        done
    done
}

# The folders and devices that any program expects, and users of this machine's numbers.
furnish() {
    local root=$1
    mkdir -p "$root"/{dev,etc,run,tmp,var/{run,tmp,spool,log},proc}
    chmod 1777 "$root/tmp" "$root/var/tmp"
    cp -a /dev/null /dev/zero /dev/urandom /dev/random "$root/dev/"
    printf 'root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n' >"$root/etc/passwd"
    printf 'root:x:0:\nmail:x:8:\nnogroup:x:65534:\n' >"$root/etc/group"
    echo 'hosts: files' >"$root/etc/nsswitch.conf"
    echo '127.0.0.1 localhost mx.malote.example' >"$root/etc/hosts"
}

unpack() {
    local dir=$1 server=$2 root=$1/$2.part archive
    local -a wanted
    read -r -a wanted <<<"$(packages "$server")"
    rm -rf "$root"
    mkdir -p "$root/archives"
    # shellcheck disable=SC2046
    (cd "$root/archives" && apt-get -qq download $(closure "${wanted[@]}"))
    # Old systems of this release have /bin and /lib apart; servers must find both in one.
    mkdir -p "$root/usr"/{bin,sbin,lib,lib64}
    ln -s usr/bin usr/sbin usr/lib usr/lib64 "$root/"
    for archive in "$root"/archives/*.deb; do dpkg-deb --fsys-tarfile "$archive" | tar -x --keep-directory-symlink -C "$root"; done
    rm -rf "$root/archives" "$root"/usr/share/{doc,man,locale,lintian}
    furnish "$root"
    complete "$root"
    mv "$root" "$dir/$server"
}

# In a shell of its own, so that any fault ends it; once more after the lists of packages were renewed.
get() {
    local log=$1/$2.log
    [ "$(id -u)" = 0 ] || return 1
    bash -c 'source "$0" list >/dev/null; unpack "$@"' "$0" "$1" "$2" >"$log" 2>&1 && return
    if [ -z "${renewed:-}" ]; then
        renewed=yes
        apt-get -qq update >>"$log" 2>&1 || true
        bash -c 'source "$0" list >/dev/null; unpack "$@"' "$0" "$1" "$2" >>"$log" 2>&1 && return
    fi
    rm -rf "$1/$2.part"
    return 1
}

main() {
    local dir=$1 server
    shift
    mkdir -p "$dir"
    dir=$(cd "$dir" && pwd)
    : >"$dir/missing"
    # shellcheck disable=SC2086
    for server in ${*:-$all}; do
        [ -d "$dir/$server" ] && continue
        if get "$dir" "$server"; then
            echo "unpacked: $server ($(du -sh "$dir/$server" | cut -f1))"
        else
            echo "$server" >>"$dir/missing"
        fi
    done
    if [ -s "$dir/missing" ]; then
        echo "not to be had (as root, with apt and its archive): $(paste -sd' ' "$dir/missing"); their tests are skipped"
    fi
}

case "${1:-}" in
    list) echo "$all" ;;
    "" | -*) sed -n '2,/^set/s/^# \{0,1\}//p' "$0" | sed '$d' && exit 2 ;;
    *) main "$@" ;;
esac
