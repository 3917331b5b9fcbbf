/* stream.h
 * Bytes to segments: an input is a miniature capture. Most numbers are coded relative to what the side has sent,
 * because random sequence numbers would hardly ever match.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_FUZZ_STREAM_H
#define RST_FUZZ_STREAM_H

#include <stddef.h>

#include "facts/prefs.h"
#include "facts/segment.h"

#define STREAM_TUPLES 8
#define STREAM_RECORD 8 /* bytes of a record without extras */

/* What the codes refer to in a direction of a tuple. */
typedef struct stream_side {
    uint32_t isn, nxt, latest, ack, reset;
    uint16_t ip_id;
} stream_side_t;

typedef struct stream {
    const uint8_t *at, *end;
    int64_t time;
    uint32_t frame;
    bool rejected; /* the number of this frame is reused */
    bool ipv6;
    bool limited; /* the engine gets a small table of connections */
    stream_side_t side[STREAM_TUPLES][2];
} stream_t;

/* Reads the header of an input: preferences, time, families. Returns false if it is too short. */
bool stream_open(stream_t *stream, const uint8_t *data, size_t size, rst_prefs_t *prefs);

/* The next segment, with the number and time of its frame. same_frame = it is in the same frame as the one before. */
bool stream_next(stream_t *stream, rst_segment_t *segment, bool *same_frame);

#endif
