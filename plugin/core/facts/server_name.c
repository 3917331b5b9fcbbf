/* server_name.c
 * Reading the name from a ClientHello (RFC 8446, section 4.1.2), as far as it was captured.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/server_name.h"

#include <stdbool.h>
#include <string.h>

enum { TLS_HANDSHAKE = 22, CLIENT_HELLO = 1, SERVER_NAME = 0, HOST_NAME = 0 };

#define HEADERS 9 /* of the record and of the handshake message */
#define VERSION_AND_RANDOM 34

typedef struct reader {
    const uint8_t *bytes;
    size_t at, length;
    bool ended; /* something was missing */
} reader_t;

static uint32_t read_number(reader_t *reader, unsigned size)
{
    uint32_t value = 0;

    if (size > reader->length - reader->at) {
        reader->ended = true;
        return 0;
    }
    for (unsigned i = 0; i < size; i++)
        value = value << 8 | reader->bytes[reader->at++];
    return value;
}

static void skip(reader_t *reader, size_t size)
{
    if (size > reader->length - reader->at)
        reader->ended = true;
    else
        reader->at += size;
}

/* Moves to the server_name extension, behind its type and length. */
static bool find_extension(reader_t *reader)
{
    while (!reader->ended) {
        uint32_t type = read_number(reader, 2);
        uint32_t size = read_number(reader, 2);

        if (reader->ended)
            return false;
        if (type == SERVER_NAME)
            return true;
        skip(reader, size);
    }
    return false;
}

size_t rst_server_name_read(const uint8_t *payload, size_t length, uint8_t *name, size_t room)
{
    reader_t reader = {.bytes = payload, .length = length};
    size_t size;

    if (length < HEADERS || payload[0] != TLS_HANDSHAKE || payload[1] != 3 || payload[5] != CLIENT_HELLO)
        return 0;
    skip(&reader, HEADERS + VERSION_AND_RANDOM);
    skip(&reader, read_number(&reader, 1)); /* session */
    skip(&reader, read_number(&reader, 2)); /* cipher suites */
    skip(&reader, read_number(&reader, 1)); /* compression */
    read_number(&reader, 2);
    if (!find_extension(&reader))
        return 0;
    read_number(&reader, 2);
    if (read_number(&reader, 1) != HOST_NAME)
        return 0;
    size = read_number(&reader, 2);
    if (reader.ended || size > reader.length - reader.at)
        return 0;
    size = size < room ? size : room;
    memcpy(name, payload + reader.at, size);
    return size;
}
