/* expert.h
 * Expert information: one filter name per cause, with a severity that says how bad it is if true.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_EXPERT_H
#define RST_EXPERT_H

#include <epan/packet.h>

#include "engine/engine.h"

void rst_expert_register(int proto);

/* Whether anything collects expert information (-z expert, the dialog) or asks the tree for its fields. */
bool rst_expert_wanted(proto_tree *tree);

/* Is the status bar still waiting for a higher severity? It shows the highest in the file, even if nobody views the
 * packet. */
bool rst_expert_status_waits(void);

/* item may be NULL: the column, the tap and the status bar work without a tree. */
void rst_expert_add(packet_info *pinfo, proto_item *item, const rst_verdict_t *verdict);
void rst_expert_add_finding(packet_info *pinfo, proto_item *item, const rst_finding_t *finding);
void rst_expert_add_problem(packet_info *pinfo, proto_item *item, rst_severity_t severity, uint32_t number,
                            const char *title);
void rst_expert_add_foreign(packet_info *pinfo, proto_item *item, const char *text);

#endif
