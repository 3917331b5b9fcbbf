/* vote.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "witness/vote.h"

#include "base/moment.h"

#define CHANCE (RST_SECOND / 2) /* by which votes for one offset may differ: queues, buffers, two hops */

int rst_ballot_compare(const void *a, const void *b)
{
    const rst_ballot_t *one = a;
    const rst_ballot_t *other = b;

    return (one->offset > other->offset) - (one->offset < other->offset);
}

/* How often each connection, and each record, is in the window. */
typedef struct window {
    GHashTable *connections, *records;
    unsigned from, votes;
} window_t;

static void count(GHashTable *table, gconstpointer key, int step)
{
    int now = GPOINTER_TO_INT(g_hash_table_lookup(table, key)) + step;

    if (now)
        g_hash_table_insert(table, (gpointer)key, GINT_TO_POINTER(now));
    else
        g_hash_table_remove(table, key);
}

static void move(window_t *window, const rst_ballot_t *vote, int step)
{
    count(window->connections, vote->ends, step);
    count(window->records, GUINT_TO_POINTER(vote->record), step);
    window->votes = (unsigned)((int)window->votes + step);
}

static bool counts(const rst_poll_t *poll, const rst_ballot_t *vote)
{
    bool within = vote->offset >= poll->low && vote->offset <= poll->high;

    return vote->likeness >= poll->likeness && (!poll->only || g_hash_table_contains(poll->only, vote->ends)) &&
           (!poll->inside || within) && (!poll->outside || !within);
}

static bool is_better(const window_t *window, const rst_mode_of_clock_t *mode)
{
    unsigned connections = g_hash_table_size(window->connections);

    return connections > mode->connections || (connections == mode->connections && window->votes > mode->votes);
}

bool rst_poll_mode(const rst_poll_t *poll, rst_mode_of_clock_t *mode)
{
    const rst_ballot_t *votes = (const rst_ballot_t *)(void *)poll->votes->data;
    int64_t width = rst_time_add(CHANCE, poll->width);
    window_t window = {g_hash_table_new(NULL, NULL), g_hash_table_new(NULL, NULL), 0, 0};
    unsigned first = 0;

    *mode = (rst_mode_of_clock_t){0};
    for (unsigned to = 0; to < poll->votes->len; to++) {
        if (!counts(poll, &votes[to]))
            continue;
        move(&window, &votes[to], 1);
        for (; rst_time_sub(votes[to].offset, votes[window.from].offset) > width; window.from++) {
            if (counts(poll, &votes[window.from]))
                move(&window, &votes[window.from], -1);
        }
        if (!is_better(&window, mode))
            continue;
        while (!counts(poll, &votes[window.from]))
            window.from++;
        *mode = (rst_mode_of_clock_t){
            votes[window.from].offset,         votes[to].offset, 0, g_hash_table_size(window.connections),
            g_hash_table_size(window.records), window.votes};
        first = window.from;
    }
    for (unsigned nth = mode->votes / 2; mode->votes; first++) {
        if (counts(poll, &votes[first]) && !nth--) {
            mode->middle = votes[first].offset;
            break;
        }
    }
    g_hash_table_destroy(window.connections);
    g_hash_table_destroy(window.records);
    return mode->votes > 0;
}

int64_t rst_mode_offset(const rst_mode_of_clock_t *mode, int64_t resolution)
{
    return rst_time_sub(mode->middle, resolution / 2);
}

int64_t rst_mode_error(const rst_mode_of_clock_t *mode, int64_t resolution)
{
    return rst_time_add(rst_time_sub(mode->high, mode->low) / 2, resolution / 2);
}

GHashTable *rst_ballots_connections(const GArray *votes, int64_t low, int64_t high)
{
    GHashTable *connections = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < votes->len; i++) {
        const rst_ballot_t *vote = &g_array_index(votes, rst_ballot_t, i);

        if (vote->offset >= low && vote->offset <= high)
            g_hash_table_add(connections, (gpointer)vote->ends);
    }
    return connections;
}

rst_span_t rst_ballots_lines(const rst_kepts_t *kepts, const GArray *votes, int64_t low, int64_t high)
{
    GHashTable *connections = rst_ballots_connections(votes, low, high);
    rst_span_t span = {.first = UINT32_MAX, .connections = g_hash_table_size(connections)};

    g_hash_table_destroy(connections);
    for (guint i = 0; i < votes->len; i++) {
        const rst_ballot_t *vote = &g_array_index(votes, rst_ballot_t, i);
        uint32_t line = rst_kept(kepts, vote->record)->line;

        if (vote->offset < low || vote->offset > high)
            continue;
        span.first = MIN(span.first, line);
        span.last = MAX(span.last, line);
    }
    return span;
}
