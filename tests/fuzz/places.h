/* places.h
 * Where the segments of a scene are captured: one interface, or up to three. Between them segments get lost, arrive
 * late, have their addresses translated and their numbers rewritten; clocks differ.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_FUZZ_PLACES_H
#define RST_FUZZ_PLACES_H

#include "scene.h"

#define PLACES_LATE_MAX 3

typedef struct places {
    scene_t *scene;
    bool several;
    int64_t clock;       /* of the second place relative to the first */
    uint8_t translation; /* bits: the client's address, its port */
    bool rejected;       /* the number of the latest frame is reused */
    bool same_frame;     /* the next item is in the same frame */
    bool untimed;        /* the next frame has no time */
    uint8_t interface;   /* of the next segment, if there is one place */
    rst_segment_t late[PLACES_LATE_MAX];
    unsigned waiting;
} places_t;

/* Shows the segment where the byte says. */
void places_show(places_t *places, const rst_segment_t *segment, uint8_t where);

void places_show_icmp(places_t *places, const rst_icmp_t *icmp, int64_t time);

/* What is late comes now. */
void places_end(places_t *places);

#endif
