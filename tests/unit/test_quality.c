/* test_quality.c
 * Tests of what a capture says about itself, and of how sure a title sounds.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "made_census.h"
#include "problems/quality.h"

static rst_census_t *taken(void)
{
    rst_census_t *census = rst_census_new();

    census->frames = 100;
    census->first_time = 0;
    census->last_time = RST_SECOND;
    census->tick = RST_MICROSECOND;
    return census;
}

static void check(rst_census_t *census, const char *expected, const char *unexpected)
{
    GString *out = g_string_new(NULL);

    rst_quality_write(census, out);
    g_assert_nonnull(strstr(out->str, expected));
    g_assert_null(unexpected ? strstr(out->str, unexpected) : NULL);
    g_string_free(out, TRUE);
    rst_census_free(census);
}

static void talks(rst_census_t *census, unsigned host, unsigned facts, uint8_t ttl)
{
    rst_flow_t made = flow(census, 1, host, 1, 80, 100);

    made.facts = (uint16_t)facts;
    made.client_ttl = ttl;
    rst_census_flow(census, &made);
}

static void test_whole(void)
{
    rst_census_t *census = taken();

    talks(census, 1, RST_FLOW_BEGAN | RST_FLOW_ASKED | RST_FLOW_ANSWERED, 64);
    check(census, "1 connection, both sides.\nNothing in it limits the verdicts.", NULL);
}

static void test_sides(void)
{
    for (unsigned answers = 0; answers < 2; answers++) {
        rst_census_t *census = taken();

        for (unsigned i = 0; i < 4; i++)
            talks(census, i, RST_FLOW_BEGAN | RST_FLOW_ASKED | RST_FLOW_ANSWERED, 64);
        for (unsigned i = 0; i < 2; i++)
            talks(census, i, answers ? RST_FLOW_ANSWERED : RST_FLOW_BEGAN | RST_FLOW_ASKED | RST_FLOW_CLIENT_DATA, 64);
        check(census, answers ? "It lacks what clients sent in 2 of 6" : "It lacks what servers sent in 2 of 6",
              answers ? "what servers sent" : "what clients sent");
    }
}

static void test_bare(void)
{
    rst_census_t *census = taken();

    talks(census, 1, RST_FLOW_RESET, 64);
    check(census, "1 connection, nothing but resets in 1 of them.\nIt has nothing but resets in 1 of 1", "both sides");
}

/* One in five or fewer is mentioned, and limits nothing. */
static void test_late(void)
{
    for (unsigned late = 1; late <= 2; late++) {
        rst_census_t *census = taken();

        for (unsigned i = 0; i < 4; i++)
            talks(census, i, RST_FLOW_BEGAN | RST_FLOW_ASKED | RST_FLOW_ANSWERED, 64);
        for (unsigned i = 0; i < late; i++)
            talks(census, i, RST_FLOW_ASKED | RST_FLOW_ANSWERED, 0);
        check(census, late == 1 ? "1 without handshake.\nNothing" : "It begins late: 2 of 6", NULL);
    }
}

static void test_lost(void)
{
    rst_census_t *census = taken();

    talks(census, 1, RST_FLOW_BEGAN | RST_FLOW_ASKED | RST_FLOW_ANSWERED | RST_FLOW_LOST, 64);
    census->snapped = 3;
    census->longest = 68;
    check(census, "3 packets cut short (68 bytes or less), packets missing from 1 connection.", "Nothing");
}

/* The route of a host may change, and change back. */
static void test_shared(void)
{
    for (unsigned turns = 3; turns <= 4; turns++) {
        rst_census_t *census = taken();

        for (unsigned i = 0; i <= turns; i++)
            talks(census, 1, RST_FLOW_BEGAN | RST_FLOW_ASKED | RST_FLOW_ANSWERED, i % 2 ? 63 : 127);
        check(census, turns == 4 ? "1 client that several hosts share" : "Nothing", turns == 4 ? "Nothing" : "NAT");
    }
}

static void test_clock(void)
{
    rst_census_t *census = taken();

    census->tick = 0;
    check(census, "Its clock stands still", NULL);
    census = taken();
    census->tick = RST_MILLISECOND;
    check(census, "times in steps of 0.001 s", NULL);
    census = taken();
    census->tick = RST_MILLISECOND - 1;
    check(census, "Nothing", "steps of");
    census = taken();
    census->backward = 2;
    check(census, "2 steps back in time", NULL);
    census = taken();
    census->clocks_apart = 100 * RST_MILLISECOND;
    check(census, "clocks of interfaces that differ by 0.100 s", NULL);
    census = taken();
    census->clocks_apart = 100 * RST_MILLISECOND - 1;
    check(census, "Nothing", "differ");
}

static void check_title(uint8_t confidence, const char *expected)
{
    rst_census_t *census = rst_census_new();
    rst_problems_t *problems;

    refused(census, 1, 1, 1, 80, 100);
    rst_incident_at(census, 0)->confidence = confidence;
    problems = solve(census);
    g_assert_cmpstr(nth(problems, 1)->title, ==, expected);
    rst_problems_free(problems);
}

static void test_title(void)
{
    check_title(90, "10.9.9.1:80 refused one connection from 10.0.1.1, at 00:01:40 UTC: nobody listens there");
    check_title(89, "10.9.9.1:80 refused one connection from 10.0.1.1, at 00:01:40 UTC: probably nobody listens there");
    check_title(50, "10.9.9.1:80 refused one connection from 10.0.1.1, at 00:01:40 UTC: probably nobody listens there");
    check_title(49, "10.9.9.1:80 perhaps refused one connection from 10.0.1.1, at 00:01:40 UTC: nobody listens there");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/quality/whole", test_whole);
    g_test_add_func("/quality/sides", test_sides);
    g_test_add_func("/quality/bare", test_bare);
    g_test_add_func("/quality/late", test_late);
    g_test_add_func("/quality/lost", test_lost);
    g_test_add_func("/quality/shared", test_shared);
    g_test_add_func("/quality/clock", test_clock);
    g_test_add_func("/quality/title", test_title);
    return g_test_run();
}
