/* at_kernel.h
 * What the sender's own kernel says about a reset, from a trace that was recorded alongside the capture.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_AT_KERNEL_H
#define RST_AT_KERNEL_H

#include "rules/rule.h"
#include "trace/join.h"

/* Revises a verdict according to what the kernels at both ends reported. Does nothing without a trace. */
void rst_at_kernel_apply(const rst_view_t *view, rst_join_t *join);

/* One sentence on how well the trace fits the capture; *fits = it was of use. NULL if there is no trace. */
const char *rst_at_kernel_note(rst_join_t *join, const rst_memory_t *memory, bool *fits);

#endif
