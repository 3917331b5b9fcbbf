/* cisco_messages.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "logs/cisco_messages.h"

#include <string.h>

#include <glib.h>

#define T(trait) RST_CISCO_##trait
static const rst_cisco_message_t messages[] = {
#define RST_CISCO_MESSAGE(id, kind, form, words, meaning, cause, traits, phrase)                                       \
    {id, RST_CISCO_##kind, RST_CISCO_##form, RST_CISCO_##words, RST_MEANING_##meaning, cause, traits, phrase},
#include "logs/cisco_messages.def"
#undef RST_CISCO_MESSAGE
};

/* Messages that say something about dynamic lists: 338001-338008, 338101-338104, 338201-338204. */
static const rst_cisco_message_t filters = {
    338000, RST_CISCO_ENDS, RST_CISCO_INTERFACE, RST_CISCO_FROM, RST_MEANING_ALLOWED, 0, 0, "Dynamic Filter "};

const rst_cisco_message_t *rst_cisco_message(uint32_t id)
{
    if (id / 1000 == filters.id / 1000)
        return &filters;
    for (unsigned i = 0; i < G_N_ELEMENTS(messages); i++) {
        if (messages[i].id == id)
            return &messages[i];
    }
    return NULL;
}

const rst_cisco_message_t *rst_cisco_phrase(const char *text)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(messages); i++) {
        if (messages[i].phrase && g_str_has_prefix(text, messages[i].phrase))
            return &messages[i];
    }
    if (strstr(text, "AccessControlRuleAction: ") && strstr(text, "SrcIP: "))
        return rst_cisco_message(430003); /* an alert of the management center (SFIMS) */
    return g_str_has_prefix(text, filters.phrase) ? &filters : NULL;
}

/* The wording varies by release. */
static const rst_word_t reasons[] = {
    RST_MEANS("TCP FINs", CLOSED),
    RST_ACTS("TCP Reset-APPLIANCE", RESET_BY_DEVICE),
    RST_ACTS("TCP Reset by appliance", RESET_BY_DEVICE),
    RST_ACTS("SYN Timeout", HANDSHAKE),
    RST_STATES("FIN Timeout", FIN_WAIT_TIMEOUT),
    RST_ACTS("Conn-timeout", IDLE),
    RST_ACTS("Connection timeout", IDLE),
    RST_ACTS("Idle Timeout", IDLE),
    RST_ACTS("Pinhole timeout", IDLE),
    RST_STATES("Flow closed by inspection", POLICY_RESET),
    RST_STATES("Deny Terminate", POLICY_RESET),
    RST_STATES("Flow terminated by", POLICY_RESET),
    RST_STATES("Flow reset by", POLICY_RESET),
    RST_STATES("Unauth Deny", POLICY_RESET),
    RST_STATES("IPS fail-close", POLICY_RESET),
    RST_ACTS("SYN Control", DROPPED),
    RST_ACTS("Invalid SYN", DROPPED),
    RST_ACTS("TCP Invalid SYN", DROPPED),
    RST_STATES("TCP bad retransmission", POLICY_RESET),
    RST_STATES("TCP segment partial overlap", POLICY_RESET),
    RST_STATES("TCP unexpected window size variation", POLICY_RESET),
    RST_STATES("Failover primary closed", SESSION_FAILOVER),
    RST_STATES("Xlate Clear", ADMIN_KILL),
};

bool rst_cisco_reason(rst_piece_t reason, rst_record_t *record, bool *higher)
{
    *higher = rst_piece_begins(reason, "TCP Reset-I");
    if (*higher || rst_piece_begins(reason, "TCP Reset-O"))
        return true;
    rst_word_mean(reasons, G_N_ELEMENTS(reasons), reason, record);
    return false;
}
