// What Swift may see of OpenSSL: EVP primitives, the SSL modes libcurl leaves to us, and what a handshake shows.
#pragma once
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>

// libcurl leaves the write modes to us: a retried write may come from another buffer, and part of it may be taken.
static inline void malote_ssl_relax_writes(void *ssl_ctx) {
    SSL_CTX_set_mode((SSL_CTX *)ssl_ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}

// Has the handshakes of a context watched: the callback is OpenSSL's info callback, and `watcher` is kept for it.
static inline void malote_ssl_watch(void *ssl_ctx, void *watcher, void (*callback)(const SSL *, int, int)) {
    SSL_CTX_set_app_data((SSL_CTX *)ssl_ctx, watcher);
    SSL_CTX_set_info_callback((SSL_CTX *)ssl_ctx, callback);
}

// The watcher, once: a handshake is over only once, and what comes later must not reach a watcher that is gone.
static inline void *malote_ssl_take_watcher(const SSL *ssl) {
    SSL_CTX *context = SSL_get_SSL_CTX(ssl);
    void *watcher = SSL_CTX_get_app_data(context);
    SSL_CTX_set_app_data(context, NULL);
    return watcher;
}

// Whether this call of the info callback tells of a handshake's end: done, or given up with a fatal alert.
static inline int malote_ssl_is_over(int where, int result) {
    return (where & SSL_CB_HANDSHAKE_DONE) || ((where & SSL_CB_ALERT) && (result >> 8) == SSL3_AL_FATAL);
}

static inline int malote_ssl_chain_count(const SSL *ssl) {
    STACK_OF(X509) *chain = SSL_get_peer_cert_chain(ssl);
    return chain ? sk_X509_num(chain) : 0;
}

static inline X509 *malote_ssl_chain_at(const SSL *ssl, int index) {
    return sk_X509_value(SSL_get_peer_cert_chain(ssl), index);
}

// A name as RFC 2253 writes it, in UTF-8, cut to the buffer; returns its octets.
static inline int malote_x509_name(const X509_NAME *name, char *text, int size) {
    BIO *bio = BIO_new(BIO_s_mem());
    if (!bio) return 0;
    X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
    int count = BIO_read(bio, text, size);
    BIO_free(bio);
    return count < 0 ? 0 : count;
}

// The alternative name at an index: its octets, 0 if it is no DNS name, -1 behind the last.
static inline int malote_x509_dns_name(const X509 *certificate, int index, char *text, int size) {
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    int count = -1;
    if (index < sk_GENERAL_NAME_num(names)) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
        count = 0;
        if (name->type == GEN_DNS) {
            int length = ASN1_STRING_length(name->d.dNSName);
            count = length < size ? length : size;
            memcpy(text, ASN1_STRING_get0_data(name->d.dNSName), count);
        }
    }
    GENERAL_NAMES_free(names);
    return count;
}
