/* read_f5.c
 * The BIG-IP's log of its traffic processes. With the database variable tm.rstcause.log it names each reset that the
 * unit sends, with the same text that it writes into the packet (answer/f5_causes.h).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "answer/f5_causes.h"
#include "logs/log.h"

#define ID_LENGTH 8

/* "01230140:3: ", at the beginning of a word. Returns what follows it. */
static const char *after_id(const char *text, char *id)
{
    for (const char *at = text; *at; at++) {
        size_t digits = at == text || at[-1] == ' ' ? strspn(at, "0123456789abcdef") : 0;

        if (digits != ID_LENGTH || at[digits] != ':' || !g_ascii_isdigit(at[digits + 1]) || at[digits + 2] != ':')
            continue;
        g_strlcpy(id, at, ID_LENGTH + 1);
        return at + digits + 3 + (at[digits + 3] == ' ');
    }
    return NULL;
}

/* An address with a route domain: 10.0.0.1%2:80 */
static bool read_end(rst_piece_t piece, rst_log_end_t *end)
{
    char text[96];
    const char *domain = memchr(piece.text, '%', piece.length);
    size_t head = domain ? (size_t)(domain - piece.text) : piece.length;
    size_t rest = domain ? head + 1 : head;

    if (piece.length >= sizeof text)
        return false;
    while (rest < piece.length && g_ascii_isdigit(piece.text[rest]))
        rest++;
    g_snprintf(text, sizeof text, "%.*s%.*s", (int)head, piece.text, (int)(piece.length - rest), piece.text + rest);
    return rst_read_end((rst_piece_t){text, strlen(text)}, end);
}

/* The word after a mark, up to a blank or comma. */
static bool end_after(const char *text, const char *mark, rst_log_end_t *end)
{
    const char *at = strstr(text, mark);

    if (!at)
        return false;
    at += strlen(mark);
    return read_end((rst_piece_t){at, strcspn(at, " ,")}, end);
}

/* RST sent from a:p to a:p, [0xversion:line] cause */
static rst_read_t read_reset(rst_log_t *log, const rst_log_line_t *line, const char *text)
{
    rst_record_t record = {
        .protocol = RST_PROTOCOL_TCP, .meaning = RST_MEANING_RESET_BY_DEVICE, .acted = true, .packet = true};
    const char *cause = strchr(text, ']');

    if (!end_after(text, " from ", &record.src) || !end_after(text, " to ", &record.dst))
        return RST_READ_BROKEN;
    if (cause) {
        rst_cause_t found;

        cause += strspn(cause, "] ");
        if (g_str_has_prefix(cause, "{peer} ")) /* it arose on the other side of the proxy */
            cause += strlen("{peer} ");
        found = rst_f5_cause(cause, strlen(cause), NULL);

        record.rule = rst_log_string(log, (rst_piece_t){cause, strlen(cause)});
        if (found != RST_CAUSE_DECLARED) {
            record.meaning = RST_MEANING_CAUSE;
            record.cause = found;
        }
    }
    rst_log_emit(log, line, &record);
    return RST_READ_YES;
}

/* "... a:p -> a:p ...": a TLS error on the client's side of the unit */
static rst_read_t read_tls(rst_log_t *log, const rst_log_line_t *line, const char *text)
{
    rst_record_t record = {.protocol = RST_PROTOCOL_TCP,
                           .meaning = RST_MEANING_CAUSE,
                           .cause = RST_CAUSE_APP_ERROR,
                           .acted = true,
                           .oriented = true};
    const char *arrow = strstr(text, " -> ");
    const char *from = arrow;

    if (!arrow)
        return RST_READ_YES;
    while (from > text && from[-1] != ' ')
        from--;
    if (!read_end((rst_piece_t){from, (size_t)(arrow - from)}, &record.src) || !end_after(text, " -> ", &record.dst))
        return RST_READ_BROKEN;
    rst_log_emit(log, line, &record);
    return RST_READ_YES;
}

rst_read_t rst_read_f5(rst_log_t *log, const rst_log_line_t *line)
{
    char id[ID_LENGTH + 1];
    const char *text = after_id(line->text, id);

    if (!text)
        return RST_READ_NO;
    if (!strncmp(text, "RST sent from ", 14))
        return read_reset(log, line, text);
    if (!strcmp(id, "01260009") || !strcmp(id, "01260013") || !strcmp(id, "01260014"))
        return read_tls(log, line, text);
    return RST_READ_YES;
}
