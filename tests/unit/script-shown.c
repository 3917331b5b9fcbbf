/* script-shown.c
 * Implementation for what a script shows of its hosts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script-shown.h"

#define DELAY_UNKNOWN (20 * RST_MILLISECOND) /* of the ordinary beginnings in script.h */

static bool same_address(const rst_address_t *a, const rst_address_t *b)
{
    return a->size == b->size && a->word[0] == b->word[0] && a->word[1] == b->word[1];
}

static bool goes(const rst_segment_t *segment, const rst_segment_t *like)
{
    return same_address(&segment->src, &like->src) && same_address(&segment->dst, &like->dst) &&
           segment->sport == like->sport && segment->dport == like->dport;
}

static bool returns(const rst_segment_t *segment, const rst_segment_t *like)
{
    return same_address(&segment->src, &like->dst) && same_address(&segment->dst, &like->src) &&
           segment->sport == like->dport && segment->dport == like->sport;
}

bool script_same_ends(const rst_segment_t *a, const rst_segment_t *b)
{
    return goes(a, b) || returns(a, b);
}

/* The next segment of the script, from *at on; NULL = no more. */
static const rst_segment_t *next_segment(const script_shown_t *shown, unsigned *at)
{
    while (*at < shown->lines->len) {
        const script_line_t *line = &g_array_index(shown->lines, script_line_t, (*at)++);

        if (line->is_segment)
            return &line->segment;
    }
    return NULL;
}

/* The client is who sent the first SYN; without one, who has the higher port. */
static bool is_from_client(const script_shown_t *shown, const rst_segment_t *segment)
{
    const rst_segment_t *syn;
    unsigned at = 0;

    while ((syn = next_segment(shown, &at))) {
        if ((syn->flags & RST_FLAG_SYN) && script_same_ends(syn, segment))
            return goes(syn, segment) == !(syn->flags & RST_FLAG_ACK);
    }
    return segment->sport > segment->dport;
}

static void add_ends(script_shown_t *shown, const rst_segment_t *segment)
{
    script_ends_t ends = {segment->src, segment->dst, segment->sport, segment->dport, false};
    bool reset = (segment->flags & RST_FLAG_RST) != 0;

    if (!is_from_client(shown, segment))
        ends = (script_ends_t){segment->dst, segment->src, segment->dport, segment->sport, false};
    for (unsigned i = 0; i < shown->ends->len; i++) {
        script_ends_t *known = &g_array_index(shown->ends, script_ends_t, i);

        if (same_address(&known->client, &ends.client) && same_address(&known->server, &ends.server) &&
            known->client_port == ends.client_port && known->server_port == ends.server_port) {
            known->reset = known->reset || reset;
            return;
        }
    }
    ends.reset = reset;
    g_array_append_val(shown->ends, ends);
}

static void add_interface(script_shown_t *shown, uint32_t interface)
{
    for (unsigned i = 0; i < shown->interfaces->len; i++) {
        if (g_array_index(shown->interfaces, uint32_t, i) == interface)
            return;
    }
    g_array_append_val(shown->interfaces, interface);
}

static void add_time(script_shown_t *shown, int64_t time)
{
    if (time == RST_TIME_NONE)
        return;
    if (shown->first == RST_TIME_NONE || time < shown->first)
        shown->first = time;
    if (shown->last == RST_TIME_NONE || time > shown->last)
        shown->last = time;
}

static int64_t common_divisor(int64_t a, int64_t b)
{
    return b ? common_divisor(b, a % b) : a;
}

/* A clock that stands tells it by two lines; of one line nothing is known. */
static void find_tick(script_shown_t *shown)
{
    unsigned timed = 0;

    for (unsigned i = 0; i < shown->lines->len; i++) {
        int64_t time = g_array_index(shown->lines, script_line_t, i).time;

        if (time == RST_TIME_NONE)
            continue;
        shown->tick = common_divisor(shown->tick, time - shown->first);
        timed++;
    }
    if (timed < 2)
        shown->tick = 1;
}

void script_shown_read(script_shown_t *shown, const script_variant_t *variant, const char *const *lines)
{
    script_run_t *run = g_new(script_run_t, 1);
    const rst_segment_t *segment;
    unsigned at = 0;

    shown->lines = g_array_new(FALSE, TRUE, sizeof(script_line_t));
    shown->ends = g_array_new(FALSE, TRUE, sizeof(script_ends_t));
    shown->interfaces = g_array_new(FALSE, TRUE, sizeof(uint32_t));
    shown->first = shown->last = RST_TIME_NONE;
    shown->tick = 0;
    for (lines = script_begin(run, variant, lines); *lines; lines++) {
        script_line_t line = {.text = *lines};
        bool rejected = false;

        line.is_segment = script_parse(run, *lines, &line.segment, &rejected);
        line.is_icmp = run->has_icmp;
        line.icmp = run->icmp;
        line.time = run->time;
        add_time(shown, run->time);
        g_array_append_val(shown->lines, line);
    }
    script_close(run);
    g_free(run);
    find_tick(shown);
    while ((segment = next_segment(shown, &at))) {
        add_interface(shown, segment->interface);
        add_ends(shown, segment);
    }
}

