/* read_nft_trace.c
 * `nft monitor trace` and `xtables-monitor --trace`: several lines for each packet. A drop is final; an accept ends
 * only its own chain, so a packet was let pass only if no drop follows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "logs/log.h"
#include "logs/words.h"

#define PACKETS 256u /* that are followed at a time */
#define ID_MAX 16u
#define RULE_MAX 200u
#define FLAG_SYN 0x02
#define FLAG_ACK 0x10

typedef struct packet {
    char id[ID_MAX];
    rst_record_t record;                                 /* without strings */
    char rule[RULE_MAX + 1], text[RST_LOG_TEXT_MAX + 1]; /* of the last accept */
    rst_log_line_t line;                                 /* the same: its number and time, no strings */
    bool accepted;
} packet_t;

typedef struct state {
    packet_t packet[PACKETS];
    unsigned next;
} state_t;

typedef enum verdict { VERDICT_NONE, VERDICT_ACCEPT, VERDICT_DROP } verdict_t;

static void forget(rst_log_t *log, packet_t *packet)
{
    if (packet->accepted) {
        packet->record.meaning = RST_MEANING_ALLOWED;
        packet->record.rule = packet->rule;
        packet->record.text = packet->text;
        packet->line.host = packet->line.tag = "";
        packet->line.text = packet->text;
        rst_log_emit(log, &packet->line, &packet->record);
    }
    memset(packet, 0, sizeof *packet);
}

static void end(rst_log_t *log, void *state)
{
    state_t *own = state;

    for (unsigned i = 0; i < PACKETS; i++)
        forget(log, &own->packet[(own->next + i) % PACKETS]);
}

static packet_t *find(state_t *state, rst_piece_t id)
{
    for (unsigned i = 0; i < PACKETS; i++) {
        if (strlen(state->packet[i].id) == id.length && strncmp(state->packet[i].id, id.text, id.length) == 0)
            return &state->packet[i];
    }
    return NULL;
}

static packet_t *take_place(rst_log_t *log, state_t *state, rst_piece_t id)
{
    packet_t *packet = &state->packet[state->next];

    state->next = (state->next + 1) % PACKETS;
    forget(log, packet);
    memcpy(packet->id, id.text, id.length);
    return packet;
}

/* What follows "ip saddr " and the like: words of nft's own language, not key=value. */
static rst_piece_t after_words(const char *text, const char *words)
{
    const char *at = strstr(text, words);

    while (at && at > text && at[-1] != ' ')
        at = strstr(at + 1, words);
    if (!at)
        return (rst_piece_t){"", 0};
    at += strlen(words);
    return (rst_piece_t){at, strcspn(at, " \t")};
}

/* "tcp flags == syn", "tcp flags == 0x18", "tcp flags == psh | ack". */
static bool read_flags(const char *text, uint8_t *flags)
{
    rst_piece_t piece = after_words(text, "tcp flags == ");
    bool any = false;

    *flags = 0;
    while (piece.length) {
        uint8_t flag;
        char *upper = g_ascii_strup(piece.text, (gssize)piece.length);
        bool good = rst_read_flags((rst_piece_t){upper, piece.length}, &flag);

        g_free(upper);
        if (!good)
            break;
        any = true;
        *flags |= flag;
        if (strncmp(piece.text + piece.length, " | ", 3) != 0)
            break;
        piece.text += piece.length + 3;
        piece.length = strcspn(piece.text, " ");
    }
    return any;
}

static void read_keys(const char *text, rst_record_t *record)
{
    rst_packet_keys_t *keys = &record->keys;
    uint64_t value;

    if (rst_read_number(after_words(text, "ip id "), &value) && value <= UINT16_MAX) {
        keys->ip_id = (uint16_t)value;
        keys->known |= RST_KEY_IP_ID;
    }
    if ((rst_read_number(after_words(text, "ip ttl "), &value) ||
         rst_read_number(after_words(text, "ip6 hoplimit "), &value)) &&
        value <= UINT8_MAX) {
        keys->ttl = (uint8_t)value;
        keys->known |= RST_KEY_TTL;
    }
    if (rst_read_number(after_words(text, "tcp window "), &value) && value <= UINT16_MAX) {
        keys->window = (uint16_t)value;
        keys->known |= RST_KEY_WINDOW;
    }
    if (read_flags(text, &keys->flags))
        keys->known |= RST_KEY_FLAGS;
}

