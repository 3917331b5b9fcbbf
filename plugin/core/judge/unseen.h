/* unseen.h
 * What nobody knows about a reset because the capture lacks packets of its connection. That there is no answer, no
 * trigger, no packet in a silence means something only where the capture lost nothing at that time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_UNSEEN_H
#define RST_UNSEEN_H

#include "rules/rule.h"

#define RST_UNSEEN_MOST 69          /* "probably" at best */
#define RST_UNSEEN_MOST_ACCUSING 49 /* what may clear the accused is missing: "perhaps" */

/* RST_NEEDS_: of the absences that this row rests on, those that may be losses of the capture. */
uint32_t rst_unseen_by(const rst_view_t *view, const rst_rule_t *rule);

/* Says what is missing. */
void rst_unseen_tell(const rst_view_t *view, uint32_t unseen);

#endif
