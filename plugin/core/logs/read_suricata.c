/* read_suricata.c
 * Suricata's eve.json. Only with a verdict, or in IPS mode, did Suricata do anything; a flow's own timeout is
 * Suricata's and says nothing of the connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "base/moment.h"
#include "logs/log.h"

#define FIN 0x01
#define SYN 0x02
#define RST 0x04
#define ACK 0x10

/* AWS Network Firewall and Elastic put the event into an object of their own. */
static const char *const prefixes[] = {"", "event.", "suricata.eve.", "json."};

typedef struct event {
    const rst_json_t *json;
    const char *prefix;
} event_t;

static const char *text_of(const event_t *event, const char *name)
{
    char path[128];

    g_snprintf(path, sizeof path, "%s%s", event->prefix, name);
    return rst_json_text(event->json, path);
}

static rst_piece_t piece_of(const event_t *event, const char *name)
{
    const char *text = text_of(event, name);

    return (rst_piece_t){text ? text : "", text ? strlen(text) : 0};
}

static bool is(const event_t *event, const char *name, const char *value)
{
    return rst_piece_is(piece_of(event, name), value);
}

static bool has_text(const event_t *event, const char *name)
{
    return piece_of(event, name).length > 0;
}

/* Ports are absent where the protocol has none; ICMP has its type and code elsewhere. */
static bool read_ends(const event_t *event, rst_record_t *record)
{
    rst_piece_t from = piece_of(event, "src_port"), to = piece_of(event, "dest_port");
    rst_piece_t protocol = piece_of(event, "proto");

    if (!rst_read_protocol(protocol, &record->protocol))
        record->protocol = rst_piece_begins(protocol, "IPv6-ICMP") ? 58 : 0;
    if (!rst_read_address(piece_of(event, "src_ip"), &record->src.address) ||
        !rst_read_address(piece_of(event, "dest_ip"), &record->dst.address))
        return false;
    if (record->protocol == 1 || record->protocol == 58)
        return true;
    return (!from.length || rst_read_port(from, &record->src.port)) &&
           (!to.length || rst_read_port(to, &record->dst.port));
}

static void swap_ends(rst_record_t *record)
{
    rst_log_end_t src = record->src;

    record->src = record->dst;
    record->dst = src;
}

static bool rejects(const event_t *event, const char *how)
{
    return is(event, "verdict.reject.0", how) || is(event, "verdict.reject.1", how) || is(event, "verdict.reject", how);
}

/* The verdict is the packet's fate, the alert's action what the rule reports. */
static void set_alert(const event_t *event, rst_log_t *log, rst_record_t *record)
{
    bool reset = rejects(event, "tcp-reset") || is(event, "verdict.reject.0", "reset");
    bool dropped = is(event, "verdict.action", "drop") ||
                   (!has_text(event, "verdict.action") && is(event, "alert.action", "blocked"));

    record->meaning = dropped ? RST_MEANING_DROPPED : RST_MEANING_ALLOWED;
    if (reset && record->protocol == RST_PROTOCOL_TCP) {
        record->meaning = RST_MEANING_CAUSE;
        record->cause = RST_CAUSE_POLICY_RESET;
    } else if (rejects(event, "icmp-prohib")) {
        record->meaning = RST_MEANING_REJECTED;
    }
    record->acted = record->meaning != RST_MEANING_ALLOWED;
    record->rule = rst_log_string(log, piece_of(event, "alert.signature"));
    record->oriented = has_text(event, "direction");
    if (is(event, "direction", "to_client"))
        swap_ends(record);
}

static bool read_number(const event_t *event, const char *name, uint64_t limit, uint64_t *number)
{
    return rst_read_number(piece_of(event, name), number) && *number <= limit;
}

