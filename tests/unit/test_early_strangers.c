/* test_early_strangers.c
 * What is forged before a handshake is complete, and honest traffic that looks as if it were.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

/* A reset that does not acknowledge the SYN is none in SYN-SENT: the proper refusal is still the first. */
static void test_refusal(void)
{
    script_check("#2 closed_port 81-91 by server ordinal 1", "0 C>S S 1000 ttl 64",
                 "0.01 S>C R 70000000 ttl 44 id 7", "0.02 S>C R. =0 ack 1001 ttl 54 id 0 df");
    script_check("#2 closed_port 81-91 by server ordinal 1", "0 C>S S 1000 ttl 64",
                 "0.01 S>C R. 70000000 ack 90000000 ttl 44 id 7", "0.02 S>C R. =0 ack 1001 ttl 54 id 0 df");
    /* A proper one before it: this one follows. */
    script_check("#2 * ordinal 2", "0 C>S S 1000 ttl 64", "0.01 S>C R. =0 ack 1001 ttl 54 id 0 df",
                 "0.02 S>C R. =0 ack 1001 ttl 54 id 0 df");
}

/* The handshake goes on after it, so it ended nothing. */
static void test_accepted(void)
{
    script_check("#2 app_abort by server ordinal 1", "0 C>S S 1000 ttl 64", "0.01 S>C R 70000000 ttl 44 id 7",
                 "0.02 S>C S. 5000 ack 1001 ttl 54", "0.021 C>S . 1001 ack 5001 ttl 64",
                 "0.03 C>S P. 1001 ack 5001 len 100 ttl 64", "0.05 S>C P. 5001 ack 1101 len 200 ttl 54",
                 "0.06 C>S . 1101 ack 5201 ttl 64", "2 S>C R. 5201 ack 1101 ttl 54");
}

/* A SYN under the server's address, in the middle of the handshake: the server goes on, so it has not sent it. */
static void test_syn_of_server(void)
{
    script_check("#1 app_abort by server never half_open_discovery", "0 C>S S 1000 ttl 64",
                 "0.02 S>C S. 5000 ack 1001 ttl 54", "0.0205 S>C S 70000000 ttl 44", "0.021 C>S . 1001 ack 5001 ttl 64",
                 "0.03 C>S P. 1001 ack 5001 len 100 ttl 64", "0.05 S>C P. 5001 ack 1101 len 200 ttl 54",
                 "0.06 C>S . 1101 ack 5201 ttl 64", "2 S>C R 5201 ttl 54");
}

/* A SYN-ACK that acknowledges nothing of the client, before the real one: neither is the real one foreign. */
static void test_syn_ack(void)
{
    script_check("app_abort by server; foreign 0", "0 C>S S 1000 ttl 64", "0.01 S>C S. 70000000 ack 90000000 ttl 44",
                 "0.02 S>C S. 5000 ack 1001 ttl 54", "0.021 C>S . 1001 ack 5001 ttl 64",
                 "0.03 C>S P. 1001 ack 5001 len 100 ttl 64", "0.05 S>C P. 5001 ack 1101 len 200 ttl 54",
                 "0.06 C>S . 1101 ack 5201 ttl 64", "2 S>C R. 5201 ack 1101 ttl 54");
}

/* Load sharing, and a route that changes with the last packets. */
static void test_routes(void)
{
    script_check("* never injected", "0 C>S S 1000 ttl 64", "0.02 S>C S. 5000 ack 1001 ttl 54",
                 "0.021 C>S . 1001 ack 5001 ttl 60", "0.03 C>S P. 1001 ack 5001 len 100 ttl 64",
                 "0.05 S>C P. 5001 ack 1101 len 200 ttl 54", "0.06 C>S . 1101 ack 5201 ttl 60",
                 "2 C>S R 1101 ttl 64 id 0", "2.0003 C>S R 1101 ttl 60 id 0");
    script_check("app_abort 40-50 by server", SCRIPT_TALK, "2 S>C F. 5201 ack 1101 ttl 48 id 203",
                 "2.001 S>C R. 5202 ack 1101 ttl 48 id 204");
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/early_strangers/refusal", test_refusal},   {"/early_strangers/accepted", test_accepted},
        {"/early_strangers/syn", test_syn_of_server}, {"/early_strangers/syn_ack", test_syn_ack},
        {"/early_strangers/routes", test_routes},     {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
