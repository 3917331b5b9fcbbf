/* tcp-facts.h
 * The contents of a TCP header and of its IP header, as plain facts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_TCP_FACTS_H
#define RST_TCP_FACTS_H

#include <epan/packet.h>

#include "facts/segment.h"

/* Timestamp of the frame in nanoseconds, or RST_TIME_NONE. */
int64_t rst_frame_time(const packet_info *pinfo);

rst_address_t rst_address_of(const address *from);

/* Fills segment from the captured bytes of tvb, which starts at the TCP header. ip is the enclosing ws_ip4 or ws_ip6,
 * or NULL if another protocol lies in between. Never throws. Returns false if ports, numbers and flags are not all
 * captured; then there is no segment. */
bool rst_tcp_facts(tvbuff_t *tvb, const packet_info *pinfo, void *ip, rst_segment_t *segment);

#endif
