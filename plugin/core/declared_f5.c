/* declared_f5.c
 * Decoder for the text that BIG-IP writes into its resets.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "declared.h"

typedef struct f5_text {
    const char *prefix;
    rst_cause_t cause;
} f5_text_t;

/* F5 K13223 and seen texts; a prefix decides because short snap lengths cut them. */
static const f5_text_t texts[] = {
    {"TCP RST from remote", RST_CAUSE_PROXIED},
    {"No flow found", RST_CAUSE_DEVICE_IDLE_TIMEOUT},
    {"Flow e", RST_CAUSE_DEVICE_IDLE_TIMEOUT},
    {"No local listener", RST_CAUSE_CLOSED_PORT},
    {"RST from BIG-IP internal", RST_CAUSE_CLOSED_PORT},
    {"Port denied", RST_CAUSE_FIREWALL_REJECT},
    {"TCP 3WHS rejected", RST_CAUSE_FIREWALL_REJECT},
    {"Policy action", RST_CAUSE_POLICY_RESET},
    {"TCP retransmit timeout", RST_CAUSE_RETRANSMISSION_TIMEOUT},
    {"handshake timeout", RST_CAUSE_HANDSHAKE_TIMEOUT},
    {"Connection limit", RST_CAUSE_RESOURCE_EXHAUSTION},
    {"Unable to select local port", RST_CAUSE_RESOURCE_EXHAUSTION},
    {"HA disconnect", RST_CAUSE_SESSION_FAILOVER},
    {"No pool member", RST_CAUSE_NO_BACKEND},
    {"No server selected", RST_CAUSE_NO_BACKEND},
    {"No route to host", RST_CAUSE_NO_BACKEND},
    {"Closing", RST_CAUSE_DATA_AFTER_CLOSE},
};

static bool has_prefix(const uint8_t *text, size_t length, const char *prefix)
{
    size_t wanted = strlen(prefix);

    return length >= wanted && memcmp(text, prefix, wanted) == 0;
}

/* "BIG-IP: [0xversion:line] {peer} text" at the start of the payload. */
bool rst_declared_f5(const rst_case_t *reset, const rst_memory_t *memory, rst_statement_t *statement)
{
    const uint8_t *head = reset->head;
    size_t length = reset->head_len;
    const uint8_t *end;
    const uint8_t *text;

    if (!length || !has_prefix(head, length, "BIG-IP: [0x"))
        return false;
    end = head + length;
    text = memchr(head, ']', length);
    if (!text || end - text <= 2)
        return false;
    text += 2;
    statement->declared.source = "f5";
    statement->declared.text = rst_declared_text(memory, text, (size_t)(end - text));
    statement->confidence = 95;
    if (has_prefix(text, (size_t)(end - text), "{peer} "))
        text += strlen("{peer} ");
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (has_prefix(text, (size_t)(end - text), texts[i].prefix)) {
            statement->cause = texts[i].cause;
            break;
        }
    }
    return true;
}
