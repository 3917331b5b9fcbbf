/* put.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "answer/verdict.h"
#include "put.h"

#define LABEL_MAX_LENGTH 220 /* a line in Wireshark's tree has 240 bytes, including the name of the field */
#define LINE_MAX_LENGTH 110  /* longer texts continue below it, in lines of readable length */

static int ett_rst_lines = -1;

void rst_put_string(proto_tree *tree, tvbuff_t *tvb, int hf, const char *text)
{
    if (text && *text)
        proto_item_set_generated(proto_tree_add_string(tree, hf, tvb, 0, 0, text));
}

void rst_put_uint(proto_tree *tree, tvbuff_t *tvb, int hf, uint32_t value)
{
    proto_item_set_generated(proto_tree_add_uint(tree, hf, tvb, 0, 0, value));
}

void rst_put_uint_unless_0(proto_tree *tree, tvbuff_t *tvb, int hf, uint32_t value)
{
    if (value)
        rst_put_uint(tree, tvb, hf, value);
}

void rst_put_percent(proto_tree *tree, tvbuff_t *tvb, int hf, uint32_t value)
{
    proto_item_set_generated(proto_tree_add_uint_format_value(tree, hf, tvb, 0, 0, value, "%u%%", value));
}

void rst_put_boolean(proto_tree *tree, tvbuff_t *tvb, int hf, bool value)
{
    proto_item_set_generated(proto_tree_add_boolean(tree, hf, tvb, 0, 0, value));
}

void rst_put_duration(proto_tree *tree, tvbuff_t *tvb, int hf, int64_t ns)
{
    nstime_t duration;

    if (ns == RST_DURATION_NONE)
        return;
    duration.secs = (time_t)(ns / 1000000000);
    duration.nsecs = (int)(ns % 1000000000);
    proto_item_set_generated(proto_tree_add_time(tree, hf, tvb, 0, 0, &duration));
}

void rst_put_hidden(proto_item *item)
{
    proto_item_set_generated(item);
    proto_item_set_hidden(item);
}

/* The number of bytes of text that fit into one line: up to a space, or all of it. */
static int line_length(const char *text)
{
    int length = (int)strlen(text);
    int at;

    if (length <= LINE_MAX_LENGTH)
        return length;
    for (at = LINE_MAX_LENGTH; at > 0; at--) {
        if (text[at] == ' ')
            return at;
    }
    return length;
}

void rst_put_long_string(proto_tree *tree, tvbuff_t *tvb, int hf, const char *text)
{
    proto_tree *lines;
    proto_item *item;
    int length;

    if (!text || !*text)
        return;
    length = line_length(text);
    if (strlen(text) <= LABEL_MAX_LENGTH || !PTREE_DATA(tree)->visible) {
        rst_put_string(tree, tvb, hf, text);
        return;
    }
    item =
        proto_tree_add_string_format(tree, hf, tvb, 0, 0, text, "%s: %.*s", proto_registrar_get_name(hf), length, text);
    proto_item_set_generated(item);
    lines = proto_item_add_subtree(item, ett_rst_lines);
    while (text[length]) {
        text += length + 1;
        length = line_length(text);
        proto_tree_add_subtree_format(lines, tvb, 0, 0, ett_rst_lines, NULL, "%.*s", length, text);
    }
}

proto_tree *rst_put_subtree(proto_tree *tree, tvbuff_t *tvb, int ett, const char *title)
{
    proto_item *item;
    proto_tree *subtree = proto_tree_add_subtree(tree, tvb, 0, 0, ett, &item, title);

    proto_item_set_generated(item);
    return subtree;
}

void rst_put_register(void)
{
    static int *const ett[] = {&ett_rst_lines};

    proto_register_subtree_array(ett, array_length(ett));
}

void rst_put_unfold(void)
{
    tree_expanded_set(ett_rst_lines, TRUE);
}
