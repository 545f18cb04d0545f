# Shared by the server launchers of this folder: free ports, certificates, waiting. Sourced, not run.
set -euo pipefail

# A loopback port that nobody listens on, below those that the kernel gives to outgoing connections.
free_port() {
    local port
    for _ in $(seq 200); do
        port=$((20000 + RANDOM % 12000))
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            echo "$port"
            return
        fi
    done
    echo "no free port found" >&2
    return 1
}

# wait_port PORT: until something listens there, 10 s at most.
wait_port() {
    for _ in $(seq 100); do
        if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then return; fi
        sleep 0.1
    done
    echo "nothing listens on port $1" >&2
    return 1
}

# certificates DIR [NAME]: DIR/ca.pem, and DIR/server.pem + DIR/server.key for localhost, 127.0.0.1 and NAME.
certificates() {
    local dir=$1 name=${2:-localhost}
    [ -f "$dir/server.pem" ] && return
    mkdir -p "$dir"
    {
        openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj "/CN=Malote test CA" \
            -addext "basicConstraints=critical,CA:TRUE" -keyout "$dir/ca.key" -out "$dir/ca.pem"
        openssl req -newkey rsa:2048 -nodes -subj "/CN=localhost" -keyout "$dir/server.key" -out "$dir/server.csr"
        openssl x509 -req -in "$dir/server.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -CAcreateserial -days 30 \
            -extfile <(echo "subjectAltName=DNS:localhost,IP:127.0.0.1,DNS:$name") -out "$dir/server.pem"
    } >>"$dir/openssl.log" 2>&1
    chmod 644 "$dir/server.key"
}

# pid_in FILE: the process id in it, as soon as there is one; remove what an earlier run has left before the start.
pid_in() {
    for _ in $(seq 100); do
        if [ -s "$1" ]; then tr -d ' \n' <"$1" && return; fi
        sleep 0.1
    done
    echo "nothing has written $1" >&2
    return 1
}

# stop_pidfile FILE: ends the process with its children and waits until it is gone. One second is enough for everything
# but waiting for something that will not come, which Dovecot does for five.
stop_pidfile() {
    local pid children
    [ -f "$1" ] || return 0
    pid=$(tr -d ' \n' <"$1")
    children=$(pgrep -P "$pid" || true)
    kill "$pid" 2>/dev/null || return 0
    for _ in $(seq 10); do
        # A zombie whose parent does not look after it is gone, too.
        readlink "/proc/$pid/exe" >/dev/null || break
        sleep 0.1
    done
    kill -9 "$pid" 2>/dev/null || true
    # A process that serves one client may outlive its master, and its client would think that all is well.
    [ -z "$children" ] || kill -9 $children 2>/dev/null || true
    # Nobody else says that it is gone, and its zombie would count as alive.
    rm -f "$1"
}

# choose_ports DIR NAME...: free ports under these names, kept in DIR/ports for a later start, as variables and printed.
choose_ports() {
    local dir=$1 name
    shift
    if [ ! -f "$dir/ports" ]; then
        # What has not been bound yet is free twice: no two of one server are the same.
        local chosen=" " port
        for name in "$@"; do
            port=$(free_port)
            while [[ $chosen == *" $port "* ]]; do port=$(free_port); done
            chosen+="$port "
            echo "$name=$port"
        done >"$dir/ports"
    fi
    source "$dir/ports"
}

show_ports() {
    tr '\n' ' ' <"$1/ports"
    echo
}

# rooted SERVER DIR: makes DIR/root, a copy of what unpack.sh has unpacked (hard links where they can be, except etc).
rooted() {
    local unpacked=${MALOTE_SERVERS:-$(cd "$(dirname "$0")/../.." && pwd)/.build/servers}/$1
    [ -d "$2/root" ] && return
    [ -d "$unpacked" ] || { echo "no $1 here: run Tests/Servers/unpack.sh first" >&2 && return 1; }
    mkdir -p "$2"
    cp -al "$unpacked" "$2/root" 2>/dev/null || { rm -rf "$2/root" && cp -a "$unpacked" "$2/root"; }
    # What a launcher writes to must not be shared.
    rm -rf "$2/root/etc" && cp -a "$unpacked/etc" "$2/root/etc"
}

# stop_with_caller DIR PID ...: has this launcher's `stop DIR` run when the process that called it has ended, however it
# ended. PIDs (negative: groups) are the server's: with them it stops even if DIR is gone, and nobody watches longer than
# it runs.
stop_with_caller() {
    setsid bash -c 'caller=$1 launcher=$2 dir=$3; shift 3
        while kill -0 -- "$@"; do
            if ! kill -0 "$caller"; then "$launcher" stop "$dir"; kill -- "$@"; exit; fi
            sleep 1
        done' - "$PPID" "$0" "$@" </dev/null >/dev/null 2>&1 &
    echo $! >"$1/watcher"
}

# nobody_watches DIR: the server has been stopped; nobody needs to do it.
nobody_watches() {
    local watcher
    [ -f "$1/watcher" ] || return 0
    watcher=$(<"$1/watcher")
    rm "$1/watcher"
    # It may be who called us.
    if [ "$watcher" != "$PPID" ]; then kill -- "-$watcher" 2>/dev/null || true; fi
}

# maildir_deliver BOX FILE ...: complete in tmp/, then renamed into new/, so that nobody ever sees half a message.
maildir_deliver() {
    local box=$1 file name owner=
    shift
    if [ "$(id -u)" = 0 ]; then owner=nobody; fi
    # Made by their owner: a server may look at any moment, and must never find what it may not open.
    ${owner:+runuser -u "$owner" --} mkdir -p "$box"/{tmp,new,cur}
    for file in "$@"; do
        name=$(date +%s%N).$$.$RANDOM
        cp "$file" "$box/tmp/$name"
        if [ -n "$owner" ]; then chown "$owner:" "$box/tmp/$name"; fi
        mv "$box/tmp/$name" "$box/new/$name"
    done
}

# show_log FILE ...: what a server that does not start has said, if anything.
show_log() { tail -n 20 "$@" >&2 2>/dev/null || true; }
