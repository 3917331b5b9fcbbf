/* artefact.c
 * Rules for resets that are not events of the connection: copies made by the capture, impossible flags.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/artefact.h"

#include "rules/explain.h"
#include "rules/predicates.h"

/* The plugin reports neither length nor options if the data offset points outside the segment. */
static bool bad_offset(const rst_view_t *view)
{
    return !(view->reset->known & (RST_HAS_LENGTH | RST_HAS_OPTIONS));
}

static unsigned match_malformed_offset(const rst_view_t *view)
{
    return bad_offset(view) ? 90 : 0;
}

static void explain_malformed_offset(const rst_view_t *view)
{
    rst_summary(view, "Malformed: the header length of this reset is impossible - nothing after it can be trusted");
    rst_evidence_add(view, view->reset->at.pass_index, "Data offset below 20 bytes or beyond the end of the segment");
}

static unsigned match_malformed_flags(const rst_view_t *view)
{
    return (view->reset->flags & (RST_FLAG_SYN | RST_FLAG_FIN)) && !bad_offset(view) ? 90 : 0;
}

static void explain_malformed_flags(const rst_view_t *view)
{
    const char *flag = (view->reset->flags & RST_FLAG_SYN) ? "SYN" : "FIN";

    rst_summary(view,
                "Malformed: RST and %s are set together, which no TCP stack sends - a scanner, a fuzzer or a broken "
                "device made this packet",
                flag);
    rst_evidence_add(view, view->reset->at.pass_index, "Flags RST and %s in one segment (RFC 9293, section 3.10.7.4)",
                     flag);
}

static void explain_other_place(const rst_view_t *view)
{
    const rst_reset_t *original = view->reset->original;

    if (view->reset->ttl != original->ttl)
        rst_evidence_add(view, original->at.pass_index,
                         "TTL %u there and %u here: captured at another place on the path", original->ttl,
                         view->reset->ttl);
    else if (view->reset->link != original->link)
        rst_evidence_add(view, original->at.pass_index, "Captured on another link or interface");
}

/* A host that sent it twice would have given the second one a new IP ID. */
static unsigned match_duplicate_by_id(const rst_view_t *view)
{
    return view->reset->original && view->reset->ip_id ? 95 : 0;
}

static void explain_duplicate_by_id(const rst_view_t *view)
{
    const rst_moment_t original = view->reset->original->at;

    rst_summary(view, "Not a second reset but a copy of the one in %s (same numbers and IP ID, captured %s later)",
                rst_where(view, original.pass_index), rst_span(view, rst_elapsed(original, view->reset->at)));
    rst_evidence_add(view, original.pass_index, "Same SEQ, ACK, length, window and IP ID as here");
    explain_other_place(view);
}

static unsigned match_duplicate(const rst_view_t *view)
{
    return view->reset->original && !view->reset->ip_id ? 85 : 0;
}

static void explain_duplicate(const rst_view_t *view)
{
    const rst_moment_t original = view->reset->original->at;

    rst_summary(view, "Not a second reset but a copy of the one in %s (same numbers, captured %s later)",
                rst_where(view, original.pass_index), rst_span(view, rst_elapsed(original, view->reset->at)));
    rst_evidence_add(view, original.pass_index, "Same SEQ, ACK, length and window as here");
    explain_other_place(view);
}

const rst_rule_t rst_rules_artefact[] = {
    {"captured_twice_by_id",
     RST_CAUSE_DUPLICATE,
     match_duplicate_by_id,
     explain_duplicate_by_id,
     RST_IF_ANY,
     RST_RULE_BENIGN | RST_NEEDS_NOTHING,
     {{0, 0}}},
    {"captured_twice",
     RST_CAUSE_DUPLICATE,
     match_duplicate,
     explain_duplicate,
     RST_IF_ANY,
     RST_RULE_BENIGN | RST_NEEDS_NOTHING,
     {{0, 0}}},
    {"impossible_offset",
     RST_CAUSE_MALFORMED,
     match_malformed_offset,
     explain_malformed_offset,
     RST_IF_ANY,
     RST_NEEDS_NOTHING,
     {{0, 0}}},
    {"impossible_flags",
     RST_CAUSE_MALFORMED,
     match_malformed_flags,
     explain_malformed_flags,
     RST_IF_ANY,
     RST_NEEDS_NOTHING,
     {{0, 0}}},
    {NULL, RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
