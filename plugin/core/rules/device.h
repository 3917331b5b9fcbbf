/* device.h
 * Rules for a device between the hosts that ends connections: after a silence, or at both ends at once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RULES_DEVICE_H
#define RST_RULES_DEVICE_H

#include "rules/rule.h"

extern const rst_rule_t rst_rules_device[]; /* ends with a row whose match is NULL */

#endif
