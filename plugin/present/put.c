/* put.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include <string.h>

#include "answer/verdict.h"
#include "fields.h"
#include "program.h"
#include "put.h"

#define LABEL_MAX_LENGTH 220 /* a line in Wireshark's tree has 240 bytes, including the name of the field */
#define LINE_MAX_LENGTH 110  /* longer texts continue below it, in lines that a small screen shows whole */

const true_false_string tfs_rst_yes_no = {"Yes", "No"};

static int hf_rst_line = -1;
static int ett_rst_lines = -1;

/* By an argument of tshark; what other readers need is referenced. Fields of one protocol have numbers next to each
 * other, so that hardly two of them share a place. */
static bool is_named(int hf)
{
    static struct {
        int hf;
        bool named;
    } known[256];
    unsigned place = (unsigned)hf % array_length(known);

    if (known[place].hf != hf) {
        known[place].hf = hf;
        known[place].named = rst_program_names(proto_registrar_get_abbrev(hf), false);
    }
    return known[place].named || proto_registrar_get_nth((unsigned)hf)->ref_type != HF_REF_TYPE_NONE;
}

bool rst_put_is_for_fields(proto_tree *tree)
{
    return PTREE_DATA(tree)->visible && rst_program_prints_fields();
}

bool rst_put_wants(proto_tree *tree, int hf)
{
    return tree && (rst_put_is_for_fields(tree) ? is_named(hf) : proto_field_is_referenced(tree, hf));
}

bool rst_put_is_wanted(proto_tree *tree, const int *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (rst_put_wants(tree, fields[i]))
            return true;
    }
    return false;
}

void rst_put_string(proto_tree *tree, tvbuff_t *tvb, int hf, const char *text)
{
    if (text && *text && rst_put_wants(tree, hf))
        proto_item_set_generated(proto_tree_add_string(tree, hf, tvb, 0, 0, text));
}

void rst_put_uint(proto_tree *tree, tvbuff_t *tvb, int hf, uint32_t value)
{
    if (rst_put_wants(tree, hf))
        proto_item_set_generated(proto_tree_add_uint(tree, hf, tvb, 0, 0, value));
}

void rst_put_uint_unless_0(proto_tree *tree, tvbuff_t *tvb, int hf, uint32_t value)
{
    if (value)
        rst_put_uint(tree, tvb, hf, value);
}

void rst_put_percent(proto_tree *tree, tvbuff_t *tvb, int hf, uint32_t value)
{
    if (rst_put_wants(tree, hf))
        proto_item_set_generated(proto_tree_add_uint_format_value(tree, hf, tvb, 0, 0, value, "%u%%", value));
}

void rst_put_boolean(proto_tree *tree, tvbuff_t *tvb, int hf, bool value)
{
    if (rst_put_wants(tree, hf))
        proto_item_set_generated(proto_tree_add_boolean(tree, hf, tvb, 0, 0, value));
}

void rst_put_duration(proto_tree *tree, tvbuff_t *tvb, int hf, int64_t ns)
{
    nstime_t duration;

    if (ns == RST_DURATION_NONE || !rst_put_wants(tree, hf))
        return;
    duration.secs = (time_t)(ns / 1000000000);
    duration.nsecs = (int)(ns % 1000000000);
    proto_item_set_generated(proto_tree_add_time(tree, hf, tvb, 0, 0, &duration));
}

void rst_put_moment(proto_tree *tree, tvbuff_t *tvb, int hf, int64_t ns)
{
    nstime_t moment;

    if (ns == RST_TIME_NONE || !rst_put_wants(tree, hf))
        return;
    moment.secs = (time_t)rst_time_seconds(ns);
    moment.nsecs = (int)rst_time_fraction(ns);
    proto_item_set_generated(proto_tree_add_time(tree, hf, tvb, 0, 0, &moment));
}

void rst_put_hidden(proto_item *item)
{
    proto_item_set_generated(item);
    proto_item_set_hidden(item);
}

