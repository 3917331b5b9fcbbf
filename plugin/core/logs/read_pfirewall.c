/* read_pfirewall.c
 * pfirewall.log of Windows: lines of columns that "#Fields:" names; without it, in the order that all versions have
 * begun with. Times are local unless "#Time Format:" says otherwise.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "base/moment.h"
#include "logs/log.h"

#define SYN 0x02
#define ACK 0x10
#define COLUMNS_MAX 32u
#define COLUMNS_MIN 8u /* date to dst-port */

#define RST_PFIREWALL_FIELDS(X)                                                                                        \
    X(DATE, "date")                                                                                                    \
    X(TIME, "time")                                                                                                    \
    X(ACTION, "action")                                                                                                \
    X(PROTOCOL, "protocol")                                                                                            \
    X(SRC, "src-ip")                                                                                                   \
    X(DST, "dst-ip")                                                                                                   \
    X(SRC_PORT, "src-port")                                                                                            \
    X(DST_PORT, "dst-port")                                                                                            \
    X(SIZE, "size")                                                                                                    \
    X(FLAGS, "tcpflags")                                                                                               \
    X(SEQ, "tcpsyn")                                                                                                   \
    X(ACK, "tcpack")                                                                                                   \
    X(WINDOW, "tcpwin")                                                                                                \
    X(ICMP_TYPE, "icmptype")                                                                                           \
    X(ICMP_CODE, "icmpcode")                                                                                           \
    X(INFO, "info")                                                                                                    \
    X(PATH, "path")

typedef enum field {
#define RST_PFIREWALL_FIELD(NAME, name) FIELD_##NAME,
    RST_PFIREWALL_FIELDS(RST_PFIREWALL_FIELD)
#undef RST_PFIREWALL_FIELD
        FIELD_COUNT
} field_t;

typedef struct layout {
    bool known;                 /* a header was read */
    bool utc;                   /* its times */
    uint8_t place[FIELD_COUNT]; /* column + 1, 0 = there is none */
} layout_t;

static rst_piece_t next_word(const char **text)
{
    rst_piece_t word;

    *text += strspn(*text, " \t");
    word = (rst_piece_t){*text, strcspn(*text, " \t\r")};
    *text += word.length;
    return word;
}

static void read_fields(layout_t *layout, const char *text)
{
    static const char *const names[] = {
#define RST_PFIREWALL_FIELD(NAME, name) name,
        RST_PFIREWALL_FIELDS(RST_PFIREWALL_FIELD)
#undef RST_PFIREWALL_FIELD
    };
    rst_piece_t word;

    memset(layout->place, 0, sizeof layout->place);
    for (unsigned column = 0; column < COLUMNS_MAX && (word = next_word(&text)).length; column++) {
        for (unsigned i = 0; i < FIELD_COUNT; i++) {
            if (rst_piece_is(word, names[i]))
                layout->place[i] = (uint8_t)(column + 1);
        }
    }
    layout->known = true;
}

static void assume_fields(layout_t *layout)
{
    for (unsigned i = 0; i < FIELD_COUNT; i++)
        layout->place[i] = (uint8_t)(i + 1);
}

static rst_read_t read_header(layout_t *layout, const char *text)
{
    if (g_str_has_prefix(text, "#Fields: date time action protocol")) {
        read_fields(layout, text + strlen("#Fields:"));
        return RST_READ_YES;
    }
    if (g_str_has_prefix(text, "#Time Format:")) {
        layout->utc = strstr(text, "GMT") || strstr(text, "UTC");
        return RST_READ_YES;
    }
    if (g_str_has_prefix(text, "#Software: Microsoft Windows Firewall") ||
        g_str_has_prefix(text, "#Software: Microsoft Internet Connection Firewall")) {
        layout->utc = false;
        return RST_READ_YES;
    }
    return RST_READ_NO;
}

typedef struct words {
    rst_piece_t column[COLUMNS_MAX];
    unsigned count;
} words_t;

static rst_piece_t field_of(const words_t *words, const layout_t *layout, field_t field)
{
    unsigned place = layout->place[field];

    return place && place <= words->count ? words->column[place - 1] : (rst_piece_t){"", 0};
}

typedef enum action { ACTION_NONE, ACTION_OTHER, ACTION_DROP, ACTION_ALLOW, ACTION_OPEN, ACTION_CLOSE } action_t;

static action_t action_of(rst_piece_t word)
{
    static const struct {
        const char *word;
        action_t action;
    } actions[] = {{"DROP", ACTION_DROP},   {"ALLOW", ACTION_ALLOW},       {"OPEN", ACTION_OPEN},
                   {"CLOSE", ACTION_CLOSE}, {"OPEN-INBOUND", ACTION_OPEN}, {"INFO-EVENTS-LOST", ACTION_OTHER}};

    for (unsigned i = 0; i < G_N_ELEMENTS(actions); i++) {
        if (rst_piece_is(word, actions[i].word))
            return actions[i].action;
    }
    return ACTION_NONE;
}

