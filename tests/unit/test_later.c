/* test_later.c
 * What happens long after a reset does not change its verdict: ports that are used again, later connections of the same
 * hosts. Each test judges a story alone, then with what came later; the expectation is the same.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script-foreign.h"

#define BOTH(expected, later, ...)                                                                                     \
    do {                                                                                                               \
        script_check(expected, __VA_ARGS__);                                                                           \
        script_check(expected, __VA_ARGS__, later);                                                                    \
    } while (0)

/* An ordinary connection of the client's port, 500 s later. */
#define REUSED(client, server)                                                                                         \
    "500 " client ">" server " S 900000 id 901", "500.02 " server ">" client " S. 700000 ack 900001",                  \
        "500.021 " client ">" server " . 900001 ack 700001 id 902"

#define CLOSED                                                                                                         \
    SCRIPT_TALK, "1.00 C>S F. 1101 ack 5201 id 104", "1.02 S>C F. 5201 ack 1102", "1.021 C>S . 1102 ack 5202 id 105"

static void test_time_wait_reset(void)
{
    BOTH("#1 time_wait_reuse 80-90 by server", REUSED("C", "S"), CLOSED, "4 C>S S 900", "4.02 S>C R. =0 ack 901");
}

static void test_time_wait_acknowledged(void)
{
    BOTH("#1 time_wait_reuse 85-95 by client", REUSED("C", "S"), CLOSED, "4 C>S S 900", "4.02 S>C . 5202 ack 1102",
         "4.021 C>S R 1102");
}

static void test_abort_overtook_data(void)
{
    BOTH("#1 app_abort 40-50 by client innocent", REUSED("C", "S"), SCRIPT_TALK, "1.0 C>S R. 1201 ack 5201 id 105",
         "1.012 C>S P. 1101 ack 5201 len 100 id 104");
}

static void test_refused_then_accepted(void)
{
    BOTH("#1 closed_port 40-50 by server alt resource_exhaustion", REUSED("C", "S"), "0 C>S S 1000 id 1",
         "0.002 S>C R. =0 ack 1001", "1 C>S S 1000 id 2", "1.02 S>C S. 5000 ack 1001");
}

static void test_options_refused(void)
{
    /* The first plain SYN that the service accepts decides; the last one says nothing of the time of the reset. */
    BOTH("#1 syn_options_refused 80-90 by server", REUSED("B", "S"), "0 C>S SEW 1000", "0.02 S>C R. =0 ack 1001",
         "1 C:2>S S 2000", "1.02 S>C:2 S. 5000 ack 2001", "1.021 C:2>S . 2001 ack 5001");
}

static void test_race(void)
{
    BOTH("#1 connection_race 60-75 by client benign", REUSED("C:2", "E:443"), "0.000 C:1>D:443 S 1000",
         "0.250 C:2>E:443 S 2000", "0.270 E:443>C:2 S. 6000 ack 2001", "0.271 C:2>E:443 . 2001 ack 6001",
         "0.272 C:2>E:443 P. 2001 ack 6001 len 200", "0.300 D:443>C:1 S. 5000 ack 1001", "0.301 C:1>D:443 R 1001");
}

static void test_smb_pair(void)
{
    BOTH("#1 smb_dual_connect 90-100 by client benign", REUSED("C:1", "S:445"), "0.000 C:1>S:445 S 1000",
         "0.010 C:2>S:139 S 2000", "0.020 S:445>C:1 S. 5000 ack 1001", "0.021 C:1>S:445 . 1001 ack 5001",
         "0.022 C:1>S:445 P. 1001 ack 5001 len 100", "0.030 S:139>C:2 S. 6000 ack 2001", "0.031 C:2>S:139 R 2001");
}

