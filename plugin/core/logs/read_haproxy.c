/* read_haproxy.c
 * HAProxy's own formats (doc/configuration.txt, "Log formats"): TCP, HTTP, connection errors, and the one before a mode
 * is known, which alone has the destination. The line is written at the end; its time is that of accept().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "base/moment.h"
#include "logs/log.h"

#define TIMERS_TCP 3
#define TIMERS_HTTP 5

/* "Connect from a:p to b:p (frontend/mode)" */
static rst_read_t read_connect(rst_log_t *log, const rst_log_line_t *line, const char *text)
{
    rst_record_t record = {.protocol = RST_PROTOCOL_TCP, .meaning = RST_MEANING_OPENED, .oriented = true};
    rst_piece_t from = {text, strcspn(text, " ")};
    rst_piece_t to;

    text += from.length;
    if (strncmp(text, " to ", 4) != 0)
        return RST_READ_NO;
    to = (rst_piece_t){text + 4, strcspn(text + 4, " ")};
    if (strncmp(to.text + to.length, " (", 2) != 0)
        return RST_READ_NO;
    if (!rst_read_end(from, &record.src) || !rst_read_end(to, &record.dst))
        return RST_READ_BROKEN;
    record.rule = rst_log_string(log, (rst_piece_t){to.text + to.length + 2, strcspn(to.text + to.length + 2, "/)")});
    rst_log_emit(log, line, &record);
    return RST_READ_YES;
}

static void set_cause(rst_record_t *record, rst_cause_t cause)
{
    record->meaning = RST_MEANING_CAUSE;
    record->cause = cause;
}

/* The termination state: who ended it, and in which phase. A client or server that "broke off" may have sent a FIN or a
 * reset: that is not told. */
static void set_state(rst_record_t *record, const char *state, bool no_server)
{
    record->acted = strchr("PRDKcs", state[0]) != NULL;
    if (state[0] == '-')
        record->meaning = RST_MEANING_CLOSED;
    else if (state[0] == 'S' && state[1] == 'C')
        set_cause(record, no_server ? RST_CAUSE_NO_BACKEND : RST_CAUSE_CLOSED_PORT);
    else if (state[0] == 's' && state[1] == 'C')
        record->meaning = RST_MEANING_HANDSHAKE;
    else if (state[0] == 'c' || state[0] == 's')
        set_cause(record, RST_CAUSE_APP_TIMEOUT);
    else if (state[0] == 'P')
        set_cause(record, RST_CAUSE_POLICY_RESET);
    else if (state[0] == 'R')
        set_cause(record, RST_CAUSE_RESOURCE_EXHAUSTION);
    else if (state[0] == 'D')
        set_cause(record, RST_CAUSE_NO_BACKEND);
    else if (state[0] == 'K')
        set_cause(record, RST_CAUSE_ADMIN_KILL);
}

/* ms, perhaps with a '+' (option logasap), or -1 */
static int64_t total_of(rst_piece_t timers)
{
    const char *slash = timers.text + timers.length;
    char *end;
    gint64 ms;

    while (slash > timers.text && slash[-1] != '/')
        slash--;
    ms = g_ascii_strtoll(slash + (*slash == '+'), &end, 10);
    return ms > 0 && ms < G_MAXINT32 ? rst_time_times((unsigned)ms, RST_MILLISECOND) : 0;
}

static bool is_state(rst_piece_t word, unsigned length)
{
    if (word.length != length || !strchr("CSPLRIDUKcs-", word.text[0]) || !strchr("RQCHDLT-", word.text[1]))
        return false;
    return length == 2 || (strchr("NIDVEUO-", word.text[2]) && strchr("NIPRDU-", word.text[3]));
}

/* frontend backend/server timers ..., after "client [time] " */
static rst_read_t read_session(rst_log_t *log, const rst_log_line_t *line, const char *text, rst_record_t *record)
{
    rst_piece_t server = rst_column(text, ' ', 1);
    rst_piece_t timers = rst_column(text, ' ', 2);
    unsigned slashes = 0;
    rst_piece_t state;

    for (size_t i = 0; i < timers.length; i++)
        slashes += timers.text[i] == '/';
    if (slashes + 1 == TIMERS_HTTP)
        state = rst_column(text, ' ', 7);
    else if (slashes + 1 == TIMERS_TCP)
        state = rst_column(text, ' ', 4);
    else
        return RST_READ_NO;
    if (!memchr(server.text, '/', server.length) || !is_state(state, slashes + 1 == TIMERS_HTTP ? 4 : 2))
        return RST_READ_NO;
    record->rule = rst_log_string(log, server);
    record->duration = total_of(timers);
    record->begins = true;
    set_state(record, state.text, rst_piece_has(server, "<NOSRV>"));
    rst_log_emit(log, line, record);
    return RST_READ_YES;
}

/* "frontend/bind: SSL handshake failure" */
static bool read_error(rst_log_t *log, const rst_log_line_t *line, const char *text, rst_record_t *record)
{
    const char *colon = strchr(text, ':');

    if (!colon || colon[1] != ' ' || memchr(text, ' ', (size_t)(colon - text)) ||
        !memchr(text, '/', (size_t)(colon - text)))
        return false;
    record->rule = rst_log_string(log, (rst_piece_t){text, (size_t)(colon - text)});
    if (strstr(colon, "imeout during"))
        set_cause(record, RST_CAUSE_APP_TIMEOUT);
    else if (strstr(colon, "handshake failure"))
        set_cause(record, RST_CAUSE_APP_ERROR);
    rst_log_emit(log, line, record);
    return true;
}

rst_read_t rst_read_haproxy(rst_log_t *log, const rst_log_line_t *line)
{
    rst_record_t record = {.protocol = RST_PROTOCOL_TCP, .oriented = true, .weak = true};
    const char *text = line->text + strspn(line->text, " ");
    size_t length = strcspn(text, " ");
    rst_piece_t client = {text, length};
    size_t taken;

    if (!strncmp(text, "Connect from ", 13))
        return read_connect(log, line, text + 13);
    if (strncmp(text + length, " [", 2) != 0)
        return RST_READ_NO;
    text += length + 2;
    taken = rst_when_clf(text, &record.when);
    if (!taken || strncmp(text + taken, "] ", 2) != 0)
        return RST_READ_NO;
    text += taken + 2;
    if (!rst_read_end(client, &record.src)) {
        const char *colon = memchr(client.text, ':', client.length);

        return colon && rst_is_absurd_port((rst_piece_t){colon + 1, client.length - (size_t)(colon + 1 - client.text)})
                   ? RST_READ_BROKEN
                   : RST_READ_NO;
    }
    if (read_error(log, line, text, &record))
        return RST_READ_YES;
    return read_session(log, line, text, &record);
}
