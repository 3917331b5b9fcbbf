/* test_near_numbers.c
 * Near misses of foreign packets: honest numbers that are far from the last ones, or that a capture shows only in part.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "near.h"

/* Segmentation left to the network card: 64 kB at once, and more than the peer's last window says. */
static void test_offloads(void)
{
    script_check_dressed(&script_linux, "app_abort by client; foreign 0; doubtful 0", NEAR_TALK,
                         "0.1 S>C . 5201 ack 1101 len 64240", "0.1001 S>C . 69441 ack 1101 len 65160",
                         "0.1002 S>C P. 134601 ack 1101 len 7240", "0.12 C>S . 1101 ack 69441",
                         "0.1201 C>S . 1101 ack 141841", "4 C>S R. 1101 ack 141841");
    /* Coalesced ACKs at the receiver, and segments that it did not acknowledge yet. */
    script_check_dressed(&script_windows, "app_abort by server; foreign 0; doubtful 0", NEAR_TALK,
                         "0.1 S>C . 5201 ack 1101 len 65000", "0.101 S>C . 70201 ack 1101 len 65000",
                         "0.102 S>C . 135201 ack 1101 len 65000", "0.103 S>C . 200201 ack 1101 len 65000",
                         "0.13 C>S . 1101 ack 265201", "4 S>C R. 265201 ack 1101");
}

/* Headers alone: options cut off, or a length that only the IP header tells. */
static void test_snap_lengths(void)
{
    script_check_dressed(&script_linux, "app_abort by client; foreign 0; doubtful 0", "0 C>S S 1000 more",
                         "0.02 S>C S. 5000 ack 1001 more", "0.021 C>S . 1001 ack 5001 more",
                         "0.03 C>S P. 1001 ack 5001 len 100 more", "0.06 S>C P. 5001 ack 1101 len 200 more",
                         "0.061 C>S . 1101 ack 5201 more", "4 C>S R. 1101 ack 5201");
    script_check_dressed(&script_linux, "app_abort by client; foreign 0; doubtful 0", NEAR_OPEN,
                         "0.03 C>S P. 1001 ack 5001 nolen", "0.06 S>C P. 5001 ack 1101 nolen",
                         "0.061 C>S . 1101 ack 5201 nolen", "1 C>S P. 1101 ack 5201 nolen",
                         "1.02 S>C P. 5201 ack 1301 nolen", "1.021 C>S . 1301 ack 90201 nolen",
                         "1.03 S>C P. 90201 ack 1301 nolen", "4 C>S R. 1301 ack 90201");
    /* Some frames are cut, others not. */
    script_check_dressed(&script_linux, "app_abort by client; foreign 0; doubtful 0", NEAR_OPEN,
                         "0.03 C>S P. 1001 ack 5001 len 100", "0.06 S>C P. 5001 ack 1101 len 1460 more",
                         "0.061 C>S . 1101 ack 6461", "0.07 S>C P. 6461 ack 1101 len 1460 more",
                         "0.071 C>S . 1101 ack 7921", "4 C>S R. 1101 ack 7921");
}

/* One byte at SND.NXT-1, or none (RFC 9293, section 3.8.4): below what was sent. */
static void test_keepalives(void)
{
    script_check_dressed(&script_windows, "app_timeout by client; foreign 0; doubtful 0", NEAR_TALK,
                         "60 C>S . 1100 ack 5201 len 1", "60.02 S>C . 5201 ack 1101 sackblock 1100:1101",
                         "120 C>S . 1100 ack 5201 len 1", "120.02 S>C . 5201 ack 1101 sackblock 1100:1101",
                         "180 C>S R. 1101 ack 5201");
    script_check_dressed(&script_linux, "app_abort by server; foreign 0; doubtful 0", NEAR_TALK,
                         "75 S>C . 5200 ack 1101", "75.0001 C>S . 1101 ack 5201", "150 S>C . 5200 ack 1101",
                         "150.0001 C>S . 1101 ack 5201", "150.5 S>C R. 5201 ack 1101");
    script_check_dressed(&script_linux, "keepalive_timeout by server; foreign 0; doubtful 0", NEAR_TALK,
                         "7200 S>C . 5200 ack 1101", "7275 S>C . 5200 ack 1101", "7350 S>C . 5200 ack 1101",
                         "7425 S>C . 5200 ack 1101", "7500 S>C R. 5201 ack 1101");
}

