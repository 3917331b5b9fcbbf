/* fold.c
 * Folding connections, and making them again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/fold.h"

#include "engine/attempts.h"
#include "engine/followers.h"
#include "track/host_table.h"

#define SMB_DIRECT 445
#define SMB_NETBIOS 139
#define RELAYED_AFTER (2 * RST_SECOND) /* a hundred times as long as any proxy takes */
#define WORDS(size) ((unsigned)((size) / sizeof(uint32_t)))

G_STATIC_ASSERT(WORDS(sizeof(rst_folded_t)) <= RST_DELTAS_WORDS);
G_STATIC_ASSERT(sizeof(rst_folded_t) % sizeof(uint32_t) == 0);
G_STATIC_ASSERT(sizeof(rst_closed_summary_t) % sizeof(uint32_t) == 0);

/* Where the parts of one connection lie; NULL = it has none of its own. */
typedef struct parts {
    rst_conn_t *conn;
    rst_direction_t *side, *before;
    rst_story_t *story;
    rst_reset_t *reset;
    rst_tally_t *tally;
    rst_service_t *service;
    rst_host_t *host;
} parts_t;

static unsigned words_of(unsigned kind)
{
    if (kind & RST_FOLDED_BEFORE)
        return WORDS(sizeof(rst_folded_t));
    if (kind & RST_FOLDED_HOST)
        return WORDS(offsetof(rst_folded_t, before));
    if (kind & RST_FOLDED_SERVICE)
        return WORDS(offsetof(rst_folded_t, host));
    return WORDS(offsetof(rst_folded_t, service));
}

static unsigned server_of(const rst_reset_t *reset)
{
    return 1u - reset->client;
}

/* Only what all that can be folded has: story, tally, and the directions as they were when the reset came. */
static bool owns_nothing_else(const rst_conn_t *conn)
{
    const rst_reset_t *reset = conn->record;

    for (const rst_owned_t *owned = conn->owned; owned; owned = owned->next) {
        if (owned->block != reset->story && owned->block != reset->tally && owned->block != reset->direction)
            return false;
    }
    return reset->story && reset->tally && !conn->previous && !conn->opening && !conn->attempt;
}

static bool is_plain_direction(const rst_direction_t *side)
{
    return !side->doubt && !side->stray;
}

static bool is_plain_reset(const rst_conn_t *conn, const rst_reset_t *reset)
{
    return reset->counts && conn->last_reset[reset->from] == reset && !conn->last_reset[1 - reset->from] &&
           conn->revisables == 1 && conn->revisable[0] == reset && conn->story == reset->story &&
           !conn->stray_reset[0] && !conn->stray_reset[1] && !reset->copies && !reset->original && !reset->head &&
           !reset->probes && !reset->habit && !reset->waiting && !reset->waiting_before && !reset->stray_before[0] &&
           !reset->stray_before[1] && (!reset->service || reset->service->options_refused != reset);
}

/* May one of its hosts still pass on its reset, as a proxy does at once? */
static bool may_be_relayed(const rst_conn_t *conn, const rst_host_t *host, rst_moment_t now)
{
    int64_t elapsed = host ? rst_elapsed(host->reset_received, now) : RST_TIME_NONE;

    return host && host->reset_conn == conn && (elapsed == RST_TIME_NONE || elapsed <= RELAYED_AFTER);
}

/* What others learned from the connection, or may still compare with it. */
static bool is_referred_to(const rst_conn_t *conn)
{
    for (unsigned i = 0; i < 2; i++) {
        /* Whether there was another attempt over SMB matters even if it failed, however late. */
        if (conn->port[i] == SMB_DIRECT || conn->port[i] == SMB_NETBIOS)
            return true;
    }
    return conn->failure || conn->past || conn->at_point;
}

bool rst_fold_will_fit(const rst_engine_t *engine, const rst_conn_t *conn)
{
    return conn->records == 1 && conn->resets == 1 && !engine->points.several && !engine->judge.join &&
           is_plain_direction(&conn->direction[0]) && is_plain_direction(&conn->direction[1]) &&
           is_plain_reset(conn, conn->record) && owns_nothing_else(conn) && !is_referred_to(conn);
}