/* CLOSE does not say how. ALLOW, in the path of a packet, is about its connection's first. */
static void set_meaning(rst_record_t *record, action_t action)
{
    static const rst_meaning_t meanings[] = {
        [ACTION_DROP] = RST_MEANING_DROPPED,
        [ACTION_ALLOW] = RST_MEANING_ALLOWED,
        [ACTION_OPEN] = RST_MEANING_OPENED,
        [ACTION_CLOSE] = RST_MEANING_OTHER,
    };

    record->meaning = meanings[action];
    record->acted = action == ACTION_DROP;
    record->packet = action == ACTION_DROP;
    record->oriented = action == ACTION_OPEN;
}

static bool read_key(rst_piece_t word, uint32_t *key)
{
    uint64_t number;

    if (!rst_read_number(word, &number) || number > UINT32_MAX)
        return false;
    *key = (uint32_t)number;
    return true;
}

static void read_keys(const words_t *words, const layout_t *layout, rst_packet_keys_t *keys)
{
    uint32_t window;

    if (!rst_read_flags(field_of(words, layout, FIELD_FLAGS), &keys->flags))
        return;
    keys->known = RST_KEY_FLAGS;
    if (read_key(field_of(words, layout, FIELD_SEQ), &keys->seq))
        keys->known |= RST_KEY_SEQ;
    if (read_key(field_of(words, layout, FIELD_ACK), &keys->ack))
        keys->known |= RST_KEY_ACK;
    if (read_key(field_of(words, layout, FIELD_WINDOW), &window) && window <= UINT16_MAX) {
        keys->window = (uint16_t)window;
        keys->known |= RST_KEY_WINDOW;
    }
}

static void read_time(const words_t *words, const layout_t *layout, rst_when_t *when)
{
    rst_piece_t date = field_of(words, layout, FIELD_DATE), time = field_of(words, layout, FIELD_TIME);

    if (time.text != date.text + date.length + 1 || !rst_when_iso(date.text, when))
        return;
    if (layout->utc)
        rst_when_set_zone(when, 0);
}

static bool read_port(rst_piece_t word, uint16_t *port)
{
    return rst_piece_is(word, "-") || rst_read_port(word, port);
}

/* The columns of ports are empty ("-") for ICMP, which has its type and code in columns of their own; some versions put
 * them there. */
static rst_read_t read_ends(const words_t *words, const layout_t *layout, rst_record_t *record)
{
    rst_piece_t src = field_of(words, layout, FIELD_SRC_PORT), dst = field_of(words, layout, FIELD_DST_PORT);

    if (!rst_read_protocol(field_of(words, layout, FIELD_PROTOCOL), &record->protocol))
        record->protocol = 0;
    if (!rst_read_address(field_of(words, layout, FIELD_SRC), &record->src.address) ||
        !rst_read_address(field_of(words, layout, FIELD_DST), &record->dst.address))
        return RST_READ_BROKEN;
    if (record->protocol != RST_PROTOCOL_TCP && record->protocol != 17)
        return RST_READ_YES;
    return read_port(src, &record->src.port) && read_port(dst, &record->dst.port) ? RST_READ_YES : RST_READ_BROKEN;
}

static bool looks_like(const words_t *words)
{
    rst_piece_t date = words->column[0], time = words->column[1];

    return words->count >= COLUMNS_MIN && date.length == 10 && date.text[4] == '-' && date.text[7] == '-' &&
           time.length == 8 && time.text[2] == ':';
}

rst_read_t rst_read_pfirewall(rst_log_t *log, const rst_log_line_t *line)
{
    layout_t *layout = rst_log_state(log, RST_READER_ID_pfirewall, sizeof *layout, NULL);
    rst_record_t record = {.protocol = 0};
    words_t words = {.count = 0};
    const char *text = line->text;
    action_t action;
    rst_read_t answer;

    if (*text == '#')
        return read_header(layout, text);
    if (!g_ascii_isdigit(*text))
        return RST_READ_NO;
    while (words.count < COLUMNS_MAX && (words.column[words.count] = next_word(&text)).length)
        words.count++;
    if (!looks_like(&words))
        return RST_READ_NO;
    if (!layout->known)
        assume_fields(layout);
    action = action_of(field_of(&words, layout, FIELD_ACTION));
    if (action == ACTION_NONE)
        return RST_READ_NO;
    if (action == ACTION_OTHER)
        return RST_READ_YES;
    answer = read_ends(&words, layout, &record);
    if (answer != RST_READ_YES)
        return answer;
    set_meaning(&record, action);
    read_time(&words, layout, &record.when);
    if (record.protocol == RST_PROTOCOL_TCP)
        read_keys(&words, layout, &record.keys);
    if (record.keys.known & RST_KEY_FLAGS && (record.keys.flags & (SYN | ACK)) == SYN)
        record.oriented = true;
    rst_log_emit(log, line, &record);
    return RST_READ_YES;
}
