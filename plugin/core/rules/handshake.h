/* handshake.h
 * Rules for connections that were reset before any data: races, probes, clients that gave up.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RULES_HANDSHAKE_H
#define RST_RULES_HANDSHAKE_H

#include "rules/rule.h"

extern const rst_rule_t rst_rules_handshake[]; /* ends with a row whose match is NULL */

#endif
