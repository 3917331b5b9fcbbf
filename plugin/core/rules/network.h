/* network.h
 * Rules for a connection that goes on under the address that reset it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RULES_NETWORK_H
#define RST_RULES_NETWORK_H

#include "rules/rule.h"

extern const rst_rule_t rst_rules_network[]; /* ends with a row whose match is NULL */

#endif
