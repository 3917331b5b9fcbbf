/* test_benign.c
 * What looks like the work of a device on the path and is none. Each case has a counterpart in which a device is at work,
 * in test_network.c and test_pattern.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

/* Timestamps on both sides, IP IDs that count; the server is 10 hops away. Next: client 1101, server 5201. */
#define STAMPED                                                                                                        \
    "0.00 C>S S 1000 ts 100:0 ttl 64 id 100 df", "0.02 S>C S. 5000 ack 1001 ts 900:100 ttl 54 id 0 df",                \
        "0.021 C>S . 1001 ack 5001 ts 120:900 ttl 64 id 101 df",                                                       \
        "0.03 C>S P. 1001 ack 5001 len 100 ts 130:900 ttl 64 id 102 df",                                               \
        "0.05 S>C P. 5001 ack 1101 len 200 ts 930:130 ttl 54 id 7001 df",                                              \
        "0.051 C>S . 1101 ack 5201 ts 150:930 ttl 64 id 103 df"

/* Linux answers without a socket: IP ID 0, no options, window 0, from its own distance. */
static void test_zero_id(void)
{
    script_check("no_connection by server innocent plain", STAMPED,
                 "2 C>S P. 1101 ack 5201 len 10 ts 2100:930 ttl 64 id 104 df", "2.02 S>C R 5201 ttl 54 id 0 df");
    script_check("segment_after_reset innocent plain", STAMPED, "2 S>C R. 5201 ack 1101 ts 2930:150 ttl 54 id 7002 df",
                 "2.01 C>S P. 1101 ack 5201 len 10 ts 2110:930 ttl 64 id 104 df", "2.03 S>C R 5201 ttl 54 id 0 df");
    script_check("closed_port by server innocent plain", "0 C>S S 1000 ts 100:0 ttl 64 id 100 df mss 1460 ws 7",
                 "0.02 S>C R. =0 ack 1001 ttl 54 id 0 df");
}

/* BSD and macOS abort without timestamps, Windows with a window of 0. */
static void test_missing_options(void)
{
    script_check("* by server innocent plain", STAMPED, "2 S>C R. 5201 ack 1101 ttl 54 id 7002 df");
    script_check("* by server innocent plain", STAMPED, "2 S>C R. 5201 ack 1101 ttl 54 id 0");
    script_check("* by client innocent", STAMPED, "2 C>S R. 1101 ack 5201 win 0 ttl 64 id 104 df");
    /* Another id series as well: still code of another kind in one and the same host. */
    script_check("* by server innocent plain", STAMPED, "2 S>C R. 5201 ack 1101 win 0 ttl 54 id 31337");
}

/* The same ten hops, counted from another initial TTL. */
static void test_initial_ttl(void)
{
    static const unsigned initial[] = { 255, 128, 64 };

    for (size_t i = 0; i < G_N_ELEMENTS(initial); i++) {
        char *reset = g_strdup_printf("2 S>C R. 5201 ack 1101 ttl %u id 31337", initial[i] - 10);
        char *answer = g_strdup_printf("2.02 S>C R 5201 ttl %u id 0", initial[i] - 10);

        script_check("* by server delta 0 innocent plain", STAMPED, reset);
        script_check("no_connection by server delta 0 innocent plain", STAMPED,
                     "2 C>S P. 1101 ack 5201 len 10 ts 2100:930 ttl 64 id 104 df", answer);
        g_free(reset);
        g_free(answer);
    }
}

