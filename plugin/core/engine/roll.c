/* roll.c
 * Finding resets by id and by frame.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/roll.h"

#define UNIT 4 /* bytes; all that the roll leads to lies at a multiple of it */
#define FOLDED 1
#define FOLLOWS 2

static rst_listed_t *listed_at(const rst_roll_t *roll, uint32_t place)
{
    return &g_array_index(roll->listed, rst_listed_t, place);
}

void rst_roll_open(rst_roll_t *roll)
{
    roll->listed = g_array_new(FALSE, FALSE, sizeof(rst_listed_t));
}

void rst_roll_close(rst_roll_t *roll)
{
    g_array_free(roll->listed, TRUE);
}

void rst_roll_add(rst_roll_t *roll, rst_reset_t *reset)
{
    const rst_listed_t listed = {reset->at.pass_index, (uintptr_t)reset};

    g_array_append_val(roll->listed, listed);
    reset->id = roll->listed->len;
}

void rst_roll_is_at(rst_roll_t *roll, uint32_t id, rst_reset_t *reset)
{
    listed_at(roll, id - 1)->where = (uintptr_t)reset;
}

void rst_roll_is_folded(rst_roll_t *roll, uint32_t id, const struct rst_conn_entry *entry)
{
    listed_at(roll, id - 1)->where = (uintptr_t)entry + FOLDED;
}

void rst_roll_follows(rst_roll_t *roll, uint32_t id, const uint8_t *follower)
{
    listed_at(roll, id - 1)->where = (uintptr_t)follower + FOLLOWS;
}

void rst_roll_remove(rst_roll_t *roll, uint32_t id)
{
    listed_at(roll, id - 1)->where = 0;
}

static uintptr_t where_is(const rst_roll_t *roll, uint32_t id)
{
    return id && id <= roll->listed->len ? listed_at(roll, id - 1)->where : 0;
}

struct rst_conn_entry *rst_roll_folded(const rst_roll_t *roll, uint32_t id)
{
    uintptr_t where = where_is(roll, id);

    return where % UNIT == FOLDED ? (struct rst_conn_entry *)(where - FOLDED) : NULL;
}

const uint8_t *rst_roll_follower(const rst_roll_t *roll, uint32_t id)
{
    uintptr_t where = where_is(roll, id);

    return where % UNIT == FOLLOWS ? (const uint8_t *)(where - FOLLOWS) : NULL;
}

const rst_reset_t *rst_roll_record(const rst_roll_t *roll, uint32_t id)
{
    uintptr_t where = where_is(roll, id);

    return where % UNIT ? NULL : (const rst_reset_t *)where;
}

static bool begins_at(const rst_roll_t *roll, uint32_t place, uint32_t pass_index)
{
    return place < roll->listed->len && listed_at(roll, place)->pass_index >= pass_index &&
           (!place || listed_at(roll, place - 1)->pass_index < pass_index);
}

/* The first that is not before the pass_index. */
static uint32_t place_of(const rst_roll_t *roll, uint32_t pass_index)
{
    uint32_t low = 0, high = roll->listed->len;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (listed_at(roll, middle)->pass_index < pass_index)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t rst_roll_first(rst_roll_t *roll, uint32_t pass_index)
{
    if (!pass_index || !roll->listed->len)
        return 0;
    if (begins_at(roll, roll->found + 1, pass_index))
        roll->found++;
    else if (!begins_at(roll, roll->found, pass_index))
        roll->found = place_of(roll, pass_index);
    return rst_roll_came_at(roll, roll->found + 1, pass_index) ? roll->found + 1 : 0;
}
