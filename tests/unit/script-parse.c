/* script-parse.c
 * Implementation for reading one line of a script.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

#include <stdlib.h>

#define SECOND INT64_C(1000000000)

typedef struct script_words {
    const char *line; /* for messages */
    const char *at;
} script_words_t;

static void wrong(const script_words_t *words, const char *what)
{
    g_error("script: %s in \"%s\" near \"%s\"", what, words->line, words->at);
}

/* The next word, or a text in single quotes without the quotes. */
static bool next_word(script_words_t *words, char *word, size_t size)
{
    size_t used = 0;
    char end = ' ';

    while (*words->at == ' ')
        words->at++;
    if (!*words->at)
        return false;
    if (*words->at == '\'') {
        end = '\'';
        words->at++;
    }
    while (*words->at && *words->at != end) {
        if (used + 1 == size)
            wrong(words, "word too long");
        word[used++] = *words->at++;
    }
    if (end == '\'' && *words->at++ != end)
        wrong(words, "quote without end");
    word[used] = '\0';
    return true;
}

static uint32_t number(const script_words_t *words, const char *text)
{
    char *end;
    unsigned long long value = strtoull(text, &end, 0);

    if (end == text || *end || value > UINT32_MAX)
        wrong(words, "bad number");
    return (uint32_t)value;
}

static uint32_t next_number(script_words_t *words)
{
    char word[64];

    if (!next_word(words, word, sizeof word))
        wrong(words, "number missing");
    return number(words, word);
}

static uint32_t based(const script_words_t *words, const char *text, uint32_t base)
{
    return text[0] == '=' ? number(words, text + 1) : number(words, text) + base;
}

static int64_t nanoseconds(const script_words_t *words, const char *text)
{
    int64_t value = 0;
    int64_t unit = SECOND;

    for (; *text >= '0' && *text <= '9'; text++)
        value = value * 10 + (*text - '0') * SECOND;
    if (*text == '.') {
        for (text++; *text >= '0' && *text <= '9'; text++) {
            unit /= 10;
            value += (*text - '0') * unit;
        }
    }
    if (*text)
        wrong(words, "bad time");
    return value;
}

static void read_time(script_run_t *run, const script_words_t *words, const char *word)
{
    if (strcmp(word, "-") == 0)
        run->time = RST_TIME_NONE;
    else if (word[0] == '+')
        run->time = (run->time == RST_TIME_NONE ? run->variant->epoch : run->time) + nanoseconds(words, word + 1);
    else
        run->time = run->variant->epoch + nanoseconds(words, word);
}

static bool is_client(char letter)
{
    return letter >= 'A' && letter <= 'C';
}

rst_address_t script_address(const script_variant_t *variant, char letter)
{
    uint8_t byte[16] = { 10, 0, 0, 0 };
    uint8_t last = (uint8_t)(variant->reversed ? 200 - letter : letter);
    rst_address_t address = { { 0, 0 }, 4 };

    if (variant->ipv6) {
        byte[0] = 0x20;
        byte[1] = 0x01;
        byte[2] = 0x0d;
        byte[3] = 0xb8;
        byte[15] = last;
        address.size = 16;
    } else {
        byte[3] = last;
    }
    memcpy(address.word, byte, sizeof byte);
    return address;
}

static const char *read_endpoint(const script_variant_t *variant, const script_words_t *words, const char *text,
                                 rst_address_t *address, uint16_t *port)
{
    char *end = NULL;

    if (text[0] < 'A' || text[0] > 'Z')
        wrong(words, "host is no letter");
    *address = script_address(variant, text[0]);
    *port = is_client(text[0]) ? 40000 : 80;
    if (text[1] != ':')
        return text + 1;
    *port = (uint16_t)strtoul(text + 2, &end, 10);
    return end;
}

static uint8_t read_flags(const script_words_t *words, const char *text)
{
    static const char letters[] = "FSRP.UEW";
    uint8_t flags = 0;

    if (strcmp(text, "none") == 0)
        return 0;
    for (; *text; text++) {
        const char *found = strchr(letters, *text);

        if (!found)
            wrong(words, "unknown flag");
        flags |= (uint8_t)(1u << (found - letters));
    }
    return flags;
}

static void set_payload(rst_segment_t *segment, const uint8_t *bytes, size_t length)
{
    size_t most = (segment->flags & RST_FLAG_RST) ? RST_HEAD_MAX : RST_HEAD_DATA;

    segment->head_len = (uint16_t)(length < most ? length : most);
    memcpy(segment->head, bytes, segment->head_len);
    if (segment->len < length)
        segment->len = (uint32_t)length;
}

static void read_hex(const script_words_t *words, rst_segment_t *segment, const char *text)
{
    uint8_t bytes[256];
    size_t length = strlen(text) / 2;

    if (strlen(text) % 2 || length > sizeof bytes)
        wrong(words, "bad bytes");
    for (size_t i = 0; i < length; i++)
        bytes[i] = (uint8_t)(g_ascii_xdigit_value(text[2 * i]) * 16 + g_ascii_xdigit_value(text[2 * i + 1]));
    set_payload(segment, bytes, length);
}

