/* expert.h
 * Expert information: one filter name per cause, its severity by the confidence.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_EXPERT_H
#define RST_EXPERT_H

#include <epan/packet.h>

#include "engine/engine.h"

void rst_expert_register(int proto);

/* Whether somebody collects expert information (-z expert, the dialog), or asks the tree for its fields. */
bool rst_expert_wanted(proto_tree *tree);

/* Does the status bar still wait for a higher severity? It shows the highest of the file, also when nobody looks at the
 * packet. */
bool rst_expert_status_waits(void);

/* item may be NULL: the column, the tap and the status bar work without a tree. server = address:port; NULL where
 * nobody reads the text, which are the column and the status bar. */
void rst_expert_add(packet_info *pinfo, proto_item *item, const rst_verdict_t *verdict, const char *server);
void rst_expert_add_finding(packet_info *pinfo, proto_item *item, const rst_finding_t *finding);

#endif
