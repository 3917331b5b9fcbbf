/* test_held.c
 * Tests of what makes a held segment its side's own: each condition alone (track/doubt.h).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"
#include "track/doubt.h"
#include "track/fit.h"

/* Sent up to 5000, acknowledged up to 9000; held: 100 bytes at 5000, which acknowledge 9100. */
typedef struct scene {
    script_scope_t scope;
    rst_direction_t side;
    rst_segment_t held, next;
} scene_t;

static scene_t *open_scene(void)
{
    scene_t *scene = g_new0(scene_t, 1);

    script_scope_open(&scene->scope);
    scene->side.known = RST_DIRECTION_NXT | RST_DIRECTION_ACKED;
    scene->side.nxt = 5000;
    scene->side.acked = 9000;
    scene->held.known = RST_HAS_IP;
    scene->held.flags = RST_FLAG_ACK;
    scene->held.seq = 5000;
    scene->held.len = 100;
    scene->held.ack = 9100;
    scene->held.ttl = 53;
    scene->next = scene->held;
    return scene;
}

static void close_scene(scene_t *scene)
{
    rst_release(&scene->scope.memory, scene->side.doubt, sizeof *scene->side.doubt);
    script_scope_close(&scene->scope);
    g_free(scene);
}

static bool hold(scene_t *scene, unsigned clues)
{
    return rst_doubt_hold(&scene->side, &scene->held, (rst_moment_t){7, 0}, clues, &scene->scope.memory);
}

/* As many as are held of one kind are believed with the next one. */
static void test_run(void)
{
    scene_t *scene = open_scene();

    for (unsigned i = 1; i <= RST_DOUBT_RUN; i++) {
        g_assert_true(hold(scene, RST_CLUE_HOPS));
        g_assert_cmpuint(scene->side.doubt->run, ==, i);
    }
    g_assert_false(hold(scene, RST_CLUE_HOPS));
    /* Of another kind, or from a third place: a new run. */
    scene->side.doubt->confirmed = 2;
    g_assert_true(hold(scene, RST_CLUE_TIMESTAMP));
    g_assert_cmpuint(scene->side.doubt->run, ==, 1);
    g_assert_cmpuint(scene->side.doubt->confirmed, ==, 0);
    scene->held.ttl = 50;
    g_assert_true(hold(scene, RST_CLUE_TIMESTAMP));
    g_assert_cmpuint(scene->side.doubt->run, ==, 2);
    g_assert_true(hold(scene, RST_CLUE_HOPS));
    scene->held.ttl = 53;
    g_assert_true(hold(scene, RST_CLUE_HOPS));
    g_assert_cmpuint(scene->side.doubt->run, ==, 1);
    scene->held.ttl = 117; /* the same distance from another initial TTL */
    g_assert_true(hold(scene, RST_CLUE_HOPS));
    g_assert_cmpuint(scene->side.doubt->run, ==, 2);
    close_scene(scene);
}

/* The peer's answer to what is held, a bare ACK or a reset. */
static bool is_acknowledged(const scene_t *scene, unsigned flags, uint32_t seq, uint32_t ack)
{
    rst_segment_t answer = {.flags = (uint8_t)flags, .seq = seq, .ack = ack};

    return rst_doubt_is_acknowledged(&scene->side, &answer);
}

static void test_acknowledged(void)
{
    scene_t *scene = open_scene();

    g_assert_false(is_acknowledged(scene, RST_FLAG_ACK, 9000, 5100));
    hold(scene, RST_CLUE_HOPS);
    g_assert_true(is_acknowledged(scene, RST_FLAG_ACK, 9000, 5100));
    g_assert_false(is_acknowledged(scene, RST_FLAG_ACK, 9000, 5099));
    g_assert_false(is_acknowledged(scene, RST_FLAG_ACK, 9000, 5101));
    g_assert_false(is_acknowledged(scene, 0, 9000, 5100));
    scene->side.known &= ~(uint32_t)RST_DIRECTION_NXT;
    g_assert_false(is_acknowledged(scene, RST_FLAG_ACK, 9000, 5100));
    /* That was sent before: the ACK need not mean what is held. */
    scene->side.known |= RST_DIRECTION_NXT;
    scene->side.nxt = 5100;
    g_assert_false(is_acknowledged(scene, RST_FLAG_ACK, 9000, 5100));
    scene->side.nxt = 5000;
    scene->side.doubt->run = 0;
    g_assert_false(is_acknowledged(scene, RST_FLAG_ACK, 9000, 5100));
    close_scene(scene);
}

static void test_reset_answers(void)
{
    scene_t *scene = open_scene();

    hold(scene, RST_CLUE_HOPS);
    g_assert_true(is_acknowledged(scene, RST_FLAG_RST, 9100, 0));
    g_assert_false(is_acknowledged(scene, RST_FLAG_RST, 9000, 0));
    g_assert_false(is_acknowledged(scene, RST_FLAG_RST | RST_FLAG_ACK, 9100, 5000));
    g_assert_false(is_acknowledged(scene, RST_FLAG_ACK, 9100, 5000));
    scene->side.doubt->segment[0].len = 0;
    g_assert_false(is_acknowledged(scene, RST_FLAG_RST, 9100, 0));
    scene->side.doubt->segment[0].len = 100;
    scene->side.doubt->segment[0].flags = RST_FLAG_PSH;
    g_assert_false(is_acknowledged(scene, RST_FLAG_RST, 9100, 0));
    close_scene(scene);
}

