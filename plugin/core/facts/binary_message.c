/* binary_message.c
 * Errors and farewells of protocols that are not text. Payload may begin with any byte and may be a part of something
 * longer, so each of them is a complete message, or has a signature of at least four bytes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/binary_message.h"

#include <glib.h>
#include <string.h>

static bool has_bytes(const rst_segment_t *segment, unsigned at, const char *bytes, unsigned count)
{
    return segment->head_len >= at + count && memcmp(segment->head + at, bytes, count) == 0;
}

static uint32_t big_endian(const uint8_t *bytes, unsigned count)
{
    uint32_t value = 0;

    for (unsigned i = 0; i < count; i++)
        value = value << 8 | bytes[i];
    return value;
}

static uint32_t little_endian(const uint8_t *bytes, unsigned count)
{
    uint32_t value = 0;

    while (count--)
        value = value << 8 | bytes[count];
    return value;
}

/* Messages that are known by constant bytes at one or two places. */
static rst_message_t read_constant(const rst_segment_t *segment)
{
    static const struct {
        uint32_t length; /* of the whole payload */
        uint8_t count;
        const char *bytes;
        uint8_t at, more_count;
        const char *more; /* NULL = one place is enough */
        rst_message_t message;
    } known[] = {
        /* PostgreSQL Terminate */
        {5, 5, "X\0\0\0\4", 0, 0, NULL, RST_MESSAGE_FAREWELL},
        /* MySQL COM_QUIT */
        {5, 5, "\1\0\0\0\1", 0, 0, NULL, RST_MESSAGE_FAREWELL},
        /* MQTT DISCONNECT */
        {2, 2, "\xe0\0", 0, 0, NULL, RST_MESSAGE_FAREWELL},
        /* RDP: MCS Disconnect Provider Ultimatum (T.125) in a TPKT */
        {9, 8, "\3\0\0\11\2\xf0\x80\x21", 0, 0, NULL, RST_MESSAGE_FAREWELL},
        /* AMQP 0-9-1 Connection.Close-Ok */
        {12, 11, "\1\0\0\0\0\0\4\0\12\0\x33", 0, 0, NULL, RST_MESSAGE_FAREWELL},
        /* PPTP Call-Disconnect-Notify (RFC 2637, section 2.13) */
        {148, 10, "\0\x94\0\1\x1a\x2b\x3c\x4d\0\15", 0, 0, NULL, RST_MESSAGE_FAREWELL},
        /* HART-IP Session Close, request and response */
        {8, 3, "\1\0\1", 6, 2, "\0\10", RST_MESSAGE_FAREWELL},
        {8, 3, "\1\1\1", 6, 2, "\0\10", RST_MESSAGE_FAREWELL},
        /* MARS: SMP FIN ([MC-SMP], section 2.2.1) */
        {16, 2, "\x53\4", 4, 4, "\x10\0\0\0", RST_MESSAGE_SESSION_END},
    };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (segment->len == known[i].length && has_bytes(segment, 0, known[i].bytes, known[i].count) &&
            (!known[i].more || has_bytes(segment, known[i].at, known[i].more, known[i].more_count)))
            return known[i].message;
    }
    return RST_MESSAGE_NONE;
}

/* RFC 4271, sections 4.1 and 4.5: sixteen bytes of ones, length, type 3. */
static rst_message_t read_bgp(const rst_segment_t *segment)
{
    for (unsigned i = 0; i < 16; i++) {
        if (segment->head_len < 19 || segment->head[i] != 0xff)
            return RST_MESSAGE_NONE;
    }
    return segment->head[18] == 3 ? RST_MESSAGE_ERROR : RST_MESSAGE_NONE;
}

/* Length in three bytes, sequence number, 0xff: the ERR packet of MySQL. */
static rst_message_t read_mysql(const rst_segment_t *segment)
{
    return segment->head_len >= 9 && segment->head[4] == 0xff && segment->len == 4 + little_endian(segment->head, 3)
               ? RST_MESSAGE_ERROR
               : RST_MESSAGE_NONE;
}

/* [MS-TDS], sections 2.2.3.1 and 2.2.7.10: a response of the server that begins with an ERROR token. */
static rst_message_t read_tds(const rst_segment_t *segment)
{
    return segment->head_len >= 9 && segment->head[0] == 4 && big_endian(segment->head + 2, 2) == segment->len &&
                   segment->head[8] == 0xaa
               ? RST_MESSAGE_ERROR
               : RST_MESSAGE_NONE;
}

