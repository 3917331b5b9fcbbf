/* read_nginx.c
 * nginx's error log. It names the client without a port, and the upstream server without nginx's own port: one side of
 * either connection, so a join is weak. Numbers of errors are those of Linux, the BSDs and Windows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "logs/log.h"

/* What the text says, about the connection to the upstream server or to the client. The first row that fits counts. */
static const struct {
    const char *text, *also; /* both are in it; also may be NULL */
    rst_meaning_t meaning;
    rst_cause_t cause;
} rows[] = {
    {"no live upstreams", NULL, RST_MEANING_CAUSE, RST_CAUSE_NO_BACKEND},
    {"worker_connections are not enough", NULL, RST_MEANING_CAUSE, RST_CAUSE_RESOURCE_EXHAUSTION},
    {"Too many open files", NULL, RST_MEANING_CAUSE, RST_CAUSE_RESOURCE_EXHAUSTION},
    {"connect() ", "(111: ", RST_MEANING_CAUSE, RST_CAUSE_CLOSED_PORT},
    {"connect() ", "(61: ", RST_MEANING_CAUSE, RST_CAUSE_CLOSED_PORT},
    {"connect() ", "(10061: ", RST_MEANING_CAUSE, RST_CAUSE_CLOSED_PORT},
    {"timed out", "while connecting to upstream", RST_MEANING_HANDSHAKE, RST_CAUSE_COUNT},
    {"timed out", NULL, RST_MEANING_CAUSE, RST_CAUSE_APP_TIMEOUT},
    {"prematurely closed connection", "upstream", RST_MEANING_CLOSED, RST_CAUSE_COUNT},
    {"SSL_do_handshake() failed", NULL, RST_MEANING_CAUSE, RST_CAUSE_APP_ERROR},
};

static const char *const resets[] = {"(104: ", "(54: ", "(10054: "};

static bool tells_reset(const char *text)
{
    for (size_t i = 0; i < G_N_ELEMENTS(resets); i++) {
        if (strstr(text, resets[i]))
            return true;
    }
    return false;
}

/* text ends where the list ", client: ..." begins, so what a client wrote is not searched. */
static void set_meaning(rst_record_t *record, const char *text, bool upstream)
{
    if (tells_reset(text)) {
        if (!strstr(text, "while proxying upgraded connection")) /* the side is not told */
            record->meaning = upstream ? RST_MEANING_RESET_BY_DST : RST_MEANING_RESET_BY_SRC;
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (strstr(text, rows[i].text) && (!rows[i].also || strstr(text, rows[i].also))) {
            record->meaning = rows[i].meaning;
            record->cause = rows[i].cause;
            record->acted = rows[i].cause == RST_CAUSE_APP_TIMEOUT || rows[i].cause == RST_CAUSE_RESOURCE_EXHAUSTION;
            return;
        }
    }
}

/* upstream: "http://10.0.0.2:8080/path", "10.0.0.2:80", "fastcgi://unix:/run/x": without a port there is no end */
static bool read_upstream(const char *list, rst_log_end_t *end)
{
    rst_piece_t value = rst_value_of(list, "upstream", ':');
    const char *scheme = g_strstr_len(value.text, (gssize)value.length, "://");

    if (scheme) {
        value.length -= (size_t)(scheme + 3 - value.text);
        value.text = scheme + 3;
    }
    value.length = MIN(value.length, strcspn(value.text, "/\""));
    return rst_read_end(value, end);
}

rst_read_t rst_read_nginx(rst_log_t *log, const rst_log_line_t *line)
{
    rst_record_t record = {.protocol = RST_PROTOCOL_TCP, .oriented = true, .weak = true};
    size_t taken = rst_when_iso(line->text, &record.when);
    const char *text = line->text + taken;
    const char *list = strstr(text, ", client: ");
    char *head;
    bool upstream;

    if (!taken || line->text[4] != '/' || strncmp(text, " [", 2) != 0 || !strstr(text, "#") || !strstr(text, "]"))
        return RST_READ_NO;
    if (!list)
        return RST_READ_YES;
    head = g_strndup(text, (gsize)(list - text));
    upstream = strstr(head, "upstream") && !strstr(head, "no live upstreams");
    set_meaning(&record, head, upstream);
    g_free(head);
    if (!rst_read_address(rst_value_of(list, "client", ':'), &record.src.address) && !upstream)
        return RST_READ_YES;
    if (upstream)
        read_upstream(list, &record.dst);
    if (record.meaning == RST_MEANING_OTHER && !record.dst.address.size)
        return RST_READ_YES; /* a missing file, say: nothing about a connection */
    rst_log_emit(log, line, &record);
    return RST_READ_YES;
}
