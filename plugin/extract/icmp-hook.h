/* icmp-hook.h
 * Stands in front of ICMP and ICMPv6 and copies what their errors say about TCP segments and UDP datagrams.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_ICMP_HOOK_H
#define RST_ICMP_HOOK_H

#include <epan/packet.h>

#include "facts/icmp.h"

/* Like their counterparts in tcp-hook.h. */
void rst_icmp_hook_register(int owner);
void rst_icmp_hook_handoff(void);
void rst_icmp_hook_restore(void);

/* The outermost ICMP error of this dissection, or NULL. Owned by pinfo->pool, collected on the first visit only. */
const rst_icmp_t *rst_icmp_hook_error(packet_info *pinfo);

#endif
