/* resets.c
 * Single resets, and failures without a reset, for machines. How many are listed is bounded, since each has a few
 * kilobytes and whoever reads them may have little room.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <epan/stat_tap_ui.h>
#include <epan/tap.h>

#include "answer/answer_json.h"
#include "base/json_put.h"
#include "extract/tcp-facts.h"
#include "packet-rst.h"
#include "resets.h"

#define CLI_NAME "rst,resets,json"
#define MOST 20 /* unless N says otherwise */

/* One -z option; lives from its registration until tshark ends. */
typedef struct listed {
    GString *text; /* the elements */
    uint32_t most, count;
    bool provisional;
} listed_t;

static GSList *lists; /* listed_t */

/* A full list takes no more: of a storm, twenty resets are described and the others only counted. */
bool rst_resets_wanted(void)
{
    for (const GSList *list = lists; list; list = list->next) {
        const listed_t *listed = (const listed_t *)list->data;

        if (listed->count < listed->most)
            return true;
    }
    return false;
}

static void start_over(void *data)
{
    listed_t *listed = (listed_t *)data;

    g_string_truncate(listed->text, 0);
    listed->count = 0;
    listed->provisional = false;
}

static void finish(void *data)
{
    listed_t *listed = (listed_t *)data;

    lists = g_slist_remove(lists, listed);
    g_string_free(listed->text, TRUE);
    g_free(listed);
}

static tap_packet_status take(void *data, packet_info *pinfo, epan_dissect_t *edt _U_, const void *record RST_TAP_FLAGS)
{
    listed_t *listed = (listed_t *)data;
    const rst_tap_t *tap = (const rst_tap_t *)record;

    if (!tap->verdict && !tap->finding)
        return TAP_PACKET_DONT_REDRAW;
    listed->provisional = listed->provisional || tap->provisional;
    if (listed->count++ >= listed->most)
        return TAP_PACKET_DONT_REDRAW;
    rst_answer_json(&(rst_answer_t){.verdict = tap->verdict,
                                    .finding = tap->finding,
                                    .advice = tap->advice,
                                    .client = tap->client,
                                    .server = tap->acceptor,
                                    .filter = tap->filter,
                                    .frame = pinfo->num,
                                    .problem = tap->problem,
                                    .time = rst_frame_time(pinfo)},
                    listed->text);
    return TAP_PACKET_REDRAW;
}

static void draw(void *data)
{
    const listed_t *listed = (const listed_t *)data;
    GString *out = g_string_new(NULL);

    rst_json_begin(out, (const char *const[]){"declared.text", "witnesses.text", "witnesses.rule", NULL});
    rst_json_put_boolean(out, "provisional", listed->provisional);
    rst_json_put_number(out, "resets_total", listed->count);
    rst_json_key(out, "resets");
    rst_json_open(out, '[');
    g_string_append_len(out, listed->text->str, (gssize)listed->text->len);
    rst_json_close(out, ']');
    rst_json_close(out, '}');
    puts(out->str);
    fflush(stdout);
    g_string_free(out, TRUE);
}

/* What follows the name: "", ",N", ",FILTER" or ",N,FILTER". Returns the filter, or NULL. */
static const char *read_option(const char *rest, uint32_t *most)
{
    char *end;

    *most = MOST;
    if (*rest != ',')
        return NULL;
    rest++;
    if (strspn(rest, "0123456789") == strcspn(rest, ",")) {
        *most = (uint32_t)MIN(g_ascii_strtoull(rest, &end, 10), UINT32_MAX);
        rest = *end ? end + 1 : end;
    }
    return *rest ? rest : NULL;
}

static rst_tap_started_t begin(const char *option, void *user_data _U_)
{
    listed_t *listed = g_new0(listed_t, 1);
    const char *filter = read_option(option + strlen(CLI_NAME), &listed->most);
    GString *error;

    listed->text = g_string_new(NULL);
    error = register_tap_listener(RST_TAP_NAME, listed, filter, TL_REQUIRES_NOTHING, start_over, take, draw, finish);
    lists = g_slist_prepend(lists, listed);
    if (!error)
        return RST_TAP_STARTED;
    fprintf(stderr, "tshark: -z " CLI_NAME ": %s\n", error->str);
    g_string_free(error, TRUE);
    exit(1);
}

void rst_resets_tap_register(void)
{
    static stat_tap_ui ui = {RST_STAT_GROUP, NULL, CLI_NAME, begin, 0, NULL};

    register_stat_tap_ui(&ui, NULL);
}
