/* read_kernel_drop.c
 * Packets that the Linux kernel dropped, with addresses: bcc's tcpdrop, events of retis, and our own recorder, which
 * writes
 *
 *     12345.678901234: rst_drop: reason=NETFILTER_DROP location=nf_hook_slow src=192.0.2.1 dst=198.51.100.1 sport=40000
 *         dport=443 flags=0x02 seq=1 ack=0 window=64240 id=7 ttl=63
 *
 * (in one line; packaging/rst-record-drops). The plain tracepoint skb:kfree_skb and dropwatch tell
 * no addresses: their lines are only counted.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "base/moment.h"
#include "logs/log.h"
#include "logs/words.h"

#define REASON_MAX 64u
#define FLAG_SYN 0x02
#define FLAG_ACK 0x10

/* An event of retis takes several lines: the reason stands in the first, the packet in a later one. */
typedef struct state {
    char reason[REASON_MAX + 1];
    rst_when_t when;
    uint32_t number;
    bool stack; /* what follows is the call stack of an event */
} state_t;

static const char *after_blanks(const char *text)
{
    return text + strspn(text, " \t");
}

static rst_piece_t word_at(const char *text)
{
    return (rst_piece_t){text, strcspn(text, " \t")};
}

/* Once the flags are set. */
static void set_reason(rst_log_t *log, rst_piece_t reason, rst_record_t *record)
{
    record->rule = rst_log_string(log, reason);
    record->meaning = RST_MEANING_DROPPED;
    if (rst_piece_is(reason, "NO_SOCKET")) {
        /* Only a SYN asks for a listener; what else finds no socket belongs to a connection that is gone. */
        if (record->oriented || !(record->keys.known & RST_KEY_FLAGS))
            record->meaning = RST_MEANING_NO_LISTENER;
        else
            record->no_state = true;
    } else if (rst_piece_is(reason, "TCP_LISTEN_OVERFLOW") || rst_piece_is(reason, "SOCKET_BACKLOG")) {
        record->meaning = RST_MEANING_CAUSE;
        record->cause = RST_CAUSE_RESOURCE_EXHAUSTION;
    }
}

static void set_flags(rst_piece_t text, rst_record_t *record)
{
    if (!rst_read_flags(text, &record->keys.flags))
        return;
    record->keys.known |= RST_KEY_FLAGS;
    record->oriented = (record->keys.flags & (FLAG_SYN | FLAG_ACK)) == FLAG_SYN;
}

static bool read_key(rst_piece_t piece, uint64_t max, uint64_t *value)
{
    return rst_read_number(piece, value) && *value <= max;
}

static void set_keys(rst_piece_t seq, rst_piece_t ack, rst_piece_t window, rst_piece_t id, rst_piece_t ttl,
                     rst_packet_keys_t *keys)
{
    uint64_t value;

    if (read_key(seq, UINT32_MAX, &value)) {
        keys->seq = (uint32_t)value;
        keys->known |= RST_KEY_SEQ;
    }
    if (read_key(ack, UINT32_MAX, &value)) {
        keys->ack = (uint32_t)value;
        keys->known |= RST_KEY_ACK;
    }
    if (read_key(window, UINT16_MAX, &value)) {
        keys->window = (uint16_t)value;
        keys->known |= RST_KEY_WINDOW;
    }
    if (read_key(id, UINT16_MAX, &value)) {
        keys->ip_id = (uint16_t)value;
        keys->known |= RST_KEY_IP_ID;
    }
    if (read_key(ttl, UINT8_MAX, &value)) {
        keys->ttl = (uint8_t)value;
        keys->known |= RST_KEY_TTL;
    }
}

