/* test_fit.c
 * Tests of the limits within which a segment fits its side: each clue alone, just inside and just outside.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fit-scene.h"
#include "script.h"

static rst_checksum_t good(const void *packet)
{
    (void)packet;
    return RST_CHECKSUM_GOOD;
}

static unsigned clues_of(const scene_t *scene)
{
    return rst_fit_clues(&scene->side, &scene->peer, &scene->segment, scene->now, false);
}

/* With a sequence number that lies so far from what the side sent last. */
static unsigned at_seq(const scene_t *scene, int64_t distance)
{
    scene_t changed = *scene;

    changed.segment.seq = changed.side.nxt + (uint32_t)distance;
    return clues_of(&changed);
}

static unsigned at_ack(const scene_t *scene, int64_t distance)
{
    scene_t changed = *scene;

    changed.segment.ack = changed.side.acked + (uint32_t)distance;
    return clues_of(&changed);
}

static void check_seq(const scene_t *scene, int64_t distance, unsigned expected)
{
    g_assert_cmpuint(at_seq(scene, distance), ==, expected);
}

static void check_ack(const scene_t *scene, int64_t distance, unsigned expected)
{
    g_assert_cmpuint(at_ack(scene, distance), ==, expected);
}

static void test_numbers(void)
{
    scene_t scene = begin();

    check_seq(&scene, 0, 0);
    check_seq(&scene, INSIDE, 0);
    check_seq(&scene, -INSIDE, 0);
    check_seq(&scene, INSIDE + 1, RST_CLUE_SEQ);
    check_seq(&scene, -INSIDE - 1, RST_CLUE_SEQ);
    check_seq(&scene, FAR, RST_CLUE_SEQ);
    check_seq(&scene, FAR + 1, RST_CLUE_SEQ | RST_CLUE_FAR);
    check_seq(&scene, -FAR - 1, RST_CLUE_SEQ | RST_CLUE_FAR);
    check_ack(&scene, INSIDE, 0);
    check_ack(&scene, -INSIDE, 0);
    check_ack(&scene, INSIDE + 1, RST_CLUE_ACK);
    check_ack(&scene, -INSIDE - 1, RST_CLUE_ACK);
    check_ack(&scene, FAR, RST_CLUE_ACK);
    check_ack(&scene, FAR + 1, RST_CLUE_ACK | RST_CLUE_FAR);
}

/* Data in flight: everything between what is acknowledged and what was sent fits. */
static void test_between(void)
{
    scene_t scene = begin();

    scene.peer.acked = scene.side.nxt - 90000;
    check_seq(&scene, -90000 - INSIDE, 0);
    check_seq(&scene, -90000 - INSIDE - 1, RST_CLUE_SEQ);
    check_seq(&scene, INSIDE + 1, RST_CLUE_SEQ);
    /* What was sent is missing from the capture, but acknowledged. */
    scene.peer.acked = scene.side.nxt + 90000;
    check_seq(&scene, 90000 + INSIDE, 0);
    check_seq(&scene, 90000 + INSIDE + 1, RST_CLUE_SEQ);
    check_seq(&scene, -INSIDE, 0);
    check_seq(&scene, -INSIDE - 1, RST_CLUE_SEQ);
}

/* What the two sides said contradicts each other, so neither is held against a segment. */
static void test_contradiction(void)
{
    scene_t scene = begin();

    scene.peer.acked = scene.side.nxt - ROOM;
    check_seq(&scene, 800000, RST_CLUE_SEQ | RST_CLUE_FAR);
    scene.peer.acked = scene.side.nxt - ROOM - 1;
    check_seq(&scene, 800000, 0);
    scene.peer.acked = scene.side.nxt + ROOM;
    check_seq(&scene, 900000, RST_CLUE_SEQ | RST_CLUE_FAR);
    scene.peer.acked = scene.side.nxt + ROOM + 1;
    check_seq(&scene, 900000, 0);

    scene = begin();
    scene.peer.nxt = scene.side.acked + ROOM;
    check_ack(&scene, 900000, RST_CLUE_ACK | RST_CLUE_FAR);
    scene.peer.nxt = scene.side.acked + ROOM + 1;
    check_ack(&scene, 900000, 0);
    scene.peer.nxt = scene.side.acked - ROOM;
    check_ack(&scene, 900000, RST_CLUE_ACK | RST_CLUE_FAR);
    scene.peer.nxt = scene.side.acked - ROOM - 1;
    check_ack(&scene, 900000, 0);
}

