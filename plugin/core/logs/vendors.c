/* vendors.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "logs/vendors.h"

#include <string.h>

#include <glib.h>

/* A drop, a block and a prevention do not say whether the blade answered; only Reject does. */
static const rst_word_t checkpoint_actions[] = {
    RST_MEANS("Accept", ALLOWED),  RST_MEANS("Allow", ALLOWED),  RST_MEANS("Encrypt", ALLOWED),
    RST_MEANS("Decrypt", ALLOWED), RST_ACTS("Drop", DROPPED),    RST_ACTS("Reject", REJECTED),
    RST_ACTS("Block", DROPPED),    RST_ACTS("Prevent", DROPPED), RST_ACTS("Deny", DROPPED),
};

void rst_checkpoint_mean(rst_record_t *record, rst_piece_t action)
{
    record->meaning = RST_MEANING_OTHER;
    rst_word_mean(checkpoint_actions, G_N_ELEMENTS(checkpoint_actions), action, record);
}

/* client-rst and server-rst: seen from that side. A profile may have made the FortiGate its author, which only the
 * record of that profile says. deny: whether it answers is configured elsewhere. */
static const rst_word_t fortigate_traffic[] = {
    RST_MEANS("close", CLOSED),
    RST_MEANS("client-rst", RESET_BY_SRC),
    RST_MEANS("server-rst", RESET_BY_DST),
    RST_ACTS("timeout", IDLE),
    RST_ACTS("deny", DROPPED),
    RST_ACTS("block", DROPPED),
    RST_MEANS("ip-conn", HANDSHAKE),
    RST_MEANS("accept", ALLOWED),
    RST_MEANS("start", OPENED),
};

static const rst_word_t fortigate_profiles[] = {
    RST_STATES("reset", POLICY_RESET), RST_ACTS("drop", DROPPED),          RST_ACTS("block", DROPPED),
    RST_ACTS("deny", DROPPED),         RST_ACTS("clear_session", DROPPED), RST_MEANS("pass", ALLOWED),
    RST_MEANS("allow", ALLOWED),       RST_MEANS("detected", ALLOWED),     RST_MEANS("monitor", ALLOWED),
    RST_MEANS("log-only", ALLOWED),    RST_MEANS("permit", ALLOWED),
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
    RST_MEANS("tcp-fin", CLOSED),
    RST_MEANS("tcp-rst-from-client", RESET_BY_SRC),
    RST_MEANS("tcp-rst-from-server", RESET_BY_DST),
    RST_ACTS("aged-out", IDLE),
    RST_ACTS("policy-deny", DROPPED),
    RST_STATES("threat", POLICY_RESET),
    RST_STATES("decrypt-", POLICY_RESET),
    RST_STATES("resources-unavailable", RESOURCE_EXHAUSTION),
};

/* What a rule or a profile does to a session or a packet. deny takes the application's own way, which is not told. */
static const rst_word_t panos_actions[] = {
    RST_MEANS("allow", ALLOWED),     RST_MEANS("alert", ALLOWED),        RST_ACTS("drop-icmp", REJECTED),
    RST_ACTS("drop ICMP", REJECTED), RST_ACTS("drop", DROPPED),          RST_ACTS("deny", DROPPED),
    RST_ACTS("block", DROPPED),      RST_ACTS("reset", RESET_BY_DEVICE),
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
