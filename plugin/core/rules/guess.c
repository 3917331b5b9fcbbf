/* guess.c
 * Rules for resets whose sender guessed the sequence number: a single wrong one, or a train of several.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/guess.h"

#include "rules/explain.h"
#include "rules/predicates.h"

#define BURST (2 * RST_MILLISECOND)

/* The receiver kept the connection. */
static bool went_on(const rst_view_t *view)
{
    return !rst_is_refusal(view) && !rst_is_answer(view) && view->reset->after.peer_count >= 2;
}

/* A signature that was never negotiated makes the receiver drop an otherwise perfect reset (RFC 2385, RFC 5925). */
static bool bears_stray_signature(const rst_view_t *view)
{
    return (view->reset->known & RST_HAS_AUTH) && !view->own->syn_options;
}

/* The number was wrong (RFC 5961, section 3.2), and both sides went on. */
static bool was_wrong_guess(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;

    return went_on(view) && !bears_stray_signature(view) && reset->seq != view->peer->acked &&
           reset->after.alive.pass_index && !rst_overtook_data(view);
}

static unsigned match_blind_signed(const rst_view_t *view)
{
    return went_on(view) && bears_stray_signature(view) ? 85 : 0;
}

static unsigned match_blind_challenged(const rst_view_t *view)
{
    return view->reset->after.peer_challenge && was_wrong_guess(view) ? 90 : 0;
}

static unsigned match_blind_ignored(const rst_view_t *view)
{
    const rst_aftermath_t *after = &view->reset->after;
    rst_validity_t validity = view->verdict->validity;

    if (after->peer_challenge || !was_wrong_guess(view))
        return 0;
    if (validity == RST_VALIDITY_OUTSIDE)
        return 80;
    /* Challenge ACKs are rate limited (RFC 5961, section 7), so a wrong guess need not be followed by one. */
    return validity == RST_VALIDITY_IN_WINDOW && after->peer.pass_index > after->alive.pass_index ? 80 : 0;
}

/* In SYN-SENT, only a reset that acknowledges the SYN counts (RFC 9293, section 3.10.7.3), so the attempt goes on. */
static unsigned match_blind_syn(const rst_view_t *view)
{
    const rst_aftermath_t *after = &view->reset->after;

    return rst_is_refusal(view) && view->verdict->validity == RST_VALIDITY_OUTSIDE && after->synack.pass_index &&
                   after->peer.pass_index
               ? 80
               : 0;
}

static void explain_receiver(const rst_view_t *view)
{
    const rst_aftermath_t *after = &view->reset->after;

    rst_evidence_add(view, after->peer.pass_index, "%u segments from the receiver follow the reset", after->peer_count);
    rst_explain_distance(view);
}

static void explain_blind_signed(const rst_view_t *view)
{
    rst_summary(view,
                "Without effect: the reset bears a TCP signature that the capture does not show this connection to "
                "use, and %s went on with the connection (%s)",
                rst_who_peer(view), rst_where(view, view->reset->after.peer.pass_index));
    explain_receiver(view);
}

static void explain_blind_challenged(const rst_view_t *view)
{
    rst_summary(view,
                "Without effect: the reset does not fit the connection, so %s only asked with an ACK, and the "
                "connection went on (%s)",
                rst_who_peer(view), rst_where(view, view->reset->after.peer.pass_index));
    explain_receiver(view);
}

static void explain_blind_ignored(const rst_view_t *view)
{
    rst_summary(
        view,
        "Without effect: the reset does not fit the connection, so %s ignored it, and the connection went on (%s)",
        rst_who_peer(view), rst_where(view, view->reset->after.peer.pass_index));
    explain_receiver(view);
}

/* Later resets from elsewhere convict no reset that comes from the host's own distance. */
static bool leads_train(const rst_view_t *view)
{
    const rst_aftermath_t *after = &view->reset->after;

    return rst_hop_delta(view) == 0 ? after->train > after->train_elsewhere : after->train > after->train_apart;
}

/* The second and third guess of a train, relative to the first: 1460 and 4380 are one and three full segments. */
static bool is_gfw_train(const rst_aftermath_t *after)
{
    return after->train >= 2 && after->train_step[0] == 1460 && after->train_step[1] == 4380;
}

/* tcpkill from dsniff adds the window, then twice the window: offsets w and 3w. */
static bool is_window_train(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;
    const rst_aftermath_t *after = &reset->after;

    return after->train >= 2 && after->train_step[1] == 3 * after->train_step[0] && (reset->known & RST_HAS_WINDOW) &&
           reset->window == 0 && !reset->df;
}

/* The last reset of a burst, at the same moment as its first: nobody else would answer that soon. */
static bool ends_train(const rst_view_t *view)
{
    const rst_reset_t *first = view->reset->story->first;

    return first && first != view->reset && first->from == view->reset->from && first->after.train &&
           first->at.pass_index < view->reset->at.pass_index &&
           rst_within(view, rst_elapsed(first->at, view->reset->at), BURST);
}

