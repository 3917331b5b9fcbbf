/* read_windows_event.c
 * The Security log of Windows: events of the filtering platform (5152 to 5157) and of changes to its filters (5441,
 * 5447). Events are known by their numbers and their data by its names, because all other text is translated.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "base/moment.h"
#include "logs/log.h"
#include "logs/wfp_event.h"
#include "logs/wfp_text.h"

#define ICMP 1u
#define ICMPV6 58u
#define ZONE_UTC 0
#define QUARTERS_MAX 60                 /* of an hour, in zones from -15 to +15 hours */
#define DELIVERY_MAX (120 * RST_SECOND) /* from the event to its receipt */
#define BLOCK_LINES_MAX 60u

enum { PACKET_BLOCKED = 5152, CONNECTION_PERMITTED = 5156, CONNECTION_BLOCKED = 5157, AT_START = 5441, CHANGED = 5447 };

/* ConvertTo-Json writes "/Date(1600770624031)/". */
static bool read_time(rst_piece_t text, bool utc, rst_when_t *when)
{
    const char *at = text.text;

    if (!text.length)
        return false;
    if (g_str_has_prefix(at, "/Date("))
        at += strlen("/Date(");
    if (!rst_when_iso(at, when) && !rst_when_epoch(at, when))
        return false;
    if (utc && when->kind == RST_WHEN_LOCAL)
        rst_when_set_zone(when, ZONE_UTC);
    return true;
}

/* Snare and CSV have the event's own time in a column of the line. */
static bool read_column_time(const char *whole, char separator, rst_when_t *when)
{
    unsigned columns = MIN(rst_columns(whole, separator), 24u);

    for (unsigned i = 0; i < columns; i++) {
        rst_piece_t column = rst_column(whole, separator, i);

        if (column.length > 24 && column.length < 40 && column.text[3] == ' ' && column.text[7] == ' ')
            column.text += 4; /* a day of the week */
        if (column.length > 18 && (rst_when_iso(column.text, when) || rst_when_month(column.text, when)))
            return true;
    }
    return false;
}

/* A local time next to a time of receipt in UTC: the zone is what brings them together. */
static void find_zone(rst_when_t *when, const rst_when_t *receipt)
{
    if (when->kind != RST_WHEN_LOCAL || receipt->kind != RST_WHEN_UTC)
        return;
    for (int quarter = -QUARTERS_MAX; quarter <= QUARTERS_MAX; quarter++) {
        rst_when_t moved = *when;

        rst_when_set_zone(&moved, 900 * quarter);
        if (rst_time_apart(moved.ns, receipt->ns) <= DELIVERY_MAX) {
            *when = moved;
            return;
        }
    }
}

static void set_time(const rst_wfp_event_t *event, const rst_log_line_t *line, rst_when_t *when)
{
    bool found = read_time(event->value[RST_WFP_SYSTEM_TIME], true, when) ||
                 read_time(event->value[RST_WFP_LOCAL_TIME], false, when);

    if (!found && !line->json && *line->text != '<')
        found = read_column_time(line->whole, '\t', when) || read_column_time(line->whole, ',', when);
    if (found)
        find_zone(when, &line->when);
    else
        *when = line->when;
}

/* The data that tell something, as "name=value": the XML around them would take all the room. */
static const char *words_of(const rst_wfp_event_t *event, rst_log_t *log)
{
    static const char *const names[] = {
#define RST_WFP_DATUM(NAME, a, b, c, d) a,
        RST_WFP_DATA(RST_WFP_DATUM)
#undef RST_WFP_DATUM
    };
    GString *words = g_string_new(NULL);
    const char *text;

    for (unsigned i = 0; i < RST_WFP_MESSAGE; i++) {
        if (event->value[i].length && i != RST_WFP_SYSTEM_TIME && i != RST_WFP_LOCAL_TIME && i != RST_WFP_COMPUTER)
            g_string_append_printf(words, "%s%s=%s", words->len ? " " : "", names[i], event->value[i].text);
    }
    text = rst_log_string(log, (rst_piece_t){words->str, words->len});
    g_string_free(words, TRUE);
    return text;
}

/* %%14592 and %%14593 are not translated; in the text of a message they sometimes are not resolved. */
static bool is_outbound(const rst_wfp_event_t *event)
{
    return rst_piece_is(event->value[RST_WFP_DIRECTION], "%%14593") ||
           rst_piece_is(event->value[RST_WFP_DIRECTION], "Outbound");
}

