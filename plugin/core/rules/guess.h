/* guess.h
 * Rules for resets whose sender guessed the sequence number: a single wrong one, or a train of several.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_RULES_GUESS_H
#define RST_RULES_GUESS_H

#include "rules/rule.h"

extern const rst_rule_t rst_rules_guess[]; /* ends with a row whose match is NULL */

#endif
