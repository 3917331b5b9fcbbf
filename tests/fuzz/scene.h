/* scene.h
 * Bytes to traffic: an input is the script of a miniature capture.
 *
 * Any bytes are a valid input: a head, then steps of six bytes. Most numbers are coded relative to what a side has
 * sent, because random ones would hardly ever match, and one step may be a whole handshake, a request with its answer,
 * or a repetition of the steps before it on other ports. scene.c explains the bytes, make-corpus.py writes such
 * scripts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_FUZZ_SCENE_H
#define RST_FUZZ_SCENE_H

#include <stddef.h>

#include "facts/icmp.h"
#include "facts/prefs.h"
#include "facts/segment.h"

#define SCENE_HEAD 8
#define SCENE_STEP 6
#define SCENE_ITEMS_MAX 48
#define SCENE_TRACE_MAX 8192

/* What is fed: a segment, or an ICMP error about one. */
typedef struct scene_item {
    rst_segment_t segment; /* also has the time of an ICMP error */
    rst_icmp_t icmp;
    bool is_icmp;
    bool same_frame; /* as the item before */
} scene_item_t;

typedef struct scene {
    rst_prefs_t prefs;
    rst_network_t netscaler;
    bool limited; /* the engine gets a small table of connections */
    bool several; /* more than one interface shows segments */
    bool traced;  /* the engine gets a kernel's trace */
    unsigned items, segments, resets;
    uint32_t last; /* frame */
    char trace[SCENE_TRACE_MAX];
    size_t trace_length;
    scene_item_t item[SCENE_ITEMS_MAX];
} scene_t;

/* several = segments may show at up to three interfaces, as the script says. */
void scene_read(scene_t *scene, const uint8_t *data, size_t size, bool several);

#endif
