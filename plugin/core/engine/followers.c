/* followers.c
 * Folding resets of one connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/followers.h"

/* Of one connection, so many of the latest resets keep their records. What still changes earlier ones goes back at most
 * 16, as far as segments are remembered that a reset may answer (ring.h), or by the resets that are revisable. */
#define LATEST 20
#define REACH (3 * LATEST) /* those further back have been looked at before */
#define BLOCK 1024         /* bytes */
#define HEAD 2             /* bytes before each: where it lies in its block, and its size, in steps of four bytes */
#define WORDS ((unsigned)(sizeof(rst_reset_t) / sizeof(uint32_t)))

G_STATIC_ASSERT(sizeof(rst_reset_t) % sizeof(uint32_t) == 0);
G_STATIC_ASSERT(sizeof(rst_followers_t) % 4 == 0 && BLOCK / 4 <= 1 + UINT8_MAX);

static unsigned padded(unsigned size)
{
    return (size + HEAD + 3) & ~3u;
}

/* Resets of one connection resemble each other most. */
static unsigned kind_of(const rst_conn_t *conn)
{
    const unsigned kinds = RST_DELTAS_KINDS - RST_FOLDED_FOLLOWERS;

    return RST_FOLDED_FOLLOWERS + (unsigned)((uintptr_t)conn / sizeof *conn % kinds);
}

static bool fits(const rst_conn_t *conn, const rst_reset_t *reset)
{
    if (!reset->counts || !reset->let_go || reset->story->first == reset || reset->original || reset->copies ||
        reset->habit || reset->waiting || reset->waiting_before || reset->at_point)
        return false;
    if (reset->service && reset->service->options_refused == reset)
        return false;
    for (unsigned i = 0; i < 2; i++) {
        if (conn->last_reset[i] == reset || conn->stray_reset[i] == reset)
            return false;
        if (conn->last_reset[i] && conn->last_reset[i]->own_before == reset) /* the last one, if that is discounted */
            return false;
    }
    for (unsigned i = 0; i < conn->revisables; i++) {
        if (conn->revisable[i] == reset)
            return false;
    }
    return true;
}

static rst_followers_t *block_for(rst_engine_t *engine, rst_conn_t *conn, unsigned size)
{
    rst_followers_t *block = conn->followers;

    if (block && sizeof *block + block->used + size <= BLOCK)
        return block;
    block = engine->memory.alloc(engine->memory.scope, BLOCK);
    *block = (rst_followers_t){.before = conn->followers, .conn = conn};
    conn->followers = block;
    return block;
}

/* Returns whether the record is no longer needed. */
static bool fold(rst_engine_t *engine, rst_conn_t *conn, rst_reset_t *reset)
{
    uint8_t kept[RST_DELTAS_ROOM];
    rst_reset_t image = *reset;
    rst_followers_t *block;
    unsigned size;
    uint8_t *at;

    image.conn = NULL;
    image.record = NULL;
    image.own_before = NULL;
    size = rst_deltas_keep(&engine->fold.deltas, kind_of(conn), &image, WORDS, kept);
    if (!size)
        return false;
    block = block_for(engine, conn, padded(size));
    at = block->bytes + block->used;
    at[0] = (uint8_t)(block->used / 4);
    at[1] = (uint8_t)(padded(size) / 4);
    memcpy(at + HEAD, kept, size);
    block->used = (uint16_t)(block->used + padded(size));
    conn->folded++;
    rst_roll_follows(&engine->roll, reset->id, at);
    return true;
}

/* Those after it keep its id. */
static void unlink(rst_conn_t *conn, rst_reset_t *later, const rst_reset_t *reset)
{
    for (rst_reset_t *own = conn->record; own != reset; own = own->record) {
        if (own->own_before == reset)
            own->own_before = NULL;
    }
    later->record = reset->record;
}

