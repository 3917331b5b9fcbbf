/* strangers.c
 * Naming foreign packets in a verdict.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/strangers.h"

#include "answer/foreign.h"
#include "rules/explain.h"

/* Returns false if it is already named, or has no number because a read filter rejected it. */
static bool add_frame(rst_verdict_t *verdict, uint32_t frame)
{
    if (!frame || verdict->foreigns == RST_FOREIGN_NAMED_MAX)
        return false;
    for (unsigned i = 0; i < verdict->foreigns; i++) {
        if (verdict->foreign[i] == frame)
            return false;
    }
    verdict->foreign[verdict->foreigns++] = frame;
    return true;
}

static const char *what_of(const rst_view_t *view, unsigned clues)
{
    return view->texts ? rst_foreign_text(clues, view->memory) : "";
}

/* side = index of the side whose address the packet bears. */
static void name(const rst_view_t *view, rst_moment_t at, unsigned side, unsigned clues)
{
    if (at.pass_index && add_frame(view->verdict, rst_frames_number(&view->file->frames, at.pass_index)))
        rst_evidence_add(view, at.pass_index, "Bears the address of %s but does not fit it, so it proves nothing: %s",
                         rst_who(view, side), what_of(view, clues));
}

/* RFC 9293, section 3.5.2: a host resets what it cannot place, whoever sent it. */
static void name_trigger(const rst_view_t *view)
{
    const rst_recent_segment_t *trigger = view->trigger;

    if (!trigger || rst_fit_by(trigger->clues) != RST_FOREIGN ||
        !add_frame(view->verdict, rst_frames_number(&view->file->frames, trigger->moment.pass_index)))
        return;
    rst_evidence_add(view, trigger->moment.pass_index,
                     "The reset answers this packet, which bears the address of %s but does not fit it: %s",
                     rst_who_peer(view), what_of(view, trigger->clues));
}

static void name_latest(const rst_view_t *view, const rst_direction_t *direction, unsigned side)
{
    if (direction->foreign)
        name(view, direction->foreign_last, side, direction->foreign_clues);
}

void rst_strangers_name(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;
    const rst_aftermath_t *after = &reset->after;

    /* There, numbers that do not fit are what the verdict rests on. */
    if (view->verdict->cause == RST_CAUSE_HEADER_REWRITTEN)
        return;
    name_trigger(view);
    for (unsigned side = 0; side < 2; side++) {
        const rst_reset_t *stray = reset->stray_before[side];

        if (stray && rst_fit_by(stray->clues) == RST_FOREIGN)
            name(view, stray->at, side, stray->clues);
    }
    name(view, after->foreign, reset->from, after->foreign_clues);
    name_latest(view, view->own, reset->from);
    name_latest(view, view->peer, 1u - reset->from);
}
