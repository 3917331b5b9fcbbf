/* test_matches.c
 * Tests of rules whose conditions few whole captures show: each condition alone, on a view made by hand.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/honest.h"
#include "rules/distance.h"
#include "rules/elsewhere.h"
#include "rules/network.h"
#include "rules/predicates.h"
#include "rules/repeat.h"
#include "rules/reuse.h"
#include "script.h"

/* A bare reset of side 0, ten hops away, in a connection that was seen from the start and whose data was
 * acknowledged. */
typedef struct scene {
    rst_prefs_t prefs;
    rst_file_t file;
    rst_reset_t reset;
    rst_direction_t side[2];
    rst_recent_segment_t trigger;
    rst_previous_t previous;
    rst_story_t story;
    rst_view_t view;
} scene_t;

static scene_t *begin(void)
{
    scene_t *scene = g_new0(scene_t, 1);

    scene->prefs = rst_prefs_default();
    scene->file.tick = 1;
    for (unsigned i = 0; i < 2; i++) {
        rst_direction_t *side = &scene->side[i];

        side->known = RST_DIRECTION_HOPS | RST_DIRECTION_PROVED | RST_DIRECTION_NXT | RST_DIRECTION_ACKED;
        side->segments = 5;
        side->data_segments = side->pure_acks = 2;
        side->bytes = 100;
        side->ttl = 54;
        side->hop_min = side->hop_max = 10;
    }
    scene->reset.at = (rst_moment_t){20, 10 * RST_SECOND};
    scene->reset.direction = scene->side;
    scene->reset.story = &scene->story;
    scene->reset.form = RST_FORM_ABORT;
    scene->reset.opened = true;
    scene->reset.known = RST_HAS_IP | RST_HAS_OPTIONS | RST_HAS_LENGTH;
    scene->reset.flags = RST_FLAG_RST;
    scene->reset.ttl = 54;
    scene->view.file = &scene->file;
    scene->view.prefs = &scene->prefs;
    scene->view.reset = &scene->reset;
    scene->view.own = &scene->side[0];
    scene->view.peer = &scene->side[1];
    return scene;
}

static void answer(scene_t *scene)
{
    scene->trigger =
        (rst_recent_segment_t){.moment = {19, 9 * RST_SECOND}, .len = 10, .space = 10, .flags = RST_FLAG_ACK};
    scene->view.trigger = &scene->trigger;
    scene->reset.form = RST_FORM_ANSWER;
}

static void check(const scene_t *scene, const rst_rule_t *rules, const char *name, unsigned expected)
{
    while (strcmp(rules->name, name) != 0)
        rules++;
    g_assert_cmpuint(rules->match(&scene->view), ==, expected);
}

static void check_distance(const scene_t *scene, unsigned expected)
{
    check(scene, rst_rules_distance, "other_distance", expected);
}

/* The peer was reset before. From another distance than its own that was somebody on the path, who now did this too. */
static void test_peer_reset(void)
{
    scene_t *scene = begin();

    scene->reset.ttl = 60;
    check_distance(scene, 72);
    scene->reset.peer_last = (rst_earlier_t){.at = {9, RST_SECOND}, .ttl = 54};
    check_distance(scene, 0);
    check(scene, rst_rules_distance, "other_distance_perhaps", 40);
    scene->reset.peer_last.ttl = 53;
    check_distance(scene, 0);
    scene->reset.peer_last.ttl = 55;
    check_distance(scene, 0);
    scene->reset.peer_last.ttl = 52;
    check_distance(scene, 72);
    scene->reset.peer_last.ttl = 56;
    check_distance(scene, 72);
    scene->side[1].known &= ~(uint32_t)RST_DIRECTION_PROVED;
    check_distance(scene, 0);
    scene->side[1].known |= RST_DIRECTION_PROVED;
    scene->side[1].hop_min = 9;
    check_distance(scene, 0);
    scene->side[1].hop_min = 10;
    scene->reset.peer_last.ttl = 0;
    check_distance(scene, 0);
    /* At the same moment it is no coincidence. */
    scene->reset.peer_last.at.time = scene->reset.at.time - 5 * RST_MILLISECOND;
    check_distance(scene, 72);
    scene->reset.peer_last.at.time--;
    check_distance(scene, 0);
    g_free(scene);
}

