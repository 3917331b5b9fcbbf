/* script-foreign.c
 * Implementation for traffic of other connections.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script-foreign.h"

#define FAR (1000 * RST_SECOND) /* from the script's own traffic */
#define APART (10 * RST_SECOND) /* between connections on ports of the script */
#define BATCH_APART (RST_SECOND / 10)
#define BATCH 20
#define OTHER_CLIENT_PORT 20000
#define OTHER_SERVER_PORT 9
#define OWN_INTERFACE 77 /* that no script uses */
#define EVERY_INTERFACE UINT32_MAX
#define CLIENT_ISN 0x30000000u /* far from the script's numbers, above them */
#define SERVER_ISN 0x50000000u

/* One ordinary connection. */
typedef struct talk {
    const script_shown_t *shown;
    script_ends_t ends;
    int64_t at;         /* RST_TIME_NONE = without timestamps */
    uint32_t interface; /* EVERY_INTERFACE = where the script shows these hosts */
    uint32_t base[2];   /* first sequence numbers of client, server */
    unsigned batches;   /* so many were added */
    bool quiet;         /* tells neither distance nor round trip: known before a reset, they count, rightly */
    GArray *segments;
} talk_t;

/* A segment of it: after so many round trips of the server and answers of the client, so much later. */
typedef struct step {
    bool from_server;
    uint8_t flags;
    uint8_t server_delays, client_delays;
    uint32_t wait_ms;
    uint32_t seq, ack, len;
} step_t;

/* No answer to a repeated SYN tells the round trip (Karn's rule, RFC 6298, section 3). */
static const step_t unheard_syn = {false, RST_FLAG_SYN, 0, 0, 0, 0, 0, 0};

static const step_t steps[] = {
    {false, RST_FLAG_SYN, 0, 0, 1000, 0, 0, 0},
    {true, RST_FLAG_SYN | RST_FLAG_ACK, 1, 0, 1000, 0, 1, 0},
    {false, RST_FLAG_ACK, 1, 1, 1000, 1, 1, 0},
    {false, RST_FLAG_PSH | RST_FLAG_ACK, 1, 1, 1010, 1, 1, 50},
    {true, RST_FLAG_PSH | RST_FLAG_ACK, 2, 1, 1010, 1, 51, 50},
    {false, RST_FLAG_ACK, 2, 2, 1010, 51, 51, 0},
    {false, RST_FLAG_FIN | RST_FLAG_ACK, 2, 2, 1900, 51, 51, 0},
    {true, RST_FLAG_FIN | RST_FLAG_ACK, 3, 2, 1900, 51, 52, 0},
    {false, RST_FLAG_ACK, 3, 3, 1900, 52, 52, 0},
};

const char *script_foreign_name(script_foreign_t foreign)
{
    static const char *const names[SCRIPT_FOREIGN_COUNT] = {
        "same ports, later",  "other port, later",   "twenty, later",
        "other point, later", "other hosts, before", "other ports, before",
    };

    return names[foreign];
}

bool script_foreign_is_before(script_foreign_t foreign)
{
    return foreign == SCRIPT_OTHER_HOSTS_BEFORE || foreign == SCRIPT_OTHER_PORTS_BEFORE;
}

/* Some scripts are played at absurd times. */
static int64_t time_of(const talk_t *talk, const step_t *step)
{
    int64_t server = rst_time_times(step->server_delays, script_shown_delay(talk->shown, &talk->ends.server));
    int64_t client = rst_time_times(step->client_delays, script_shown_delay(talk->shown, &talk->ends.client));

    return rst_time_add(talk->at, rst_time_add(rst_time_add(server, client), step->wait_ms * RST_MILLISECOND));
}

static rst_segment_t segment_of(const talk_t *talk, const step_t *step)
{
    const script_ends_t *ends = &talk->ends;
    rst_segment_t segment = {
        .src = step->from_server ? ends->server : ends->client,
        .dst = step->from_server ? ends->client : ends->server,
        .sport = step->from_server ? ends->server_port : ends->client_port,
        .dport = step->from_server ? ends->client_port : ends->server_port,
        .flags = step->flags,
        .window = 64240,
        .len = step->len,
        .head_len = (uint16_t)MIN(step->len, RST_HEAD_DATA),
        .known = RST_HAS_WINDOW | RST_HAS_OPTIONS | RST_HAS_LENGTH,
        .seq = talk->base[step->from_server] + step->seq,
        .ack = (step->flags & RST_FLAG_ACK) ? talk->base[!step->from_server] + step->ack : 0,
        .time = RST_TIME_NONE,
    };

    memset(segment.head, 'x', segment.head_len);
    if (step->flags & RST_FLAG_SYN) {
        segment.mss = 1460;
        segment.known |= RST_HAS_MSS;
    }
    if (talk->at != RST_TIME_NONE)
        segment.time = time_of(talk, step);
    return segment;
}

