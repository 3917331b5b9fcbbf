/* netscaler.c
 * Decoder for the window field of NetScaler (Citrix ADC), which contains a code in its resets.
 *
 * Any other stack may happen to advertise the same value. Unless something shows that the value is not a window, it is
 * only a hint.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "declared/netscaler.h"

#include "base/text.h"

#define HINT_SHARE 35
#define TTL_APART 2 /* a change of route alters it by one */

typedef struct netscaler_code {
    uint16_t code;
    rst_cause_t cause;
    const char *label;
} netscaler_code_t;

static const netscaler_code_t codes[] = {
#define NETSCALER_CODE(code, cause, label) {code, RST_CAUSE_##cause, label},
#include "declared/netscaler_codes.def"
#undef NETSCALER_CODE
};

static const netscaler_code_t *find_code(uint16_t window)
{
    size_t low = 0, high = G_N_ELEMENTS(codes);

    if (window < codes[0].code || window > codes[high - 1].code) /* nearly always */
        return NULL;
    while (low < high) {
        size_t middle = (low + high) / 2;

        if (codes[middle].code == window)
            return &codes[middle];
        if (codes[middle].code < window)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

bool rst_netscaler_has(uint16_t window)
{
    return find_code(window) != NULL;
}

/* Scaling needs the option on both SYNs (RFC 7323, section 2.2), so one SYN without it is enough. */
static bool is_unscaled(const rst_reset_t *reset)
{
    for (unsigned i = 0; i < 2; i++) {
        if ((reset->direction[i].known & (RST_DIRECTION_SYN | RST_DIRECTION_WSCALE)) == RST_DIRECTION_SYN)
            return true;
    }
    return false;
}

/* A window that kept changing may have changed to this value too. One that never changed, or a large step, is
 * different. */
bool rst_netscaler_apart(const rst_reset_t *reset)
{
    const rst_direction_t *own = &reset->direction[reset->from];
    uint32_t before = own->raw_window;
    uint32_t step = before > reset->window ? before - reset->window : reset->window - before;

    if (!(own->known & RST_DIRECTION_WINDOW) || !is_unscaled(reset) || !step)
        return false;
    return !own->raw_changes || step > MAX(before, reset->window) / 4;
}

/* A window that never changed and then makes a large step in a reset: together with others like it, that is not a
 * window. */
bool rst_netscaler_steps(const rst_reset_t *reset)
{
    const rst_direction_t *own = &reset->direction[reset->from];
    uint32_t before = own->raw_window;
    uint32_t step = before > reset->window ? before - reset->window : reset->window - before;

    return (own->known & RST_DIRECTION_WINDOW) && !own->raw_changes && step > MAX(before, reset->window) / 4;
}

/* A proxy opens the connection itself and then passes on what another host sends: SYN and reset share a TTL that the
 * other segments do not have. */
static bool shares_syn_ttl(const rst_reset_t *reset)
{
    const rst_direction_t *own = &reset->direction[reset->from];
    int between = (int)own->ttl - (int)own->syn_ttl;

    if (!(reset->known & RST_HAS_IP) || !own->syn_ttl || own->data_at_syn_ttl || own->segments < 2)
        return false;
    return reset->ttl == own->syn_ttl && (between >= TTL_APART || between <= -TTL_APART);
}

/* What shows a NetScaler besides the window. */
static const char *proof(const rst_reset_t *reset)
{
    if (reset->named_netscaler)
        return "The sender is a NetScaler by the preference netscaler_addresses";
    if (shares_syn_ttl(reset))
        return "The reset bears the TTL of the sender's SYN, the segments between bear another";
    return NULL;
}

/* Why the window is a code and no window; whoever chose it may have wanted that. */
static const char *corroboration(const rst_reset_t *reset)
{
    const rst_host_t *host = reset->host[reset->from];

    if (host && rst_host_near(host, reset->at).netscaler_codes >= 2)
        return "The sender used other codes of that table in other resets";
    if (rst_netscaler_apart(reset))
        return "The value is not the window that the sender advertised, and windows are not scaled here";
    return NULL;
}

bool rst_declared_netscaler(const rst_reset_t *reset, const rst_memory_t *memory, rst_statement_t *statement)
{
    const netscaler_code_t *code = find_code(reset->window);

    if (!code || !(reset->known & RST_HAS_WINDOW))
        return false;
    statement->cause = code->cause;
    statement->declared.text = code->label;
    statement->declared.code = code->code;
    statement->declared.has_code = true;
    statement->declared.source = "netscaler";
    statement->confidence = 92;
    statement->of_device = true;
    statement->why = proof(reset);
    statement->shown = statement->why != NULL;
    if (!statement->why)
        statement->why = corroboration(reset);
    if (statement->why)
        return true;
    statement->meaning = RST_MEANING_CHANCE;
    statement->confidence = HINT_SHARE;
    statement->why = memory ? rst_text(memory,
                                       "Window %u is also a NetScaler code (%s), but nothing shows that the sender is "
                                       "one",
                                       code->code, code->label)
                            : "";
    return true;
}