/* The time before the event's name, "12345.678901: rst_drop:": since boot, unless the trace has another clock. */
static void set_trace_time(const char *text, const char *name, rst_when_t *when)
{
    const char *begin = name, *point = NULL;

    while (begin > text && strchr(" :", begin[-1]))
        begin--;
    while (begin > text && (g_ascii_isdigit(begin[-1]) || begin[-1] == '.')) {
        begin--;
        if (*begin == '.')
            point = begin;
    }
    if (!point || point == begin || rst_when_epoch(begin, when))
        return;
    when->kind = RST_WHEN_BOOT;
    when->resolution = RST_SECOND;
    for (const char *digit = point + 1; g_ascii_isdigit(*digit) && when->resolution > 1; digit++) {
        when->resolution /= 10;
        when->ns = rst_time_add(when->ns, rst_time_times((unsigned)(*digit - '0'), when->resolution));
    }
    when->ns = rst_time_add(when->ns, rst_time_of((int64_t)g_ascii_strtoull(begin, NULL, 10), 0));
    when->text = begin;
    when->length = strspn(begin, "0123456789.");
}

static rst_read_t read_own(rst_log_t *log, const rst_log_line_t *line, const char *name)
{
    const char *text = name + strlen("rst_drop:");
    rst_record_t record = {.protocol = RST_PROTOCOL_TCP, .packet = true, .acted = true};

    if (line->text[strspn(line->text, " ")] == '#') /* "# rst_drop: begins" */
        return RST_READ_YES;
    if (!rst_read_address(rst_value_of(text, "src", '='), &record.src.address) ||
        !rst_read_address(rst_value_of(text, "dst", '='), &record.dst.address) ||
        !rst_read_port(rst_value_of(text, "sport", '='), &record.src.port) ||
        !rst_read_port(rst_value_of(text, "dport", '='), &record.dst.port))
        return RST_READ_BROKEN;
    set_flags(rst_value_of(text, "flags", '='), &record);
    set_reason(log, rst_value_of(text, "reason", '='), &record);
    set_keys(rst_value_of(text, "seq", '='), rst_value_of(text, "ack", '='), rst_value_of(text, "window", '='),
             rst_value_of(text, "id", '='), rst_value_of(text, "ttl", '='), &record.keys);
    set_trace_time(line->text, name, &record.when);
    rst_log_emit(log, line, &record);
    return RST_READ_YES;
}

/* "05:46:07 82093  4  192.0.2.1:50010   > 192.0.2.2:58484   ESTABLISHED (ACK)", newer ones with a reason behind. */
static rst_read_t read_tcpdrop(rst_log_t *log, const rst_log_line_t *line)
{
    rst_record_t record = {.protocol = RST_PROTOCOL_TCP, .packet = true, .acted = true};
    const char *at = line->text + rst_when_of_day(line->text, &record.when);
    rst_piece_t word[6]; /* process, version of IP, source, >, destination, state */

    if (at == line->text)
        return RST_READ_NO;
    for (unsigned i = 0; i < G_N_ELEMENTS(word); i++) {
        word[i] = word_at(after_blanks(at));
        at = word[i].text + word[i].length;
    }
    if (!rst_piece_is(word[3], ">") || (!rst_piece_is(word[1], "4") && !rst_piece_is(word[1], "6")) ||
        strspn(word[0].text, "0123456789") != word[0].length)
        return RST_READ_NO;
    at = after_blanks(at);
    if (*at != '(' || !rst_read_end(word[2], &record.src) || !rst_read_end(word[4], &record.dst))
        return RST_READ_BROKEN;
    set_flags((rst_piece_t){at + 1, strcspn(at + 1, ")")}, &record);
    at += strcspn(at, ")");
    set_reason(log, word_at(after_blanks(*at ? at + 1 : at)), &record);
    rst_log_emit(log, line, &record);
    return RST_READ_YES;
}

