/* record.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "logs/record.h"

const char *rst_record_meaning(const rst_record_t *record)
{
    static const char *const tokens[] = {
#define RST_MEANING_TOKEN(NAME, token) token,
        RST_MEANINGS(RST_MEANING_TOKEN)
#undef RST_MEANING_TOKEN
    };

    return record->meaning == RST_MEANING_CAUSE ? rst_cause_info(record->cause)->token : tokens[record->meaning];
}