/* External BGP speaks with TTL 1 and answers without a socket with the system's TTL; so does GTSM the other way. */
static void test_chosen_ttl(void)
{
#define SESSION(ttl)                                                                                                   \
    "0 C:40000>S:179 S 1000 ttl " ttl, "0.001 S:179>C:40000 S. 5000 ack 1001 ttl " ttl,                                \
        "0.002 C:40000>S:179 . 1001 ack 5001 ttl " ttl, "1 C:40000>S:179 P. 1001 ack 5001 len 19 ttl " ttl,            \
        "1.01 S:179>C:40000 P. 5001 ack 1020 len 19 ttl " ttl, "1.02 C:40000>S:179 . 1020 ack 5020 ttl " ttl
    script_check("* by server delta none innocent", SESSION("1"), "2 S:179>C:40000 R. 5020 ack 1020 ttl 64");
    script_check("* by server delta none innocent", SESSION("1"), "2 S:179>C:40000 R. 5020 ack 1020 ttl 255");
    script_check("* by server innocent", SESSION("255"), "2 S:179>C:40000 R. 5020 ack 1020 ttl 255");
    script_check("no_connection by server delta none innocent", SESSION("2"),
                 "61 C:40000>S:179 P. 1020 ack 5020 len 19 ttl 2", "61.001 S:179>C:40000 R 5020 ttl 64");
#undef SESSION
}

/* A NAT beside the capture (VirtualBox, Hyper-V, slirp) speaks for hosts far away: its packets have TTL 64 or 255. */
static void test_nat_answers(void)
{
    script_check("closed_port innocent", "0 C:1>S S 1000 ttl 64", "0.04 S>C:1 R. =0 ack 1001 ttl 255 id 1");
    /* All segments come from the NAT: no distance changes. */
    script_check("* by server delta 0 innocent", "0 C>S S 1000 ttl 64", "0.04 S>C S. 5000 ack 1001 ttl 255 id 1",
                 "0.041 C>S . 1001 ack 5001 ttl 64", "1 C>S P. 1001 ack 5001 len 10 ttl 64",
                 "1.04 S>C P. 5001 ack 1011 len 10 ttl 255 id 2", "1.05 C>S . 1011 ack 5011 ttl 64",
                 "3 S>C R. 5011 ack 1011 ttl 255 id 3");
}

/* A balancer opens the connection itself and passes on what the server sends: the TTL changes within the connection. */
static void test_balancer(void)
{
#define BALANCED                                                                                                       \
    "0.00 C>S S 1000 ttl 64", "0.02 S>C S. 5000 ack 1001 ttl 245", "0.021 C>S . 1001 ack 5001 ttl 64",                 \
        "0.03 C>S P. 1001 ack 5001 len 100 ttl 64", "0.05 S>C P. 5001 ack 1101 len 200 ttl 55",                        \
        "0.051 C>S . 1101 ack 5201 ttl 64"
    script_check("* innocent", BALANCED, "2 S>C R. 5201 ack 1101 ttl 245");
    script_check("* innocent", BALANCED, "2 S>C R. 5201 ack 1101 ttl 55");
    script_check("* innocent", BALANCED, "2 C>S P. 1101 ack 5201 len 10 ttl 64", "2.02 S>C R 5201 ttl 245");
    script_check("* innocent", BALANCED, "2 C>S P. 1101 ack 5201 len 10 ttl 64", "2.02 S>C R 5201 ttl 55");
#undef BALANCED
}

/* Anonymized traces have the TTL overwritten. */
static void test_anonymized(void)
{
    script_check("* by server innocent plain", "0 C>S S 1000 ttl 0 id 0", "0.02 S>C S. 5000 ack 1001 ttl 0 id 0",
                 "0.021 C>S . 1001 ack 5001 ttl 0 id 0", "1 C>S P. 1001 ack 5001 len 10 ttl 0 id 0",
                 "1.02 S>C P. 5001 ack 1011 len 10 ttl 0 id 0", "1.021 C>S . 1011 ack 5011 ttl 0 id 0",
                 "3 S>C R. 5011 ack 1011 ttl 0 id 0");
    /* Some of them only. */
    script_check("* by server delta none innocent plain", STAMPED, "2 S>C R. 5201 ack 1101 ttl 0 id 0");
}

