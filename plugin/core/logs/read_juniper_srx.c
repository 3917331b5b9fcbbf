/* read_juniper_srx.c
 * Juniper SRX: RT_FLOW and APPTRACK sessions, RT_IDP, RT_SCREEN and RT_UTM events, structured or as a sentence.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "logs/firewall.h"

/* "TCP RST" alone does not tell the side. */
static const rst_word_t reasons[] = {
    RST_MEANS("TCP FIN", CLOSED),
    RST_MEANS("TCP CLIENT RST", RESET_BY_SRC),
    RST_MEANS("TCP SERVER RST", RESET_BY_DST),
    RST_ACTS("idle Timeout", IDLE),
    RST_STATES("application failure or action", POLICY_RESET),
    RST_STATES("Closed by junos-", POLICY_RESET),
    RST_ACTS("synproxy failure", HANDSHAKE),
    RST_STATES("policy delete", ADMIN_KILL),
    RST_STATES("CLI", ADMIN_KILL),
    RST_STATES("HA", SESSION_FAILOVER),
};

/* Of attack signatures, screens and content filters. CLOSE: the device resets that side. */
static const rst_word_t actions[] = {
    RST_STATES("CLOSE", POLICY_RESET),
    RST_ACTS("DROP", DROPPED),
    RST_ACTS("BLOCK", DROPPED),
    RST_MEANS("PERMIT", ALLOWED),
};

typedef enum kind { SESSION, ATTACK, SCREEN, CONTENT } kind_t;

static const struct {
    const char *mark;
    kind_t kind;
} marks[] = {{"RT_FLOW_SESSION_", SESSION},
             {"APPTRACK_SESSION_", SESSION},
             {"IDP_ATTACK_LOG_EVENT", ATTACK},
             {"IDP_APPDDOS_APP_ATTACK_EVENT", ATTACK},
             {"RT_SCREEN_", SCREEN},
             {"WEBFILTER_URL_", CONTENT},
             {"junos@", CONTENT}}; /* any other structured event: it may name two ends */

static rst_piece_t of(const char *text, const char *key)
{
    return rst_value_of(text, key, '=');
}

static void mean_close(rst_record_t *record, rst_piece_t reason, rst_piece_t from_server)
{
    uint64_t packets;

    record->meaning = RST_MEANING_OTHER;
    rst_word_mean(reasons, G_N_ELEMENTS(reasons), reason, record);
    if (record->meaning == RST_MEANING_IDLE && record->protocol == RST_PROTOCOL_TCP &&
        rst_read_number(from_server, &packets) && !packets)
        record->meaning = RST_MEANING_HANDSHAKE;
}

/* A denied session was answered only if the record says that it was rejected. */
static void mean_session(rst_record_t *record, const char *event, rst_piece_t reason, rst_piece_t from_server)
{
    if (g_str_has_prefix(event, "CREATE")) {
        record->meaning = RST_MEANING_OPENED;
    } else if (g_str_has_prefix(event, "DENY")) {
        record->meaning = rst_piece_has(reason, "reject") ? RST_MEANING_REJECTED : RST_MEANING_DROPPED;
        record->acted = true;
    } else if (g_str_has_prefix(event, "CLOSE")) {
        mean_close(record, reason, from_server);
    } else {
        record->meaning = RST_MEANING_OTHER;
    }
}

static void mean_event(rst_record_t *record, const char *event, rst_piece_t action)
{
    record->meaning = RST_MEANING_OTHER;
    if (g_str_has_prefix(event, "WEBFILTER_URL_"))
        action = rst_next_word(event + strlen("WEBFILTER_URL_"));
    rst_word_mean(actions, G_N_ELEMENTS(actions), action, record);
    if (record->meaning == RST_MEANING_CAUSE && record->protocol != RST_PROTOCOL_TCP)
        record->meaning = RST_MEANING_DROPPED;
}

static bool read_ends(const char *text, rst_record_t *record, rst_read_t *refused)
{
    rst_log_end_t mapped = {.port = 0};
    rst_side_t src = rst_read_side(of(text, "source-address"), of(text, "source-port"), &record->src);
    rst_side_t dst = rst_read_side(of(text, "destination-address"), of(text, "destination-port"), &record->dst);

    *refused = src == RST_SIDE_BROKEN || dst == RST_SIDE_BROKEN ? RST_READ_BROKEN : RST_READ_YES;
    if (src != RST_SIDE_TOLD || dst != RST_SIDE_TOLD)
        return false;
    if (rst_read_side(of(text, "nat-source-address"), of(text, "nat-source-port"), &mapped) == RST_SIDE_TOLD)
        record->nat_src = rst_translated(&record->src, &mapped);
    if (rst_read_side(of(text, "nat-destination-address"), of(text, "nat-destination-port"), &mapped) == RST_SIDE_TOLD)
        record->nat_dst = rst_translated(&record->dst, &mapped);
    return true;
}

static uint8_t protocol_of(const char *text, const char *event)
{
    uint8_t protocol = 0;

    if (rst_read_protocol(of(text, "protocol-id"), &protocol) ||
        rst_read_protocol(of(text, "protocol-name"), &protocol))
        return protocol;
    if (g_str_has_prefix(event, "RT_SCREEN_"))
        (void)rst_read_protocol(
            (rst_piece_t){event + strlen("RT_SCREEN_"), strcspn(event + strlen("RT_SCREEN_"), "_: ")}, &protocol);
    return protocol;
}

