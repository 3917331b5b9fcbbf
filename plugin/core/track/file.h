/* file.h
 * What all parts of the core may know about the capture file being read.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_FILE_H
#define RST_FILE_H

#include "base/frames.h"
#include "base/moment.h"
#include "facts/prefs.h"

typedef struct rst_file {
    rst_prefs_t prefs;
    rst_frames_t frames;
    rst_moment_t now;   /* the current frame; after the first pass, the last one */
    int64_t tick;       /* smallest difference between two timestamps, 0 = none seen */
    int64_t first_tick; /* the first difference */
    uint32_t backward;  /* frames that bear an earlier time than the one before */
    uint32_t snapped;   /* segments of which the frame was not captured as a whole, */
    uint16_t longest;   /* and the most that was captured of one */
    bool options_cut;   /* the snap length cut off options of SYNs */
    bool reading;       /* the first pass is not over: what comes later is not known yet */
} rst_file_t;

#endif
