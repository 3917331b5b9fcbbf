/* problems.c
 * Prints the problems at the end. What they are made from is read anyway: the tap itself takes nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <epan/stat_tap_ui.h>
#include <epan/tap.h>

#include "packet-rst.h"
#include "problems.h"

#define CLI_NAME "rst,problems"

static tap_packet_status take_nothing(void *data _U_, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                                      const void *record _U_ RST_TAP_FLAGS)
{
    return TAP_PACKET_DONT_REDRAW;
}

static void draw(void *data)
{
    char *text = rst_problems_text((const rst_extent_t *)data);

    fputs(text, stdout);
    fflush(stdout);
    g_free(text);
}

/* Takes ",N" from *rest, if something is left. */
static bool read_number(const char **rest, uint32_t *number)
{
    char *end;

    if (!**rest)
        return true;
    if (**rest != ',' || !g_ascii_isdigit((*rest)[1]))
        return false;
    *number = (uint32_t)MIN(g_ascii_strtoull(*rest + 1, &end, 10), UINT32_MAX);
    *rest = end;
    return true;
}

/* What follows the name: ",json" or nothing, then ",N" or nothing, then, after both, ",M" or nothing. */
static bool read_option(const char *rest, rst_extent_t *extent)
{
    *extent = (rst_extent_t){false, UINT32_MAX, UINT32_MAX};
    if (g_str_has_prefix(rest, ",json")) {
        extent->json = true;
        rest += strlen(",json");
    }
    return read_number(&rest, &extent->problems) && (!extent->json || read_number(&rest, &extent->listed)) && !*rest &&
           extent->listed;
}

static rst_tap_started_t begin(const char *option, void *user_data _U_)
{
    rst_extent_t *extent = g_new(rst_extent_t, 1);
    GString *error;

    if (!read_option(option + strlen(CLI_NAME), extent)) {
        fprintf(stderr,
                "tshark: -z %s: after " CLI_NAME ", only \",json\", a number of problems, and with both a number of "
                "frames and hosts of each may follow\n",
                option);
        exit(1);
    }
    error = register_tap_listener(RST_TAP_NAME, extent, NULL, TL_REQUIRES_NOTHING, NULL, take_nothing, draw, g_free);
    if (!error)
        return RST_TAP_STARTED;
    fprintf(stderr, "tshark: -z %s: %s\n", option, error->str);
    g_string_free(error, TRUE);
    exit(1);
}

void rst_problems_tap_register(void)
{
    static stat_tap_ui ui = {RST_STAT_GROUP, NULL, CLI_NAME, begin, 0, NULL};

    register_stat_tap_ui(&ui, NULL);
}
