/* xml_split.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "logs/xml_split.h"

#include <string.h>

#include <glib.h>

#include "logs/xml.h"

#define UNIT_MAX (256 * 1024) /* bytes: filters with hundreds of conditions have 100 KB */
#define GUESS_MAX 65536       /* bytes without anything that is known, then it was no XML of ours */
#define INDENT_MAX 64
#define DEPTH_MAX 64

struct rst_xml_split {
    rst_xml_split_options_t options;
    rst_xml_t xml;
    GString *held;     /* the beginning of a line; a document that may be none; a unit */
    uint64_t number;   /* of the line in which held begins */
    uint64_t tag_line; /* in which the last tag began */
    uint64_t layers;   /* a bit for each open level: it is a list of layers, whose items contain the filters */
    unsigned depth;
    unsigned unit_depth; /* of the unit that is being collected, 0 = none */
    bool part_line;      /* the last line is, so far, XML */
    bool at_start;       /* of a line, or right behind a document */
    bool inside;         /* a document */
    bool sure;           /* it is one of those we know */
    bool refused;        /* it has a DTD */
    uint64_t broken;
    bool dtd;
};

rst_xml_split_t *rst_xml_split_new(const rst_xml_split_options_t *options)
{
    rst_xml_split_t *split = g_new0(rst_xml_split_t, 1);

    split->options = *options;
    split->held = g_string_new(NULL);
    split->at_start = true;
    rst_xml_begin(&split->xml);
    return split;
}

void rst_xml_split_free(rst_xml_split_t *split)
{
    if (!split)
        return;
    rst_xml_end(&split->xml);
    g_string_free(split->held, TRUE);
    g_free(split);
}

/* What is held was no XML: its lines are counted by whoever takes them. */
static void give_held(rst_xml_split_t *split)
{
    if (split->held->len) {
        *split->options.lines = split->number - 1;
        split->part_line = false;
        split->options.text(split->options.user_data, split->held->str, split->held->len);
        split->at_start = split->held->str[split->held->len - 1] == '\n';
    }
    g_string_truncate(split->held, 0);
}

static void reset(rst_xml_split_t *split)
{
    g_string_truncate(split->held, 0);
    rst_xml_end(&split->xml);
    rst_xml_begin(&split->xml);
    split->inside = split->sure = split->refused = false;
    split->depth = split->unit_depth = 0;
    split->layers = 0;
}

/* The document is over. */
static void leave(rst_xml_split_t *split)
{
    if (!split->sure && !split->refused)
        give_held(split);
    else
        split->at_start = true;
    reset(split);
}

/* What is inside is none after all, or its end is missing. tail = what is no longer part of it. */
static void give_up(rst_xml_split_t *split, const char *tail, char c)
{
    if (split->sure) {
        split->broken++;
        split->number = split->tag_line;
        split->at_start = false;
        g_string_assign(split->held, tail);
        if (*tail)
            g_string_append_c(split->held, c);
    }
    give_held(split);
    reset(split);
}

/* Windows' own documents: what is in them is read as XML to the end, however long it takes until the first unit. */
static bool is_known_root(rst_piece_t name)
{
    static const char *const names[] = {"Events", "wfpdiag", "wfpstate", "firewallState", "netEvents", "filters"};

    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        if (rst_piece_is(name, names[i]))
            return true;
    }
    return false;
}

static bool is_unit(const rst_xml_split_t *split, rst_piece_t name)
{
    if (rst_piece_is(name, "Event") || rst_piece_is(name, "netEvent"))
        return true;
    return split->sure && split->depth && rst_piece_is(name, "item") && !(split->layers >> (split->depth - 1) & 1);
}

static void give_unit(rst_xml_split_t *split)
{
    if (!split->refused)
        split->options.unit(split->options.user_data, split->held->str, split->held->len, split->number);
    g_string_truncate(split->held, 0);
    split->unit_depth = 0;
}

static void begin_unit(rst_xml_split_t *split)
{
    split->sure = true;
    split->unit_depth = split->depth + 1;
    split->number = split->tag_line;
    g_string_assign(split->held, split->xml.tag->str);
}

static void open_element(rst_xml_split_t *split, bool empty)
{
    rst_piece_t name = rst_xml_name(&split->xml);

    if (split->unit_depth && rst_piece_is(name, "Event")) { /* the one before was cut off */
        split->broken++;
        split->depth = split->unit_depth - 1;
        split->unit_depth = 0;
    }
    if (!split->unit_depth && !empty && is_unit(split, name))
        begin_unit(split);
    split->sure |= !split->depth && is_known_root(name);
    if (empty)
        return;
    split->layers &= ~(UINT64_C(1) << split->depth);
    split->layers |= (uint64_t)rst_piece_is(name, "layers") << split->depth;
    split->depth++;
}

