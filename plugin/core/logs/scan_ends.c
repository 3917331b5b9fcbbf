/* scan_ends.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "logs/scan_ends.h"

#include <string.h>

#include <glib.h>

#include "logs/words.h"

#define ADDRESS_SIGNS "0123456789abcdefABCDEF:."
#define PROTOCOL_UDP 17

/* "10.0.0.1" without a letter or digit before or after it, else 0. */
static size_t ipv4_at(const char *text)
{
    size_t length = 0;

    for (unsigned i = 0; i < 4; i++) {
        size_t digits = strspn(text + length, "0123456789");

        if (!digits || digits > 3 || (i < 3 && text[length + digits] != '.'))
            return 0;
        length += digits + (i < 3);
    }
    return g_ascii_isalpha(text[length]) ? 0 : length;
}

/* The port behind an address, in the forms that are usual: ":80", "/80", "(80)", "#80", ",80", ".80", " port 80",
 * ", port 80". An empty piece if there is none. */
static rst_piece_t port_after(const char *text)
{
    static const char *const forms[] = {":", "/", "(", "#", ",", ".", " port ", ", port ", ":port ", " port: "};

    for (unsigned i = 0; i < G_N_ELEMENTS(forms); i++) {
        const char *at = text + strlen(forms[i]);
        size_t digits;

        if (!g_str_has_prefix(text, forms[i]))
            continue;
        digits = strspn(at, "0123456789");
        /* "/24" is a network, "10.0.0.1.5" a version, and a colon may be followed by an hour. */
        if (!digits || g_ascii_isalpha(at[digits]) || at[digits] == '.' || at[digits] == '-' ||
            (*text == '/' && digits < 3) || (*text == '(' && at[digits] != ')') ||
            (*text == ',' && strcmp(forms[i], ",") == 0 && at[digits] != ' ' && at[digits]))
            continue;
        return (rst_piece_t){at, digits};
    }
    return (rst_piece_t){"", 0};
}

/* An address with a port at text; its length, 0 if there is none. *absurd = no port can be what is written. */
static size_t end_at(const char *text, rst_log_end_t *end, bool *absurd)
{
    size_t length = *text == '[' ? strcspn(text, "]") : ipv4_at(text);
    rst_piece_t address = {text, length}, port;

    if (*text == '[') {
        if (text[length] != ']' || length > 64 || text[1 + strspn(text + 1, ADDRESS_SIGNS)] == '[')
            return 0;
        address.length = ++length;
    }
    if (!length || !rst_read_address(address, &end->address) || !end->address.size)
        return 0;
    port = port_after(text + length);
    *absurd |= rst_is_absurd_port(port);
    if (!rst_read_port(port, &end->port) || !end->port)
        return 0;
    return (size_t)(port.text + port.length - text);
}

static bool is_known(const rst_log_end_t *ends, unsigned count, const rst_log_end_t *end)
{
    for (unsigned i = 0; i < count; i++) {
        if (ends[i].port == end->port && rst_address_equal(&ends[i].address, &end->address))
            return true;
    }
    return false;
}

unsigned rst_scan_ends(const char *text, rst_log_end_t *ends, unsigned max)
{
    unsigned count = 0;
    bool absurd = false;

    for (const char *at = text; *at && count < max;) {
        rst_log_end_t end = {{{0, 0}, 0}, 0};
        bool begins = at == text || !(g_ascii_isalnum(at[-1]) || strchr("._", at[-1]));
        size_t length = begins && (*at == '[' || g_ascii_isdigit(*at)) ? end_at(at, &end, &absurd) : 0;

        if (length && !is_known(ends, count, &end))
            ends[count++] = end;
        at += length ? length : 1;
    }
    return absurd ? 0 : count;
}

static bool has_word(const char *text, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = text; *at; at++) {
        if (g_ascii_strncasecmp(at, word, length) == 0 && !g_ascii_isalnum(at[length]) &&
            (at == text || !g_ascii_isalnum(at[-1])))
            return true;
    }
    return false;
}

uint8_t rst_scan_protocol(const char *text)
{
    bool tcp = has_word(text, "tcp"), udp = has_word(text, "udp");

    if (tcp == udp)
        return 0;
    return tcp ? RST_PROTOCOL_TCP : PROTOCOL_UDP;
}
