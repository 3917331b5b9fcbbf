/* no_connection.h
 * Rules for a sender that does not have this connection, or no longer has it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RULES_NO_CONNECTION_H
#define RST_RULES_NO_CONNECTION_H

#include "rules/rule.h"

extern const rst_rule_t rst_rules_no_connection[]; /* ends with a row whose match is NULL */

#endif
