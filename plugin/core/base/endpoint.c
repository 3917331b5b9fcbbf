/* endpoint.c
 * Reading addresses and ports in the forms that tracers write.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/endpoint.h"

#include <string.h>

#include <glib.h>

#define FAMILY_INET 2
#define FAMILY_INET6 10
#define SOCKADDR_INET 8   /* family, port, address */
#define SOCKADDR_INET6 24 /* family, port, flow label, address */
#define GROUPS 8

static void set_address(rst_address_t *address, const uint8_t *bytes, size_t size)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    uint8_t any = 0;

    memset(address, 0, sizeof *address);
    if (size == 16 && memcmp(bytes, mapped, sizeof mapped) == 0) {
        bytes += sizeof mapped;
        size -= sizeof mapped;
    }
    for (size_t i = 0; i < size; i++)
        any |= bytes[i];
    if (!any)
        return;
    memcpy(address->word, bytes, size);
    address->size = (uint8_t)size;
}

/* A decimal number of at most most; advances *at. */
static bool read_number(const char **at, const char *end, unsigned most, unsigned *value)
{
    const char *start = *at;

    for (*value = 0; *at < end && g_ascii_isdigit(**at) && *at - start < 5; (*at)++)
        *value = *value * 10 + (unsigned)(**at - '0');
    return *at > start && *value <= most;
}

static bool read_inet(const char *text, const char *end, uint8_t *bytes)
{
    unsigned value;

    for (unsigned i = 0; i < 4; i++) {
        if (i && (text == end || *text++ != '.'))
            return false;
        if (!read_number(&text, end, 255, &value))
            return false;
        bytes[i] = (uint8_t)value;
    }
    return text == end;
}

/* RFC 4291, section 2.2: groups, "::" for one run of zeros, the last 32 bits perhaps in dotted form. */
static bool read_inet6(const char *text, const char *end, uint8_t *bytes)
{
    uint8_t found[16] = {0};
    int used = 0;
    int gap = -1;

    if (end - text >= 2 && text[0] == ':' && text[1] == ':') {
        gap = 0;
        text += 2;
    }
    while (text < end) {
        const char *start = text;
        unsigned group = 0;

        for (; text < end && g_ascii_isxdigit(*text) && text - start < 4; text++)
            group = group << 4 | (unsigned)g_ascii_xdigit_value(*text);
        if (text < end && *text == '.' && used <= 12 && read_inet(start, end, &found[used])) {
            used += 4;
            break;
        }
        if (text == start || used > 14)
            return false;
        found[used++] = (uint8_t)(group >> 8);
        found[used++] = (uint8_t)group;
        if (text == end)
            break;
        if (*text++ != ':' || text == end)
            return false;
        if (*text == ':') {
            if (gap >= 0)
                return false;
            gap = used;
            text++;
        }
    }
    if (gap < 0 ? used != 16 : used > 14)
        return false;
    memset(bytes, 0, 16);
    if (gap < 0)
        gap = used;
    memcpy(bytes, found, (size_t)gap);
    memcpy(bytes + 16 - (used - gap), found + gap, (size_t)(used - gap));
    return true;
}

bool rst_address_read(const char *text, size_t length, rst_address_t *address)
{
    uint8_t bytes[16];

    if (read_inet(text, text + length, bytes)) {
        set_address(address, bytes, 4);
        return true;
    }
    if (!read_inet6(text, text + length, bytes))
        return false;
    set_address(address, bytes, 16);
    return true;
}

/* "\x02\x00\x1f\x90..." or "02001f90...". The family is in the host's byte order, the rest as on the wire. */
static bool read_sockaddr(const char *text, rst_address_t *address, uint16_t *port)
{
    uint8_t bytes[SOCKADDR_INET6];
    size_t count = 0;
    unsigned family;

    while (count < sizeof bytes) {
        if (text[0] == '\\' && text[1] == 'x')
            text += 2;
        if (!g_ascii_isxdigit(text[0]) || !g_ascii_isxdigit(text[1]))
            break;
        bytes[count++] = (uint8_t)(g_ascii_xdigit_value(text[0]) << 4 | g_ascii_xdigit_value(text[1]));
        text += 2;
    }
    if (count < SOCKADDR_INET)
        return false;
    family = bytes[0] ? bytes[0] : bytes[1];
    *port = (uint16_t)(bytes[2] << 8 | bytes[3]);
    if (family == FAMILY_INET)
        set_address(address, bytes + 4, 4);
    else if (family == FAMILY_INET6 && count == SOCKADDR_INET6)
        set_address(address, bytes + 8, 16);
    else
        return false;
    return true;
}

bool rst_endpoint_read(const char *text, rst_address_t *address, uint16_t *port)
{
    const char *end = text + strcspn(text, " \t");
    const char *colon;
    const char *at;
    unsigned value;

    for (colon = end; colon > text && colon[-1] != ':'; colon--)
        ;
    if (colon == text)
        return read_sockaddr(text, address, port);
    at = colon--;
    if (!read_number(&at, end, 65535, &value) || at != end)
        return false;
    *port = (uint16_t)value;
    if (*text == '[' && colon > text + 1 && colon[-1] == ']')
        return rst_address_read(text + 1, (size_t)(colon - text) - 2, address);
    return rst_address_read(text, (size_t)(colon - text), address);
}
