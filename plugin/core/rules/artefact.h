/* artefact.h
 * Rules for resets that are not events of the connection: copies made by the capture, impossible flags.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RULES_ARTEFACT_H
#define RST_RULES_ARTEFACT_H

#include "rules/rule.h"

extern const rst_rule_t rst_rules_artefact[]; /* ends with a row whose match is NULL */

#endif