static bool has_name(rst_piece_t origin)
{
    return origin.length && !rst_piece_is(origin, "-") && !rst_piece_is(origin, "Unknown") &&
           !rst_piece_is(origin, "None");
}

static void set_filter(const rst_wfp_event_t *event, rst_log_t *log, rst_record_t *record)
{
    const rst_filters_t *filters = rst_log_filters(log);
    bool doubtful = true;

    if (!rst_read_number(event->value[RST_WFP_FILTER], &record->filter))
        record->filter = 0;
    if (has_name(event->value[RST_WFP_ORIGIN]))
        record->rule = event->value[RST_WFP_ORIGIN].text;
    else if (filters && record->filter)
        record->rule = rst_filters_name(filters, record->filter, &record->when, &doubtful);
    if (record->meaning == RST_MEANING_DROPPED && record->dst.port && !is_outbound(event) &&
        rst_filter_is_silent_port(record->rule))
        record->meaning = RST_MEANING_NO_LISTENER;
}

/* Where ICMP has a type and a code, these are no ports. */
static bool read_ends(const rst_wfp_event_t *event, rst_record_t *record)
{
    const rst_piece_t *value = event->value;
    uint16_t port;
    bool ports;

    if (!rst_read_protocol(value[RST_WFP_PROTOCOL], &record->protocol))
        record->protocol = 0;
    if (!rst_read_address(value[RST_WFP_SOURCE], &record->src.address) ||
        !rst_read_address(value[RST_WFP_DEST], &record->dst.address))
        return false;
    ports = record->protocol != ICMP && record->protocol != ICMPV6;
    if (ports && rst_read_port(value[RST_WFP_SOURCE_PORT], &port))
        record->src.port = port;
    if (ports && rst_read_port(value[RST_WFP_DEST_PORT], &port))
        record->dst.port = port;
    return true;
}

/* 5152 has the sender first. 5156 and 5157 have the initiator first in recent versions, and this host in the versions
 * that Microsoft's page describes: only outbound, where both are the same, that tells who began. */
static rst_read_t read_traffic(const rst_wfp_event_t *event, rst_log_t *log, const rst_log_line_t *line, unsigned id)
{
    rst_record_t record = {.acted = id != CONNECTION_PERMITTED, .packet = id == PACKET_BLOCKED};

    if (rst_is_absurd_port(event->value[RST_WFP_SOURCE_PORT]) || rst_is_absurd_port(event->value[RST_WFP_DEST_PORT]))
        return RST_READ_BROKEN;
    if (!read_ends(event, &record))
        return RST_READ_YES;
    record.meaning = id == CONNECTION_PERMITTED ? RST_MEANING_ALLOWED : RST_MEANING_DROPPED;
    record.oriented = id != PACKET_BLOCKED && is_outbound(event);
    set_time(event, line, &record.when);
    set_filter(event, log, &record);
    if (event->value[RST_WFP_COMPUTER].length)
        record.device = event->value[RST_WFP_COMPUTER].text;
    record.text = words_of(event, log);
    rst_log_emit(log, line, &record);
    return RST_READ_YES;
}

static rst_read_t read_change(const rst_wfp_event_t *event, rst_log_t *log, const rst_log_line_t *line)
{
    rst_filters_t *filters = rst_log_filters(log);
    rst_piece_t change = event->value[RST_WFP_CHANGE];
    bool deleted = rst_piece_is(change, "%%16385") || rst_piece_is(change, "Delete");
    rst_when_t when = {0};
    uint64_t id;

    if (!rst_read_number(event->value[RST_WFP_FILTER_ID], &id))
        return RST_READ_BROKEN;
    set_time(event, line, &when);
    if (!filters)
        return RST_READ_YES;
    when.loose = deleted; /* until then it had that name */
    rst_filters_add(filters, id, event->value[RST_WFP_FILTER_NAME].text, &when);
    when.loose = false;
    if (deleted)
        rst_filters_drop(filters, id, &when);
    return RST_READ_YES;
}

static bool has_data_names(const char *text)
{
    for (; (text = strpbrk(text, "RrFf")); text++) {
        if (g_ascii_strncasecmp(text, "RTID", 4) == 0 || g_ascii_strncasecmp(text, "FilterId", 8) == 0 ||
            g_ascii_strncasecmp(text, "filter_rtid", 11) == 0)
            return true;
    }
    return false;
}