/* Known as the last of a burst by the burst's first reset, which must not be looked for among the later ones. */
static void test_burst(void)
{
    BOTH("#4 injected by middlebox", REUSED("C", "S"), SCRIPT_TALK, "2 S>C R. 5201 ack 1101",
         "2.0001 S>C R. 6661 ack 1101", "2.0002 S>C R. 9581 ack 1101", "2.0003 S>C R 5201 win 1234");
}

#define LATER_PAIR(port, time)                                                                                         \
    time " C:" port ">T S 1000 interface 1", time "01 T>C:" port " S. 5000 ack 1001 interface 1"
#define LATER_SEVENTEEN                                                                                                \
    LATER_PAIR("1", "1000.1"), LATER_PAIR("2", "1000.2"), LATER_PAIR("3", "1000.3"), LATER_PAIR("4", "1000.4"),        \
        LATER_PAIR("5", "1000.5"), LATER_PAIR("6", "1000.6"), LATER_PAIR("7", "1000.7"), LATER_PAIR("8", "1000.8"),    \
        LATER_PAIR("9", "1000.9"), LATER_PAIR("10", "1001.0"), LATER_PAIR("11", "1001.1"), LATER_PAIR("12", "1001.2"), \
        LATER_PAIR("13", "1001.3"), LATER_PAIR("14", "1001.4"), LATER_PAIR("15", "1001.5"),                            \
        LATER_PAIR("16", "1001.6"), LATER_PAIR("17", "1001.7")

/* What other connections show of the server's point counts, though the client has had many since. */
static void test_witness(void)
{
    BOTH("firewall_reject 95-99 by middlebox pattern absent_at_sender", LATER_SEVENTEEN,
         "0.000 C:41000>S:443 S 1000 mss 1460 ttl 64 id 1 interface 1",
         "+0.001 C:41000>S:443 S 1000 mss 1460 ttl 63 id 1 interface 2",
         "+0.001 S:443>C:41000 S. 5000 ack 1001 mss 1460 ttl 64 id 2 interface 2",
         "+0.001 S:443>C:41000 S. 5000 ack 1001 mss 1460 ttl 63 id 2 interface 1",
         "+0.001 C:41000>S:443 . 1001 ack 5001 ttl 64 id 3 interface 1",
         "+0.001 C:41000>S:443 . 1001 ack 5001 ttl 63 id 3 interface 2",
         "+1.000 C:41001>S:80 S 1000 mss 1460 ttl 64 id 4 interface 1",
         "+0.001 C:41001>S:80 S 1000 mss 1460 ttl 63 id 4 interface 2",
         "+0.001 S:80>C:41001 S. 5000 ack 1001 mss 1460 ttl 64 id 5 interface 2",
         "+0.001 S:80>C:41001 S. 5000 ack 1001 mss 1460 ttl 63 id 5 interface 1",
         "+0.001 C:41001>S:80 . 1001 ack 5001 ttl 64 id 6 interface 1",
         "+0.001 C:41001>S:80 . 1001 ack 5001 ttl 63 id 6 interface 2",
         "+1.000 C:41002>S:8443 S 9000 mss 1460 ttl 64 id 7 interface 1",
         "+0.001 S:8443>C:41002 R. =0 ack 9001 win 0 ttl 64 id 8 interface 1",
         "+1.000 C:41000>S:443 P. 1001 ack 5001 len 5 ttl 64 id 9 interface 1",
         "+0.001 C:41000>S:443 P. 1001 ack 5001 len 5 ttl 63 id 9 interface 2");
}

#define STARTED(port, time)                                                                                            \
    time " C:" port ">S S 1000", "+0.02 S>C:" port " S. 5000 ack 1001", "+0.001 C:" port ">S . 1001 ack 5001",         \
        "+0.001 C:" port ">S P. 1001 ack 5001 len 10", "+0.02 S>C:" port " P. 5001 ack 1011 len 10",                   \
        "+0.001 C:" port ">S . 1011 ack 5011"
