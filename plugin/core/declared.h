/* declared.h
 * Reasons that the reset itself states: MPTCP options, an IETF diagnostic payload, F5 or other text (RFC 1122, 4.2.2.12).
 *
 * What a packet says can be forged: it is shown as said, escaped, and compared with the history.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_DECLARED_H
#define RST_DECLARED_H

#include "case.h"

typedef struct rst_statement {
    rst_declared_t declared; /* source NULL = the reset states nothing */
    rst_cause_t cause;       /* the cause it maps to; RST_CAUSE_DECLARED when it maps to none */
    uint8_t confidence;
} rst_statement_t;

/* texts = false leaves declared.text out. */
rst_statement_t rst_declared_read(const rst_case_t *reset, const rst_memory_t *memory, bool texts);

#endif
