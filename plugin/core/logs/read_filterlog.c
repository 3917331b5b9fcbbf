/* read_filterlog.c
 * pf: filterlog of pfSense and OPNsense (comma-separated, with or without its tag), and pflog as tcpdump prints it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "logs/firewall.h"

#define COLUMNS_MAX 32
#define FLAGS_SYN 2
#define FLAGS_ACK 16

/* Columns that both versions of IP have. */
enum { RULE, SUBRULE, ANCHOR, TRACKER, INTERFACE, REASON, ACTION, DIRECTION, VERSION };

/* Where a version has what follows. */
typedef struct layout {
    uint8_t ttl, id, protocol, other_protocol, src; /* id 0 = none; the protocol's number, or its name */
} layout_t;

static const layout_t ipv4 = {11, 12, 15, 16, 18};
static const layout_t ipv6 = {11, 0, 13, 12, 15};

/* From the source address on. */
enum { SRC, DST, SPORT, DPORT, DATA, FLAGS, SEQ, ACK, WINDOW };

static unsigned split(const char *text, rst_piece_t columns[COLUMNS_MAX])
{
    unsigned count = 0;

    memset(columns, 0, COLUMNS_MAX * sizeof *columns);
    for (unsigned i = 0; i < COLUMNS_MAX; i++)
        columns[i].text = "";
    while (count < COLUMNS_MAX) {
        size_t length = strcspn(text, ", ");

        columns[count++] = (rst_piece_t){text, length};
        if (text[length] != ',')
            break;
        text += length + 1;
    }
    return count;
}

static bool is_action(rst_piece_t piece)
{
    static const char *const actions[] = {"pass", "block", "match", "scrub", "nat", "rdr", "binat", "unkn"};

    for (unsigned i = 0; i < G_N_ELEMENTS(actions); i++) {
        if (rst_piece_is(piece, actions[i]))
            return true;
    }
    return false;
}

/* The row's first column is the word before ",in,4," and the like. */
static bool find_row(const char *text, rst_piece_t columns[COLUMNS_MAX], unsigned *count)
{
    static const char *const marks[] = {",in,4,", ",in,6,", ",out,4,", ",out,6,"};

    for (unsigned i = 0; i < G_N_ELEMENTS(marks); i++) {
        const char *begin = strstr(text, marks[i]);

        if (!begin)
            continue;
        while (begin > text && !g_ascii_isspace(begin[-1]))
            begin--;
        *count = split(begin, columns);
        if (*count > VERSION && is_action(columns[ACTION]))
            return true;
    }
    return false;
}

static bool read_key(rst_piece_t piece, uint64_t most, uint64_t *number)
{
    const char *colon = memchr(piece.text, ':', piece.length); /* a range of sequence numbers */

    if (colon)
        piece.length = (size_t)(colon - piece.text);
    return piece.length && rst_read_number(piece, number) && *number <= most;
}

static void read_keys(rst_record_t *record, const rst_piece_t *ends)
{
    rst_packet_keys_t *keys = &record->keys;
    uint64_t number;

    if (rst_read_flags(ends[FLAGS], &keys->flags)) {
        keys->known |= RST_KEY_FLAGS;
        record->oriented = (keys->flags & (FLAGS_SYN | FLAGS_ACK)) == FLAGS_SYN;
    }
    if (read_key(ends[SEQ], UINT32_MAX, &number)) {
        keys->seq = (uint32_t)number;
        keys->known |= RST_KEY_SEQ;
    }
    if (read_key(ends[ACK], UINT32_MAX, &number)) {
        keys->ack = (uint32_t)number;
        keys->known |= RST_KEY_ACK;
    }
    if (read_key(ends[WINDOW], UINT16_MAX, &number)) {
        keys->window = (uint16_t)number;
        keys->known |= RST_KEY_WINDOW;
    }
}

/* A block may drop or return a reset: the rule knows, the record does not. */
static void mean(rst_record_t *record, rst_piece_t action)
{
    record->meaning = RST_MEANING_OTHER;
    if (rst_piece_is(action, "pass"))
        record->meaning = RST_MEANING_ALLOWED;
    if (rst_piece_is(action, "block"))
        record->meaning = RST_MEANING_DROPPED;
    record->acted = record->meaning == RST_MEANING_DROPPED;
    record->packet = true;
}

