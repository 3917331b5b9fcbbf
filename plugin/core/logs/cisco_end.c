/* cisco_end.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "logs/cisco_end.h"

#include <string.h>

#include <glib.h>

static rst_piece_t piece_of(const char *begin, const char *end)
{
    return (rst_piece_t){begin, (size_t)(end - begin)};
}

/* The bracket that closes the one at text; NULL if it stays open. Names of users may hold pairs of brackets. */
static const char *closing(const char *text)
{
    unsigned depth = 0;

    for (; *text; text++) {
        if (*text == '(')
            depth++;
        else if (*text == ')' && --depth == 0)
            return text;
    }
    return NULL;
}

/* Brackets after an end: the mapped address, the user, the security group, in this order and each only if known. */
static const char *pass_brackets(const char *text, rst_cisco_end_t *end)
{
    for (;;) {
        const char *open = text + strspn(text, " ");
        const char *close = *open == '(' ? closing(open) : NULL;

        if (!close)
            return text;
        if (!end->mapped.address.size)
            (void)rst_read_side_at(piece_of(open + 1, close), '/', &end->mapped);
        text = close + 1;
    }
}

static void split_interface(rst_piece_t token, rst_cisco_end_t *end)
{
    const char *colon = memchr(token.text, ':', token.length);

    if (!colon)
        return;
    end->interface = piece_of(token.text, colon);
    end->side = rst_read_side_at(piece_of(colon + 1, token.text + token.length), '/', &end->real);
}

/* An IPv6 address has colons too, so each form tries first what it usually is. */
static void read_colons(rst_piece_t token, rst_cisco_form_t form, rst_cisco_end_t *end)
{
    end->side = RST_SIDE_NAMED;
    if (form == RST_CISCO_INTERFACE)
        split_interface(token, end);
    if (end->side == RST_SIDE_NAMED) {
        rst_side_t whole = rst_read_side_at(token, '/', &end->real);

        if (whole == RST_SIDE_TOLD || !memchr(token.text, ':', token.length))
            end->side = whole;
    }
    if (end->side == RST_SIDE_NAMED && form == RST_CISCO_PLAIN)
        split_interface(token, end);
}

static const char *read_listed(const char *text, rst_cisco_end_t *end)
{
    const char *open = text + strcspn(text, " (");
    const char *slash = open;
    const char *close;

    while (slash > text && *slash != '/')
        slash--;
    end->side = RST_SIDE_NAMED;
    if (*open != '(' || *slash != '/' || !(close = closing(open)))
        return open;
    end->interface = piece_of(text, slash);
    end->side = rst_read_side(piece_of(slash + 1, open), piece_of(open + 1, close), &end->real);
    return close + 1;
}

const char *rst_cisco_end(const char *text, rst_cisco_form_t form, rst_cisco_end_t *end)
{
    const char *rest;
    const char *stop;

    memset(end, 0, sizeof *end);
    text += strspn(text, " ");
    if (form == RST_CISCO_BLANK) {
        rst_piece_t port = rst_next_word(text + strcspn(text, " "));

        end->side = rst_read_side((rst_piece_t){text, strcspn(text, " ")}, port, &end->real);
        return port.text + port.length;
    }
    if (form == RST_CISCO_LIST)
        return pass_brackets(read_listed(text, end), end);
    if (*text == '(' && form == RST_CISCO_PLAIN)
        text++; /* spoofed addresses stand in brackets */
    rest = stop = text + strcspn(text, " ,();");
    rest += *rest == ')';
    while (stop > text && strchr(".:", stop[-1]))
        stop--;
    read_colons(piece_of(text, stop), form, end);
    return pass_brackets(rest, end);
}

static const char *const words_before[RST_CISCO_WORDS][2] = {{" from ", " to "},   {" for ", " to "},
                                                             {" src ", " dst "},   {" src ", " dest "},
                                                             {" client ", " to "}, {" flow ", " to "}};

const char *rst_cisco_front(const char *text, rst_cisco_words_t words)
{
    return strstr(text, words_before[words][0]);
}

const char *rst_cisco_pair(const char *text, rst_cisco_words_t words, rst_cisco_form_t form, rst_cisco_end_t ends[2])
{
    const char *at = rst_cisco_front(text, words);

    if (!at)
        return NULL;
    at = rst_cisco_end(at + strlen(words_before[words][0]), form, &ends[0]);
    at = strstr(at, words_before[words][1]);
    return at ? rst_cisco_end(at + strlen(words_before[words][1]), form, &ends[1]) : NULL;
}
