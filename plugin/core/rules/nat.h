/* nat.h
 * Rules for resets by a host that translates addresses.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_NAT_H
#define RST_NAT_H

#include "rules/rule.h"

extern const rst_rule_t rst_rules_nat[]; /* ends with a row whose match is NULL */

#endif
