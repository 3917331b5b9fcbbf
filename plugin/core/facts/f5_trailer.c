/* f5_trailer.c
 * Reading the trailer of BIG-IP captures. It has two forms, both lists of items with type, length and version: since
 * 14.0 after a header with a magic number, before that without one. Items are "low" (direction), "medium" (flow, cause
 * of a reset) and "high" (the other side of the proxy), in any order.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/f5_trailer.h"

#include <stdbool.h>
#include <string.h>

#define PEER "{peer} "

enum { TYPE_LOW = 1, TYPE_MEDIUM = 2, TYPE_HIGH = 3 };

enum { /* bare items: type and length, one byte each; the length counts what follows, beginning with the version */
       BARE_LENGTH = 1,
       BARE_VERSION = 2,
       BARE_VALUE = 3,
       BARE_MIN = 7,
       BARE_MAX = 140,
       BARE_VERSION_MAX = 3
};

enum { /* header: magic number, total length, version; then items of provider, type, total length, version */
       HEADER_LENGTH = 4,
       HEADER_VERSION = 6,
       HEADER_SIZE = 8,
       ITEM_TYPE = 2,
       ITEM_LENGTH = 4,
       ITEM_VERSION = 6,
       ITEM_VALUE = 8,
       PROVIDER_NOISE = 1,
       FCS_SIZE = 4
};

enum { /* cause: size, version and peer bit, six bytes of BIG-IP version, two bytes of source line, text */
       CAUSE_PEER = 1,
       CAUSE_TEXT = 10
};

typedef struct trailer {
    const uint8_t *text; /* NULL = no cause */
    size_t length;
    bool peer;
    bool received; /* by BIG-IP: the cause is not that of this packet */
} trailer_t;

static unsigned get16(const uint8_t *byte)
{
    return (unsigned)byte[0] << 8 | byte[1];
}

/* cause points to its size byte; left counts from there. BIG-IP's texts are plain ASCII: anything else is
 * not a cause. */
static void read_cause(trailer_t *trailer, const uint8_t *cause, size_t left)
{
    size_t size = left ? (size_t)cause[0] + 1 : 0;

    if (size <= CAUSE_TEXT || size > left || cause[CAUSE_PEER] >> 1)
        return;
    for (size_t i = CAUSE_TEXT; i < size; i++) {
        if (cause[i] < 0x20 || cause[i] >= 0x7f)
            return;
    }
    trailer->text = cause + CAUSE_TEXT;
    trailer->length = size - CAUSE_TEXT;
    trailer->peer = cause[CAUSE_PEER] & 1;
}

/* Offset of the cause in a bare medium item, by version; version 0 has none. */
static const uint8_t bare_cause[BARE_VERSION_MAX + 1] = {0, 29, 30, 34};

/* The cause must fill the item exactly: without a magic number, little else distinguishes it from other bytes. */
static bool read_bare_item(trailer_t *trailer, const uint8_t *item, size_t size)
{
    unsigned version = item[BARE_VERSION];
    size_t at;

    if (version > BARE_VERSION_MAX)
        return false;
    if (item[0] == TYPE_LOW)
        trailer->received = item[BARE_VALUE] != 0;
    if (item[0] != TYPE_MEDIUM || !version)
        return item[0] >= TYPE_LOW && item[0] <= TYPE_HIGH;
    at = bare_cause[version];
    if (at >= size || at + 1 + item[at] != size)
        return false;
    read_cause(trailer, item + at, size - at);
    return true;
}

static void read_bare(trailer_t *trailer, const uint8_t *bytes, size_t size)
{
    while (size >= BARE_MIN) {
        size_t length = (size_t)bytes[BARE_LENGTH] + BARE_VERSION;

        if (length < BARE_MIN || length > BARE_MAX || length > size || !read_bare_item(trailer, bytes, length))
            return;
        bytes += length;
        size -= length;
    }
}

#define MEDIUM_CAUSE 31 /* offset from the start of the value, version 4 */

static void read_item(trailer_t *trailer, const uint8_t *item, size_t size)
{
    const uint8_t *value = item + ITEM_VALUE;
    size_t left = size - ITEM_VALUE;
    unsigned version = get16(item + ITEM_VERSION);

    if (get16(item) != PROVIDER_NOISE || !left)
        return;
    if (get16(item + ITEM_TYPE) == TYPE_LOW)
        trailer->received = version > 2 ? value[0] & 1 : value[0] != 0;
    else if (get16(item + ITEM_TYPE) == TYPE_MEDIUM && version == 4 && left > MEDIUM_CAUSE)
        read_cause(trailer, value + MEDIUM_CAUSE, left - MEDIUM_CAUSE);
}

static void read_headed(trailer_t *trailer, const uint8_t *bytes, size_t size)
{
    size_t length = get16(bytes + HEADER_LENGTH);

    if (length > size || length < HEADER_SIZE || get16(bytes + HEADER_VERSION) != 1)
        return;
    bytes += HEADER_SIZE;
    size = length - HEADER_SIZE;
    while (size >= ITEM_VALUE) {
        length = get16(bytes + ITEM_LENGTH);
        if (length < ITEM_VALUE || length > size)
            return;
        read_item(trailer, bytes, length);
        bytes += length;
        size -= length;
    }
}

/* Padding of short frames and the frame check sequence may come before the header. */
static const uint8_t *find_header(const uint8_t *bytes, size_t size, size_t zeros)
{
    static const uint8_t magic[] = {0xf5, 0xde, 0xb0, 0xf5};

    for (size_t at = 0; at <= zeros + FCS_SIZE && at + HEADER_SIZE <= size; at++) {
        if (memcmp(bytes + at, magic, sizeof magic) == 0)
            return bytes + at;
    }
    return NULL;
}

size_t rst_f5_trailer_read(const uint8_t *bytes, size_t size, uint8_t *text, size_t most)
{
    trailer_t trailer = {.text = NULL};
    const uint8_t *header;
    size_t zeros = 0, used = 0;

    while (zeros < size && !bytes[zeros])
        zeros++;
    header = find_header(bytes, size, zeros);
    if (header)
        read_headed(&trailer, header, size - (size_t)(header - bytes));
    else
        read_bare(&trailer, bytes + zeros, size - zeros);
    if (!trailer.text || trailer.received)
        return 0;
    if (trailer.peer) {
        used = most < strlen(PEER) ? most : strlen(PEER);
        memcpy(text, PEER, used);
    }
    if (trailer.length > most - used)
        trailer.length = most - used;
    memcpy(text + used, trailer.text, trailer.length);
    return used + trailer.length;
}
