/* cisco_event.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "logs/cisco_event.h"

#include <string.h>

#include <glib.h>

#include "base/moment.h"

/* A monitoring rule only logs; what an interactive block or a warning page does is left to the user. */
static const rst_word_t actions[] = {
    {"Allow", RST_MEANING_ALLOWED, 0, false},
    {"Trust", RST_MEANING_ALLOWED, 0, false},
    {"Fastpath", RST_MEANING_ALLOWED, 0, false},
    {"Block with reset", RST_MEANING_RESET_BY_DEVICE, 0, true},
    {"Reset", RST_MEANING_RESET_BY_DEVICE, 0, true},
    {"Block", RST_MEANING_DROPPED, 0, true},
    {"Drop", RST_MEANING_DROPPED, 0, true},
    {"Malware Block", RST_MEANING_DROPPED, 0, true},
    {"Interactive Block", RST_MEANING_DROPPED, 0, true},
};

static rst_piece_t of(const char *text, const char *key)
{
    return rst_value_of(text, key, ':');
}

static void read_meaning(const char *text, rst_record_t *record)
{
    static const char *const keys[] = {"AccessControlRuleAction", "InlineResult", "FileAction"};

    record->meaning = RST_MEANING_OTHER;
    for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++) {
        rst_piece_t action = of(text, keys[i]);

        if (action.length) {
            if (rst_piece_begins(action, "<br/>"))
                action = (rst_piece_t){action.text + strlen("<br/>"), action.length - strlen("<br/>")};
            rst_word_mean(actions, G_N_ELEMENTS(actions), action, record);
            return;
        }
    }
}

/* The first packet's second is stated in UTC, whatever zone the header has. */
static void read_time(const char *text, rst_record_t *record)
{
    rst_piece_t first = of(text, "FirstPacketSecond");
    int64_t duration = rst_read_span(of(text, "ConnectionDuration"));

    record->duration = duration;
    if (!first.length || !rst_when_iso(first.text, &record->when))
        return;
    record->when.ns = rst_time_add(record->when.ns, duration);
}

rst_read_t rst_cisco_event(rst_log_t *log, const char *text, rst_record_t *record)
{
    rst_side_t src = rst_read_side(of(text, "SrcIP"), of(text, "SrcPort"), &record->src);
    rst_side_t dst = rst_read_side(of(text, "DstIP"), of(text, "DstPort"), &record->dst);

    if (src == RST_SIDE_BROKEN || dst == RST_SIDE_BROKEN)
        return RST_READ_BROKEN;
    (void)rst_read_protocol(of(text, "Protocol"), &record->protocol);
    record->oriented = of(text, "AccessControlRuleAction").length != 0;
    record->rule = rst_told(log, of(text, "AccessControlRuleName"));
    record->session = rst_told(log, of(text, "ConnectionID"));
    read_meaning(text, record);
    read_time(text, record);
    return src == RST_SIDE_TOLD && dst == RST_SIDE_TOLD ? RST_READ_YES : RST_READ_NO;
}
