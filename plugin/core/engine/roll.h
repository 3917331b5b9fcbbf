/* roll.h
 * The roll of all resets, in file order, by their ids: twelve bytes each, wherever the record is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_ROLL_H
#define RST_ROLL_H

#include <glib.h>

#include "track/reset.h"

struct rst_conn_entry;

/* where = the record of the reset, or the entry of its connection plus 1 if that is folded (fold.h), or plus 2 where it
 * is kept among the followers (followers.h); 0 = it had to go. */
#pragma pack(push, 4)
typedef struct rst_listed {
    uint32_t pass_index;
    uintptr_t where;
} rst_listed_t;
#pragma pack(pop)
_Static_assert(sizeof(rst_listed_t) == sizeof(uint32_t) + sizeof(uintptr_t), "the roll is packed");

typedef struct rst_roll {
    GArray *listed; /* rst_listed_t, by id minus 1 */
    uint32_t found; /* place that was found last: frames are shown in their order */
} rst_roll_t;

void rst_roll_open(rst_roll_t *roll);
void rst_roll_close(rst_roll_t *roll);

/* Adds the next reset and gives it its id. */
void rst_roll_add(rst_roll_t *roll, rst_reset_t *reset);

void rst_roll_is_at(rst_roll_t *roll, uint32_t id, rst_reset_t *reset);
void rst_roll_is_folded(rst_roll_t *roll, uint32_t id, const struct rst_conn_entry *entry);
void rst_roll_follows(rst_roll_t *roll, uint32_t id, const uint8_t *follower);
void rst_roll_remove(rst_roll_t *roll, uint32_t id);

/* Ids are 1 to this. */
static inline uint32_t rst_roll_count(const rst_roll_t *roll)
{
    return roll->listed->len;
}

/* Where the reset is among the followers, otherwise NULL. */
const uint8_t *rst_roll_follower(const rst_roll_t *roll, uint32_t id);

/* The record of the reset, NULL if it had to go or is folded. */
const rst_reset_t *rst_roll_record(const rst_roll_t *roll, uint32_t id);

/* The entry of the connection if that is folded, otherwise NULL. */
struct rst_conn_entry *rst_roll_folded(const rst_roll_t *roll, uint32_t id);

/* The id of the first reset that came at a pass_index; those of one frame follow each other. 0 = none. */
uint32_t rst_roll_first(rst_roll_t *roll, uint32_t pass_index);

/* Did a reset come at a pass_index? */
static inline bool rst_roll_came_at(const rst_roll_t *roll, uint32_t id, uint32_t pass_index)
{
    return id && id <= roll->listed->len && g_array_index(roll->listed, rst_listed_t, id - 1).pass_index == pass_index;
}

#endif
