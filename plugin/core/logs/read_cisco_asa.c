/* read_cisco_asa.c
 * Cisco ASA, FTD, PIX and NGIPS: "%ASA-6-302013: Built outbound TCP connection ...".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "logs/cisco_built.h"
#include "logs/cisco_event.h"
#include "logs/cisco_messages.h"
#include "logs/firewall.h"

#define MARK_WITHIN 4096 /* bytes of a line in which the message's mark is looked for */

typedef struct reading {
    rst_log_t *log;
    const rst_log_line_t *line;
    rst_cisco_built_t *built;
    const char *body; /* the message's text */
    rst_record_t record;
} reading_t;

/* After the name of the product: "-6-302013: ", "-session-5-106100: ", "<Up>-4-313005: ", "--6-852002: ". Returns the
 * text after it. */
static const char *read_mark(const char *at, uint32_t *id)
{
    *id = 0;
    if (*at == '<')
        at += strcspn(at, "> ");
    at += *at == '>';
    if (*at != '-')
        return NULL;
    at += strspn(at, "-");
    if (g_ascii_isalpha(*at)) {
        while (g_ascii_isalnum(*at) || *at == '_')
            at++;
        if (*at++ != '-')
            return NULL;
    }
    if (*at < '0' || *at > '7' || at[1] != '-')
        return NULL;
    at += 2;
    for (unsigned i = 0; i < 6; i++, at++) {
        if (!g_ascii_isdigit(*at))
            return NULL;
        *id = *id * 10 + (uint32_t)(*at - '0');
    }
    if (g_ascii_isdigit(*at))
        return NULL;
    at += *at == ':';
    return at + strspn(at, " ");
}

static const char *find_mark(const char *text, uint32_t *id, const char **front)
{
    static const char *const products[] = {"ASA", "FTD", "PIX", "NGIPS", "FWSM"};

    for (unsigned i = 0; i < G_N_ELEMENTS(products); i++) {
        const char *at = text;

        while ((at = g_strstr_len(at, MARK_WITHIN, products[i])) && at < text + MARK_WITHIN) {
            const char *body = NULL;

            if (at == text || strchr("% :>", at[-1]))
                body = read_mark(at + strlen(products[i]), id);
            if (body) {
                *front = at > text && at[-1] == '%' ? at - 1 : at;
                return body;
            }
            at++;
        }
    }
    return NULL;
}

/* The protocol's name among the words before the ends, or its number after the word "protocol". */
static uint8_t protocol_before(const char *body, const char *end)
{
    uint8_t protocol = 0;
    bool number_follows = false;

    for (rst_piece_t word = rst_next_word(body); word.length && word.text < end;
         word = rst_next_word(word.text + word.length)) {
        uint8_t read;

        if ((number_follows || g_ascii_isalpha(*word.text)) && rst_read_protocol(word, &read) && read)
            protocol = read;
        number_follows = rst_piece_is(word, "protocol");
    }
    return protocol;
}

static rst_read_t broken_or_yes(const rst_cisco_end_t ends[2])
{
    bool broken = ends[0].side == RST_SIDE_BROKEN || ends[1].side == RST_SIDE_BROKEN;

    return broken ? RST_READ_BROKEN : RST_READ_YES;
}

static bool both_told(const rst_cisco_end_t ends[2])
{
    return ends[0].side == RST_SIDE_TOLD && ends[1].side == RST_SIDE_TOLD;
}

static void set_ends(rst_record_t *record, const rst_cisco_end_t *src, const rst_cisco_end_t *dst)
{
    record->src = src->real;
    record->dst = dst->real;
    record->nat_src = rst_translated(&src->real, &src->mapped);
    record->nat_dst = rst_translated(&dst->real, &dst->mapped);
}

/* "flags FIN PSH ACK  on interface outside": a SYN alone comes from whoever begins. */
static void read_flags(rst_record_t *record, const char *rest)
{
    enum { SYN = 2, ACK = 16 };

    const char *flags = strstr(rest, " flags ");
    const char *end = flags ? strstr(flags, " on interface") : NULL;

    if (!end)
        return;
    flags += strlen(" flags ");
    if (end <= flags ||
        !rst_read_flags(rst_piece_trim((rst_piece_t){flags, (size_t)(end - flags)}), &record->keys.flags))
        return;
    record->keys.known |= RST_KEY_FLAGS;
    if ((record->keys.flags & (SYN | ACK)) == SYN)
        record->oriented = true;
}

/* by access-group "outside_in" */
static void read_group(reading_t *reading, const char *rest)
{
    const char *group = strstr(rest, "by access-group \"");

    if (!group)
        return;
    group += strlen("by access-group \"");
    reading->record.rule = rst_told(reading->log, (rst_piece_t){group, strcspn(group, "\"")});
}

