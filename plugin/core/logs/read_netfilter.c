/* read_netfilter.c
 * What the Linux kernel logs of a packet at a LOG or NFLOG rule (net/netfilter/nf_log_syslog.c, ulogd2's LOGEMU), also
 * through ufw, firewalld, Shorewall and UniFi. The format says only that the packet came by: what became of it is in
 * the prefix that somebody chose.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "logs/log.h"
#include "logs/words.h"

#define FLAG_SYN 0x02
#define FLAG_ACK 0x10
#define PREFIX_MAX 160u /* nft allows 127 characters, with what others put before it */

static bool has_word(rst_piece_t text, const char *const *words)
{
    for (; *words; words++) {
        if (rst_piece_has(text, *words))
            return true;
    }
    return false;
}

/* UniFi and EdgeOS end the prefix with the action: "[WAN_LOCAL-default-D]". */
static bool read_suffix(rst_piece_t prefix, rst_meaning_t *meaning)
{
    char letter;

    if (prefix.length < 5 || prefix.text[0] != '[' || strncmp(prefix.text + prefix.length - 1, "]", 1) != 0 ||
        prefix.text[prefix.length - 3] != '-')
        return false;
    letter = prefix.text[prefix.length - 2];
    if (!strchr("ADR", letter))
        return false;
    *meaning = letter == 'A' ? RST_MEANING_ALLOWED : letter == 'D' ? RST_MEANING_DROPPED : RST_MEANING_REJECTED;
    return true;
}

/* "Shorewall:net2fw:DROP:": the chain may be called anything. */
static rst_piece_t shorewall_action(rst_piece_t prefix)
{
    size_t end = prefix.length, begin;

    if (!rst_piece_begins(prefix, "shorewall"))
        return prefix;
    end -= prefix.text[end - 1] == ':';
    for (begin = end; begin && prefix.text[begin - 1] != ':'; begin--)
        ;
    return begin ? (rst_piece_t){prefix.text + begin, end - begin} : prefix;
}

static rst_meaning_t meaning_of(rst_piece_t prefix)
{
    static const char *const dropped[] = {"drop", "block", "deny", "denied", "discard", NULL};
    static const char *const rejected[] = {"reject", NULL};
    static const char *const allowed[] = {"accept", "allow", "permit", NULL};
    rst_meaning_t meaning = RST_MEANING_OTHER;
    rst_piece_t action;

    if (!prefix.length || rst_piece_begins(prefix, "TRACE:") || read_suffix(prefix, &meaning))
        return meaning;
    action = shorewall_action(prefix);
    if (has_word(action, rejected))
        meaning = RST_MEANING_REJECTED;
    if (has_word(action, dropped))
        meaning = meaning == RST_MEANING_OTHER ? RST_MEANING_DROPPED : RST_MEANING_COUNT;
    if (has_word(action, allowed))
        meaning = meaning == RST_MEANING_OTHER ? RST_MEANING_ALLOWED : RST_MEANING_COUNT;
    return meaning == RST_MEANING_COUNT ? RST_MEANING_OTHER : meaning; /* says both */
}

/* Directly before IN=, even without a blank. A syslog daemon without the kernel's tag takes the prefix for one. */
static rst_piece_t prefix_of(const rst_log_line_t *line, const char *in)
{
    rst_piece_t prefix = rst_piece_trim((rst_piece_t){line->text, (size_t)(in - line->text)});
    const char *kernel = g_strstr_len(prefix.text, (gssize)prefix.length, "kernel: ");

    if (kernel) {
        prefix.length -= (size_t)(kernel + 8 - prefix.text);
        prefix.text = kernel + 8;
    }
    if (!prefix.length && *line->tag && strcmp(line->tag, "kernel") != 0 && strcmp(line->tag, "ulogd") != 0)
        prefix = (rst_piece_t){line->tag, strlen(line->tag)};
    if (prefix.length > PREFIX_MAX) {
        prefix.text += prefix.length - PREFIX_MAX;
        prefix.length = PREFIX_MAX;
    }
    return rst_piece_trim(prefix);
}

static bool read_key(const char *text, const char *key, uint64_t max, uint64_t *value)
{
    return rst_read_number(rst_value_of(text, key, '='), value) && *value <= max;
}

/* The flags are words of their own. "DF" and "CE" are IP's. */
static uint8_t read_flags(const char *text)
{
    static const char *const names[] = {"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"};
    uint8_t flags = 0;

    for (const char *at = text; *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");

        for (unsigned i = 0; length == 3 && i < G_N_ELEMENTS(names); i++) {
            if (strncmp(at, names[i], 3) == 0)
                flags |= (uint8_t)(1u << i);
        }
        at += length;
    }
    return flags;
}

