/* queue.h
 * A queue whose links lie in its members: adding, removing and moving take constant time and no memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_QUEUE_H
#define RST_QUEUE_H

#include <stddef.h>
#include <stdint.h>

/* The first member of what is queued; all zeros while it is in no queue. */
typedef struct rst_link {
    struct rst_link *before, *after;
} rst_link_t;

/* Starts as zeros. */
typedef struct rst_queue {
    rst_link_t *first, *last;
    uint32_t count;
} rst_queue_t;

void rst_queue_append(rst_queue_t *queue, rst_link_t *link);

/* link must be in this queue. */
void rst_queue_remove(rst_queue_t *queue, rst_link_t *link);

#endif
