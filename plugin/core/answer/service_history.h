/* service_history.h
 * How the other connections to a service went, before and after one that failed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_SERVICE_HISTORY_H
#define RST_SERVICE_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/moment.h"

/* A success is a connection that the service answered and that did not fail, at the moment at which it began. */
typedef struct rst_service_history {
    uint32_t failed, total;          /* connections, in the whole capture */
    uint32_t one_way;                /* among them: the capture lacks what the service sent */
    rst_moment_t last, next;         /* success before and after the failure; pass_index 0 = none */
    uint32_t last_frame, next_frame; /* their numbers, 0 = not known */
    const char *text;                /* all that in words */
} rst_service_history_t;

#endif