/* Plain bytes that look like no protocol. */
static void set_length(rst_segment_t *segment, uint32_t length)
{
    uint8_t bytes[RST_HEAD_MAX];

    memset(bytes, 'x', sizeof bytes);
    segment->len = length;
    set_payload(segment, bytes, length < sizeof bytes ? length : sizeof bytes);
}

static void read_timestamp(const script_words_t *words, rst_segment_t *segment, const char *text, uint32_t own,
                           uint32_t other)
{
    char **part = g_strsplit(text, ":", 2);

    if (!part[0] || !part[1])
        wrong(words, "bad timestamp");
    segment->tsval = number(words, part[0]) + own;
    segment->tsecr = based(words, part[1], (segment->flags & RST_FLAG_ACK) ? other : 0);
    segment->known |= RST_HAS_TIMESTAMP;
    g_strfreev(part);
}

static void read_sack(const script_words_t *words, rst_segment_t *segment, const char *text, uint32_t other)
{
    char **part = g_strsplit(text, ":", 2);

    if (!part[0] || !part[1])
        wrong(words, "bad block");
    segment->sack_left = number(words, part[0]) + other;
    segment->sack_right = number(words, part[1]) + other;
    segment->known |= RST_HAS_SACK;
    g_strfreev(part);
}

static rst_checksum_t good_checksum(const void *packet)
{
    (void)packet;
    return RST_CHECKSUM_GOOD;
}

static rst_checksum_t bad_checksum(const void *packet)
{
    (void)packet;
    return RST_CHECKSUM_BAD;
}

/* Words without a value. */
static bool read_mark(rst_segment_t *segment, const char *word, bool *rejected)
{
    static const struct {
        const char *word;
        uint32_t set, clear;
    } marks[] = {
        { "sack", RST_HAS_SACK_OK, 0 },        { "tfo", RST_HAS_FAST_OPEN, 0 },     { "md5", RST_HAS_AUTH, 0 },
        { "mptcp", RST_HAS_MPTCP, 0 },         { "mpopen", RST_HAS_MPTCP | RST_HAS_MPTCP_OPEN, 0 },
        { "nowin", 0, RST_HAS_WINDOW },      { "noopt", 0, RST_HAS_OPTIONS },
        { "nolen", 0, RST_HAS_LENGTH },        { "more", RST_HAS_MORE, RST_HAS_OPTIONS },
    };

    if (strcmp(word, "df") == 0) {
        segment->df = true;
        return true;
    }
    if (strcmp(word, "goodsum") == 0 || strcmp(word, "badsum") == 0) {
        segment->checksum = word[0] == 'g' ? good_checksum : bad_checksum;
        return true;
    }
    if (strcmp(word, "rejected") == 0) {
        *rejected = true;
        return true;
    }
    if (strcmp(word, "fastclose") == 0) {
        segment->known |= RST_HAS_MPTCP;
        segment->mptcp = RST_MPTCP_FASTCLOSE;
        return true;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
        if (strcmp(word, marks[i].word) == 0) {
            segment->known = (segment->known | marks[i].set) & ~marks[i].clear;
            return true;
        }
    }
    return false;
}

static bool read_field(script_words_t *words, rst_segment_t *segment, const char *word)
{
    if (strcmp(word, "win") == 0) {
        segment->window = (uint16_t)next_number(words);
    } else if (strcmp(word, "mss") == 0) {
        segment->mss = (uint16_t)next_number(words);
        segment->known |= RST_HAS_MSS;
    } else if (strcmp(word, "ws") == 0) {
        segment->wscale = (uint8_t)next_number(words);
        segment->known |= RST_HAS_WSCALE;
    } else if (strcmp(word, "ttl") == 0) {
        segment->ttl = (uint8_t)next_number(words);
        segment->known |= RST_HAS_IP;
    } else if (strcmp(word, "id") == 0) {
        segment->ip_id = (uint16_t)next_number(words);
        segment->known |= RST_HAS_IP_ID;
    } else if (strcmp(word, "tos") == 0) {
        segment->tos = (uint8_t)next_number(words);
    } else if (strcmp(word, "link") == 0) {
        segment->link = next_number(words);
    } else if (strcmp(word, "interface") == 0) {
        segment->interface = next_number(words);
    } else if (strcmp(word, "len") == 0) {
        set_length(segment, next_number(words));
    } else {
        return false;
    }
    return true;
}