/* RFC 4253, sections 6 and 11.1: as long as nothing is encrypted. */
static rst_message_t read_ssh(const rst_segment_t *segment)
{
    const uint8_t *head = segment->head;

    return segment->head_len >= 10 && big_endian(head, 4) + 4 == segment->len && head[4] >= 4 && head[5] == 1 &&
                   !head[6] && !head[7] && !head[8] && head[9] >= 1 && head[9] <= 15
               ? RST_MESSAGE_FAREWELL
               : RST_MESSAGE_NONE;
}

/* RFC 9113, sections 4.1 and 6.8: GOAWAY on stream 0, with its error code if that was captured. */
static rst_message_t read_http2(const rst_segment_t *segment)
{
    if (!has_bytes(segment, 3, "\7\0\0\0\0\0", 6) || segment->head_len < 17 || big_endian(segment->head, 3) < 8)
        return RST_MESSAGE_NONE;
    return big_endian(segment->head + 13, 4) ? RST_MESSAGE_ERROR : RST_MESSAGE_FAREWELL;
}

/* AMQP 0-9-1 Connection.Close, whose reply code 200 is a success. */
static rst_message_t read_amqp(const rst_segment_t *segment)
{
    if (segment->head_len < 13 || !has_bytes(segment, 0, "\1\0\0", 3) ||
        big_endian(segment->head + 3, 4) + 8 != segment->len || !has_bytes(segment, 7, "\0\12\0\x32", 4))
        return RST_MESSAGE_NONE;
    return big_endian(segment->head + 11, 2) == 200 ? RST_MESSAGE_FAREWELL : RST_MESSAGE_ERROR;
}

enum { SMB_NEGOTIATE, SMB_SESSION_SETUP, SMB_LOGOFF, SMB_TREE_CONNECT, SMB_OTHER };

#define NT_MORE_PROCESSING_REQUIRED 0xc0000016u

/* A negative answer to the opening of a session is final, and some others end it. Most statuses with the severity of an
 * error are everyday answers, such as a file that is not there. */
static bool smb_fails(unsigned command, uint32_t status)
{
    static const uint32_t final[] = {
        0xc000009a, /* INSUFFICIENT_RESOURCES */
        0xc00000c9, /* NETWORK_NAME_DELETED */
        0xc000020c, /* CONNECTION_DISCONNECTED */
        0xc000020d, /* CONNECTION_RESET */
        0xc0000203, /* USER_SESSION_DELETED */
        0xc000035c, /* NETWORK_SESSION_EXPIRED */
    };

    for (size_t i = 0; i < sizeof final / sizeof final[0]; i++) {
        if (status == final[i])
            return true;
    }
    return command != SMB_OTHER && command != SMB_LOGOFF && status >> 30 == 3 && status != NT_MORE_PROCESSING_REQUIRED;
}

static rst_message_t smb_message(unsigned command, bool answer, uint32_t status)
{
    if (answer && smb_fails(command, status))
        return RST_MESSAGE_ERROR;
    return command == SMB_LOGOFF ? RST_MESSAGE_FAREWELL : RST_MESSAGE_NONE;
}

/* [MS-SMB2], section 2.2.1, and [MS-CIFS], section 2.2.3.1, in a session message (RFC 1002, section 4.3.6). */
static rst_message_t read_smb(const rst_segment_t *segment)
{
    static const uint8_t old[] = {
        [SMB_NEGOTIATE] = 0x72, [SMB_SESSION_SETUP] = 0x73, [SMB_LOGOFF] = 0x74, [SMB_TREE_CONNECT] = 0x75};
    const uint8_t *head = segment->head;
    unsigned command = 0;

    if (segment->head_len < 21 || head[0])
        return RST_MESSAGE_NONE;
    if (memcmp(head + 4, "\xfeSMB", 4) == 0)
        return smb_message(MIN(little_endian(head + 16, 2), SMB_OTHER), head[20] & 1, little_endian(head + 12, 4));
    if (memcmp(head + 4, "\xffSMB", 4) != 0)
        return RST_MESSAGE_NONE;
    while (command < SMB_OTHER && old[command] != head[8])
        command++;
    return smb_message(command, head[13] & 0x80, little_endian(head + 9, 4));
}

/* An element in BER: its tag, where its contents begin, and their length. False if the head ends before. */
static bool read_element(const rst_segment_t *segment, unsigned *at, unsigned *tag, uint32_t *length)
{
    unsigned count = 0;

    if (*at + 2 > segment->head_len)
        return false;
    *tag = segment->head[(*at)++];
    *length = segment->head[(*at)++];
    if (*length >= 0x80) {
        count = *length & 0x7f;
        if (!count || count > 4 || *at + count > segment->head_len)
            return false;
        *length = big_endian(segment->head + *at, count);
        *at += count;
    }
    return true;
}

