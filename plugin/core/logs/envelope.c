/* envelope.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "logs/envelope.h"

#include <string.h>

#include "logs/peel_header.h"
#include "logs/peel_json.h"

#define COLUMN_MIN 20u /* bytes: a shorter quoted column holds no line */
#define LINES_MAX 1000u

static rst_layer_t *top(rst_envelope_t *envelope)
{
    return &envelope->layer[envelope->layers - 1];
}

static void set_text(rst_layer_t *layer, const char *text)
{
    layer->line.text = text;
    layer->line.length = strlen(text);
}

/* A further layer, the same as the one around it so far. */
static rst_layer_t *push(rst_envelope_t *envelope)
{
    const rst_layer_t *outer = top(envelope);
    rst_layer_t *inner = &envelope->layer[envelope->layers++];

    inner->line = outer->line;
    inner->priority = outer->priority;
    inner->timed = outer->timed;
    g_strlcpy(inner->host, outer->host, sizeof inner->host);
    g_strlcpy(inner->tag, outer->tag, sizeof inner->tag);
    inner->line.host = inner->host;
    inner->line.tag = inner->tag;
    return inner;
}

/* The same with another text, which was inside. */
static rst_layer_t *push_text(rst_envelope_t *envelope, const char *text)
{
    rst_layer_t *inner = push(envelope);

    inner->priority = inner->timed = false;
    set_text(inner, text);
    return inner;
}

static const char *keep(rst_envelope_t *envelope, char *text)
{
    g_ptr_array_add(envelope->texts, text);
    return text;
}

static bool peel_json(rst_envelope_t *envelope)
{
    rst_layer_t *layer = top(envelope);
    const char *text = layer->line.text + strspn(layer->line.text, " \t"), *inner;
    rst_json_t *json;

    if (*text != '{' && (*text != '[' || !strchr("{[\"", text[1])))
        return false;
    json = rst_json_read(text, strlen(text));
    if (json) {
        g_ptr_array_add(envelope->jsons, json);
        layer->line.json = json;
        inner = rst_peel_json(layer, json, envelope->texts);
        if (!inner && !envelope->more->len) {
            rst_peel_json_events(json, envelope->more);
            envelope->base = envelope->layers;
        }
    } else {
        inner = rst_peel_broken_json(text, envelope->texts);
    }
    if (!inner)
        return false;
    push_text(envelope, inner);
    return true;
}

static void take_field(rst_layer_t *layer, const char *name, const char *value)
{
    if (strcmp(name, "MESSAGE") == 0) {
        set_text(layer, value);
    } else if (strcmp(name, "_HOSTNAME") == 0) {
        g_strlcpy(layer->host, value, sizeof layer->host);
    } else if (strcmp(name, "SYSLOG_IDENTIFIER") == 0) {
        g_strlcpy(layer->tag, value, sizeof layer->tag);
    } else if (strcmp(name, "_SOURCE_REALTIME_TIMESTAMP") == 0) {
        rst_when_epoch(value, &layer->line.when);
    } else if (strcmp(name, "__REALTIME_TIMESTAMP") == 0 && layer->line.when.kind == RST_WHEN_NONE) {
        rst_when_epoch(value, &layer->line.when);
    }
}

/* A block of the journal's export format, one field in each line. */
static bool peel_journal(rst_envelope_t *envelope)
{
    const char *text = top(envelope)->line.text;
    rst_layer_t *layer;
    char *field;

    if (!g_str_has_prefix(text, "__CURSOR=") && !g_str_has_prefix(text, "__REALTIME_TIMESTAMP="))
        return false;
    field = g_strdup(text);
    keep(envelope, field);
    layer = push(envelope);
    while (field) {
        char *newline = strchr(field, '\n'), *value;

        if (newline)
            *newline = 0;
        value = strchr(field, '=');
        if (value) {
            *value = 0;
            take_field(layer, field, value + 1);
        }
        field = newline ? newline + 1 : NULL;
    }
    return layer->line.text != text;
}

