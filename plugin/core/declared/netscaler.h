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

/* The reset's window lies apart from what its sender advertised, so that it is no advertisement. */
bool rst_netscaler_apart(const rst_reset_t *reset);
bool rst_netscaler_steps(const rst_reset_t *reset); /* far from a window that stood still; counts only with others */

#endif
