/* scene.h
 * All that advice depends on: what failed, between whom, when. Plain values, and no text from the wire.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_SCENE_H
#define RST_SCENE_H

#include "advice/system.h"
#include "answer/finding.h"
#include "answer/verdict.h"
#include "base/address.h"

enum { RST_SCENE_CLIENT, RST_SCENE_SERVER };

typedef enum rst_icmp_kind {
    RST_ICMP_KIND_NONE,
    RST_ICMP_KIND_PORT,
    RST_ICMP_KIND_HOST,
    RST_ICMP_KIND_NET,
    RST_ICMP_KIND_PROHIBITED
} rst_icmp_kind_t;

typedef struct rst_scene {
    rst_token_t token;
    bool known;               /* addresses and ports are */
    bool udp;                 /* of a quoted packet */
    bool benign;              /* nothing needs to be done */
    uint8_t confidence;       /* percent */
    uint8_t from;             /* the side whose address the reset bears, or that nobody answered */
    uint8_t icmp;             /* rst_icmp_kind_t */
    uint8_t system[2];        /* rst_system_t of client and server */
    rst_address_t address[2]; /* of client and server */
    rst_address_t reporter;   /* of the ICMP error; size 0 = none */
    uint16_t port[2];
    int64_t began, ended; /* of the failure, ns, or RST_TIME_NONE */
    int64_t silence;      /* before it, ns, or RST_TIME_NONE */
    bool local;           /* times in local time as well */
} rst_scene_t;

#endif