/* Quotes that are doubled because they stand in quotes. */
static void halve_quotes(char *text, char quote)
{
    char *to = text;

    for (const char *from = text; *from; from++) {
        *to++ = *from;
        from += from[0] == quote && from[1] == quote;
    }
    *to = 0;
}

/* "- text", "message: text", in quotes or not: items of YAML, lines out of JSON that is written in lines. */
static bool peel_item(rst_envelope_t *envelope)
{
    const char *text = top(envelope)->line.text, *at = text + strspn(text, " \t"), *end;
    size_t name;

    if (at[0] == '-' && at[1] == ' ' && !strchr("-<", at[2]))
        at += 2;
    name = strcspn(at, ": ");
    if (at[name] == ':' && at[name + 1] == ' ') {
        size_t bare = *at == '"' || *at == '\'';

        if (name > 2 * bare && rst_is_line_name(at + bare, name - 2 * bare))
            at += name + 2;
    }
    end = at + strlen(at);
    while (end > at && strchr(" \t,", end[-1]))
        end--;
    if (end > at + 1 && (*at == '"' || *at == '\'') && end[-1] == *at) {
        char *inner = g_strndup(at + 1, (size_t)(end - at) - 2);

        keep(envelope, inner);
        if (*at == '\'')
            halve_quotes(inner, '\'');
        if (*at == '\'' || !strpbrk(inner, "\"\\"))
            at = inner;
        else
            at = rst_peel_broken_json(keep(envelope, g_strdup_printf("\"line\":\"%s\"", inner)), envelope->texts);
    }
    if (!at || at == text || !*at)
        return false;
    push_text(envelope, at);
    return true;
}

static bool peel_header(rst_envelope_t *envelope)
{
    const char *before = top(envelope)->line.text;
    rst_layer_t *layer = push(envelope);

    if (rst_peel_header(layer) && layer->line.text != before)
        return true;
    envelope->layers--;
    return false;
}

/* "#011" and "#012": what rsyslog makes of tabs and newlines; and newlines at the end. */
static void unescape(rst_envelope_t *envelope)
{
    rst_log_line_t *line = &top(envelope)->line;
    bool escaped = strstr(line->text, "#01") != NULL;
    GString *text;

    if (!escaped && (!line->length || line->text[line->length - 1] != '\n'))
        return;
    text = g_string_sized_new(line->length);
    for (const char *at = line->text; *at; at++) {
        if (strncmp(at, "#011", 4) == 0 || strncmp(at, "#012", 4) == 0) {
            g_string_append_c(text, at[3] == '1' ? '\t' : '\n');
            at += 3;
        } else {
            g_string_append_c(text, *at);
        }
    }
    while (text->len && strchr("\r\n", text->str[text->len - 1]))
        g_string_truncate(text, text->len - 1);
    line->length = text->len;
    line->text = keep(envelope, g_string_free(text, FALSE));
}

static void peel(rst_envelope_t *envelope)
{
    for (bool more = true; more && envelope->layers <= RST_ENVELOPES_MAX;)
        more = peel_journal(envelope) || peel_json(envelope) || peel_header(envelope) || peel_item(envelope);
    unescape(envelope);
}

void rst_envelope_open(rst_envelope_t *envelope, const char *text, size_t length)
{
    rst_layer_t *layer = &envelope->layer[0];

    if (!envelope->texts) {
        envelope->texts = g_ptr_array_new_with_free_func(g_free);
        envelope->jsons = g_ptr_array_new_with_free_func((GDestroyNotify)rst_json_free);
        envelope->more = g_array_new(FALSE, FALSE, sizeof(rst_event_t));
    }
    envelope->layers = 1;
    layer->line = (rst_log_line_t){.text = text, .length = length, .whole = text};
    layer->host[0] = layer->tag[0] = 0;
    layer->priority = layer->timed = false;
    layer->line.host = layer->host;
    layer->line.tag = layer->tag;
    peel(envelope);
    if (envelope->more->len) /* the lines inside it count, not what is around them */
        rst_envelope_next(envelope, true);
}

