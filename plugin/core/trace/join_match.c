/* join_match.c
 * Pairing resets with events.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "trace/join_match.h"

#include <glib.h>

#define VOTES_OF_ROW 32 /* events that one reset is compared with */
#define VOTES_MAX 2000000
#define OWN_CLOCK 3 /* votes needed before a host's own offset is believed */
#define BURST_MAX 256
#define MUCH_FARTHER 4

static const rst_event_t *events_of(const rst_join_t *join, const rst_row_t *row, unsigned *count)
{
    const rst_story_t *story = row->reset->story;
    unsigned from = row->reset->from;

    return rst_trace_between(join->trace->sent, &story->address[from], story->port[from], &story->address[1 - from],
                             story->port[1 - from], count);
}

/* The receiver's kernel's events that may be about this reset. */
static const rst_event_t *receipts_of(const rst_join_t *join, const rst_row_t *row, unsigned *count)
{
    const rst_story_t *story = row->reset->story;
    unsigned from = row->reset->from;

    return rst_trace_between(join->trace->received, &story->address[1 - from], story->port[1 - from],
                             &story->address[from], story->port[from], count);
}

static void vote(GArray *votes, const rst_event_t *events, unsigned count, const rst_row_t *row, unsigned index,
                 unsigned clock, bool sent)
{
    unsigned from = row->nth > VOTES_OF_ROW / 4 ? row->nth - VOTES_OF_ROW / 4 : 0;

    if (from + VOTES_OF_ROW > count)
        from = count > VOTES_OF_ROW ? count - VOTES_OF_ROW : 0;
    for (unsigned i = from; i < count && i < from + VOTES_OF_ROW; i++) {
        rst_vote_t one = {rst_time_sub(row->reset->at.time, events[i].time), clock, index};

        if (rst_time_fits(one.offset) && (!sent || events[i].active == row->active))
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
        vote(votes, events, count, row, i, rst_join_clock_of(join, &row->reset->story->address[1 - row->reset->from]),
             false);
    }
    g_array_sort(votes, rst_vote_compare);
    return votes;
}

/* Each host gets its own offset, or the one that all agree on if it has too few resets. */
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
    return rst_time_apart(rst_time_sub(row->reset->at.time, offset), event->time);
}

/* Resets of one chain so close together that time alone cannot tell their events apart. */
typedef struct burst {
    unsigned row[BURST_MAX];
    unsigned rows;
    const rst_event_t *event[BURST_MAX]; /* events that may belong to them, by time */
    unsigned events;
} burst_t;

