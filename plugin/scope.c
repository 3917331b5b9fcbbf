/* scope.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "scope.h"

static void *scope_alloc(void *scope, size_t size)
{
    return wmem_alloc((wmem_allocator_t *)scope, size);
}

static void scope_release(void *scope, void *block, size_t size _U_)
{
    wmem_free((wmem_allocator_t *)scope, block);
}

rst_memory_t rst_memory_of(wmem_allocator_t *scope)
{
    return (rst_memory_t){scope_alloc, scope_release, scope};
}
