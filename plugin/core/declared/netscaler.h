/* netscaler.h
 * The window of a reset as a code of NetScaler (Citrix ADC).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_NETSCALER_H
#define RST_NETSCALER_H

#include "declared/decoder.h"

rst_declared_reader_t rst_declared_netscaler;

/* Is this window value one of NetScaler's? */
bool rst_netscaler_has(uint16_t window);

/* The reset's window is too far from what its sender advertised to be an advertised window. */
bool rst_netscaler_apart(const rst_reset_t *reset);
/* far from a window that never changed; counts only together with others */
bool rst_netscaler_steps(const rst_reset_t *reset);

#endif
