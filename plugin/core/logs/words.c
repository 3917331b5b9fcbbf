/* words.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "logs/words.h"

#include <string.h>

#include <glib.h>

#include "base/endpoint.h"

#define BITS_FIN 0x01
#define BITS_SYN 0x02
#define BITS_RST 0x04
#define BITS_PSH 0x08
#define BITS_ACK 0x10
#define BITS_URG 0x20
#define BITS_ECE 0x40
#define BITS_CWR 0x80

bool rst_piece_is(rst_piece_t piece, const char *text)
{
    return strlen(text) == piece.length && g_ascii_strncasecmp(piece.text, text, piece.length) == 0;
}

bool rst_piece_begins(rst_piece_t piece, const char *text)
{
    size_t length = strlen(text);

    return length <= piece.length && g_ascii_strncasecmp(piece.text, text, length) == 0;
}

bool rst_piece_has(rst_piece_t piece, const char *text)
{
    while (piece.length && !rst_piece_begins(piece, text)) {
        piece.text++;
        piece.length--;
    }
    return rst_piece_begins(piece, text);
}

rst_piece_t rst_piece_trim(rst_piece_t piece)
{
    while (piece.length && g_ascii_isspace(piece.text[0])) {
        piece.text++;
        piece.length--;
    }
    while (piece.length && g_ascii_isspace(piece.text[piece.length - 1]))
        piece.length--;
    return piece;
}

/* From the quote at text to the next one that no backslash precedes. */
static rst_piece_t quoted_at(const char *text)
{
    const char *end = text + 1;

    while (*end && *end != *text)
        end += end[0] == '\\' && end[1] ? 2 : 1;
    return (rst_piece_t){text + 1, (size_t)(end - text) - 1};
}

static rst_piece_t value_at(const char *text, char sign)
{
    if (sign == ':')
        text += strspn(text, " ");
    if (*text == '"' || *text == '\'')
        return quoted_at(text);
    if (sign == ':')
        return rst_piece_trim((rst_piece_t){text, strcspn(text, ",;\r\n")});
    return (rst_piece_t){text, strcspn(text, " \t\r\n,;|")};
}

/* The next place that is not inside a quoted value. */
static const char *after_quoted(const char *text)
{
    if ((text[0] == '=' || text[0] == ':') && (text[1] == '"' || text[1] == '\'')) {
        rst_piece_t value = quoted_at(text + 1);

        text = value.text + value.length;
    }
    return *text ? text + 1 : text;
}

/* A key may stand after it. A switch, because each letter of a log asks. */
static bool is_boundary(char letter)
{
    switch (letter) {
    case ' ':
    case '\t':
    case '\r':
    case '\n':
    case ',':
    case ';':
    case '[':
    case '(':
    case '{':
    case '|':
        return true;
    default:
        return false;
    }
}

rst_piece_t rst_value_of(const char *text, const char *key, char sign)
{
    size_t length = strlen(key);
    bool begins = true;

    if (!strstr(text, key)) /* by far the usual case, and quick */
        return (rst_piece_t){"", 0};
    for (const char *at = text; *at; at = after_quoted(at)) {
        if (begins && *at == *key && !strncmp(at, key, length) && at[length] == sign)
            return value_at(at + length + 1, sign);
        begins = is_boundary(*at);
    }
    return (rst_piece_t){"", 0};
}

/* The end of the column that begins at text. */
static const char *column_end(const char *text, char separator)
{
    if (*text == '"') {
        text++;
        while (*text && (text[0] != '"' || text[1] == '"'))
            text += text[0] == '"' ? 2 : 1;
    }
    while (*text && *text != separator)
        text++;
    return text;
}

rst_piece_t rst_column(const char *text, char separator, unsigned index)
{
    const char *end = column_end(text, separator);
    size_t length;

    for (; index; index--) {
        if (!*end)
            return (rst_piece_t){"", 0};
        text = end + 1;
        end = column_end(text, separator);
    }
    length = (size_t)(end - text);
    if (length >= 2 && text[0] == '"' && text[length - 1] == '"')
        return (rst_piece_t){text + 1, length - 2};
    return (rst_piece_t){text, length};
}

