// What Swift may see of libmicrohttpd: the header, and typed wrappers for the variadic functions that Swift cannot call.
#pragma once
#include <microhttpd.h>
#include <string.h>
#include <sys/socket.h>

// Leaves percent-encoded text as it is: taken apart before it is decoded, it cannot mean something else.
static inline size_t malote_httpd_keep(void *context, struct MHD_Connection *connection, char *text) {
    (void)context, (void)connection;
    return strlen(text);
}

// An epoll thread of its own on a socket that is listening already; answers may come later, from other threads.
static inline struct MHD_Daemon *malote_httpd_start(
    int socket, unsigned connections, unsigned idle_seconds, MHD_AccessHandlerCallback handler,
    MHD_RequestCompletedCallback completed, void *context) {
    return MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, handler, context,
        MHD_OPTION_LISTEN_SOCKET, socket, MHD_OPTION_CONNECTION_LIMIT, connections, MHD_OPTION_CONNECTION_TIMEOUT,
        idle_seconds, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)32768, MHD_OPTION_NOTIFY_COMPLETED, completed,
        context, MHD_OPTION_UNESCAPE_CALLBACK, malote_httpd_keep, NULL, MHD_OPTION_END);
}

// Whom a request comes from; valid as long as the connection.
static inline const struct sockaddr *malote_httpd_client(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return info ? info->client_addr : NULL;
}

// The user at the other end of a Unix socket, as the kernel knows them; -1 if that cannot be had.
static inline long long malote_httpd_user(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct { int process; unsigned user, group; } peer;  // struct ucred, which needs _GNU_SOURCE
    socklen_t size = sizeof peer;
    if (!info || getsockopt(info->connect_fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return -1;
    return peer.user;
}
