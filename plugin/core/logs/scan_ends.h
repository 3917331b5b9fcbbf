/* scan_ends.h
 * Addresses with their ports in text that has no known form.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_SCAN_ENDS_H
#define RST_SCAN_ENDS_H

#include <stdint.h>

#include "logs/record.h"

/* Different ends, in their order, at most max of them; 0 if a port is written that none can be. */
unsigned rst_scan_ends(const char *text, rst_log_end_t *ends, unsigned max);

/* TCP or UDP if the text has only one of the two words, else 0. */
uint8_t rst_scan_protocol(const char *text);

#endif
