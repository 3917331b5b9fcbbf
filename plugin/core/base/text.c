/* text.c
 * Formatting texts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/text.h"

#include "base/format.h"
#include "base/moment.h"

#include <stdarg.h>
#include <stdio.h>

#define EPOCH_JULIAN 719163 /* 1 January 1970, as GLib counts days */

static const char *kept_text(const rst_memory_t *memory, const char *text, size_t length)
{
    char *kept = memory->alloc(memory->scope, length + 1);

    memcpy(kept, text, length);
    kept[length] = '\0';
    return kept;
}

const char *rst_text(const rst_memory_t *memory, const char *format, ...)
{
    char buffer[RST_TEXT_MAX];
    size_t length;
    va_list args;

    va_start(args, format);
    length = rst_format(buffer, sizeof buffer, format, args);
    va_end(args);
    return kept_text(memory, buffer, length);
}

char *rst_quoted(const char *escaped)
{
    char **parts = g_strsplit(escaped, "'", -1);
    char *joined = g_strjoinv("\\x27", parts);
    char *quoted = g_strdup_printf("'%s'", joined);

    g_free(joined);
    g_strfreev(parts);
    return quoted;
}

/* RFC 5952: the longest run of at least two zero groups becomes "::". */
static void longest_zero_run(const unsigned *group, int *start, int *length)
{
    *start = -1;
    *length = 1;
    for (int i = 0; i < 8; i++) {
        int run = 0;

        while (i + run < 8 && !group[i + run])
            run++;
        if (run > *length) {
            *start = i;
            *length = run;
        }
    }
}

static const char *ipv6_text(const rst_memory_t *memory, const uint8_t *byte)
{
    unsigned group[8];
    char buffer[48] = "";
    size_t used = 0;
    int start, length;

    for (int i = 0; i < 8; i++)
        group[i] = (unsigned)byte[2 * i] << 8 | byte[2 * i + 1];
    longest_zero_run(group, &start, &length);
    for (int i = 0; i < 8; i++) {
        if (i == start) {
            used += (size_t)snprintf(buffer + used, sizeof buffer - used, "::");
            i += length - 1;
            continue;
        }
        used += (size_t)snprintf(buffer + used, sizeof buffer - used, "%s%x",
                                 i == 0 || (start >= 0 && i == start + length) ? "" : ":", group[i]);
    }
    return rst_text(memory, "%s", buffer);
}

/* Without a zero at the end. Returns where it ends. */
static char *put_ipv4(char *at, const rst_address_t *address)
{
    uint8_t byte[4];

    memcpy(byte, address->word, sizeof byte);
    for (int i = 0; i < 4; i++) {
        if (i)
            *at++ = '.';
        at = rst_format_number(at, byte[i]);
    }
    return at;
}

const char *rst_address_text(const rst_memory_t *memory, const rst_address_t *address)
{
    char buffer[16];
    uint8_t byte[16];

    memcpy(byte, address->word, sizeof byte);
    if (address->size == 4)
        return kept_text(memory, buffer, (size_t)(put_ipv4(buffer, address) - buffer));
    if (address->size == 16)
        return ipv6_text(memory, byte);
    return "an unknown address";
}

const char *rst_endpoint_text(const rst_memory_t *memory, const rst_address_t *address, uint16_t port)
{
    char buffer[24];
    char *end;

    if (address->size == 4) {
        end = put_ipv4(buffer, address);
        *end++ = ':';
        return kept_text(memory, buffer, (size_t)(rst_format_number(end, port) - buffer));
    }
    return rst_text(memory, address->size == 16 ? "[%s]:%u" : "%s:%u", rst_address_text(memory, address), port);
}

