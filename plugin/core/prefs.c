/* prefs.c
 * Default thresholds.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "prefs.h"

rst_prefs_t rst_prefs_default(void)
{
    /* The sources of the values stand in the descriptions of RST_PREFS. */
    static const rst_prefs_t defaults = {
#define RST_PREFS_DEFAULT(name, value, low, high, title, text) .name = value,
        RST_PREFS(RST_PREFS_DEFAULT)
#undef RST_PREFS_DEFAULT
    };

    return defaults;
}