static void test_unknown_numbers(void)
{
    scene_t scene = begin();

    scene.side.known &= ~(uint32_t)RST_DIRECTION_NXT;
    check_seq(&scene, 800000, 0);
    scene = begin();
    scene.side.known &= ~(uint32_t)RST_DIRECTION_ACKED;
    check_ack(&scene, 800000, 0);
    scene = begin();
    scene.peer.known &= ~(uint32_t)RST_DIRECTION_NXT;
    check_ack(&scene, 800000, 0);
    scene = begin();
    scene.segment.flags = 0;
    check_ack(&scene, 800000, 0);
}

/* Nothing was acknowledged: a number far from all of them still tells, if the side showed it twice. */
static void test_one_direction(void)
{
    scene_t scene = begin();

    scene.peer.known &= ~(uint32_t)RST_DIRECTION_ACKED;
    scene.side.segments = 2;
    check_seq(&scene, INT64_C(1) * MOST + NEAR, 0);
    check_seq(&scene, INT64_C(1) * MOST + NEAR + 1, RST_CLUE_SEQ);
    scene.side.segments = 1;
    scene.side.known &= ~(uint32_t)RST_DIRECTION_SYN;
    check_seq(&scene, INT64_C(1) * MOST + NEAR + 1, 0);
    scene.side.segments = 3;
    check_seq(&scene, INT64_C(1) * MOST + NEAR + 1, RST_CLUE_SEQ);
}

/* Or once, in its SYN: nobody goes far beyond that before anything is acknowledged. */
static void test_after_syn(void)
{
    scene_t scene = begin();

    scene.peer.known &= ~(uint32_t)RST_DIRECTION_ACKED;
    scene.side.segments = 1;
    check_seq(&scene, NEAR, 0);
    check_seq(&scene, NEAR + 1, RST_CLUE_SEQ | RST_CLUE_FAR);
    check_seq(&scene, -NEAR - 1, RST_CLUE_SEQ | RST_CLUE_FAR);
    /* A SYN-ACK may be that of a device in front of the host. */
    scene.side.known |= RST_DIRECTION_SYNACK;
    check_seq(&scene, NEAR + 1, 0);
    scene.side.known &= ~(uint32_t)(RST_DIRECTION_SYN | RST_DIRECTION_SYNACK);
    check_seq(&scene, NEAR + 1, 0);
    /* Something was acknowledged, so one segment is enough. */
    scene = begin();
    scene.side.segments = 1;
    check_seq(&scene, INSIDE + 1, RST_CLUE_SEQ);
}

static void test_unknown_scale(void)
{
    static const uint32_t without[][2] = {{RST_DIRECTION_SYN, 0}, {0, RST_DIRECTION_SYN}};
    scene_t scene;

    for (size_t i = 0; i < G_N_ELEMENTS(without); i++) {
        scene = begin();
        scene.side.known &= ~without[i][0];
        scene.peer.known &= ~without[i][1];
        scene.peer.window_max = 10; /* up to 163840 with a scale of 14 */
        check_seq(&scene, 163840 + NEAR, 0);
        check_seq(&scene, 163840 + NEAR + 1, RST_CLUE_SEQ);
    }
    for (size_t i = 0; i < 2; i++) { /* or the options of one SYN were not captured */
        scene = begin();
        (i ? &scene.side : &scene.peer)->known |= RST_DIRECTION_CUT;
        scene.peer.window_max = 10;
        check_seq(&scene, 163840 + NEAR, 0);
        check_seq(&scene, 163840 + NEAR + 1, RST_CLUE_SEQ);
    }
    /* With both SYNs the window is what it says. */
    scene = begin();
    scene.peer.window_max = 10;
    check_seq(&scene, 10 + NEAR + 1, RST_CLUE_SEQ);
    /* No window is larger than a gigabyte; and that is what one is held for that was not captured. */
    scene = begin();
    scene.side.known &= ~(uint32_t)RST_DIRECTION_SYN;
    scene.peer.window_max = 1 << 20;
    check_seq(&scene, INT64_C(1) * MOST + NEAR, 0);
    check_seq(&scene, INT64_C(1) * MOST + NEAR + 1, RST_CLUE_SEQ);
    scene = begin();
    scene.peer.known &= ~(uint32_t)RST_DIRECTION_WINDOW;
    scene.peer.window_max = 0;
    check_seq(&scene, INT64_C(1) * MOST + NEAR, 0);
    check_seq(&scene, INT64_C(1) * MOST + NEAR + 1, RST_CLUE_SEQ);
}

