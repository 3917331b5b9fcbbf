/* scope.c
 * Counted memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "scope.h"

#include <stdlib.h>

static void *counted_alloc(void *data, size_t size)
{
    scope_t *scope = data;
    head_t *head = malloc(sizeof *head + size);

    if (!head)
        abort();
    *head = (head_t){scope->ring.next, &scope->ring, size, 0};
    head->next->before = head;
    scope->ring.next = head;
    scope->held += size;
    if (scope->held > scope->peak)
        scope->peak = scope->held;
    return head + 1;
}

static void counted_release(void *data, void *block, size_t size)
{
    scope_t *scope = data;
    head_t *head = (head_t *)block - 1;

    if (head->size != size)
        abort();
    head->next->before = head->before;
    head->before->next = head->next;
    scope->held -= head->size;
    free(head);
}

void scope_open(scope_t *scope)
{
    scope->memory = (rst_memory_t){counted_alloc, counted_release, scope};
    scope->ring = (head_t){&scope->ring, &scope->ring, 0, 0};
    scope->held = scope->peak = 0;
}

void scope_close(scope_t *scope)
{
    while (scope->ring.next != &scope->ring)
        counted_release(scope, scope->ring.next + 1, scope->ring.next->size);
}