static void read_keys(const event_t *event, rst_packet_keys_t *keys)
{
    static const char *const flags[] = {"drop.fin", "drop.syn", "drop.rst", "drop.psh", "drop.ack", "drop.urg"};
    uint64_t number;

    if (read_number(event, "drop.tcpseq", UINT32_MAX, &number)) {
        keys->seq = (uint32_t)number;
        keys->known |= RST_KEY_SEQ;
    }
    if (read_number(event, "drop.tcpack", UINT32_MAX, &number)) {
        keys->ack = (uint32_t)number;
        keys->known |= RST_KEY_ACK;
    }
    if (read_number(event, "drop.tcpwin", UINT16_MAX, &number)) {
        keys->window = (uint16_t)number;
        keys->known |= RST_KEY_WINDOW;
    }
    if (read_number(event, "drop.ipid", UINT16_MAX, &number)) {
        keys->ip_id = (uint16_t)number;
        keys->known |= RST_KEY_IP_ID;
    }
    if (read_number(event, "drop.ttl", UINT8_MAX, &number)) {
        keys->ttl = (uint8_t)number;
        keys->known |= RST_KEY_TTL;
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(flags); i++) {
        if (!has_text(event, flags[i]))
            return;
        keys->flags |= (uint8_t)(is(event, flags[i], "true") << i);
    }
    keys->known |= RST_KEY_FLAGS;
}

static void set_drop(const event_t *event, rst_log_t *log, rst_record_t *record)
{
    record->meaning = RST_MEANING_DROPPED;
    record->acted = record->packet = true;
    record->rule = rst_log_string(log, piece_of(event, "alert.signature"));
    if (!record->rule)
        record->rule = rst_log_string(log, piece_of(event, "drop.reason"));
    if (record->protocol == RST_PROTOCOL_TCP)
        read_keys(event, &record->keys);
    record->oriented = (record->keys.known & RST_KEY_FLAGS && (record->keys.flags & (SYN | ACK)) == SYN) ||
                       is(event, "direction", "to_server");
}

static unsigned flags_of(const event_t *event, const char *name)
{
    return (unsigned)g_ascii_strtoull(piece_of(event, name).text, NULL, 16);
}

static rst_meaning_t meaning_of_flags(unsigned to_server, unsigned to_client)
{
    if ((to_server & RST) && (to_client & RST))
        return RST_MEANING_OTHER;
    if (to_server & RST)
        return RST_MEANING_RESET_BY_SRC;
    if (to_client & RST)
        return RST_MEANING_RESET_BY_DST;
    return (to_server & FIN) && (to_client & FIN) ? RST_MEANING_CLOSED : RST_MEANING_OTHER;
}

/* Logged minutes after its last packet: its own times count. */
static void set_flow(const event_t *event, rst_record_t *record)
{
    rst_when_t start = {0}, end = {0};

    record->oriented = true;
    record->meaning = record->protocol == RST_PROTOCOL_TCP
                          ? meaning_of_flags(flags_of(event, "tcp.tcp_flags_ts"), flags_of(event, "tcp.tcp_flags_tc"))
                          : RST_MEANING_OTHER;
    if (!rst_when_iso(piece_of(event, "flow.end").text, &end))
        return;
    record->when = end;
    if (rst_when_iso(piece_of(event, "flow.start").text, &start) && start.kind == end.kind && start.ns <= end.ns)
        record->duration = rst_time_sub(end.ns, start.ns);
}

static bool find_event(event_t *event, const rst_json_t *json)
{
    event->json = json;
    for (unsigned i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        event->prefix = prefixes[i];
        if (has_text(event, "event_type") && has_text(event, "src_ip") && has_text(event, "dest_ip") &&
            has_text(event, "timestamp"))
            return true;
    }
    return false;
}

/* Events of protocols (http, tls, dns) name the client first and tell nothing else of the connection. */
rst_read_t rst_read_suricata(rst_log_t *log, const rst_log_line_t *line)
{
    rst_record_t record = {.meaning = RST_MEANING_OTHER};
    event_t event;

    if (!line->json || !find_event(&event, line->json))
        return RST_READ_NO;
    if (!read_ends(&event, &record))
        return RST_READ_BROKEN;
    rst_when_iso(piece_of(&event, "timestamp").text, &record.when);
    if (is(&event, "event_type", "alert"))
        set_alert(&event, log, &record);
    else if (is(&event, "event_type", "drop"))
        set_drop(&event, log, &record);
    else if (is(&event, "event_type", "flow"))
        set_flow(&event, &record);
    record.session = rst_log_string(log, piece_of(&event, "flow_id"));
    record.device = rst_log_string(log, piece_of(&event, "host"));
    rst_log_emit(log, line, &record);
    return RST_READ_YES;
}
