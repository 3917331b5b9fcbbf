/* decoder.c
 * What the decoders share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "declared/decoder.h"

#include "base/text.h"

const char *rst_declared_text(const rst_memory_t *memory, const uint8_t *bytes, size_t length)
{
    return memory ? rst_escaped_text(memory, bytes, length) : NULL;
}
