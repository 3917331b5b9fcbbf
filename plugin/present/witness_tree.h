/* witness_tree.h
 * What logs say about a reset or a failure, as protocol fields.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_WITNESS_TREE_H
#define RST_WITNESS_TREE_H

#include <epan/packet.h>

#include "answer/witness_line.h"

void rst_witness_tree_register(int proto);

/* The lines are expanded at first. */
void rst_witness_tree_unfold(void);

/* Does anything need one of these fields? */
bool rst_witness_tree_is_wanted(proto_tree *tree);

/* The lines go to the item of a reset, or to the root beside that of a finding. */
void rst_witness_tree_add(proto_tree *tree, tvbuff_t *tvb, const rst_witness_line_t *line, unsigned count);

/* How well a log fits the capture; note may be NULL. */
void rst_witness_tree_add_note(proto_item *item, tvbuff_t *tvb, const char *note);

#endif
