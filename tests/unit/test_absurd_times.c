/* test_absurd_times.c
 * Arithmetic on times, and a sample of captures with absurd ones. RST_ABSURD_RUNS=N tries N seeds in each mode, from
 * RST_ABSURD_SEED on (tests/fuzz/absurd-times.sh).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "absurd-times.h"
#include "base/moment.h"
#include "script.h"

#define SAMPLE 300 /* seeds */

static guint64 setting(const char *name, guint64 usual)
{
    const char *value = g_getenv(name);

    return value ? g_ascii_strtoull(value, NULL, 10) : usual;
}

/* Twice the same answers: whatever the times, and although the tables have other secrets. */
static void try_mode(absurd_mode_t mode)
{
    guint32 first = (guint32)setting("RST_ABSURD_SEED", 1);
    guint32 runs = (guint32)setting("RST_ABSURD_RUNS", SAMPLE);

    for (guint32 seed = first; seed - first < runs; seed++) {
        if (absurd_capture(seed, mode) != absurd_capture(seed, mode))
            g_error("seed %u in mode %d: other answers when asked again", seed, (int)mode);
    }
}

static void test_one(void)
{
    try_mode(ABSURD_ONE);
}

static void test_points(void)
{
    try_mode(ABSURD_POINTS);
}

static void test_trace(void)
{
    try_mode(ABSURD_TRACE);
}

static const int64_t ends[] = {RST_TIME_NONE,    -RST_TIME_MAX, -RST_TIME_MAX + 1, -2, -1, 0, 1, 2,
                               RST_TIME_MAX - 1, RST_TIME_MAX};

/* Compared with floating point, which has the range though not the precision. */
static void test_sums(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        for (size_t j = 0; j < G_N_ELEMENTS(ends); j++) {
            int64_t sum = rst_time_add(ends[i], ends[j]);
            int64_t rest = rst_time_sub(ends[i], ends[j]);

            if (!i || !j) {
                g_assert_true(sum == RST_TIME_NONE && rest == RST_TIME_NONE);
                g_assert_true(rst_time_apart(ends[i], ends[j]) == RST_TIME_MAX);
                continue;
            }
            g_assert_cmpfloat(ABS((double)sum - CLAMP((double)ends[i] + (double)ends[j], -0x1p63, 0x1p63)), <, 4096);
            g_assert_cmpfloat(ABS((double)rest - CLAMP((double)ends[i] - (double)ends[j], -0x1p63, 0x1p63)), <, 4096);
            g_assert_true(sum != RST_TIME_NONE && rest != RST_TIME_NONE);
            g_assert_true(rst_time_apart(ends[i], ends[j]) == rst_time_apart(ends[j], ends[i]));
        }
    }
    g_assert_true(rst_time_add(RST_TIME_MAX - 1, 1) == RST_TIME_MAX);
    g_assert_true(rst_time_add(-RST_TIME_MAX + 1, -1) == -RST_TIME_MAX);
    g_assert_true(rst_time_sub(5, 7) == -2 && rst_time_apart(5, 7) == 2);
}

static void test_products(void)
{
    g_assert_true(rst_time_times(3, RST_TIME_NONE) == RST_TIME_NONE);
    g_assert_true(rst_time_times(0, RST_TIME_NONE) == RST_TIME_NONE && rst_time_times(0, 7) == 0);
    g_assert_true(rst_time_times(3, 7) == 21 && rst_time_times(3, -7) == -21);
    g_assert_true(rst_time_times(3, RST_TIME_MAX / 3) == RST_TIME_MAX / 3 * 3);
    g_assert_true(rst_time_times(3, RST_TIME_MAX / 3 + 1) == RST_TIME_MAX);
    g_assert_true(rst_time_times(3, -RST_TIME_MAX) == -RST_TIME_MAX);
    g_assert_true(rst_time_percent(50, 1000) == 500 && rst_time_percent(200, RST_TIME_MAX) == RST_TIME_MAX);
    g_assert_true(rst_time_percent(50, RST_TIME_NONE) == RST_TIME_NONE);
    g_assert_true(rst_time_abs(RST_TIME_NONE) == RST_TIME_NONE && rst_time_abs(-RST_TIME_MAX) == RST_TIME_MAX);
}

static void test_seconds(void)
{
    g_assert_true(rst_time_of(1, 5) == RST_SECOND + 5 && rst_time_of(-1, 5) == -RST_SECOND + 5);
    g_assert_true(rst_time_of(INT64_MAX, 0) == RST_TIME_NONE && rst_time_of(INT64_MIN, 0) == RST_TIME_NONE);
    g_assert_true(rst_time_of(RST_TIME_MAX / RST_SECOND - 1, INT32_MAX) <= RST_TIME_MAX);
    g_assert_true(rst_time_of(-(RST_TIME_MAX / RST_SECOND - 1), INT32_MIN) >= -RST_TIME_MAX);
    g_assert_true(rst_time_seconds(-1) == -1 && rst_time_fraction(-1) == 999999999);
    g_assert_true(rst_time_seconds(RST_SECOND + 5) == 1 && rst_time_fraction(RST_SECOND + 5) == 5);
    g_assert_true(rst_time_fraction(-RST_TIME_MAX) == 145224193);
    g_assert_true(rst_time_fits(0) && !rst_time_fits(RST_TIME_NONE) && !rst_time_fits(RST_TIME_MAX));
    g_assert_false(rst_time_fits(-RST_TIME_MAX));
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/absurd_times/sums", test_sums},
        {"/absurd_times/products", test_products},
        {"/absurd_times/seconds", test_seconds},
        {"/absurd_times/one", test_one},
        {"/absurd_times/points", test_points},
        {"/absurd_times/trace", test_trace},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