bool rst_fold_fits(const rst_engine_t *engine, const rst_conn_t *conn)
{
    const rst_moment_t now = engine->file.now;

    return rst_fold_will_fit(engine, conn) && !may_be_relayed(conn, conn->host[0], now) &&
           !may_be_relayed(conn, conn->host[1], now);
}

bool rst_fold_is_early(const rst_engine_t *engine, const rst_conn_t *conn)
{
    for (unsigned i = 0; i < 2; i++) {
        const rst_host_t *host = conn->host[i];

        if (host && rst_elapsed(host->reset_received, engine->file.now) != RST_TIME_NONE &&
            may_be_relayed(conn, host, engine->file.now))
            return true;
    }
    return false;
}

static unsigned kind_of(const rst_conn_t *conn)
{
    const rst_reset_t *reset = conn->record;
    rst_host_t *host = reset->host[server_of(reset)];
    unsigned kind = 0;

    if (reset->service && rst_hosts_can_fold_service(reset->service))
        kind |= RST_FOLDED_SERVICE;
    /* Held by the connection and by the reset. */
    if (host && host != reset->host[reset->client] && rst_hosts_can_fold_host(host, 2))
        kind |= RST_FOLDED_HOST;
    if (reset->direction != conn->direction)
        kind |= RST_FOLDED_BEFORE;
    if (reset->from)
        kind |= RST_FOLDED_FROM;
    if (conn->address[0].size == 16)
        kind |= RST_FOLDED_IPV6;
    if (conn->direction[0].segments && conn->direction[1].segments)
        kind |= RST_FOLDED_BOTH;
    return kind;
}

/* Pointers from part to part. */
static void forget_pointers(rst_folded_t *folded, unsigned kind)
{
    unsigned server = server_of(&folded->reset);

    folded->conn.direction = NULL;
    folded->conn.story = NULL;
    folded->conn.record = NULL;
    folded->conn.entry = NULL;
    folded->conn.owned = NULL;
    memset(folded->conn.last_reset, 0, sizeof folded->conn.last_reset);
    memset(folded->conn.revisable, 0, sizeof folded->conn.revisable);
    folded->story.address = NULL;
    folded->story.port = NULL;
    folded->story.first = NULL;
    folded->reset.conn = NULL;
    folded->reset.story = NULL;
    folded->reset.record = NULL;
    folded->reset.tally = NULL;
    folded->reset.direction = NULL;
    if (kind & RST_FOLDED_SERVICE) {
        folded->reset.service = NULL;
        folded->service.run = NULL;
    }
    if (kind & RST_FOLDED_HOST)
        folded->conn.host[server] = folded->reset.host[server] = NULL;
}

static void join_parts(const parts_t *parts, rst_conn_entry_t *entry)
{
    rst_reset_t *reset = parts->reset;
    rst_conn_t *conn = parts->conn;

    conn->direction = parts->side;
    conn->story = parts->story;
    conn->record = conn->last_reset[reset->from] = conn->revisable[0] = reset;
    conn->entry = entry;
    parts->story->address = conn->address;
    parts->story->port = conn->port;
    parts->story->first = reset;
    reset->conn = conn;
    reset->story = parts->story;
    reset->tally = parts->tally;
    reset->direction = parts->before ? parts->before : parts->side;
    if (parts->service) {
        parts->service->run = &parts->service->first_run;
        reset->service = parts->service;
    }
    if (parts->host)
        conn->host[server_of(reset)] = reset->host[server_of(reset)] = parts->host;
}

static void take_parts(rst_folded_t *folded, const rst_conn_t *conn, unsigned kind)
{
    const rst_reset_t *reset = conn->record;

    folded->conn = *conn;
    memcpy(folded->side, conn->direction, sizeof folded->side);
    folded->story = *reset->story;
    folded->reset = *reset;
    folded->tally = *reset->tally;
    if (kind > 0)
        memset(&folded->service, 0, words_of(kind) * sizeof(uint32_t) - offsetof(rst_folded_t, service));
    if (kind & RST_FOLDED_SERVICE)
        folded->service = *reset->service;
    if (kind & RST_FOLDED_HOST)
        folded->host = *reset->host[server_of(reset)];
    if (kind & RST_FOLDED_BEFORE)
        memcpy(folded->before, reset->direction, sizeof folded->before);
    forget_pointers(folded, kind);
}