/* The limit of two aborts at once asks the same. */
static void test_peer_elsewhere(void)
{
    scene_t *scene = begin();

    g_assert_false(rst_peer_reset_elsewhere(&scene->view));
    scene->reset.after.peer_reset_elsewhere = true;
    g_assert_true(rst_peer_reset_elsewhere(&scene->view));
    scene->reset.after.peer_reset_elsewhere = false;
    scene->reset.peer_last = (rst_earlier_t){.at = {9, RST_SECOND}, .ttl = 44};
    g_assert_true(rst_peer_reset_elsewhere(&scene->view));
    scene->reset.peer_last.at.pass_index = 0;
    g_assert_false(rst_peer_reset_elsewhere(&scene->view));
    g_free(scene);
}

/* What was in flight to a host that had reset the connection is answered by another one. */
static void test_own_first(void)
{
    scene_t *scene = begin();

    answer(scene);
    scene->reset.ttl = 60;
    check_distance(scene, 72);
    scene->reset.own_first = (rst_earlier_t){.at = {9, RST_SECOND}, .ttl = 54, .flags = RST_FLAG_RST | RST_FLAG_ACK};
    check_distance(scene, 0);
    scene->reset.own_first.flags = RST_FLAG_RST;
    check_distance(scene, 72);
    scene->reset.own_first.flags |= RST_FLAG_ACK;
    scene->reset.own_first.ttl = 60;
    check_distance(scene, 72);
    scene->reset.own_first.ttl = 54;
    scene->reset.own_first.at.pass_index = 0;
    check_distance(scene, 72);
    scene->reset.own_first.at.pass_index = 9;
    scene->reset.form = RST_FORM_ABORT;
    scene->view.trigger = NULL;
    check_distance(scene, 72);
    g_free(scene);
}

static void test_after_fin(void)
{
    scene_t *scene = begin();

    scene->reset.ttl = 60;
    scene->side[0].known |= RST_DIRECTION_FIN;
    check_distance(scene, 72);
    answer(scene);
    check_distance(scene, 50);
    scene->side[0].known &= ~(uint32_t)RST_DIRECTION_FIN;
    check_distance(scene, 72);
    g_free(scene);
}

/* Flags alone were captured: a few hops say little. */
static void test_flags_alone(void)
{
    scene_t *scene = begin();

    scene->reset.flags |= RST_FLAG_ACK;
    for (unsigned i = 0; i < 2; i++)
        scene->side[i].data_segments = scene->side[i].pure_acks = 0;
    scene->reset.ttl = 59;
    check_distance(scene, RST_UNSURE);
    scene->reset.ttl = 60; /* six hops */
    check_distance(scene, 72);
    scene->reset.ttl = 59;
    scene->side[0].pure_acks = 1;
    check_distance(scene, 72);
    scene->side[0].pure_acks = 0;
    scene->side[0].data_segments = 1;
    check_distance(scene, 72);
    scene->side[0].data_segments = 0;
    scene->side[1].pure_acks = 1; /* the other side's packets are there */
    check_distance(scene, 72);
    g_free(scene);
}

/* Without the handshake an answer from nearer may be another host's. */
static void test_late_begin(void)
{
    scene_t *scene = begin();

    answer(scene);
    scene->reset.ttl = 60;
    check_distance(scene, 72);
    scene->reset.opened = false;
    check_distance(scene, 0);
    check(scene, rst_rules_distance, "other_distance_perhaps", 40);
    scene->reset.ttl = 44;
    check_distance(scene, 72);
    scene->reset.ttl = 60;
    scene->reset.form = RST_FORM_ABORT;
    scene->reset.flags |= RST_FLAG_ACK;
    check_distance(scene, 72);
    g_free(scene);
}

