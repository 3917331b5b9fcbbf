/* advise.c
 * From records to scenes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/advise.h"

#include "engine/engine.h"
#include "engine/failures.h"

#define SURE 90   /* percent: what a finding says was seen */
#define LIKELY 50 /* below: who sent a reset is open */

rst_system_t rst_system_of(const rst_direction_t *side)
{
    const rst_looks_t looks = {.ttl = side->ttl,
                               .syn = (side->known & RST_DIRECTION_SYN) && !(side->known & RST_DIRECTION_CUT),
                               .timestamps = (side->known & RST_DIRECTION_TIMESTAMPS) != 0,
                               .scale = side->known & RST_DIRECTION_WSCALE ? (int8_t)side->wscale : -1,
                               .window = side->syn_window};

    return side->segments ? rst_system_guess(&looks) : RST_SYSTEM_UNKNOWN;
}

rst_system_t rst_system_of_sender(const rst_reset_t *reset, const rst_verdict_t *verdict)
{
    bool own =
        verdict->confidence >= LIKELY && (verdict->sender == RST_SENDER_CLIENT || verdict->sender == RST_SENDER_SERVER);
    const rst_looks_t looks = {.ttl = reset->ttl, .scale = -1};

    if (reset->direction[reset->from].segments)
        return rst_system_of(&reset->direction[reset->from]);
    return own ? rst_system_guess(&looks) : RST_SYSTEM_UNKNOWN;
}

static int64_t known_silence(const rst_reset_t *reset, const rst_verdict_t *verdict)
{
    const rst_direction_t *own = &reset->direction[reset->from];

    if (verdict->cause == RST_CAUSE_DATA_AFTER_CLOSE)
        return rst_silence_before_fin(own);
    return verdict->idle == RST_DURATION_NONE ? RST_TIME_NONE : verdict->idle;
}

static void set_ends(rst_scene_t *scene, const rst_address_t address[2], const uint16_t port[2], unsigned client)
{
    scene->known = true;
    for (unsigned side = 0; side < 2; side++) {
        scene->address[side] = address[side ^ client];
        scene->port[side] = port[side ^ client];
    }
}

void rst_engine_advice(const rst_reset_t *reset, const rst_verdict_t *verdict, bool local, const rst_memory_t *memory,
                       rst_advice_t *advice)
{
    rst_scene_t scene = {.token = verdict->cause,
                         .benign = verdict->benign,
                         .confidence = verdict->confidence,
                         .from = reset->from ^ reset->client,
                         .began = reset->at.time,
                         .ended = reset->at.time,
                         .silence = RST_TIME_NONE,
                         .local = local};

    if (reset->at.pass_index) {
        set_ends(&scene, reset->story->address, reset->story->port, reset->client);
        scene.silence = known_silence(reset, verdict);
        scene.system[scene.from] = (uint8_t)rst_system_of_sender(reset, verdict);
        scene.system[1 - scene.from] = (uint8_t)rst_system_of(&reset->direction[1 - reset->from]);
    } else {
        scene.began = scene.ended = RST_TIME_NONE;
    }
    rst_advice_tell(&scene, memory, advice);
}

/* RFC 792, RFC 1122, section 3.2.2.1, RFC 1812, section 5.2.7.1; RFC 4443, section 3.1. */
static rst_icmp_kind_t kind_of(const rst_icmp_t *icmp)
{
    static const uint8_t v4[] = {
        [0] = RST_ICMP_KIND_NET,         [1] = RST_ICMP_KIND_HOST,       [3] = RST_ICMP_KIND_PORT,
        [6] = RST_ICMP_KIND_NET,         [7] = RST_ICMP_KIND_HOST,       [9] = RST_ICMP_KIND_PROHIBITED,
        [10] = RST_ICMP_KIND_PROHIBITED, [13] = RST_ICMP_KIND_PROHIBITED};
    static const uint8_t v6[] = {
        [0] = RST_ICMP_KIND_NET,  [1] = RST_ICMP_KIND_PROHIBITED, [3] = RST_ICMP_KIND_HOST,
        [4] = RST_ICMP_KIND_PORT, [5] = RST_ICMP_KIND_PROHIBITED, [6] = RST_ICMP_KIND_PROHIBITED};

    if (icmp->version == 6)
        return (rst_icmp_kind_t)(icmp->code < G_N_ELEMENTS(v6) ? v6[icmp->code] : RST_ICMP_KIND_NONE);
    return (rst_icmp_kind_t)(icmp->code < G_N_ELEMENTS(v4) ? v4[icmp->code] : RST_ICMP_KIND_NONE);
}

static void set_report(rst_scene_t *scene, const rst_icmp_t *icmp)
{
    const rst_address_t address[] = {icmp->src, icmp->dst};
    const uint16_t port[] = {icmp->sport, icmp->dport};

    set_ends(scene, address, port, 0);
    scene->from = RST_SCENE_CLIENT;
    scene->reporter = icmp->reporter;
    scene->udp = icmp->udp;
    scene->icmp = (uint8_t)kind_of(icmp);
}

/* What a connection is now may not be what it was when it failed. */
static bool is_current(const rst_failure_t *failure)
{
    const rst_conn_t *conn = failure->conn;

    return conn && conn->first.pass_index && failure->first.pass_index >= conn->first.pass_index && !conn->opening;
}

bool rst_engine_finding_advice(rst_engine_t *engine, uint32_t frame, bool local, const rst_memory_t *memory,
                               rst_advice_t *advice)
{
    const rst_failure_t *failure =
        engine->findings ? g_hash_table_lookup(engine->findings, GUINT_TO_POINTER(frame)) : NULL;
    rst_scene_t scene = {.confidence = SURE, .silence = RST_TIME_NONE, .local = local};
    unsigned client;

    if (!failure)
        return false;
    scene.token = RST_TOKEN_FINDING(failure->kind);
    scene.began = failure->first.time;
    scene.ended = failure->last.time;
    if (failure->report) {
        set_report(&scene, &failure->report->icmp);
    } else {
        client = rst_failure_client(failure);
        set_ends(&scene, failure->address, failure->port, client);
        scene.from = (uint8_t)(failure->from ^ client);
        for (unsigned side = 0; is_current(failure) && side < 2; side++)
            scene.system[side] = (uint8_t)rst_system_of(&failure->conn->direction[side ^ client]);
    }
    rst_advice_tell(&scene, memory, advice);
    return true;
}
