/* forget.c
 * Taking a connection and its resets out of memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/forget.h"

#include "engine/attempts.h"
#include "engine/closing.h"
#include "engine/failures.h"
#include "engine/fold.h"
#include "engine/followers.h"
#include "engine/past.h"
#include "engine/remains.h"
#include "track/visits.h"

#define HOG_PART 16     /* of the memory: what one connection may hold while others have to go */
#define RESET_SIZE 1024 /* bytes that a reset takes up, about, */
#define FOLLOWER_SIZE 48 /* and one that is folded */
#define TABLE_PLACE 24  /* bytes of a hash table for one entry, on average */

static rst_conn_entry_t *entry_of(const rst_keep_item_t *item)
{
    return (rst_conn_entry_t *)item;
}

static const rst_conn_t *conn_of(const rst_conn_entry_t *entry)
{
    return entry->packed ? NULL : entry->as.conn;
}

/* Of one side, with nothing but resets from the other. */
static rst_value_t one_side_value(const rst_conn_t *conn, const rst_direction_t *side)
{
    const bool several = side->segments > 2 || side->data_segments;

    if (conn->record)
        return several ? RST_VALUE_ONE_SIDE : RST_VALUE_REFUSED;
    return side->segments > 1 && (several || !(side->known & RST_DIRECTION_SYN)) ? RST_VALUE_ONE_SIDE : RST_VALUE_LONE;
}

static rst_value_t value_of(const rst_conn_t *conn)
{
    const rst_direction_t *side = conn->direction;

    if (side[0].segments && side[1].segments)
        return conn->record ? RST_VALUE_STORY : RST_VALUE_BOTH;
    if (side[0].segments || side[1].segments)
        return one_side_value(conn, side[0].segments ? &side[0] : &side[1]);
    return conn->record ? RST_VALUE_LONE_RESET : RST_VALUE_LONE;
}

static void add(rst_engine_t *engine, rst_keep_item_t *item, rst_value_t value)
{
    rst_keep_charge(&engine->keep, RST_KIND_CONNS, TABLE_PLACE);
    rst_keep_add(&engine->keep, item, RST_KIND_CONNS, value, engine->file.now.pass_index);
}

/* A kernel trace is compared with all resets in the end, so those may not go, at whichever capture point they are. */
static bool is_needed(const rst_engine_t *engine, const rst_conn_entry_t *entry)
{
    const rst_conn_t *conn = conn_of(entry);
    const rst_conn_at_point_t *view = conn ? conn->at_point : NULL;

    for (; engine->judge.join && conn; conn = view ? view->conn : NULL) {
        if (conn->record)
            return true;
        view = view ? view->view : NULL;
    }
    return false;
}

void rst_forget_rate(rst_engine_t *engine, rst_conn_entry_t *entry, const rst_conn_t *conn)
{
    rst_keep_item_t *item = &entry->item;
    uint32_t now = engine->file.now.pass_index;
    rst_value_t value = conn ? value_of(conn) : RST_VALUE_LONE;

    if (is_needed(engine, entry))
        rst_keep_remove(&engine->keep, item);
    else if (!item->kept)
        add(engine, item, value);
    else if (item->value == RST_VALUE_CLOSED || value > item->value)
        rst_keep_rate(&engine->keep, item, value, now);
    else
        rst_keep_touch(&engine->keep, item, now);
}

/* Asked only of what might be worth more than it seemed when it was last heard of. */
static rst_value_t value_now(const void *owner, const rst_keep_item_t *item)
{
    const rst_conn_t *conn = conn_of(entry_of(item));

    return conn && item->value < RST_VALUE_STORY && rst_findings_has(owner, conn) ? RST_VALUE_STORY
                                                                                  : (rst_value_t)item->value;
}

static bool is_silent(const void *owner, const rst_keep_item_t *item)
{
    const rst_engine_t *engine = owner;
    const rst_conn_t *conn = conn_of(entry_of(item));
    const int64_t limit = (int64_t)engine->file.prefs.silent_s * RST_SECOND;
    const rst_conn_at_point_t *view = conn ? conn->at_point : NULL;

    for (; conn; conn = view ? view->conn : NULL) {
        if (!rst_conn_is_silent(conn, engine->file.now, limit))
            return false;
        view = view ? view->view : NULL;
    }
    return true;
}

void rst_forget_list(rst_engine_t *engine, rst_conn_t *conn, rst_reset_t *reset)
{
    reset->at = engine->file.now;
    rst_roll_add(&engine->roll, reset);
    rst_keep_charge(&engine->keep, RST_KIND_CONNS, sizeof(rst_listed_t));
    reset->record = conn->record;
    conn->record = reset;
    reset->place = ++conn->records;
}

static void leave_service(rst_reset_t *reset)
{
    if (reset->waiting)
        reset->waiting->waiting_before = reset->waiting_before;
    if (reset->waiting_before)
        reset->waiting_before->waiting = reset->waiting;
    else if (reset->service && reset->service->options_refused == reset)
        reset->service->options_refused = reset->waiting;
}

