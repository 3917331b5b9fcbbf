/* read_cef.c
 * CEF and LEEF: one frame around the events of many vendors. The words of some are understood, of others only the ends.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "logs/pairs.h"
#include "logs/vendors.h"

enum { FIELDS_MAX = 7 };

/* Of the header. LEEF ends before the name. */
enum { VERSION, VENDOR, PRODUCT, PRODUCT_VERSION, SIGNATURE, NAME, SEVERITY, LEEF_FIELDS = NAME };

enum { SEPARATOR_MAX = 5 }; /* "^", "x09", "0x7C" */

/* What is read of the extension. */
typedef enum member {
    SRC,
    DST,
    SRC6,
    DST6,
    SPORT,
    DPORT,
    NAT_SRC,
    NAT_DST,
    NAT_SPORT,
    NAT_DPORT,
    PROTOCOL,
    ACTION,
    REASON,
    CATEGORY,
    SUBTYPE,
    RECEIVED,
    RULE,
    SESSION,
    DURATION,
    EVENT_TIME,
    TIME,
    BEGIN,
    ZONE,
    NO_STATE,
    MEMBERS
} member_t;

static const struct {
    const char *key;
    member_t member;
} keys[] = {
    {"src", SRC},
    {"dst", DST},
    {"c6a2", SRC6},
    {"c6a3", DST6},
    {"spt", SPORT},
    {"dpt", DPORT},
    {"srcPort", SPORT},
    {"dstPort", DPORT},
    {"sourceTranslatedAddress", NAT_SRC},
    {"destinationTranslatedAddress", NAT_DST},
    {"sourceTranslatedPort", NAT_SPORT},
    {"destinationTranslatedPort", NAT_DPORT},
    {"srcPostNAT", NAT_SRC},
    {"dstPostNAT", NAT_DST},
    {"srcPostNATPort", NAT_SPORT},
    {"dstPostNATPort", NAT_DPORT},
    {"proto", PROTOCOL},
    {"act", ACTION},
    {"action", ACTION},
    {"reason", REASON},
    {"SessionEndReason", REASON},
    {"cat", CATEGORY},
    {"type", CATEGORY},
    {"subtype", SUBTYPE},
    {"rcvdpkt", RECEIVED},
    {"PacketsReceived", RECEIVED},
    {"policyname", RULE},
    {"RuleName", RULE},
    {"rule_name", RULE},
    {"Rule", RULE},
    {"SessionID", SESSION},
    {"duration", DURATION},
    {"eventtime", EVENT_TIME},
    {"rt", TIME},
    {"devTime", TIME},
    {"start", BEGIN},
    {"dtz", ZONE},
    {"tcp_packet_out_of_state", NO_STATE},
};

/* Numbered members whose meaning another one names: "cn3=5 cn3Label=Packets Received". */
static const struct {
    const char *label;
    member_t member;
} labels[] = {
    {"Packets Received", RECEIVED},
    {"Duration", DURATION},
    {"SessionID", SESSION},
    {"Session ID", SESSION},
    {"Rule", RULE},
    {"acl_rule_name", RULE},
    {"Rule Name", RULE},
};

enum { CUSTOM_MAX = 12 }; /* cs1 to cs6, cn1 to cn6 */

typedef struct event {
    rst_piece_t header[FIELDS_MAX];
    rst_piece_t member[MEMBERS];
    rst_piece_t custom[CUSTOM_MAX], custom_label[CUSTOM_MAX];
} event_t;

/* Splits the header at its bars; returns the extension, NULL if there are too few. */
static const char *split_header(const char *text, unsigned fields, rst_piece_t *header)
{
    for (unsigned i = 0; i < fields; i++) {
        const char *begin = text;

        while (*text && *text != '|')
            text += text[0] == '\\' && text[1] ? 2 : 1;
        if (!*text)
            return NULL;
        header[i] = rst_piece_trim((rst_piece_t){begin, (size_t)(text - begin)});
        text++;
    }
    return text;
}

static void take_custom(event_t *event, rst_piece_t key, rst_piece_t value)
{
    bool number = rst_piece_begins(key, "cn");
    unsigned index;

    if (key.length < 3 || key.text[2] < '1' || key.text[2] > '6' || !(number || rst_piece_begins(key, "cs")))
        return;
    index = (unsigned)(key.text[2] - '1') + (number ? 6 : 0);
    if (key.length == 3)
        event->custom[index] = value;
    else if (key.length == strlen("cs1Label"))
        event->custom_label[index] = value;
}

static void take(event_t *event, rst_piece_t key, rst_piece_t value)
{
    static const char *const prefixes[] = {"FTNTFGT", "FortinetFortiGate", "PanOS"};

    take_custom(event, key, value);
    for (unsigned i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        size_t length = strlen(prefixes[i]);

        if (rst_piece_begins(key, prefixes[i]))
            key = (rst_piece_t){key.text + length, key.length - length};
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(keys); i++) {
        rst_piece_t *member = &event->member[keys[i].member];

        if (!member->length && rst_piece_is(key, keys[i].key))
            *member = value;
    }
}