static void read_keys(const char *text, rst_packet_keys_t *keys)
{
    uint64_t value;

    if (read_key(text, "ID", UINT16_MAX, &value)) {
        keys->ip_id = (uint16_t)value;
        keys->known |= RST_KEY_IP_ID;
    }
    if (read_key(text, "TTL", UINT8_MAX, &value) || read_key(text, "HOPLIMIT", UINT8_MAX, &value)) {
        keys->ttl = (uint8_t)value;
        keys->known |= RST_KEY_TTL;
    }
    if (read_key(text, "WINDOW", UINT16_MAX, &value)) {
        keys->window = (uint16_t)value;
        keys->flags = read_flags(text);
        keys->known |= RST_KEY_WINDOW | RST_KEY_FLAGS;
    }
    if (read_key(text, "SEQ", UINT32_MAX, &value)) {
        keys->seq = (uint32_t)value;
        keys->known |= RST_KEY_SEQ;
    }
    if (read_key(text, "ACK", UINT32_MAX, &value)) {
        keys->ack = (uint32_t)value;
        keys->known |= RST_KEY_ACK;
    }
}

static bool read_end(const char *text, const char *address, const char *port, rst_log_end_t *end)
{
    rst_piece_t number = rst_value_of(text, port, '=');

    return rst_read_address(rst_value_of(text, address, '='), &end->address) &&
           (!number.length || rst_read_port(number, &end->port));
}

/* Both ends and what identifies the packet, of the outer or of the inner packet. */
static bool read_packet(const char *text, rst_record_t *record)
{
    if (!read_end(text, "SRC", "SPT", &record->src) || !read_end(text, "DST", "DPT", &record->dst))
        return false;
    rst_read_protocol(rst_value_of(text, "PROTO", '='), &record->protocol);
    read_keys(text, &record->keys);
    record->oriented = record->protocol == RST_PROTOCOL_TCP && (record->keys.known & RST_KEY_FLAGS) &&
                       (record->keys.flags & (FLAG_SYN | FLAG_ACK)) == FLAG_SYN;
    record->packet = true;
    record->weak = record->protocol == RST_PROTOCOL_TCP && !record->src.port; /* a fragment */
    return true;
}

/* Four of IN=, OUT=, SRC=, DST= and PROTO= in this order: some filters of logs leave OUT= away. Before IN= stands the
 * prefix, which may contain anything; PHYSIN= comes after OUT=. */
static const char *find_packet(const char *text)
{
    const char *src = strstr(text, "SRC="), *dst = src ? strstr(src, "DST=") : NULL;
    const char *out = dst ? g_strstr_len(text, src - text, "OUT=") : NULL, *limit = out ? out : src;
    const char *in = dst ? g_strrstr_len(text, limit - text, "IN=") : NULL;

    return in && (out || strstr(dst, "PROTO=")) ? in : NULL;
}

rst_read_t rst_read_netfilter(rst_log_t *log, const rst_log_line_t *line)
{
    const char *in = find_packet(line->text), *quoted = in ? strstr(in, " [SRC=") : NULL;
    rst_record_t record = {0}, inner = {0};
    rst_piece_t prefix;
    char *own, *other;
    bool good;

    if (!in || g_strstr_len(line->text, in - line->text, "PACKET: ")) /* xtables-monitor */
        return RST_READ_NO;
    own = quoted ? g_strndup(in, (size_t)(quoted - in)) : g_strdup(in);
    other = quoted ? g_strndup(quoted + 2, strcspn(quoted + 2, "]")) : NULL;
    good = read_packet(own, &record) && (!other || read_packet(other, &inner));
    g_free(own);
    g_free(other);
    if (!good)
        return RST_READ_BROKEN;
    prefix = prefix_of(line, in);
    record.meaning = meaning_of(prefix);
    record.acted = record.meaning == RST_MEANING_DROPPED || record.meaning == RST_MEANING_REJECTED;
    record.no_state = rst_piece_has(prefix, "invalid");
    record.rule = rst_log_string(log, prefix);
    rst_log_emit(log, line, &record);
    if (quoted) { /* what an ICMP error is about */
        inner.inner = true;
        inner.rule = record.rule;
        rst_log_emit(log, line, &inner);
    }
    return RST_READ_YES;
}