/* Index of the first event at or after a time. */
static unsigned first_at(const rst_event_t *events, unsigned count, int64_t time)
{
    unsigned low = 0;
    unsigned high = count;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;

        if (events[middle].time < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Adds the events of this shape between two times, in order. If there are too many, burst->events exceeds BURST_MAX. */
static void add_events(burst_t *burst, const rst_event_t *events, unsigned count, bool active, int64_t from, int64_t to)
{
    unsigned first = first_at(events, count, from);

    for (unsigned i = first; i < count && events[i].time <= to; i++) {
        unsigned at = burst->events;

        if (events[i].active != active && i - first < RST_TRACE_PEER_MAX)
            continue;
        if (at >= BURST_MAX || i - first >= RST_TRACE_PEER_MAX) {
            burst->events = BURST_MAX + 1;
            return;
        }
        for (; at > 0 && burst->event[at - 1]->time > events[i].time; at--)
            burst->event[at] = burst->event[at - 1];
        burst->event[at] = &events[i];
        burst->events++;
    }
}

/* The events of a listening socket name no peer, and perhaps not even the local address. */
static void add_of_listener(const rst_join_t *join, burst_t *burst, const rst_row_t *row, int64_t from, int64_t to)
{
    static const rst_address_t any;
    const rst_story_t *story = row->reset->story;
    unsigned own = row->reset->from;
    unsigned count;
    const rst_event_t *events =
        rst_trace_between(join->trace->sent, &story->address[own], story->port[own], &any, 0, &count);

    add_events(burst, events, count, false, from, to);
    events = rst_trace_between(join->trace->sent, &any, story->port[own], &any, 0, &count);
    add_events(burst, events, count, false, from, to);
}

static bool follows(const rst_join_t *join, const rst_row_t *row, int64_t tolerance)
{
    return row->previous != RST_JOIN_NONE &&
           rst_time_sub(row->reset->at.time, rst_join_row(join, row->previous)->reset->at.time) <=
               rst_time_times(2, tolerance);
}

static void collect_rows(const rst_join_t *join, burst_t *burst, unsigned start, int64_t tolerance)
{
    unsigned next = start;

    burst->rows = 0;
    do {
        if (burst->rows == BURST_MAX) {
            burst->rows++;
            return;
        }
        burst->row[burst->rows++] = next;
        next = rst_join_row(join, next)->next;
    } while (next != RST_JOIN_NONE && follows(join, rst_join_row(join, next), tolerance));
}

/* Of several events for one reset, keeps only the nearest if the others are much farther off. */
static void keep_nearest(burst_t *burst, const rst_row_t *row, int64_t offset)
{
    const rst_event_t *best = NULL;
    int64_t second = INT64_MAX;

    for (unsigned i = 0; i < burst->events; i++) {
        int64_t off = distance(row, burst->event[i], offset);

        if (!best || off < distance(row, best, offset)) {
            second = best ? distance(row, best, offset) : INT64_MAX;
            best = burst->event[i];
        } else if (off < second) {
            second = off;
        }
    }
    if (best && second / MUCH_FARTHER > distance(row, best, offset)) {
        burst->event[0] = best;
        burst->events = 1;
    }
}

/* Collects the events that may belong to the rows, including those of a listening socket if the others are too few. */
static void collect_events(const rst_join_t *join, burst_t *burst, const rst_host_clock_t *clock, int64_t offset)
{
    const rst_row_t *first = rst_join_row(join, burst->row[0]);
    const rst_row_t *last = rst_join_row(join, burst->row[burst->rows - 1]);
    int64_t begin = rst_time_sub(first->reset->at.time, offset);
    int64_t end = rst_time_sub(last->reset->at.time, offset);
    int64_t from = rst_time_sub(begin, clock->tolerance);
    int64_t to = rst_time_add(end, clock->tolerance);
    unsigned count;
    const rst_event_t *events = events_of(join, first, &count);

    burst->events = 0;
    add_events(burst, events, count, first->active, from, to);
    /* The only reset of a connection need not be as punctual as one of several. */
    if (!burst->events && first->chain->count == 1)
        add_events(burst, events, count, first->active, rst_time_sub(begin, RST_JOIN_TOLERANCE),
                   rst_time_add(end, RST_JOIN_TOLERANCE));
    if (burst->events < burst->rows && !first->active)
        add_of_listener(join, burst, first, from, to);
    if (burst->rows == 1 && burst->events > 1 && burst->events <= BURST_MAX)
        keep_nearest(burst, first, offset);
}

/* As many events as resets: they are paired in order. Otherwise there is no telling which are missing. */
static void match(const rst_join_t *join, unsigned start, rst_host_clock_t *clock, GArray *misses)
{
    int64_t offset = rst_drift_offset(&clock->drift, clock->offset);
    burst_t burst;

    collect_rows(join, &burst, start, clock->tolerance);
    if (burst.rows > BURST_MAX)
        return;
    collect_events(join, &burst, clock, offset);
    if (burst.events != burst.rows)
        return;
    for (unsigned i = 0; i < burst.rows; i++) {
        rst_row_t *row = rst_join_row(join, burst.row[i]);
        int64_t miss = distance(row, burst.event[i], offset);

        row->sent = burst.event[i];
        clock->matched++;
        rst_drift_add(&clock->drift, rst_time_sub(row->reset->at.time, row->sent->time));
        if (misses)
            g_array_append_val(misses, miss);
    }
}

static void match_place(const rst_join_t *join, rst_host_clock_t *clock, unsigned place, GArray *misses)
{
    unsigned index = g_array_index(clock->rows, unsigned, place);

    if (!follows(join, rst_join_row(join, index), clock->tolerance))
        match(join, index, clock, misses);
}

/* Works from the row that the votes agree on toward both ends. Returns how far pairs may be from the offset. */
static int64_t match_host(const rst_join_t *join, rst_host_clock_t *clock, int64_t tolerance)
{
    GArray *misses = g_array_new(FALSE, FALSE, sizeof(int64_t));
    int64_t spread;

    clock->tolerance = tolerance;
    clock->matched = 0;
    for (unsigned i = 0; i < clock->rows->len; i++)
        rst_join_row(join, g_array_index(clock->rows, unsigned, i))->sent = NULL;
    clock->drift.count = 0;
    for (unsigned i = clock->anchor; i-- > 0;)
        match_place(join, clock, i, misses);
    clock->drift.count = 0;
    for (unsigned i = clock->anchor; i < clock->rows->len; i++)
        match_place(join, clock, i, misses);
    spread = rst_spread((int64_t *)(void *)misses->data, misses->len);
    g_array_free(misses, TRUE);
    return spread;
}

/* An event without a peer may have been paired with several resets: then it belongs to none. */
static void free_shared(rst_join_t *join)
{
    GHashTable *used = g_hash_table_new(NULL, NULL);

    for (unsigned i = 0; i < join->rows->len; i++) {
        rst_row_t *row = rst_join_row(join, i);
        unsigned other;

        if (!row->sent || row->sent->remote.size)
            continue;
        other = GPOINTER_TO_UINT(g_hash_table_lookup(used, row->sent));
        if (!other) {
            g_hash_table_insert(used, (gpointer)row->sent, GUINT_TO_POINTER(i + 1));
            continue;
        }
        if (rst_join_row(join, other - 1)->reset->story->point != row->reset->story->point)
            continue;
        rst_join_clock(join, row->clock)->matched--;
        row->sent = NULL;
        if (rst_join_row(join, other - 1)->sent) {
            rst_join_clock(join, row->clock)->matched--;
            rst_join_row(join, other - 1)->sent = NULL;
        }
    }
    g_hash_table_destroy(used);
}

/* Is no other reset of the chain nearer to the event? */
static bool is_mutual(const rst_join_t *join, const rst_row_t *row, const rst_event_t *event, int64_t offset)
{
    int64_t own = distance(row, event, offset);

    return (row->previous == RST_JOIN_NONE || distance(rst_join_row(join, row->previous), event, offset) >= own) &&
           (row->next == RST_JOIN_NONE || distance(rst_join_row(join, row->next), event, offset) > own);
}

static void match_receipt(rst_join_t *join, rst_row_t *row)
{
    const rst_host_clock_t *clock =
        rst_join_clock(join, rst_join_clock_of(join, &row->reset->story->address[1 - row->reset->from]));
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
    const rst_story_t *story = row->reset->story;
    int64_t time = rst_time_sub(row->reset->at.time, clock->offset);
    unsigned peer = 1u - row->reset->from;
    unsigned count;
    const rst_event_t *events = events_of(join, row, &count);

    for (unsigned i = 0; i < count && i < RST_JOIN_NEAR; i++) {
        if (distance(row, &events[i], clock->offset) <= RST_JOIN_TOLERANCE)
            return true; /* an event of the wrong shape, or of another reset: proves nothing */
    }
    return rst_trace_with_peer(join->trace->sent, &story->address[peer], story->port[peer], row->active,
                               rst_time_sub(time, RST_JOIN_TOLERANCE), rst_time_add(time, RST_JOIN_TOLERANCE));
}

static void match_rest(rst_join_t *join)
{
    free_shared(join);
    for (unsigned i = 0; i < join->rows->len; i++) {
        rst_row_t *row = rst_join_row(join, i);
        const rst_host_clock_t *clock = rst_join_clock(join, row->clock);

        match_receipt(join, row);
        row->elsewhere = clock->known && !row->sent && is_elsewhere(join, row, clock);
    }
}

void rst_join_run(rst_join_t *join)
{
    join->joined = join->rows->len;
    join->complete = true;
    set_clocks(join);
    /* Of an earlier run nothing stays: with more resets, a clock that seemed known may not be. */
    for (unsigned i = 0; i < join->rows->len; i++)
        rst_join_row(join, i)->sent = NULL;
    for (unsigned i = 0; i < join->clocks->len; i++) {
        rst_host_clock_t *clock = rst_join_clock(join, i);

        if (!clock->known)
            continue;
        match_host(join, clock, match_host(join, clock, RST_JOIN_TOLERANCE));
    }
    match_rest(join);
}

/* A new row may extend a burst, which is then matched again. */
static void match_new(const rst_join_t *join, unsigned index)
{
    rst_row_t *row = rst_join_row(join, index);
    rst_host_clock_t *clock = rst_join_clock(join, row->clock);

    for (unsigned back = 0; back < BURST_MAX && follows(join, row, clock->tolerance); back++) {
        index = row->previous;
        row = rst_join_row(join, index);
        clock->matched -= row->sent != NULL;
        row->sent = NULL;
    }
    match(join, index, clock, NULL);
}

void rst_join_run_new(rst_join_t *join)
{
    join->complete = false;
    for (; join->joined < join->rows->len; join->joined++) {
        if (rst_join_clock(join, rst_join_row(join, join->joined)->clock)->known)
            match_new(join, join->joined);
    }
}
