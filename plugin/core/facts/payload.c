/* payload.c
 * Reading the first payload bytes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/payload.h"

#include <string.h>

#include "facts/binary_message.h"

enum { TLS_ALERT = 21, TLS_HANDSHAKE = 22, TLS_DATA = 23 };

/* First the byte that differs from nearly all the words looked for. */
static bool starts(const rst_segment_t *segment, const char *text)
{
    size_t length;

    if (!segment->head_len || segment->head[0] != (uint8_t)text[0])
        return false;
    length = strlen(text);
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

/* RFC 9051, section 6.1.3: a tag of the client's choice, then the command. */
static bool is_imap_logout(const rst_segment_t *segment)
{
    static const char command[] = " LOGOUT\r\n";
    size_t length = strlen(command);

    return segment->len == segment->head_len && segment->len > length &&
           memcmp(segment->head + segment->len - length, command, length) == 0;
}

static rst_message_t read_farewell(const rst_segment_t *segment)
{
    static const char *const words[] = {"QUIT",     "quit",  "+OK bye",          "+OK Bye",         "+OK Logging out",
                                        "TEARDOWN", "* BYE", "</stream:stream>", "*1\r\n$4\r\nQUIT"};

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
    return first == 0x88 || is_digit(first) || strchr("-PIGHCODQTq+*<", first);
}

rst_message_t rst_message_read(const rst_segment_t *segment)
{
    static rst_message_t (*const readers[])(const rst_segment_t *) = {read_tls, read_reply_code, read_http,
                                                                      read_farewell};
    rst_message_t message;

    if (segment->len == 0)
        return RST_MESSAGE_NONE;
    message = rst_binary_message_read(segment);
    if (message != RST_MESSAGE_NONE)
        return message;
    if (is_imap_logout(segment))
        return RST_MESSAGE_FAREWELL;
    if (!may_say_something(segment))
        return RST_MESSAGE_OTHER;
    if (starts(segment, "-ERR") || starts(segment, "Protocol mismatch") || starts(segment, "Invalid SSH"))
        return RST_MESSAGE_ERROR;
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
        message = readers[i](segment);
        if (message != RST_MESSAGE_NONE)
            return message;
    }
    return RST_MESSAGE_OTHER;
}

const char *rst_message_name(rst_message_t message)
{
    static const char *const names[RST_MESSAGE_COUNT] = {
        "no data",
        "data",
        "an HTTP request",
        "a TLS ClientHello",
        "TLS data",
        "an error reply",
        "a TLS fatal alert",
        "a closing message",
        "the end of a session",
    };

    return message < RST_MESSAGE_COUNT ? names[message] : names[RST_MESSAGE_OTHER];
}
