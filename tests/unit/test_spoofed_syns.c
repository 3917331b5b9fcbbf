/* test_spoofed_syns.c
 * SYNs that somebody sends in the name of a client: its resets of the answers make no scanner of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

/* Its other connection shows where the client is. */
#define ITS_OWN SCRIPT_TALK
#define IN_ITS_NAME(t, port, ttl)                                                                                      \
    t "0 C:" port ">S:" port " S 1000 mss 1460 ws 7 sack ttl " ttl,                                                    \
        t "18 S:" port ">C:" port " S. 5000 ack 1001 ttl 54", t "181 C:" port ">S:" port " R 1001 ttl 64"

static void test_author(void)
{
    script_check("unsolicited_synack 65-75 by client alt half_open_scan", ITS_OWN, IN_ITS_NAME("1.0", "21", "43"));
    script_check("unsolicited_synack 65-75 by client not half_open_scan", ITS_OWN, IN_ITS_NAME("1.0", "21", "43"),
                 IN_ITS_NAME("1.1", "22", "43"), IN_ITS_NAME("1.2", "23", "43"), IN_ITS_NAME("1.3", "25", "43"),
                 IN_ITS_NAME("1.4", "80", "43"), IN_ITS_NAME("1.5", "81", "43"));
}

#define FROM(t, port, ttl) t " C:" port ">S P. 1101 ack 5201 len 40 ttl " ttl, t "2 S>C:" port " . 5201 ack 1141 ttl 54"
#define NOT_ITS_OWN IN_ITS_NAME("1.0", "21", "43")
#define SENT "0.1 C:5>S P. 1101 ack 5201 len 40 ttl 64"

/* Where a client is, most of its connections tell, by data that was acknowledged. */
static void test_home(void)
{
    script_check("unsolicited_synack by client", FROM("0.1", "5", "64"), NOT_ITS_OWN);
    script_check("unsolicited_synack by client", FROM("0.1", "5", "63"), NOT_ITS_OWN);
    script_check("unknown_to_kernel by client", FROM("0.1", "5", "62"), NOT_ITS_OWN);
    script_check("unsolicited_synack by client", FROM("0.1", "5", "64"), FROM("0.2", "6", "64"), FROM("0.3", "7", "44"),
                 NOT_ITS_OWN);
    script_check("unknown_to_kernel by client", FROM("0.1", "5", "64"), FROM("0.2", "6", "44"), NOT_ITS_OWN);
    script_check("unsolicited_synack by client", "0.1 C:5>S P. 1101 ack 5201 len 40", "0.12 S>C:5 . 5201 ack 1141",
                 FROM("0.2", "6", "64"), NOT_ITS_OWN);
    /* Some of it is enough; nothing, more than there was, or after a gap is not. */
    script_check("unsolicited_synack by client", SENT, "0.12 S>C:5 . 5201 ack 1102", NOT_ITS_OWN);
    script_check("unknown_to_kernel by client", SENT, "0.12 S>C:5 . 5201 ack 1101", NOT_ITS_OWN);
    script_check("unknown_to_kernel by client", SENT, "0.12 S>C:5 . 5201 ack 1142", NOT_ITS_OWN);
    script_check("unknown_to_kernel by client", SENT, "0.11 C:5>S P. 1301 ack 5201 len 40 ttl 64",
                 "0.12 S>C:5 . 5201 ack 1341", NOT_ITS_OWN);
    script_check("unknown_to_kernel by client", "0.1 C:5>S . 1101 ack 5201 ttl 64", "0.12 S>C:5 . 5201 ack 1101",
                 NOT_ITS_OWN);
}

#define FAR_RESET(t, port)                                                                                             \
    t "0 C:" port ">S:" port " S 1000 mss 1460 ws 7 sack ttl 64", t "2 S:" port ">C:" port " S. 5000 ack 1001 ttl 54", \
        t "2001 C:" port ">S:" port " R 1001 ttl 39"

