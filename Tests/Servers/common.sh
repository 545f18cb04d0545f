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

# certificates DIR: DIR/ca.pem, and DIR/server.pem + DIR/server.key for localhost and 127.0.0.1.
certificates() {
    local dir=$1
    [ -f "$dir/server.pem" ] && return
    mkdir -p "$dir"
    {
        openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj "/CN=Malote test CA" \
            -addext "basicConstraints=critical,CA:TRUE" -keyout "$dir/ca.key" -out "$dir/ca.pem"
        openssl req -newkey rsa:2048 -nodes -subj "/CN=localhost" -keyout "$dir/server.key" -out "$dir/server.csr"
        openssl x509 -req -in "$dir/server.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -CAcreateserial -days 30 \
            -extfile <(echo "subjectAltName=DNS:localhost,IP:127.0.0.1") -out "$dir/server.pem"
    } >>"$dir/openssl.log" 2>&1
    chmod 644 "$dir/server.key"
}

# stop_pidfile FILE: ends the process with its children and waits until it is gone. One second is enough for everything
# but waiting for something that will not come, which Dovecot does for five.
stop_pidfile() {
    local pid
    [ -f "$1" ] || return 0
    pid=$(tr -d ' \n' <"$1")
    kill "$pid" 2>/dev/null || return 0
    for _ in $(seq 10); do
        # A zombie whose parent does not look after it is gone, too.
        readlink "/proc/$pid/exe" >/dev/null || return 0
        sleep 0.1
    done
    pkill -9 -P "$pid" 2>/dev/null || true
    kill -9 "$pid" 2>/dev/null || true
    # Nobody else says that it is gone, and its zombie would count as alive.
    rm -f "$1"
}