/* Probes of a closed window: Linux below it, Windows with the first byte that does not fit any more. */
static void test_window_probes(void)
{
    script_check_dressed(&script_linux, "zero_window_timeout by client; foreign 0; doubtful 0", NEAR_TALK,
                         "1 C>S P. 1101 ack 5201 len 400", "1.02 S>C . 5201 ack 1501 win 0", "2 C>S . 1500 ack 5201",
                         "2.02 S>C . 5201 ack 1501 win 0", "4 C>S . 1500 ack 5201", "8 C>S . 1500 ack 5201",
                         "16 C>S . 1500 ack 5201", "32 C>S . 1500 ack 5201", "64 C>S . 1500 ack 5201",
                         "128 C>S R. 1501 ack 5201");
    script_check_dressed(&script_windows, "app_abort by client; foreign 0; doubtful 0", NEAR_TALK,
                         "1 C>S P. 1101 ack 5201 len 400", "1.02 S>C . 5201 ack 1501 win 0",
                         "2 C>S . 1501 ack 5201 len 1", "2.02 S>C . 5201 ack 1501 win 0", "3 C>S . 1501 ack 5201 len 1",
                         "3.02 S>C . 5201 ack 1502 win 1026", "3.03 C>S P. 1502 ack 5201 len 500",
                         "3.05 S>C . 5201 ack 2002", "5 C>S R. 2002 ack 5201");
}

/* A window may shrink below what is under way (RFC 9293, section 3.8.6.2.1), or open to a gigabyte. */
static void test_windows(void)
{
    static const script_dress_t wide = {{64, 65535, 14, 1000, true, 0}, {54, 65535, 14, 1000, true, 0}};

    script_check_dressed(&script_linux, "app_abort by client; foreign 0; doubtful 0", NEAR_TALK,
                         "1 S>C . 5201 ack 1101 len 1460", "1.0001 S>C . 6661 ack 1101 len 1460",
                         "1.0002 S>C . 8121 ack 1101 len 1460", "1.001 C>S . 1101 ack 6661 win 4",
                         "1.0202 S>C . 9581 ack 1101 len 1460", "1.03 C>S . 1101 ack 9581 win 2",
                         "1.04 C>S . 1101 ack 11041 win 502", "4 C>S R. 1101 ack 11041");
    script_check_dressed(&wide, "app_abort by client; foreign 0; doubtful 0", NEAR_TALK,
                         "1 S>C . 5201 ack 1101 len 65000", "1.2 S>C . 300005201 ack 1101 len 65000",
                         "1.21 C>S . 1101 ack 70201 sackblock 300005201:300070201",
                         "1.4 S>C . 70201 ack 1101 len 65000", "1.6 S>C . 300070201 ack 1101 len 65000",
                         "1.65 C>S . 1101 ack 300135201", "4 C>S R. 1101 ack 300135201");
    /* The scale is not known where the SYNs are missing. */
    script_check_dressed(&script_linux, "app_abort by client; foreign 0; doubtful 0", "0 C>S P. 1001 ack 5001 len 100",
                         "0.03 S>C . 5001 ack 1101", "0.1 S>C . 5001 ack 1101 len 1460",
                         "0.1001 S>C . 6461 ack 1101 len 1460", "0.2 S>C . 37121 ack 1101 len 1460",
                         "0.2001 S>C . 38581 ack 1101 len 1460", "0.2002 S>C . 47341 ack 1101 len 1460",
                         "0.201 C>S . 1101 ack 48801", "4 C>S R. 1101 ack 48801");
    script_check_dressed(&script_windows, "app_abort by client; foreign 0; doubtful 0", "0 C>S . 1001 ack 5001",
                         "0.02 S>C . 5001 ack 1001 len 1460", "0.021 C>S . 1001 ack 6461",
                         "0.04 S>C . 6461 ack 1001 len 65000", "0.041 S>C . 71461 ack 1001 len 65000",
                         "0.042 S>C . 136461 ack 1001 len 65000", "0.05 C>S . 1001 ack 201461",
                         "4 C>S R. 1001 ack 201461");
}

#define EXCHANGES 8

/* The capture lost so many bytes of each side, then the connection goes on in it. */
static void check_gap(const char *expected, uint32_t of_client, uint32_t of_server)
{
    static const char *const before[] = {NEAR_TALK};
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    uint32_t client = 1101 + of_client, server = 5201 + of_server;

    for (size_t i = 0; i < G_N_ELEMENTS(before); i++)
        g_ptr_array_add(lines, g_strdup(before[i]));
    for (unsigned i = 0; i < EXCHANGES; i++, client += 100, server += 1460) {
        g_ptr_array_add(lines, g_strdup_printf("6%u.00 C>S P. %u ack %u len 100", i, client, server));
        g_ptr_array_add(lines, g_strdup_printf("6%u.02 S>C . %u ack %u len 1460", i, server, client + 100));
        g_ptr_array_add(lines, g_strdup_printf("6%u.03 C>S . %u ack %u", i, client + 100, server + 1460));
    }
    g_ptr_array_add(lines, g_strdup_printf("70 C>S R. %u ack %u", client, server));
    g_ptr_array_add(lines, NULL);
    script_check_dressed_at(__FILE__, __LINE__, &script_linux, expected, (const char *const *)lines->pdata);
    g_ptr_array_free(lines, TRUE);
}

