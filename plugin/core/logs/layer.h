/* layer.h
 * A line with some of its envelopes taken off.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_LAYER_H
#define RST_LAYER_H

#include "logs/reader.h"

#define RST_HOST_MAX 256
#define RST_TAG_MAX 64

typedef struct rst_layer {
    rst_log_line_t line; /* host and tag are those below */
    char host[RST_HOST_MAX], tag[RST_TAG_MAX];
    bool priority; /* <PRI> was taken off: a header follows */
    bool timed;    /* a time was taken off, and no host: one may follow */
} rst_layer_t;

#endif
