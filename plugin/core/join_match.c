/* join_match.c
 * Implementation for pairs of resets and events: votes on the clocks' offsets, then the pairs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join_state.h"

#define VOTES_OF_ROW 32 /* events that one reset is compared with */
#define VOTES_MAX 2000000
#define OWN_CLOCK 3 /* votes from which a host's own offset is believed */

static const rst_event_t *events_of(const rst_join_t *join, const rst_row_t *row, unsigned *count)
{
    const rst_conn_t *conn = row->reset->conn;
    unsigned x = row->reset->x;

    return rst_trace_between(join->trace->sent, &conn->address[x], conn->port[x], &conn->address[1 - x],
                             conn->port[1 - x], count);
}

/* Those of the receiver's kernel. */
static const rst_event_t *receipts_of(const rst_join_t *join, const rst_row_t *row, unsigned *count)
{
    const rst_conn_t *conn = row->reset->conn;
    unsigned x = row->reset->x;

    return rst_trace_between(join->trace->received, &conn->address[1 - x], conn->port[1 - x], &conn->address[x],
                             conn->port[x], count);
}

static void vote(GArray *votes, const rst_event_t *events, unsigned count, const rst_row_t *row, unsigned index,
                 unsigned clock, bool sent)
{
    unsigned from = row->nth > VOTES_OF_ROW / 4 ? row->nth - VOTES_OF_ROW / 4 : 0;

    if (from + VOTES_OF_ROW > count)
        from = count > VOTES_OF_ROW ? count - VOTES_OF_ROW : 0;
    for (unsigned i = from; i < count && i < from + VOTES_OF_ROW; i++) {
        rst_vote_t one = {row->reset->at.time - events[i].time, clock, index};

        if (!sent || events[i].active == row->active)
            g_array_append_val(votes, one);
    }
}

static GArray *take_votes(rst_join_t *join)
{
    GArray *votes = g_array_new(FALSE, FALSE, sizeof(rst_vote_t));
    unsigned step = 1 + join->rows->len / (VOTES_MAX / VOTES_OF_ROW / 2);

    for (unsigned i = 0; i < join->rows->len; i += step) {
        const rst_row_t *row = rst_join_row(join, i);
        unsigned count;
        const rst_event_t *events = events_of(join, row, &count);

        vote(votes, events, count, row, i, row->clock, true);
        events = receipts_of(join, row, &count);
        vote(votes, events, count, row, i, rst_join_clock_of(join, &row->reset->conn->address[1 - row->reset->x]),
             false);
    }
    g_array_sort(votes, rst_vote_compare);
    return votes;
}

/* Each host's own offset; where its resets are too few, the one that all agree on. */
static void set_clocks(rst_join_t *join)
{
    GArray *votes = take_votes(join);
    const rst_vote_t *vote = (const rst_vote_t *)(void *)votes->data;
    rst_mode_t all = {0};
    rst_mode_t mode;
    bool agreed;

    for (unsigned i = 0; i < join->clocks->len; i++) {
        rst_join_clock(join, i)->known = false;
        rst_join_clock(join, i)->matched = 0;
    }
    for (unsigned from = 0, to = 0; from < votes->len; from = to) {
        rst_host_clock_t *clock = rst_join_clock(join, vote[from].clock);

        while (to < votes->len && vote[to].clock == vote[from].clock)
            to++;
        if (!rst_vote_mode(vote + from, to - from, &mode) || mode.count < OWN_CLOCK)
            continue;
        clock->known = true;
        clock->offset = mode.offset;
        clock->anchor =
            rst_join_row(join, mode.row)->clock == vote[from].clock ? rst_join_row(join, mode.row)->place : 0;
    }
    for (unsigned i = 0; i < votes->len; i++)
        g_array_index(votes, rst_vote_t, i).clock = 0;
    g_array_sort(votes, rst_vote_compare);
    agreed = rst_vote_mode(vote, votes->len, &all);
    for (unsigned i = 0; agreed && i < join->clocks->len; i++) {
        rst_host_clock_t *clock = rst_join_clock(join, i);

        if (clock->known)
            continue;
        clock->known = true;
        clock->offset = all.offset;
        clock->anchor = 0;
    }
    g_array_free(votes, TRUE);
}

