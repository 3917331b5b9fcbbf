/* preferences.h
 * The plugin's preferences: registration, and their values in the form that the core expects.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_PREFERENCES_H
#define RST_PREFERENCES_H

#include <epan/packet.h>

#include "facts/prefs.h"

void rst_preferences_register(int proto);

/* Should the cause be appended to the Info column? */
bool rst_preferences_info(void);

/* Verdicts that are less sure (percent) are not to be shown before somebody looks at their packet. */
unsigned rst_preferences_min_confidence(void);

/* How many lines the statistics have at most. */
typedef struct rst_stats_limits {
    unsigned problems, servers;
    unsigned ports; /* of one host, before it becomes one line */
} rst_stats_limits_t;

rst_stats_limits_t rst_preferences_stats(void);

/* Path of a kernel trace, or empty if there is none. */
const char *rst_preferences_kernel_trace(void);

/* Are logs of applications read too? */
bool rst_preferences_witness_applications(void);

/* The current values, limited to what makes sense; lists live in scope. */
rst_prefs_t rst_preferences_for_core(wmem_allocator_t *scope);

#endif