void rst_followers_fold(rst_engine_t *engine, rst_conn_t *conn)
{
    rst_reset_t *later = conn->record;

    if (conn->records < 2 * LATEST || conn->records % LATEST || engine->judge.join || conn->at_point)
        return;
    for (unsigned i = 1; i < LATEST && later; i++)
        later = later->record;
    for (unsigned i = LATEST; i < REACH && later && later->record; i++) {
        rst_reset_t *reset = later->record;

        if (!fits(conn, reset) || !fold(engine, conn, reset)) {
            later = reset;
            continue;
        }
        unlink(conn, later, reset);
        rst_release(&engine->memory, reset, sizeof *reset);
    }
}

static const rst_followers_t *block_of(const uint8_t *follower)
{
    return (const rst_followers_t *)(const void *)(follower - 4u * follower[0] -
                                                   offsetof(rst_followers_t, bytes));
}

void rst_followers_read(const rst_engine_t *engine, const void *follower, rst_reset_t *reset)
{
    const uint8_t *bytes = follower;

    rst_deltas_read(&engine->fold.deltas, bytes + HEAD, reset, WORDS);
    reset->conn = block_of(bytes)->conn;
}

void rst_followers_each(rst_engine_t *engine, const rst_conn_t *conn,
                        void (*see)(rst_engine_t *engine, rst_reset_t *reset))
{
    for (const rst_followers_t *block = conn->followers; block; block = block->before) {
        for (unsigned at = 0; at < block->used; at += 4u * block->bytes[at + 1]) {
            rst_reset_t reset;

            rst_followers_read(engine, block->bytes + at, &reset);
            see(engine, &reset);
        }
    }
}

void rst_followers_free(rst_engine_t *engine, rst_conn_t *conn)
{
    rst_followers_t *block;

    while ((block = conn->followers) != NULL) {
        conn->followers = block->before;
        for (unsigned at = 0; at < block->used; at += 4u * block->bytes[at + 1])
            rst_deltas_drop(&engine->fold.deltas, block->bytes + at + HEAD);
        rst_release(&engine->memory, block, BLOCK);
    }
    conn->folded = 0;
}

static int compare_latest(const void *a, const void *b)
{
    const rst_reset_t *left = *(const rst_reset_t *const *)a;
    const rst_reset_t *right = *(const rst_reset_t *const *)b;

    return (left->id < right->id) - (left->id > right->id);
}

/* The records of the followers, the latest first. */
static GPtrArray *read_all(rst_engine_t *engine, const rst_conn_t *conn)
{
    GPtrArray *resets = g_ptr_array_new();

    for (const rst_followers_t *block = conn->followers; block; block = block->before) {
        for (unsigned at = 0; at < block->used; at += 4u * block->bytes[at + 1]) {
            rst_reset_t *reset = engine->memory.alloc(engine->memory.scope, sizeof *reset);

            rst_followers_read(engine, block->bytes + at, reset);
            rst_roll_is_at(&engine->roll, reset->id, reset);
            g_ptr_array_add(resets, reset);
        }
    }
    g_ptr_array_sort(resets, compare_latest);
    return resets;
}

/* They go back to their places among the records of the connection. */
static void restore(rst_engine_t *engine, rst_conn_t *conn)
{
    GPtrArray *resets = read_all(engine, conn);
    rst_reset_t **place = &conn->record;

    for (guint i = 0; i < resets->len; i++) {
        rst_reset_t *reset = g_ptr_array_index(resets, i);

        while (*place && (*place)->id > reset->id)
            place = &(*place)->record;
        reset->record = *place;
        *place = reset;
    }
    g_ptr_array_free(resets, TRUE);
    for (rst_reset_t *reset = conn->record; reset; reset = reset->record) {
        if (reset->own_before_id)
            reset->own_before = (rst_reset_t *)rst_roll_record(&engine->roll, reset->own_before_id);
    }
    rst_followers_free(engine, conn);
}

void rst_followers_restore_all(rst_engine_t *engine)
{
    GHashTableIter iter;
    gpointer key;

    g_hash_table_iter_init(&iter, engine->table.table);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        const rst_conn_entry_t *entry = key;

        if (!entry->packed && entry->as.conn && entry->as.conn->followers)
            restore(engine, entry->as.conn);
    }
}
