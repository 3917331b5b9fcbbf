/* syn_origin.h
 * Who made a SYN, as far as the SYN itself tells.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_SYN_ORIGIN_H
#define RST_SYN_ORIGIN_H

#include "track/direction.h"

/* Made by a raw-socket scanner: window and options that no operating system combines. Such a SYN alone proves nothing:
 * small stacks and test tools send it too. */
bool rst_syn_is_odd(const rst_direction_t *client);

/* Its distance is not that of a packet with this TTL, so two hosts sent them; or a scanner, some of which choose any
 * TTL for their SYNs, while the kernel below them answers with its own. */
bool rst_syn_is_elsewhere(const rst_direction_t *client, uint8_t ttl, unsigned hop_delta);

#endif
