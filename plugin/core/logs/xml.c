/* xml.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "logs/xml.h"

#include <string.h>

#define ENTITY_MAX 12 /* &#x10FFFF; */

enum { STATE_TEXT, STATE_ENTITY, STATE_TAG, STATE_COMMENT, STATE_CDATA, STATE_INSTRUCTION, STATE_DTD };

void rst_xml_begin(rst_xml_t *xml)
{
    *xml = (rst_xml_t){.tag = g_string_new(NULL), .text = g_string_new(NULL), .entity = g_string_new(NULL)};
}

void rst_xml_end(rst_xml_t *xml)
{
    g_string_free(xml->tag, TRUE);
    g_string_free(xml->text, TRUE);
    g_string_free(xml->entity, TRUE);
}

bool rst_xml_is_between(const rst_xml_t *xml)
{
    return xml->state == STATE_TEXT;
}

static void add_text(rst_xml_t *xml, char c)
{
    if (xml->text->len < RST_XML_PART_MAX)
        g_string_append_c(xml->text, c);
}

/* name is what stands between & and ;. False if it is neither of the five nor a character's number. */
static bool decode(GString *text, const char *name)
{
    static const char *const names[] = {"lt", "gt", "amp", "quot", "apos"};
    static const char meant[] = "<>&\"'";
    guint64 character = 0;
    char *end;

    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        if (strcmp(names[i], name) == 0) {
            g_string_append_c(text, meant[i]);
            return true;
        }
    }
    if (name[0] == '#' && name[1] == 'x' && g_ascii_isxdigit(name[2]))
        character = g_ascii_strtoull(name + 2, &end, 16);
    else if (name[0] == '#' && g_ascii_isdigit(name[1]))
        character = g_ascii_strtoull(name + 1, &end, 10);
    else
        return false;
    if (*end || !character || character > UINT32_MAX || !g_unichar_validate((gunichar)character))
        return false;
    g_string_append_unichar(text, (gunichar)character);
    return true;
}

static rst_xml_token_t step_entity(rst_xml_t *xml, char c)
{
    if (c == ';' && xml->text->len < RST_XML_PART_MAX && decode(xml->text, xml->entity->str)) {
        xml->state = STATE_TEXT;
        return RST_XML_MORE;
    }
    if (c != ';' && (g_ascii_isalnum(c) || c == '#') && xml->entity->len < ENTITY_MAX) {
        g_string_append_c(xml->entity, c);
        return RST_XML_MORE;
    }
    /* "a & b" and "?x=1&y=2" are no entities either, but are written so. */
    xml->foreign |= c == ';' && xml->entity->len;
    add_text(xml, '&');
    for (size_t i = 0; i < xml->entity->len; i++)
        add_text(xml, xml->entity->str[i]);
    xml->state = STATE_TEXT;
    if (c != ';')
        return rst_xml_step(xml, c);
    add_text(xml, c);
    return RST_XML_MORE;
}

static rst_xml_token_t step_text(rst_xml_t *xml, char c)
{
    if (c == '<') {
        xml->state = STATE_TAG;
        xml->quote = 0;
        g_string_assign(xml->tag, "<");
    } else if (c == '&') {
        xml->state = STATE_ENTITY;
        g_string_truncate(xml->entity, 0);
    } else {
        add_text(xml, c);
    }
    return RST_XML_MORE;
}

/* The character after '<'. A number there is the priority of a line of syslog. */
static rst_xml_token_t begin_tag(rst_xml_t *xml, char c)
{
    if (g_ascii_isdigit(c))
        return RST_XML_BAD;
    if (g_ascii_isalpha(c) || strchr("_/!?", c)) {
        xml->state = c == '?' ? STATE_INSTRUCTION : STATE_TAG;
        g_string_append_c(xml->tag, c);
        return RST_XML_MORE;
    }
    add_text(xml, '<');
    xml->state = STATE_TEXT;
    return rst_xml_step(xml, c);
}

/* Behind "<!". */
static rst_xml_token_t step_declaration(rst_xml_t *xml, char c)
{
    static const char cdata[] = "<![CDATA[";

    g_string_append_c(xml->tag, c);
    if (xml->tag->len == 3 && g_ascii_isalpha(c)) {
        xml->state = STATE_DTD;
        xml->depth = 0;
        return RST_XML_DTD;
    }
    if (strcmp(xml->tag->str, "<!--") == 0)
        xml->state = STATE_COMMENT;
    else if (strcmp(xml->tag->str, cdata) == 0)
        xml->state = STATE_CDATA;
    else if (strcmp(xml->tag->str, "<!-") != 0 && strncmp(xml->tag->str, cdata, xml->tag->len) != 0)
        return RST_XML_BAD;
    xml->last[0] = xml->last[1] = 0;
    return RST_XML_MORE;
}

