/* f5_causes.h
 * What the reset causes of an F5 BIG-IP mean, in its packets and in its log.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_F5_CAUSES_H
#define RST_F5_CAUSES_H

#include <stdbool.h>
#include <stddef.h>

#include "answer/causes.h"

/* RST_CAUSE_DECLARED if the text is none that we know. forgets may be NULL; *forgets = the device no longer knows the
 * connection: after a silence it timed it out. */
rst_cause_t rst_f5_cause(const char *text, size_t length, bool *forgets);

#endif
