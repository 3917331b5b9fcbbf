/* parse.c
 * Parsing one line of a trace: a process, a time, the name of the event, then fields as name=value.
 *
 *   ftrace     nginx-812     [001] ..... 12328.863931: tcp_send_reset: skbaddr=... src=... state=TCP_CLOSE reason=...
 *   trace-cmd  [instance: ]nginx-812   [001] 12328.863931: tcp_send_reset:       skbaddr=(nil) ...
 *   perf       nginx   812 [001] 12328.863931:    tcp:tcp_send_reset: skbaddr=(nil) ... state=0x7 reason=...
 *   bpftrace   nginx-812 12328.863931818: tcp_send_reset: skbaddr=(nil) src=\x02\x00... state=7 reason=11
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "trace/parse.h"

#include <string.h>

#include <glib.h>

#include "base/moment.h"
#include "base/endpoint.h"

#define SEND "tcp_send_reset:"
#define RECEIVE "tcp_receive_reset:"
#define SECONDS_MAX 10000000000 /* beyond the range of any clock */

static const struct {
    uint8_t value;
    const char *name;
} reasons[] = {
#define RST_REASON(value, name, cause, sure, meaning, fits) {value, #name},
#include "trace/kernel_reasons.def"
#undef RST_REASON
};

/* The names that the tracepoint prints; index = number of the state. */
static const char *const states[] = {
    "UNKNOWN",       "TCP_ESTABLISHED", "TCP_SYN_SENT",     "TCP_SYN_RECV",   "TCP_FIN_WAIT1",
    "TCP_FIN_WAIT2", "TCP_TIME_WAIT",   "TCP_CLOSE",        "TCP_CLOSE_WAIT", "TCP_LAST_ACK",
    "TCP_LISTEN",    "TCP_CLOSING",     "TCP_NEW_SYN_RECV",
};

/* The value of a field, or NULL. */
static const char *field(const char *fields, const char *name)
{
    size_t length = strlen(name);
    const char *at = fields;

    while ((at = strstr(at, name))) {
        if ((at == fields || at[-1] == ' ' || at[-1] == '\t') && at[length] == '=')
            return at + length + 1;
        at += length;
    }
    return NULL;
}

static bool is_word(const char *text, const char *word)
{
    size_t length = strlen(word);

    return strncmp(text, word, length) == 0 && strchr(" \t", text[length]);
}

static bool read_uint(const char *text, unsigned most, unsigned *value)
{
    char *end;
    guint64 number = g_ascii_strtoull(text, &end, 0);

    if (!g_ascii_isdigit(*text) || !strchr(" \t", *end) || number > most)
        return false;
    *value = (unsigned)number;
    return true;
}

static void copy_word(const char *text, size_t length, char *name)
{
    if (length >= RST_TRACE_NAME_SIZE)
        length = RST_TRACE_NAME_SIZE - 1;
    memcpy(name, text, length);
    name[length] = '\0';
}

/* A name, or the number that bpftrace prints. */
static bool read_reason(const char *text, rst_trace_line_t *parsed)
{
    unsigned value;

    parsed->event.reason = RST_REASON_OTHER;
    copy_word(text, strcspn(text, " \t"), parsed->reason);
    for (unsigned i = 0; i < G_N_ELEMENTS(reasons); i++) {
        if (is_word(text, reasons[i].name) || (read_uint(text, UINT8_MAX, &value) && value == reasons[i].value)) {
            parsed->event.reason = (uint8_t)i;
            return true;
        }
    }
    return parsed->reason[0] != '\0';
}

static uint8_t read_state(const char *text)
{
    unsigned value;

    for (unsigned i = 0; i < G_N_ELEMENTS(states); i++) {
        if (is_word(text, states[i]))
            return (uint8_t)i;
    }
    return read_uint(text, G_N_ELEMENTS(states), &value) ? (uint8_t)value : RST_STATE_UNKNOWN;
}

/* "0000000000000000", "(nil)", "0x0", "(null)": the reset answers no segment. */
static bool is_null(const char *text)
{
    size_t length = strcspn(text, " \t");

    return strspn(text, "(nul)il") >= length || strspn(text, "0x") >= length;
}

/* Seconds with a fraction, or nanoseconds without one; ends with ':'. */
static bool read_time(const char *text, const char *end, int64_t *time)
{
    uint32_t fraction = 0;
    uint32_t unit = RST_SECOND;
    char *at;
    guint64 whole = g_ascii_strtoull(text, &at, 10);

    if (!g_ascii_isdigit(*text) || at > end)
        return false;
    if (*at != '.') {
        *time = (int64_t)MIN(whole, (guint64)INT64_MAX / 2);
        return *at == ':';
    }
    for (at++; at < end && g_ascii_isdigit(*at); at++) {
        unit /= 10;
        fraction += (uint32_t)(*at - '0') * unit;
    }
    if (*at != ':' || whole > SECONDS_MAX / 2)
        return false;
    *time = rst_time_of((int64_t)whole, fraction);
    return true;
}

static const char *trim_end(const char *start, const char *end)
{
    while (end > start && g_ascii_isspace(end[-1]))
        end--;
    return end;
}

