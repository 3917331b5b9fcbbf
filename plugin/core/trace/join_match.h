/* join_match.h
 * Finds the event of each reset: votes on the clocks' offsets, then the pairs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_JOIN_MATCH_H
#define RST_JOIN_MATCH_H

#include "trace/join_state.h"

/* The whole work anew. */
void rst_join_run(rst_join_t *join);

/* Only the rows that came since, by what is known of the clocks. */
void rst_join_run_new(rst_join_t *join);

#endif
