/* strangers.h
 * The packets that bear an address of the connection but do not fit it, as evidence of a verdict.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_STRANGERS_H
#define RST_STRANGERS_H

#include "rules/rule.h"

/* Names them, those nearest to the reset, and says what does not fit. They have changed nothing about the verdict,
 * except where the reset answers one. */
void rst_strangers_name(const rst_view_t *view);

#endif
