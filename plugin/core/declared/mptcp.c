/* mptcp.c
 * Decoder for Multipath TCP: MP_TCPRST, and MP_FASTCLOSE on the reset or on a segment before it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "declared/mptcp.h"

#include "base/text.h"

#define FLAG_TRANSIENT 1 /* the T flag of MP_TCPRST */

/* RFC 8684, section 3.6 */
static const char *const reasons[] = {
    "unspecified",          "MPTCP-specific error",     "lack of resources",      "administratively prohibited",
    "too much outstanding", "unacceptable performance", "middlebox interference",
};

static bool read_subflow_reset(const rst_reset_t *reset, const rst_memory_t *memory, rst_statement_t *statement)
{
    statement->cause = RST_CAUSE_MPTCP_SUBFLOW_RESET;
    statement->confidence = 97;
    statement->declared.source = "mptcp_option";
    statement->declared.code = reset->mptcp_reason;
    statement->declared.has_code = true;
    if (memory && reset->mptcp_reason < G_N_ELEMENTS(reasons))
        statement->declared.text = rst_text(memory, "%s (%s)", reasons[reset->mptcp_reason],
                                            (reset->mptcp_flags & FLAG_TRANSIENT) ? "transient" : "permanent");
    return true;
}

/* RFC 8684, section 3.5: MP_FASTCLOSE is on the reset itself, or on an ACK after which both hosts reset
 * their subflows. */
static bool read_fast_close(const rst_reset_t *reset, rst_statement_t *statement)
{
    bool own = reset->mptcp == RST_MPTCP_FASTCLOSE;

    if (!own && !((reset->direction[0].known | reset->direction[1].known) & RST_DIRECTION_FASTCLOSE))
        return false;
    statement->cause = RST_CAUSE_MPTCP_FASTCLOSE;
    statement->confidence = own ? 97 : 90;
    statement->declared.source = "mptcp_option";
    statement->declared.text = own ? "fast close" : "fast close, announced before the reset";
    return true;
}

bool rst_declared_mptcp(const rst_reset_t *reset, const rst_memory_t *memory, rst_statement_t *statement)
{
    if (reset->mptcp == RST_MPTCP_TCPRST)
        return read_subflow_reset(reset, memory, statement);
    return read_fast_close(reset, statement);
}