/* TTLs that are unknown, or that no stack starts from, tell nothing. */
static void test_ttl(void)
{
    script_check("unknown_to_kernel by client", ITS_OWN, IN_ITS_NAME("1.0", "21", "32"));
    script_check("unsolicited_synack by client", ITS_OWN, IN_ITS_NAME("1.0", "21", "33"));
    script_check("connect_aborted by client", ITS_OWN, "1.0 C:21>S:21 S 1000 mss 1460 ws 7 sack ttl 43",
                 "1.02 S:21>C:21 S. 5000 ack 1001 ttl 54", "1.0201 C:21>S:21 R 1001 ttl 32");
    script_check("connect_aborted by client", ITS_OWN, "1.0 C:21>S:21 S 1000 mss 1460 ws 7 sack ttl 43",
                 "1.02 S:21>C:21 S. 5000 ack 1001 ttl 54", "1.0201 C:21>S:21 R 1001");
    script_check("connect_aborted by client", ITS_OWN, "1.0 C:21>S:21 S 1000 mss 1460 ws 7 sack",
                 "1.02 S:21>C:21 S. 5000 ack 1001 ttl 54", "1.0201 C:21>S:21 R 1001 ttl 64");
    /* Resets that come from too far to tell how far. */
    script_check("* not half_open_scan", FAR_RESET("1.0", "21"), FAR_RESET("1.1", "22"), FAR_RESET("1.2", "23"),
                 FAR_RESET("1.3", "25"), FAR_RESET("1.4", "80"), FAR_RESET("1.5", "81"));
}

static void test_scan(void)
{
    /* Two hops are another place (hop_delta). */
    script_check("unsolicited_synack by client", ITS_OWN, IN_ITS_NAME("1.0", "21", "62"));
    /* Its own SYNs. */
    script_check("half_open_scan by client", ITS_OWN, IN_ITS_NAME("1.0", "21", "64"), IN_ITS_NAME("1.1", "22", "64"),
                 IN_ITS_NAME("1.2", "23", "64"), IN_ITS_NAME("1.3", "25", "64"), IN_ITS_NAME("1.4", "80", "64"),
                 IN_ITS_NAME("1.5", "81", "64"));
    script_check("half_open_scan by client", ITS_OWN, IN_ITS_NAME("1.0", "21", "63"), IN_ITS_NAME("1.1", "22", "63"),
                 IN_ITS_NAME("1.2", "23", "63"), IN_ITS_NAME("1.3", "25", "63"), IN_ITS_NAME("1.4", "80", "63"),
                 IN_ITS_NAME("1.5", "81", "63"));
    /* Where it is, nothing else tells: not a scan, and not surely somebody else's. */
    script_check("unknown_to_kernel by client not half_open_scan", IN_ITS_NAME("1.0", "21", "43"),
                 IN_ITS_NAME("1.1", "22", "43"), IN_ITS_NAME("1.2", "23", "43"), IN_ITS_NAME("1.3", "25", "43"),
                 IN_ITS_NAME("1.4", "80", "43"), IN_ITS_NAME("1.5", "81", "43"));
    /* The reset is the one that comes from elsewhere. */
    script_check("* not unsolicited_synack", ITS_OWN, "1.0 C:21>S:21 S 1000 mss 1460 ws 7 sack ttl 64",
                 "1.02 S:21>C:21 S. 5000 ack 1001 ttl 54", "1.0201 C:21>S:21 R 1001 ttl 43");
    /* A scanner's SYN bears any TTL. */
    script_check("half_open_scan by client", ITS_OWN, "1.0 C:21>S:21 S 1000 mss 1460 win 1024 ttl 43",
                 "1.02 S:21>C:21 S. 5000 ack 1001 ttl 54", "1.0201 C:21>S:21 R 1001 ttl 64");
    /* What they were refused does not make a scanner of it either; nor is it a health check. */
    script_check("* by client not half_open_scan not health_check", IN_ITS_NAME("10.0", "21", "43"),
                 "10.5 C:22>S:21 S 1000", "10.52 S:21>C:22 S. 5000 ack 1001", "10.521 C:22>S:21 . 1001 ack 5001",
                 "10.53 C:22>S:21 R. 1001 ack 5001");
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/spoofed_syns/author", test_author},
        {"/spoofed_syns/home", test_home},
        {"/spoofed_syns/ttl", test_ttl},
        {"/spoofed_syns/scan", test_scan},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
