/* point_ends.h
 * Which interfaces form a capture point, and at which end of the path it is, as set by the user.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_POINT_ENDS_H
#define RST_POINT_ENDS_H

#include <stdbool.h>
#include <stdint.h>

#define RST_INTERFACES_MAX 16 /* any further ones share the last index */

typedef enum rst_end { RST_END_UNKNOWN, RST_END_CLIENT, RST_END_SERVER, RST_END_MIDDLE } rst_end_t;

typedef struct rst_point_ends {
    /* interfaces of one group are one capture point; RST_INTERFACES_MAX = not mentioned */
    uint8_t group[RST_INTERFACES_MAX];
    uint8_t end[RST_INTERFACES_MAX]; /* rst_end_t */
} rst_point_ends_t;

#define RST_POINT_ENDS_BLANKS " ;" /* separators in the preference point_ends */

/* Nothing is set yet. */
void rst_point_ends_clear(rst_point_ends_t *ends);

/* One entry, "server=1,2-3": its interfaces become a group. False if part of it is invalid; the valid part still
 * counts. */
bool rst_point_ends_state(rst_point_ends_t *ends, const char *entry, unsigned group);

/* All entries of the preference; invalid ones are skipped. Returns whether any interface was mentioned. */
bool rst_point_ends_read(rst_point_ends_t *ends, const char *entries);

#endif
