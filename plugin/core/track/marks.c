/* marks.c
 * Implementation for the marks of records that gave way.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/marks.h"

#define WAYS 4
#define SETS_MAX 65536
#define MARKS_PART 64 /* of the memory, for the marks of each table */

typedef struct mark {
    int64_t time;
    uint32_t pass_index; /* 0 = free */
    uint32_t hash;
} mark_t;

struct rst_mark_set {
    mark_t mark[WAYS];
    rst_moment_t displaced; /* the latest mark that found no room */
};

void rst_marks_open(rst_marks_t *marks, const rst_keep_t *keep, const rst_memory_t *memory)
{
    *marks = (rst_marks_t){.keep = keep, .memory = memory};
}

/* Not before the first mark, when the limit is final. */
static void make_sets(rst_marks_t *marks)
{
    const uint64_t bytes = marks->keep->limit / MARKS_PART;

    marks->sets = 1;
    while (marks->sets < SETS_MAX && 2 * marks->sets * sizeof *marks->set <= bytes)
        marks->sets *= 2;
    marks->set = rst_alloc0(marks->memory, marks->sets * sizeof *marks->set);
}

static rst_mark_set_t *set_of(const rst_marks_t *marks, uint32_t hash)
{
    return &marks->set[hash & (marks->sets - 1)];
}

/* The mark of the same hash, or a free one, or the longest past. */
static mark_t *place_of(rst_mark_set_t *set, uint32_t hash)
{
    mark_t *place = &set->mark[0];

    for (unsigned i = 0; i < WAYS; i++) {
        if (set->mark[i].pass_index && set->mark[i].hash == hash)
            return &set->mark[i];
        if (set->mark[i].pass_index < place->pass_index)
            place = &set->mark[i];
    }
    return place;
}

void rst_marks_put(rst_marks_t *marks, uint32_t hash, rst_moment_t at)
{
    rst_mark_set_t *set;
    mark_t *place;

    if (!marks->set)
        make_sets(marks);
    set = set_of(marks, hash);
    place = place_of(set, hash);
    if (place->pass_index && place->hash != hash && place->pass_index > set->displaced.pass_index)
        set->displaced = (rst_moment_t){place->pass_index, place->time};
    *place = (mark_t){at.time, at.pass_index, hash};
}

rst_moment_t rst_marks_get(const rst_marks_t *marks, uint32_t hash)
{
    rst_mark_set_t *set;
    mark_t *place;

    if (!marks->set)
        return (rst_moment_t){0, RST_TIME_NONE};
    set = set_of(marks, hash);
    place = place_of(set, hash);
    if (place->pass_index && place->hash == hash)
        return (rst_moment_t){place->pass_index, place->time};
    return set->displaced;
}
