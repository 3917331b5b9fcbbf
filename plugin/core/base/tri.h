/* tri.h
 * The answer to a question about what a table held: yes, no, or not known because that was not kept. It is no number,
 * so that no condition can take "not known" for one of the others.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_TRI_H
#define RST_TRI_H

#include <stdbool.h>

typedef struct rst_tri {
    enum { RST_TRI_NO, RST_TRI_YES, RST_TRI_UNKNOWN } is;
} rst_tri_t;

/* A "no" counts only if all was kept. */
static inline rst_tri_t rst_tri_of(bool yes, bool kept)
{
    return (rst_tri_t){yes ? RST_TRI_YES : kept ? RST_TRI_NO : RST_TRI_UNKNOWN};
}

static inline bool rst_is_yes(rst_tri_t answer)
{
    return answer.is == RST_TRI_YES;
}

static inline bool rst_is_no(rst_tri_t answer)
{
    return answer.is == RST_TRI_NO;
}

#endif
