/* script-excused.c
 * Implementation for verdicts that other connections may change.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script-excused.h"

#define AT_ANY_TIME 0

/* At most ten. A test is named by its path, so that a row outlives changes around it. */
static struct foreign_excuse {
    const char *test;
    bool before; /* traffic before the script, else after it */
    const char *from, *to;
    const char *reason;
    unsigned asked, used;
} foreign_excuses[] = {
    {"/handshake/unsolicited", true, "connect_aborted", "unsolicited_synack",
     "the capture ran long before the SYN-ACK, so its start did not miss the SYN", 0, 0},
    {"/handshake/bad_ack", true, "connect_aborted", "unsolicited_synack", "as above", 0, 0},
    {"/active/coarse_clock", true, "app_abort", "unread_data", "their times show that the clock is finer", 0, 0},
};

/* Verdicts that tell what came next, and where. */
static const struct evidence_excuse {
    const char *cause, *reason;
} evidence_excuses[] = {
    {"closed_port", "the port accepts again"},
    {"policy_reset", "the same"},
    {"half_open_discovery", "the client tries again"},
    {"firewall_reject", "the point that lacks the reset records other connections of the two hosts"},
};

static const struct order_excuse {
    const char *from, *to;
    unsigned within_s;
} order_excuses[] = {
#define AFTERWARDS(from, to, within_s, reason) {from, to, within_s},
#include "script-excused.def"
#undef AFTERWARDS
};

static bool names(const char *token, rst_cause_t cause)
{
    return strcmp(token, rst_cause_info(cause)->token) == 0;
}

bool script_foreign_is_excused(script_foreign_t foreign, const script_outcome_t *alone, const script_outcome_t *among)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(foreign_excuses); i++) {
        struct foreign_excuse *excuse = &foreign_excuses[i];

        if (strcmp(excuse->test, g_test_get_path()) != 0 || excuse->before != script_foreign_is_before(foreign))
            continue;
        excuse->asked++;
        if (names(excuse->from, alone->cause) && names(excuse->to, among->cause) &&
            among->sender != RST_SENDER_MIDDLEBOX) {
            excuse->used++;
            return true;
        }
    }
    return false;
}

bool script_evidence_is_excused(const script_outcome_t *among)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(evidence_excuses); i++) {
        if (names(evidence_excuses[i].cause, among->cause))
            return true;
    }
    return false;
}

bool script_order_is_excused(const script_outcome_t *before, const script_outcome_t *after, int64_t elapsed)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(order_excuses); i++) {
        const struct order_excuse *excuse = &order_excuses[i];

        if (names(excuse->from, before->cause) && names(excuse->to, after->cause) &&
            (excuse->within_s == AT_ANY_TIME || (elapsed != RST_TIME_NONE && elapsed <= excuse->within_s * RST_SECOND)))
            return true;
    }
    return false;
}

unsigned script_excuses_unused(void)
{
    unsigned unused = 0;

    G_STATIC_ASSERT(G_N_ELEMENTS(foreign_excuses) <= 10);
    for (unsigned i = 0; i < G_N_ELEMENTS(foreign_excuses); i++) {
        if (foreign_excuses[i].asked && !foreign_excuses[i].used) {
            g_printerr("no longer needed in script-excused.c: %s, %s\n", foreign_excuses[i].test,
                       foreign_excuses[i].reason);
            unused++;
        }
    }
    return unused;
}
