/* cisco_built.h
 * Connections that a Cisco firewall reported as built: the record of the end names neither who began nor the mapped
 * addresses.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_CISCO_BUILT_H
#define RST_CISCO_BUILT_H

#include "logs/cisco_end.h"

#define RST_CISCO_BUILT_MAX 32768 /* a newer connection displaces one that falls into the same place */

typedef struct rst_cisco_known {
    uint64_t number;
    rst_log_end_t mapped[2];
    uint32_t pair; /* of the real ends: numbers are reused, and each unit counts for itself */
    bool known, second_began;
} rst_cisco_known_t;

typedef struct rst_cisco_built {
    rst_cisco_known_t known[RST_CISCO_BUILT_MAX];
} rst_cisco_built_t;

/* ends in the order in which they are written. */
void rst_cisco_remember(rst_cisco_built_t *built, uint64_t number, const rst_cisco_end_t ends[2], bool second_began);

/* NULL if the connection of that number is not known, or was one between other ends. */
const rst_cisco_known_t *rst_cisco_recall(const rst_cisco_built_t *built, uint64_t number,
                                          const rst_cisco_end_t ends[2]);

#endif