#define STOPPED(port, silence) "+" silence " S>C:" port " R. 5011 ack 1011"
#define OTHER_SILENCE STARTED("3", "1200"), STOPPED("3", "13.001")

/* Twice after the same silence is a habit, also when the next time is another one. */
static void test_habit(void)
{
    BOTH("#1 app_timeout 50-60 by server; #2 app_timeout 50-60 by server", OTHER_SILENCE, STARTED("1", "0"),
         STOPPED("1", "47.001"), STARTED("2", "100"), STOPPED("2", "47.001"));
}

#define OF_MANY(port, time)                                                                                            \
    time " C:" port ">S S 1000", time "2 S>C:" port " S. 5000 ack 1001",                                               \
        time "3 C:" port ">S P. 1001 ack 5001 len 10", time "4 S>C:" port " P. 5001 ack 1011 len 10",                  \
        time "5 C:" port ">S . 1011 ack 5011"
#define BATCH                                                                                                          \
    OF_MANY("1", "0.1"), OF_MANY("2", "0.2"), OF_MANY("3", "0.3"), "5.001 S>C:1 R. 5011 ack 1011",                     \
        "5.002 S>C:2 R. 5011 ack 1011", "5.003 S>C:3 R. 5011 ack 1011"
#define REFUSED(time) time " C:9>S S 1", time "1 S>C:9 R. =0 ack 2"

/* A stop of the service much later is another one. */
static void test_batch(void)
{
    BOTH("#1 app_abort by server alt admin_kill; #3 app_abort by server", REFUSED("1000.0"), BATCH);
    script_check("#1 process_exit 81-91 by server; #3 process_exit by server", BATCH, REFUSED("124.0"));
    script_check("#1 app_abort by server; #3 app_abort by server", BATCH, REFUSED("126.0"));
}

#define VISIT(port, time)                                                                                              \
    time ".0 C:" port ">S S 1000 mss 1460 ws 7 sack", time ".02 S>C:" port " S. 5000 ack 1001",                        \
        time ".021 C:" port ">S . 1001 ack 5001", time ".022 C:" port ">S R. 1001 ack 5001"

/* A visit that comes later than the period does not undo it, and begins a period of its own. */
static void test_visits(void)
{
    BOTH("#1 health_check 75-90 by client; #4 health_check by client", VISIT("5", "300"), VISIT("1", "10"),
         VISIT("2", "15"), VISIT("3", "20"), VISIT("4", "25"));
    script_check("#1 * not health_check; #2 health_check; #5 health_check", VISIT("9", "10"), VISIT("1", "300"),
                 VISIT("2", "305"), VISIT("3", "310"), VISIT("4", "315"), VISIT("5", "320"));
    script_check("#1 * not health_check; #5 * not health_check", VISIT("1", "10"), VISIT("2", "15"), VISIT("3", "20"),
                 VISIT("4", "27"), VISIT("5", "34"));
    /* Less than two minutes are no long silence: one irregular series. */
    script_check("#4 * not health_check; #6 * not health_check", VISIT("9", "10"), VISIT("1", "60"), VISIT("2", "65"),
                 VISIT("3", "70"), VISIT("4", "75"), VISIT("5", "80"));
}

#define TALKS(port, service, time)                                                                                     \
    time " C:" port ">S:" service " S 1000 ttl 64", time "2 S>C:" port " S. 5000 ack 1001 ttl 54",                     \
        time "21 C:" port ">S:" service " . 1001 ack 5001 ttl 64"

