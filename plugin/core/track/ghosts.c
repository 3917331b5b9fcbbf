/* ghosts.c
 * The table of what had to go.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "track/ghosts.h"

#include "base/siphash.h"

#define GHOSTS_SHARE 16 /* one byte of so many is for ghosts */
#define VALUES ((1u << RST_GHOST_VALUE_BITS) - 1)

_Static_assert(RST_VALUES <= VALUES + 1, "a ghost has room for each value");

static uint64_t hash_of(const uint64_t *key, unsigned words)
{
    static const rst_secret_t fixed = {{UINT64_C(0x676f6e65206275), UINT64_C(0x74206e6f7420)}};

    return rst_siphash_words(&fixed, key, words - 1, key[words - 1]);
}

static void open(rst_ghosts_t *ghosts, rst_keep_t *keep)
{
    const rst_memory_t memory = rst_keep_memory(keep, RST_KIND_CONNS);
    const uint64_t room = keep->limit / GHOSTS_SHARE / (RST_GHOST_ROW * sizeof *ghosts->ghost);

    ghosts->rows = 1;
    while (ghosts->rows <= room / 2)
        ghosts->rows *= 2;
    ghosts->ghost = rst_alloc0(&memory, (size_t)ghosts->rows * RST_GHOST_ROW * sizeof *ghosts->ghost);
}

static rst_ghost_t *row_of(const rst_ghosts_t *ghosts, uint64_t hash)
{
    return &ghosts->ghost[(hash >> 32 & (ghosts->rows - 1)) * RST_GHOST_ROW];
}

static bool is_same(const rst_ghost_t *ghost, uint32_t tag)
{
    return ghost->last && (ghost->tag | VALUES) == (tag | VALUES);
}

rst_value_t rst_ghost_value(rst_ghost_t ghost)
{
    return (rst_value_t)(ghost.tag & VALUES);
}

/* Is a of less use than b? */
static bool is_less(const rst_ghost_t *a, const rst_ghost_t *b)
{
    if (!a->last || !b->last)
        return !a->last && b->last;
    if (rst_ghost_value(*a) != rst_ghost_value(*b))
        return rst_ghost_value(*a) < rst_ghost_value(*b);
    return a->last < b->last;
}

void rst_ghosts_note(rst_ghosts_t *ghosts, rst_keep_t *keep, const uint64_t *key, unsigned words, uint32_t last,
                     rst_value_t value)
{
    const uint64_t hash = hash_of(key, words);
    rst_ghost_t ghost = {((uint32_t)hash & ~VALUES) | value, last};
    rst_ghost_t *row, *place;

    if (!ghosts->ghost)
        open(ghosts, keep);
    row = place = row_of(ghosts, hash);
    for (unsigned i = 0; i < RST_GHOST_ROW; i++) {
        if (is_same(&row[i], ghost.tag)) {
            place = &row[i];
            break;
        }
        if (is_less(&row[i], place))
            place = &row[i];
    }
    if (is_same(place, ghost.tag) && rst_ghost_value(*place) > value)
        ghost.tag = place->tag;
    *place = ghost;
}

rst_ghost_t rst_ghosts_find(const rst_ghosts_t *ghosts, const uint64_t *key, unsigned words)
{
    const uint64_t hash = hash_of(key, words);
    const rst_ghost_t *row;

    if (!ghosts->ghost)
        return (rst_ghost_t){0, 0};
    row = row_of(ghosts, hash);
    for (unsigned i = 0; i < RST_GHOST_ROW; i++) {
        if (is_same(&row[i], (uint32_t)hash))
            return row[i];
    }
    return (rst_ghost_t){0, 0};
}
