/* advice_tree.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "advice_tree.h"
#include "fields.h"
#include "put.h"

static int hf_rst_advice = -1;
static int hf_rst_advice_command = -1;
static int hf_rst_advice_step = -1;
static int hf_rst_finding_advice = -1;
static int hf_rst_finding_advice_command = -1;
static int hf_rst_finding_advice_step = -1;

static int ett_rst_advice = -1;

bool rst_tree_wants_advice(proto_tree *tree)
{
    const int fields[] = {hf_rst_advice,         hf_rst_advice_step,         hf_rst_advice_command,
                          hf_rst_finding_advice, hf_rst_finding_advice_step, hf_rst_finding_advice_command};

    return rst_put_is_wanted(tree, fields, array_length(fields));
}

/* Without the brackets of generated items, so that a line of text output can be pasted. The label has all of it: no
 * command is so long. */
static void add_command(proto_tree *tree, tvbuff_t *tvb, int step, int command, const char *text)
{
    proto_tree_add_string_format(tree, step, tvb, 0, 0, text, "%s", text);
    rst_put_hidden(proto_tree_add_string(tree, command, tvb, 0, 0, text));
}

static void add_steps(proto_tree *tree, tvbuff_t *tvb, const rst_advice_t *advice, int step, int command)
{
    for (unsigned i = 0; i < advice->steps; i++) {
        if (advice->step[i].command)
            add_command(tree, tvb, step, command, advice->step[i].text);
        else
            rst_put_long_string(tree, tvb, step, advice->step[i].text);
    }
}

void rst_advice_tree_add(proto_tree *tree, tvbuff_t *tvb, const rst_advice_t *advice)
{
    proto_item *item = advice ? rst_put_long_string(tree, tvb, hf_rst_advice, advice->meaning) : NULL;

    if (item)
        add_steps(proto_item_add_subtree(item, ett_rst_advice), tvb, advice, hf_rst_advice_step, hf_rst_advice_command);
}

void rst_advice_tree_add_to_finding(proto_tree *tree, tvbuff_t *tvb, const rst_advice_t *advice)
{
    proto_item *item = advice ? rst_put_root_string(tree, tvb, hf_rst_finding_advice, advice->meaning) : NULL;

    if (item)
        add_steps(proto_item_add_subtree(item, ett_rst_advice), tvb, advice, hf_rst_finding_advice_step,
                  hf_rst_finding_advice_command);
}

static hf_register_info hf[] = {
    STRING_FIELD(hf_rst_advice, "Advice", "advice", "What it means, in one sentence"),
    STRING_FIELD(hf_rst_advice_step, "Step", "advice.step",
                 "What to do next, in order: a sentence, or a command that can be pasted as it is"),
    STRING_FIELD(hf_rst_advice_command, "Command", "advice.command", "The commands among the steps, in the same order"),
    STRING_FIELD(hf_rst_finding_advice, "Advice on the failure", "finding.advice", "What it means, in one sentence"),
    STRING_FIELD(hf_rst_finding_advice_step, "Step", "finding.advice.step",
                 "What to do next, in order: a sentence, or a command that can be pasted as it is"),
    STRING_FIELD(hf_rst_finding_advice_command, "Command", "finding.advice.command",
                 "The commands among the steps, in the same order"),
};

void rst_advice_tree_register(int proto)
{
    static int *const ett[] = {&ett_rst_advice};

    proto_register_field_array(proto, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
}

void rst_advice_tree_unfold(void)
{
    tree_expanded_set(ett_rst_advice, TRUE);
}