static bool read_ports(const char *text, const char *protocol, rst_record_t *record)
{
    char *from = g_strconcat(protocol, " sport ", NULL), *to = g_strconcat(protocol, " dport ", NULL);
    rst_piece_t sport = after_words(text, from), dport = after_words(text, to);
    bool good = rst_read_port(sport, &record->src.port) && rst_read_port(dport, &record->dst.port);

    g_free(from);
    g_free(to);
    if (good)
        rst_read_protocol((rst_piece_t){protocol, strlen(protocol)}, &record->protocol);
    return good;
}

/* The packet of nft: addresses and ports in words. */
static bool read_words(const char *text, rst_record_t *record)
{
    bool six = strstr(text, "ip6 saddr ") != NULL;
    rst_piece_t src = after_words(text, six ? "ip6 saddr " : "ip saddr ");
    rst_piece_t dst = after_words(text, six ? "ip6 daddr " : "ip daddr ");

    if (!rst_read_address(src, &record->src.address) || !rst_read_address(dst, &record->dst.address))
        return false;
    if (!read_ports(text, "tcp", record) && !read_ports(text, "udp", record)) {
        if (strstr(text, " sport ") ||
            !rst_read_protocol(after_words(text, six ? "ip6 nexthdr " : "ip protocol "), &record->protocol))
            return false; /* a port that is none */
    }
    read_keys(text, record);
    return true;
}

/* The packet of xtables-monitor: netfilter's keys. */
static bool read_values(const char *text, rst_record_t *record)
{
    rst_piece_t sport = rst_value_of(text, "SPT", '='), dport = rst_value_of(text, "DPT", '=');

    rst_read_protocol(rst_value_of(text, "PROTO", '='), &record->protocol);
    if (strstr(text, " SYN "))
        record->keys.flags |= FLAG_SYN;
    if (strstr(text, " ACK "))
        record->keys.flags |= FLAG_ACK;
    return rst_read_address(rst_value_of(text, "SRC", '='), &record->src.address) &&
           rst_read_address(rst_value_of(text, "DST", '='), &record->dst.address) &&
           (!sport.length || (rst_read_port(sport, &record->src.port) && rst_read_port(dport, &record->dst.port)));
}

static bool same(const rst_log_end_t *a, const rst_log_end_t *b)
{
    return a->port == b->port && rst_address_equal(&a->address, &b->address);
}

/* The same packet is shown again at each hook, by then perhaps translated; an id may also come again. */
static void take_packet(rst_log_t *log, state_t *state, rst_piece_t id, const rst_record_t *record)
{
    packet_t *packet = find(state, id);

    if (packet && !same(&packet->record.src, &record->src) && !same(&packet->record.dst, &record->dst)) {
        forget(log, packet);
        packet = NULL;
    }
    if (!packet) {
        packet = take_place(log, state, id);
        packet->record = *record;
        packet->record.packet = true;
        packet->record.oriented = (record->keys.flags & (FLAG_SYN | FLAG_ACK)) == FLAG_SYN;
        return;
    }
    if (!same(&packet->record.src, &record->src))
        packet->record.nat_src = record->src;
    if (!same(&packet->record.dst, &record->dst))
        packet->record.nat_dst = record->dst;
}

/* The last one in brackets, because rules may contain others; or what a chain without a matching rule does. */
static verdict_t verdict_of(const char *text)
{
    static const char *const drops[] = {"(verdict drop)", "policy drop", "verdict drop", NULL};
    static const char *const accepts[] = {"(verdict accept)", "policy accept", "verdict accept", NULL};
    bool rule = g_str_has_prefix(text, "rule ");
    size_t length = strlen(text);

    while (length && g_ascii_isspace(text[length - 1]))
        length--;
    for (unsigned i = 0; drops[i]; i++) {
        if (rule != (i == 0))
            continue;
        if (length >= strlen(drops[i]) && strncmp(text + length - strlen(drops[i]), drops[i], strlen(drops[i])) == 0)
            return VERDICT_DROP;
        if (length >= strlen(accepts[i]) &&
            strncmp(text + length - strlen(accepts[i]), accepts[i], strlen(accepts[i])) == 0)
            return VERDICT_ACCEPT;
    }
    return VERDICT_NONE;
}

/* A word of the rule itself, not of its comment. */
static bool rejects(const char *rule)
{
    bool quoted = false;

    for (; *rule; rule++) {
        quoted ^= *rule == '"';
        if (!quoted && g_str_has_prefix(rule, " reject"))
            return true;
    }
    return false;
}

