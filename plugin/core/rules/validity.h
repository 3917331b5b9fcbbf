/* validity.h
 * Could the receiver accept the reset, and did it?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_VALIDITY_H
#define RST_VALIDITY_H

#include "rules/rule.h"

/* Judged by the numbers: RFC 9293, sections 3.10.7.3 and 3.10.7.4, with RFC 5961, section 3.2. */
rst_validity_t rst_validity_of(const rst_view_t *view);

/* Judged by what the receiver did next. validity = the result of rst_validity_of(). */
rst_truth_t rst_accepted_of(const rst_view_t *view, rst_validity_t validity);

#endif