static void read_number(reading_t *reading, uint64_t *number)
{
    const char *at = strstr(reading->body, " connection ");
    rst_piece_t word;

    *number = 0;
    if (!at)
        return;
    word = rst_next_word(at + strlen(" connection "));
    if (rst_read_number(word, number))
        reading->record.session = rst_told(reading->log, word);
}

static rst_read_t read_ends(reading_t *reading, const rst_cisco_message_t *message)
{
    rst_record_t *record = &reading->record;
    rst_cisco_end_t ends[2];
    const char *rest = rst_cisco_pair(reading->body, message->words, message->form, ends);

    if (!rest)
        return RST_READ_YES;
    if (!both_told(ends))
        return broken_or_yes(ends);
    record->meaning = message->meaning;
    record->cause = message->cause;
    record->oriented = message->traits & RST_CISCO_BEGAN;
    record->acted = message->traits & RST_CISCO_ACTED;
    record->packet = message->traits & RST_CISCO_PACKET;
    record->no_state = message->traits & RST_CISCO_NO_STATE;
    record->protocol = protocol_before(reading->body, rst_cisco_front(reading->body, message->words));
    set_ends(record, &ends[0], &ends[1]);
    read_flags(record, rest);
    read_group(reading, rest);
    if (message->id == 338000 && strstr(reading->body, " dropped ")) {
        record->meaning = RST_MEANING_DROPPED;
        record->acted = true;
    }
    if ((message->id == 507003 || message->id == 108004) && strstr(reading->body, "eset")) {
        record->meaning = RST_MEANING_CAUSE;
        record->cause = RST_CAUSE_POLICY_RESET;
    }
    return rst_emit_pair(reading->log, reading->line, record);
}

static rst_read_t read_built(reading_t *reading, const rst_cisco_message_t *message)
{
    rst_record_t *record = &reading->record;
    rst_cisco_end_t ends[2];
    bool second_began = strstr(reading->body, " outbound ") != NULL;
    uint64_t number;

    if (!rst_cisco_pair(reading->body, message->words, message->form, ends))
        return RST_READ_YES;
    if (!both_told(ends))
        return broken_or_yes(ends);
    read_number(reading, &number);
    rst_cisco_remember(reading->built, number, ends, second_began);
    record->meaning = RST_MEANING_OPENED;
    record->oriented = true;
    record->protocol = protocol_before(reading->body, rst_cisco_front(reading->body, message->words));
    set_ends(record, &ends[second_began], &ends[!second_began]);
    return rst_emit_pair(reading->log, reading->line, record);
}

/* " duration 0:01:07 bytes 38110 TCP Reset-O from outside (user)" */
static rst_piece_t reason_of(rst_record_t *record, const char *rest)
{
    const char *duration = strstr(rest, "duration ");
    const char *bytes = duration ? strstr(duration, " bytes ") : NULL;
    rst_piece_t reason = {"", 0};

    if (duration)
        record->duration = rst_read_span(rst_next_word(duration + strlen("duration ")));
    if (!bytes)
        return reason;
    reason = rst_next_word(bytes + strlen(" bytes "));
    reason.text += reason.length;
    reason.text += strspn(reason.text, " ");
    reason.length = strcspn(reason.text, "(");
    return rst_piece_trim(reason);
}

/* Which of the two ends sent the reset: by the interface, if the message names one of them, else by the level of
 * security, which says nothing about two ends at the same interface. 2 = cannot be told. */
static unsigned sender_of(rst_piece_t reason, bool higher, const rst_cisco_end_t ends[2])
{
    const char *from = g_strstr_len(reason.text, (gssize)reason.length, " from ");
    bool same = ends[0].interface.length == ends[1].interface.length && ends[0].interface.length &&
                !memcmp(ends[0].interface.text, ends[1].interface.text, ends[0].interface.length);

    if (same)
        return 2;
    if (from) {
        rst_piece_t name = rst_next_word(from + strlen(" from "));

        for (unsigned i = 0; i < 2; i++) {
            if (name.length == ends[i].interface.length && !memcmp(name.text, ends[i].interface.text, name.length))
                return i;
        }
    }
    return higher;
}

static void mean_reason(rst_record_t *record, const char *rest, const rst_cisco_end_t ends[2], bool swapped)
{
    rst_piece_t reason = reason_of(record, rest);
    bool higher;
    unsigned sender;

    record->meaning = RST_MEANING_OTHER;
    if (!rst_cisco_reason(reason, record, &higher))
        return;
    sender = sender_of(reason, higher, ends);
    if (sender < 2)
        record->meaning = (sender == 1) == swapped ? RST_MEANING_RESET_BY_SRC : RST_MEANING_RESET_BY_DST;
}

