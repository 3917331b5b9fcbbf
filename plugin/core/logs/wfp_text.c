/* wfp_text.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "logs/wfp_text.h"

#include <string.h>

#include <glib.h>

#define VALUES_MAX 40u

typedef struct sentence {
    const char *words, *number;
} sentence_t;

/* Of the first sentence, in English. The order matters: "blocked a packet" is part of the second. */
static const sentence_t sentences[] = {
    {"more restrictive Windows Filtering Platform filter has blocked", "5153"},
    {"Windows Filtering Platform has blocked a packet", "5152"},
    {"Windows Filtering Platform blocked a packet", "5152"},
    {"Windows Filtering Platform has blocked a connection", "5157"},
    {"Windows Filtering Platform has permitted a connection", "5156"},
    {"Windows Filtering Platform has allowed a connection", "5156"},
    {"Windows Filtering Platform has blocked a bind", "5159"},
    {"Windows Filtering Platform has permitted a bind", "5158"},
    {"Windows Filtering Platform has blocked an application or service from listening", "5155"},
    {"Windows Filtering Platform has permitted an application or service to listen", "5154"},
};

static const char *const labels[] = {
    "Date",           "Computer",           "ComputerName",        "Application Name",  "Direction",
    "Source Address", "Source Port",        "Destination Address", "Destination Port",  "Protocol",
    "Filter Origin",  "Filter Run-Time ID", "Layer Name",          "Layer Run-Time ID",
};

/* Blanks, and control characters as rsyslog writes them: #011, #012, #015. */
static size_t gap_at(const char *text)
{
    if (*text == ' ' || *text == '\t' || *text == '\r' || *text == '\n')
        return 1;
    return strncmp(text, "#01", 3) == 0 && text[3] && strchr("125", text[3]) ? 4 : 0;
}

static const char *after_gaps(const char *text)
{
    size_t gap;

    while ((gap = gap_at(text)))
        text += gap;
    return text;
}

/* A value ends at the end of its line, at two blanks, or at another label. Most are a word. */
static size_t value_length(const char *text, bool words)
{
    size_t length = 0;

    while (text[length] && text[length] != '"') {
        size_t gap = gap_at(text + length);

        if (gap > 1 || (gap && text[length] != ' '))
            break;
        if (gap && (!words || gap_at(text + length + 1) || g_str_has_prefix(text + length + 1, "Filter Run-Time") ||
                    g_str_has_prefix(text + length + 1, "Layer ") || g_str_has_prefix(text + length + 1, "Network ")))
            break;
        length++;
    }
    return length;
}

/* A label stands at the beginning, or after a gap. */
static const char *find_label(const char *text, const char *label)
{
    const char *at = text;

    while ((at = strstr(at, label))) {
        const char *colon = at + strlen(label) + strspn(at + strlen(label), " ");

        if (*colon == ':' && (at == text || gap_at(at - 1) || (at - text >= 4 && gap_at(at - 4) == 4)))
            return colon + 1;
        at += strlen(label);
    }
    return NULL;
}

static void take_labels(rst_wfp_event_t *event, rst_log_t *log, const char *text)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(labels); i++) {
        const char *found = find_label(text, labels[i]);
        bool words = strstr(labels[i], " Name") || strstr(labels[i], "Origin");
        const char *value;

        if (!found)
            continue;
        value = after_gaps(found);
        rst_wfp_set(event, log, (rst_piece_t){labels[i], strlen(labels[i])},
                    (rst_piece_t){value, value_length(value, words)});
    }
}

/* "Network Information: Direction: ...": a label follows at once. */
static bool is_heading(rst_piece_t value)
{
    return value.length && value.text[value.length - 1] == ':' && gap_at(value.text + value.length);
}

/* What stands after colons, in any language. */
static unsigned values_of(const char *text, rst_piece_t *values)
{
    static const char wide[] = "\xef\xbc\x9a"; /* the colon of Chinese and Japanese */
    unsigned count = 0;

    while (*text && count < VALUES_MAX) {
        size_t colon = *text == ':' ? 1 : strncmp(text, wide, 3) == 0 ? 3 : 0;

        if (!colon || !gap_at(text + colon)) {
            text++;
            continue;
        }
        text = after_gaps(text + colon);
        values[count] = (rst_piece_t){text, value_length(text, false)};
        if (is_heading(values[count]))
            continue;
        text += values[count++].length;
    }
    return count;
}

