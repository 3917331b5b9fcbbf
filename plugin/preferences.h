/* preferences.h
 * The plugin's preferences: registration, and their values as the core wants them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RST_PREFERENCES_H
#define RST_PREFERENCES_H

#include <epan/packet.h>

#include "facts/prefs.h"

void rst_preferences_register(int proto);

/* Shall the cause be appended to the Info column? */
bool rst_preferences_info(void);

/* Path of a kernel's trace, empty when there is none. */
const char *rst_preferences_kernel_trace(void);

/* The values of this moment, limited to what makes sense; lists live in scope. */
rst_prefs_t rst_preferences_for_core(wmem_allocator_t *scope);

#endif
