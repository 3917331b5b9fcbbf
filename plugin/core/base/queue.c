/* queue.c
 * A queue whose links lie in its members.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/queue.h"

void rst_queue_append(rst_queue_t *queue, rst_link_t *link)
{
    link->before = queue->last;
    link->after = NULL;
    *(queue->last ? &queue->last->after : &queue->first) = link;
    queue->last = link;
    queue->count++;
}

void rst_queue_remove(rst_queue_t *queue, rst_link_t *link)
{
    *(link->before ? &link->before->after : &queue->first) = link->after;
    *(link->after ? &link->after->before : &queue->last) = link->before;
    link->before = link->after = NULL;
    queue->count--;
}