/* The result codes of RFC 4511, appendix A, that say that the server cannot or will not go on. Others, such as an entry
 * that is not there, are everyday answers. */
static bool ldap_fails(unsigned operation, unsigned code)
{
    enum { BIND_RESPONSE = 0x61, REFERRAL = 10, BIND_IN_PROGRESS = 14 };

    if (operation == BIND_RESPONSE)
        return code && code != BIND_IN_PROGRESS && code != REFERRAL;
    return code == 1 || code == 2 || code == 8 || (code >= 51 && code <= 53) || code == 80;
}

/* RFC 4511, sections 4.1.1, 4.3 and 4.4.1: unbind, the notice of disconnection, and results. */
static rst_message_t read_ldap(const rst_segment_t *segment)
{
    enum { SEQUENCE = 0x30, INTEGER = 2, ENUMERATED = 10, UNBIND = 0x42, EXTENDED_RESPONSE = 0x78 };
    unsigned at = 0, tag, operation;
    uint32_t length, id;

    if (!read_element(segment, &at, &tag, &length) || tag != SEQUENCE || at + length != segment->len ||
        !read_element(segment, &at, &tag, &length) || tag != INTEGER || !length || length > 4 ||
        at + length > segment->head_len)
        return RST_MESSAGE_NONE;
    id = big_endian(segment->head + at, length);
    at += length;
    if (!read_element(segment, &at, &operation, &length))
        return RST_MESSAGE_NONE;
    if (operation == UNBIND && !length && at == segment->len)
        return RST_MESSAGE_FAREWELL;
    if (operation == EXTENDED_RESPONSE && !id)
        return RST_MESSAGE_ERROR;
    if ((operation & 0xe0) != 0x60 || !read_element(segment, &at, &tag, &length) || tag != ENUMERATED || length != 1 ||
        at >= segment->head_len)
        return RST_MESSAGE_NONE;
    return ldap_fails(operation, segment->head[at]) ? RST_MESSAGE_ERROR : RST_MESSAGE_NONE;
}

/* What a wrap token adds to the message; 0 = it is none. Kerberos (RFC 4121, section 4.2.6.2): header and checksum, if
 * sealed also confounder and the header again. RC4-HMAC (RFC 4757, section 7): object identifier, header, confounder,
 * one byte of padding. NTLM ([MS-NLMP], section 2.2.2.9): the signature. */
static uint32_t wrap_overhead(const rst_segment_t *segment)
{
    enum { SEALED = 2 };

    if (has_bytes(segment, 4, "\5\4", 2) && segment->head_len >= 7)
        return segment->head[6] & SEALED ? 60 : 28;
    if (has_bytes(segment, 6, "\6\11\x2a\x86\x48\x86\xf7\x12\1\2\2", 11))
        return 46;
    return has_bytes(segment, 4, "\1\0\0\0", 4) ? 16 : 0;
}

/* The same wrapped by a SASL layer (RFC 4422, section 3.7): only the length is left to see. An unbind request has at
 * most 13 bytes, and nothing that wants an answer, and no answer, is as short. */
static rst_message_t read_wrapped_ldap(const rst_segment_t *segment)
{
    enum { SHORTEST = 7, LONGEST = 13 };
    uint32_t overhead;

    if (segment->head_len < 4 || big_endian(segment->head, 4) + 4 != segment->len)
        return RST_MESSAGE_NONE;
    overhead = wrap_overhead(segment);
    return overhead && segment->len >= 4 + overhead + SHORTEST && segment->len <= 4 + overhead + LONGEST
               ? RST_MESSAGE_FAREWELL
               : RST_MESSAGE_NONE;
}

/* A quick test of the bytes with which they begin: most payload is none of them. */
static bool may_say_something(const rst_segment_t *segment)
{
    const uint8_t *head = segment->head;

    if (segment->head_len < 2)
        return false;
    return head[0] <= 4 || memchr("\x30\x53X\xe0\xff", head[0], 5) || (segment->head_len >= 5 && head[4] == 0xff);
}

rst_message_t rst_binary_message_read(const rst_segment_t *segment)
{
    static rst_message_t (*const readers[])(const rst_segment_t *) = {
        read_constant, read_bgp,  read_mysql, read_tds,  read_ssh,
        read_http2,    read_amqp, read_smb,   read_ldap, read_wrapped_ldap};

    if (!may_say_something(segment))
        return RST_MESSAGE_NONE;
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
        rst_message_t message = readers[i](segment);

        if (message != RST_MESSAGE_NONE)
            return message;
    }
    return RST_MESSAGE_NONE;
}
