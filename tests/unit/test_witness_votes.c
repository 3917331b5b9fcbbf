/* test_witness_votes.c
 * Counting on which offset of two clocks most connections agree, and the year of times that have none.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script-join.h"

#include "witness/calendar.h"
#include "witness/vote.h"

#define CHANCE (500 * RST_MILLISECOND) /* by which votes for one offset differ */

static rst_ends_t pairs[16];

typedef struct vote {
    int64_t offset;
    unsigned pair, record;
    uint8_t likeness;
} vote_t;

static GArray *votes_of(const vote_t *votes, unsigned count)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(rst_ballot_t));

    for (unsigned i = 0; i < count; i++) {
        const rst_ballot_t ballot = {votes[i].offset, &pairs[votes[i].pair], votes[i].record, votes[i].likeness};

        g_array_append_val(all, ballot);
    }
    g_array_sort(all, rst_ballot_compare);
    return all;
}

static rst_mode_of_clock_t mode_of(const vote_t *votes, unsigned count, rst_poll_t poll)
{
    GArray *all = votes_of(votes, count);
    rst_mode_of_clock_t mode;

    poll.votes = all;
    g_assert_cmpint(rst_poll_mode(&poll, &mode), ==, mode.votes > 0);
    g_array_free(all, TRUE);
    return mode;
}

static void test_order(void)
{
    const rst_ballot_t early = {.offset = -5}, late = {.offset = 7}, same = {.offset = 7, .record = 3};

    g_assert_cmpint(rst_ballot_compare(&early, &late), <, 0);
    g_assert_cmpint(rst_ballot_compare(&late, &early), >, 0);
    g_assert_cmpint(rst_ballot_compare(&late, &same), ==, 0);
}

/* Votes agree if they differ by no more than chance, besides the resolution of the log. */
static void test_width(void)
{
    vote_t votes[] = {{0, 0, 0, 0}, {CHANCE, 1, 1, 0}};

    g_assert_cmpuint(mode_of(votes, 2, (rst_poll_t){.width = 0}).connections, ==, 2);
    votes[1].offset = CHANCE + 1;
    g_assert_cmpuint(mode_of(votes, 2, (rst_poll_t){.width = 0}).connections, ==, 1);
    g_assert_cmpuint(mode_of(votes, 2, (rst_poll_t){.width = 1}).connections, ==, 2);
    votes[1].offset = CHANCE + RST_SECOND + 1;
    g_assert_cmpuint(mode_of(votes, 2, (rst_poll_t){.width = RST_SECOND}).connections, ==, 1);
}

/* Connections count, not their packets or lines: a storm of one outvotes nobody. Of as many connections, votes do; of
 * equals, the first is as good. */
static void test_most(void)
{
    static const vote_t storm[] = {{0, 0, 0, 0}, {1, 0, 1, 0}, {2, 0, 2, 0}, {MINUTE, 1, 3, 0}, {MINUTE, 2, 4, 0}};
    static const vote_t more[] = {{0, 0, 0, 0}, {MINUTE, 1, 1, 0}, {MINUTE, 1, 2, 0}};
    static const vote_t fewer[] = {{0, 0, 0, 0}, {0, 0, 1, 0}, {MINUTE, 1, 2, 0}};
    static const vote_t equals[] = {{0, 0, 0, 0}, {MINUTE, 1, 1, 0}};
    rst_mode_of_clock_t mode = mode_of(storm, 5, (rst_poll_t){.width = 0});

    g_assert_cmpint(mode.middle, ==, MINUTE);
    g_assert_cmpuint(mode.connections, ==, 2);
    g_assert_cmpuint(mode.records, ==, 2);
    g_assert_cmpuint(mode.votes, ==, 2);
    g_assert_cmpint(mode_of(more, 3, (rst_poll_t){.width = 0}).middle, ==, MINUTE);
    g_assert_cmpint(mode_of(fewer, 3, (rst_poll_t){.width = 0}).middle, ==, 0);
    g_assert_cmpint(mode_of(equals, 2, (rst_poll_t){.width = 0}).middle, ==, 0);
}

/* The first record has the number 0 and is one as well. */
static void test_records(void)
{
    static const vote_t votes[] = {{0, 0, 0, 0}, {1, 0, 0, 0}, {2, 1, 1, 0}};
    rst_mode_of_clock_t mode = mode_of(votes, 3, (rst_poll_t){.width = 0});

    g_assert_cmpuint(mode.records, ==, 2);
    g_assert_cmpuint(mode.votes, ==, 3);
    g_assert_cmpint(mode.low, ==, 0);
    g_assert_cmpint(mode.middle, ==, 1);
    g_assert_cmpint(mode.high, ==, 2);
}

