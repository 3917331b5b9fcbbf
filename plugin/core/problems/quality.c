/* quality.c
 * Counting what the capture lacks. Interfaces count packets that they dropped, but Wireshark shows these counters to no
 * plugin: what is missing is known by the acknowledgments.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/quality.h"

#include "problems/words.h"

#define MANY 5 /* one in so many */
#define WHEN "%Y-%m-%d %H:%M:%S"
#define COARSE RST_MILLISECOND        /* steps of a clock that leave the order of packets open */
#define APART (100 * RST_MILLISECOND) /* longer than most ways between two capture points */
#define ALTERNATIONS 4                /* of the TTL: a changed route makes one, or two */

/* Hosts with other TTLs take turns behind the addresses of clients. */
static uint32_t count_shared(const rst_census_t *census)
{
    uint8_t *ttl = g_new0(uint8_t, census->addresses->len + 1);
    uint8_t *turns = g_new0(uint8_t, census->addresses->len + 1);
    uint32_t count = 0;

    for (uint32_t i = 0; i < census->flows->len; i++) {
        const rst_flow_t *flow = rst_flow_at(census, i);

        if (!flow->client_ttl)
            continue;
        if (ttl[flow->client] && ttl[flow->client] != flow->client_ttl && turns[flow->client] < ALTERNATIONS)
            count += ++turns[flow->client] == ALTERNATIONS;
        ttl[flow->client] = flow->client_ttl;
    }
    g_free(ttl);
    g_free(turns);
    return count;
}

rst_quality_t rst_quality_of(const rst_census_t *census)
{
    rst_quality_t quality = {.connections = census->flows->len, .shared = count_shared(census)};

    for (uint32_t i = 0; i < census->flows->len; i++) {
        unsigned facts = rst_flow_at(census, i)->facts;

        quality.without_start += !(facts & RST_FLOW_BEGAN);
        quality.late += (facts & RST_FLOW_ASKED) && !(facts & RST_FLOW_BEGAN);
        quality.one_way += (facts & RST_FLOW_CLIENT_DATA) && !(facts & RST_FLOW_ANSWERED);
        quality.unasked += (facts & RST_FLOW_ANSWERED) && !(facts & RST_FLOW_ASKED);
        quality.bare += !(facts & (RST_FLOW_ANSWERED | RST_FLOW_ASKED));
        quality.lost += (facts & RST_FLOW_LOST) != 0;
    }
    quality.stands_still = !census->tick && census->frames > 1 && census->first_time != RST_TIME_NONE;
    return quality;
}

static void add(GString *out, const char *between, uint64_t count, const char *one, const char *what)
{
    if (!count)
        return;
    g_string_append(out, between);
    rst_words_count(count, one, out);
    g_string_append(out, what);
}

static void write_span(int64_t ns, GString *out)
{
    char number[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append_printf(out, "%s s", g_ascii_formatd(number, sizeof number, "%.3f", (double)ns / RST_SECOND));
}

static void write_sides(const rst_quality_t *quality, GString *out)
{
    uint64_t one = (uint64_t)quality->one_way + quality->unasked;

    if (!one && !quality->bare)
        g_string_append(out, ", both sides");
    if (quality->bare)
        g_string_append_printf(out, ", nothing but resets in %u of them", quality->bare);
    if (one)
        g_string_append_printf(out, ", one side only in %" G_GUINT64_FORMAT " of them", (guint64)one);
}

static void write_clock(const rst_census_t *census, const rst_quality_t *quality, GString *out)
{
    if (quality->stands_still)
        g_string_append(out, ", all at one time");
    if (census->tick >= COARSE) {
        g_string_append(out, ", times in steps of ");
        write_span(census->tick, out);
    }
    add(out, ", ", census->backward, "step", " back in time");
    if (census->clocks_apart != RST_TIME_NONE && census->clocks_apart >= APART) {
        g_string_append(out, ", clocks of interfaces that differ by ");
        write_span(census->clocks_apart, out);
    }
}

static void write_facts(const rst_census_t *census, const rst_quality_t *quality, GString *out)
{
    g_string_append(out, "Capture: ");
    rst_words_count(census->frames, "frame", out);
    g_string_append(out, ", ");
    rst_words_time(census->first_time, WHEN, out);
    g_string_append(out, " to ");
    rst_words_time(census->last_time, WHEN, out);
    g_string_append(out, " UTC, ");
    rst_words_count(quality->connections, "connection", out);
    if (quality->connections)
        write_sides(quality, out);
    if (quality->late)
        g_string_append_printf(out, ", %u without handshake", quality->late);
    if (census->several_points)
        g_string_append(out, ", several capture points");
    add(out, ", ", census->snapped, "packet", " cut short");
    if (census->snapped)
        g_string_append_printf(out, " (%u bytes or less)", census->longest);
    add(out, ", packets missing from ", quality->lost, "connection", "");
    add(out, ", ", census->copies, "packet", " held twice");
    add(out, ", ", quality->shared, "client", " that several hosts share (NAT)");
    write_clock(census, quality, out);
    g_string_append(out, ".\n");
}

static void write_limits_of_clock(const rst_census_t *census, const rst_quality_t *quality, GString *out)
{
    if (quality->stands_still)
        g_string_append(out, "Its clock stands still: no silence, timer or delay is known. ");
    if (census->tick >= COARSE)
        g_string_append(out, "Within a step of its clock, no delay is known. ");
    if (census->backward)
        g_string_append(out, "Where its clock steps back, no silence or delay is known. ");
    if (census->clocks_apart != RST_TIME_NONE && census->clocks_apart >= APART)
        g_string_append(out, "Times of different interfaces are not compared as they are. ");
}

static void write_limits(const rst_census_t *census, const rst_quality_t *quality, GString *out)
{
    if (quality->late * MANY > quality->connections)
        g_string_append_printf(out,
                               "It begins late: %u of %u connections without handshake; refusals and idle timers are "
                               "sure, first causes of old connections are not. ",
                               quality->late, quality->connections);
    if (quality->one_way * MANY > quality->connections)
        g_string_append_printf(out, "It lacks what servers sent in %u of %u connections: their silence says nothing. ",
                               quality->one_way, quality->connections);
    if (quality->unasked * MANY > quality->connections)
        g_string_append_printf(
            out,
            "It lacks what clients sent in %u of %u connections: what a reset of the server answers, "
            "and resets of clients, are not known. ",
            quality->unasked, quality->connections);
    if (quality->bare * MANY > quality->connections)
        g_string_append_printf(out, "It has nothing but resets in %u of %u connections: what they answer is not known. ",
                               quality->bare, quality->connections);
    if (quality->lost)
        g_string_append(out, "What decides may be among the packets that are missing. ");
    if (census->snapped)
        g_string_append(out, "What the snap length cut off is not known. ");
    if (census->cut)
        g_string_append(out, "The snap length cuts off TCP options. ");
    if (quality->shared)
        g_string_append(out, "What looks like one client may be one of several. ");
    write_limits_of_clock(census, quality, out);
    if (census->truncated)
        g_string_append(out, "It has more connections than are kept: all figures are too low. ");
}

void rst_quality_write(const rst_census_t *census, GString *out)
{
    rst_quality_t quality = rst_quality_of(census);
    gsize before;

    write_facts(census, &quality, out);
    before = out->len;
    write_limits(census, &quality, out);
    if (out->len == before)
        g_string_append(out, "Nothing in it limits the verdicts.");
    else
        g_string_truncate(out, out->len - 1);
    g_string_append(out, "\n\n");
}
