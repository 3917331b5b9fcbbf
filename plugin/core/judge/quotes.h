/* quotes.h
 * Lines of logs as they are shown: escaped, cut, and never without the place where they stand.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_QUOTES_H
#define RST_QUOTES_H

#include "answer/witness_line.h"
#include "base/memory.h"
#include "witness/witnesses.h"

/* "fw1.log line 4711" */
const char *rst_quotes_place(const rst_testimony_t *testimony, const rst_memory_t *memory);

/* " (rule 'block web')", or "" */
const char *rst_quotes_rule(const rst_kept_t *kept, const rst_memory_t *memory);

/* The rule, or what the record means. */
const char *rst_quotes_words(const rst_kept_t *kept, const rst_memory_t *memory);

/* "fw1.log line 4711: 'text'", with what limits it. */
const char *rst_quotes_evidence(const rst_testimony_t *testimony, const rst_memory_t *memory);

/* The same in parts. Strings are allocated from memory, or live as long as the witnesses. */
rst_witness_line_t rst_quotes_line(const rst_testimony_t *testimony, const rst_memory_t *memory);

/* One sentence on how well the nth log fits the capture; *fits = it was of use. NULL if there is no such log. */
const char *rst_quotes_note(const rst_witnesses_t *witnesses, unsigned nth, const rst_memory_t *memory, bool *fits);

#endif