static void free_parts(rst_engine_t *engine, rst_conn_t *conn, unsigned kind)
{
    const rst_memory_t *memory = &engine->memory;
    rst_reset_t *reset = conn->record;
    rst_owned_t *owned;

    if (kind & RST_FOLDED_SERVICE)
        rst_hosts_fold_service(&engine->hosts, reset->service, reset->id);
    if (kind & RST_FOLDED_HOST)
        rst_hosts_fold_host(&engine->hosts, reset->host[server_of(reset)], reset->id);
    while ((owned = conn->owned) != NULL) {
        conn->owned = owned->next;
        rst_release(memory, owned->block, owned->size);
        rst_release(memory, owned, sizeof *owned);
    }
    rst_release(memory, reset, sizeof *reset);
    rst_release(memory, conn->direction, 2 * sizeof *conn->direction);
    rst_release(memory, conn, sizeof *conn);
}

static const uint8_t *bytes_of(const rst_folded_conn_t *folded)
{
    const uint8_t *block = folded->bytes;

    if (folded->size > RST_FOLDED_ROOM)
        memcpy((void *)&block, folded->bytes, sizeof block);
    return block;
}

static void store(rst_engine_t *engine, rst_conn_entry_t *entry, unsigned kind, const uint8_t *kept, unsigned size)
{
    rst_folded_conn_t *folded = &entry->as.folded;
    uint8_t *block = folded->bytes;

    *folded = (rst_folded_conn_t){.kind = (uint8_t)kind, .size = (uint8_t)size};
    if (size > RST_FOLDED_ROOM) {
        block = engine->memory.alloc(engine->memory.scope, size);
        memcpy(folded->bytes, (const void *)&block, sizeof block);
    }
    memcpy(block, kept, size);
    entry->packed = true;
    entry->folded = !(kind & RST_FOLDED_CLOSED);
    entry->closed_long_ago = !entry->folded;
    engine->fold.count += entry->folded;
}

void rst_fold_closed(rst_engine_t *engine, rst_conn_t *conn)
{
    unsigned kind = RST_FOLDED_CLOSED | (conn->address[0].size == 16 ? RST_FOLDED_IPV6 : 0) |
                    (conn->client > 0 ? RST_FOLDED_FIRST : 0);
    rst_conn_entry_t *entry = conn->entry;
    uint8_t kept[RST_DELTAS_ROOM];
    rst_closed_summary_t summary;
    unsigned size;

    rst_closed_summary_fill(&summary, conn);
    size = rst_deltas_keep(&engine->fold.deltas, kind, &summary, WORDS(sizeof summary), kept);
    if (!size)
        return;
    rst_attempts_forget(engine, conn, false);
    rst_conn_free(conn, &engine->hosts, &engine->memory);
    store(engine, entry, kind, kept, size);
    rst_keep_rate(&engine->keep, &entry->item, RST_VALUE_CLOSED, summary.last_pass_index);
}

void rst_fold_read_closed(const rst_engine_t *engine, const rst_conn_entry_t *entry, rst_closed_summary_t *summary)
{
    rst_deltas_read(&engine->fold.deltas, bytes_of(&entry->as.folded), summary, WORDS(sizeof *summary));
}

void rst_fold_connection(rst_engine_t *engine, rst_conn_t *conn, bool lost)
{
    rst_folded_t *folded = &engine->fold.read[engine->fold.next];
    rst_conn_entry_t *entry = conn->entry;
    uint32_t id = conn->record->id;
    uint8_t kept[RST_DELTAS_ROOM];
    unsigned kind, size;

    for (unsigned i = 0; i < 2; i++) {
        if (conn->host[i] && conn->host[i]->reset_conn == conn)
            conn->host[i]->reset_conn = NULL;
    }
    rst_attempts_forget(engine, conn, lost);
    rst_conn_trim(conn, &engine->memory);
    kind = kind_of(conn);
    take_parts(folded, conn, kind);
    size = rst_deltas_keep(&engine->fold.deltas, kind, folded, words_of(kind), kept);
    if (!size)
        return;
    free_parts(engine, conn, kind);
    store(engine, entry, kind, kept, size);
    rst_roll_is_folded(&engine->roll, id, entry);
}