/* Only from now on may its record be released. */
static void leave_reset(rst_engine_t *engine, rst_reset_t *reset)
{
    rst_roll_remove(&engine->roll, reset->id);
    leave_service(reset);
    rst_hosts_leave_habit(&engine->hosts, reset->host[reset->client], reset->service, &reset->habit);
    rst_service_drop(&engine->hosts, reset->service);
    for (unsigned i = 0; i < 2; i++) {
        if (reset->host[i] && reset->host[i]->reset_conn == reset->conn)
            reset->host[i]->reset_conn = NULL;
        rst_host_drop(&engine->hosts, reset->host[i]);
    }
    rst_attempt_leave(reset->sibling, &engine->memory);
}

static void drop_conn(rst_engine_t *engine, rst_conn_t *conn)
{
    rst_reset_t *reset;

    rst_closing_leave(engine, conn);
    rst_attempts_forget(engine, conn, true);
    rst_findings_leave(engine, conn);
    rst_past_leave(engine, conn);
    while ((reset = conn->record) != NULL) {
        conn->record = reset->record;
        leave_reset(engine, reset);
        rst_release(&engine->memory, reset, sizeof *reset);
    }
    rst_followers_each(engine, conn, leave_reset);
    rst_followers_free(engine, conn);
    rst_conn_free(conn, &engine->hosts, &engine->memory);
}

static void drop_views(rst_engine_t *engine, rst_conn_t *table_conn)
{
    rst_conn_at_point_t *view = table_conn->at_point;

    while (view) {
        rst_conn_at_point_t *next = view->view;
        rst_conn_t *conn = view->conn;

        rst_at_point_drop(&engine->points, view);
        drop_conn(engine, conn);
        view = next;
    }
}

/* While all is still in place: at several points, one reset is judged with the others. */
static void keep_verdicts(rst_engine_t *engine, const rst_conn_t *conn)
{
    const rst_conn_at_point_t *view = conn ? conn->at_point : NULL;

    for (; conn; conn = view ? view->conn : NULL) {
        if (conn->record)
            rst_remains_note(engine, conn);
        view = view ? view->view : NULL;
    }
}

/* When it was last heard of at any capture point: more precise than what the queue says. */
static uint32_t last_of(const rst_conn_entry_t *entry)
{
    const rst_conn_t *conn = conn_of(entry);
    const rst_conn_at_point_t *view = conn ? conn->at_point : NULL;
    uint32_t last = entry->item.touched;

    for (; conn; conn = view ? view->conn : NULL) {
        last = MAX(last, conn->last.pass_index);
        view = view ? view->view : NULL;
    }
    return last;
}

/* Only the door calls this, before it has looked up anything. */
static void evict(void *owner, rst_keep_item_t *item)
{
    rst_engine_t *engine = owner;
    rst_conn_entry_t *entry = entry_of(item);

    if (entry->folded)
        rst_fold_restore(engine, entry);
    rst_ghosts_note(&engine->ghosts, &engine->keep, entry->key, entry->key_words, last_of(entry),
                    (rst_value_t)item->value);
    keep_verdicts(engine, conn_of(entry));
    if (!entry->packed && entry->as.conn && entry->as.conn->at_point)
        drop_views(engine, entry->as.conn);
    else if (!entry->packed && entry->as.conn)
        drop_conn(engine, entry->as.conn);
    if (entry->closed_long_ago)
        rst_fold_drop(engine, entry);
    rst_conn_table_remove(&engine->table, entry, &engine->memory);
    rst_keep_refund(&engine->keep, RST_KIND_CONNS, TABLE_PLACE);
}

/* Resets without end on the same addresses and ports do not displace other connections. */
static bool is_hog(const rst_engine_t *engine, const rst_conn_entry_t *entry)
{
    const rst_conn_t *conn = conn_of(entry);
    const rst_conn_at_point_t *view = conn ? conn->at_point : NULL;
    uint64_t size = 0;

    for (; conn; conn = view ? view->conn : NULL) {
        size += (uint64_t)(conn->records - conn->folded) * RESET_SIZE + (uint64_t)conn->folded * FOLLOWER_SIZE;
        view = view ? view->view : NULL;
    }
    return size > engine->keep.limit / HOG_PART;
}

void rst_forget_make_room(rst_engine_t *engine, const rst_segment_t *segment)
{
    unsigned from;
    rst_conn_entry_t *entry = rst_conn_table_peek(&engine->table, segment, &from);

    engine->pool.tight = true;
    if (entry && entry->item.kept && is_hog(engine, entry))
        rst_keep_evict(&engine->keep, &entry->item);
    rst_keep_make_room(&engine->keep);
}

void rst_forget_open(rst_engine_t *engine)
{
    static const rst_keep_kind_t can = {evict, is_silent, value_now};

    rst_remains_open(engine);
    rst_keep_own(&engine->keep, RST_KIND_CONNS, engine, &can);
}

void rst_forget_close(rst_engine_t *engine)
{
    rst_remains_close(engine);
}
