/* problems.c
 * Prints the problems at the end. What they are made from is read anyway: the tap itself takes nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include <stdio.h>
#include <stdlib.h>

#include <epan/stat_tap_ui.h>
#include <epan/tap.h>

#include "packet-rst.h"
#include "problems.h"

#define CLI_NAME "rst,problems"
#define CLI_JSON CLI_NAME ",json"

static tap_packet_status take_nothing(void *data _U_, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                                      const void *record _U_ RST_TAP_FLAGS)
{
    return TAP_PACKET_DONT_REDRAW;
}

static void draw(void *data)
{
    char *text = rst_problems_text(*(const bool *)data);

    fputs(text, stdout);
    fflush(stdout);
    g_free(text);
}

/* option is "rst,problems" or "rst,problems,json". */
static rst_tap_started_t begin(const char *option, void *user_data _U_)
{
    bool *json = g_new(bool, 1);
    GString *error;

    *json = g_str_equal(option, CLI_JSON);
    if (!*json && !g_str_equal(option, CLI_NAME)) {
        fprintf(stderr, "tshark: -z %s: the only thing that may follow " CLI_NAME " is \",json\"\n", option);
        exit(1);
    }
    error = register_tap_listener(RST_TAP_NAME, json, NULL, TL_REQUIRES_NOTHING, NULL, take_nothing, draw, g_free);
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
