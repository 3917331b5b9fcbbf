/* peel_header.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "logs/peel_header.h"

#include <string.h>

#include <glib.h>

#include "base/moment.h"

#define HOST_SIGNS "._-:/[]@%"
#define HOST_LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_"
#define TAG_SIGNS "._-/()@"

static const char *after_blanks(const char *text)
{
    return text + strspn(text, " \t");
}

static size_t digits(const char *text)
{
    return strspn(text, "0123456789");
}

static const char *after_token(const char *text)
{
    return text + strcspn(text, " \t");
}

static void set_text(rst_layer_t *layer, const char *text)
{
    layer->line.length -= (size_t)(text - layer->line.text);
    layer->line.text = text;
}

static void set_name(char *name, size_t size, const char *text, size_t length)
{
    if (length == 1 && *text == '-')
        return;
    g_strlcpy(name, text, MIN(size, length + 1));
}

/* "521 <14>1 ...": how many bytes follow is no concern of ours, lines are lines. */
static const char *after_octets(const char *text)
{
    size_t n = digits(text);

    return n && n <= 6 && text[n] == ' ' && text[n + 1] == '<' ? text + n + 1 : text;
}

static const char *after_priority(const char *text)
{
    size_t n = *text == '<' ? digits(text + 1) : 0;

    return n && n <= 3 && text[n + 1] == '>' ? text + n + 2 : text;
}

/* "kernel:", "filterlog[123]:", "haproxy[7]:": where the text after it begins, NULL if it is none. */
static const char *after_tag(rst_layer_t *layer, const char *text)
{
    static const char *const formats[] = {"CEF", "LEEF", "TRACE", "PACKET", "IN"};
    size_t name = 0;
    const char *at;

    while (g_ascii_isalnum(text[name]) || (text[name] && strchr(TAG_SIGNS, text[name])))
        name++;
    if (!name || name >= RST_TAG_MAX)
        return NULL;
    at = text + name;
    if (*at == '[') {
        size_t pid = strcspn(at, "] ");

        if (at[pid] != ']')
            return NULL;
        at += pid + 1;
    }
    if (*at != ':' || (at[1] && !strchr(" \t[{<", at[1])))
        return NULL;
    for (unsigned i = 0; i < G_N_ELEMENTS(formats); i++) {
        if (name == strlen(formats[i]) && strncmp(text, formats[i], name) == 0)
            return NULL;
    }
    set_name(layer->tag, sizeof layer->tag, text, name);
    return after_blanks(at + 1);
}

static const char *after_host(rst_layer_t *layer, const char *text)
{
    const char *end = after_token(text), *next = after_blanks(end);
    size_t length = (size_t)(end - text);

    for (const char *c = text; c < end; c++) {
        if (!g_ascii_isalnum(*c) && !strchr(HOST_SIGNS, *c))
            return NULL;
    }
    if (!length || length >= RST_HOST_MAX || *text == '%' || *text == '[' || !*next)
        return NULL;
    if (end[-1] == ':') { /* "10.0.0.1: %ASA-...", where a program's name is not expected */
        if (*next != '%')
            return NULL;
        length--;
    }
    set_name(layer->host, sizeof layer->host, text, length);
    return *next == ':' && (next[1] == ' ' || next[1] == '%') ? after_blanks(next + 1) : next;
}

/* Formats that begin with their own mark, so that the word before it is a host: %ASA-, CEF:0|, date=, 1,2019/08/15. */
static bool begins_format(const char *text)
{
    return strcspn(text, "%{<=|,") < strcspn(text, " \t");
}

/* What stands between the time and the text. sure = the time alone is a header; else host and tag must follow. */
static bool take_names(rst_layer_t *layer, const char *at, bool sure, bool host_alone)
{
    const char *after, *text;

    at = after_blanks(*at == ':' ? at + 1 : at);
    if (*at == ':')
        at = after_blanks(at + 1);
    text = after_tag(layer, at);
    if (text) {
        set_text(layer, text);
        return true;
    }
    after = after_host(layer, at);
    text = after ? after_tag(layer, after) : NULL;
    if (after && !text && !host_alone && !begins_format(after)) {
        layer->host[0] = 0;
        after = NULL;
    }
    if (!sure && !text)
        return false;
    set_text(layer, text ? text : after ? after : at);
    return true;
}

/* One element of structured data, "[id name="value" ...]": where it ends, NULL if it is none. The id alone may also be
 * a prefix that somebody gave to a rule, "[WAN_IN-3001-D]". */
static const char *after_element(const char *text)
{
    size_t id = *text == '[' ? strcspn(text + 1, " ]\"=") : 0;

    if (!id || (text[1 + id] != ' ' && (text[1 + id] != ']' || !memchr(text + 1, '@', id))))
        return NULL;
    for (text += 1 + id; *text && *text != ']';) {
        text = after_blanks(text);
        if (*text == ']')
            break;
        text += strcspn(text, "=\" ]");
        if (text[0] != '=' || text[1] != '"')
            return NULL;
        for (text += 2; *text && *text != '"'; text++)
            text += *text == '\\' && text[1];
        text += *text == '"';
    }
    return *text == ']' ? text + 1 : NULL;
}

