/* f5.c
 * Decoder for the text that BIG-IP writes into its resets or into the trailer of its captures.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "declared/f5.h"

#include "answer/f5_causes.h"

#define PEER "{peer} " /* the cause arose on the other side of the proxy */

static bool has_prefix(const uint8_t *text, size_t length, const char *prefix)
{
    size_t wanted = strlen(prefix);

    return length >= wanted && memcmp(text, prefix, wanted) == 0;
}

/* "BIG-IP: [0xversion:line] " at the start of the payload. Returns what follows it, or NULL if it is missing. */
static const uint8_t *after_brackets(const uint8_t *head, size_t length)
{
    const uint8_t *end = head + length;
    const uint8_t *text;

    if (!has_prefix(head, length, "BIG-IP: [0x"))
        return NULL;
    text = memchr(head, ']', length);
    return text && end - text > 2 ? text + 2 : NULL;
}

/* Anybody can write such a payload, but the trailer was written by the BIG-IP on which the capture was taken. */
bool rst_declared_f5(const rst_reset_t *reset, const rst_memory_t *memory, rst_statement_t *statement)
{
    bool trailer = (reset->known & RST_HAS_F5_CAUSE) != 0;
    const uint8_t *text = reset->head;
    size_t length = reset->head_len;
    bool forgets;

    if (length && !trailer)
        text = after_brackets(text, length);
    if (!length || !text)
        return false;
    length -= (size_t)(text - reset->head);
    statement->declared.source = "f5";
    rst_declared_quote(&statement->declared, memory, text, length);
    statement->confidence = trailer ? 98 : 95;
    statement->of_device = true;
    statement->unique = true;
    statement->shown = trailer;
    statement->why = trailer ? "It stands behind the packet, where only a capture on a BIG-IP has it" : NULL;
    if (has_prefix(text, length, PEER)) {
        text += strlen(PEER);
        length -= strlen(PEER);
    }
    statement->cause = rst_f5_cause((const char *)text, length, &forgets);
    if (forgets) {
        statement->when_idle = RST_CAUSE_DEVICE_IDLE_TIMEOUT;
        statement->when_open = RST_CAUSE_SESSION_FAILOVER;
    }
    return true;
}
