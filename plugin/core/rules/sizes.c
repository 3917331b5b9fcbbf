/* sizes.c
 * Loss by size: a path that drops packets above some size, with the ICMP errors that would say so (RFC 2923, section
 * 2.1), or a device that handles them wrongly.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/sizes.h"

#include "rules/explain.h"

#define SIZE_LEAST 536 /* bytes: every path lets this through (RFC 9293, section 3.7.1) */
#define COPIES_LEAST 3

/* The oldest unacknowledged segment is the first that was so large. */
static bool loses_large(const rst_direction_t *side, const rst_direction_t *peer)
{
    const rst_retransmission_t *retx = &side->retransmission;

    return peer->segments && retx->copies >= COPIES_LEAST && retx->seq == side->sizes.large_seq && side->sizes.small &&
           side->sizes.large > SIZE_LEAST;
}

static void explain_side(const rst_view_t *view, unsigned side)
{
    const rst_direction_t *own = &view->reset->direction[side];
    const rst_sizes_t *sizes = &own->sizes;

    if (loses_large(own, &view->reset->direction[1 - side]))
        rst_evidence_add(
            view, own->retransmission.first.pass_index,
            "No segment of %u bytes from %s was acknowledged, but smaller ones (up to %u bytes) were: large "
            "packets may be lost on the path (path MTU)",
            sizes->large, rst_who(view, side), sizes->small);
    else if (sizes->cut_pass_index && sizes->cut_from > SIZE_LEAST)
        rst_evidence_add(
            view, sizes->cut_pass_index,
            "%u bytes in one segment from %s were not acknowledged, but %u bytes from the same SEQ on were: "
            "large packets may be lost on the path (path MTU)",
            sizes->cut_from, rst_who(view, side), sizes->cut_to);
}

void rst_explain_sizes(const rst_view_t *view)
{
    explain_side(view, view->reset->from);
    explain_side(view, 1u - view->reset->from);
}
