/* at_witness.h
 * What a log says about a reset, next to what the packets say.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_AT_WITNESS_H
#define RST_AT_WITNESS_H

#include "rules/rule.h"
#include "witness/witnesses.h"

/* A device that says it reset the connection settles the verdict, unless the packets contradict it: then both are
 * shown. A device that only saw the reset pass is out of question, and no more. Does nothing without witnesses. */
void rst_at_witness_apply(const rst_view_t *view, const rst_witnesses_t *witnesses);

#endif
