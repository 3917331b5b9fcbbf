/* vendors.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "logs/vendors.h"

#include <string.h>

#include <glib.h>

#define MEAN(word, meaning)                                                                                            \
    {                                                                                                                  \
        word, RST_MEANING_##meaning, 0, false                                                                          \
    }
#define ACTS(word, meaning)                                                                                            \
    {                                                                                                                  \
        word, RST_MEANING_##meaning, 0, true                                                                           \
    }
#define CAUSE(word, cause)                                                                                             \
    {                                                                                                                  \
        word, RST_MEANING_CAUSE, RST_CAUSE_##cause, true                                                               \
    }

/* A drop, a block and a prevention do not say whether the blade answered; only Reject does. */
static const rst_word_t checkpoint_actions[] = {
    MEAN("Accept", ALLOWED),  MEAN("Allow", ALLOWED),   MEAN("Encrypt", ALLOWED),
    MEAN("Decrypt", ALLOWED), ACTS("Drop", DROPPED),    ACTS("Reject", REJECTED),
    ACTS("Block", DROPPED),   ACTS("Prevent", DROPPED), ACTS("Deny", DROPPED),
};

void rst_checkpoint_mean(rst_record_t *record, rst_piece_t action)
{
    record->meaning = RST_MEANING_OTHER;
    rst_word_mean(checkpoint_actions, G_N_ELEMENTS(checkpoint_actions), action, record);
}

/* client-rst and server-rst: seen from that side. A profile may have made the FortiGate its author, which only the
 * record of that profile says. deny: whether it answers is configured elsewhere. */
static const rst_word_t fortigate_traffic[] = {
    MEAN("close", CLOSED), MEAN("client-rst", RESET_BY_SRC), MEAN("server-rst", RESET_BY_DST), ACTS("timeout", IDLE),
    ACTS("deny", DROPPED), ACTS("block", DROPPED),           MEAN("ip-conn", HANDSHAKE),       MEAN("accept", ALLOWED),
    MEAN("start", OPENED),
};

static const rst_word_t fortigate_profiles[] = {
    CAUSE("reset", POLICY_RESET),   ACTS("drop", DROPPED),     ACTS("block", DROPPED),  ACTS("deny", DROPPED),
    ACTS("clear_session", DROPPED), MEAN("pass", ALLOWED),     MEAN("allow", ALLOWED),  MEAN("detected", ALLOWED),
    MEAN("monitor", ALLOWED),       MEAN("log-only", ALLOWED), MEAN("permit", ALLOWED),
};

static bool nothing_came_back(const rst_record_t *record, rst_piece_t received)
{
    uint64_t packets;

    return record->protocol == RST_PROTOCOL_TCP && received.length && rst_read_number(received, &packets) && !packets;
}

void rst_fortigate_mean(rst_record_t *record, bool traffic, rst_piece_t action, rst_piece_t received)
{
    bool tcp = record->protocol == RST_PROTOCOL_TCP;

    record->meaning = RST_MEANING_OTHER;
    if (traffic)
        rst_word_mean(fortigate_traffic, G_N_ELEMENTS(fortigate_traffic), action, record);
    else
        rst_word_mean(fortigate_profiles, G_N_ELEMENTS(fortigate_profiles), action, record);
    if (record->meaning == RST_MEANING_IDLE && nothing_came_back(record, received))
        record->meaning = RST_MEANING_HANDSHAKE;
    if (record->meaning == RST_MEANING_HANDSHAKE && !tcp)
        record->meaning = RST_MEANING_OTHER;
    if (record->meaning == RST_MEANING_CAUSE && !tcp)
        record->meaning = RST_MEANING_DROPPED;
}

static const rst_word_t panos_reasons[] = {
    MEAN("tcp-fin", CLOSED),
    MEAN("tcp-rst-from-client", RESET_BY_SRC),
    MEAN("tcp-rst-from-server", RESET_BY_DST),
    ACTS("aged-out", IDLE),
    ACTS("policy-deny", DROPPED),
    CAUSE("threat", POLICY_RESET),
    CAUSE("decrypt-", POLICY_RESET),
    CAUSE("resources-unavailable", RESOURCE_EXHAUSTION),
};

/* What a rule or a profile does to a session or a packet. deny takes the application's own way, which is not told. */
static const rst_word_t panos_actions[] = {
    MEAN("allow", ALLOWED), MEAN("alert", ALLOWED), ACTS("drop-icmp", REJECTED), ACTS("drop ICMP", REJECTED),
    ACTS("drop", DROPPED),  ACTS("deny", DROPPED),  ACTS("block", DROPPED),      ACTS("reset", RESET_BY_DEVICE),
};

static void mean_action(rst_record_t *record, const rst_panos_t *words)
{
    rst_word_mean(panos_actions, G_N_ELEMENTS(panos_actions), words->action, record);
    if (record->meaning == RST_MEANING_RESET_BY_DEVICE && record->protocol != RST_PROTOCOL_TCP)
        record->meaning = RST_MEANING_DROPPED; /* there is nothing to reset */
}

static void mean_threat(rst_record_t *record, const rst_panos_t *words)
{
    mean_action(record, words);
    if (record->meaning != RST_MEANING_RESET_BY_DEVICE)
        return;
    record->meaning = RST_MEANING_CAUSE;
    record->cause = RST_CAUSE_POLICY_RESET;
}

/* "drop": no session was made; "deny": it was ended once the application was known. */
static bool refused(const rst_panos_t *words)
{
    return rst_piece_is(words->subtype, "drop") || rst_piece_is(words->subtype, "deny") ||
           rst_piece_is(words->reason, "policy-deny");
}

void rst_panos_mean(rst_record_t *record, const rst_panos_t *words)
{
    record->meaning = RST_MEANING_OTHER;
    if (words->threat) {
        mean_threat(record, words);
    } else if (rst_piece_is(words->subtype, "start")) {
        record->meaning = RST_MEANING_OPENED;
    } else if (refused(words)) {
        mean_action(record, words);
        if (record->meaning == RST_MEANING_OTHER || record->meaning == RST_MEANING_ALLOWED)
            record->meaning = RST_MEANING_DROPPED;
        record->acted = true;
    } else if (!rst_word_mean(panos_reasons, G_N_ELEMENTS(panos_reasons), words->reason, record)) {
        if (!words->reason.length || rst_piece_is(words->reason, "n/a") || rst_piece_is(words->reason, "n-a"))
            mean_action(record, words);
    } else if (record->meaning == RST_MEANING_IDLE && nothing_came_back(record, words->received)) {
        record->meaning = RST_MEANING_HANDSHAKE;
    }
}
