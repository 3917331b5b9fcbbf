/* test_fit_learn.c
 * Which hop distances of a side are kept, and how often they were seen.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"
#include "track/fit.h"

/* A side whose distance is settled, and the next segment of its address. */
typedef struct scene {
    rst_direction_t side;
    rst_segment_t segment;
} scene_t;

static scene_t begin(void)
{
    scene_t scene = {0};

    scene.side.segments = 10;
    scene.side.ttl = 54;
    scene.side.distance[0] = (rst_distance_t){10, 2};
    scene.segment.known = RST_HAS_IP;
    return scene;
}

/* Learns the TTL once, and compares the places: hops and how often they were seen. */
static void check_learned(scene_t scene, uint8_t ttl, bool settled, const rst_distance_t expected[RST_DISTANCES])
{
    scene.segment.ttl = ttl;
    rst_fit_learn(&scene.side, &scene.segment, settled);
    for (unsigned i = 0; i < RST_DISTANCES; i++) {
        g_assert_cmpuint(scene.side.distance[i].hops, ==, expected[i].hops);
        g_assert_cmpuint(scene.side.distance[i].seen, ==, expected[i].seen);
    }
}

#define LEARNED(...) ((const rst_distance_t[RST_DISTANCES]){__VA_ARGS__})

static void test_places(void)
{
    scene_t scene = begin();

    check_learned(scene, 53, false, LEARNED({10, 2}, {11, 1}));
    check_learned(scene, 53, true, LEARNED({10, 2}, {11, 2}));
    check_learned(scene, 118, false, LEARNED({10, 2}));
    scene.side.distance[1] = (rst_distance_t){11, 1};
    check_learned(scene, 53, false, LEARNED({10, 2}, {11, 2}));
    check_learned(scene, 52, false, LEARNED({10, 2}, {11, 1}, {12, 1}));
    /* What was seen once makes room, the first such place; what settled never does. */
    scene.side.distance[2] = (rst_distance_t){12, 1};
    check_learned(scene, 50, false, LEARNED({10, 2}, {14, 1}, {12, 1}));
    scene.side.distance[1].seen = scene.side.distance[2].seen = 2;
    check_learned(scene, 50, false, LEARNED({10, 2}, {11, 2}, {12, 2}));
    check_learned(scene, 50, true, LEARNED({10, 2}, {11, 2}, {12, 2}));
    /* Next to the host, hop distance 0 is what an empty place holds too. */
    scene = begin();
    check_learned(scene, 64, false, LEARNED({10, 2}, {0, 1}));
    scene.segment.known &= ~(uint32_t)RST_HAS_IP;
    check_learned(scene, 53, true, LEARNED({10, 2}));
}

/* The TTL of the latest segment needs no more than a look, after the first few. */
static void test_early(void)
{
    scene_t scene = begin();

    scene.side.distance[0].seen = 1;
    scene.side.segments = RST_DISTANCES;
    check_learned(scene, 54, false, LEARNED({10, 2}));
    scene.side.segments = RST_DISTANCES + 1;
    check_learned(scene, 54, false, LEARNED({10, 1}));
    check_learned(scene, 54, true, LEARNED({10, 2}));
    check_learned(scene, 118, false, LEARNED({10, 2}));
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/fit_learn/places", test_places},
        {"/fit_learn/early", test_early},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
