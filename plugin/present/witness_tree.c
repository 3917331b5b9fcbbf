/* witness_tree.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "base/moment.h"
#include "fields.h"
#include "put.h"
#include "witness_tree.h"

static int hf_rst_witness_ambiguous = -1;
static int hf_rst_witness_clock_error = -1;
static int hf_rst_witness_file = -1;
static int hf_rst_witness_format = -1;
static int hf_rst_witness_line = -1;
static int hf_rst_witness_meaning = -1;
static int hf_rst_witness_note = -1;
static int hf_rst_witness_rule = -1;
static int hf_rst_witness_text = -1;

static int ett_rst_witness = -1;

bool rst_witness_tree_is_wanted(proto_tree *tree)
{
    const int fields[] = {hf_rst_witness_ambiguous, hf_rst_witness_clock_error, hf_rst_witness_file,
                          hf_rst_witness_format,    hf_rst_witness_line,        hf_rst_witness_meaning,
                          hf_rst_witness_rule,      hf_rst_witness_text};

    return rst_put_is_wanted(tree, fields, array_length(fields));
}

void rst_witness_tree_add(proto_tree *tree, tvbuff_t *tvb, const rst_witness_line_t *line, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        proto_item *item = rst_put_long_string(tree, tvb, hf_rst_witness_text, line[i].text);
        proto_tree *subtree = item ? proto_item_add_subtree(item, ett_rst_witness) : tree;

        rst_put_string(subtree, tvb, hf_rst_witness_file, line[i].file);
        rst_put_uint(subtree, tvb, hf_rst_witness_line, line[i].line);
        rst_put_string(subtree, tvb, hf_rst_witness_format, line[i].format);
        rst_put_string(subtree, tvb, hf_rst_witness_meaning, line[i].meaning);
        rst_put_string(subtree, tvb, hf_rst_witness_rule, line[i].rule);
        if (line[i].clock_error != RST_TIME_NONE)
            rst_put_duration(subtree, tvb, hf_rst_witness_clock_error, line[i].clock_error);
        rst_put_boolean(subtree, tvb, hf_rst_witness_ambiguous, line[i].ambiguous);
    }
}

void rst_witness_tree_add_note(proto_item *item, tvbuff_t *tvb, const char *note)
{
    rst_put_long_string(proto_item_get_subtree(item), tvb, hf_rst_witness_note, note);
}

static hf_register_info hf[] = {
    STRING_FIELD(hf_rst_witness_text, "Witness", "witness.text",
                 "What a log says about this connection: the line, escaped and cut to 300 characters"),
    STRING_FIELD(hf_rst_witness_file, "Log", "witness.file", "Name of that log"),
    NUMBER_FIELD(hf_rst_witness_line, "Line", "witness.line", FT_UINT32, "Number of the line in it"),
    STRING_FIELD(hf_rst_witness_format, "Format", "witness.format", "By which reader the line was understood"),
    STRING_FIELD(hf_rst_witness_meaning, "Meaning", "witness.meaning",
                 "What the line says: allowed, dropped, rejected, opened, closed_normally, reset_by_src, reset_by_dst, "
                 "reset_by_device, idle_timeout, handshake_timeout, no_listener, mention, other, or a cause"),
    STRING_FIELD(hf_rst_witness_rule, "Rule", "witness.rule", "The rule, policy or filter that the line names"),
    DURATION_FIELD(hf_rst_witness_clock_error, "Clocks agree within", "witness.clock_error",
                   "How far the line's time may be from that of the packets; absent where numbers of the packet found "
                   "it"),
    BOOLEAN_FIELD(hf_rst_witness_ambiguous, "Ambiguous", "witness.ambiguous",
                  "Whether the line may be about another connection; then it changes nothing"),
    STRING_FIELD(hf_rst_witness_note, "Note", "witness.note",
                 "How well each log matches this capture, at its first reset or failure"),
};

void rst_witness_tree_register(int proto)
{
    static int *const ett[] = {&ett_rst_witness};

    proto_register_field_array(proto, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
}

void rst_witness_tree_unfold(void)
{
    tree_expanded_set(ett_rst_witness, TRUE);
}
