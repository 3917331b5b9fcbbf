/* peel_json.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "logs/peel_json.h"

#include <string.h>

#include "base/moment.h"

#define EVENTS_MAX 100000u

/* The unprocessed line first: shippers that keep it have often cut "message" short. */
static const char *const line_paths[] = {"event.original",
                                         "_source.event.original",
                                         "log.original",
                                         "MESSAGE",
                                         "@message",
                                         "_raw",
                                         "result._raw",
                                         "message",
                                         "log",
                                         "msg",
                                         "_source.message",
                                         "input.message",
                                         "body",
                                         "rawmsg",
                                         "raw",
                                         "line",
                                         "textPayload",
                                         "fields.message",
                                         "syslog.message",
                                         "event",
                                         "@raw",
                                         "full_message",
                                         NULL};
static const char *const time_paths[] = {"_SOURCE_REALTIME_TIMESTAMP",
                                         "__REALTIME_TIMESTAMP",
                                         "@timestamp",
                                         "time",
                                         "timestamp",
                                         "_time",
                                         "eventTime",
                                         "ts",
                                         NULL};
static const char *const host_paths[] = {"_HOSTNAME", "host.name", "host.hostname", "hostname", "host", NULL};
static const char *const tag_paths[] = {"SYSLOG_IDENTIFIER", "process.name", "program", "ident",
                                        "appname",           "syslogtag",    NULL};

bool rst_is_line_name(const char *name, size_t length)
{
    for (unsigned i = 0; line_paths[i]; i++) {
        if (strlen(line_paths[i]) == length && strncmp(name, line_paths[i], length) == 0)
            return true;
    }
    return false;
}

/* Of receipt, except the journal's: it is written by the same host, at once. */
static void take_time(rst_when_t *when, const char *text, bool journal)
{
    rst_when_t read = {0};
    size_t n = text ? rst_when_iso(text, &read) : 0;

    if (text && !n)
        n = rst_when_epoch(text, &read);
    if (!n || text[n])
        return;
    read.loose = !journal;
    *when = read;
}

/* MESSAGE of `journalctl -o json` is a list of bytes if it is not UTF-8. */
static const char *byte_list(const rst_json_t *json, GPtrArray *texts)
{
    GString *text = g_string_new(NULL);
    unsigned count = rst_json_count(json);

    for (unsigned i = 0; i < count; i++) {
        const char *path = rst_json_path(json, i);
        guint64 byte;

        if (strncmp(path, "MESSAGE.", 8) != 0)
            continue;
        byte = g_ascii_strtoull(rst_json_value(json, i), NULL, 10);
        g_string_append_c(text, byte && byte < 256 ? (char)byte : ' ');
    }
    g_ptr_array_add(texts, g_string_free(text, FALSE));
    return g_ptr_array_index(texts, texts->len - 1);
}

const char *rst_peel_json(rst_layer_t *layer, const rst_json_t *json, GPtrArray *texts)
{
    const char *host = rst_json_first(json, host_paths), *tag = rst_json_first(json, tag_paths);
    const char *text = rst_json_first(json, line_paths);

    take_time(&layer->line.when, rst_json_first(json, time_paths), rst_json_text(json, "__REALTIME_TIMESTAMP") != NULL);
    if (host)
        g_strlcpy(layer->host, host, sizeof layer->host);
    if (tag)
        g_strlcpy(layer->tag, tag, sizeof layer->tag);
    if (!text && rst_json_text(json, "MESSAGE.0"))
        return byte_list(json, texts);
    return text && strpbrk(text, " \t,|{") ? text : NULL; /* a line is more than a word */
}

/* The string after a name and a colon, without its escapes; NULL if another value follows. */
static char *string_after(const char *at)
{
    const char *end;
    char *text;
    rst_json_t *json;

    at += strspn(at, " \t");
    if (*at++ != ':')
        return NULL;
    at += strspn(at, " \t");
    if (*at != '"')
        return NULL;
    for (end = at + 1; *end && *end != '"'; end++)
        end += *end == '\\' && end[1];
    text = g_strdup_printf("{\"line\":\"%.*s\"}", (int)(end - at - 1), at + 1);
    json = rst_json_read(text, strlen(text));
    g_free(text);
    text = json ? g_strdup(rst_json_text(json, "line")) : NULL;
    rst_json_free(json);
    return text;
}

const char *rst_peel_broken_json(const char *text, GPtrArray *texts)
{
    for (unsigned i = 0; line_paths[i]; i++) {
        char *key = g_strdup_printf("\"%s\"", line_paths[i]), *line = NULL;

        for (const char *at = strstr(text, key); at && !line; at = strstr(at + 1, key))
            line = string_after(at + strlen(key));
        g_free(key);
        if (line) {
            g_ptr_array_add(texts, line);
            return line;
        }
    }
    return NULL;
}

/* "logEvents.12.message": place 13 and the name after it; NULL if the path is not in an array of events. */
static const char *in_array(const char *path, uint64_t *place)
{
    static const char *const arrays[] = {"logEvents.", "events.",    "Records.", "records.",
                                         "expected.",  "hits.hits.", ""};

    for (unsigned i = 0; i < G_N_ELEMENTS(arrays); i++) {
        size_t length = strlen(arrays[i]);
        char *end;

        if (strncmp(path, arrays[i], length) != 0 || !g_ascii_isdigit(path[length]))
            continue;
        *place = g_ascii_strtoull(path + length, &end, 10) + 1;
        return *end == '.' ? end + 1 : end;
    }
    return NULL;
}

void rst_peel_json_events(const rst_json_t *json, GArray *events)
{
    unsigned count = rst_json_count(json), rank = 0, lines = 0;

    for (unsigned i = 0; i < count && events->len < EVENTS_MAX; i++) {
        const char *name, *value = rst_json_value(json, i);
        uint64_t place = 0;
        rst_event_t *last = events->len ? &g_array_index(events, rst_event_t, events->len - 1) : NULL;

        name = in_array(rst_json_path(json, i), &place);
        if (!name || !value)
            continue;
        if (!last || last->place != place) {
            rst_event_t event = {.place = place};

            g_array_append_val(events, event);
            last = &g_array_index(events, rst_event_t, events->len - 1);
            rank = G_N_ELEMENTS(line_paths);
        }
        for (unsigned k = 0; k < rank && line_paths[k]; k++) {
            if (strcmp(name, line_paths[k]) == 0 && strpbrk(value, " \t,|{")) {
                last->text = value;
                rank = k;
            }
        }
        for (unsigned k = 0; time_paths[k]; k++) {
            if (strcmp(name, time_paths[k]) == 0)
                take_time(&last->when, value, false);
        }
        lines += last->text != NULL;
    }
    if (!lines) /* records of a format of their own */
        g_array_set_size(events, 0);
}