static bool has_message(const char *text)
{
    return strstr(text, "Filtering Platform") || strstr(text, "Security-Auditing");
}

static bool has_words(const char *text)
{
    return has_data_names(text) || has_message(text);
}

/* RST_READ_NO: nothing of ours; YES: event is filled. */
static rst_read_t read_event(rst_wfp_event_t *event, rst_log_t *log, const rst_log_line_t *line)
{
    const char *xml = line->text;

    if (*xml == '-')
        xml += 1 + strspn(xml + 1, " ");
    if (g_str_has_prefix(xml, "<Event")) {
        if (!has_data_names(xml))
            return RST_READ_NO;
        if (!rst_wfp_read_xml(event, log, (rst_piece_t){xml, strlen(xml)}) || event->foreign)
            return RST_READ_BROKEN;
        return RST_READ_YES;
    }
    if (line->json && (has_words(line->whole) || has_words(line->text)))
        rst_wfp_read_json(event, log, line->json);
    if (line->json && event->value[RST_WFP_MESSAGE].length && !event->value[RST_WFP_SOURCE].length)
        rst_wfp_read_text(event, log, event->value[RST_WFP_MESSAGE].text, NULL);
    if (!rst_wfp_id(event) && (has_message(line->text) || has_message(line->whole)))
        rst_wfp_read_text(event, log, line->text, line->whole);
    return RST_READ_YES;
}

static rst_read_t take_event(const rst_wfp_event_t *event, rst_log_t *log, const rst_log_line_t *line)
{
    unsigned id = rst_wfp_id(event);

    switch (id) {
    case 0:
        return RST_READ_NO;
    case PACKET_BLOCKED:
    case CONNECTION_PERMITTED:
    case CONNECTION_BLOCKED:
        return event->value[RST_WFP_SOURCE].length ? read_traffic(event, log, line, id) : RST_READ_NO;
    case AT_START:
    case CHANGED:
        return read_change(event, log, line);
    default: /* one end or none: nothing that could be joined */
        return RST_READ_YES;
    }
}

/* A block that programs write line by line. */
typedef struct block {
    GString *text;
    uint32_t number; /* of its first line */
    unsigned lines;
} block_t;

static void clear_block(void *state)
{
    block_t *block = state;

    if (block->text)
        g_string_free(block->text, TRUE);
}

static void begin_block(block_t *block, const rst_log_line_t *line)
{
    if (!block->text)
        block->text = g_string_new(NULL);
    g_string_truncate(block->text, 0);
    block->number = line->number;
    block->lines = 0;
}

/* What wevtutil and the viewer write above the first sentence belongs to its block; a second sentence does not. */
static bool begins_block(const block_t *block, const char *text)
{
    if (g_str_has_prefix(text, "Event[") || g_str_has_prefix(text, "Log Name:"))
        return true;
    return rst_wfp_begins_block(text) && (!block->number || strstr(block->text->str, "Platform has"));
}

/* Its last line is the one with the number of the layer. */
static rst_read_t read_block(rst_log_t *log, const rst_log_line_t *line)
{
    block_t *block = rst_log_state(log, RST_READER_ID_windows_event, sizeof *block, clear_block);
    rst_wfp_event_t event = {.foreign = false};
    rst_log_line_t first = *line;
    bool begins = begins_block(block, line->text);

    if (begins)
        begin_block(block, line);
    if (!block->number)
        return RST_READ_NO;
    if ((!begins && !rst_wfp_continues_block(line->text)) || ++block->lines > BLOCK_LINES_MAX) {
        block->number = 0;
        return RST_READ_NO;
    }
    g_string_append_len(block->text, line->text, (gssize)line->length);
    g_string_append_c(block->text, '\n');
    if (!strstr(line->text, "Layer Run-Time ID"))
        return RST_READ_YES;
    first.number = block->number;
    first.text = first.whole = block->text->str;
    first.length = block->text->len;
    block->number = 0;
    rst_wfp_read_text(&event, log, first.text, NULL);
    take_event(&event, log, &first);
    return RST_READ_YES;
}

rst_read_t rst_read_windows_event(rst_log_t *log, const rst_log_line_t *line)
{
    rst_wfp_event_t event = {.foreign = false};
    rst_read_t answer = read_event(&event, log, line);

    if (answer == RST_READ_YES)
        answer = take_event(&event, log, line);
    return answer == RST_READ_NO && !line->json ? read_block(log, line) : answer;
}