static void check_ttl(const scene_t *scene, uint8_t ttl, unsigned expected)
{
    scene_t changed = *scene;

    changed.segment.ttl = ttl;
    g_assert_cmpuint(clues_of(&changed), ==, expected);
    g_assert_cmpuint(rst_fit_syn_clues(&changed.side, &changed.segment), ==, expected);
}

static void test_distance(void)
{
    scene_t scene = begin();

    check_ttl(&scene, 54, 0);
    check_ttl(&scene, 53, RST_CLUE_HOPS);
    check_ttl(&scene, 118, 0); /* the same distance from another initial TTL */
    check_ttl(&scene, 33, RST_CLUE_HOPS);
    check_ttl(&scene, 32, 0); /* chosen by a program */
    check_ttl(&scene, 16, 0);
    g_assert_cmpuint(rst_fit_clues(&scene.side, &scene.peer, &scene.segment, scene.now, true), ==, 0);
    scene.segment.ttl = 53;
    g_assert_cmpuint(rst_fit_clues(&scene.side, &scene.peer, &scene.segment, scene.now, true), ==, 0);
    scene.side.ttl = 53; /* of its latest segment */
    check_ttl(&scene, 53, 0);
    scene = begin();
    scene.segment.known &= ~(uint32_t)RST_HAS_IP;
    check_ttl(&scene, 53, 0);
    /* Seen once, it is not settled. */
    scene = begin();
    scene.side.distance[0].seen = 1;
    check_ttl(&scene, 53, 0);
    /* Two paths, and one that was seen once. */
    scene = begin();
    scene.side.distance[1] = (rst_distance_t){12, 2};
    scene.side.distance[2] = (rst_distance_t){14, 1};
    check_ttl(&scene, 52, 0);
    check_ttl(&scene, 50, RST_CLUE_HOPS);
    /* No distance follows from what an application chose. */
    scene.side.distance[1].hops = RST_HOPS_ABSURD;
    check_ttl(&scene, 50, 0);
}

static void check_stamp(const scene_t *scene, int64_t step, unsigned expected)
{
    scene_t changed = *scene;

    changed.segment.tsval = changed.side.tsval + (uint32_t)step;
    g_assert_cmpuint(clues_of(&changed), ==, expected);
}

static void test_stamps(void)
{
    const int ahead = 1 << 20;
    scene_t scene = begin();

    check_stamp(&scene, -65536, 0);
    check_stamp(&scene, -65537, RST_CLUE_TIMESTAMP);
    check_stamp(&scene, ahead, 0);
    check_stamp(&scene, ahead + 1, RST_CLUE_TIMESTAMP);
    /* Ten milliseconds of a clock with microseconds, and some. */
    scene.now.time += 10 * RST_MILLISECOND;
    check_stamp(&scene, ahead + 11000, 0);
    check_stamp(&scene, ahead + 11001, RST_CLUE_TIMESTAMP);
    check_stamp(&scene, -65537, RST_CLUE_TIMESTAMP);
    scene.now.time = RST_TIME_NONE;
    check_stamp(&scene, ahead + 11001, 0);
    check_stamp(&scene, -65537, 0);
}