/* True if it was the end of a document. */
static bool close_element(rst_xml_split_t *split)
{
    if (!split->depth)
        return true;
    if (split->depth == split->unit_depth)
        give_unit(split);
    return !--split->depth;
}

static void take_token(rst_xml_split_t *split, rst_xml_token_t token, char c)
{
    switch (token) {
    case RST_XML_MORE:
        break;
    case RST_XML_OPEN:
        if (split->depth < DEPTH_MAX - 1)
            open_element(split, false);
        else
            give_up(split, "", c);
        break;
    case RST_XML_EMPTY:
        open_element(split, true);
        if (!split->depth)
            leave(split);
        break;
    case RST_XML_CLOSE:
        if (close_element(split))
            leave(split);
        break;
    case RST_XML_DTD:
        split->dtd = split->refused = true;
        g_string_truncate(split->held, 0);
        break;
    case RST_XML_BAD:
        give_up(split, split->xml.tag->str, c);
        break;
    }
}

static void take_byte(rst_xml_split_t *split, char c)
{
    bool holds = (!split->sure && !split->refused) || split->unit_depth;

    if (c == '<' && rst_xml_is_between(&split->xml))
        split->tag_line = *split->options.lines + 1;
    if (holds)
        g_string_append_c(split->held, c);
    *split->options.lines += c == '\n';
    split->part_line = c != '\n';
    take_token(split, rst_xml_step(&split->xml, c), c);
    if (split->inside && split->held->len > (split->unit_depth ? UNIT_MAX : GUESS_MAX)) {
        give_up(split, "", c);
    } else if (split->sure && !split->unit_depth) {
        g_string_truncate(split->held, 0);
        if (split->xml.text->len >= RST_XML_PART_MAX) /* far too much between two tags */
            give_up(split, "", c);
    }
}

typedef enum guess { GUESS_NO, GUESS_OPEN, GUESS_XML } guess_t;

/* Does a line that begins like this begin a document? */
static guess_t guess(const char *text, size_t length)
{
    size_t at = 0;

    while (at < length && (text[at] == ' ' || text[at] == '\t'))
        at++;
    if (at < length && text[at] == '-') {
        at++;
        while (at < length && text[at] == ' ')
            at++;
    }
    if (at > INDENT_MAX || (at < length && text[at] != '<'))
        return GUESS_NO;
    if (at + 1 >= length)
        return GUESS_OPEN;
    return g_ascii_isalpha(text[at + 1]) || strchr("?!_", text[at + 1]) ? GUESS_XML : GUESS_NO;
}

static void enter(rst_xml_split_t *split)
{
    GString *held = split->held;
    size_t at = strcspn(held->str, "<");

    split->inside = true;
    split->tag_line = split->number;
    for (; at < held->len; at++)
        rst_xml_step(&split->xml, held->str[at]);
}

/* At the start of a line; returns how many bytes it took. */
static size_t begin_line(rst_xml_split_t *split, const char *bytes)
{
    if (!split->held->len) {
        split->number = *split->options.lines + 1;
        if (!strchr(" \t-<", *bytes) || !*bytes) {
            split->at_start = false;
            return 0;
        }
    }
    g_string_append_c(split->held, *bytes);
    switch (guess(split->held->str, split->held->len)) {
    case GUESS_NO:
        give_held(split);
        break;
    case GUESS_OPEN:
        break;
    case GUESS_XML:
        enter(split);
        break;
    }
    return 1;
}

void rst_xml_split_feed(rst_xml_split_t *split, const char *bytes, size_t length)
{
    while (length) {
        size_t taken = 1;

        if (split->inside) {
            take_byte(split, *bytes);
        } else if (split->at_start) {
            taken = begin_line(split, bytes);
        } else {
            const char *newline = memchr(bytes, '\n', length);

            taken = newline ? (size_t)(newline - bytes) + 1 : length;
            split->at_start = newline != NULL;
            split->part_line = false;
            split->options.text(split->options.user_data, bytes, taken);
        }
        bytes += taken;
        length -= taken;
    }
}

void rst_xml_split_end(rst_xml_split_t *split)
{
    if (split->inside && split->unit_depth)
        split->broken++;
    else
        give_held(split);
    g_string_truncate(split->held, 0);
    *split->options.lines += split->part_line;
}

uint64_t rst_xml_split_broken(const rst_xml_split_t *split)
{
    return split->broken;
}

bool rst_xml_split_dtd(const rst_xml_split_t *split)
{
    return split->dtd;
}
