/* format.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/format.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

typedef struct writer {
    char *next, *end; /* one byte is left behind end */
} writer_t;

/* Nothing but %s, %u, %d and %%, without flags and widths? */
static bool is_simple(const char *format)
{
    while ((format = strchr(format, '%')) != NULL) {
        if (format[1] != 's' && format[1] != 'u' && format[1] != 'd' && format[1] != '%')
            return false;
        format += 2;
    }
    return true;
}

static void put(writer_t *writer, const char *text, size_t length)
{
    size_t room = (size_t)(writer->end - writer->next);

    if (length > room)
        length = room;
    memcpy(writer->next, text, length);
    writer->next += length;
}

char *rst_format_number(char *at, unsigned value)
{
    char *end = at + 1;

    for (unsigned rest = value; rest >= 10; rest /= 10)
        end++;
    for (char *digit = end; digit > at; value /= 10)
        *--digit = (char)('0' + value % 10);
    return end;
}

static void put_number(writer_t *writer, int number, bool has_sign)
{
    bool negative = has_sign && number < 0;
    char digits[12] = "-";
    char *end = rst_format_number(digits + negative, negative ? 0u - (unsigned)number : (unsigned)number);

    put(writer, digits, (size_t)(end - digits));
}

static void put_string(writer_t *writer, const char *text)
{
    if (!text)
        text = "(null)";
    put(writer, text, strlen(text));
}

size_t rst_format(char *buffer, size_t size, const char *format, va_list args)
{
    writer_t writer = {buffer, buffer + size - 1};

    if (!is_simple(format)) {
        vsnprintf(buffer, size, format, args);
        return strlen(buffer);
    }
    for (;;) {
        const char *percent = strchr(format, '%');

        put(&writer, format, percent ? (size_t)(percent - format) : strlen(format));
        if (!percent)
            break;
        if (percent[1] == 's') {
            put_string(&writer, va_arg(args, const char *));
        } else if (percent[1] == '%') {
            put(&writer, "%", 1);
        } else {
            put_number(&writer, va_arg(args, int), percent[1] == 'd');
        }
        format = percent + 2;
    }
    *writer.next = '\0';
    return (size_t)(writer.next - buffer);
}
