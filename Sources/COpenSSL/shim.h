// What Swift may see of OpenSSL: EVP primitives and the SSL modes libcurl leaves to us.
#pragma once
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>

// libcurl leaves the write modes to us: a retried write may come from another buffer, and part of it may be taken.
static inline void malote_ssl_relax_writes(void *ssl_ctx) {
    SSL_CTX_set_mode((SSL_CTX *)ssl_ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}
