/* notes.h
 * Claims that changed although nothing that concerns them did. They end the program; with RST_FUZZ_NOTES=FOLDER in the
 * environment, one input of each kind is kept there instead, so that a long run goes on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_FUZZ_NOTES_H
#define RST_FUZZ_NOTES_H

#include <stddef.h>

#include "answer/verdict.h"

/* The input that runs now. */
void notes_input(const uint8_t *data, size_t size);

/* what = kind of check. */
void notes_take(const char *what, const rst_verdict_t *one, const rst_verdict_t *other);

#endif