/* The older connection was open, and a SYN was refused. */
static scene_t *begin_reuse(void)
{
    scene_t *scene = begin();

    answer(scene);
    scene->reset.form = RST_FORM_REFUSAL;
    scene->trigger.flags = RST_FLAG_SYN;
    scene->previous = (rst_previous_t){.live = true, .ttl = {54, 54}, .last = {5, 5 * RST_SECOND}};
    scene->story.began = (rst_moment_t){10, 6 * RST_SECOND};
    scene->reset.previous = &scene->previous;
    return scene;
}

static void check_reuse(const scene_t *scene, unsigned expected)
{
    check(scene, rst_rules_reuse, "reuse_still_open", expected);
}

/* It counts only if its packets came from where these hosts are, give or take three hops. */
static void test_reuse(void)
{
    scene_t *scene = begin_reuse();

    check_reuse(scene, 80);
    for (unsigned i = 0; i < 2; i++) {
        scene->previous.ttl[i] = 51;
        check_reuse(scene, 80);
        scene->previous.ttl[i] = 50;
        check_reuse(scene, 0);
        scene->previous.ttl[i] = 57;
        check_reuse(scene, 80);
        scene->previous.ttl[i] = 58;
        check_reuse(scene, 0);
        scene->previous.ttl[i] = 0; /* unknown */
        check_reuse(scene, 80);
        scene->previous.ttl[i] = 54;
    }
    /* The side of the reset has sent nothing else: then the reset shows where it is. */
    scene->side[0].known &= ~(uint32_t)RST_DIRECTION_HOPS;
    scene->side[0].ttl = 10;
    check_reuse(scene, 80);
    scene->reset.ttl = 50;
    check_reuse(scene, 0);
    scene->side[0].known |= RST_DIRECTION_HOPS;
    scene->side[0].ttl = 54;
    check_reuse(scene, 80);
    scene->side[1].known &= ~(uint32_t)RST_DIRECTION_HOPS; /* of the other side nothing is known then */
    scene->side[1].ttl = 10;
    check_reuse(scene, 80);
    g_free(scene);
}

/* One address, two hosts: it goes on under the same address. */
static void test_goes_on(void)
{
    scene_t *scene = begin();

    answer(scene);
    check(scene, rst_rules_network, "other_host_goes_on", 0);
    scene->reset.after.alive.pass_index = 30;
    scene->reset.after.alive_count = 1;
    check(scene, rst_rules_network, "other_host_goes_on", 50);
    scene->side[0].segments = 2;
    check(scene, rst_rules_network, "other_host_goes_on", 50);
    /* Nothing was known of it, and one packet may be anybody's. */
    scene->side[0].segments = 1;
    check(scene, rst_rules_network, "other_host_goes_on", RST_UNSURE);
    scene->reset.after.alive_count = 2;
    check(scene, rst_rules_network, "other_host_goes_on", 50);
    scene->reset.after.alive_count = 3;
    check(scene, rst_rules_network, "other_host_goes_on", 50);
    g_free(scene);
}

static void test_copied(void)
{
    scene_t *scene = begin();

    check(scene, rst_rules_network, "copied_elsewhere", 0);
    scene->reset.after.twin.pass_index = 7;
    check(scene, rst_rules_network, "copied_elsewhere", 60);
    g_free(scene);
}

/* What the reset's own side shows of its distance, and what other connections say against it. */
static void test_usual_distance(void)
{
    scene_t *scene = begin();

    scene->reset.ttl = 58;
    g_assert_cmpint(rst_hop_delta(&scene->view), ==, -4);
    scene->side[0].segments = 2;
    g_assert_cmpint(rst_hop_delta(&scene->view), ==, -4);
    scene->side[0].segments = 1;
    g_assert_cmpint(rst_hop_delta(&scene->view), ==, RST_HOPS_NONE);
    scene->side[0].segments = 2;
    scene->side[0].bytes = 0;
    g_assert_cmpint(rst_hop_delta(&scene->view), ==, -4);
    scene->side[0].pure_acks = 0;
    g_assert_cmpint(rst_hop_delta(&scene->view), ==, RST_HOPS_NONE);
    /* Two completed connections show it, where this one does not; not where its own packets disagree. */
    scene->view.distance.range = (rst_hop_range_t){10, 10, 2};
    g_assert_cmpint(rst_hop_delta(&scene->view), ==, RST_HOPS_NONE);
    scene->side[0].segments = 1;
    g_assert_cmpint(rst_hop_delta(&scene->view), ==, -4);
    scene->view.distance.range.count = 1;
    g_assert_cmpint(rst_hop_delta(&scene->view), ==, RST_HOPS_NONE);
    g_free(scene);
}

