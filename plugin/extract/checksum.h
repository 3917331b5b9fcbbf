/* checksum.h
 * Whether the TCP checksum of a segment is right: computed only when the core asks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_CHECKSUM_H
#define RST_CHECKSUM_H

#include <epan/packet.h>

#include "facts/segment.h"

/* A segment, and where its bytes are. */
typedef struct rst_layer {
    tvbuff_t *tvb; /* starts at the TCP header; exists as long as the frame is being dissected */
    rst_segment_t segment;
} rst_layer_t;

/* Lets the core ask for the checksum of a segment whose facts are known. layer must stay where it is. */
void rst_layer_set(rst_layer_t *layer, tvbuff_t *tvb);

#endif