/* The parts of what has been read, where they lie in it. */
static parts_t parts_in(rst_folded_t *folded, unsigned kind)
{
    return (parts_t){
        .conn = &folded->conn,
        .side = folded->side,
        .before = kind & RST_FOLDED_BEFORE ? folded->before : NULL,
        .story = &folded->story,
        .reset = &folded->reset,
        .tally = &folded->tally,
        .service = kind & RST_FOLDED_SERVICE ? &folded->service : NULL,
        .host = kind & RST_FOLDED_HOST ? &folded->host : NULL,
    };
}

static rst_folded_t *unfold(rst_engine_t *engine, const rst_conn_entry_t *entry)
{
    const rst_folded_conn_t *kept = &entry->as.folded;
    rst_folded_t *folded = &engine->fold.read[engine->fold.next];

    engine->fold.next = (engine->fold.next + 1) % RST_FOLDED_READ;
    rst_deltas_read(&engine->fold.deltas, bytes_of(kept), folded, words_of(kept->kind));
    return folded;
}

const rst_folded_t *rst_fold_read(rst_engine_t *engine, const rst_conn_entry_t *entry)
{
    rst_folded_t *folded = unfold(engine, entry);
    const parts_t parts = parts_in(folded, entry->as.folded.kind);

    join_parts(&parts, (rst_conn_entry_t *)entry);
    return folded;
}

/* As far as the rules look at it: they do not ask for the one before it. */
static rst_reset_t *alone(rst_engine_t *engine, uint32_t id)
{
    const uint8_t *follower = rst_roll_follower(&engine->roll, id);
    rst_reset_t *reset = &engine->fold.read[engine->fold.next].reset;

    if (!follower)
        return (rst_reset_t *)rst_roll_record(&engine->roll, id);
    engine->fold.next = (engine->fold.next + 1) % RST_FOLDED_READ;
    rst_followers_read(engine, follower, reset);
    return reset;
}

/* The record leads to the one before it, wherever that is. */
static const rst_reset_t *with_own_before(rst_engine_t *engine, const rst_reset_t *reset)
{
    rst_reset_t *copy = &engine->fold.read[engine->fold.next].reset;

    if (!reset || reset->own_before || !reset->own_before_id)
        return reset;
    engine->fold.next = (engine->fold.next + 1) % RST_FOLDED_READ;
    *copy = *reset;
    copy->own_before = alone(engine, reset->own_before_id);
    return copy;
}

const rst_reset_t *rst_fold_reset(rst_engine_t *engine, uint32_t id)
{
    const rst_conn_entry_t *entry = rst_roll_folded(&engine->roll, id);

    return entry ? &rst_fold_read(engine, entry)->reset : with_own_before(engine, alone(engine, id));
}

static void *copy_of(const rst_memory_t *memory, const void *block, size_t size)
{
    return memcpy(memory->alloc(memory->scope, size), block, size);
}

void rst_fold_drop(rst_engine_t *engine, rst_conn_entry_t *entry)
{
    const uint8_t *bytes = bytes_of(&entry->as.folded);

    rst_deltas_drop(&engine->fold.deltas, bytes);
    if (bytes != entry->as.folded.bytes)
        rst_release(&engine->memory, (void *)bytes, entry->as.folded.size);
    engine->fold.count -= entry->folded;
    entry->packed = entry->folded = entry->closed_long_ago = false;
}

