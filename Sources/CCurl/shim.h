// What Swift may see of libcurl: the header, and typed wrappers for the variadic functions that Swift cannot call.
#pragma once
#include <curl/curl.h>
#include <netdb.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

// Macros and flag types that Swift does not import, by the names of their man pages.
enum malote_epoll {
    malote_epoll_in = EPOLLIN,
    malote_epoll_out = EPOLLOUT,
    malote_epoll_error = EPOLLERR | EPOLLHUP,
    malote_epoll_hangup = EPOLLRDHUP
};

static inline int malote_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }
static inline int malote_eventfd_create(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

static inline int malote_epoll_set(int epoll, int is_new, int descriptor, uint32_t events, uint64_t tag) {
    struct epoll_event event = {.events = events, .data = {.u64 = tag}};
    return epoll_ctl(epoll, is_new ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, descriptor, &event);
}

static inline int malote_epoll_remove(int epoll, int descriptor) {
    return epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, NULL);
}

// The name does not exist, as opposed to nobody being able to tell.
static inline int malote_is_unknown_name(int code) { return code == EAI_NONAME || code == -5 /* EAI_NODATA */; }

static inline curl_version_info_data *malote_curl_version(void) { return curl_version_info(CURLVERSION_NOW); }

static inline CURLcode malote_easy_set_long(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode malote_easy_set_text(CURL *easy, CURLoption option, const char *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode malote_easy_set_pointer(CURL *easy, CURLoption option, void *value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode malote_easy_set_size(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode malote_easy_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(easy, option, value);
}

typedef size_t (*malote_data_function)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode malote_easy_set_write_function(CURL *easy, malote_data_function function, void *context) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, function);
    return code ? code : curl_easy_setopt(easy, CURLOPT_WRITEDATA, context);
}

static inline CURLcode malote_easy_set_header_function(CURL *easy, malote_data_function function, void *context) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, function);
    return code ? code : curl_easy_setopt(easy, CURLOPT_HEADERDATA, context);
}

// `address` is read in place: an IPv6 address is longer than the sockaddr it is declared as.
static inline CURLcode malote_easy_set_socket_opener(CURL *easy, curl_opensocket_callback function, void *context) {
    CURLcode code = curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, function);
    return code ? code : curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, context);
}

typedef CURLcode (*malote_ssl_function)(CURL *easy, void *ssl_ctx, void *context);

static inline CURLcode malote_easy_set_ssl_function(CURL *easy, malote_ssl_function function) {
    return curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, function);
}

static inline CURLcode malote_easy_get_long(CURL *easy, CURLINFO info, long *value) {
    return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode malote_easy_get_socket(CURL *easy, curl_socket_t *value) {
    return curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, value);
}

static inline CURLcode malote_easy_get_text(CURL *easy, CURLINFO info, const char **value) {
    return curl_easy_getinfo(easy, info, value);
}

typedef int (*malote_socket_function)(CURL *easy, curl_socket_t socket, int what, void *context, void *socket_context);
typedef int (*malote_timer_function)(CURLM *multi, long milliseconds, void *context);

static inline CURLMcode malote_multi_set_functions(
    CURLM *multi, malote_socket_function on_socket, malote_timer_function on_timer, void *context) {
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
    return curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
}

// The message's union cannot be read from Swift.
static inline CURLcode malote_message_result(const CURLMsg *message) { return message->data.result; }
