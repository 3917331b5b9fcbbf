/* rewritten_between.h
 * Segments that a device between two capture points changed so that their receiver had to reject them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_REWRITTEN_BETWEEN_H
#define RST_REWRITTEN_BETWEEN_H

#include "rules/rule.h"

/* Changes the verdict to header_rewritten if what the reset answers was changed on the way. Returns whether it did. */
bool rst_rewritten_between_apply(const rst_view_t *view);

#endif
