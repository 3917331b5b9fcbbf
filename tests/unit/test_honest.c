/* test_honest.c
 * Tests of how sure a verdict can honestly be: for each way to deceive, each condition alone (judge/honest.h).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/honest.h"
#include "script.h"

enum { ALWAYS = RST_HONEST_ALWAYS, ONE_CLUE = 60, ONE_FLAW = 75, CONTRADICTION = 49, OTHER_TTL = 50, AT_HOST = 45 };

/* An abort of a host ten hops away that has sent data and counts its IP IDs. */
typedef struct scene {
    rst_prefs_t prefs;
    rst_reset_t reset;
    rst_direction_t own, peer;
    rst_view_t view;
} scene_t;

static scene_t *begin(void)
{
    scene_t *scene = g_new0(scene_t, 1);

    scene->prefs = rst_prefs_default();
    scene->own.known = RST_DIRECTION_HOPS | RST_DIRECTION_PROVED | RST_DIRECTION_IP_ID;
    scene->own.segments = scene->peer.segments = 5;
    scene->own.bytes = 100;
    scene->own.ttl = 54;
    scene->own.hop_min = scene->own.hop_max = 10;
    scene->own.ip_id = 100;
    scene->own.ip_id_changes = 4;
    scene->reset.form = RST_FORM_ABORT;
    scene->reset.known = RST_HAS_IP | RST_HAS_OPTIONS | RST_HAS_IP_ID;
    scene->reset.flags = RST_FLAG_RST | RST_FLAG_ACK;
    scene->reset.ttl = 54;
    scene->reset.ip_id = 7000;
    scene->view.prefs = &scene->prefs;
    scene->view.reset = &scene->reset;
    scene->view.own = &scene->own;
    scene->view.peer = &scene->peer;
    return scene;
}

static void check(const scene_t *scene, unsigned flags, unsigned expected)
{
    rst_rule_t rule = {.flags = flags};

    g_assert_cmpuint(rst_honest_most(&scene->view, &rule), ==, expected);
}

static void test_distance(void)
{
    scene_t *scene = begin();

    check(scene, RST_RULE_BY_DISTANCE, ALWAYS);
    check(scene, 0, ALWAYS);
    scene->reset.ttl = 60;
    check(scene, RST_RULE_BY_DISTANCE, ONE_CLUE);
    check(scene, RST_RULE_MIDDLEBOX, ALWAYS);
    /* It knows the timestamp: its sender stands where the connection can be seen. */
    scene->own.known |= RST_DIRECTION_TIMESTAMPS;
    check(scene, RST_RULE_BY_DISTANCE, ONE_CLUE);
    scene->reset.known |= RST_HAS_TIMESTAMP;
    check(scene, RST_RULE_BY_DISTANCE, OTHER_TTL);
    scene->own.known &= ~(uint32_t)RST_DIRECTION_TIMESTAMPS;
    check(scene, RST_RULE_BY_DISTANCE, ONE_CLUE);
    /* Its apparent sender goes on: another limit. */
    scene->reset.after.alive.pass_index = 9;
    check(scene, RST_RULE_BY_DISTANCE, ALWAYS);
    g_free(scene);
}

static void test_at_host(void)
{
    scene_t *scene = begin();

    scene->own.hop_min = scene->own.hop_max = 0;
    scene->own.ttl = 64;
    scene->reset.ttl = 50;
    check(scene, RST_RULE_BY_DISTANCE, AT_HOST);
    scene->reset.ttl = 64;
    check(scene, RST_RULE_BY_TRAIN, AT_HOST);
    scene->own.hop_max = 1;
    scene->reset.ttl = 63;
    check(scene, RST_RULE_BY_TRAIN, ONE_CLUE);
    scene->own.hop_max = 0;
    scene->reset.ttl = 50;
    scene->own.known &= ~(uint32_t)RST_DIRECTION_HOPS;
    check(scene, RST_RULE_BY_DISTANCE, ALWAYS);
    g_free(scene);
}

/* Its apparent sender goes on. */
static scene_t *begin_progress(void)
{
    scene_t *scene = begin();

    scene->reset.after.alive.pass_index = 9;
    scene->reset.after.alive_count = 2;
    return scene;
}

static void test_progress(void)
{
    scene_t *scene = begin_progress();

    check(scene, RST_RULE_BY_PROGRESS, ONE_FLAW);
    scene->reset.after.alive.pass_index = 0;
    check(scene, RST_RULE_BY_PROGRESS, ALWAYS);
    scene->reset.after.alive.pass_index = 9;
    scene->reset.ttl = 60;
    check(scene, RST_RULE_BY_PROGRESS, ALWAYS);
    scene->reset.ttl = 54;
    scene->reset.after.alive_taken = true;
    check(scene, RST_RULE_BY_PROGRESS, ALWAYS);
    /* It looks like the host's own, so one of the two is forged, and nobody knows which. */
    scene->reset.ip_id = 101;
    check(scene, RST_RULE_BY_PROGRESS, CONTRADICTION);
    g_free(scene);
}

