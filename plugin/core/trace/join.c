/* join.c
 * Joining: takes resets, and answers what the trace says about one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "trace/join.h"

#include <string.h>

#include <glib.h>

#include "trace/join_match.h"
#include "trace/join_state.h"

#define NEIGHBORS 3      /* resets of the same host, before and after, that the trace must contain */
#define SHARE_PERCENT 80 /* of a host's resets that the trace must contain before a missing one means something */

rst_join_t *rst_join_new(rst_trace_t *trace)
{
    rst_join_t *join = g_new0(rst_join_t, 1);

    join->trace = trace;
    join->rows = g_array_new(FALSE, FALSE, sizeof(rst_row_t));
    rst_join_clocks_open(join);
    /* By our own pointers, which nobody can choose. */
    join->chains = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    join->by_reset = g_hash_table_new(NULL, NULL);
    return join;
}

void rst_join_free(rst_join_t *join)
{
    if (!join)
        return;
    rst_trace_free(join->trace);
    g_array_free(join->rows, TRUE);
    rst_join_clocks_close(join);
    g_hash_table_destroy(join->chains);
    g_hash_table_destroy(join->by_reset);
    g_free(join);
}

/* Linux answers with a bare RST, or with SEQ 0 if the segment had no ACK; an abort has the ACK flag and the socket's
 * SEQ. */
static bool is_active(const rst_reset_t *reset)
{
    return (reset->flags & RST_FLAG_ACK) && reset->seq != 0 && reset->form != RST_FORM_REFUSAL;
}

static rst_chain_t *chain_of(rst_join_t *join, const rst_reset_t *reset, bool active)
{
    const char *key = (const char *)reset->story + 2 * reset->from + (active ? 1 : 0);
    rst_chain_t *chain = g_hash_table_lookup(join->chains, key);

    if (chain)
        return chain;
    chain = g_new0(rst_chain_t, 1);
    chain->last = RST_JOIN_NONE;
    g_hash_table_insert(join->chains, (gpointer)key, chain);
    return chain;
}

void rst_join_add(rst_join_t *join, const rst_reset_t *reset)
{
    unsigned index = join->rows->len;
    rst_row_t row = {.reset = reset, .active = is_active(reset), .previous = RST_JOIN_NONE, .next = RST_JOIN_NONE};
    rst_host_clock_t *clock;

    if (reset->at.time == RST_TIME_NONE)
        return;
    row.chain = chain_of(join, reset, row.active);
    row.nth = row.chain->count++;
    row.previous = row.chain->last;
    if (row.previous != RST_JOIN_NONE)
        rst_join_row(join, row.previous)->next = index;
    row.chain->last = index;
    row.clock = rst_join_clock_of(join, &reset->story->address[reset->from]);
    rst_join_clock_of(join, &reset->story->address[1 - reset->from]);
    clock = rst_join_clock(join, row.clock);
    row.place = clock->rows->len;
    g_array_append_val(clock->rows, index);
    g_array_append_val(join->rows, row);
    g_hash_table_insert(join->by_reset, (gpointer)reset, GUINT_TO_POINTER(index + 1));
}

/* Are the same host's nearest resets on other connections all in the trace? */
static unsigned neighbors(const rst_join_t *join, const rst_row_t *row, int step)
{
    const rst_host_clock_t *clock = rst_join_clock(join, row->clock);
    unsigned found = 0;
    int64_t place = row->place;

    for (unsigned looked = 0; found < NEIGHBORS && looked < RST_JOIN_NEAR; looked++) {
        const rst_row_t *near;

        place += step;
        if (place < 0 || place >= clock->rows->len)
            return 0;
        near = rst_join_row(join, g_array_index(clock->rows, unsigned, place));
        if (near->reset->story == row->reset->story)
            continue;
        if (!near->sent)
            return 0;
        found++;
    }
    return found < NEIGHBORS ? 0 : found;
}

static bool is_absent(const rst_join_t *join, const rst_row_t *row, unsigned *around)
{
    const rst_host_clock_t *clock = rst_join_clock(join, row->clock);
    unsigned before = neighbors(join, row, -1);
    unsigned after = neighbors(join, row, 1);

    *around = before + after;
    return clock->known && !join->trace->lost && !join->trace->full && !row->elsewhere && before && after &&
           (uint64_t)clock->matched * 100 >= (uint64_t)clock->rows->len * SHARE_PERCENT;
}

/* Joins what is new. The complete join is redone at the end, and before that only when the rows have grown by half, so
 * that the total work stays linear. */
static void bring_up_to_date(rst_join_t *join, bool final)
{
    unsigned fresh = join->rows->len - join->joined;

    if (!fresh && (!final || join->complete))
        return;
    if (final || join->rows->len <= RST_JOIN_NEAR || fresh > join->joined / 2)
        rst_join_run(join);
    else
        rst_join_run_new(join);
}

bool rst_join_report(rst_join_t *join, const rst_reset_t *reset, bool final, rst_kernel_report_t *report)
{
    unsigned index = GPOINTER_TO_UINT(g_hash_table_lookup(join->by_reset, reset));
    const rst_row_t *row;

    if (!index)
        return false;
    bring_up_to_date(join, final);
    row = rst_join_row(join, index - 1);
    memset(report, 0, sizeof *report);
    report->sent = row->sent;
    report->received = row->received;
    if (final && !row->sent)
        report->absent = is_absent(join, row, &report->neighbors);
    return report->sent || report->received || report->absent;
}

rst_join_sum_t rst_join_sum(rst_join_t *join)
{
    rst_join_sum_t sum = {.resets = join->rows->len,
                          .sent = join->trace->sent->len,
                          .received = join->trace->received->len,
                          .offset = RST_TIME_NONE,
                          .trace = join->trace};
    unsigned most = 0;

    bring_up_to_date(join, true);
    for (unsigned i = 0; i < join->clocks->len; i++) {
        const rst_host_clock_t *clock = rst_join_clock(join, i);

        sum.matched += clock->matched;
        if (clock->known && clock->matched > most) {
            most = clock->matched;
            sum.offset = clock->offset;
        }
    }
    return sum;
}