static void read_extension(event_t *event, const char *text, char separator)
{
    rst_pairs_t pairs = {text, separator};
    rst_piece_t key, value;

    for (unsigned i = 0; i < MEMBERS; i++)
        event->member[i].text = "";
    for (unsigned i = 0; i < CUSTOM_MAX; i++)
        event->custom[i].text = "";
    while (rst_pairs_next(&pairs, &key, &value))
        take(event, key, value);
    for (unsigned i = 0; i < CUSTOM_MAX; i++) {
        for (unsigned j = 0; event->custom_label[i].length && j < G_N_ELEMENTS(labels); j++) {
            rst_piece_t *member = &event->member[labels[j].member];

            if (!member->length && rst_piece_is(event->custom_label[i], labels[j].label))
                *member = event->custom[i];
        }
    }
    if (!event->member[SRC].length)
        event->member[SRC] = event->member[SRC6];
    if (!event->member[DST].length)
        event->member[DST] = event->member[DST6];
}

static char separator_of(rst_piece_t piece)
{
    char text[8];
    const char *hex;

    g_strlcpy(text, piece.text, MIN(piece.length + 1, sizeof text));
    hex = strchr(text, 'x');
    if (piece.length == 1)
        return *text;
    return hex ? (char)(g_ascii_strtoull(hex + 1, NULL, 16) & 0x7f) : '\t';
}

static bool read_cef(const char *text, event_t *event)
{
    const char *extension = split_header(text, FIELDS_MAX, event->header);

    if (!extension || !g_ascii_isdigit(*event->header[VERSION].text))
        return false;
    read_extension(event, extension, '\0');
    return true;
}

/* 2.0 names its separator in a field of its own, which some leave out. */
static bool read_leef(const char *leef, event_t *event)
{
    const char *extension = split_header(leef, LEEF_FIELDS, event->header);
    const char *bar;
    char separator;

    if (!extension || !g_ascii_isdigit(*leef))
        return false;
    bar = strchr(extension, '|');
    separator = strchr(extension, '\t') ? '\t' : bar ? '|' : '\0';
    if (bar && bar - extension <= SEPARATOR_MAX && !memchr(extension, '=', (size_t)(bar - extension))) {
        rst_piece_t named = rst_piece_trim((rst_piece_t){extension, (size_t)(bar - extension)});

        extension = bar + 1;
        separator = named.length ? separator_of(named) : strchr(extension, '\t') ? '\t' : '\0';
    }
    read_extension(event, extension, separator);
    return true;
}

/* A relay may have taken "CEF" for the tag of a program: then only the vendors that are known count. */
static bool read_event(const char *text, event_t *event)
{
    static const char *const vendors[] = {"0|Check Point|", "0|Fortinet|", "0|Palo Alto Networks|", "0|F5|"};

    const char *cef = strstr(text, "CEF:");
    const char *leef = strstr(text, "LEEF:");

    memset(event, 0, sizeof *event);
    while (cef && g_str_has_prefix(cef + strlen("CEF:"), "CEF:"))
        cef += strlen("CEF:");
    if (cef)
        return read_cef(cef + strlen("CEF:"), event);
    if (leef)
        return read_leef(leef + strlen("LEEF:"), event);
    for (unsigned i = 0; i < G_N_ELEMENTS(vendors); i++) {
        if (g_str_has_prefix(text, vendors[i]))
            return read_cef(text, event);
    }
    return false;
}

/* Numbers since 1970, or a text without a zone beside which one may stand. */
static void read_time(rst_log_t *log, const event_t *event, rst_when_t *when)
{
    static const member_t order[] = {EVENT_TIME, BEGIN, TIME};

    bool panos = rst_piece_begins(event->header[VENDOR], "Palo Alto");
    const char *zone = rst_piece_is(event->member[ZONE], "UTC") ? " UTC" : "";

    for (unsigned i = 0; i < G_N_ELEMENTS(order); i++) {
        rst_piece_t time = event->member[order[i]];
        char *text;
        size_t length;

        if (!time.length || (order[i] == BEGIN && !panos && event->member[TIME].length))
            continue;
        text = g_strdup_printf("%.*s%s", (int)MIN(time.length, 60), time.text, zone);
        length = rst_when_any(rst_log_string(log, (rst_piece_t){text, strlen(text)}), when);
        g_free(text);
        if (length)
            return;
    }
}

static void mean_fortigate(rst_record_t *record, const event_t *event)
{
    rst_piece_t category = event->member[CATEGORY].length ? event->member[CATEGORY] : event->header[NAME];
    bool traffic = rst_piece_begins(category, "traffic");

    if (rst_piece_begins(category, "event")) {
        record->meaning = RST_MEANING_OTHER;
        return;
    }
    rst_fortigate_mean(record, traffic, event->member[ACTION], event->member[RECEIVED]);
    record->oriented = traffic || !(rst_piece_has(category, "ips") || rst_piece_has(category, "anomaly"));
}