/* Only votes of a likeness, inside or outside of limits that belong to the inside, or of some connections. */
static void test_filters(void)
{
    static const vote_t votes[] = {{0, 0, 0, RST_KEY_SEQ}, {10 * RST_SECOND, 1, 1, 0}, {20 * RST_SECOND, 2, 2, 0}};
    rst_poll_t poll = {.likeness = RST_KEY_SEQ};
    GHashTable *only = g_hash_table_new(NULL, NULL);

    g_assert_cmpint(mode_of(votes + 1, 2, (rst_poll_t){.likeness = 0}).middle, ==, 10 * RST_SECOND);
    g_assert_cmpuint(mode_of(votes, 3, poll).votes, ==, 1);
    g_assert_cmpuint(mode_of(votes + 1, 2, poll).votes, ==, 0);
    poll = (rst_poll_t){.inside = true, .low = 10 * RST_SECOND, .high = 20 * RST_SECOND};
    g_assert_cmpint(mode_of(votes, 3, poll).middle, ==, 10 * RST_SECOND);
    poll.low = poll.high = 20 * RST_SECOND;
    g_assert_cmpint(mode_of(votes, 3, poll).middle, ==, 20 * RST_SECOND);
    poll.low = poll.high = 20 * RST_SECOND - 1;
    g_assert_cmpuint(mode_of(votes, 3, poll).votes, ==, 0);
    poll.low = poll.high = 20 * RST_SECOND + 1;
    g_assert_cmpuint(mode_of(votes, 3, poll).votes, ==, 0);
    poll = (rst_poll_t){.outside = true, .low = 0, .high = 10 * RST_SECOND};
    g_assert_cmpint(mode_of(votes, 3, poll).middle, ==, 20 * RST_SECOND);
    g_hash_table_add(only, &pairs[2]);
    poll = (rst_poll_t){.only = only};
    g_assert_cmpint(mode_of(votes, 3, poll).middle, ==, 20 * RST_SECOND);
    g_hash_table_destroy(only);
}

/* The event came up to the resolution after the time that the log has; half of it is the best guess, and the error. */
static void test_offset(void)
{
    const rst_mode_of_clock_t mode = {.low = 10, .high = 30, .middle = 24};

    g_assert_cmpint(rst_mode_offset(&mode, 0), ==, 24);
    g_assert_cmpint(rst_mode_offset(&mode, 8), ==, 20);
    g_assert_cmpint(rst_mode_error(&mode, 0), ==, 10);
    g_assert_cmpint(rst_mode_error(&mode, 8), ==, 14);
}

/* The first and the last line whose votes are within the limits. */
static void test_lines(void)
{
    static const vote_t votes[] = {{10, 0, 0, 0}, {20, 1, 1, 0}, {30, 1, 2, 0}, {40, 2, 3, 0}};
    GArray *all = votes_of(votes, G_N_ELEMENTS(votes));
    rst_kepts_t kepts = {.records = g_array_new(FALSE, TRUE, sizeof(rst_kept_t))};
    rst_span_t span;

    g_array_set_size(kepts.records, 4);
    for (unsigned i = 0; i < 4; i++)
        rst_kept(&kepts, i)->line = 100 + i;
    span = rst_ballots_lines(&kepts, all, 20, 30);
    g_assert_cmpuint(span.connections, ==, 1);
    g_assert_cmpuint(span.first, ==, 101);
    g_assert_cmpuint(span.last, ==, 102);
    span = rst_ballots_lines(&kepts, all, 11, 39);
    g_assert_cmpuint(span.first, ==, 101);
    g_assert_cmpuint(span.last, ==, 102);
    span = rst_ballots_lines(&kepts, all, 10, 40);
    g_assert_cmpuint(span.connections, ==, 3);
    g_assert_cmpuint(span.first, ==, 100);
    g_assert_cmpuint(span.last, ==, 103);
    g_array_free(kepts.records, TRUE);
    g_array_free(all, TRUE);
}

static int64_t utc(int year, int month, int day, int hour)
{
    GDateTime *date = g_date_time_new_utc(year, month, day, hour, 0, 0);
    int64_t seconds = g_date_time_to_unix(date);

    g_date_time_unref(date);
    return rst_time_of(seconds, 0);
}

/* Logs without a year are of the year that brings them nearest: around New Year that is the one before or after. */
static void test_year(void)
{
    g_assert_cmpint(rst_calendar_year(utc(1972, 9, 21, 12), utc(2026, 9, 21, 0)), ==, utc(2026, 9, 21, 12));
    g_assert_cmpint(rst_calendar_year(utc(1972, 12, 31, 23), utc(2026, 1, 1, 1)), ==, utc(2025, 12, 31, 23));
    g_assert_cmpint(rst_calendar_year(utc(1972, 1, 1, 1), utc(2025, 12, 31, 23)), ==, utc(2026, 1, 1, 1));
    /* July 2 at noon is the middle of 2026: half a year from January 1 at midnight on either side, and neither wins */
    g_assert_cmpint(rst_calendar_year(utc(1972, 1, 1, 0), utc(2026, 7, 2, 12)), ==, utc(2026, 1, 1, 0));
    g_assert_cmpint(rst_calendar_year(utc(1972, 1, 1, 0), utc(2026, 7, 2, 13)), ==, utc(2027, 1, 1, 0));
    g_assert_cmpint(rst_calendar_year(utc(1972, 2, 29, 12), utc(2024, 3, 1, 0)), ==, utc(2024, 2, 29, 12));
    g_assert_cmpint(rst_calendar_year(utc(1972, 2, 29, 12), utc(2025, 3, 1, 0)), ==, utc(2024, 2, 29, 12));
    g_assert_cmpint(rst_calendar_year(utc(1972, 2, 29, 12), utc(2026, 3, 1, 0)), ==, RST_TIME_NONE);
    g_assert_cmpint(rst_calendar_year(utc(1972, 9, 21, 12), RST_TIME_NONE), ==, RST_TIME_NONE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/witness_votes/order", test_order);
    g_test_add_func("/witness_votes/width", test_width);
    g_test_add_func("/witness_votes/most", test_most);
    g_test_add_func("/witness_votes/records", test_records);
    g_test_add_func("/witness_votes/filters", test_filters);
    g_test_add_func("/witness_votes/offset", test_offset);
    g_test_add_func("/witness_votes/lines", test_lines);
    g_test_add_func("/witness_votes/year", test_year);
    return g_test_run();
}
