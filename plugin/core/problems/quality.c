/* quality.c
 * Counting what the capture lacks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "problems/quality.h"

#include "problems/words.h"

#define MANY 5 /* one in so many */
#define WHEN "%Y-%m-%d %H:%M:%S"

rst_quality_t rst_quality_of(const rst_census_t *census)
{
    rst_quality_t quality = {.connections = census->flows->len};

    for (uint32_t i = 0; i < census->flows->len; i++) {
        unsigned facts = rst_flow_at(census, i)->facts;

        quality.without_start += !(facts & RST_FLOW_BEGAN);
        quality.one_way += (facts & RST_FLOW_CLIENT_DATA) && !(facts & RST_FLOW_ANSWERED);
    }
    return quality;
}

static void write_facts(const rst_census_t *census, const rst_quality_t *quality, GString *out)
{
    g_string_append(out, "Capture: ");
    rst_words_count(census->frames, "frame", out);
    g_string_append(out, ", ");
    rst_words_count(quality->connections, "connection", out);
    g_string_append(out, ", ");
    rst_words_time(census->first_time, WHEN, out);
    g_string_append(out, " to ");
    rst_words_time(census->last_time, WHEN, out);
    g_string_append(out, " UTC");
    if (census->several_points)
        g_string_append(out, ", several capture points");
    if (census->copies)
        g_string_append_printf(out, ", packets held twice: %" G_GUINT64_FORMAT, (guint64)census->copies);
    if (census->gaps)
        g_string_append_printf(out, ", gaps where packets are missing: %" G_GUINT64_FORMAT, (guint64)census->gaps);
    g_string_append(out, ".\n");
}

void rst_quality_write(const rst_census_t *census, GString *out)
{
    rst_quality_t quality = rst_quality_of(census);
    gsize before;

    write_facts(census, &quality, out);
    before = out->len;
    if (quality.without_start * MANY > quality.connections)
        g_string_append_printf(out,
                               "It begins late: %u of %u connections without handshake; refusals and idle timers are "
                               "sure, first causes of old connections are not. ",
                               quality.without_start, quality.connections);
    if (quality.one_way * MANY > quality.connections)
        g_string_append_printf(out, "It lacks what servers sent in %u of %u connections: their silence says nothing. ",
                               quality.one_way, quality.connections);
    if (census->gaps)
        g_string_append(out, "What decides may be among the packets that are missing. ");
    if (census->cut)
        g_string_append(out, "The snap length cuts off TCP options. ");
    if (census->truncated)
        g_string_append(out, "It has more connections than are kept: all figures are too low. ");
    if (out->len == before)
        g_string_append(out, "Nothing in it limits the verdicts.");
    g_string_append(out, "\n\n");
}
