/* test_format.c
 * Tests of our own printf and calendar: character by character what the general ones of libc and GLib write.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/format.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/moment.h"
#include "base/text.h"

static void check(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* In every size from one byte to more than enough. */
static void check(const char *format, ...)
{
    for (size_t size = 1; size < 120; size++) {
        char expected[120], found[121];
        va_list args;

        memset(found, 'x', sizeof found);
        va_start(args, format);
        vsnprintf(expected, size, format, args);
        va_end(args);
        va_start(args, format);
        g_assert_cmpuint(rst_format(found, size, format, args), ==, strlen(expected));
        va_end(args);
        g_assert_cmpstr(found, ==, expected);
        g_assert_cmpint(found[size], ==, 'x');
    }
}

static void test_format(void)
{
    check("nothing");
    check("%%");
    check("100%% of %s", "it");
    check("%s", "");
    check("%s%s%u", "a", "bc", 0u);
    check("%u.%u.%u.%u:%u", 10u, 0u, 200u, UINT_MAX, 65535u);
    check("%d %d %d %d", 0, -1, INT_MIN, INT_MAX);
    check("frame %u: %s at SEQ %u, window %u", 17u, "RST,ACK", 4294967295u, 0u);
    check("%s is %.2g ms, %02x and %" G_GINT64_FORMAT, "this", 0.123, 10u, G_GINT64_CONSTANT(-5));
    check("%5u|%-5s|%c", 7u, "ab", 'z');
}

static void *allocate(void *scope, size_t size)
{
    (void)scope;
    return g_malloc(size);
}

static void test_calendar(void)
{
    static const char *const formats[] = {
        "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%d.%m.%Y", "%H:%M", "%j", "100%%"};
    GRand *random = g_rand_new_with_seed(23);

    for (int i = 0; i < 20000; i++) {
        int64_t ns = (int64_t)((uint64_t)g_rand_int(random) << 32 | g_rand_int(random));
        const char *format = formats[i % (int)G_N_ELEMENTS(formats)];
        GDateTime *time;
        char *expected, *found;

        if (i < 4)
            ns = (const int64_t[]){0, -1, RST_TIME_MAX, -RST_TIME_MAX}[i];
        time = g_date_time_new_from_unix_utc(rst_time_seconds(ns));
        expected = g_date_time_format(time, format);
        found = rst_calendar_text(ns, format, false);
        g_assert_cmpstr(found, ==, expected);
        g_free(expected);
        g_free(found);
        g_date_time_unref(time);
    }
    g_assert_null(rst_calendar_text(RST_TIME_NONE, formats[0], false));
    g_rand_free(random);
}

static void check_end(const char *expected, uint8_t first, uint8_t last, uint16_t port)
{
    const uint8_t byte[4] = {first, 0, 99, last};
    const rst_memory_t memory = {allocate, NULL, NULL};
    rst_address_t address = {.size = 4};
    char *text;

    memcpy(address.word, byte, sizeof byte);
    text = (char *)rst_endpoint_text(&memory, &address, port);
    g_assert_cmpstr(text, ==, expected);
    g_free(text);
    text = (char *)rst_address_text(&memory, &address);
    g_assert_cmpint(strncmp(text, expected, strlen(text)), ==, 0);
    g_assert_cmpint(expected[strlen(text)], ==, ':');
    g_free(text);
}

static void test_ends(void)
{
    check_end("0.0.99.0:0", 0, 0, 0);
    check_end("9.0.99.10:9", 9, 10, 9);
    check_end("100.0.99.255:10", 100, 255, 10);
    check_end("255.0.99.1:65535", 255, 1, 65535);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/format/printf", test_format);
    g_test_add_func("/format/calendar", test_calendar);
    g_test_add_func("/format/ends", test_ends);
    return g_test_run();
}