/* It is known how fast the clock ticks. */
static void test_slow_clock(void)
{
    const int ahead = 1 << 20;
    scene_t scene = begin();

    scene.now.time += 10 * RST_MILLISECOND;
    scene.side.syn = (rst_moment_t){1, RST_SECOND - 100 * RST_MILLISECOND};
    scene.side.syn_tsval = STAMP - 200;
    check_stamp(&scene, ahead + 20, 0);
    check_stamp(&scene, ahead + 21, RST_CLUE_TIMESTAMP);
    scene.side.syn_tsval = STAMP - 201; /* faster */
    check_stamp(&scene, ahead + 11000, 0);
    check_stamp(&scene, ahead + 11001, RST_CLUE_TIMESTAMP);
    scene.side.syn_tsval = STAMP - 100;
    scene.side.syn.time++; /* for a shorter time than shows it */
    check_stamp(&scene, ahead + 11000, 0);
    scene.side.syn.time = RST_TIME_NONE;
    check_stamp(&scene, ahead + 11000, 0);
    scene.side.syn = (rst_moment_t){0, RST_SECOND - 100 * RST_MILLISECOND}; /* no SYN */
    check_stamp(&scene, ahead + 11000, 0);
    /* For long, at a tick per millisecond. */
    scene.side.syn = (rst_moment_t){1, 0};
    scene.side.syn_tsval = STAMP - 1000;
    check_stamp(&scene, ahead + 21, RST_CLUE_TIMESTAMP);
}

static void test_stamp_missing(void)
{
    scene_t scene = begin();
    scene_t changed;

    scene.segment.known &= ~(uint32_t)RST_HAS_TIMESTAMP;
    scene.side.stamped = 2;
    g_assert_cmpuint(clues_of(&scene), ==, RST_CLUE_TIMESTAMP);
    changed = scene;
    changed.side.stamped = 1;
    g_assert_cmpuint(clues_of(&changed), ==, 0);
    changed = scene;
    changed.side.unstamped = 1;
    g_assert_cmpuint(clues_of(&changed), ==, 0);
    changed = scene;
    changed.segment.known &= ~(uint32_t)RST_HAS_OPTIONS;
    g_assert_cmpuint(clues_of(&changed), ==, 0);
}

/* The SYN asked for none. */
static void test_stamp_added(void)
{
    scene_t scene = begin();
    scene_t changed;

    scene.side.stamped = 0;
    scene.side.unstamped = 2;
    g_assert_cmpuint(clues_of(&scene), ==, RST_CLUE_TIMESTAMP);
    changed = scene;
    changed.side.unstamped = 1;
    g_assert_cmpuint(clues_of(&changed), ==, 0);
    changed = scene;
    changed.side.known &= ~(uint32_t)RST_DIRECTION_SYN;
    g_assert_cmpuint(clues_of(&changed), ==, 0);
    changed = scene;
    changed.side.known |= RST_DIRECTION_CUT;
    g_assert_cmpuint(clues_of(&changed), ==, 0);
    changed = scene;
    changed.side.stamped = 1;
    g_assert_cmpuint(clues_of(&changed), ==, 0);
}

static void test_checksum(void)
{
    scene_t scene = begin();

    scene.side.known |= RST_DIRECTION_CHECKSUMS;
    scene.segment.checksum = bad;
    g_assert_cmpuint(clues_of(&scene), ==, 0); /* nothing else speaks against it: it is not asked */
    scene.segment.ttl = 53;
    g_assert_cmpuint(clues_of(&scene), ==, RST_CLUE_HOPS | RST_CLUE_CHECKSUM);
    scene.segment.checksum = good;
    g_assert_cmpuint(clues_of(&scene), ==, RST_CLUE_HOPS);
    scene.segment.checksum = NULL;
    g_assert_cmpuint(clues_of(&scene), ==, RST_CLUE_HOPS);
    scene.segment.checksum = bad;
    scene.side.known &= ~(uint32_t)RST_DIRECTION_CHECKSUMS;
    g_assert_cmpuint(clues_of(&scene), ==, RST_CLUE_HOPS);
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/fit/numbers", test_numbers},
        {"/fit/between", test_between},
        {"/fit/contradiction", test_contradiction},
        {"/fit/unknown_numbers", test_unknown_numbers},
        {"/fit/one_direction", test_one_direction},
        {"/fit/after_syn", test_after_syn},
        {"/fit/unknown_scale", test_unknown_scale},
        {"/fit/distance", test_distance},
        {"/fit/stamps", test_stamps},
        {"/fit/slow_clock", test_slow_clock},
        {"/fit/stamp_missing", test_stamp_missing},
        {"/fit/stamp_added", test_stamp_added},
        {"/fit/checksum", test_checksum},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
