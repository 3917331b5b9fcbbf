/* test_pace.c
 * How often work may be done that grows with the capture.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/pace.h"

#include <glib.h>

static void test_short(void)
{
    rst_pace_t pace = {0, 0, 0};

    for (unsigned i = 0; i < 3; i++) {
        g_assert_true(rst_pace_begin(&pace));
        pace.ended = pace.began + 50000; /* the longest that is done each time */
    }
}

static void test_long(void)
{
    rst_pace_t pace = {0, 0, 0};

    g_assert_true(rst_pace_begin(&pace));
    pace.ended = pace.began + G_USEC_PER_SEC * 1000; /* ends in the future, so that this test cannot be too slow */
    g_assert_false(rst_pace_begin(&pace));
    for (unsigned i = 1; i < 256; i++)
        g_assert_false(rst_pace_begin(&pace));
    g_assert_true(rst_pace_begin(&pace)); /* somebody reads the whole file */
    pace.ended = pace.began + G_USEC_PER_SEC * 1000;
    rst_pace_packet(&pace);
    g_assert_false(rst_pace_begin(&pace));
}

static void test_after_a_pause(void)
{
    int64_t now = g_get_monotonic_time();
    rst_pace_t pace = {now - 9 * G_USEC_PER_SEC, now - 8 * G_USEC_PER_SEC, 0};

    g_assert_true(rst_pace_begin(&pace));
    pace = (rst_pace_t){now - 900 * G_USEC_PER_SEC, now - 700 * G_USEC_PER_SEC, 0};
    g_assert_false(rst_pace_begin(&pace));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pace/short", test_short);
    g_test_add_func("/pace/long", test_long);
    g_test_add_func("/pace/pause", test_after_a_pause);
    return g_test_run();
}
