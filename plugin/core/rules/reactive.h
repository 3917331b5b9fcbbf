/* reactive.h
 * Rules for resets that answer a segment of an open or closing connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RULES_REACTIVE_H
#define RST_RULES_REACTIVE_H

#include "rules/rule.h"

extern const rst_rule_t rst_rules_reactive[]; /* ends with a row whose match is NULL */

#endif
