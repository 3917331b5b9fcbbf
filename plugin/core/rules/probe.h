/* probe.h
 * Rules for clients that only check whether a service is there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RULES_PROBE_H
#define RST_RULES_PROBE_H

#include "rules/rule.h"

extern const rst_rule_t rst_rules_probe[]; /* ends with a row whose match is NULL */

#endif
