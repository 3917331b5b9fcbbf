/* reactive.h
 * Rules for a sender that had closed when it answered a segment with a reset.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RULES_REACTIVE_H
#define RST_RULES_REACTIVE_H

#include "rules/rule.h"

extern const rst_rule_t rst_rules_reactive[]; /* ends with a row whose match is NULL */

#endif
