/* f5.c
 * Decoder for the text that BIG-IP writes into its resets or into the trailer of its captures.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "declared/f5.h"

#define PEER "{peer} " /* the cause arose on the other side of the proxy */

typedef struct f5_text {
    const char *prefix;
    rst_cause_t cause;
    bool forgets; /* the device no longer knows the connection: after a silence it timed it out */
} f5_text_t;

/* From F5 K13223 and captures. Prefixes are compared because short snap lengths truncate the text. A flow may not be
 * found for many reasons: another path, another unit, a cleared table. */
static const f5_text_t texts[] = {
    {"TCP RST from remote", RST_CAUSE_PROXIED, false},
    {"No flow found", RST_CAUSE_NO_CONNECTION, true},
    {"Flow e", RST_CAUSE_DEVICE_IDLE_TIMEOUT, false},
    {"No local listener", RST_CAUSE_CLOSED_PORT, false},
    {"RST from BIG-IP internal", RST_CAUSE_CLOSED_PORT, false},
    {"Port denied", RST_CAUSE_FIREWALL_REJECT, false},
    {"TCP 3WHS rejected", RST_CAUSE_FIREWALL_REJECT, false},
    {"Policy action", RST_CAUSE_POLICY_RESET, false},
    {"TCP retransmit timeout", RST_CAUSE_RETRANSMISSION_TIMEOUT, false},
    {"handshake timeout", RST_CAUSE_HANDSHAKE_TIMEOUT, false},
    {"Connection limit", RST_CAUSE_RESOURCE_EXHAUSTION, false},
    {"Unable to select local port", RST_CAUSE_RESOURCE_EXHAUSTION, false},
    {"HA disconnect", RST_CAUSE_SESSION_FAILOVER, false},
    {"No pool member", RST_CAUSE_NO_BACKEND, false},
    {"No server selected", RST_CAUSE_NO_BACKEND, false},
    {"No route to host", RST_CAUSE_NO_BACKEND, false},
    {"Closing", RST_CAUSE_DATA_AFTER_CLOSE, false},
};

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
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (has_prefix(text, length, texts[i].prefix)) {
            statement->cause = texts[i].cause;
            if (texts[i].forgets) {
                statement->when_idle = RST_CAUSE_DEVICE_IDLE_TIMEOUT;
                statement->when_open = RST_CAUSE_SESSION_FAILOVER;
            }
            break;
        }
    }
    return true;
}
