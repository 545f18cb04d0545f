// What Swift may see of zlib: the header, and its initialising macros as functions. Raw DEFLATE only (RFC 1951).
#pragma once
#include <zlib.h>

static inline int malote_inflate_start(z_stream *stream) { return inflateInit2(stream, -MAX_WBITS); }

static inline int malote_deflate_start(z_stream *stream) {
    return deflateInit2(stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, MAX_MEM_LEVEL - 1, Z_DEFAULT_STRATEGY);
}