static rst_read_t read_row(rst_log_t *log, const rst_log_line_t *line, const rst_piece_t columns[COLUMNS_MAX])
{
    const layout_t *layout = rst_piece_is(columns[VERSION], "4") ? &ipv4 : &ipv6;
    const rst_piece_t *ends = &columns[layout->src];
    rst_record_t record = {.when = line->when};
    bool ported;
    rst_side_t src, dst;
    uint64_t number;

    if (!rst_read_protocol(columns[layout->protocol], &record.protocol))
        (void)rst_read_protocol(columns[layout->other_protocol], &record.protocol);
    ported = rst_has_ports(record.protocol) && g_ascii_isdigit(*ends[SPORT].text);
    src = rst_read_side(ends[SRC], ported ? ends[SPORT] : (rst_piece_t){"", 0}, &record.src);
    dst = rst_read_side(ends[DST], ported ? ends[DPORT] : (rst_piece_t){"", 0}, &record.dst);
    if (src == RST_SIDE_BROKEN || dst == RST_SIDE_BROKEN)
        return RST_READ_BROKEN;
    if (src != RST_SIDE_TOLD || dst != RST_SIDE_TOLD)
        return RST_READ_YES;
    mean(&record, columns[ACTION]);
    record.no_state = rst_piece_is(columns[REASON], "state-mismatch");
    if (read_key(columns[layout->ttl], UINT8_MAX, &number)) {
        record.keys.ttl = (uint8_t)number;
        record.keys.known |= RST_KEY_TTL;
    }
    if (layout->id && read_key(columns[layout->id], UINT16_MAX, &number)) {
        record.keys.ip_id = (uint16_t)number;
        record.keys.known |= RST_KEY_IP_ID;
    }
    if (record.protocol == RST_PROTOCOL_TCP)
        read_keys(&record, ends);
    record.rule = rst_told(log, columns[RULE]);
    return rst_emit_pair(log, line, &record);
}

/* "Flags [S]," of today's tcpdump, "S 1:1(0)" of older ones, else another protocol. */
static void read_pflog_protocol(rst_record_t *record, const char *rest)
{
    const char *flags = g_str_has_prefix(rest, "Flags [") ? rest + strlen("Flags [") : rest;
    rst_piece_t letters = {flags, strcspn(flags, "] ,")};

    if (g_str_has_prefix(rest, "UDP") || strstr(rest, " udp "))
        record->protocol = RST_PROTOCOL_UDP;
    if (flags == rest && strspn(flags, "SFRPUEW.") != letters.length)
        return;
    record->protocol = RST_PROTOCOL_TCP;
    if (!rst_read_flags(letters, &record->keys.flags))
        return;
    record->keys.known |= RST_KEY_FLAGS;
    record->oriented = (record->keys.flags & (FLAGS_SYN | FLAGS_ACK)) == FLAGS_SYN && !strstr(rest, " ack ");
}

/* "rule 2/(match) pass in on xl0: 192.0.2.1.5000 > 198.51.100.2.80: S ...". Ports stand after the last dot. */
static rst_read_t read_pflog(rst_log_t *log, const rst_log_line_t *line, const char *rule)
{
    rst_record_t record = {.when = line->when};
    const char *verdict = strchr(rule, ')');
    const char *on = verdict ? strstr(verdict, " on ") : NULL;
    const char *arrow = on ? strstr(on, " > ") : NULL;
    const char *begin = arrow;
    rst_piece_t number = rst_next_word(rule + strlen("rule "));
    rst_piece_t dst;
    rst_side_t src_side, dst_side;

    if (!arrow)
        return RST_READ_NO;
    while (begin > on && begin[-1] != ' ')
        begin--;
    dst = (rst_piece_t){arrow + 3, strcspn(arrow + 3, " ")};
    while (dst.length && (dst.text[dst.length - 1] == ':' || dst.text[dst.length - 1] == ','))
        dst.length--;
    src_side = rst_read_side_at((rst_piece_t){begin, (size_t)(arrow - begin)}, '.', &record.src);
    dst_side = rst_read_side_at(dst, '.', &record.dst);
    if (src_side == RST_SIDE_BROKEN || dst_side == RST_SIDE_BROKEN)
        return RST_READ_BROKEN;
    if (src_side != RST_SIDE_TOLD || dst_side != RST_SIDE_TOLD)
        return RST_READ_YES;
    verdict = verdict + 1 + strspn(verdict + 1, ": ");
    mean(&record, rst_next_word(verdict));
    read_pflog_protocol(&record, dst.text + strcspn(dst.text, " ") + strspn(dst.text + strcspn(dst.text, " "), " "));
    number.length = strcspn(number.text, "/ (");
    record.rule = rst_told(log, number);
    rst_when_before(line->text, rule, &record.when);
    return rst_emit_pair(log, line, &record);
}

static bool is_pflog(const char *rule)
{
    const char *reason = strchr(rule, '(');

    return reason && reason < rule + 80 && (strstr(reason, " in on ") || strstr(reason, " out on ")) &&
           strchr("0123456789", rule[strlen("rule ")]);
}

rst_read_t rst_read_filterlog(rst_log_t *log, const rst_log_line_t *line)
{
    rst_piece_t columns[COLUMNS_MAX];
    unsigned count;
    const char *rule;

    if (find_row(line->text, columns, &count))
        return read_row(log, line, columns);
    rule = strstr(line->text, "rule ");
    return rule && is_pflog(rule) ? read_pflog(log, line, rule) : RST_READ_NO;
}
