/* mptcp.c
 * Decoder for Multipath TCP: MP_TCPRST, and MP_FASTCLOSE on the reset or on a segment before it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "declared/mptcp.h"

#include "base/text.h"

#define UNSURE_SHARE 49
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

/* RFC 8684, section 3.5: MP_FASTCLOSE is on the reset itself, or on an ACK of its sender before. What the other side
 * said is no statement of this one (rules/subflow.c). */
static bool read_fast_close(const rst_reset_t *reset, rst_statement_t *statement)
{
    bool own = reset->mptcp == RST_MPTCP_FASTCLOSE;

    if (!own && !(reset->direction[reset->from].known & RST_DIRECTION_FASTCLOSE))
        return false;
    statement->cause = RST_CAUSE_MPTCP_FASTCLOSE;
    statement->confidence = own ? 97 : 90;
    statement->declared.source = "mptcp_option";
    statement->declared.text = own ? "fast close" : "fast close, announced before the reset";
    return true;
}

static bool is_absent(const rst_direction_t *side)
{
    return !side->segments;
}

static bool uses(const rst_direction_t *side)
{
    return (side->known & RST_DIRECTION_MPTCP) != 0;
}

/* Its SYN was captured with all options, and MPTCP is not among them. */
static bool declines(const rst_direction_t *side)
{
    return (side->known & (RST_DIRECTION_SYN | RST_DIRECTION_CUT | RST_DIRECTION_MPTCP)) == RST_DIRECTION_SYN;
}

/* RFC 8684, section 3.1: both SYNs bear MP_CAPABLE or MP_JOIN, or the connection is plain TCP. A direction that was not
 * captured does not contradict the other one. */
static rst_truth_t negotiated(const rst_direction_t *a, const rst_direction_t *b)
{
    if (declines(a) || declines(b))
        return RST_NO;
    if (!uses(a) && !uses(b))
        return RST_UNKNOWN;
    return (uses(a) || is_absent(a)) && (uses(b) || is_absent(b)) ? RST_YES : RST_UNKNOWN;
}

bool rst_declared_mptcp(const rst_reset_t *reset, const rst_memory_t *memory, rst_statement_t *statement)
{
    bool found = reset->mptcp == RST_MPTCP_TCPRST ? read_subflow_reset(reset, memory, statement)
                                                  : read_fast_close(reset, statement);
    const rst_direction_t *side = reset->direction;
    rst_truth_t used = negotiated(&side[0], &side[1]);

    if (!found || used == RST_YES)
        return found;
    statement->confidence = UNSURE_SHARE;
    if (used == RST_NO) {
        statement->meaning = RST_MEANING_NONE;
        statement->why = "a SYN of this connection bears no MPTCP option, so MPTCP was not negotiated";
        return true;
    }
    /* Where the reset is all that was captured, there is nothing else to believe. */
    if (!is_absent(&side[0]) || !is_absent(&side[1]))
        statement->meaning = RST_MEANING_UNSURE;
    statement->why = "the capture does not show whether this connection uses MPTCP";
    return true;
}
