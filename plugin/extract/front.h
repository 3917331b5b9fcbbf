/* front.h
 * A dissector that stands in front of another one in a table of dissectors.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_FRONT_H
#define RST_FRONT_H

#include <epan/packet.h>

typedef struct rst_front {
    const char *table;
    uint32_t number;             /* IP protocol or port */
    dissector_handle_t original; /* what stands behind; NULL: not installed */
    dissector_handle_t ours;
} rst_front_t;

/* A name-only protocol that is a child of the one behind, not of this plugin: the front is off when the other is off,
 * and stays when the plugin is off. behind = filter name of the other protocol. */
void rst_front_register(rst_front_t *front, dissector_t dissector, const char *behind, const char *name,
                        const char *short_name, const char *filter_name);

/* Called from the handoff, when the other protocol has registered itself. */
void rst_front_install(rst_front_t *front);

/* Puts the front back if Decode As for the other protocol itself removed it. Any handle other than the original
 * is the user's choice and stays. */
void rst_front_restore(const rst_front_t *front);

#endif