static rst_read_t read_structured(rst_log_t *log, const rst_log_line_t *line, const char *event, kind_t kind)
{
    rst_record_t record = {.oriented = kind == SESSION};
    rst_piece_t policy = of(event, "policy-name");
    rst_read_t refused;

    if (!read_ends(event, &record, &refused))
        return refused;
    record.protocol = protocol_of(event, event);
    record.packet = kind == SCREEN;
    record.duration = rst_read_span(of(event, "elapsed-time"));
    record.rule = rst_told(log, policy.length ? policy : of(event, "attack-name"));
    record.session = rst_told(log, of(event, "session-id-32"));
    if (g_str_has_prefix(event, "WEBFILTER_URL_"))
        record.oriented = true;
    if (kind == SESSION)
        mean_session(&record, strstr(event, "SESSION_") + strlen("SESSION_"), of(event, "reason"),
                     of(event, "packets-from-server"));
    else
        mean_event(&record, event, of(event, "action"));
    return rst_emit_pair(log, line, &record);
}

/* "10.0.0.1/5000->10.0.0.2/80", which begins where text points to or before. */
static rst_side_t read_arrow(const char *front, const char *arrow, rst_log_end_t *src, rst_log_end_t *dst)
{
    rst_piece_t left = {arrow, 0};
    rst_piece_t right = {arrow + 2, strcspn(arrow + 2, " ,;")};
    rst_side_t first, second;

    while (left.text > front && left.text[-1] != ' ') {
        left.text--;
        left.length++;
    }
    first = rst_read_side_at(left, '/', src);
    second = rst_read_side_at(right, '/', dst);
    return MAX(first, second);
}

static bool is_protocol(rst_piece_t word, uint8_t *protocol)
{
    rst_piece_t number = {word.text, strspn(word.text, "0123456789")};

    return number.length && number.length <= 3 && number.length <= word.length &&
           (number.length == word.length || word.text[number.length] == '(') && rst_read_protocol(number, protocol);
}

static rst_piece_t word_after(rst_piece_t word)
{
    return rst_next_word(word.text + word.length);
}

/* Newer releases write a kind before the name of each translating rule: "N/A N/A", "source rule NAME N/A N/A". */
static bool is_kind(rst_piece_t word)
{
    return rst_piece_is(word, "N/A") || (rst_piece_begins(word_after(word), "rule") && word_after(word).length == 4);
}

/* After the second arrow: perhaps a tag (0x0), the rules that translated, the protocol ("6"), the policy. A rule's name
 * may be a number too. Returns what follows the protocol. */
static const char *read_protocol_after(const char *text, bool translated, uint8_t *protocol)
{
    rst_piece_t word = rst_next_word(text);

    if (rst_piece_begins(word, "0x"))
        word = word_after(word);
    if (translated && !is_kind(word))
        word = word_after(word_after(word));
    while (word.length && !is_protocol(word, protocol)) {
        if (rst_piece_begins(word_after(word), "rule") && is_kind(word))
            word = word_after(word_after(word));
        word = word_after(word);
    }
    return word.length ? word.text + word.length : NULL;
}

/* "session closed TCP FIN: 10.0.0.1/5000->10.0.0.2/80 junos-http 10.0.0.1/5000->10.0.0.2/80 None None 6 policy ..." */
static rst_read_t read_sentence(rst_log_t *log, const rst_log_line_t *line, const char *event)
{
    const char *kind = strstr(event, "SESSION_") + strlen("SESSION_");
    const char *arrow = strstr(event, "->");
    const char *mapped = arrow ? strstr(arrow + 2, "->") : NULL;
    const char *closed = strstr(event, "session closed ");
    rst_record_t record = {.oriented = true};
    rst_piece_t reason = {"", 0};
    rst_log_end_t nat_src, nat_dst;
    bool translated = false;
    const char *rest;
    rst_side_t side = arrow ? read_arrow(event, arrow, &record.src, &record.dst) : RST_SIDE_NAMED;

    if (!arrow)
        return RST_READ_NO;
    if (side != RST_SIDE_TOLD)
        return side == RST_SIDE_BROKEN ? RST_READ_BROKEN : RST_READ_YES;
    rest = arrow + strcspn(arrow, " ");
    if (mapped && !g_str_has_prefix(kind, "DENY") && read_arrow(event, mapped, &nat_src, &nat_dst) == RST_SIDE_TOLD) {
        record.nat_src = rst_translated(&record.src, &nat_src);
        record.nat_dst = rst_translated(&record.dst, &nat_dst);
        rest = mapped + strcspn(mapped, " ");
        translated = true;
    }
    rest = read_protocol_after(rest, translated, &record.protocol);
    if (rest)
        record.rule = rst_told(log, rst_next_word(rest));
    if (closed && closed < arrow) {
        reason.text = closed + strlen("session closed ");
        reason.length = strcspn(reason.text, ":");
    } else if (g_str_has_prefix(kind, "DENY")) {
        reason = (rst_piece_t){arrow, strlen(arrow)};
    }
    mean_session(&record, kind, reason, (rst_piece_t){"", 0});
    return rst_emit_pair(log, line, &record);
}

static const char *find_event(const char *text, kind_t *kind)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(marks); i++) {
        const char *event = strstr(text, marks[i].mark);

        if (event) {
            *kind = marks[i].kind;
            return event;
        }
    }
    return NULL;
}

/* An envelope may have taken the event's name and its structured data for its own. */
rst_read_t rst_read_juniper_srx(rst_log_t *log, const rst_log_line_t *line)
{
    kind_t kind = SESSION;
    const char *event = find_event(line->text, &kind);

    if (!event && strstr(line->whole, "junos@"))
        event = find_event(line->whole, &kind);
    if (!event)
        return RST_READ_NO;
    if (of(event, "source-address").length)
        return read_structured(log, line, event, kind);
    return kind == SESSION ? read_sentence(log, line, event) : RST_READ_NO;
}