static rst_read_t read_teardown(reading_t *reading, const rst_cisco_message_t *message)
{
    rst_record_t *record = &reading->record;
    const rst_cisco_known_t *known;
    rst_cisco_end_t ends[2];
    const char *rest = rst_cisco_pair(reading->body, message->words, message->form, ends);
    bool swapped = false;
    uint64_t number;

    if (!rest)
        return RST_READ_YES;
    if (!both_told(ends))
        return broken_or_yes(ends);
    read_number(reading, &number);
    known = rst_cisco_recall(reading->built, number, ends);
    if (known) {
        ends[0].mapped = known->mapped[0];
        ends[1].mapped = known->mapped[1];
        swapped = known->second_began;
    }
    record->oriented = known || message->traits & RST_CISCO_BEGAN;
    record->protocol = protocol_before(reading->body, rst_cisco_front(reading->body, message->words));
    mean_reason(record, rest, ends, swapped);
    set_ends(record, &ends[swapped], &ends[!swapped]);
    return rst_emit_pair(reading->log, reading->line, record);
}

static rst_read_t read_translation(reading_t *reading, const rst_cisco_message_t *message)
{
    rst_record_t *record = &reading->record;
    rst_cisco_end_t ends[2];

    if (!rst_cisco_pair(reading->body, message->words, message->form, ends))
        return RST_READ_YES;
    if (!both_told(ends))
        return broken_or_yes(ends);
    record->meaning = RST_MEANING_OTHER;
    record->translation = true;
    record->over = rst_cisco_front(reading->body, message->words) && strstr(reading->body, "Teardown");
    record->protocol = protocol_before(reading->body, rst_cisco_front(reading->body, message->words));
    record->src = ends[0].real;
    record->nat_src = ends[1].real;
    if (record->over)
        (void)reason_of(record, reading->body);
    return rst_emit_pair(reading->log, reading->line, record);
}

/* After the verdict come the protocol and perhaps the user: "permitted tcp for user 'a b' inside/10.0.0.1(80) -> ..."
 */
static const char *pass_user(const char *at)
{
    if (!g_str_has_prefix(at, "for user "))
        return at;
    at += strlen("for user ");
    if (*at == '\'') {
        const char *quote = strchr(at + 1, '\'');

        return quote ? quote + 1 : at;
    }
    return at + strcspn(at, " ");
}

/* "est-allowed": denied by the list, let through because the connection exists. */
static rst_read_t read_access_list(reading_t *reading)
{
    static const struct {
        const char *word;
        rst_meaning_t meaning;
    } verdicts[] = {{" permitted ", RST_MEANING_ALLOWED},
                    {" est-allowed ", RST_MEANING_ALLOWED},
                    {" denied ", RST_MEANING_DROPPED}};
    rst_record_t *record = &reading->record;
    rst_cisco_end_t ends[2];
    const char *at = NULL;

    for (unsigned i = 0; i < G_N_ELEMENTS(verdicts) && !at; i++) {
        at = strstr(reading->body, verdicts[i].word);
        if (at) {
            record->meaning = verdicts[i].meaning;
            at += strlen(verdicts[i].word);
        }
    }
    if (!at)
        return RST_READ_YES;
    (void)rst_read_protocol(rst_next_word(at), &record->protocol);
    at += strcspn(at, " ");
    at = rst_cisco_end(pass_user(at + strspn(at, " ")), RST_CISCO_LIST, &ends[0]);
    at = strstr(at, "-> ");
    if (!at)
        return RST_READ_YES;
    at = rst_cisco_end(at + strlen("-> "), RST_CISCO_LIST, &ends[1]);
    if (!both_told(ends))
        return broken_or_yes(ends);
    set_ends(record, &ends[0], &ends[1]);
    record->packet = true;
    record->acted = record->meaning == RST_MEANING_DROPPED;
    record->when.loose = strstr(at, "-second interval") != NULL;
    if (g_str_has_prefix(reading->body, "access-list "))
        record->rule = rst_told(reading->log, rst_next_word(reading->body + strlen("access-list ")));
    return rst_emit_pair(reading->log, reading->line, record);
}

