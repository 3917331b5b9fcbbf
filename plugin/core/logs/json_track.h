/* json_track.h
 * Follows a JSON value character by character, so that units of several lines are found without reading anything twice,
 * and what cannot be JSON is known at its first wrong character.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_JSON_TRACK_H
#define RST_JSON_TRACK_H

#include <stdbool.h>
#include <stdint.h>

typedef enum rst_json_step {
    RST_JSON_MORE,
    RST_JSON_DONE, /* this character ended the value */
    RST_JSON_BAD
} rst_json_step_t;

/* All zeros before the first character, which must open an object or an array. */
typedef struct rst_json_track {
    uint64_t objects; /* a bit for each open level, the innermost lowest: it is an object */
    uint8_t depth;
    uint8_t expects;
    bool in_string, escaped, in_word;
} rst_json_track_t;

rst_json_step_t rst_json_track_step(rst_json_track_t *track, char c);

#endif
