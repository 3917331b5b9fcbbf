/* f5_trailer.h
 * The trailer that a capture on a BIG-IP adds to each frame (tcpdump -i NAME:nnn): it names the cause of a reset.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_F5_TRAILER_H
#define RST_F5_TRAILER_H

#include <stddef.h>
#include <stdint.h>

/* bytes = everything in the frame after the IP packet. Writes the cause of the reset as in BIG-IP's payloads, without
 * the part in brackets: "{peer} " if it arose on the other side of the proxy, then the text. Returns its length, at
 * most most; 0 if this is no such trailer, it has no cause, or BIG-IP received the frame instead of sending it. */
size_t rst_f5_trailer_read(const uint8_t *bytes, size_t size, uint8_t *text, size_t most);

#endif