/* As one interface of the script shows the host. */
static void add_sight(const talk_t *talk, rst_segment_t segment, uint32_t interface)
{
    segment.interface = interface;
    segment.link = script_shown_link(talk->shown, &segment.src, interface);
    if (!talk->quiet && script_shown_ttl(talk->shown, &segment.src, segment.sport, interface, &segment.ttl))
        segment.known |= RST_HAS_IP;
    if (segment.time != RST_TIME_NONE)
        segment.time = script_shown_clock(
            talk->shown, rst_time_add(segment.time, script_shown_shift(talk->shown, &segment.src, interface)));
    g_array_append_val(talk->segments, segment);
}

static void add_step(const talk_t *talk, const step_t *step)
{
    const GArray *interfaces = talk->shown->interfaces;
    rst_segment_t segment = segment_of(talk, step);

    if (talk->interface != EVERY_INTERFACE) {
        add_sight(talk, segment, talk->interface);
        return;
    }
    for (unsigned i = 0; i < interfaces->len; i++) {
        uint32_t interface = g_array_index(interfaces, uint32_t, i);

        if (script_shown_on(talk->shown, &segment.src, &segment.dst, interface))
            add_sight(talk, segment, interface);
    }
}

static void add_talk(const talk_t *talk)
{
    if (talk->quiet)
        add_step(talk, &unheard_syn);
    for (unsigned i = 0; i < G_N_ELEMENTS(steps); i++)
        add_step(talk, &steps[i]);
}

/* The next connection begins later, with other numbers; apart: longer than slow hosts take for this one. */
static void next_talk(talk_t *talk, int64_t apart)
{
    int64_t delays = rst_time_add(script_shown_delay(talk->shown, &talk->ends.server),
                                  script_shown_delay(talk->shown, &talk->ends.client));

    add_talk(talk);
    if (talk->at != RST_TIME_NONE)
        talk->at = rst_time_add(talk->at, apart == APART ? rst_time_add(APART, rst_time_times(3, delays)) : apart);
    talk->base[0] += 100000;
    talk->base[1] += 100000;
}

static void add_batch(talk_t *talk, const script_ends_t *ends, const rst_address_t *other_host)
{
    for (unsigned i = 0; i < BATCH; i++) {
        talk->ends = *ends;
        talk->ends.client_port = (uint16_t)(OTHER_CLIENT_PORT + talk->batches * BATCH + i);
        talk->ends.server_port = OTHER_SERVER_PORT;
        if (i % 2)
            talk->ends.server = *other_host;
        next_talk(talk, BATCH_APART);
    }
    talk->batches++; /* the next one may begin before this one ends */
}

static void add_for(talk_t *talk, const script_variant_t *variant, script_foreign_t foreign, const script_ends_t *ends)
{
    rst_address_t other_host = script_address(variant, 'Z');

    talk->ends = *ends;
    if (foreign == SCRIPT_TWENTY_LATER) {
        add_batch(talk, ends, &other_host);
        return;
    }
    if (foreign != SCRIPT_SAME_PORTS_LATER)
        talk->ends.client_port = OTHER_CLIENT_PORT;
    if (foreign == SCRIPT_OTHER_PORTS_BEFORE)
        talk->ends.server_port = OTHER_SERVER_PORT;
    next_talk(talk, APART);
}

/* Copies on a later interface may be early. */
static gint by_time(gconstpointer a, gconstpointer b)
{
    const rst_segment_t *first = a, *second = b;

    return (first->time > second->time) - (first->time < second->time);
}

GArray *script_foreign_make(const script_shown_t *shown, const script_variant_t *variant, script_foreign_t foreign)
{
    talk_t talk = {
        .shown = shown,
        .at = RST_TIME_NONE,
        .interface = foreign == SCRIPT_OTHER_POINT_LATER ? OWN_INTERFACE : EVERY_INTERFACE,
        .base = {variant->client_base + CLIENT_ISN, variant->server_base + SERVER_ISN},
        .quiet = script_foreign_is_before(foreign),
        .segments = g_array_new(FALSE, TRUE, sizeof(rst_segment_t)),
    };

    if (shown->last != RST_TIME_NONE)
        talk.at = script_foreign_is_before(foreign) ? rst_time_sub(shown->first, FAR) : rst_time_add(shown->last, FAR);
    if (foreign == SCRIPT_OTHER_HOSTS_BEFORE && shown->interfaces->len) {
        talk.interface = g_array_index(shown->interfaces, uint32_t, 0);
        talk.ends = (script_ends_t){script_address(variant, 'Y'), script_address(variant, 'Z'), 40000, 80, false};
        next_talk(&talk, APART);
    } else if (foreign != SCRIPT_OTHER_POINT_LATER || shown->interfaces->len > 1) {
        for (unsigned i = 0; i < shown->ends->len; i++) {
            const script_ends_t *ends = &g_array_index(shown->ends, script_ends_t, i);

            if (ends->reset || foreign == SCRIPT_SAME_PORTS_LATER)
                add_for(&talk, variant, foreign, ends);
        }
    }
    g_array_sort(talk.segments, by_time);
    return talk.segments;
}