void script_shown_clear(script_shown_t *shown)
{
    g_array_free(shown->lines, TRUE);
    g_array_free(shown->ends, TRUE);
    g_array_free(shown->interfaces, TRUE);
}

int64_t script_shown_clock(const script_shown_t *shown, int64_t time)
{
    return shown->tick ? time - (time - shown->first) % shown->tick : shown->first;
}

bool script_shown_on(const script_shown_t *shown, const rst_address_t *src, const rst_address_t *dst,
                     uint32_t interface)
{
    const rst_segment_t *segment;
    bool met = false, sends = false, receives = false, known = false;
    bool here_met = false;
    unsigned at = 0;

    while ((segment = next_segment(shown, &at))) {
        bool here = segment->interface == interface;
        bool from = same_address(&segment->src, src);
        bool to = same_address(&segment->dst, dst);

        met |= from && to;
        here_met |= here && from && to;
        known |= from;
        sends |= here && from;
        receives |= here && to;
    }
    return met ? here_met : known ? sends : receives;
}

static bool is_copy(const rst_segment_t *segment, const rst_segment_t *of)
{
    return goes(segment, of) && segment->seq == of->seq && segment->ack == of->ack && segment->flags == of->flags &&
           segment->len == of->len;
}

int64_t script_shown_shift(const script_shown_t *shown, const rst_address_t *src, uint32_t interface)
{
    const rst_segment_t *original, *copy;
    unsigned at = 0;

    while ((original = next_segment(shown, &at))) {
        unsigned later = at;

        if (!same_address(&original->src, src))
            continue;
        if (original->interface == interface)
            return 0;
        while ((copy = next_segment(shown, &later))) {
            if (copy->interface == interface && is_copy(copy, original) && copy->time != RST_TIME_NONE &&
                original->time != RST_TIME_NONE)
                return rst_time_sub(copy->time, original->time);
        }
    }
    return 0;
}

/* The first interface that shows what goes the segment's way. */
static bool is_first_sight(const script_shown_t *shown, const rst_segment_t *segment)
{
    const rst_segment_t *other;
    unsigned at = 0;

    while ((other = next_segment(shown, &at))) {
        if (goes(other, segment))
            return other->interface == segment->interface;
    }
    return false;
}

/* What the host answers first to a segment; NULL = nothing, or something else was asked before it did. */
static const rst_segment_t *answer_to(const script_shown_t *shown, const rst_segment_t *asked, unsigned at)
{
    const rst_segment_t *answer;

    while ((answer = next_segment(shown, &at))) {
        if (goes(answer, asked))
            return NULL;
        if (returns(answer, asked) && is_first_sight(shown, answer))
            return asked->time != RST_TIME_NONE && answer->time >= asked->time ? answer : NULL;
    }
    return NULL;
}

/* A SYN-ACK tells it best; a reset may be somebody else's. */
static unsigned delay_rank(const rst_segment_t *answer)
{
    return (answer->flags & RST_FLAG_RST) ? 1 : (answer->flags & RST_FLAG_SYN) ? 3 : 2;
}

int64_t script_shown_delay(const script_shown_t *shown, const rst_address_t *host)
{
    int64_t shortest = DELAY_UNKNOWN;
    const rst_segment_t *asked;
    unsigned at = 0, best = 0;

    while ((asked = next_segment(shown, &at))) {
        const rst_segment_t *answer;
        unsigned rank;

        if (!same_address(&asked->dst, host) || !is_first_sight(shown, asked))
            continue;
        answer = answer_to(shown, asked, at);
        rank = answer ? delay_rank(answer) : 0;
        if (rank && (rank > best || (rank == best && rst_time_sub(answer->time, asked->time) < shortest))) {
            best = rank;
            shortest = rst_time_sub(answer->time, asked->time);
        }
    }
    return shortest;
}

bool script_shown_ttl(const script_shown_t *shown, const rst_address_t *host, uint16_t port, uint32_t interface,
                      uint8_t *ttl)
{
    const rst_segment_t *segment, *found = NULL;
    unsigned at = 0;

    while ((segment = next_segment(shown, &at))) {
        if (!same_address(&segment->src, host) || segment->interface != interface || (segment->flags & RST_FLAG_RST) ||
            !(segment->known & RST_HAS_IP))
            continue;
        if (!found || segment->sport == port || found->sport != port)
            found = segment;
    }
    if (found)
        *ttl = found->ttl;
    return found != NULL;
}

uint32_t script_shown_link(const script_shown_t *shown, const rst_address_t *host, uint32_t interface)
{
    const rst_segment_t *segment;
    unsigned at = 0;

    while ((segment = next_segment(shown, &at))) {
        if (same_address(&segment->src, host) && segment->interface == interface && segment->link)
            return segment->link;
    }
    return 0;
}