static void take_verdict(rst_log_t *log, const rst_log_line_t *line, state_t *state, rst_piece_t id, rst_piece_t rule,
                         verdict_t verdict)
{
    packet_t *packet = find(state, id);

    if (!packet || verdict == VERDICT_NONE)
        return;
    if (verdict == VERDICT_DROP) {
        rst_record_t record = packet->record;

        record.rule = rst_log_string(log, rule);
        record.meaning = record.rule && rejects(record.rule) ? RST_MEANING_REJECTED : RST_MEANING_DROPPED;
        record.acted = true;
        rst_log_emit(log, line, &record);
        memset(packet, 0, sizeof *packet);
        return;
    }
    packet->accepted = true;
    packet->line.number = line->number;
    packet->line.when = line->when;
    packet->line.when.text = NULL;
    packet->line.when.length = 0;
    g_strlcpy(packet->rule, rule.text, MIN(sizeof packet->rule, rule.length + 1));
    g_strlcpy(packet->text, line->text, sizeof packet->text);
}

static state_t *state_of(rst_log_t *log)
{
    rst_log_at_end(log, RST_READER_ID_nft_trace, end);
    return rst_log_state(log, RST_READER_ID_nft_trace, sizeof(state_t), NULL);
}

static rst_read_t read_nft(rst_log_t *log, const rst_log_line_t *line, const char *text)
{
    rst_piece_t word[4]; /* id, family, table, chain */
    rst_record_t record = {0};

    for (unsigned i = 0; i < G_N_ELEMENTS(word); i++) {
        word[i] = (rst_piece_t){text, strcspn(text, " ")};
        text += word[i].length;
        if (!word[i].length || *text++ != ' ')
            return RST_READ_NO;
    }
    if (word[0].length >= ID_MAX)
        return RST_READ_BROKEN;
    if (g_str_has_prefix(text, "packet: ")) {
        if (!strstr(text, " saddr "))
            return RST_READ_YES; /* ARP and the like */
        if (!strstr(text, "ip saddr ") && !strstr(text, "ip6 saddr "))
            return RST_READ_YES;
        if (!read_words(text, &record))
            return RST_READ_BROKEN;
        take_packet(log, state_of(log), word[0], &record);
    } else {
        take_verdict(log, line, state_of(log), word[0],
                     (rst_piece_t){word[2].text, (size_t)(text + strlen(text) - word[2].text)}, verdict_of(text));
    }
    return RST_READ_YES;
}

/* "2 1bd3b13e filter:INPUT:rule:0x3:DROP -4 -t filter -A INPUT ...": family, id, what happened where. */
static rst_read_t read_xtables(rst_log_t *log, const rst_log_line_t *line, const char *text, bool packet)
{
    size_t family = strspn(text, "0123456789");
    rst_piece_t id, place;
    rst_record_t record = {0};

    if (!family || text[family] != ' ')
        return RST_READ_NO;
    text += family + 1;
    id = (rst_piece_t){text, strspn(text, "0123456789abcdefx")};
    if (!id.length || id.length >= ID_MAX || text[id.length] != ' ')
        return RST_READ_NO;
    text += id.length + 1;
    if (packet) {
        if (!read_values(text, &record))
            return RST_READ_BROKEN;
        take_packet(log, state_of(log), id, &record);
        return RST_READ_YES;
    }
    place = (rst_piece_t){text, strcspn(text, " ")};
    take_verdict(log, line, state_of(log), id, place,
                 g_str_has_prefix(text + place.length - MIN(place.length, 5), ":DROP")     ? VERDICT_DROP
                 : g_str_has_prefix(text + place.length - MIN(place.length, 7), ":ACCEPT") ? VERDICT_ACCEPT
                                                                                           : VERDICT_NONE);
    return RST_READ_YES;
}

rst_read_t rst_read_nft_trace(rst_log_t *log, const rst_log_line_t *line)
{
    const char *at = line->text + strspn(line->text, " \t>");

    if (g_str_has_prefix(at, "trace id "))
        return read_nft(log, line, at + strlen("trace id "));
    if (g_str_has_prefix(at, "PACKET: "))
        return read_xtables(log, line, at + strlen("PACKET: "), true);
    return g_str_has_prefix(at, "TRACE: ") ? read_xtables(log, line, at + strlen("TRACE: "), false) : RST_READ_NO;
}
