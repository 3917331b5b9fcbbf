/* packet-rst.h
 * The post-dissector, as seen by the loader and by the statistics.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PACKET_RST_H
#define PACKET_RST_H

#include <stdint.h>

#include "engine/engine.h"
#include "present/ending.h"

#define RST_TAP_NAME "rst"
#define RST_LABEL "TCP Reset Cause" /* what all windows call it; filters and options say rst */

/* Tap record: one analyzed reset, one finding, one foreign packet (a reset may be one too, and then has two records),
 * or TCP that the plugin could not see. Lives as long as the packet. */
typedef struct rst_tap {
    const rst_verdict_t *verdict;  /* or NULL */
    const rst_finding_t *finding;  /* or NULL */
    const char *server;            /* address:port of the server side of either; "" if it is not known */
    const char *client, *acceptor; /* address:port of both sides, only if rst_resets_wanted() */
    const rst_advice_t *advice;    /* or NULL; likewise */
    const char *filter;            /* for all packets of the connection, "" or NULL = not known; likewise */
    uint32_t problem;              /* number, 0 = none; likewise */
    const char *service;           /* what the server side is called, or NULL */
    const char *foreign;           /* what does not fit in this packet, or NULL */
    unsigned missed;               /* TCP layers of this frame that did not pass the hook */
    rst_ending_kind_t end;         /* RST_ENDING_NONE, or the record says nothing else; only if rst_ending_awaited() */
    bool provisional;              /* later frames may change it; pinfo no longer tells when the record is read */
} rst_tap_t;

/* The problems of the open file; the caller frees them with g_free(). */
char *rst_problems_text(const rst_extent_t *extent);

/* How many problems the open file has, and each by its number, from 1: its sentence, and how many connections it hit.
 * The sentence lives as long as nothing is added to the file. */
uint32_t rst_problems_known(void);
const char *rst_problems_line(uint32_t number, uint32_t *hits);

void proto_register_rst(void);
void proto_reg_handoff_rst(void);

#endif