/* Nothing but one packet before the reset, and one after it. */
static void test_progress_of_strangers(void)
{
    scene_t *scene = begin_progress();

    scene->own.segments = 1;
    check(scene, RST_RULE_BY_PROGRESS, ONE_FLAW);
    scene->reset.after.alive_count = 3;
    check(scene, RST_RULE_BY_PROGRESS, ONE_FLAW);
    scene->reset.after.alive_count = 1;
    check(scene, RST_RULE_BY_PROGRESS, CONTRADICTION);
    scene->own.segments = 2;
    check(scene, RST_RULE_BY_PROGRESS, ONE_FLAW);
    g_free(scene);
}

static void test_flaws(void)
{
    scene_t *scene = begin_progress();

    /* Neither counted ids nor timestamps: nothing can be lacking. */
    scene->own.ip_id_changes = 0;
    check(scene, RST_RULE_BY_PROGRESS, ONE_CLUE);
    scene->own.ip_id_changes = 4;
    scene->reset.ip_id = 0; /* hosts that count do send that in resets */
    check(scene, RST_RULE_BY_PROGRESS, ONE_CLUE);
    /* All its packets bear timestamps, this one none. */
    scene->own.stamped = 5;
    scene->own.known |= RST_DIRECTION_TIMESTAMPS;
    check(scene, RST_RULE_BY_PROGRESS, ONE_FLAW);
    scene->own.unstamped = 1;
    check(scene, RST_RULE_BY_PROGRESS, ONE_CLUE);
    scene->own.unstamped = 0;
    scene->reset.form = RST_FORM_ANSWER; /* which needs none */
    scene->reset.trigger_late = true;
    check(scene, RST_RULE_BY_PROGRESS, ONE_CLUE);
    scene->reset.form = RST_FORM_ABORT;
    scene->own.stamped = 0;
    check(scene, RST_RULE_BY_PROGRESS, ONE_CLUE);
    scene->own.stamped = 5;
    scene->reset.known |= RST_HAS_TIMESTAMP;
    check(scene, RST_RULE_BY_PROGRESS, CONTRADICTION);
    g_free(scene);
}

static void test_train(void)
{
    scene_t *scene = begin();

    check(scene, RST_RULE_BY_TRAIN, ONE_CLUE);
    scene->reset.ttl = 53;
    check(scene, RST_RULE_BY_TRAIN, ALWAYS);
    /* Without a usual distance, that of the latest packet counts. */
    scene->own.hop_min = 5;
    check(scene, RST_RULE_BY_TRAIN, ALWAYS);
    scene->reset.ttl = 54;
    check(scene, RST_RULE_BY_TRAIN, ONE_CLUE);
    scene->own.known &= ~(uint32_t)RST_DIRECTION_HOPS;
    check(scene, RST_RULE_BY_TRAIN, ALWAYS);
    scene->own.known |= RST_DIRECTION_HOPS;
    scene->reset.ttl = 0; /* unknown, and neither tells a distance */
    scene->own.ttl = 1;
    check(scene, RST_RULE_BY_TRAIN, ALWAYS);
    g_free(scene);
}

/* The host's distance is disputed by what other connections show, or the reset comes from another one. */
static void test_elimination(void)
{
    scene_t *scene = begin();

    check(scene, RST_RULE_BY_ELIMINATION, ALWAYS);
    scene->reset.ttl = 60;
    check(scene, RST_RULE_BY_ELIMINATION, CONTRADICTION);
    scene->view.distance.connections[0] = 2;
    scene->view.distance.hops[0] = 4;
    check(scene, RST_RULE_BY_ELIMINATION, ONE_CLUE);
    scene->reset.ttl = 54;
    check(scene, RST_RULE_BY_ELIMINATION, ALWAYS);
    g_free(scene);
}

/* The peer's FIN is at 5000. */
static scene_t *begin_fin(void)
{
    scene_t *scene = begin();

    scene->peer.known = RST_DIRECTION_FIN;
    scene->peer.fin_seq = 5000;
    return scene;
}

static void test_fin_of_peer(void)
{
    scene_t *scene = begin_fin();

    check(scene, RST_RULE_BY_FIN, ONE_CLUE);
    scene->peer.known = 0;
    check(scene, RST_RULE_BY_FIN, ALWAYS);
    scene->peer.known = RST_DIRECTION_FIN;
    /* The reset acknowledges it, or about what it ends at. */
    scene->reset.ack = 5000;
    check(scene, RST_RULE_BY_FIN, ALWAYS);
    scene->reset.ack = 5000 + 65535;
    check(scene, RST_RULE_BY_FIN, ALWAYS);
    scene->reset.ack = 5000 + 65536;
    check(scene, RST_RULE_BY_FIN, ONE_CLUE);
    scene->reset.ack = 4999;
    check(scene, RST_RULE_BY_FIN, ONE_CLUE);
    scene->reset.ack = 5000;
    scene->reset.flags = RST_FLAG_RST;
    check(scene, RST_RULE_BY_FIN, ONE_CLUE);
    /* The host has acknowledged it. */
    scene->own.acked = 5000;
    check(scene, RST_RULE_BY_FIN, ONE_CLUE);
    scene->own.known |= RST_DIRECTION_ACKED;
    check(scene, RST_RULE_BY_FIN, ALWAYS);
    scene->own.acked = 4999;
    check(scene, RST_RULE_BY_FIN, ONE_CLUE);
    g_free(scene);
}

