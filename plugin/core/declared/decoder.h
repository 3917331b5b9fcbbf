/* decoder.h
 * The decoders of what a reset says about itself, one for each form.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_DECODER_H
#define RST_DECODER_H

#include "declared/declared.h"

/* The decoders. One that does not recognise its form returns false, and the next one is asked. Without memory they make
 * no texts. */
typedef bool rst_declared_reader_t(const rst_reset_t *reset, const rst_memory_t *memory, rst_statement_t *statement);

/* Payload bytes as a text, NULL without memory. */
const char *rst_declared_text(const rst_memory_t *memory, const uint8_t *bytes, size_t length);

#endif
