/* marks.h
 * What is left of records that gave way: that there was one, and when it was heard of last. A look-up that finds no
 * record asks here whether there never was one.
 *
 * Each mark takes 16 bytes. The places are few, so marks displace each other, the longest past first: then whatever is
 * looked up there may have been displaced, and the answer says so.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_MARKS_H
#define RST_MARKS_H

#include "base/moment.h"
#include "track/keep.h"

typedef enum rst_found {
    RST_NOT_THERE, /* nothing was known of it at that time */
    RST_NOT_KEPT,  /* something may have been known, and gave way */
    RST_FOUND
} rst_found_t;

typedef struct rst_mark_set rst_mark_set_t;

typedef struct rst_marks {
    rst_mark_set_t *set; /* NULL before the first mark */
    uint32_t sets;       /* a power of two */
    const rst_keep_t *keep;
    const rst_memory_t *memory;
} rst_marks_t;

/* They take a small part of what keep may, from memory. */
void rst_marks_open(rst_marks_t *marks, const rst_keep_t *keep, const rst_memory_t *memory);

/* A record with this hash gave way. at = when it was heard of last. */
void rst_marks_put(rst_marks_t *marks, uint32_t hash, rst_moment_t at);

/* Until when something with this hash may have been known that is not anymore; pass_index 0 = nothing. */
rst_moment_t rst_marks_get(const rst_marks_t *marks, uint32_t hash);

#endif
