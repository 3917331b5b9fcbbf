/* decoder.h
 * The decoders of what a reset says about itself, one for each form.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_DECODER_H
#define RST_DECODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "answer/verdict.h"
#include "base/memory.h"
#include "track/reset.h"

typedef struct rst_statement {
    rst_declared_t declared; /* source NULL = the reset states nothing */
    rst_cause_t cause;       /* the cause it maps to; RST_CAUSE_DECLARED when it maps to none */
    rst_cause_t when_idle;   /* instead of it, when nothing had been sent for a while; RST_CAUSE_COUNT = the same */
    uint8_t confidence;
    bool hint;       /* may mean something else: only an alternative, nothing is shown as stated */
    const char *why; /* fact that makes the statement believable, or NULL */
} rst_statement_t;

/* The decoders. One that does not recognise its form returns false, and the next one is asked. Without memory they make
 * no texts. */
typedef bool rst_declared_reader_t(const rst_reset_t *reset, const rst_memory_t *memory, rst_statement_t *statement);

/* Payload bytes as a text, NULL without memory. */
const char *rst_declared_text(const rst_memory_t *memory, const uint8_t *bytes, size_t length);

#endif
