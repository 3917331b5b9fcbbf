/* decode.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "logs/decode.h"

#include <stdbool.h>
#include <string.h>

#include <glib.h>

#define PIECE 4096
#define REPLACEMENT 0xFFFD

static void choose(rst_decoder_t *decoder)
{
    const unsigned char *b = decoder->held;
    unsigned mark = 0;

    decoder->charset = RST_CHARSET_BYTES;
    if (decoder->count >= 2 && ((b[0] == 0xFF && b[1] == 0xFE) || (b[0] == 0xFE && b[1] == 0xFF))) {
        decoder->charset = b[0] == 0xFF ? RST_CHARSET_UTF16LE : RST_CHARSET_UTF16BE;
        mark = 2;
    } else if (decoder->count >= 3 && b[0] == 0xEF && b[1] == 0xBB && b[2] == 0xBF) {
        mark = 3;
    } else if (decoder->count == 4 && b[0] && !b[1] && b[2] && !b[3]) {
        decoder->charset = RST_CHARSET_UTF16LE; /* without a mark, as some tools of Windows write it */
    } else if (decoder->count == 4 && !b[0] && b[1] && !b[2] && b[3]) {
        decoder->charset = RST_CHARSET_UTF16BE;
    }
    decoder->count -= mark;
    memmove(decoder->held, decoder->held + mark, decoder->count);
}

/* One unit of UTF-16; a surrogate without its partner becomes U+FFFD. Returns how many bytes it wrote, up to 7. */
static unsigned put_unit(rst_decoder_t *decoder, uint32_t unit, char *out)
{
    uint32_t first = decoder->surrogate;
    unsigned used = 0;

    decoder->surrogate = 0;
    if (first && unit >= 0xDC00 && unit <= 0xDFFF)
        return (unsigned)g_unichar_to_utf8(0x10000 + ((first - 0xD800) << 10) + (unit - 0xDC00), out);
    if (first)
        used = (unsigned)g_unichar_to_utf8(REPLACEMENT, out);
    if (unit >= 0xD800 && unit <= 0xDBFF)
        decoder->surrogate = unit;
    else
        used += (unsigned)g_unichar_to_utf8(unit >= 0xDC00 && unit <= 0xDFFF ? REPLACEMENT : unit, out + used);
    return used;
}

static void decode_utf16(rst_decoder_t *decoder, const char *bytes, size_t length, rst_decoded_t take, void *user_data)
{
    bool little = decoder->charset == RST_CHARSET_UTF16LE;
    char out[PIECE + 8];
    size_t used = 0;

    for (size_t i = 0; i < length; i++) {
        uint32_t a, b;

        decoder->held[decoder->count++] = (unsigned char)bytes[i];
        if (decoder->count < 2)
            continue;
        a = decoder->held[0];
        b = decoder->held[1];
        decoder->count = 0;
        used += put_unit(decoder, little ? b << 8 | a : a << 8 | b, out + used);
        if (used >= PIECE) {
            take(user_data, out, used);
            used = 0;
        }
    }
    if (used)
        take(user_data, out, used);
}

static void pass(rst_decoder_t *decoder, const char *bytes, size_t length, rst_decoded_t take, void *user_data)
{
    if (!length)
        return;
    if (decoder->charset == RST_CHARSET_BYTES)
        take(user_data, bytes, length);
    else
        decode_utf16(decoder, bytes, length, take, user_data);
}

static void let_go(rst_decoder_t *decoder, rst_decoded_t take, void *user_data)
{
    char held[sizeof decoder->held];
    size_t count = decoder->count;

    memcpy(held, decoder->held, count);
    decoder->count = 0;
    pass(decoder, held, count, take, user_data);
}

void rst_decode(rst_decoder_t *decoder, const char *bytes, size_t length, rst_decoded_t take, void *user_data)
{
    while (decoder->charset == RST_CHARSET_UNKNOWN && length) {
        decoder->held[decoder->count++] = (unsigned char)*bytes++;
        length--;
        if (decoder->count == sizeof decoder->held) {
            choose(decoder);
            let_go(decoder, take, user_data);
        }
    }
    pass(decoder, bytes, length, take, user_data);
}

void rst_decode_end(rst_decoder_t *decoder, rst_decoded_t take, void *user_data)
{
    if (decoder->charset == RST_CHARSET_UNKNOWN) {
        choose(decoder);
        let_go(decoder, take, user_data);
    }
}
