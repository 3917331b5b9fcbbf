/* unwanted_data.h
 * Rules for a host that aborts because of the data it receives.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RULES_UNWANTED_DATA_H
#define RST_RULES_UNWANTED_DATA_H

#include "rules/rule.h"

extern const rst_rule_t rst_rules_unwanted_data[]; /* ends with a row whose match is NULL */

#endif