static rst_xml_token_t step_tag(rst_xml_t *xml, char c)
{
    const GString *tag = xml->tag;

    if (tag->len == 1)
        return begin_tag(xml, c);
    if (tag->str[1] == '!')
        return step_declaration(xml, c);
    if (tag->len >= RST_XML_PART_MAX || (c == '<' && !xml->quote) || !c)
        return RST_XML_BAD;
    g_string_append_c(xml->tag, c);
    if (xml->quote || c == '"' || c == '\'') {
        if (!xml->quote || xml->quote == c)
            xml->quote = xml->quote ? 0 : c;
        return RST_XML_MORE;
    }
    if (c != '>')
        return RST_XML_MORE;
    xml->state = STATE_TEXT;
    xml->ended = true;
    if (tag->str[1] == '/')
        return RST_XML_CLOSE;
    return tag->str[tag->len - 2] == '/' ? RST_XML_EMPTY : RST_XML_OPEN;
}

static rst_xml_token_t step_dtd(rst_xml_t *xml, char c)
{
    if (xml->quote) {
        if (xml->quote == c)
            xml->quote = 0;
    } else if (c == '"' || c == '\'') {
        xml->quote = c;
    } else if (c == '[') {
        xml->depth++;
    } else if (c == ']' && xml->depth) {
        xml->depth--;
    } else if (c == '>' && !xml->depth) {
        xml->state = STATE_TEXT;
    }
    return RST_XML_MORE;
}

/* Comments, CDATA and instructions end with two characters and '>'. */
static rst_xml_token_t step_hidden(rst_xml_t *xml, char c)
{
    static const char ends[] = "-]?";
    char end = ends[xml->state - STATE_COMMENT];
    bool two = xml->last[1] == end && (xml->last[0] == end || end == '?');

    if (xml->state == STATE_CDATA)
        add_text(xml, c);
    if (c == '>' && two) {
        if (xml->state == STATE_CDATA && xml->text->len >= 3)
            g_string_truncate(xml->text, xml->text->len - 3);
        xml->state = STATE_TEXT;
    }
    xml->last[0] = xml->last[1];
    xml->last[1] = c;
    return RST_XML_MORE;
}

rst_xml_token_t rst_xml_step(rst_xml_t *xml, char c)
{
    if (xml->ended) {
        xml->ended = false;
        g_string_truncate(xml->text, 0);
    }
    switch (xml->state) {
    case STATE_TEXT:
        return step_text(xml, c);
    case STATE_ENTITY:
        return step_entity(xml, c);
    case STATE_TAG:
        return step_tag(xml, c);
    case STATE_DTD:
        return step_dtd(xml, c);
    default:
        return step_hidden(xml, c);
    }
}

rst_piece_t rst_xml_name(const rst_xml_t *xml)
{
    const char *text = xml->tag->str + strspn(xml->tag->str, "</");
    rst_piece_t name = {text, strcspn(text, " \t\r\n/>")};
    const char *colon = memchr(name.text, ':', name.length);

    if (colon) {
        name.length -= (size_t)(colon + 1 - name.text);
        name.text = colon + 1;
    }
    return name;
}

static void decode_all(GString *value, const char *text, size_t length)
{
    const char *end = text + length;
    char name[ENTITY_MAX + 1];

    g_string_truncate(value, 0);
    while (text < end) {
        const char *semicolon = *text == '&' ? memchr(text, ';', (size_t)(end - text)) : NULL;

        if (semicolon && semicolon - text - 1 <= ENTITY_MAX) {
            g_strlcpy(name, text + 1, (gsize)(semicolon - text));
            if (decode(value, name)) {
                text = semicolon + 1;
                continue;
            }
        }
        g_string_append_c(value, *text++);
    }
}

bool rst_xml_attribute(const rst_xml_t *xml, const char *name, GString *value)
{
    size_t length = strlen(name);
    const char *at = xml->tag->str + strcspn(xml->tag->str, " \t\r\n");

    for (;;) {
        const char *from, *close;
        bool same;

        at += strspn(at, " \t\r\n");
        from = at;
        at += strcspn(at, " \t\r\n=>");
        same = (size_t)(at - from) == length && strncmp(from, name, length) == 0;
        at += strspn(at, " \t\r\n");
        if (*at++ != '=')
            return false;
        at += strspn(at, " \t\r\n");
        close = *at == '"' || *at == '\'' ? strchr(at + 1, *at) : NULL;
        if (!close)
            return false;
        if (same) {
            decode_all(value, at + 1, (size_t)(close - at - 1));
            return true;
        }
        at = close + 1;
    }
}
