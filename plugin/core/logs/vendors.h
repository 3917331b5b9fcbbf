/* vendors.h
 * What the words of some firewalls mean, in their own format and inside CEF or LEEF.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_VENDORS_H
#define RST_VENDORS_H

#include "logs/firewall.h"

/* Check Point's action. */
void rst_checkpoint_mean(rst_record_t *record, rst_piece_t action);

/* FortiGate: traffic or not (the session's own record, or one of a security profile), action, packets that came back
 * (length 0 = not told). record->protocol is known by then. */
void rst_fortigate_mean(rst_record_t *record, bool traffic, rst_piece_t action, rst_piece_t received);

/* PAN-OS. */
typedef struct rst_panos {
    bool threat; /* THREAT, else TRAFFIC */
    rst_piece_t subtype, action, reason;
    rst_piece_t received; /* packets that came back */
} rst_panos_t;
void rst_panos_mean(rst_record_t *record, const rst_panos_t *words);

#endif
