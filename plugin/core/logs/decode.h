/* decode.h
 * The bytes of a file as UTF-8, in any pieces: UTF-16 of either order by its byte order mark or by the zeros of plain
 * text; everything else is passed on as it is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_DECODE_H
#define RST_DECODE_H

#include <stddef.h>
#include <stdint.h>

typedef enum rst_charset {
    RST_CHARSET_UNKNOWN,
    RST_CHARSET_BYTES,
    RST_CHARSET_UTF16LE,
    RST_CHARSET_UTF16BE
} rst_charset_t;

/* All zeros at the beginning of a file. */
typedef struct rst_decoder {
    rst_charset_t charset;
    unsigned char held[4]; /* not decided yet, or half a character */
    unsigned count;
    uint32_t surrogate; /* the first half of a pair */
} rst_decoder_t;

typedef void (*rst_decoded_t)(void *user_data, const char *text, size_t length);

void rst_decode(rst_decoder_t *decoder, const char *bytes, size_t length, rst_decoded_t take, void *user_data);

/* What was held back at the end of the file. */
void rst_decode_end(rst_decoder_t *decoder, rst_decoded_t take, void *user_data);

#endif