static void test_losses(void)
{
    check_gap("app_abort innocent by client; foreign 0; doubtful 0", 0, 50000);
    check_gap("app_abort innocent by client; foreign 0; doubtful 0", 50000, 0);
    check_gap("app_abort innocent by client; foreign 0; doubtful 0", 50000, 60000);
}

/* More than a window: the first ones after that may look foreign, but all that go on from there are the hosts' own. */
static void test_losses_beyond_a_window(void)
{
    check_gap("app_abort innocent by client; foreign 0-4; doubtful 0-6", 0, 10000000);
    check_gap("app_abort innocent by client; foreign 0-4; doubtful 0-6", 10000000, 0);
    check_gap("app_abort innocent by client; foreign 0-6; doubtful 0-6", 10000000, 20000000);
    /* 3 GB look like one GB back. */
    check_gap("app_abort by client; foreign 0-4; doubtful 0-6", 0, 3000000000u);
    check_gap("app_abort by client; foreign 0-4; doubtful 0-6", 3000000000u, 0);
    check_gap("app_abort by client; foreign 0-6; doubtful 0-6", 3000000000u, 2000000000u);
}

/* Only what one side sends is there, or for a while. */
static void test_one_way(void)
{
    script_check_dressed(&script_linux, "app_abort by client; foreign 0; doubtful 0", "0 C>S S 1000",
                         "0.021 C>S . 1001 ack 5001", "0.03 C>S P. 1001 ack 5001 len 100", "0.061 C>S . 1101 ack 5201",
                         "0.07 C>S . 1101 ack 8000", "0.5 C>S . 1101 ack 9008000",
                         "0.9 C>S P. 1101 ack 18008000 len 100", "2 C>S R. 1201 ack 18008000");
    script_check_dressed(&script_windows, "app_abort by server; foreign 0; doubtful 0", "0.02 S>C S. 5000 ack 1001",
                         "0.06 S>C P. 5001 ack 1101 len 200", "0.5 S>C P. 5201 ack 9001101 len 200",
                         "0.9 S>C P. 5401 ack 19001101 len 200", "2 S>C R. 5601 ack 19001101");
    /* The client's packets are missing after the handshake: the server acknowledges what the capture does not show. */
    script_check_dressed(&script_linux, "app_abort by server; foreign 0-3; doubtful 0-3", NEAR_TALK,
                         "1 S>C . 5201 ack 4101", "1.2 S>C . 5201 ack 504101", "1.4 S>C P. 5201 ack 904101 len 30",
                         "1.41 S>C P. 5231 ack 904101 len 30", "4 S>C R. 5261 ack 904101");
}

/* What was lost long ago comes again, what was delayed comes late, and the peer says that it had it twice. */
static void test_old_and_late(void)
{
    script_check_dressed(&script_linux, "app_abort by client; foreign 0; doubtful 0", NEAR_TALK,
                         "1 S>C . 5201 ack 1101 len 1460", "1.0001 S>C . 6661 ack 1101 len 1460",
                         "1.0002 S>C . 9581 ack 1101 len 1460", "1.0003 S>C . 8121 ack 1101 len 1460",
                         "1.0011 C>S . 1101 ack 11041", "1.3 S>C . 5201 ack 1101 len 1460",
                         "1.3001 C>S . 1101 ack 11041 sackblock 5201:6661", "1.31 S>C . 6661 ack 1101 len 1460",
                         "1.3101 C>S . 1101 ack 11041 sackblock 6661:8121", "4 C>S R. 1101 ack 11041");
    /* Fast retransmit of one among many. */
    script_check_dressed(&script_linux, "app_abort by client; foreign 0; doubtful 0", NEAR_TALK,
                         "1.0001 S>C . 6661 ack 1101 len 1460", "1.0002 S>C . 8121 ack 1101 len 1460",
                         "1.0003 S>C . 9581 ack 1101 len 1460", "1.0004 C>S . 1101 ack 5201 sackblock 6661:8121",
                         "1.0005 C>S . 1101 ack 5201 sackblock 6661:9581",
                         "1.0006 C>S . 1101 ack 5201 sackblock 6661:11041", "1.03 S>C . 5201 ack 1101 len 1460",
                         "1.031 C>S . 1101 ack 11041", "4 C>S R. 1101 ack 11041");
    /* All of a window again: the acknowledgments were lost. */
    script_check_dressed(&script_linux, "app_abort by client; foreign 0; doubtful 0", NEAR_TALK,
                         "1 C>S . 1101 ack 5201 len 32000", "1.01 C>S . 33101 ack 5201 len 32000",
                         "1.3 C>S . 1101 ack 5201 len 1460", "1.32 S>C . 5201 ack 65101 sackblock 1101:2561",
                         "4 C>S R. 65101 ack 5201");
    /* An ACK that was overtaken. */
    script_check_dressed(&script_linux, "app_abort by client; foreign 0; doubtful 0", NEAR_TALK,
                         "1 S>C . 5201 ack 1101 len 14600", "1.001 C>S . 1101 ack 19801",
                         "1.002 C>S . 1101 ack 12501 ts 2006:1010", "4 C>S R. 1101 ack 19801");
}