/* A capture that begins in the middle may show nothing of the sender: then the train is known by what its peer has
 * acknowledged (aftermath.c), and only resets with ACK form one. */
static bool knows_number(const rst_view_t *view)
{
    if (!view->own->segments)
        return view->peer->data_segments && (view->reset->flags & RST_FLAG_ACK);
    return (view->own->known & RST_DIRECTION_NXT) && rst_directions_talk(view->own, view->peer);
}

static bool in_train(const rst_view_t *view)
{
    const rst_reset_t *reset = view->reset;
    int64_t elapsed = reset->own_last.at.pass_index ? rst_elapsed(reset->own_last.at, reset->at) : RST_TIME_NONE;

    if (rst_has_fin(view->own) || !knows_number(view))
        return false;
    if (leads_train(view) || ends_train(view))
        return true;
    return view->own->segments && reset->form == RST_FORM_AHEAD && reset->own_last.at.pass_index &&
           rst_seq_diff(reset->seq, reset->own_last.seq) > 2 && rst_hops(reset->ttl) == rst_hops(reset->own_last.ttl) &&
           rst_within(view, elapsed, (int64_t)view->prefs->seqchange_s * RST_SECOND);
}

static unsigned match_train_gfw(const rst_view_t *view)
{
    return is_gfw_train(&view->reset->after) && !rst_is_refusal(view) && in_train(view) ? 95 : 0;
}

static unsigned match_train_window(const rst_view_t *view)
{
    return is_window_train(view) && !is_gfw_train(&view->reset->after) && !rst_is_refusal(view) && in_train(view) ? 95
                                                                                                                  : 0;
}

static unsigned match_train(const rst_view_t *view)
{
    if (is_gfw_train(&view->reset->after) || is_window_train(view))
        return 0;
    return !rst_is_refusal(view) && in_train(view) ? 85 : 0;
}

static void explain_train(const rst_view_t *view)
{
    rst_summary(view,
                "%sinjected: several resets with guessed sequence numbers arrive from the address of %s within %u s. A "
                "real host knows its sequence number and needs only one reset",
                rst_probably(view), rst_who_own(view), view->prefs->seqchange_s);
    rst_evidence_add(view, view->reset->at.pass_index,
                     "SEQ values rise beyond anything this side is known to have sent");
    rst_explain_distance(view);
}

static void explain_train_gfw(const rst_view_t *view)
{
    rst_pattern_add(view, "gfw");
    explain_train(view);
}

static void explain_train_window(const rst_view_t *view)
{
    rst_pattern_add(view, "tcpkill");
    explain_train(view);
}

const rst_rule_t rst_rules_guess[] = {
    {"syn_not_refused",
     RST_CAUSE_BLIND_RESET,
     match_blind_syn,
     explain_blind_ignored,
     RST_IF_REFUSAL,
     RST_NEEDS_NOTHING,
     {{RST_CAUSE_FIREWALL_REJECT, 10}}},
    {"signature_not_negotiated",
     RST_CAUSE_BLIND_RESET,
     match_blind_signed,
     explain_blind_signed,
     RST_IF_NO_ANSWER,
     RST_NEEDS_NOTHING,
     {{RST_CAUSE_INJECTED, 5}}},
    {"challenged_in_vain",
     RST_CAUSE_BLIND_RESET,
     match_blind_challenged,
     explain_blind_challenged,
     RST_IF_NO_ANSWER,
     RST_NEEDS_NOTHING,
     {{RST_CAUSE_INJECTED, 5}}},
    {"without_effect",
     RST_CAUSE_BLIND_RESET,
     match_blind_ignored,
     explain_blind_ignored,
     RST_IF_NO_ANSWER,
     RST_NEEDS_NOTHING,
     {{RST_CAUSE_INJECTED, 5}}},
    {"train_of_segment_sizes",
     RST_CAUSE_INJECTED,
     match_train_gfw,
     explain_train_gfw,
     RST_IF_NO_REFUSAL,
     RST_RULE_MIDDLEBOX | RST_RULE_BY_TRAIN | RST_NEEDS_NOTHING,
     {{RST_CAUSE_POLICY_RESET, 4}}},
    {"train_of_windows",
     RST_CAUSE_INJECTED,
     match_train_window,
     explain_train_window,
     RST_IF_NO_REFUSAL,
     RST_RULE_MIDDLEBOX | RST_RULE_BY_TRAIN | RST_NEEDS_NOTHING,
     {{RST_CAUSE_POLICY_RESET, 4}}},
    {"guessed_train",
     RST_CAUSE_INJECTED,
     match_train,
     explain_train,
     RST_IF_NO_REFUSAL,
     RST_RULE_MIDDLEBOX | RST_RULE_BY_TRAIN | RST_NEEDS_NOTHING,
     {{RST_CAUSE_POLICY_RESET, 4}}},
    {NULL, RST_CAUSE_COUNT, NULL, NULL, 0, 0, {{0, 0}}},
};