const char *rst_duration_text(const rst_memory_t *memory, int64_t ns)
{
    if (ns < 0)
        return "an unknown time";
    if (ns < 10 * RST_MICROSECOND)
        return "less than 0.01 ms";
    if (ns < 10 * RST_MILLISECOND)
        return rst_text(memory, "%.2g ms", (double)ns / (double)RST_MILLISECOND);
    if (ns < RST_SECOND)
        return rst_text(memory, "%d ms", (int)((ns + RST_MILLISECOND / 2) / RST_MILLISECOND));
    if (ns < 10 * RST_SECOND)
        return rst_text(memory, "%.1f s", (double)ns / (double)RST_SECOND);
    if (ns < 120 * RST_SECOND)
        return rst_text(memory, "%d s", (int)((ns + RST_SECOND / 2) / RST_SECOND));
    if (ns < 7200 * RST_SECOND)
        return rst_text(memory, "%d min %d s", (int)(ns / (60 * RST_SECOND)), (int)(ns / RST_SECOND % 60));
    return rst_text(memory, "%" G_GINT64_FORMAT " h %d min", (gint64)(ns / (3600 * RST_SECOND)),
                    (int)(ns / (60 * RST_SECOND) % 60));
}

static void put_digits(GString *text, unsigned value, unsigned digits)
{
    for (unsigned scale = digits == 4 ? 1000 : 10; scale; scale /= 10)
        g_string_append_c(text, (char)('0' + value / scale % 10));
}

/* A part of a date or of a time of the day; false for what only GLib can write. */
static bool put_part(GString *text, const GDate *date, unsigned second, char part)
{
    switch (part) {
    case 'Y':
        put_digits(text, g_date_get_year(date), 4);
        return true;
    case 'm':
        put_digits(text, g_date_get_month(date), 2);
        return true;
    case 'd':
        put_digits(text, g_date_get_day(date), 2);
        return true;
    case 'H':
        put_digits(text, second / 3600, 2);
        return true;
    case 'M':
        put_digits(text, second / 60 % 60, 2);
        return true;
    case 'S':
        put_digits(text, second % 60, 2);
        return true;
    default:
        return false;
    }
}

/* Without GLib's general way, which takes ten times as long. NULL where that is needed. In 64 bits of ns there are only
 * years from 1677 on. */
static char *utc_text(int64_t seconds, const char *format)
{
    int64_t days = seconds / 86400 - (seconds % 86400 < 0);
    unsigned second = (unsigned)(seconds - days * 86400);
    GString *text;
    GDate date;

    g_date_clear(&date, 1);
    g_date_set_julian(&date, (guint32)(days + EPOCH_JULIAN));
    text = g_string_sized_new(32);
    for (; *format; format++) {
        if (*format != '%') {
            g_string_append_c(text, *format);
        } else if (!put_part(text, &date, second, *++format)) {
            g_string_free(text, TRUE);
            return NULL;
        }
    }
    return g_string_free(text, FALSE);
}

char *rst_calendar_text(int64_t ns, const char *format, bool local)
{
    GDateTime *time;
    char *text;

    if (ns == RST_TIME_NONE)
        return NULL;
    text = local ? NULL : utc_text(rst_time_seconds(ns), format);
    if (text)
        return text;
    time = local ? g_date_time_new_from_unix_local(rst_time_seconds(ns))
                 : g_date_time_new_from_unix_utc(rst_time_seconds(ns));
    if (!time)
        return NULL;
    text = g_date_time_format(time, format);
    g_date_time_unref(time);
    return text;
}

const char *rst_escaped_text(const rst_memory_t *memory, const uint8_t *bytes, size_t length)
{
    char *text = memory->alloc(memory->scope, length * 4 + 1);
    size_t used = 0;

    for (size_t i = 0; i < length; i++) {
        if (bytes[i] >= 0x20 && bytes[i] < 0x7f && bytes[i] != '\\' && bytes[i] != ';' && bytes[i] != '"')
            text[used++] = (char)bytes[i];
        else
            used += (size_t)snprintf(text + used, 5, "\\x%02x", bytes[i]);
    }
    text[used] = '\0';
    return text;
}