void rst_envelope_close(rst_envelope_t *envelope)
{
    if (!envelope->texts)
        return;
    g_ptr_array_set_size(envelope->texts, 0);
    g_ptr_array_set_size(envelope->jsons, 0);
    g_array_set_size(envelope->more, 0);
    envelope->next = envelope->base = 0;
    envelope->looked = false;
}

void rst_envelope_clear(rst_envelope_t *envelope)
{
    rst_envelope_close(envelope);
    if (!envelope->texts)
        return;
    g_ptr_array_free(envelope->texts, TRUE);
    g_ptr_array_free(envelope->jsons, TRUE);
    g_array_free(envelope->more, TRUE);
    memset(envelope, 0, sizeof *envelope);
}

/* The longest quoted column of a line, with quotes doubled inside as one. */
static char *longest_column(const char *text)
{
    const char *best = NULL, *at = text;
    size_t most = COLUMN_MIN;
    char *column;

    while ((at = strchr(at, '"'))) {
        const char *from = ++at;

        while ((at = strchr(at, '"')) && at[1] == '"')
            at += 2;
        if (!at)
            break;
        if ((from == text + 1 || strchr(",;\t", from[-2])) && (!at[1] || strchr(",;\t\r", at[1])) &&
            (size_t)(at - from) > most) {
            best = from;
            most = (size_t)(at - from);
        }
        at++;
    }
    if (!best)
        return NULL;
    column = g_strndup(best, most);
    halve_quotes(column, '"');
    return column;
}

static void add_event(rst_envelope_t *envelope, const char *text)
{
    rst_event_t event = {.text = text, .when = top(envelope)->line.when};

    if (*text)
        g_array_append_val(envelope->more, event);
}

/* Nobody knows the text as it is. */
static void look_closer(rst_envelope_t *envelope)
{
    const char *text = top(envelope)->line.text;
    char *column = strchr(text, '"') ? longest_column(text) : NULL, *at;
    unsigned lines = 0;

    envelope->looked = true;
    envelope->base = envelope->layers;
    if (column) {
        add_event(envelope, keep(envelope, column));
    } else if (strchr(text, '\n')) {
        at = g_strdup(text);
        keep(envelope, at);
        for (char *newline; at && lines++ < LINES_MAX; at = newline) {
            newline = strchr(at, '\n');
            if (newline)
                *newline++ = 0;
            add_event(envelope, at);
        }
    }
}

bool rst_envelope_has_column(const rst_envelope_t *envelope)
{
    const char *text = envelope->layer[envelope->layers - 1].line.text;

    return !envelope->looked && *text != '{' && (*text == '"' || strstr(text, ",\"") || strstr(text, "\"\""));
}

bool rst_envelope_outside(rst_envelope_t *envelope)
{
    if (!envelope->base)
        return false;
    envelope->layers = envelope->base;
    return true;
}

bool rst_envelope_next(rst_envelope_t *envelope, bool known)
{
    if (!known && !envelope->looked && !envelope->more->len && envelope->layers <= RST_ENVELOPES_MAX)
        look_closer(envelope);
    while (envelope->next < envelope->more->len) {
        const rst_event_t *event = &g_array_index(envelope->more, rst_event_t, envelope->next++);
        rst_layer_t *layer;

        if (!event->text)
            continue;
        envelope->layers = envelope->base;
        layer = push_text(envelope, event->text);
        layer->line.whole = event->text;
        layer->line.json = NULL; /* it is about all of them */
        if (event->when.kind != RST_WHEN_NONE)
            layer->line.when = event->when;
        peel(envelope);
        return true;
    }
    return false;
}
