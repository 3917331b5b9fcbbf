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

/* One -z option. */
typedef struct wanted {
    bool json;
    uint32_t most; /* problems */
} wanted_t;

static void draw(void *data)
{
    const wanted_t *wanted = (const wanted_t *)data;
    char *text = rst_problems_text(wanted->json, wanted->most);

    fputs(text, stdout);
    fflush(stdout);
    g_free(text);
}

/* What follows the name: ",json", ",N" or ",json,N". */
static bool read_option(const char *rest, wanted_t *wanted)
{
    char *end;

    *wanted = (wanted_t){false, UINT32_MAX};
    if (g_str_has_prefix(rest, ",json")) {
        wanted->json = true;
        rest += strlen(",json");
    }
    if (!*rest)
        return true;
    if (*rest != ',' || !g_ascii_isdigit(rest[1]))
        return false;
    wanted->most = (uint32_t)MIN(g_ascii_strtoull(rest + 1, &end, 10), UINT32_MAX);
    return !*end;
}

static rst_tap_started_t begin(const char *option, void *user_data _U_)
{
    wanted_t *wanted = g_new(wanted_t, 1);
    GString *error;

    if (!read_option(option + strlen(CLI_NAME), wanted)) {
        fprintf(stderr, "tshark: -z %s: only \",json\" and a number of problems may follow " CLI_NAME "\n", option);
        exit(1);
    }
    error = register_tap_listener(RST_TAP_NAME, wanted, NULL, TL_REQUIRES_NOTHING, NULL, take_nothing, draw, g_free);
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