static void test_own_fin(void)
{
    scene_t *scene = begin();

    scene->reset.seq = 8000;
    scene->own.fin_seq = 9000;
    check(scene, RST_RULE_BY_FIN, ALWAYS);
    scene->own.known |= RST_DIRECTION_FIN;
    check(scene, RST_RULE_BY_FIN, ONE_CLUE);
    scene->reset.seq = 9000; /* it goes on where the FIN ends */
    check(scene, RST_RULE_BY_FIN, ALWAYS);
    scene->reset.seq = 8000;
    scene->peer.known = RST_DIRECTION_ACKED;
    scene->peer.acked = 8999;
    check(scene, RST_RULE_BY_FIN, ONE_CLUE);
    scene->peer.acked = 9000;
    check(scene, RST_RULE_BY_FIN, ALWAYS);
    g_free(scene);
}

static void test_others(void)
{
    scene_t *scene = begin();

    rst_reset_t before = {.form = RST_FORM_ABORT};

    check(scene, RST_RULE_BY_EARLIER, ONE_CLUE);
    scene->reset.own_before = &before;
    check(scene, RST_RULE_BY_EARLIER, ONE_CLUE);
    before.form = RST_FORM_AHEAD;
    check(scene, RST_RULE_BY_EARLIER, CONTRADICTION);
    before.form = RST_FORM_BELOW;
    check(scene, RST_RULE_BY_EARLIER, CONTRADICTION);
    before.form = RST_FORM_ANSWER;
    check(scene, RST_RULE_BY_EARLIER, ONE_CLUE);
    before.clues = RST_CLUE_HOPS;
    check(scene, RST_RULE_BY_EARLIER, CONTRADICTION);
    scene->reset.own_before = NULL;
    check(scene, RST_RULE_BY_BOTH, CONTRADICTION);
    check(scene, RST_RULE_BY_BOTH | RST_RULE_BY_EARLIER, CONTRADICTION);
    scene->reset.after.peer_reset_elsewhere = true;
    check(scene, RST_RULE_BY_BOTH, ONE_CLUE);
    scene->reset.after.peer_reset_elsewhere = false;
    scene->reset.ttl = 60;
    check(scene, RST_RULE_BY_BOTH, ONE_CLUE);
    g_free(scene);
}

static void test_repeats(void)
{
    static const unsigned flags[] = {RST_RULE_RETRANSMISSIONS, RST_RULE_KEEPALIVES, RST_RULE_WINDOW_PROBES};
    scene_t *scene = begin();

    for (size_t i = 0; i < G_N_ELEMENTS(flags); i++) {
        scene->reset.ttl = 53;
        check(scene, flags[i], ALWAYS);
        scene->reset.ttl = 52;
        check(scene, flags[i], ONE_CLUE);
        scene->reset.ttl = 56;
        check(scene, flags[i], ONE_CLUE);
    }
    /* From where the SYN came: a device answers the handshakes of its hosts. */
    scene->own.syn_ttl = 56;
    check(scene, RST_RULE_KEEPALIVES, ALWAYS);
    scene->own.syn_ttl = 54;
    check(scene, RST_RULE_KEEPALIVES, ONE_CLUE);
    scene->own.known &= ~(uint32_t)RST_DIRECTION_HOPS;
    check(scene, RST_RULE_KEEPALIVES, ALWAYS);
    scene->own.known |= RST_DIRECTION_HOPS;
    scene->own.syn_ttl = 0;
    scene->reset.ttl = 0;
    check(scene, RST_RULE_KEEPALIVES, ALWAYS);
    scene->reset.ttl = 20; /* chosen by a program, as unknown as the TTL of a SYN that was not captured */
    check(scene, RST_RULE_KEEPALIVES, ONE_CLUE);
    g_free(scene);
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/honest/distance", test_distance},
        {"/honest/at_host", test_at_host},
        {"/honest/progress", test_progress},
        {"/honest/progress_of_strangers", test_progress_of_strangers},
        {"/honest/flaws", test_flaws},
        {"/honest/train", test_train},
        {"/honest/elimination", test_elimination},
        {"/honest/fin_of_peer", test_fin_of_peer},
        {"/honest/own_fin", test_own_fin},
        {"/honest/others", test_others},
        {"/honest/repeats", test_repeats},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
