/* f5_causes.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "answer/f5_causes.h"

#include <string.h>

#include <glib.h>

typedef struct f5_text {
    const char *prefix;
    rst_cause_t cause;
    bool forgets;
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

rst_cause_t rst_f5_cause(const char *text, size_t length, bool *forgets)
{
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        size_t wanted = strlen(texts[i].prefix);

        if (length < wanted || memcmp(text, texts[i].prefix, wanted) != 0)
            continue;
        if (forgets)
            *forgets = texts[i].forgets;
        return texts[i].cause;
    }
    if (forgets)
        *forgets = false;
    return RST_CAUSE_DECLARED;
}
