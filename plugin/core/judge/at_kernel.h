/* at_kernel.h
 * What the sender's own kernel says about a reset, joined from a trace that was recorded beside the capture.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_KERNEL_H
#define RST_KERNEL_H

#include "rules/rule.h"

/* Revises a verdict by what the kernels of both ends reported. Does nothing without a trace. */
void rst_at_kernel_apply(const rst_view_t *view);

#endif
