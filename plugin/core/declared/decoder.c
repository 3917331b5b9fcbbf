/* decoder.c
 * What the decoders share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "declared/decoder.h"

#include "base/text.h"

void rst_declared_quote(rst_declared_t *declared, const rst_memory_t *memory, const uint8_t *bytes, size_t length)
{
    declared->text = memory ? rst_escaped_text(memory, bytes, length) : NULL;
    declared->from_wire = true;
}
