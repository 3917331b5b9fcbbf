/* test_gap.c
 * Tests of when numbers out of reach show that the capture missed some: each condition alone (track/gap.h).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "answer/foreign.h"
#include "script.h"
#include "track/gap.h"

enum {
    BOTH = RST_CLUE_SEQ | RST_CLUE_ACK | RST_CLUE_FAR,
    STEP = 1048576,
    FAR = 1 << 28,
    SEQ = 70000000, /* where the side goes on after the gap, and where its peer does */
    ACK = 80000000
};

static const rst_moment_t NOW = {20, 0};

typedef struct scene {
    rst_direction_t side, peer;
} scene_t;

static scene_t begin(void)
{
    scene_t scene = {0};

    scene.side.known = scene.peer.known = RST_DIRECTION_NXT | RST_DIRECTION_ACKED;
    scene.side.nxt = scene.peer.acked = 1000;
    scene.peer.nxt = scene.side.acked = 2000;
    scene.side.segments = scene.peer.segments = 10;
    return scene;
}

static bool take(scene_t *scene, uint32_t seq, uint32_t ack, unsigned clues, bool silent)
{
    rst_segment_t segment = {.flags = RST_FLAG_ACK, .seq = seq, .ack = ack, .len = 10};

    return rst_gap_is_bridged(&scene->side, &scene->peer, &segment, NOW, clues, silent);
}

/* How many in a row it takes. */
static unsigned run_of(scene_t *scene, bool silent)
{
    unsigned count = 1;

    while (count < 100 && !take(scene, SEQ + 10 * count, ACK, BOTH, silent))
        count++;
    return count;
}

static void test_runs(void)
{
    scene_t scene = begin();

    g_assert_cmpuint(run_of(&scene, false), ==, 8); /* the other side is silent, but it was there */
    scene = begin();
    g_assert_cmpuint(run_of(&scene, true), ==, 3); /* for long */
    scene = begin();
    scene.peer.segments = 0;
    g_assert_cmpuint(run_of(&scene, false), ==, 3);
    scene = begin();
    scene.peer.gap = (rst_gap_t){ACK, SEQ, 1};
    g_assert_cmpuint(run_of(&scene, false), ==, 2);
    scene.peer.gap = (rst_gap_t){ACK, SEQ, 0};
    g_assert_cmpuint(run_of(&scene, false), ==, 8);
}

/* The peer is where two segments of the side, which end at SEQ and acknowledge ACK, say that it is: less far. */
static void check_agreement(uint32_t peer_seq, uint32_t peer_ack, bool expected)
{
    scene_t scene = begin();

    scene.peer.gap = (rst_gap_t){peer_seq, peer_ack, 1};
    take(&scene, SEQ - 20, ACK, BOTH, false);
    g_assert_cmpint(take(&scene, SEQ - 10, ACK, BOTH, false), ==, expected);
}

static void test_agreement(void)
{
    check_agreement(ACK, SEQ, true);
    check_agreement(ACK + STEP, SEQ, true);
    check_agreement(ACK + STEP + 1, SEQ, false);
    check_agreement(ACK - STEP, SEQ, true);
    check_agreement(ACK - STEP - 1, SEQ, false);
    check_agreement(ACK, SEQ + STEP, true);
    check_agreement(ACK, SEQ + STEP + 1, false);
    check_agreement(ACK, SEQ - STEP, true);
    check_agreement(ACK, SEQ - STEP - 1, false);
}

/* The second of three begins and acknowledges so much later than the first one ends. */
static void check_step(int64_t seq_step, int64_t ack_step, bool expected)
{
    scene_t scene = begin();
    uint32_t seq = SEQ + 10 + (uint32_t)seq_step;
    uint32_t ack = ACK + (uint32_t)ack_step;

    take(&scene, SEQ, ACK, BOTH, true);
    take(&scene, seq, ack, BOTH, true);
    g_assert_cmpint(take(&scene, seq + 10, ack, BOTH, true), ==, expected);
}

static void test_steps(void)
{
    check_step(0, 0, true);
    check_step(STEP, 0, true);
    check_step(STEP + 1, 0, false);
    check_step(-1, 0, false);
    check_step(0, STEP, true);
    check_step(0, STEP + 1, false);
    check_step(0, -1, false);
}

/* Something else does not fit either, or nothing is acknowledged: a new run. */
static void test_interrupted(void)
{
    scene_t scene = begin();
    rst_segment_t without_ack = {.seq = SEQ + 20, .ack = ACK, .len = 10};

    take(&scene, SEQ, ACK, BOTH, true);
    take(&scene, SEQ + 10, ACK, BOTH, true);
    g_assert_false(take(&scene, SEQ + 20, ACK, BOTH | RST_CLUE_HOPS, true));
    g_assert_false(take(&scene, SEQ + 20, ACK, BOTH, true));
    g_assert_false(take(&scene, SEQ + 30, ACK, BOTH, true));
    g_assert_false(rst_gap_is_bridged(&scene.side, &scene.peer, &without_ack, NOW, BOTH, true));
    g_assert_cmpuint(scene.side.gap.run, ==, 0);
}

