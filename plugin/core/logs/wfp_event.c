/* wfp_event.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "logs/wfp_event.h"

#include <string.h>

#include <glib.h>

#include "logs/xml.h"

/* Letters and digits only, in lower case. */
#define PLAIN_MAX 96

static void make_plain(char *plain, rst_piece_t name)
{
    size_t used = 0;

    for (size_t i = 0; i < name.length && used + 1 < PLAIN_MAX; i++) {
        if (g_ascii_isalnum(name.text[i]))
            plain[used++] = g_ascii_tolower(name.text[i]);
    }
    plain[used] = 0;
}

/* Shippers that make one name of a path: winlog_event_data_SourceAddress. */
static const char *last_part(const char *plain)
{
    static const char group[] = "eventdata";
    const char *found;

    while ((found = strstr(plain, group)) && found[sizeof group - 1])
        plain = found + sizeof group - 1;
    return plain;
}

static int datum_of(rst_piece_t name)
{
    static const char *const names[][4] = {
#define RST_WFP_DATUM(NAME, a, b, c, d) {a, b, c, d},
        RST_WFP_DATA(RST_WFP_DATUM)
#undef RST_WFP_DATUM
    };
    char plain[PLAIN_MAX];
    const char *part;

    make_plain(plain, name);
    part = last_part(plain);
    for (unsigned i = 0; i < RST_WFP_DATUM_COUNT; i++) {
        for (unsigned k = 0; k < 4 && names[i][k]; k++) {
            if (g_ascii_strcasecmp(names[i][k], part) == 0)
                return (int)i;
        }
    }
    return -1;
}

void rst_wfp_set(rst_wfp_event_t *event, rst_log_t *log, rst_piece_t name, rst_piece_t value)
{
    int datum = datum_of(name);

    value = rst_piece_trim(value);
    if (datum < 0 || event->value[datum].length || !value.length)
        return;
    event->value[datum].text = rst_log_string(log, value);
    event->value[datum].length = value.length;
}

static rst_piece_t piece_of(const char *text)
{
    return (rst_piece_t){text, strlen(text)};
}

static void take_element(rst_wfp_event_t *event, rst_log_t *log, const rst_xml_t *xml, GString *name)
{
    rst_piece_t element = rst_xml_name(xml);

    if (rst_piece_is(element, "Data")) {
        rst_wfp_set(event, log, piece_of(name->str), piece_of(xml->text->str));
        g_string_truncate(name, 0);
    } else {
        rst_wfp_set(event, log, element, piece_of(xml->text->str));
    }
}

bool rst_wfp_read_xml(rst_wfp_event_t *event, rst_log_t *log, rst_piece_t text)
{
    static const rst_piece_t time = {"SystemTime", 10};
    GString *name = g_string_new(NULL), *value = g_string_new(NULL);
    unsigned depth = 0;
    rst_xml_token_t token = RST_XML_MORE;
    rst_xml_t xml;

    rst_xml_begin(&xml);
    for (size_t i = 0; i < text.length && token != RST_XML_BAD && token != RST_XML_DTD; i++) {
        token = rst_xml_step(&xml, text.text[i]);
        if (token == RST_XML_OPEN && rst_piece_is(rst_xml_name(&xml), "Data"))
            rst_xml_attribute(&xml, "Name", name);
        if ((token == RST_XML_OPEN || token == RST_XML_EMPTY) && rst_xml_attribute(&xml, "SystemTime", value))
            rst_wfp_set(event, log, time, piece_of(value->str));
        if (token == RST_XML_CLOSE)
            take_element(event, log, &xml, name);
        depth += token == RST_XML_OPEN;
        if (token == RST_XML_CLOSE && (!depth || !--depth))
            break;
    }
    event->foreign |= xml.foreign || token == RST_XML_DTD;
    rst_xml_end(&xml);
    g_string_free(name, TRUE);
    g_string_free(value, TRUE);
    return !depth && token == RST_XML_CLOSE;
}

/* Converters of XML write attributes and texts as members of their own. */
static bool is_text_name(rst_piece_t name)
{
    static const char *const names[] = {"#text", "text", "_", "$", "$t", "content", "value", "#value", "Value"};

    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        if (rst_piece_is(name, names[i]))
            return true;
    }
    return false;
}

static rst_piece_t last_name(rst_piece_t path)
{
    rst_piece_t name = path;

    for (size_t i = 0; i < path.length; i++) {
        if (path.text[i] == '.')
            name = (rst_piece_t){path.text + i + 1, path.length - i - 1};
    }
    return name;
}

/* "EventData.Data.3." and the like. */
static rst_piece_t above(rst_piece_t path)
{
    size_t name = last_name(path).length;

    return (rst_piece_t){path.text, path.length > name ? path.length - name - 1 : 0};
}

typedef struct pair {
    rst_piece_t above, name; /* a Name whose text is still to come */
} pair_t;

static void take_member(rst_wfp_event_t *event, rst_log_t *log, const char *path, const char *value, pair_t *pair)
{
    rst_piece_t whole = piece_of(path), name = last_name(whole), parent = above(whole);
    rst_piece_t plain = name;

    while (plain.length && strchr("@-_#", *plain.text)) {
        plain.text++;
        plain.length--;
    }
    if (rst_piece_is(plain, "Name") && parent.length) {
        *pair = (pair_t){parent, piece_of(value)};
    } else if (is_text_name(name)) {
        bool named = pair->above.length && pair->above.length == parent.length &&
                     memcmp(pair->above.text, parent.text, parent.length) == 0;

        rst_wfp_set(event, log, named ? pair->name : last_name(parent), piece_of(value));
    } else if (rst_piece_is(whole, "event.code")) {
        rst_wfp_set(event, log, piece_of("EventID"), piece_of(value));
    } else if (g_str_has_prefix(value, "<Event")) {
        rst_wfp_read_xml(event, log, piece_of(value));
    } else {
        rst_wfp_set(event, log, plain, piece_of(value));
    }
}

void rst_wfp_read_json(rst_wfp_event_t *event, rst_log_t *log, const rst_json_t *json)
{
    unsigned count = rst_json_count(json);
    pair_t pair = {{NULL, 0}, {NULL, 0}};

    for (unsigned i = 0; i < count; i++)
        take_member(event, log, rst_json_path(json, i), rst_json_value(json, i), &pair);
}

unsigned rst_wfp_id(const rst_wfp_event_t *event)
{
    static const unsigned known[] = {5031, 5150, 5151, 5152, 5153, 5154, 5155, 5156, 5157, 5158, 5159, 5441, 5447};
    uint64_t number;

    if (!rst_read_number(event->value[RST_WFP_ID], &number))
        return 0;
    for (unsigned i = 0; i < G_N_ELEMENTS(known); i++) {
        if (known[i] == number)
            return known[i];
    }
    return 0;
}