unsigned rst_columns(const char *text, char separator)
{
    unsigned count = 1;

    for (text = column_end(text, separator); *text; text = column_end(text + 1, separator))
        count++;
    return count;
}

static bool read_digits(rst_piece_t piece, unsigned base, uint64_t *number)
{
    uint64_t value = 0;

    if (!piece.length)
        return false;
    for (size_t i = 0; i < piece.length; i++) {
        int digit = g_ascii_xdigit_value(piece.text[i]);

        if (digit < 0 || (unsigned)digit >= base || value > (UINT64_MAX - 15) / base)
            return false;
        value = value * base + (unsigned)digit;
    }
    *number = value;
    return true;
}

bool rst_read_number(rst_piece_t piece, uint64_t *number)
{
    if (rst_piece_begins(piece, "0x"))
        return read_digits((rst_piece_t){piece.text + 2, piece.length - 2}, 16, number);
    return read_digits(piece, 10, number);
}

/* The names that firewalls and syslog servers write for ports (/etc/services, and Cisco's own). */
static bool read_service(rst_piece_t piece, uint16_t *port)
{
    static const struct {
        const char *name;
        uint16_t port;
    } services[] = {
        {"ftp-data", 20},     {"ftp", 21},           {"ssh", 22},
        {"telnet", 23},       {"smtp", 25},          {"whois", 43},
        {"tacacs", 49},       {"domain", 53},        {"dns", 53},
        {"gopher", 70},       {"finger", 79},        {"http", 80},
        {"www", 80},          {"kerberos", 88},      {"pop2", 109},
        {"pop3", 110},        {"sunrpc", 111},       {"ident", 113},
        {"nntp", 119},        {"ntp", 123},          {"netbios-ns", 137},
        {"netbios-dgm", 138}, {"imap", 143},         {"imap4", 143},
        {"netbios-ssn", 139}, {"snmp", 161},         {"snmptrap", 162},
        {"bgp", 179},         {"irc", 194},          {"ldap", 389},
        {"https", 443},       {"microsoft-ds", 445}, {"smtps", 465},
        {"exec", 512},        {"login", 513},        {"syslog", 514},
        {"lpd", 515},         {"uucp", 540},         {"klogin", 543},
        {"kshell", 544},      {"rtsp", 554},         {"ldaps", 636},
        {"imaps", 993},       {"pop3s", 995},        {"lotusnotes", 1352},
        {"citrix-ica", 1494}, {"sqlnet", 1521},      {"h323", 1720},
        {"pptp", 1723},       {"nfs", 2049},         {"mysql", 3306},
        {"rdp", 3389},        {"postgresql", 5432},  {"ms-wbt-server", 3389},
        {"sip", 5060},        {"aol", 5190},         {"http-alt", 8080},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(services); i++) {
        if (rst_piece_is(piece, services[i].name)) {
            *port = services[i].port;
            return true;
        }
    }
    return false;
}

bool rst_read_port(rst_piece_t piece, uint16_t *port)
{
    uint64_t number;

    if (!read_digits(piece, 10, &number))
        return read_service(piece, port);
    if (number > UINT16_MAX)
        return false;
    *port = (uint16_t)number;
    return true;
}

bool rst_is_absurd_port(rst_piece_t piece)
{
    uint64_t number;

    if (!piece.length || strspn(piece.text, "0123456789") < piece.length)
        return false;
    return !read_digits(piece, 10, &number) || number > UINT16_MAX;
}

bool rst_read_address(rst_piece_t piece, rst_address_t *address)
{
    const char *zone;

    if (piece.length >= 2 && piece.text[0] == '[' && piece.text[piece.length - 1] == ']')
        piece = (rst_piece_t){piece.text + 1, piece.length - 2};
    zone = piece.length ? memchr(piece.text, '%', piece.length) : NULL;
    if (zone)
        piece.length = (size_t)(zone - piece.text);
    return piece.length && rst_address_read(piece.text, piece.length, address);
}