/* Does the side go on with this segment? If not, nothing may be held any longer. */
static bool is_continued(scene_t *scene, uint32_t seq, uint32_t ack)
{
    bool continued;

    scene->next.seq = seq;
    scene->next.ack = ack;
    continued = rst_doubt_is_continued(&scene->side, &scene->next);
    if (scene->side.doubt)
        g_assert_cmpuint(scene->side.doubt->run, ==, continued);
    return continued;
}

static void test_continued(void)
{
    scene_t *scene = open_scene();

    g_assert_false(is_continued(scene, 5100, 9000));
    hold(scene, RST_CLUE_HOPS);
    g_assert_true(is_continued(scene, 5100, 9000));
    g_assert_false(is_continued(scene, 5101, 9000));
    g_assert_false(is_continued(scene, 5100, 9000)); /* dropped */
    hold(scene, RST_CLUE_HOPS);
    scene->side.nxt = 5100;
    g_assert_false(is_continued(scene, 5100, 9000));
    scene->side.nxt = 5000;
    hold(scene, RST_CLUE_HOPS);
    scene->side.known &= ~(uint32_t)RST_DIRECTION_NXT;
    g_assert_false(is_continued(scene, 5100, 9000));
    close_scene(scene);
}

/* So many of what is held acknowledged something that the side acknowledges later. */
static void test_confirmed(void)
{
    scene_t *scene = open_scene();

    for (unsigned i = 1; i < RST_DOUBT_RUN; i++) {
        hold(scene, RST_CLUE_HOPS);
        g_assert_false(is_continued(scene, 5000, 9100));
        g_assert_cmpuint(scene->side.doubt->confirmed, ==, i);
    }
    hold(scene, RST_CLUE_HOPS);
    g_assert_true(is_continued(scene, 5000, 9100));
    close_scene(scene);
}

/* After this many of three, is the third one told by these numbers? */
static void check_unconfirmed(uint32_t held_ack, uint32_t next_ack, unsigned held_flags, unsigned next_flags,
                              uint32_t known)
{
    scene_t *scene = open_scene();

    scene->held.ack = held_ack;
    scene->held.flags = (uint8_t)held_flags;
    hold(scene, RST_CLUE_HOPS);
    scene->side.doubt->confirmed = RST_DOUBT_RUN - 1;
    scene->next.flags = (uint8_t)next_flags;
    scene->side.known = known;
    g_assert_false(is_continued(scene, 5000, next_ack));
    close_scene(scene);
}

static void test_unconfirmed(void)
{
    const uint32_t known = RST_DIRECTION_NXT | RST_DIRECTION_ACKED;

    check_unconfirmed(9100, 9099, RST_FLAG_ACK, RST_FLAG_ACK, known); /* not yet */
    check_unconfirmed(9000, 9100, RST_FLAG_ACK, RST_FLAG_ACK, known); /* no news */
    check_unconfirmed(9100, 9100, 0, RST_FLAG_ACK, known);
    check_unconfirmed(9100, 9100, RST_FLAG_ACK, 0, known);
    check_unconfirmed(9100, 9100, RST_FLAG_ACK, RST_FLAG_ACK, RST_DIRECTION_NXT);
}

static void test_believed(void)
{
    scene_t *scene = open_scene();
    rst_doubt_t doubt;

    hold(scene, RST_CLUE_HOPS);
    scene->side.doubt->confirmed = 1;
    doubt = rst_doubt_believe(&scene->side);
    g_assert_cmpuint(doubt.run, ==, 1);
    g_assert_cmpuint(scene->side.doubt->run, ==, 0);
    g_assert_cmpuint(scene->side.doubt->confirmed, ==, 0);
    g_assert_cmpuint(scene->side.distance[0].hops, ==, 11); /* from now on the like fits */
    g_assert_cmpuint(scene->side.distance[0].seen, ==, 2);
    g_assert_cmpuint(scene->side.unstamped, ==, 0);
    close_scene(scene);

    scene = open_scene();
    hold(scene, RST_CLUE_TIMESTAMP);
    rst_doubt_believe(&scene->side);
    g_assert_cmpuint(scene->side.distance[0].seen, ==, 0);
    g_assert_cmpuint(scene->side.unstamped, ==, 1);
    scene->side.unstamped = 5;
    hold(scene, RST_CLUE_TIMESTAMP);
    rst_doubt_believe(&scene->side);
    g_assert_cmpuint(scene->side.unstamped, ==, 5);
    /* A timestamp that went elsewhere: the side goes on using them. */
    scene->side.unstamped = 0;
    scene->held.known |= RST_HAS_TIMESTAMP;
    hold(scene, RST_CLUE_TIMESTAMP);
    rst_doubt_believe(&scene->side);
    g_assert_cmpuint(scene->side.unstamped, ==, 0);
    close_scene(scene);
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/held/run", test_run},
        {"/held/acknowledged", test_acknowledged},
        {"/held/reset_answers", test_reset_answers},
        {"/held/continued", test_continued},
        {"/held/confirmed", test_confirmed},
        {"/held/unconfirmed", test_unconfirmed},
        {"/held/believed", test_believed},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
