/* http_host.c
 * Reading the Host line, or the target of a request to a proxy, as far as it was captured.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/http_host.h"

#include <glib.h>
#include <string.h>

#define HEADER_MAX 2048 /* bytes of a request that are searched */

typedef struct span {
    const uint8_t *bytes;
    size_t length;
} span_t;

static bool begins(span_t text, const char *word)
{
    size_t length = strlen(word);

    return text.length >= length && g_ascii_strncasecmp((const char *)text.bytes, word, length) == 0;
}

static span_t behind(span_t text, size_t count)
{
    return (span_t){text.bytes + count, text.length - count};
}

/* Where the target of the request begins; false = it is none. Methods are written in capitals. */
static bool find_target(span_t *text, bool *connects)
{
    static const char *const methods[] = {"GET ",     "POST ",    "HEAD ",   "PUT ",
                                          "CONNECT ", "OPTIONS ", "DELETE ", "PATCH "};

    for (size_t i = 0; i < G_N_ELEMENTS(methods); i++) {
        size_t length = strlen(methods[i]);

        if (text->length < length || memcmp(text->bytes, methods[i], length) != 0)
            continue;
        *connects = methods[i][0] == 'C';
        *text = behind(*text, length);
        return true;
    }
    return false;
}

/* Up to the line break; false if that was not captured. */
static bool take_line(span_t *text, span_t *line)
{
    const uint8_t *end = memchr(text->bytes, '\n', text->length);

    if (!end)
        return false;
    *line = (span_t){text->bytes, (size_t)(end - text->bytes)};
    *text = behind(*text, line->length + 1);
    if (line->length && line->bytes[line->length - 1] == '\r')
        line->length--;
    return true;
}

static size_t ends_at(span_t text, const char *stops)
{
    size_t at = 0;

    while (at < text.length && !(text.bytes[at] && strchr(stops, text.bytes[at])))
        at++;
    return at;
}

/* "http://user@host:port/path": what is between. */
static span_t authority_of(span_t uri)
{
    span_t authority = behind(uri, strlen("http://"));
    const uint8_t *at;

    authority.length = ends_at(authority, "/? ");
    at = memchr(authority.bytes, '@', authority.length);
    return at ? behind(authority, (size_t)(at - authority.bytes) + 1) : authority;
}

static bool is_address(span_t host)
{
    if (host.length && host.bytes[0] == '[')
        return true;
    for (size_t i = 0; i < host.length; i++) {
        if (!g_ascii_isdigit(host.bytes[i]) && host.bytes[i] != '.')
            return false;
    }
    return true;
}

static size_t take_host(span_t host, uint8_t *name, size_t room)
{
    while (host.length && (host.bytes[0] == ' ' || host.bytes[0] == '\t'))
        host = behind(host, 1);
    host.length = ends_at(host, host.length && host.bytes[0] == '[' ? " \t" : ": \t");
    if (is_address(host))
        return 0;
    host.length = MIN(host.length, room);
    memcpy(name, host.bytes, host.length);
    return host.length;
}

/* NATS begins with CONNECT too. */
static bool has_version(span_t line)
{
    static const char version[] = " HTTP/1.1";
    size_t length = strlen(version);

    return line.length > length && memcmp(line.bytes + line.length - length, version, strlen(" HTTP/")) == 0;
}

size_t rst_http_host_read(const uint8_t *payload, size_t length, uint8_t *name, size_t room, bool *proxied)
{
    span_t text = {payload, MIN(length, HEADER_MAX)}, target, line;
    bool connects = false;

    if (!find_target(&text, &connects) || !take_line(&text, &target))
        return 0;
    *proxied = connects || begins(target, "http://");
    if (*proxied && !has_version(target)) {
        *proxied = false;
        return 0;
    }
    if (*proxied)
        return take_host(connects ? target : authority_of(target), name, room);
    while (take_line(&text, &line) && line.length) {
        if (begins(line, "host:"))
            return take_host(behind(line, strlen("host:")), name, room);
    }
    return 0;
}
