/* tcp-hook.h
 * Stands in front of the TCP dissector and copies the facts of each segment. The only file that depends on how
 * Wireshark hands packets to TCP.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_TCP_HOOK_H
#define RST_TCP_HOOK_H

#include <epan/packet.h>

#include "checksum.h"

#define RST_LAYERS_MAX 8 /* TCP segments analyzed in one frame (tunnels); further ones are only counted */

/* What one dissection of one frame passed to TCP. */
typedef struct rst_frame_facts {
    unsigned calls; /* TCP layers that were seen, including those quoted in ICMP errors or too short to use */
    unsigned count;
    rst_layer_t layer[RST_LAYERS_MAX]; /* outermost first */
} rst_frame_facts_t;

/* Called with the other registrations of the protocol. */
void rst_hook_register(void);

/* Called from the handoff, when TCP has registered itself. */
void rst_hook_handoff(void);

/* Called from each init routine: Decode As for TCP itself removes the hook, and this puts it back. */
void rst_hook_restore(void);

/* First visit only: the facts of this dissection, or NULL. They are handed out once and last until the next frame;
 * their checksums can be asked for until this one has been dissected. */
const rst_frame_facts_t *rst_hook_take(const packet_info *pinfo);

/* First visit only: TCP layers in this frame that bypassed the hook or came after the last one analyzed. facts may
 * be NULL. */
unsigned rst_hook_missed(const packet_info *pinfo, const rst_frame_facts_t *facts);

#endif
