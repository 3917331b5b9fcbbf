/* verdict.c
 * What a verdict says about the path, and the names of enum values in the public fields.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "answer/verdict.h"

rst_on_path_t rst_verdict_on_path(const rst_verdict_t *verdict)
{
    if (verdict->sender == RST_SENDER_MIDDLEBOX || rst_cause_is(verdict->cause, RST_TRAIT_SENT_ON_PATH))
        return RST_ON_PATH_SENT;
    return rst_cause_is(verdict->cause, RST_TRAIT_CHANGED_ON_PATH) ? RST_ON_PATH_CHANGED : RST_ON_PATH_NONE;
}

const char *rst_on_path_name(rst_on_path_t on_path)
{
    static const char *const names[RST_ON_PATH_COUNT] = {"none", "sent", "changed"};

    return names[on_path];
}

const char *rst_sender_name(rst_sender_t sender)
{
    static const char *const names[RST_SENDER_COUNT] = {"unknown", "client", "server", "middlebox"};

    return names[sender];
}

const char *rst_phase_name(rst_phase_t phase)
{
    static const char *const names[RST_PHASE_COUNT] = {"unknown", "handshake", "established", "closing", "closed"};

    return names[phase];
}

const char *rst_validity_name(rst_validity_t validity)
{
    static const char *const names[RST_VALIDITY_COUNT] = {"unknown", "exact", "in_window", "outside"};

    return names[validity];
}

const char *rst_capture_side_name(rst_capture_side_t side)
{
    static const char *const names[RST_CAPTURE_SIDE_COUNT] = {"unknown", "client", "server", "middle"};

    return names[side];
}