/* The first packets of a file. */
static void test_late_begin(void)
{
    script_check_dressed(&script_linux, "app_abort innocent by client; foreign 0; doubtful 0",
                         "0 S>C P. 5001 ack 1101 len 200", "0.01 C>S . 1101 ack 5201", "1 C>S P. 1101 ack 5201 len 10",
                         "4 C>S R. 1111 ack 5201");
    /* The very first is an old duplicate. */
    script_check_dressed(
        &script_linux, "* innocent by client; foreign 0; doubtful 0-2", "0 S>C P. 5001 ack 1101 len 200",
        "0.01 C>S . 1101 ack 300001", "0.02 S>C . 300001 ack 1101 len 1460", "0.021 C>S . 1101 ack 301461",
        "0.03 S>C . 301461 ack 1101 len 1460", "0.031 C>S . 1101 ack 302921", "4 C>S R. 1101 ack 302921");
    /* The very first is forged: those after it are not foreign for ever. */
    script_check_dressed(
        &script_linux, "* innocent; foreign 0-4; doubtful 0-3", "0 S>C P. 900005001 ack 700001101 len 200 ttl +7 nots",
        "0.02 S>C . 300001 ack 1101 len 1460", "0.021 C>S . 1101 ack 301461", "0.03 S>C . 301461 ack 1101 len 1460",
        "0.031 C>S . 1101 ack 302921", "0.04 S>C . 302921 ack 1101 len 1460", "0.041 C>S . 1101 ack 304381",
        "0.05 S>C . 304381 ack 1101 len 1460", "0.051 C>S . 1101 ack 305841", "4 C>S R. 1101 ack 305841");
    script_check_dressed(&script_windows, "* innocent; foreign 0-4; doubtful 0-3",
                         "0 C>S . 900001001 ack 800005001 ttl -9", "1 C>S P. 1001 ack 5001 len 100",
                         "1.03 S>C P. 5001 ack 1101 len 200", "1.031 C>S . 1101 ack 5201",
                         "2 C>S P. 1101 ack 5201 len 100", "2.03 S>C P. 5201 ack 1201 len 200",
                         "2.031 C>S . 1201 ack 5401", "4 S>C R. 5401 ack 1201");
}

/* Data in the SYN (RFC 7413), taken or not. */
static void test_fast_open(void)
{
    script_check_dressed(&script_linux, "app_abort by client; foreign 0; doubtful 0", "0 C>S S 1000 tfo len 500",
                         "0.02 S>C S. 5000 ack 1501", "0.0201 S>C P. 5001 ack 1501 len 900",
                         "0.021 C>S . 1501 ack 5901", "4 C>S R. 1501 ack 5901");
    script_check_dressed(&script_linux, "app_abort by client; foreign 0; doubtful 0", "0 C>S S 1000 tfo len 500",
                         "0.02 S>C S. 5000 ack 1001", "0.021 C>S P. 1001 ack 5001 len 500",
                         "0.05 S>C P. 5001 ack 1501 len 900", "0.051 C>S . 1501 ack 5901", "4 C>S R. 1501 ack 5901");
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/near/offloads", test_offloads},
        {"/near/snap_lengths", test_snap_lengths},
        {"/near/keepalives", test_keepalives},
        {"/near/window_probes", test_window_probes},
        {"/near/windows", test_windows},
        {"/near/losses", test_losses},
        {"/near/losses_beyond_a_window", test_losses_beyond_a_window},
        {"/near/one_way", test_one_way},
        {"/near/old_and_late", test_old_and_late},
        {"/near/late_begin", test_late_begin},
        {"/near/fast_open", test_fast_open},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
