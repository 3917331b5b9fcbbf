/* point_ends.h
 * Which interfaces form a capture point, and at which end of the path it is, as the user says.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_POINT_ENDS_H
#define RST_POINT_ENDS_H

#include <stdbool.h>
#include <stdint.h>

#define RST_INTERFACES_MAX 16 /* further ones share the last */

typedef enum rst_end { RST_END_UNKNOWN, RST_END_CLIENT, RST_END_SERVER, RST_END_MIDDLE } rst_end_t;

typedef struct rst_point_ends {
    uint8_t group[RST_INTERFACES_MAX]; /* interfaces of one group are one point; RST_INTERFACES_MAX = not mentioned */
    uint8_t end[RST_INTERFACES_MAX];   /* rst_end_t */
} rst_point_ends_t;

#define RST_POINT_ENDS_BLANKS " ;" /* between the entries of the preference point_ends */

/* Nothing is said yet. */
void rst_point_ends_clear(rst_point_ends_t *ends);

/* One entry, "server=1,2-3": its interfaces become a group. False when something in it is wrong; what is right in it
 * counts all the same. */
bool rst_point_ends_state(rst_point_ends_t *ends, const char *entry, unsigned group);

/* All entries of the preference; what is wrong is left out. Returns whether any interface was mentioned. */
bool rst_point_ends_read(rst_point_ends_t *ends, const char *entries);

#endif