/* Only what did not fit is learned anew. */
static void test_bridged(void)
{
    scene_t scene = begin();

    scene.side.out_of_window = 3;
    run_of(&scene, true);
    g_assert_cmpuint(scene.side.gap.run, ==, 0);
    g_assert_cmpuint(scene.side.nxt, ==, SEQ + 30);
    g_assert_cmpuint(scene.side.out_of_window, ==, 0);
    g_assert_cmpuint(scene.side.gaps, ==, 1);
    g_assert_false(scene.peer.known & RST_DIRECTION_ACKED);
    g_assert_cmpuint(scene.side.acked, ==, ACK);
    g_assert_cmpuint(scene.peer.nxt, ==, ACK);
    g_assert_cmpuint(scene.peer.gaps, ==, 1);

    scene = begin();
    for (unsigned i = 0; i < 3; i++)
        take(&scene, SEQ + 10 * i, 2000, RST_CLUE_SEQ | RST_CLUE_FAR, true);
    g_assert_cmpuint(scene.side.nxt, ==, SEQ + 20);
    g_assert_cmpuint(scene.side.acked, ==, 2000);
    g_assert_cmpuint(scene.peer.gaps, ==, 0);

    scene = begin();
    for (unsigned i = 0; i < 3; i++)
        take(&scene, 1000 + 10 * i, ACK, RST_CLUE_ACK | RST_CLUE_FAR, true);
    g_assert_cmpuint(scene.side.nxt, ==, 1000);
    g_assert_true(scene.peer.known & RST_DIRECTION_ACKED);
    g_assert_cmpuint(scene.side.acked, ==, ACK);
    g_assert_cmpuint(scene.peer.gaps, ==, 1);
}

/* The first packets put the side elsewhere than its peer does; this segment agrees with the peer. */
static scene_t apart(uint32_t distance)
{
    scene_t scene = begin();

    scene.peer.acked = SEQ;
    scene.side.nxt = SEQ + distance;
    scene.peer.nxt = ACK;
    scene.side.acked = ACK + distance;
    return scene;
}

static void anchor(scene_t *scene, uint32_t seq, uint32_t ack)
{
    rst_segment_t segment = {.flags = RST_FLAG_ACK, .seq = seq, .ack = ack, .len = 10};

    rst_gap_anchor(&scene->side, &scene->peer, &segment, NOW);
}

static void check_anchored(scene_t scene, uint32_t seq, uint32_t ack, bool seq_anchored, bool ack_anchored)
{
    uint32_t nxt = scene.side.nxt;
    uint32_t acked = scene.side.acked;

    anchor(&scene, seq, ack);
    g_assert_cmpuint(scene.side.nxt, ==, seq_anchored ? seq : nxt);
    g_assert_cmpuint(scene.side.gaps, ==, seq_anchored);
    g_assert_cmpuint(scene.side.acked, ==, ack_anchored ? ack : acked);
    g_assert_cmpuint(scene.peer.gaps, ==, ack_anchored);
}

static void test_anchor(void)
{
    scene_t scene = apart(FAR + 1);

    check_anchored(scene, SEQ + 1, ACK + 1, true, true);
    check_anchored(apart(FAR), SEQ + 1, ACK + 1, false, false);
    check_anchored(apart(-(uint32_t)FAR), SEQ + 1, ACK + 1, false, false);
    check_anchored(apart(-(uint32_t)FAR - 1), SEQ + 1, ACK + 1, true, true);
    /* The segment itself may be as far away. */
    check_anchored(scene, SEQ + FAR, ACK + FAR, true, true);
    check_anchored(scene, SEQ + FAR + 1, ACK + 1, false, true);
    check_anchored(scene, SEQ + 1, ACK + FAR + 1, true, false);
    check_anchored(scene, SEQ - FAR - 1, ACK - FAR - 1, false, false);
}

static void test_no_anchor(void)
{
    scene_t scene = apart(FAR + 1);
    rst_segment_t without_ack = {.seq = SEQ + 1, .ack = ACK + 1};

    scene.side.known = RST_DIRECTION_ACKED;
    check_anchored(scene, SEQ + 1, ACK + 1, false, true);
    scene.side.known = RST_DIRECTION_NXT;
    check_anchored(scene, SEQ + 1, ACK + 1, true, false);
    scene = apart(FAR + 1);
    scene.peer.known = RST_DIRECTION_ACKED;
    check_anchored(scene, SEQ + 1, ACK + 1, true, false);
    scene.peer.known = RST_DIRECTION_NXT;
    check_anchored(scene, SEQ + 1, ACK + 1, false, true);
    scene = apart(FAR + 1);
    rst_gap_anchor(&scene.side, &scene.peer, &without_ack, NOW);
    g_assert_cmpuint(scene.side.nxt, ==, SEQ + 1);
    g_assert_cmpuint(scene.side.acked, ==, ACK + FAR + 1);
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/gap/runs", test_runs},           {"/gap/agreement", test_agreement},
        {"/gap/steps", test_steps},         {"/gap/interrupted", test_interrupted},
        {"/gap/bridged", test_bridged},     {"/gap/anchor", test_anchor},
        {"/gap/no_anchor", test_no_anchor}, {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
