/* prefs.c
 * Defaults of the user's settings.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/prefs.h"

#include <string.h>

rst_prefs_t rst_prefs_default(void)
{
    /* The sources of the values are in the descriptions in RST_PREFS. */
    static const rst_prefs_t defaults = {
#define RST_PREFS_DEFAULT(name, value, low, high, title, text) .name = value,
        RST_PREFS(RST_PREFS_DEFAULT)
#undef RST_PREFS_DEFAULT
#define RST_DECODER_DEFAULT(name, title, text) .name = true,
            RST_DECODERS(RST_DECODER_DEFAULT)
#undef RST_DECODER_DEFAULT
    };

    return defaults;
}

static bool is_in(const rst_network_t *network, const rst_address_t *address)
{
    const uint8_t *wanted = (const uint8_t *)network->address.word;
    const uint8_t *given = (const uint8_t *)address->word;
    unsigned bytes = network->bits / 8;
    unsigned rest = network->bits % 8;

    if (network->address.size != address->size || network->bits > address->size * 8U)
        return false;
    return memcmp(wanted, given, bytes) == 0 && (!rest || (wanted[bytes] ^ given[bytes]) >> (8 - rest) == 0);
}

bool rst_prefs_names_netscaler(const rst_prefs_t *prefs, const rst_address_t *address)
{
    for (unsigned i = 0; i < prefs->netscaler_count; i++) {
        if (is_in(&prefs->netscalers[i], address))
            return true;
    }
    return false;
}