/* Where a line may end: the last space among the first bytes, or, if there is none, the next. 0: nowhere. */
static int line_end(const char *text, bool in_commands)
{
    bool command = false;
    int end = 0;
    int at;

    for (at = 0; text[at] && at <= LABEL_MAX_LENGTH && (at <= LINE_MAX_LENGTH || !end); at++) {
        command ^= text[at] == '`';
        if (text[at] == ' ' && (!command || in_commands))
            end = at;
    }
    return end;
}

/* The number of bytes of text that go into one line. A command stays whole, if it fits. */
static int line_length(const char *text)
{
    int end;

    if (strlen(text) <= LINE_MAX_LENGTH)
        return (int)strlen(text);
    end = line_end(text, false);
    if (!end)
        end = line_end(text, true);
    return end ? end : (int)strlen(text);
}

/* The window cuts lines at its edge; a terminal goes on in the next one, so only what does not fit in a label is put in
 * lines there, and in exports. */
static bool in_lines(proto_tree *tree, const char *text)
{
    return PTREE_DATA(tree)->visible && !rst_put_is_for_fields(tree) &&
           strlen(text) > (rst_program_has_window() ? LINE_MAX_LENGTH : LABEL_MAX_LENGTH);
}

/* The first line; *rest = what follows it, "" if that is all. */
static proto_item *put_first_line(proto_tree *tree, tvbuff_t *tvb, int hf, const char *text, const char **rest)
{
    int length = line_length(text);
    proto_item *item;

    *rest = "";
    if (!in_lines(tree, text)) {
        item = proto_tree_add_string(tree, hf, tvb, 0, 0, text);
    } else {
        item = proto_tree_add_string_format(tree, hf, tvb, 0, 0, text, "%s: %.*s", proto_registrar_get_name(hf), length,
                                            text);
        *rest = text + length + (text[length] != '\0');
    }
    proto_item_set_generated(item);
    return item;
}

static void put_rest(proto_tree *tree, tvbuff_t *tvb, const char *rest)
{
    while (*rest) {
        int length = line_length(rest);
        char *line = g_strndup(rest, (gsize)length);

        proto_tree_add_string_format(tree, hf_rst_line, tvb, 0, 0, line, "%s", line);
        g_free(line);
        rest += length + (rest[length] != '\0');
    }
}

proto_item *rst_put_long_string(proto_tree *tree, tvbuff_t *tvb, int hf, const char *text)
{
    proto_item *item;
    const char *rest;

    if (!text || !*text)
        return NULL;
    item = put_first_line(tree, tvb, hf, text, &rest);
    if (*rest)
        put_rest(proto_item_add_subtree(item, ett_rst_lines), tvb, rest);
    return item;
}

proto_item *rst_put_root_string(proto_tree *tree, tvbuff_t *tvb, int hf, const char *text)
{
    proto_item *item;
    const char *rest;

    if (!text || !*text)
        return NULL;
    item = put_first_line(tree, tvb, hf, text, &rest);
    put_rest(tree, tvb, rest);
    return item;
}

proto_tree *rst_put_subtree(proto_tree *tree, tvbuff_t *tvb, int ett, const char *title)
{
    proto_item *item;
    proto_tree *subtree;

    if (!PTREE_DATA(tree)->visible || rst_put_is_for_fields(tree))
        return tree;
    subtree = proto_tree_add_subtree(tree, tvb, 0, 0, ett, &item, title);
    proto_item_set_generated(item);
    return subtree;
}

void rst_put_fold(proto_item *item, int ett)
{
    proto_tree *same = proto_item_add_subtree(item, ett);

    (void)same; /* Wireshark wants it used */
}

static hf_register_info hf[] = {
    STRING_FIELD(hf_rst_line, "Next line", "line",
                 "How a long text goes on where the tree shows it in lines; the text is whole in the field above"),
};

void rst_put_register(int proto)
{
    static int *const ett[] = {&ett_rst_lines};

    proto_register_field_array(proto, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
}

void rst_put_unfold(void)
{
    tree_expanded_set(ett_rst_lines, TRUE);
}
