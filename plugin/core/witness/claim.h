/* claim.h
 * Which packets of the capture a record may be about, by what it says and by the numbers that it quotes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_CLAIM_H
#define RST_CLAIM_H

#include "witness/kept.h"

/* How well the numbers of a packet agree. No device leaves all of them as they are: hops change the TTL, translation
 * may change the IP ID, and many systems send IP ID 0. */
typedef enum rst_likeness {
    RST_UNLIKE,     /* another packet */
    RST_LIKE_ANY,   /* nothing to compare */
    RST_LIKE_IP_ID, /* 16 bits, besides addresses and ports */
    RST_LIKE_SEQ,   /* 32 bits; retransmissions share them */
    RST_LIKE_ALL    /* both */
} rst_likeness_t;

rst_likeness_t rst_claim_likeness(const rst_kept_t *kept, const rst_sight_t *sight);

/* May it be about this packet? *time = when the log saw it, by its own clock. */
bool rst_claim_fits(const rst_kept_t *kept, const rst_sight_t *sight, int64_t *time);

/* Is it about the end of a connection? */
bool rst_claim_ends(const rst_kept_t *kept);

#endif