/* Where the port begins: after the last of these signs. */
static bool split_end(rst_piece_t piece, char sign, rst_log_end_t *end)
{
    rst_log_end_t found = {{{0, 0}, 0}, 0};
    size_t at = piece.length;

    while (at && piece.text[at - 1] != sign)
        at--;
    if (!at || !rst_read_port((rst_piece_t){piece.text + at, piece.length - at}, &found.port) ||
        !rst_read_address(rst_piece_trim((rst_piece_t){piece.text, at - 1}), &found.address))
        return false;
    *end = found;
    return true;
}

bool rst_read_end(rst_piece_t piece, rst_log_end_t *end)
{
    if (piece.length && piece.text[piece.length - 1] == ')')
        return split_end((rst_piece_t){piece.text, piece.length - 1}, '(', end);
    for (const char *sign = "/: ."; *sign; sign++) {
        if (split_end(piece, *sign, end))
            return true;
    }
    return false;
}

bool rst_read_protocol(rst_piece_t piece, uint8_t *protocol)
{
    static const struct {
        const char *name;
        uint8_t number;
    } names[] = {
        {"tcp", 6},       {"udp", 17},   {"icmp", 1}, {"icmp6", 58},    {"icmpv6", 58}, {"ipv6-icmp", 58},
        {"ipv6icmp", 58}, {"igmp", 2},   {"gre", 47}, {"esp", 50},      {"ah", 51},     {"sctp", 132},
        {"ospf", 89},     {"vrrp", 112}, {"ipip", 4}, {"udplite", 136},
    };
    uint64_t number;

    if (read_digits(piece, 10, &number)) {
        if (number > UINT8_MAX)
            return false;
        *protocol = (uint8_t)number;
        return true;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (rst_piece_is(piece, names[i].name)) {
            *protocol = names[i].number;
            return true;
        }
    }
    return false;
}

/* A word of it: "SYN", or letters as in "SA" and "P.". */
static bool add_flags(rst_piece_t word, uint8_t *flags)
{
    static const struct {
        const char *name;
        char letter;
        uint8_t bit;
    } names[] = {
        {"FIN", 'F', BITS_FIN}, {"SYN", 'S', BITS_SYN}, {"RST", 'R', BITS_RST},  {"PSH", 'P', BITS_PSH},
        {"ACK", 'A', BITS_ACK}, {"URG", 'U', BITS_URG}, {"ECE", 'E', BITS_ECE},  {"CWR", 'C', BITS_CWR},
        {"ACK", '.', BITS_ACK}, {"CWR", 'W', BITS_CWR}, {"PUSH", 'P', BITS_PSH},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (rst_piece_is(word, names[i].name)) {
            *flags |= names[i].bit;
            return true;
        }
    }
    for (size_t at = 0; at < word.length; at++) {
        size_t i = 0;

        while (i < G_N_ELEMENTS(names) && names[i].letter != word.text[at])
            i++;
        if (i == G_N_ELEMENTS(names))
            return false;
        *flags |= names[i].bit;
    }
    return true;
}

bool rst_read_flags(rst_piece_t piece, uint8_t *flags)
{
    uint64_t number;
    uint8_t found = 0;

    if (rst_read_number(piece, &number)) {
        if (number > UINT8_MAX)
            return false;
        *flags = (uint8_t)number;
        return true;
    }
    if (!piece.length)
        return false;
    while (piece.length) {
        size_t length = 0;

        while (length < piece.length && !strchr(" ,|-+", piece.text[length]))
            length++;
        if (length && !add_flags((rst_piece_t){piece.text, length}, &found))
            return false;
        length += length < piece.length;
        piece.text += length;
        piece.length -= length;
    }
    *flags = found;
    return true;
}