static void test_disputed(void)
{
    scene_t *scene = begin();

    scene->view.distance.connections[0] = 2;
    scene->view.distance.hops[0] = 4;
    scene->reset.ttl = 55;
    g_assert_false(rst_hop_disputed(&scene->view));
    scene->reset.ttl = 56;
    g_assert_true(rst_hop_disputed(&scene->view));
    scene->reset.ttl = 52;
    g_assert_true(rst_hop_disputed(&scene->view));
    scene->view.distance.hearsay = true;
    g_assert_false(rst_hop_disputed(&scene->view));
    scene->view.distance.hearsay = false;
    scene->view.distance.connections[0] = 1;
    g_assert_false(rst_hop_disputed(&scene->view));
    scene->view.distance.connections[0] = 2;
    scene->side[0].hop_min = scene->side[0].hop_max = RST_HOPS_ABSURD;
    g_assert_false(rst_hop_disputed(&scene->view));
    g_free(scene);
}

/* AIX starts connections from a TTL of 60, and its resets from another one. */
static void test_initial_ttl(void)
{
    scene_t *scene = begin();

    scene->side[0].ttl = 60;
    scene->side[0].hop_min = scene->side[0].hop_max = 4;
    scene->reset.ttl = 255;
    g_assert_cmpint(rst_hop_delta(&scene->view), ==, 0);
    scene->side[0].ttl = 61;
    g_assert_cmpint(rst_hop_delta(&scene->view), ==, -4);
    scene->side[0].ttl = 60;
    scene->side[0].known |= RST_DIRECTION_TIMESTAMPS;
    g_assert_cmpint(rst_hop_delta(&scene->view), ==, -4);
    /* From 32, by itself. */
    scene->side[0].known &= ~(uint32_t)RST_DIRECTION_TIMESTAMPS;
    scene->reset.ttl = 28;
    g_assert_cmpint(rst_hop_delta(&scene->view), ==, 0);
    g_free(scene);
}

/* A challenge ACK asks for a number that lies before the first reset's, by a window at most. */
static void test_challenged(void)
{
    const char *name = rst_rules_repeat[0].name;
    scene_t *scene = begin();

    answer(scene);
    scene->trigger.len = scene->trigger.space = 0;
    scene->trigger.ack = 5000;
    scene->trigger.moment.pass_index = 19;
    scene->reset.own_last = (rst_earlier_t){.at = {18, 9 * RST_SECOND}, .seq = 5000 + 65535};
    scene->reset.asked_before = true;
    check(scene, rst_rules_repeat, name, 95);
    scene->reset.own_last.seq++;
    check(scene, rst_rules_repeat, name, 0);
    scene->side[1].window_max = 65536;
    check(scene, rst_rules_repeat, name, 95);
    scene->reset.own_last.seq = 4999;
    check(scene, rst_rules_repeat, name, 0);
    g_free(scene);
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/matches/peer_reset", test_peer_reset},
        {"/matches/peer_elsewhere", test_peer_elsewhere},
        {"/matches/own_first", test_own_first},
        {"/matches/after_fin", test_after_fin},
        {"/matches/flags_alone", test_flags_alone},
        {"/matches/late_begin", test_late_begin},
        {"/matches/reuse", test_reuse},
        {"/matches/goes_on", test_goes_on},
        {"/matches/copied", test_copied},
        {"/matches/usual_distance", test_usual_distance},
        {"/matches/disputed", test_disputed},
        {"/matches/challenged", test_challenged},
        {"/matches/initial_ttl", test_initial_ttl},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
