/* decoder.h
 * The interface of the decoders, one for each way in which a reset states its reason.
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

/* What a statement is worth by itself, before anybody asks whether the packets contradict it. */
typedef enum rst_statement_kind {
    RST_MEANING_CLEAR,  /* it says what it says */
    RST_MEANING_UNSURE, /* it belongs to something that this connection may or may not use: only an alternative */
    RST_MEANING_NONE,   /* it belongs to something that this connection does not use */
    RST_MEANING_CHANCE  /* it may be no statement at all: only an alternative, not shown as stated */
} rst_statement_kind_t;

typedef struct rst_statement {
    rst_declared_t declared; /* source NULL = the reset states nothing */
    rst_cause_t cause;       /* the cause it maps to; RST_CAUSE_DECLARED if it maps to none */
    rst_cause_t when_idle;   /* replaces cause after a silence; RST_CAUSE_COUNT = no difference */
    rst_cause_t when_open;   /* replaces cause in the middle of a conversation; RST_CAUSE_COUNT = no difference */
    uint8_t confidence;
    rst_statement_kind_t meaning;
    bool of_device;  /* only devices of a kind write such a statement, or somebody who wants to be taken for one */
    bool unique;     /* and it is too long to be a chance: where nothing contradicts it, such a device wrote it */
    bool shown;      /* more than the statement itself shows that such a device wrote it */
    const char *why; /* a fact about the statement that makes it credible or not, or NULL */
} rst_statement_t;

/* A decoder returns false if it does not recognize its format, and the next one is asked. Without memory it makes no
 * texts. */
typedef bool rst_declared_reader_t(const rst_reset_t *reset, const rst_memory_t *memory, rst_statement_t *statement);

/* Payload bytes are its text, which is NULL without memory. */
void rst_declared_quote(rst_declared_t *declared, const rst_memory_t *memory, const uint8_t *bytes, size_t length);

#endif