/* The type and the subtype stand in either order, and in LEEF among the members. */
static void mean_panos(rst_record_t *record, const event_t *event)
{
    const rst_piece_t *places[] = {&event->header[SIGNATURE], &event->header[NAME], &event->member[CATEGORY]};
    rst_panos_t words = {false, event->member[SUBTYPE], event->member[ACTION], event->member[REASON],
                         event->member[RECEIVED]};
    bool traffic = false;

    for (unsigned i = 0; i < G_N_ELEMENTS(places); i++) {
        bool names_type = rst_piece_is(*places[i], "TRAFFIC") || rst_piece_is(*places[i], "THREAT");

        traffic |= rst_piece_is(*places[i], "TRAFFIC");
        words.threat |= rst_piece_is(*places[i], "THREAT");
        if (names_type && i < 2 && !words.subtype.length)
            words.subtype = *places[1 - i];
    }
    record->meaning = RST_MEANING_MENTION;
    record->oriented = traffic;
    if (traffic || words.threat)
        rst_panos_mean(record, &words);
}

/* F5's and Cisco's words, which say what was done and no more. */
static const rst_word_t plain_words[] = {
    {"Reject", RST_MEANING_REJECTED, 0, true},
    {"Reset", RST_MEANING_RESET_BY_DEVICE, 0, true},
    {"Block with reset", RST_MEANING_RESET_BY_DEVICE, 0, true},
    {"Drop", RST_MEANING_DROPPED, 0, true},
    {"Deny", RST_MEANING_DROPPED, 0, true},
    {"Denied", RST_MEANING_DROPPED, 0, true},
    {"Block", RST_MEANING_DROPPED, 0, true},
    {"Accept", RST_MEANING_ALLOWED, 0, false},
    {"Allow", RST_MEANING_ALLOWED, 0, false},
    {"Permit", RST_MEANING_ALLOWED, 0, false},
    {"Pass", RST_MEANING_ALLOWED, 0, false},
    {"Trust", RST_MEANING_ALLOWED, 0, false},
    {"Established", RST_MEANING_OPENED, 0, false},
    {"Open", RST_MEANING_OPENED, 0, false},
};

static void mean(rst_record_t *record, const event_t *event)
{
    rst_piece_t vendor = event->header[VENDOR];

    record->meaning = RST_MEANING_MENTION;
    if (rst_piece_is(vendor, "Check Point")) {
        rst_checkpoint_mean(record, event->member[ACTION].length ? event->member[ACTION] : event->header[SIGNATURE]);
        record->no_state = event->member[NO_STATE].length != 0;
        record->oriented = !record->no_state;
    } else if (rst_piece_is(vendor, "Fortinet") && rst_piece_begins(event->header[PRODUCT], "FortiGate")) {
        mean_fortigate(record, event);
    } else if (rst_piece_begins(vendor, "Palo Alto")) {
        mean_panos(record, event);
    } else if (rst_piece_is(vendor, "F5") || rst_piece_is(vendor, "Cisco")) {
        record->meaning = RST_MEANING_OTHER;
        rst_word_mean(plain_words, G_N_ELEMENTS(plain_words), event->member[ACTION], record);
    }
}

rst_read_t rst_read_cef(rst_log_t *log, const rst_log_line_t *line)
{
    rst_record_t record = {.when = line->when};
    rst_log_end_t mapped = {.port = 0};
    const rst_piece_t *member;
    rst_side_t src, dst;
    event_t event;

    if (!read_event(line->text, &event))
        return RST_READ_NO;
    member = event.member;
    (void)rst_read_protocol(member[PROTOCOL], &record.protocol);
    src = rst_read_side(member[SRC], member[SPORT], &record.src);
    dst = rst_read_side(member[DST], member[DPORT], &record.dst);
    if (src == RST_SIDE_BROKEN || dst == RST_SIDE_BROKEN)
        return RST_READ_BROKEN;
    if (src != RST_SIDE_TOLD || dst != RST_SIDE_TOLD)
        return RST_READ_YES;
    mean(&record, &event);
    if (record.meaning == RST_MEANING_MENTION && (!record.src.port || !record.dst.port))
        return RST_READ_YES;
    if (rst_read_side(member[NAT_SRC], member[NAT_SPORT], &mapped) == RST_SIDE_TOLD)
        record.nat_src = rst_translated(&record.src, &mapped);
    if (rst_read_side(member[NAT_DST], member[NAT_DPORT], &mapped) == RST_SIDE_TOLD)
        record.nat_dst = rst_translated(&record.dst, &mapped);
    read_time(log, &event, &record.when);
    record.duration = rst_read_span(member[DURATION]);
    record.rule = rst_told(log, member[RULE]);
    record.session = rst_told(log, member[SESSION]);
    return rst_emit_pair(log, line, &record);
}
