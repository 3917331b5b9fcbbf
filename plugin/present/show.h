/* show.h
 * What a frame has to show: its resets, its finding, what does not fit in it. In the tree, the Info column, Expert
 * Information and the tap, and in each only if somebody looks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_SHOW_H
#define RST_SHOW_H

#include <epan/packet.h>

#include "ending.h"
#include "engine/engine.h"

/* The open file; memory from wmem_file_scope(). */
typedef struct rst_file {
    rst_engine_t *engine;      /* or NULL: no file is open, and nothing is to be shown */
    uint32_t noted_reset;      /* carries the note about the kernel trace */
    const char *trace_problem; /* why that trace is not used, or NULL */
    unsigned logs;             /* that the user named */
    const char **log_problem;  /* of each: why it could not be read, or NULL; not yet read = NULL */
} rst_file_t;

/* Registers the tap. What open holds at the time is shown. */
void rst_show_register(const rst_file_t *open);

bool rst_show_is_tapped(void);

void rst_show_reset(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, uint32_t id);

/* How the verdict on that reset came about, into the log. On each visit: of the verdicts that a frame had, the last one
 * holds. */
void rst_show_why(packet_info *pinfo, uint32_t id);

/* Known as soon as the packet is read. */
void rst_show_foreign(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

/* Both are known once the whole file has been read: from the second visit on. */
void rst_show_finding(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);
void rst_show_reset_in(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

/* Only the tap has these: TCP layers that the plugin could not see, and that this packet is the last. */
void rst_show_missed(packet_info *pinfo, unsigned missed);
void rst_show_end(packet_info *pinfo, rst_ending_kind_t kind);

#endif
