/* scope.h
 * Memory of one of Wireshark's scopes, in the form that the core expects.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_SCOPE_H
#define RST_SCOPE_H

#include "base/memory.h"

rst_memory_t rst_memory_of(wmem_allocator_t *scope);

#endif
