/* dns-hook.h
 * Stands in front of DNS, multicast DNS and LLMNR over UDP, and reads which addresses are asked for by which name.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_DNS_HOOK_H
#define RST_DNS_HOOK_H

#include <epan/packet.h>

#include "facts/dns.h"

/* Like their counterparts in tcp-hook.h. */
void rst_dns_hook_register(int owner);
void rst_dns_hook_handoff(void);
void rst_dns_hook_restore(void);

/* The DNS message of this dissection, or NULL. Owned by pinfo->pool, collected on the first visit only. */
const rst_dns_t *rst_dns_hook_message(packet_info *pinfo);

#endif