static int64_t distance(const rst_row_t *row, const rst_event_t *event, int64_t offset)
{
    return ABS(row->reset->at.time - offset - event->time);
}

/* As many events as resets: they belong together in order. */
static const rst_event_t *in_order(const rst_row_t *row, const rst_event_t *events, unsigned count)
{
    const rst_event_t *found = NULL;
    unsigned same = 0;

    if (count > RST_JOIN_NEAR)
        return NULL;
    for (unsigned i = 0; i < count; i++) {
        if (events[i].active != row->active)
            continue;
        if (same++ == row->nth)
            found = &events[i];
    }
    return same == row->chain->count ? found : NULL;
}

static const rst_event_t *nearest(const rst_row_t *row, const rst_event_t *events, unsigned count, int64_t offset,
                                  int64_t tolerance)
{
    const rst_event_t *found = NULL;
    int64_t time = row->reset->at.time - offset;
    unsigned low = 0;
    unsigned high = count;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;

        if (events[middle].time < time - tolerance)
            low = middle + 1;
        else
            high = middle;
    }
    for (unsigned i = low; i < count && i < low + RST_JOIN_NEAR && events[i].time <= time + tolerance; i++) {
        if (events[i].active == row->active &&
            (!found || distance(row, &events[i], offset) < distance(row, found, offset)))
            found = &events[i];
    }
    return found;
}

/* No other reset of the chain lies nearer to the event. */
static bool is_mutual(const rst_join_t *join, const rst_row_t *row, const rst_event_t *event, int64_t offset)
{
    int64_t own = distance(row, event, offset);

    return (row->previous == RST_JOIN_NONE || distance(rst_join_row(join, row->previous), event, offset) >= own) &&
           (row->next == RST_JOIN_NONE || distance(rst_join_row(join, row->next), event, offset) > own);
}

/* misses gets how far the pair lies from the offset as it was followed; it may be NULL. */
static void match(const rst_join_t *join, rst_row_t *row, rst_host_clock_t *clock, GArray *misses)
{
    int64_t offset = rst_drift_offset(&clock->track, clock->offset);
    unsigned count;
    const rst_event_t *events = events_of(join, row, &count);
    const rst_event_t *event = in_order(row, events, count);
    int64_t miss;

    row->sent = NULL;
    /* The only reset and the only event of these ends need not be as punctual as those of a train. */
    if (!event || distance(row, event, offset) > (row->chain->count == 1 ? RST_JOIN_TOLERANCE : clock->tolerance)) {
        event = nearest(row, events, count, offset, clock->tolerance);
        if (!event || !is_mutual(join, row, event, offset))
            return;
    }
    miss = distance(row, event, offset);
    row->sent = event;
    clock->matched++;
    rst_drift_add(&clock->track, row->reset->at.time - event->time);
    if (misses)
        g_array_append_val(misses, miss);
}

/* From the row where the votes lie, to both ends. Returns how far pairs lie from the offset. */
static int64_t match_host(const rst_join_t *join, rst_host_clock_t *clock, int64_t tolerance)
{
    GArray *misses = g_array_new(FALSE, FALSE, sizeof(int64_t));
    int64_t spread;

    clock->tolerance = tolerance;
    clock->matched = 0;
    clock->track.count = 0;
    for (unsigned i = clock->anchor; i-- > 0;)
        match(join, rst_join_row(join, g_array_index(clock->rows, unsigned, i)), clock, misses);
    clock->track.count = 0;
    for (unsigned i = clock->anchor; i < clock->rows->len; i++)
        match(join, rst_join_row(join, g_array_index(clock->rows, unsigned, i)), clock, misses);
    spread = rst_spread((int64_t *)(void *)misses->data, misses->len);
    g_array_free(misses, TRUE);
    return spread;
}

