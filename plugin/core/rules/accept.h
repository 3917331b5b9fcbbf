/* accept.h
 * Rules for a server whose kernel had accepted a connection that its application never received.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RULES_ACCEPT_H
#define RST_RULES_ACCEPT_H

#include "rules/rule.h"

extern const rst_rule_t rst_rules_accept[]; /* ends with a row whose match is NULL */

#endif
