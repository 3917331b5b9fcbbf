/* join_match.h
 * Finds the event of each reset: first the clocks' offsets by vote, then the pairs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_JOIN_MATCH_H
#define RST_JOIN_MATCH_H

#include "trace/join_state.h"

/* Does all of it anew. */
void rst_join_run(rst_join_t *join);

/* Does it for new rows only, with the known clocks. */
void rst_join_run_new(rst_join_t *join);

#endif