/* What a host showed is not lost when the clock of the capture is set back. */
static void test_clock_set_back(void)
{
    BOTH("#1 firewall_reject by middlebox", TALKS("6", "80", "1400.0"), TALKS("1", "80", "5000.1"),
         TALKS("2", "80", "5000.2"), TALKS("3", "80", "5000.3"), "5001 C:5>S:80 S 1000 ttl 64",
         "5001.0001 S>C:5 R. =0 ack 1001 ttl 64");
    /* Set back and forward again before the refusal: the service accepted near it all the same. */
    script_check("firewall_reject by middlebox", TALKS("1", "80", "5000.1"), TALKS("2", "80", "5000.2"),
                 TALKS("3", "80", "5000.3"), TALKS("6", "80", "1400.0"), "5001 C:5>S:80 S 1000 ttl 64",
                 "5001.0001 S>C:5 R. =0 ack 1001 ttl 64");
    script_check("firewall_reject by middlebox", TALKS("6", "80", "9000.0"), TALKS("1", "80", "5000.1"),
                 TALKS("2", "80", "5000.2"), TALKS("3", "80", "5000.3"), "5001 C:5>S:80 S 1000 ttl 64",
                 "5001.0001 S>C:5 R. =0 ack 1001 ttl 64");
    /* An hour before and an hour after, by a clock that is set back in between, it was not near. */
    script_check("closed_port", TALKS("1", "80", "9000.1"), TALKS("2", "80", "9000.2"), TALKS("3", "80", "9000.3"),
                 "5001 C:5>S:80 S 1000 ttl 64", "5001.0001 S>C:5 R. =0 ack 1001 ttl 64");
}

/* Nine segments make a connection; one before the script repeats its SYN. */
static const unsigned foreign_segments[SCRIPT_FOREIGN_COUNT] = {9, 9, 20 * 9, 0, 10, 10};

static void test_foreign(void)
{
    static const char *const lines[] = {SCRIPT_TALK, "2 S>C R. 5201 ack 1101 ttl 40", NULL};
    const script_variant_t *variant = &script_variants[0];
    script_shown_t shown;

    script_shown_read(&shown, variant, lines);
    for (unsigned foreign = 0; foreign < SCRIPT_FOREIGN_COUNT; foreign++) {
        GArray *segments = script_foreign_make(&shown, variant, foreign);
        bool is_before = script_foreign_is_before(foreign);

        g_assert_cmpuint(segments->len, ==, foreign_segments[foreign]);
        for (unsigned i = 0; i < segments->len; i++) {
            const rst_segment_t *segment = &g_array_index(segments, rst_segment_t, i);
            bool from_client = segment->dport == 80 || segment->dport == 9;

            g_assert_true(is_before ? segment->time < -900 * RST_SECOND : segment->time > 1000 * RST_SECOND);
            g_assert_true(is_before == !(segment->known & RST_HAS_IP) || foreign == SCRIPT_TWENTY_LATER);
            if (segment->known & RST_HAS_IP)
                g_assert_cmpuint(segment->ttl, ==, from_client ? 64 : 54);
        }
        g_array_free(segments, TRUE);
    }
    g_assert_cmpint(script_shown_delay(&shown, &g_array_index(shown.ends, script_ends_t, 0).server), ==,
                    20 * RST_MILLISECOND);
    script_shown_clear(&shown);
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/later/time_wait_reset_then_ports_reused", test_time_wait_reset},
        {"/later/time_wait_acknowledged_then_ports_reused", test_time_wait_acknowledged},
        {"/later/abort_overtook_data_then_ports_reused", test_abort_overtook_data},
        {"/later/refused_syn_accepted_when_repeated_then_ports_reused", test_refused_then_accepted},
        {"/later/options_refused_then_plain_syn_accepted_long_after", test_options_refused},
        {"/later/race_then_winners_ports_reused", test_race},
        {"/later/smb_pair_then_winners_ports_reused", test_smb_pair},
        {"/later/burst_then_ports_reused", test_burst},
        {"/later/witness_then_seventeen_connections", test_witness},
        {"/later/habit_then_another_silence", test_habit},
        {"/later/batch_then_port_refuses_long_after", test_batch},
        {"/later/health_check_then_another_visit", test_visits},
        {"/later/clock_set_back", test_clock_set_back},
        {"/later/foreign_traffic_bears_what_the_script_shows", test_foreign},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