rst_conn_t *rst_fold_restore(rst_engine_t *engine, rst_conn_entry_t *entry)
{
    const rst_memory_t *memory = &engine->memory;
    const unsigned kind = entry->as.folded.kind;
    const rst_folded_t *folded = unfold(engine, entry);
    const uint32_t id = folded->reset.id;
    const parts_t parts = {
        .conn = copy_of(memory, &folded->conn, sizeof folded->conn),
        .side = copy_of(memory, folded->side, sizeof folded->side),
        .before = kind & RST_FOLDED_BEFORE ? copy_of(memory, folded->before, sizeof folded->before) : NULL,
        .story = copy_of(memory, &folded->story, sizeof folded->story),
        .reset = copy_of(memory, &folded->reset, sizeof folded->reset),
        .tally = copy_of(memory, &folded->tally, sizeof folded->tally),
        .service = kind & RST_FOLDED_SERVICE ? rst_hosts_restore_service(&engine->hosts, &folded->service, id) : NULL,
        .host = kind & RST_FOLDED_HOST ? rst_hosts_restore_host(&engine->hosts, &folded->host, id) : NULL,
    };

    rst_fold_drop(engine, entry);
    join_parts(&parts, entry);
    rst_conn_own(parts.conn, parts.story, sizeof *parts.story, memory);
    rst_conn_own(parts.conn, parts.tally, sizeof *parts.tally, memory);
    if (parts.before)
        rst_conn_own(parts.conn, parts.before, 2 * sizeof *parts.before, memory);
    entry->as.conn = parts.conn;
    rst_roll_is_at(&engine->roll, id, parts.reset);
    return parts.conn;
}

static int compare_latest_first(gconstpointer a, gconstpointer b)
{
    const rst_conn_entry_t *const *one = a;
    const rst_conn_entry_t *const *other = b;

    return ((*one)->item.touched < (*other)->item.touched) - ((*one)->item.touched > (*other)->item.touched);
}

/* Whole records take many times the room. The latest get it, and once it is used up, the others give way as if they had
 * never been folded. */
void rst_fold_restore_all(rst_engine_t *engine)
{
    GPtrArray *folded = g_ptr_array_new();
    GHashTableIter iter;
    gpointer key;

    g_hash_table_iter_init(&iter, engine->table.table);
    while (engine->fold.count && g_hash_table_iter_next(&iter, &key, NULL)) {
        if (((rst_conn_entry_t *)key)->folded)
            g_ptr_array_add(folded, key);
    }
    g_ptr_array_sort(folded, compare_latest_first);
    for (guint i = 0; i < folded->len; i++) {
        rst_conn_entry_t *entry = g_ptr_array_index(folded, i);

        if (rst_keep_is_over(&engine->keep) && entry->item.kept)
            rst_keep_evict(&engine->keep, &entry->item);
        else if (entry->folded)
            rst_fold_restore(engine, entry);
    }
    g_ptr_array_free(folded, TRUE);
    rst_followers_restore_all(engine);
}

static void restore_number(void *owner, uint32_t number)
{
    rst_engine_t *engine = owner;

    rst_fold_restore(engine, rst_roll_folded(&engine->roll, number));
}

static rst_host_t *host_in(void *owner, uint32_t number)
{
    rst_engine_t *engine = owner;
    const rst_conn_entry_t *entry = rst_roll_folded(&engine->roll, number);

    return entry->as.folded.kind & RST_FOLDED_HOST ? (rst_host_t *)&rst_fold_read(engine, entry)->host : NULL;
}

static rst_service_t *service_in(void *owner, uint32_t number)
{
    rst_engine_t *engine = owner;
    const rst_conn_entry_t *entry = rst_roll_folded(&engine->roll, number);

    return entry->as.folded.kind & RST_FOLDED_SERVICE ? (rst_service_t *)&rst_fold_read(engine, entry)->service : NULL;
}

void rst_fold_open(rst_engine_t *engine)
{
    rst_deltas_open(&engine->fold.deltas, &engine->memory);
    engine->fold.read = g_new0(rst_folded_t, RST_FOLDED_READ);
    engine->hosts.folder = (rst_folder_t){engine, restore_number, host_in, service_in};
}

void rst_fold_close(rst_engine_t *engine)
{
    rst_deltas_close(&engine->fold.deltas);
    g_free(engine->fold.read);
}
