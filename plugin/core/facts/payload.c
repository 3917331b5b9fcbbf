/* payload.c
 * Reading the first payload bytes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/payload.h"

#include <string.h>

enum { TLS_ALERT = 21, TLS_HANDSHAKE = 22, TLS_DATA = 23 };

static bool starts(const rst_segment_t *segment, const char *text)
{
    size_t length = strlen(text);

    return segment->head_len >= length && memcmp(segment->head, text, length) == 0;
}

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

/* Record header: type, 0x03, minor version, 16-bit length (RFC 8446, section 5.1). An encrypted close_notify is
 * an alert record of any length, or in TLS 1.3 an application data record of 19 bytes (alert 2, content type 1,
 * tag 16). */
static rst_message_t read_tls(const rst_segment_t *segment)
{
    const uint8_t *head = segment->head;
    unsigned length;

    if (segment->head_len < 6 || head[1] != 3 || head[2] > 4)
        return RST_MESSAGE_NONE;
    length = (unsigned)head[3] << 8 | head[4];
    if (head[0] == TLS_ALERT && length == 2 && segment->head_len >= 7)
        return head[5] == 2 ? RST_MESSAGE_FATAL_ALERT : RST_MESSAGE_FAREWELL;
    if (head[0] == TLS_ALERT)
        return RST_MESSAGE_FAREWELL;
    if (head[0] == TLS_DATA && length == 19 && segment->len == 24)
        return RST_MESSAGE_FAREWELL;
    if (head[0] == TLS_HANDSHAKE && head[5] == 1)
        return RST_MESSAGE_CLIENT_HELLO;
    return head[0] >= TLS_ALERT - 1 && head[0] <= TLS_DATA ? RST_MESSAGE_TLS : RST_MESSAGE_NONE;
}

/* "500 text" or "500-text": the reply codes of SMTP, FTP and NNTP (RFC 5321, section 4.2.1). */
static rst_message_t read_reply_code(const rst_segment_t *segment)
{
    const uint8_t *head = segment->head;

    if (segment->head_len < 5 || !is_digit(head[1]) || !is_digit(head[2]) || (head[3] != ' ' && head[3] != '-'))
        return RST_MESSAGE_NONE;
    if (head[0] == '4' || head[0] == '5')
        return RST_MESSAGE_ERROR;
    return starts(segment, "221") || starts(segment, "205") ? RST_MESSAGE_FAREWELL : RST_MESSAGE_NONE;
}

static rst_message_t read_http(const rst_segment_t *segment)
{
    static const char *const methods[] = {"GET ", "POST ", "HEAD ", "PUT ", "CONNECT ", "OPTIONS ", "DELETE "};

    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        if (starts(segment, methods[i]))
            return RST_MESSAGE_REQUEST;
    }
    if (starts(segment, "HTTP/1.") && segment->head_len >= 12 && (segment->head[9] == '4' || segment->head[9] == '5'))
        return RST_MESSAGE_ERROR;
    return RST_MESSAGE_NONE;
}

/* RFC 4271, sections 4.1 and 4.5: sixteen bytes of ones, length, type 3. */
static bool is_bgp_notification(const rst_segment_t *segment)
{
    for (unsigned i = 0; i < 16; i++) {
        if (segment->head_len < 19 || segment->head[i] != 0xff)
            return false;
    }
    return segment->head[18] == 3;
}

/* Length in three bytes, sequence number, 0xff: the ERR packet of MySQL. */
static bool is_mysql_error(const rst_segment_t *segment)
{
    const uint8_t *head = segment->head;

    return segment->head_len >= 9 && head[4] == 0xff &&
           segment->len == 4 + ((uint32_t)head[0] | (uint32_t)head[1] << 8 | (uint32_t)head[2] << 16);
}

/* Farewells of binary protocols, each a complete message: PostgreSQL Terminate, MySQL COM_QUIT, MQTT DISCONNECT, and
 * LDAP Unbind (RFC 4511, section 4.3) with a one-byte message ID. */
static bool is_binary_farewell(const rst_segment_t *segment)
{
    static const uint8_t terminate[] = {'X', 0, 0, 0, 4}, com_quit[] = {1, 0, 0, 0, 1}, disconnect[] = {0xe0, 0};
    const uint8_t *head = segment->head;

    if (segment->len == sizeof disconnect && segment->head_len == sizeof disconnect)
        return memcmp(head, disconnect, sizeof disconnect) == 0;
    if (segment->len == 5 && segment->head_len == 5)
        return memcmp(head, terminate, 5) == 0 || memcmp(head, com_quit, 5) == 0;
    return segment->len == 7 && segment->head_len == 7 && head[0] == 0x30 && head[2] == 2 && head[3] == 1 &&
           head[5] == 0x42;
}

static rst_message_t read_farewell(const rst_segment_t *segment)
{
    static const char *const words[] = {"QUIT", "quit", "+OK bye", "* BYE", "</stream:stream>"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (starts(segment, words[i]))
            return RST_MESSAGE_FAREWELL;
    }
    /* WebSocket close frame (RFC 6455, section 5.5.1), with or without a status code, masked or not. */
    if (segment->head_len >= 2 && segment->head[0] == 0x88 && segment->len <= 8)
        return RST_MESSAGE_FAREWELL;
    return RST_MESSAGE_NONE;
}

/* A quick test of the first byte: a TLS record type, a reply code, the first letter of a word looked for, a close
 * frame. Most payload continues an earlier segment and begins with any byte. */
static bool may_say_something(const rst_segment_t *segment)
{
    uint8_t first = segment->head_len ? segment->head[0] : 0;

    if (first < ' ')
        return first >= TLS_ALERT - 1 && first <= TLS_DATA;
    return first == 0x88 || is_digit(first) || strchr("-PIGHCODQq+*<", first);
}

rst_message_t rst_message_read(const rst_segment_t *segment)
{
    static rst_message_t (*const readers[])(const rst_segment_t *) = {read_tls, read_reply_code, read_http,
                                                                      read_farewell};

    if (segment->len == 0)
        return RST_MESSAGE_NONE;
    /* These may begin with any byte. */
    if (is_bgp_notification(segment) || is_mysql_error(segment))
        return RST_MESSAGE_ERROR;
    if (is_binary_farewell(segment))
        return RST_MESSAGE_FAREWELL;
    if (!may_say_something(segment))
        return RST_MESSAGE_OTHER;
    if (starts(segment, "-ERR") || starts(segment, "Protocol mismatch") || starts(segment, "Invalid SSH"))
        return RST_MESSAGE_ERROR;
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
        rst_message_t message = readers[i](segment);

        if (message != RST_MESSAGE_NONE)
            return message;
    }
    return RST_MESSAGE_OTHER;
}

const char *rst_message_name(rst_message_t message)
{
    static const char *const names[RST_MESSAGE_COUNT] = {
        "no data",  "data",           "an HTTP request",   "a TLS ClientHello",
        "TLS data", "an error reply", "a TLS fatal alert", "a closing message",
    };

    return message < RST_MESSAGE_COUNT ? names[message] : names[RST_MESSAGE_OTHER];
}
