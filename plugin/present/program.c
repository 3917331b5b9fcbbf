/* program.c
 * Which program has loaded the plugin.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "program.h"

#include <string.h>

#include <glib.h>

bool rst_program_has_window(void)
{
    static const char *const without[] = {"tshark", "sharkd", "rawshark", "fuzzshark"};
    const char *program = g_get_prgname();

    for (size_t i = 0; program && i < G_N_ELEMENTS(without); i++) {
        if (!strcmp(program, without[i]))
            return false;
    }
    return true;
}

bool rst_program_is_sharkd(void)
{
    return g_strcmp0(g_get_prgname(), "sharkd") == 0;
}
