/* finding_tree.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "advice_tree.h"
#include "fields.h"
#include "finding_tree.h"
#include "put.h"
#include "witness_tree.h"

static int hf_rst_finding_count = -1;
static int hf_rst_finding_duration = -1;
static int hf_rst_finding_kind = -1;
static int hf_rst_finding_pattern = -1;
static int hf_rst_finding_summary = -1;
static int hf_rst_foreign = -1;

static int ett_rst_finding = -1;

bool rst_tree_wants_foreign(proto_tree *tree)
{
    return rst_put_wants(tree, hf_rst_foreign);
}

proto_item *rst_tree_add_finding(proto_tree *tree, tvbuff_t *tvb, const rst_finding_t *finding,
                                 const rst_advice_t *advice)
{
    const rst_finding_info_t *info = rst_finding_info(finding->kind);
    proto_item *item = proto_tree_add_string_format_value(tree, hf_rst_finding_kind, tvb, 0, 0, info->token, "%s (%s)",
                                                          info->label, info->token);
    proto_tree *subtree = proto_item_add_subtree(item, ett_rst_finding);

    proto_item_set_generated(item);
    rst_put_uint_unless_0(subtree, tvb, hf_rst_finding_count, finding->count);
    rst_put_duration(subtree, tvb, hf_rst_finding_duration, finding->duration);
    rst_put_string(subtree, tvb, hf_rst_finding_pattern, finding->pattern);
    rst_put_root_string(tree, tvb, hf_rst_finding_summary, finding->summary);
    rst_witness_tree_add(subtree, tvb, finding->witness, finding->witnesses);
    rst_advice_tree_add_to_finding(tree, tvb, advice);
    return item;
}

proto_item *rst_tree_add_foreign(proto_tree *tree, tvbuff_t *tvb, const char *text)
{
    proto_item *item = proto_tree_add_string(tree, hf_rst_foreign, tvb, 0, 0, text);

    proto_item_set_generated(item);
    return item;
}

static hf_register_info hf[] = {
    STRING_FIELD(hf_rst_finding_kind, "Failure without a reset", "finding.kind",
                 "syn_timeout, silent_give_up, icmp_unreachable"),
    STRING_FIELD(hf_rst_finding_summary, "Summary of the failure", "finding.summary", "What failed, in one sentence"),
    NUMBER_FIELD(hf_rst_finding_count, "Count", "finding.count", FT_UINT16, "Segments that went unanswered"),
    DURATION_FIELD(hf_rst_finding_duration, "Duration", "finding.duration", "From the first to the last of them"),
    STRING_FIELD(hf_rst_finding_pattern, "Pattern", "finding.pattern", "A known pattern that this failure shows"),
    STRING_FIELD(hf_rst_foreign, "Does not fit its side", "foreign",
                 "What does not fit in a packet that bears the address of a side but does not come from there: "
                 "sequence number, acknowledgment number, hop distance, timestamp, checksum"),
};

void rst_finding_tree_register(int proto)
{
    static int *const ett[] = {&ett_rst_finding};

    proto_register_field_array(proto, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
}

void rst_finding_tree_unfold(void)
{
    tree_expanded_set(ett_rst_finding, TRUE);
}

void rst_finding_tree_own_fold(proto_item *item)
{
    rst_put_fold(item, ett_rst_finding);
}