/* A listening socket's event names no peer, and may not even name the own address. */
static void match_listener(rst_join_t *join, rst_row_t *row, GHashTable *used)
{
    static const rst_address_t any;
    const rst_conn_t *conn = row->reset->conn;
    const rst_host_clock_t *clock = rst_join_clock(join, row->clock);
    unsigned x = row->reset->x;

    for (unsigned i = 0; i < 2 && !row->sent && !row->active; i++) {
        unsigned count;
        const rst_event_t *events =
            rst_trace_between(join->trace->sent, i ? &any : &conn->address[x], conn->port[x], &any, 0, &count);
        const rst_event_t *event = nearest(row, events, count, clock->offset, clock->tolerance);

        if (event && g_hash_table_add(used, (gpointer)event))
            row->sent = event;
    }
}

static void match_receipt(rst_join_t *join, rst_row_t *row)
{
    const rst_host_clock_t *clock =
        rst_join_clock(join, rst_join_clock_of(join, &row->reset->conn->address[1 - row->reset->x]));
    unsigned count;
    const rst_event_t *events = receipts_of(join, row, &count);

    row->received = NULL;
    for (unsigned i = 0; clock->known && i < count && i < RST_JOIN_NEAR; i++) {
        if (distance(row, &events[i], clock->offset) <= RST_JOIN_TOLERANCE &&
            is_mutual(join, row, &events[i], clock->offset))
            row->received = &events[i];
    }
}

static bool is_elsewhere(const rst_join_t *join, const rst_row_t *row, const rst_host_clock_t *clock)
{
    const rst_conn_t *conn = row->reset->conn;
    int64_t time = row->reset->at.time - clock->offset;
    unsigned y = 1u - row->reset->x;
    unsigned count;
    const rst_event_t *events = events_of(join, row, &count);

    for (unsigned i = 0; i < count && i < RST_JOIN_NEAR; i++) {
        if (distance(row, &events[i], clock->offset) <= RST_JOIN_TOLERANCE)
            return true; /* of the wrong shape, or another's: no proof of anything */
    }
    return rst_trace_with_peer(join->trace->sent, &conn->address[y], conn->port[y], row->active,
                               time - RST_JOIN_TOLERANCE, time + RST_JOIN_TOLERANCE);
}

static void match_rest(rst_join_t *join)
{
    GHashTable *used = g_hash_table_new(NULL, NULL);

    for (unsigned i = 0; i < join->rows->len; i++) {
        rst_row_t *row = rst_join_row(join, i);
        rst_host_clock_t *clock = rst_join_clock(join, row->clock);
        bool had = row->sent;

        match_receipt(join, row);
        if (!clock->known)
            continue;
        match_listener(join, row, used);
        clock->matched += row->sent && !had;
        row->elsewhere = !row->sent && is_elsewhere(join, row, clock);
    }
    g_hash_table_destroy(used);
}

void rst_join_run(rst_join_t *join)
{
    join->joined = join->rows->len;
    set_clocks(join);
    for (unsigned i = 0; i < join->clocks->len; i++) {
        rst_host_clock_t *clock = rst_join_clock(join, i);

        if (!clock->known)
            continue;
        match_host(join, clock, match_host(join, clock, RST_JOIN_TOLERANCE));
    }
    match_rest(join);
}

/* Rows that came since, by what is known of the clocks. */
void rst_join_run_new(rst_join_t *join)
{
    for (; join->joined < join->rows->len; join->joined++) {
        rst_row_t *row = rst_join_row(join, join->joined);
        rst_host_clock_t *clock = rst_join_clock(join, row->clock);

        if (clock->known)
            match(join, row, clock, NULL);
    }
}
