/* mismatch.h
 * Rules for handshakes with sequence numbers or timestamps that do not match.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RULES_MISMATCH_H
#define RST_RULES_MISMATCH_H

#include "rules/rule.h"

extern const rst_rule_t rst_rules_mismatch[]; /* ends with a row whose match is NULL */

#endif