static bool is_address(rst_piece_t piece)
{
    rst_address_t address;

    return rst_read_address(piece, &address);
}

static bool is_number(rst_piece_t piece)
{
    uint64_t number;

    return rst_read_number(piece, &number);
}

static void set(rst_wfp_event_t *event, rst_log_t *log, const char *name, rst_piece_t value)
{
    rst_wfp_set(event, log, (rst_piece_t){name, strlen(name)}, value);
}

/* Address, port, address, port, protocol; the last two numbers after it are those of the filter and of the layer. */
static void take_order(rst_wfp_event_t *event, rst_log_t *log, const char *text)
{
    rst_piece_t values[VALUES_MAX], number[2] = {{NULL, 0}, {NULL, 0}};
    unsigned count = values_of(text, values), at = 0;

    while (at + 4 < count && !(is_address(values[at]) && is_number(values[at + 1]) && is_address(values[at + 2]) &&
                               is_number(values[at + 3]) && is_number(values[at + 4])))
        at++;
    if (at + 4 >= count)
        return;
    set(event, log, "SourceAddress", values[at]);
    set(event, log, "SourcePort", values[at + 1]);
    set(event, log, "DestAddress", values[at + 2]);
    set(event, log, "DestPort", values[at + 3]);
    set(event, log, "Protocol", values[at + 4]);
    for (unsigned i = at + 5; i < count; i++) {
        if (is_number(values[i])) {
            number[0] = number[1];
            number[1] = values[i];
        }
    }
    set(event, log, "FilterRTID", number[0]);
    set(event, log, "LayerRTID", number[1]);
}

/* A number of ours that stands alone: in brackets, quotes, or between separators. */
static rst_piece_t find_number(const char *text)
{
    for (const char *at = text; (at = strstr(at, "515")); at += 3) {
        if (at > text && strchr("\t,;\"(= :", at[-1]) && g_ascii_isdigit(at[3]) && strchr("\t,;\") :\r\n", at[4]))
            return (rst_piece_t){at, 4};
    }
    return (rst_piece_t){NULL, 0};
}

bool rst_wfp_begins_block(const char *text)
{
    const char *number = strstr(text, "Event ID:");

    number = number ? number + strlen("Event ID:") : strstr(text, "EventCode=") == text ? text + 10 : NULL;
    if (number && g_str_has_prefix(number + strspn(number, " \t"), "515"))
        return true;
    for (unsigned i = 0; i < G_N_ELEMENTS(sentences); i++) {
        if (strstr(text, sentences[i].words))
            return true;
    }
    return false;
}

/* "\tSource Port:\t\t50000", "Network Information:", "TaskCategory=..." */
bool rst_wfp_continues_block(const char *text)
{
    const char *at = text + strspn(text, " \t\r");

    if (!*at || rst_wfp_begins_block(text))
        return true;
    while (g_ascii_isalpha(*at) || *at == ' ' || *at == '-' || *at == '/')
        at++;
    return at > text && (*at == ':' || *at == '=') && (!at[1] || *at == '=' || g_ascii_isspace(at[1]));
}

void rst_wfp_read_text(rst_wfp_event_t *event, rst_log_t *log, const char *text, const char *around)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(sentences); i++) {
        if (strstr(text, sentences[i].words))
            set(event, log, "EventID", (rst_piece_t){sentences[i].number, 4});
    }
    if (!event->value[RST_WFP_ID].length)
        set(event, log, "EventID", find_number(text));
    if (!event->value[RST_WFP_ID].length && around)
        set(event, log, "EventID", find_number(around));
    if (!rst_wfp_id(event))
        return;
    take_labels(event, log, text);
    if (!event->value[RST_WFP_SOURCE].length)
        take_order(event, log, text);
}