static const char *after_elements(const char *text)
{
    const char *end = NULL;

    while ((text = after_element(text)))
        end = text;
    return end;
}

/* text stands after the version. */
static bool peel_5424(rst_layer_t *layer, const char *text)
{
    const char *token[4], *message, *data;
    rst_when_t when = layer->line.when;
    size_t time = rst_when_iso(text, &when);
    const char *at = time ? text + time : text + (*text == '-');

    if (at == text || *at != ' ')
        return false;
    for (unsigned i = 0; i < G_N_ELEMENTS(token); i++) { /* host, program, process, message id */
        token[i] = after_blanks(at);
        at = after_token(token[i]);
        if (at == token[i])
            return false;
    }
    data = after_blanks(at);
    message = *data == '-' && (!data[1] || data[1] == ' ') ? data + 1 : after_elements(data);
    if (time)
        layer->line.when = when;
    set_name(layer->host, sizeof layer->host, token[0], (size_t)(after_token(token[0]) - token[0]));
    set_name(layer->tag, sizeof layer->tag, token[1], (size_t)(after_token(token[1]) - token[1]));
    message = message ? after_blanks(message) : data;
    if (g_str_has_prefix(message, "\xEF\xBB\xBF"))
        message += 3;
    if (g_str_has_prefix(data, "[junos@"))
        message = *token[3] == '-' ? data : token[3];
    set_text(layer, *message ? message : data);
    return true;
}

static const char *after_weekday(const char *text)
{
    static const char *const days[] = {"Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat ", "Sun "};

    for (unsigned i = 0; i < G_N_ELEMENTS(days); i++) {
        if (g_str_has_prefix(text, days[i]))
            return text + 4;
    }
    return text;
}

static bool peel_3164(rst_layer_t *layer, const char *text, bool priority)
{
    rst_when_t when = layer->line.when;
    const char *begin = after_weekday(text + strspn(text, ":* "));
    size_t time = rst_when_month(begin, &when);
    bool month = time, sure = true;

    if (!time) {
        time = rst_when_iso(begin, &when);
        sure = priority || (time > 10 && begin[10] == 'T');
    }
    if (!time || (begin[time] && !strchr(" \t:", begin[time])) || !begin[time])
        return false;
    if (!take_names(layer, begin + time, sure, month || priority))
        return false;
    layer->line.when = when;
    layer->timed = !month && !layer->host[0] && !layer->tag[0];
    return true;
}

static void set_uptime(rst_when_t *when, const char *text)
{
    char *point;
    int64_t seconds = (int64_t)g_ascii_strtoull(text, &point, 10);

    when->ns = rst_time_of(seconds, (int64_t)g_ascii_strtoull(point + 1, NULL, 10) * RST_MICROSECOND);
    when->resolution = RST_MICROSECOND;
    when->kind = RST_WHEN_BOOT;
    when->text = text;
    when->length = (size_t)(point + 7 - text);
}

/* "[16571.459614] ...", "[Thu Aug 15 16:03:31 2019] ...", "[1565885011.250000] ...": dmesg, the kernel's own stamp
 * after a syslog header, conntrack -o timestamp. */
static bool peel_stamp(rst_layer_t *layer, const char *text)
{
    rst_when_t when = {0};
    const char *at, *end;

    if (*text != '[')
        return false;
    at = after_blanks(text + 1);
    end = at + digits(at);
    if (end > at && end < at + 10 && *end == '.' && digits(end + 1) == 6) {
        set_uptime(&when, at);
        end += 7;
    } else {
        at = after_weekday(at);
        end = at + rst_when_epoch(at, &when);
        if (end == at)
            end = at + rst_when_month(at, &when);
    }
    if (end == at || *end != ']')
        return false;
    if (when.kind != RST_WHEN_BOOT || layer->line.when.kind == RST_WHEN_NONE)
        layer->line.when = when;
    set_text(layer, after_blanks(end + 1));
    return true;
}

/* "2019-08-15T16:03:31Z relay01 ..." without a program: a name with a digit, a dot or a hyphen, as hosts have them and
 * the first words of formats rarely. */
static bool peel_host(rst_layer_t *layer)
{
    const char *text = layer->line.text, *after;
    size_t length = (size_t)(after_token(text) - text), signs = strcspn(text, "0123456789.-");

    if (!layer->timed || !g_ascii_isalnum(*text) || strspn(text, HOST_LETTERS) != length || signs >= length ||
        digits(text) == length)
        return false;
    layer->timed = false;
    after = after_host(layer, text);
    if (after)
        set_text(layer, after);
    return after != NULL;
}

/* <PRI> is a layer of its own, because what follows it may be the beginning of a format and no header. */
bool rst_peel_header(rst_layer_t *layer)
{
    const char *text = layer->line.text, *at = after_priority(after_octets(text));
    size_t version = digits(text);

    if (at > text) {
        layer->priority = true;
        set_text(layer, at);
        return true;
    }
    if (version && version <= 2 && text[version] == ' ' && peel_5424(layer, text + version + 1))
        return true;
    if (peel_3164(layer, text, layer->priority) || peel_stamp(layer, text))
        return true;
    at = layer->priority && !*layer->host ? after_tag(layer, after_blanks(text)) : NULL;
    if (at)
        set_text(layer, at);
    return at || peel_host(layer);
}