static rst_read_t read_icmp(reading_t *reading)
{
    rst_record_t *record = &reading->record;
    bool outbound = strstr(reading->body, " outbound ") != NULL;
    rst_cisco_end_t faddr, gaddr, laddr;
    const char *at = strstr(reading->body, " faddr ");
    const char *global = at ? strstr(at, " gaddr ") : NULL;
    const char *local = global ? strstr(global, " laddr ") : NULL;

    if (!local)
        return RST_READ_YES;
    rst_cisco_end(at + strlen(" faddr "), RST_CISCO_PLAIN, &faddr);
    rst_cisco_end(global + strlen(" gaddr "), RST_CISCO_PLAIN, &gaddr);
    rst_cisco_end(local + strlen(" laddr "), RST_CISCO_PLAIN, &laddr);
    if (faddr.side != RST_SIDE_TOLD || laddr.side != RST_SIDE_TOLD)
        return RST_READ_YES;
    faddr.real.port = gaddr.real.port = laddr.real.port = 0;
    memset(&faddr.mapped, 0, sizeof faddr.mapped);
    laddr.mapped = gaddr.real;
    record->protocol = RST_PROTOCOL_ICMP;
    record->oriented = strstr(reading->body, "Built ") != NULL;
    record->meaning = record->oriented ? RST_MEANING_OPENED : RST_MEANING_OTHER;
    set_ends(record, outbound ? &laddr : &faddr, outbound ? &faddr : &laddr);
    return rst_emit_pair(reading->log, reading->line, record);
}

static rst_read_t read_inner(reading_t *reading)
{
    rst_record_t *record = &reading->record;
    const char *inner = strstr(reading->body, "Original IP payload: ");
    rst_cisco_end_t ends[2];

    if (!inner)
        return RST_READ_YES;
    inner += strlen("Original IP payload: ");
    if (!rst_cisco_pair(inner, RST_CISCO_SRC, RST_CISCO_PLAIN, ends))
        return RST_READ_YES;
    if (!both_told(ends))
        return broken_or_yes(ends);
    record->meaning = RST_MEANING_OTHER;
    record->inner = true;
    record->no_state = true;
    record->protocol = protocol_before(inner, rst_cisco_front(inner, RST_CISCO_SRC));
    set_ends(record, &ends[0], &ends[1]);
    return rst_emit_pair(reading->log, reading->line, record);
}

/* Other messages of the device may name two ends with ports: no more than a mention. */
static rst_read_t read_other(reading_t *reading)
{
    rst_cisco_end_t ends[2];

    for (rst_cisco_words_t words = 0; words < RST_CISCO_WORDS; words++) {
        if (!rst_cisco_pair(reading->body, words, RST_CISCO_PLAIN, ends) || !both_told(ends) || !ends[0].real.port ||
            !ends[1].real.port)
            continue;
        reading->record.meaning = RST_MEANING_MENTION;
        reading->record.protocol = protocol_before(reading->body, rst_cisco_front(reading->body, words));
        set_ends(&reading->record, &ends[0], &ends[1]);
        return rst_emit_pair(reading->log, reading->line, &reading->record);
    }
    return RST_READ_YES;
}

static rst_read_t read_event(reading_t *reading)
{
    rst_record_t *record = &reading->record;
    rst_when_t header = record->when;
    rst_read_t read = rst_cisco_event(reading->log, reading->body, record);

    if (header.kind == RST_WHEN_UTC)
        record->when = header;
    if (read == RST_READ_YES)
        return rst_emit_pair(reading->log, reading->line, record);
    return read == RST_READ_NO ? RST_READ_YES : read;
}

static rst_read_t read_message(reading_t *reading, const rst_cisco_message_t *message)
{
    switch (message->kind) {
    case RST_CISCO_BUILT:
        return read_built(reading, message);
    case RST_CISCO_TEARDOWN:
        return read_teardown(reading, message);
    case RST_CISCO_TRANSLATION:
        return read_translation(reading, message);
    case RST_CISCO_ACCESS_LIST:
        return read_access_list(reading);
    case RST_CISCO_ICMP:
        return read_icmp(reading);
    case RST_CISCO_INNER:
        return read_inner(reading);
    case RST_CISCO_EVENT:
        return read_event(reading);
    case RST_CISCO_ENDS:
        break;
    }
    return read_ends(reading, message);
}

rst_read_t rst_read_cisco_asa(rst_log_t *log, const rst_log_line_t *line)
{
    reading_t reading = {.log = log, .line = line};
    const rst_cisco_message_t *message;
    const char *front = line->text;
    uint32_t id;

    reading.body = find_mark(line->text, &id, &front);
    message = reading.body ? rst_cisco_message(id) : NULL;
    if (!message)
        message = rst_cisco_phrase(reading.body ? reading.body : line->text);
    if (!reading.body && !message)
        return RST_READ_NO;
    if (!reading.body)
        reading.body = line->text;
    reading.built = rst_log_state(log, RST_READER_ID_cisco_asa, sizeof *reading.built, NULL);
    reading.record.when = line->when;
    rst_when_before(line->text, front, &reading.record.when);
    return message ? read_message(&reading, message) : read_other(&reading);
}
