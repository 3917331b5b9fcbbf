/* test_fit_exempt.c
 * What is no clue: numbers and headers that only resets may bear, and a number that was rewritten on the path.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fit-scene.h"
#include "script.h"

static unsigned reset_clues(const scene_t *scene)
{
    return rst_fit_reset_clues(&scene->side, &scene->peer, &scene->segment);
}

static void test_reset(void)
{
    scene_t scene = begin();
    const unsigned far = RST_CLUE_SEQ | RST_CLUE_FAR;

    scene.segment.flags = RST_FLAG_RST | RST_FLAG_ACK;
    scene.segment.ttl = 44; /* and no timestamp: resets may differ in both */
    scene.segment.known = RST_HAS_IP | RST_HAS_OPTIONS;
    g_assert_cmpuint(reset_clues(&scene), ==, 0);
    scene.segment.seq = 1;
    g_assert_cmpuint(reset_clues(&scene), ==, far);
    /* The answer to a segment without ACK begins at zero, and acknowledges it. */
    scene.segment.seq = 0;
    g_assert_cmpuint(reset_clues(&scene), ==, 0);
    scene.segment.ack += INSIDE + 1;
    g_assert_cmpuint(reset_clues(&scene), ==, far);
    scene.segment.ack -= INSIDE + 1;
    scene.segment.flags = RST_FLAG_RST;
    g_assert_cmpuint(reset_clues(&scene), ==, far);
    scene.segment.checksum = bad;
    scene.side.known |= RST_DIRECTION_CHECKSUMS;
    g_assert_cmpuint(reset_clues(&scene), ==, far | RST_CLUE_CHECKSUM);
}

static bool is_rewritten(const scene_t *scene, unsigned clues)
{
    return rst_fit_is_rewritten(&scene->side, &scene->peer, &scene->segment, clues);
}

/* One number is right, which nobody off the path can know. */
static void test_rewritten_seq(void)
{
    const unsigned far = RST_CLUE_SEQ | RST_CLUE_FAR;
    scene_t scene = begin();

    g_assert_true(is_rewritten(&scene, far));
    g_assert_false(is_rewritten(&scene, far | RST_CLUE_HOPS));
    scene.segment.ack = scene.peer.nxt + NEAR;
    g_assert_true(is_rewritten(&scene, far));
    scene.segment.ack = scene.peer.nxt - NEAR;
    g_assert_true(is_rewritten(&scene, far));
    scene.segment.ack = scene.peer.nxt + NEAR + 1;
    g_assert_false(is_rewritten(&scene, far));
    scene.segment.ack = scene.peer.nxt - NEAR - 1;
    g_assert_false(is_rewritten(&scene, far));
    scene = begin();
    scene.segment.flags = 0;
    g_assert_false(is_rewritten(&scene, far));
    scene = begin();
    scene.peer.known &= ~(uint32_t)RST_DIRECTION_NXT;
    g_assert_false(is_rewritten(&scene, far));
}

static void test_rewritten_ack(void)
{
    const unsigned far = RST_CLUE_ACK | RST_CLUE_FAR;
    scene_t scene = begin();

    g_assert_true(is_rewritten(&scene, far));
    g_assert_false(is_rewritten(&scene, RST_CLUE_ACK));
    scene.segment.seq = scene.side.nxt + NEAR;
    g_assert_true(is_rewritten(&scene, far));
    scene.segment.seq = scene.side.nxt + NEAR + 1;
    g_assert_false(is_rewritten(&scene, far));
    scene = begin();
    scene.side.known &= ~(uint32_t)RST_DIRECTION_NXT;
    g_assert_false(is_rewritten(&scene, far));
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/fit_exempt/reset", test_reset},
        {"/fit_exempt/rewritten_seq", test_rewritten_seq},
        {"/fit_exempt/rewritten_ack", test_rewritten_ack},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
