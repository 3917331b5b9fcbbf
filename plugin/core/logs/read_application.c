/* read_application.c
 * Logs of applications, by one rule: a word for a reset, a time, and at least one address with a port. Off unless it is
 * asked for, because such lines are in every log and say little.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "logs/log.h"
#include "logs/scan_ends.h"
#include "logs/words.h"

static bool tells_reset(rst_piece_t text)
{
    static const char *const words[] = {
        "ECONNRESET",           "WSAECONNRESET",      "connection reset",
        "reset by peer",        "ECONNABORTED",       "forcibly closed by the remote host",
        "connection was reset", "connection aborted", NULL};
    const char *number;

    for (unsigned i = 0; words[i]; i++) {
        if (rst_piece_has(text, words[i]))
            return true;
    }
    number = g_strstr_len(text.text, (gssize)text.length, "10054");
    return number && !g_ascii_isalnum(number[5]) && (number == text.text || strchr(" (=[#", number[-1]));
}

rst_read_t rst_read_application(rst_log_t *log, const rst_log_line_t *line)
{
    rst_record_t record = {.meaning = RST_MEANING_OTHER, .protocol = RST_PROTOCOL_TCP};
    rst_log_end_t ends[3] = {0};
    unsigned count;

    if (!rst_log_wants_applications(log) || !tells_reset((rst_piece_t){line->text, line->length}))
        return RST_READ_NO;
    if (!rst_when_any(line->text + (*line->text == '['), &record.when) && line->when.kind == RST_WHEN_NONE)
        return RST_READ_NO;
    count = rst_scan_ends(line->text, ends, G_N_ELEMENTS(ends));
    if (!count || count > 2)
        return RST_READ_NO;
    record.src = ends[0];
    record.dst = ends[1];
    record.weak = count == 1;
    rst_log_emit(log, line, &record);
    return RST_READ_YES;
}
