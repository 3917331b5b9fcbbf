/* after_close.c
 * Counting what reached a side that had closed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules/after_close.h"

#include "rules/predicates.h"

uint32_t rst_late_lost(const rst_view_t *view)
{
    uint32_t lost = rst_in_flight(view);

    if (!rst_has_fin(view->own) || !lost)
        return 0;
    return lost - rst_has_fin(view->peer);
}

uint32_t rst_late_bytes(const rst_view_t *view)
{
    return rst_has_fin(view->own) ? MAX(view->peer->unanswerable, rst_late_lost(view)) : 0;
}

bool rst_late_is(const rst_view_t *view, rst_message_t message)
{
    uint32_t late = rst_late_bytes(view);

    return late && view->peer->message == message && late == view->peer->latest_bytes;
}
