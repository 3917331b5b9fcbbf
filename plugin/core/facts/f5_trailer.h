/* f5_trailer.h
 * What a capture taken on a BIG-IP says behind each frame (tcpdump -i NAME:nnn): the cause of a reset.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_F5_TRAILER_H
#define RST_F5_TRAILER_H

#include <stddef.h>
#include <stdint.h>

/* bytes are all that follows the IP packet in the frame. Writes the cause of the reset as in BIG-IP's payloads, without
 * what stands in brackets: "{peer} " when it arose on the other side of the proxy, then the text. Returns its length,
 * cut to most; 0 when this is no such trailer, it bears no cause, or BIG-IP received the frame instead of sending it.
 */
size_t rst_f5_trailer_read(const uint8_t *bytes, size_t size, uint8_t *text, size_t most);

#endif