static void read_word(script_words_t *words, rst_segment_t *segment, const char *word, uint32_t own, uint32_t other)
{
    char value[2 * RST_HEAD_MAX + 16];

    if (!next_word(words, value, sizeof value))
        wrong(words, "value missing");
    if (strcmp(word, "ack") == 0) {
        segment->ack = based(words, value, other);
    } else if (strcmp(word, "ts") == 0) {
        read_timestamp(words, segment, value, own, other);
    } else if (strcmp(word, "sackblock") == 0) {
        read_sack(words, segment, value, other);
    } else if (strcmp(word, "data") == 0) {
        set_payload(segment, (const uint8_t *)value, strlen(value));
    } else if (strcmp(word, "f5") == 0) {
        set_payload(segment, (const uint8_t *)value, strlen(value));
        segment->len = 0;
        segment->known |= RST_HAS_F5_CAUSE;
    } else if (strcmp(word, "hex") == 0) {
        read_hex(words, segment, value);
    } else if (strcmp(word, "tcprst") == 0) {
        segment->known |= RST_HAS_MPTCP;
        segment->mptcp = RST_MPTCP_TCPRST;
        segment->mptcp_reason = (uint8_t)(value[0] - '0');
        segment->mptcp_flags = (uint8_t)(value[2] - '0');
    } else {
        wrong(words, "unknown word");
    }
}

/* Garbage in everything that no word sets, another in each segment: what is not known must not matter. */
static void start_segment(const script_run_t *run, rst_segment_t *segment)
{
    uint8_t garbage = (uint8_t)(run->variant->garbage * (run->frame + 1));

    memset(segment, 0, sizeof *segment);
    segment->ttl = garbage;
    segment->ip_id = garbage;
    segment->mss = garbage;
    segment->wscale = garbage;
    segment->tsval = segment->tsecr = garbage;
    segment->sack_left = segment->sack_right = garbage;
    memset(segment->head, garbage, sizeof segment->head);
    segment->time = run->time;
    segment->known = RST_HAS_WINDOW | RST_HAS_OPTIONS | RST_HAS_LENGTH;
}

/* Types and codes are written as those of ICMPv4. */
static void turn_to_icmpv6(rst_icmp_t *icmp)
{
    static const struct {
        uint8_t type, code, type6, code6;
    } same[] = { { 3, 1, 1, 3 }, { 3, 3, 1, 4 }, { 3, 4, 2, 0 }, { 3, 13, 1, 1 }, { 11, 0, 3, 0 }, { 8, 0, 128, 0 } };

    icmp->version = 6;
    for (size_t i = 0; i < G_N_ELEMENTS(same); i++) {
        if (icmp->type == same[i].type && icmp->code == same[i].code) {
            icmp->type = same[i].type6;
            icmp->code = same[i].code6;
            return;
        }
    }
}

static void read_icmp(script_run_t *run, script_words_t *words, const rst_segment_t *quoted)
{
    rst_icmp_t *icmp = &run->icmp;
    char word[64] = "";

    memset(icmp, 0, sizeof *icmp);
    run->has_icmp = true;
    icmp->src = quoted->src;
    icmp->dst = icmp->reporter = quoted->dst;
    icmp->sport = quoted->sport;
    icmp->dport = quoted->dport;
    icmp->version = 4;
    icmp->type = (uint8_t)next_number(words);
    icmp->code = (uint8_t)next_number(words);
    if (run->variant->ipv6)
        turn_to_icmpv6(icmp);
    while (next_word(words, word, sizeof word)) {
        if (strcmp(word, "udp") == 0)
            icmp->udp = true;
        else if (strcmp(word, "id") == 0)
            icmp->ip_id = (uint16_t)next_number(words);
        else if (strcmp(word, "by") == 0 && next_word(words, word, sizeof word))
            icmp->reporter = script_address(run->variant, word[0]);
        else
            wrong(words, "unknown word");
    }
}

bool script_parse(script_run_t *run, const char *line, rst_segment_t *segment, bool *rejected)
{
    script_words_t words = { line, line };
    const script_variant_t *variant = run->variant;
    char word[64] = "";
    const char *to;
    uint32_t own, other;

    run->has_icmp = false;
    if (!next_word(&words, word, sizeof word))
        wrong(&words, "empty line");
    read_time(run, &words, word);
    if (!next_word(&words, word, sizeof word) || strcmp(word, "none") == 0)
        return false;
    start_segment(run, segment);
    own = is_client(word[0]) ? variant->client_base : variant->server_base;
    to = read_endpoint(variant, &words, word, &segment->src, &segment->sport);
    if (*to != '>' || *read_endpoint(variant, &words, to + 1, &segment->dst, &segment->dport))
        wrong(&words, "bad addresses");
    other = is_client(to[1]) ? variant->client_base : variant->server_base;
    if (!next_word(&words, word, sizeof word))
        wrong(&words, "flags missing");
    if (strcmp(word, "icmp") == 0) {
        read_icmp(run, &words, segment);
        return false;
    }
    segment->flags = read_flags(&words, word);
    segment->window = (segment->flags & RST_FLAG_RST) ? 0 : 64240;
    if (!next_word(&words, word, sizeof word))
        wrong(&words, "number missing");
    segment->seq = based(&words, word, own);
    while (next_word(&words, word, sizeof word)) {
        if (!read_mark(segment, word, rejected) && !read_field(&words, segment, word))
            read_word(&words, segment, word, own, other);
    }
    if (!(segment->known & RST_HAS_WINDOW))
        segment->window = variant->garbage;
    return true;
}
