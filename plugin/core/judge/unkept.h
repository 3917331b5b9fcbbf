/* unkept.h
 * What nobody knows about a reset because the tables had no room for it. That no other connection speaks against a
 * verdict means something only where the other connections were kept.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_UNKEPT_H
#define RST_UNKEPT_H

#include "rules/rule.h"

#define RST_UNKEPT_MOST 69          /* "probably" at best */
#define RST_UNKEPT_MOST_ACCUSING 49 /* what may clear the accused is missing: "perhaps" */

/* RST_NEEDS_: what of the time around this reset was not kept. */
uint32_t rst_unkept_of(const rst_reset_t *reset, const rst_host_found_t *host, const rst_service_found_t *service);

/* The same, as far as this row rests on it. */
uint32_t rst_unkept_by(const rst_view_t *view, const rst_rule_t *rule, bool accusation);

/* Says what is missing. */
void rst_unkept_tell(const rst_view_t *view, uint32_t unkept);

#endif
