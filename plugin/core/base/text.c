/* text.c
 * Formatting texts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/text.h"

#include "base/moment.h"

#include <stdarg.h>
#include <stdio.h>

const char *rst_text(const rst_memory_t *memory, const char *format, ...)
{
    char buffer[RST_TEXT_MAX];
    size_t length;
    char *text;
    va_list args;

    va_start(args, format);
    vsnprintf(buffer, sizeof buffer, format, args);
    va_end(args);
    length = strlen(buffer) + 1;
    text = memory->alloc(memory->scope, length);
    memcpy(text, buffer, length);
    return text;
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

const char *rst_address_text(const rst_memory_t *memory, const rst_address_t *address)
{
    uint8_t byte[16];

    memcpy(byte, address->word, sizeof byte);
    if (address->size == 4)
        return rst_text(memory, "%u.%u.%u.%u", byte[0], byte[1], byte[2], byte[3]);
    if (address->size == 16)
        return ipv6_text(memory, byte);
    return "an unknown address";
}

const char *rst_endpoint_text(const rst_memory_t *memory, const rst_address_t *address, uint16_t port)
{
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

char *rst_calendar_text(int64_t ns, const char *format, bool local)
{
    GDateTime *time;
    char *text;

    if (ns == RST_TIME_NONE)
        return NULL;
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
