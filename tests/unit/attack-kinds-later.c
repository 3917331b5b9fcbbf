/* attack-kinds-later.c
 * Kinds that were written after the core was finished, by somebody who had not written it: rows as in the other two
 * tables, of all four attackers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "attack.h"

const attack_kind_t attack_kinds_later[] = {
    {.name = NULL},
};
