/* index.c
 * Open addressing with linear probing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/index.h"

#include <glib.h>

#define SMALLEST 64

void rst_index_close(rst_index_t *index)
{
    g_free(index->place);
}

static void put(rst_index_t *index, rst_index_place_t place)
{
    uint32_t at = place.hash & (index->places - 1);

    while (index->place[at].number)
        at = (at + 1) & (index->places - 1);
    index->place[at] = place;
}

static size_t grow(rst_index_t *index)
{
    const rst_index_t old = *index;

    index->places = old.places ? 2 * old.places : SMALLEST;
    index->place = g_new0(rst_index_place_t, index->places);
    for (uint32_t i = 0; i < old.places; i++) {
        if (old.place[i].number)
            put(index, old.place[i]);
    }
    g_free(old.place);
    return (index->places - old.places) * sizeof *index->place;
}

size_t rst_index_add(rst_index_t *index, uint32_t hash, uint32_t number)
{
    size_t grown = index->used >= index->places / 4 * 3 ? grow(index) : 0;

    put(index, (rst_index_place_t){hash, number});
    index->used++;
    return grown;
}

/* Those behind the hole move up, except where they would come before their own place. */
static void close_hole(rst_index_t *index, uint32_t hole)
{
    const uint32_t mask = index->places - 1;

    for (uint32_t at = (hole + 1) & mask; index->place[at].number; at = (at + 1) & mask) {
        uint32_t home = index->place[at].hash & mask;

        if (((at - home) & mask) < ((at - hole) & mask))
            continue;
        index->place[hole] = index->place[at];
        hole = at;
    }
    index->place[hole].number = 0;
}

void rst_index_remove(rst_index_t *index, uint32_t hash, uint32_t number)
{
    const uint32_t mask = index->places - 1;

    if (!index->used)
        return;
    for (uint32_t at = hash & mask; index->place[at].number; at = (at + 1) & mask) {
        if (index->place[at].number != number || index->place[at].hash != hash)
            continue;
        close_hole(index, at);
        index->used--;
        return;
    }
}

uint32_t rst_index_find(const rst_index_t *index, uint32_t hash, uint32_t *at)
{
    const uint32_t mask = index->places - 1;

    if (!index->used)
        return 0;
    for (;; ++*at) {
        rst_index_place_t place = index->place[(hash + *at) & mask];

        if (!place.number)
            return 0;
        if (place.hash == hash) {
            ++*at;
            return place.number;
        }
    }
}
