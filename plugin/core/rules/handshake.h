/* handshake.h
 * Rules for handshakes that the host's own stack reset.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RULES_HANDSHAKE_H
#define RST_RULES_HANDSHAKE_H

#include "rules/rule.h"

extern const rst_rule_t rst_rules_handshake[]; /* ends with a row whose match is NULL */

#endif
