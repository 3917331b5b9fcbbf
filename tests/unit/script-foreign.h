/* script-foreign.h
 * Traffic of other connections, added to a script a thousand seconds before its first line or after its last one. It
 * tells nothing about the resets of the script, so their verdicts stay.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_TEST_SCRIPT_FOREIGN_H
#define RST_TEST_SCRIPT_FOREIGN_H

#include "script-shown.h"

typedef enum script_foreign {
    SCRIPT_SAME_PORTS_LATER,   /* an ordinary connection on the ports of each connection, reset or not */
    SCRIPT_OTHER_PORT_LATER,   /* of each client that had a reset, from another port */
    SCRIPT_TWENTY_LATER,       /* of each client to another port of the server and to another host */
    SCRIPT_OTHER_POINT_LATER,  /* of the same hosts, seen on an interface of its own; only where a script names some */
    SCRIPT_OTHER_HOSTS_BEFORE, /* of two hosts that the script does not know */
    SCRIPT_OTHER_PORTS_BEFORE, /* of each client from another port to another port */
    SCRIPT_FOREIGN_COUNT
} script_foreign_t;

const char *script_foreign_name(script_foreign_t foreign);

bool script_foreign_is_before(script_foreign_t foreign);

/* The segments (rst_segment_t) in order of time; empty when there is nothing to add. */
GArray *script_foreign_make(const script_shown_t *shown, const script_variant_t *variant, script_foreign_t foreign);

#endif