/* A mirror port shows each packet before and behind a router: one hop less, everything else equal. */
static void test_mirror_port(void)
{
#define TWICE(time, again, rest, before, behind) time rest before, again rest behind
#define MIRRORED                                                                                                       \
    TWICE("0.00", "0.0001", " C>S S 1000 id 100", " ttl 64", " ttl 63"),                                               \
        TWICE("0.02", "0.0201", " S>C S. 5000 ack 1001 id 0", " ttl 54", " ttl 53"),                                   \
        TWICE("0.021", "0.0211", " C>S . 1001 ack 5001 id 101", " ttl 64", " ttl 63"),                                 \
        TWICE("0.03", "0.0301", " C>S P. 1001 ack 5001 len 100 id 102", " ttl 64", " ttl 63"),                         \
        TWICE("0.05", "0.0501", " S>C P. 5001 ack 1101 len 200 id 7001", " ttl 54", " ttl 53"),                        \
        TWICE("0.051", "0.0511", " C>S . 1101 ack 5201 id 103", " ttl 64", " ttl 63")
    script_check("#1 app_abort by server retx 0 innocent plain; #2 duplicate innocent plain", MIRRORED,
                 TWICE("2", "2.0001", " S>C R. 5201 ack 1101 id 7002", " ttl 54", " ttl 53"));
    script_check("#1 no_connection by server innocent plain; #2 duplicate innocent plain", MIRRORED,
                 TWICE("2", "2.0001", " C>S P. 1101 ack 5201 len 10 id 104", " ttl 64", " ttl 63"),
                 TWICE("2.02", "2.0201", " S>C R 5201 id 0", " ttl 54", " ttl 53"));
#undef MIRRORED
#undef TWICE
}

/* New connections on the addresses and ports of one that was reset are no life after the reset. */
static void test_stream_reuse(void)
{
    script_check("#1 app_abort by server contradicted 0 innocent plain", STAMPED,
                 "2 S>C R. 5201 ack 1101 ts 2900:150 ttl 54 id 7002 df", "3 C>S S 900000 ts 3100:0 ttl 64 id 200 df",
                 "3.02 S>C S. 700000 ack 900001 ts 3900:3100 ttl 54 id 0 df",
                 "3.021 C>S . 900001 ack 700001 ts 3120:3900 ttl 64 id 201 df",
                 "3.05 S>C P. 700001 ack 900001 len 10 ts 3930:3120 ttl 54 id 7003 df");
    /* The SYN of the new one is not in the capture's part that was kept; its numbers go on by chance. */
    script_check("#1 closed_port by server contradicted 0 innocent plain", "0 C>S S 1000 ttl 64 id 1",
                 "0.02 S>C R. =0 ack 1001 ttl 54 id 0", "1 C>S S 500000 ttl 64 id 2",
                 "1.02 S>C S. 5000 ack 500001 ttl 54 id 0", "1.03 C>S . 500001 ack 5001 ttl 64 id 3",
                 "1.2 S>C P. 5001 ack 500001 len 50 ttl 54 id 9");
}

/* What was under way when the reset was sent arrives after it. */
static void test_reordered(void)
{
    script_check("#1 * by server contradicted 0 innocent plain", STAMPED,
                 "2 S>C R. 5211 ack 1101 ts 2900:150 ttl 54 id 7003 df",
                 "2.0005 S>C P. 5201 ack 1101 len 10 ts 2899:150 ttl 54 id 7002 df");
    script_check("#1 * contradicted 0 innocent plain", STAMPED, "2 S>C R. 5201 ack 1101 ts 2900:150 ttl 54 id 7003 df",
                 "2.3 S>C P. 5001 ack 1101 len 200 ts 930:130 ttl 54 id 7001 df");
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        { "/benign/zero_id", test_zero_id },
        { "/benign/missing_options", test_missing_options },
        { "/benign/initial_ttl", test_initial_ttl },
        { "/benign/chosen_ttl", test_chosen_ttl },
        { "/benign/nat_answers", test_nat_answers },
        { "/benign/balancer", test_balancer },
        { "/benign/anonymized", test_anonymized },
        { "/benign/mirror_port", test_mirror_port },
        { "/benign/stream_reuse", test_stream_reuse },
        { "/benign/reordered", test_reordered },
        { NULL, NULL },
    };

    return script_main(&argc, &argv, tests);
}
