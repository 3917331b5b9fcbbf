/* rows.h
 * What the rows of the rules allow a verdict to say about the sender.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_FUZZ_ROWS_H
#define RST_FUZZ_ROWS_H

#include "answer/verdict.h"
#include "scene.h"

/* Ends the program if no row with the cause of the verdict names such a sender. Where other points, a kernel or the
 * reset itself have a say, nothing is checked. */
void rows_audit(const rst_verdict_t *verdict, const scene_t *scene);

#endif