/* "3316376224687 [swapper/2] 0 [tp] skb:kfree_skb #... drop (NETFILTER_DROP)"; "+ " before all but the first. */
static bool begin_retis(const rst_log_line_t *line, state_t *state)
{
    const char *at = after_blanks(line->text), *drop = strstr(at, " drop (");
    rst_piece_t reason;
    size_t digits;

    if (!drop)
        return false;
    at += strspn(at, "+ ");
    digits = strspn(at, "0123456789");
    if (digits < 6 || digits > 19 || at[digits] != ' ')
        return false;
    reason = (rst_piece_t){drop + 7, strcspn(drop + 7, ")")};
    if (rst_piece_begins(reason, "reason ")) {
        reason.text += 7;
        reason.length -= 7;
    }
    g_strlcpy(state->reason, reason.text, MIN(sizeof state->reason, reason.length + 1));
    state->when = (rst_when_t){
        .ns = (int64_t)MIN(g_ascii_strtoull(at, NULL, 10), INT64_MAX), .resolution = 1, .kind = RST_WHEN_BOOT};
    state->number = line->number;
    return true;
}

/* "if 2 (eth0) rxif 2 192.0.2.1.40532 > 192.0.2.2.8080 ttl 64 ... id 14042 ... proto TCP (6) flags [S] seq 1 ..." */
static rst_read_t take_retis(rst_log_t *log, const rst_log_line_t *line, state_t *state)
{
    rst_record_t record = {.packet = true, .acted = true};
    const char *arrow = strstr(line->text, " > "), *from = arrow, *proto = strstr(line->text, " proto ");
    rst_piece_t part[6];
    static const char *const names[] = {" flags [", " seq ", " ack ", " win ", " id ", " ttl "};
    rst_log_line_t first = *line;

    if (!arrow || !proto)
        return RST_READ_NO;
    while (from > line->text && from[-1] != ' ')
        from--;
    if (!rst_read_end((rst_piece_t){from, (size_t)(arrow - from)}, &record.src) ||
        !rst_read_end(word_at(arrow + 3), &record.dst))
        return RST_READ_NO;
    rst_read_protocol(word_at(proto + 7), &record.protocol);
    for (unsigned i = 0; i < G_N_ELEMENTS(part); i++) {
        const char *at = strstr(line->text, names[i]);

        part[i] =
            at ? (rst_piece_t){at + strlen(names[i]), strcspn(at + strlen(names[i]), " ,]")} : (rst_piece_t){"", 0};
    }
    set_flags(part[0], &record);
    set_keys(part[1], part[2], part[3], part[4], part[5], &record.keys);
    set_reason(log, (rst_piece_t){state->reason, strlen(state->reason)}, &record);
    record.when = state->when;
    first.number = state->number;
    state->reason[0] = 0;
    rst_log_emit(log, &first, &record);
    return RST_READ_YES;
}

/* A function and an offset, as in "tcp_drop+0x1" or "b'tcp_v4_rcv+0x9b8'". */
static bool is_stack(const char *text)
{
    text = after_blanks(text);
    text += g_str_has_prefix(text, "b'") ? 2 : 0;
    text += strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.");
    return g_str_has_prefix(text, "+0x") && strlen(text) < 24;
}

/* Without any address: the plain tracepoint, and what dropwatch counts. */
static bool is_blind(const char *text)
{
    const char *at = after_blanks(text);
    size_t digits = strspn(at, "0123456789");

    return strstr(text, "kfree_skb: skbaddr=") || (digits && g_str_has_prefix(at + digits, " drops at "));
}

rst_read_t rst_read_kernel_drop(rst_log_t *log, const rst_log_line_t *line)
{
    state_t *state = rst_log_state(log, RST_READER_ID_kernel_drop, sizeof *state, NULL);
    const char *own = strstr(line->text, "rst_drop:");
    rst_read_t answer;

    if (own)
        return read_own(log, line, own);
    if (state->stack && is_stack(line->text))
        return RST_READ_YES;
    state->stack = false;
    if (is_blind(line->text))
        return RST_READ_BLIND;
    if (state->reason[0]) {
        answer = take_retis(log, line, state);
        if (answer != RST_READ_NO || (*line->text == ' ' && line->number - state->number < 8))
            return RST_READ_YES;
        state->reason[0] = 0;
    }
    if (begin_retis(line, state))
        return RST_READ_YES;
    answer = read_tcpdrop(log, line);
    state->stack = answer == RST_READ_YES;
    return answer;
}