/* The task's name and number, between the start of the line and its processor or time. */
static void read_process(const char *start, const char *end, rst_trace_line_t *parsed)
{
    const char *at;

    for (at = end; at > start; at--) {
        if (at[-1] == '[') { /* processor */
            end = at - 1;
            break;
        }
    }
    end = trim_end(start, end);
    if (end > start && end[-1] == ')') { /* thread group */
        while (end > start && end[-1] != '(')
            end--;
        end = trim_end(start, end > start ? end - 1 : end);
    }
    for (at = end; at > start && g_ascii_isdigit(at[-1]) && end - at < 9; at--)
        parsed->event.pid = 0;
    if (at == end || at == start || (at[-1] != '-' && at[-1] != ' '))
        return;
    parsed->event.pid = (uint32_t)g_ascii_strtoull(at, NULL, 10);
    end = trim_end(start, at - 1);
    for (at = end; at > start; at--) { /* instance */
        if (at[-1] == ' ' && at - 1 > start && at[-2] == ':')
            break;
    }
    while (at < end && g_ascii_isspace(*at))
        at++;
    if (parsed->event.pid && end > at)
        copy_word(at, (size_t)(end - at), parsed->process);
}

/* The last occurrence of the name: the task's name comes before it and may be anything. */
static const char *find_event(const char *line, const char *name)
{
    const char *found = NULL;

    for (const char *at = line; (at = strstr(at, name)); at++) {
        if (at > line && strchr(" \t:", at[-1]))
            found = at;
    }
    return found;
}

/* The part before the name of the event. */
static bool read_head(const char *line, const char *name, rst_trace_line_t *parsed)
{
    const char *end = name;
    const char *time;

    if (end - line >= 4 && strncmp(end - 4, "tcp:", 4) == 0)
        end -= 4;
    end = trim_end(line, end);
    for (time = end; time > line && !g_ascii_isspace(time[-1]); time--)
        ;
    if (!read_time(time, end, &parsed->event.time))
        return false;
    read_process(line, time, parsed);
    return true;
}

static rst_trace_kind_t read_send(const char *fields, rst_trace_line_t *parsed)
{
    rst_event_t *event = &parsed->event;
    const char *skb = field(fields, "skbaddr");
    const char *src = field(fields, "src");
    const char *dest = field(fields, "dest");
    const char *state = field(fields, "state");
    const char *reason = field(fields, "reason");

    if (!skb || !src || !dest)
        return RST_TRACE_BROKEN;
    if (!reason)
        return RST_TRACE_OLD;
    if (!rst_endpoint_read(src, &event->local, &event->lport) ||
        !rst_endpoint_read(dest, &event->remote, &event->rport) || !read_reason(reason, parsed))
        return RST_TRACE_BROKEN;
    event->active = is_null(skb);
    event->state = state ? read_state(state) : RST_STATE_UNKNOWN;
    return RST_TRACE_SEND;
}

/* saddr or daddr, or the IPv6 address if that is empty. */
static bool read_end(const char *fields, const char *name, const char *name6, rst_address_t *address)
{
    const char *text = field(fields, name);
    const char *text6 = field(fields, name6);

    if (text && rst_address_read(text, strcspn(text, " \t"), address) && address->size)
        return true;
    return text6 && rst_address_read(text6, strcspn(text6, " \t"), address) && address->size;
}

static rst_trace_kind_t read_receive(const char *fields, rst_trace_line_t *parsed)
{
    rst_event_t *event = &parsed->event;
    const char *sport = field(fields, "sport");
    const char *dport = field(fields, "dport");
    unsigned local, remote;

    if (!sport || !dport || !read_uint(sport, UINT16_MAX, &local) || !read_uint(dport, UINT16_MAX, &remote) ||
        !read_end(fields, "saddr", "saddrv6", &event->local) || !read_end(fields, "daddr", "daddrv6", &event->remote))
        return RST_TRACE_BROKEN;
    event->lport = (uint16_t)local;
    event->rport = (uint16_t)remote;
    return RST_TRACE_RECEIVE;
}

/* "[LOST 12 EVENTS]" of trace_pipe, "12 EVENTS DROPPED" of trace-cmd, "Lost 12 events" of bpftrace, and a ring buffer
 * that was overwritten: "entries-in-buffer/entries-written: 10/12". */
static bool tells_loss(const char *line)
{
    const char *entries = strstr(line, "entries-in-buffer/entries-written: ");
    char *slash;
    guint64 kept;

    if ((strstr(line, "LOST ") && strstr(line, " EVENTS")) || strstr(line, "EVENTS DROPPED"))
        return true;
    if (strncmp(line, "Lost ", 5) == 0 && strstr(line, " events"))
        return true;
    if (!entries)
        return false;
    kept = g_ascii_strtoull(strchr(entries, ' ') + 1, &slash, 10);
    return *slash == '/' && g_ascii_strtoull(slash + 1, NULL, 10) > kept;
}

rst_trace_kind_t rst_trace_parse(const char *line, rst_trace_line_t *parsed)
{
    const char *send = find_event(line, SEND);
    const char *receive = send ? NULL : find_event(line, RECEIVE);

    memset(parsed, 0, sizeof *parsed);
    if (!send && !receive)
        return tells_loss(line) ? RST_TRACE_LOST : RST_TRACE_NOTHING;
    if (!read_head(line, send ? send : receive, parsed))
        return RST_TRACE_BROKEN;
    return send ? read_send(send + strlen(SEND), parsed) : read_receive(receive + strlen(RECEIVE), parsed);
}

const char *rst_reason_name(const rst_event_t *event)
{
    return event->reason < RST_REASON_OTHER ? reasons[event->reason].name : event->other ? event->other : "?";
}
