/* test_index.c
 * Numbers by hash, compared with a list, and resets by frame.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/index.h"

#include <glib.h>
#include <stdbool.h>

#include "base/frames.h"

#define COUNT 500

static void assert_found(const rst_index_t *index, uint32_t hash, uint32_t number, bool expected)
{
    uint32_t found, at = 0;
    bool there = false;

    while ((found = rst_index_find(index, hash, &at)) != 0)
        there = there || found == number;
    g_assert_cmpint(there, ==, expected);
}

/* Hashes that meet, of which some are at the end of the table and go on at its beginning. */
static uint32_t hash_of(uint32_t number)
{
    return number % 3 ? number % 5 : UINT32_MAX - number % 2;
}

static void test_index(void)
{
    rst_index_t index = {NULL, 0, 0};
    bool there[COUNT + 1] = {false};
    uint32_t at = 0;

    g_assert_cmpuint(rst_index_find(&index, 1, &at), ==, 0);
    rst_index_remove(&index, 1, 1);
    for (unsigned i = 0; i < 4 * COUNT; i++) {
        uint32_t number = 1 + g_test_rand_int_range(0, COUNT);

        if (there[number])
            rst_index_remove(&index, hash_of(number), number);
        else
            rst_index_add(&index, hash_of(number), number);
        there[number] = !there[number];
        assert_found(&index, hash_of(number), number, there[number]);
    }
    for (uint32_t number = 1; number <= COUNT; number++)
        assert_found(&index, hash_of(number), number, there[number]);
    rst_index_close(&index);
}

/* 0 = the end. */
static void check_frames(const uint32_t *numbers)
{
    rst_frames_t frames = {0, 0, NULL, NULL, FALSE};
    uint32_t index[64], count = 0;

    for (; numbers[count]; count++) {
        rst_frames_next(&frames, numbers[count]);
        index[count] = frames.pass_index;
    }
    for (uint32_t i = 0; i < count; i++) {
        bool rejected = i + 1 < count && numbers[i + 1] == numbers[i];

        if (!rejected)
            g_assert_cmpuint(rst_frames_pass_index(&frames, numbers[i]), ==, index[i]);
    }
    g_assert_cmpuint(rst_frames_pass_index(&frames, 1000), ==, 0);
    g_assert_cmpuint(rst_frames_pass_index(&frames, 0), ==, 0);
    rst_frames_free(&frames);
}

/* With a read filter, numbers of rejected frames come again; where part of a file is not read, numbers are missing. */
static void test_frames(void)
{
    check_frames((const uint32_t[]){1, 2, 3, 4, 0});
    check_frames((const uint32_t[]){1, 1, 1, 2, 3, 3, 4, 5, 5, 0});
    check_frames((const uint32_t[]){5, 6, 9, 9, 10, 20, 20, 20, 21, 0});
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/index/index", test_index);
    g_test_add_func("/index/frames", test_frames);
    return g_test_run();
}
