/* capture.h
 * Reads the TCP segments of a capture file for the core, without Wireshark: pcapng, Ethernet, IPv4 and IPv6. What it
 * does not understand is a frame without TCP.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_BENCH_CAPTURE_H
#define RST_BENCH_CAPTURE_H

#include <glib.h>

#include "facts/icmp.h"
#include "facts/segment.h"

typedef struct packet {
    enum { PACKET_OTHER, PACKET_TCP, PACKET_ICMP } kind;
    int64_t time;
    uint32_t interface; /* from 1 */
    size_t block;       /* where it begins in the file */
    rst_segment_t segment;
    rst_icmp_t icmp;
} packet_t;

typedef struct interface {
    double tick; /* whole ns */
    uint16_t link;
    size_t block;
} interface_t;

typedef struct capture {
    gchar *data;
    gsize size;
    GArray *packets;    /* packet_t */
    GArray *interfaces; /* interface_t */
} capture_t;

/* Returns false if there are no packets in the file. Free the capture in any case. */
bool capture_read(const char *path, capture_t *capture);
void capture_free(capture_t *capture);

const packet_t *capture_packet(const capture_t *capture, uint32_t number);
const interface_t *capture_interface(const capture_t *capture, uint32_t number);

/* The length of a block. */
uint32_t capture_block_size(const capture_t *capture, size_t block);

#endif
