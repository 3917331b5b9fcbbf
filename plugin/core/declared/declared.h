/* declared.h
 * Reasons that a reset itself states: MPTCP options, an IETF diagnostic payload, F5 or other text (RFC 1122, section
 * 4.2.2.12), the window field of NetScaler, the trailer of captures taken on a BIG-IP. Each has a small decoder in this
 * folder.
 *
 * What a packet says can be forged: it is shown as a statement, escaped, and compared with the history.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_DECLARED_H
#define RST_DECLARED_H

#include <stdbool.h>

#include "base/memory.h"
#include "declared/decoder.h"
#include "facts/prefs.h"
#include "track/reset.h"

/* Asks the decoders that prefs enables. texts = false omits declared.text where it would have to be allocated. */
rst_statement_t rst_declared_read(const rst_reset_t *reset, const rst_prefs_t *prefs, const rst_memory_t *memory,
                                  bool texts);

#endif
