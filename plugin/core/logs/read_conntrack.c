/* read_conntrack.c
 * Events of Linux' connection tracking, as `conntrack -E` prints them. The first group of addresses is the original
 * direction; the second is what the reply looks like, which is its mirror unless addresses are translated.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "base/moment.h"
#include "logs/log.h"
#include "logs/words.h"

typedef struct group {
    rst_log_end_t src, dst;
} group_t;

static const char *after_blanks(const char *text)
{
    return text + strspn(text, " \t");
}

static rst_piece_t word_at(const char *text)
{
    return (rst_piece_t){text, strcspn(text, " \t")};
}

/* "[NEW]" and the like, with blanks before it so that they are aligned. */
static const char *after_event(const char *text, char *event)
{
    static const char *const events[] = {"[NEW]", "[UPDATE]", "[DESTROY]"};

    text = after_blanks(text);
    for (unsigned i = 0; i < G_N_ELEMENTS(events); i++) {
        if (g_str_has_prefix(text, events[i])) {
            *event = events[i][1];
            return after_blanks(text + strlen(events[i]));
        }
    }
    return NULL;
}

static bool read_group(const char *text, group_t *group, bool *absurd)
{
    rst_piece_t sport = rst_value_of(text, "sport", '='), dport = rst_value_of(text, "dport", '=');

    *absurd |= rst_is_absurd_port(sport) || rst_is_absurd_port(dport);
    return rst_read_address(rst_value_of(text, "src", '='), &group->src.address) &&
           rst_read_address(rst_value_of(text, "dst", '='), &group->dst.address) &&
           (!sport.length || rst_read_port(sport, &group->src.port)) &&
           (!dport.length || rst_read_port(dport, &group->dst.port));
}

static bool same(const rst_log_end_t *a, const rst_log_end_t *b)
{
    return a->port == b->port && rst_address_equal(&a->address, &b->address);
}

/* CLOSE means that a reset passed, but not whose; an entry that goes does not say why. */
static rst_meaning_t meaning_of(char event, rst_piece_t state)
{
    if (event == 'N')
        return RST_MEANING_OPENED;
    return rst_piece_is(state, "TIME_WAIT") ? RST_MEANING_CLOSED : RST_MEANING_OTHER;
}

/* text begins at the protocol, "tcp 6 120 SYN_SENT src=": the state, which may be missing, as may the seconds. */
static bool read_head(const char *text, rst_record_t *record, rst_piece_t *state)
{
    rst_piece_t word = word_at(text), number;
    uint8_t named, numbered;

    if (rst_piece_is(word, "ipv4") || rst_piece_is(word, "ipv6")) { /* -o extended */
        text = after_blanks(text + word.length);
        text = after_blanks(text + word_at(text).length);
        word = word_at(text);
    }
    text = after_blanks(text + word.length);
    number = word_at(text);
    if (!rst_read_protocol(number, &numbered))
        return false;
    if (rst_read_protocol(word, &named) && named != numbered && !rst_piece_is(word, "unknown"))
        return false;
    record->protocol = numbered;
    text = after_blanks(text + number.length);
    text = after_blanks(text + strspn(text, "0123456789"));
    if (g_ascii_isupper(*text))
        *state = word_at(text);
    return true;
}

static void read_translation(const group_t *reply, rst_record_t *record)
{
    if (!same(&reply->dst, &record->src))
        record->nat_src = reply->dst;
    if (!same(&reply->src, &record->dst))
        record->nat_dst = reply->src;
}

rst_read_t rst_read_conntrack(rst_log_t *log, const rst_log_line_t *line)
{
    char event = 0;
    const char *text = after_event(line->text, &event), *second, *lasted;
    rst_record_t record = {.oriented = true};
    rst_piece_t state = {"", 0};
    group_t original = {0}, reply = {0};
    bool good, absurd = false;
    char *first;

    if (!text || !strstr(text, "src=") || !strstr(text, "dst="))
        return RST_READ_NO;
    second = strstr(strstr(text, "src=") + 4, "src=");
    first = second ? g_strndup(text, (size_t)(second - text)) : g_strdup(text);
    good = read_head(text, &record, &state) && read_group(first, &original, &absurd);
    g_free(first);
    if (!good || absurd || (second && !read_group(second, &reply, &absurd)))
        return RST_READ_BROKEN;
    record.src = original.src;
    record.dst = original.dst;
    if (second)
        read_translation(&reply, &record);
    record.meaning = meaning_of(event, state);
    lasted = rst_log_string(log, rst_value_of(text, "delta-time", '='));
    record.duration = lasted ? rst_when_duration(lasted) : 0;
    record.session = rst_log_string(log, rst_value_of(text, "id", '='));
    rst_log_emit(log, line, &record);
    return RST_READ_YES;
}
