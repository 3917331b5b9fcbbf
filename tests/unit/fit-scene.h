/* fit-scene.h
 * A side in the middle of a connection and a segment that fits, for the tests of the clues.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef FIT_SCENE_H
#define FIT_SCENE_H

#include "track/fit.h"

enum {
    NEAR = 65535,
    WINDOW = 100000,
    INSIDE = WINDOW + NEAR,  /* this far from what is known, a number still fits */
    FAR = 2 * WINDOW + NEAR, /* and up to here it is one clue, not two */
    ROOM = 2 * WINDOW + NEAR,
    MOST = 1 << 30,
    SETTLED_HOPS = 10, /* TTL 54 */
    STAMP = 500000
};

/* A side in the middle of a connection, its peer, and a segment that fits. */
typedef struct scene {
    rst_direction_t side, peer;
    rst_segment_t segment;
    rst_moment_t now;
} scene_t;

static inline rst_checksum_t bad(const void *packet)
{
    (void)packet;
    return RST_CHECKSUM_BAD;
}

static inline scene_t begin(void)
{
    scene_t scene = {0};

    scene.side.known = scene.peer.known =
        RST_DIRECTION_NXT | RST_DIRECTION_ACKED | RST_DIRECTION_SYN | RST_DIRECTION_WINDOW;
    scene.side.nxt = scene.peer.acked = 5000000;
    scene.peer.nxt = scene.side.acked = 9000000;
    scene.side.window_max = scene.peer.window_max = WINDOW;
    scene.side.segments = scene.peer.segments = 10;
    scene.side.ttl = 54;
    scene.side.distance[0] = (rst_distance_t){SETTLED_HOPS, 2};
    scene.side.stamped = 5;
    scene.side.tsval = STAMP;
    scene.side.last = (rst_moment_t){10, RST_SECOND};
    scene.now = (rst_moment_t){11, RST_SECOND};
    scene.segment.known = RST_HAS_IP | RST_HAS_OPTIONS | RST_HAS_TIMESTAMP;
    scene.segment.flags = RST_FLAG_ACK;
    scene.segment.seq = scene.side.nxt;
    scene.segment.ack = scene.side.acked;
    scene.segment.ttl = 54;
    scene.segment.tsval = STAMP;
    return scene;
}

#endif
