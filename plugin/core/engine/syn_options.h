/* syn_options.h
 * What a service did with SYNs that bear special options, and with plain ones around them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_SYN_OPTIONS_H
#define RST_SYN_OPTIONS_H

#include "track/reset.h"

/* The service refuses the SYN of a client with this reset. */
void rst_syn_options_refused(rst_service_t *service, rst_reset_t *reset);

/* The service accepted the SYN of this client at a moment. */
void rst_syn_options_accepted(rst_service_t *service, const rst_direction_t *client, rst_moment_t accepted);

#endif
