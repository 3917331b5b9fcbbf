/* test_everyday.c
 * Ordinary events that look like something rarer: each with a near miss.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

#define NOT_FOUND "hex 485454502f312e3120343034"

/* A missing page ends no connection: what comes seconds later has another reason. */
static void test_error_reply(void)
{
    script_check("app_error 70-80 by server", SCRIPT_REQUEST, "0.06 S>C P. 5001 ack 1101 len 200 id 202 " NOT_FOUND,
                 "0.061 C>S . 1101 ack 5201", "0.3 S>C R. 5201 ack 1101");
    script_check("app_abort by server alt app_error", SCRIPT_REQUEST,
                 "0.06 S>C P. 5001 ack 1101 len 200 id 202 " NOT_FOUND, "0.061 C>S . 1101 ack 5201",
                 "4.2 S>C R. 5201 ack 1101");
    script_check("app_error 55-65 by client", SCRIPT_REQUEST, "0.06 S>C P. 5001 ack 1101 len 200 id 202 " NOT_FOUND,
                 "0.061 C>S . 1101 ack 5201", "0.3 C>S R. 1101 ack 5201");
    script_check("app_abort by client alt app_error", SCRIPT_REQUEST,
                 "0.06 S>C P. 5001 ack 1101 len 200 id 202 " NOT_FOUND, "0.061 C>S . 1101 ack 5201",
                 "4.2 C>S R. 1101 ack 5201");
}

#define ATTEMPT(t, u, v, server, port) t " C:" port ">" server ":443 S 1000 mss 1460 sack ws 7 ts 10:0",             \
    u " " server ":443>C:" port " S. 5000 ack 1001 mss 1460 sack ws 7 ts 70:10", v " C:" port ">" server ":443 R 1001"
#define BARE(t, u, v, server, port) t " C:" port ">" server ":443 S 1000 mss 1460",                                  \
    u " " server ":443>C:" port " S. 5000 ack 1001 mss 1460", v " C:" port ">" server ":443 R 1001"

/* Who leaves a page abandons its connection attempts. */
static void test_abandoned(void)
{
    script_check("connect_aborted by client alt half_open_scan", ATTEMPT("0", "0.15", "0.1501", "S", "41"),
                 ATTEMPT("0.2", "0.35", "0.3501", "T", "42"), ATTEMPT("0.4", "0.55", "0.5501", "U", "43"),
                 ATTEMPT("0.6", "0.75", "0.7501", "V", "44"), ATTEMPT("0.8", "0.95", "0.9501", "W", "45"));
    script_check("half_open_scan 90-95 by client", BARE("0", "0.15", "0.1501", "S", "41"),
                 BARE("0.2", "0.35", "0.3501", "T", "42"), BARE("0.4", "0.55", "0.5501", "U", "43"),
                 BARE("0.6", "0.75", "0.7501", "V", "44"), BARE("0.8", "0.95", "0.9501", "W", "45"));
    /* Without times of day nobody can tell. */
    script_check("connect_aborted by client alt half_open_scan", ATTEMPT("-", "-", "-", "S", "41"),
                 ATTEMPT("-", "-", "-", "T", "42"), ATTEMPT("-", "-", "-", "U", "43"), ATTEMPT("-", "-", "-", "V", "44"),
                 ATTEMPT("-", "-", "-", "W", "45"));
    /* Nobody closes a socket within a millisecond, five times in a row. */
    script_check("half_open_scan 90-95 by client", ATTEMPT("0", "0.001", "0.0011", "S", "41"),
                 ATTEMPT("0.2", "0.201", "0.2011", "T", "42"), ATTEMPT("0.4", "0.401", "0.4011", "U", "43"),
                 ATTEMPT("0.6", "0.601", "0.6011", "V", "44"), ATTEMPT("0.8", "0.801", "0.8011", "W", "45"));
}

#define USED(port, t, u, v, w) t " C:" port ">T:443 S 1000", u " T:443>C:" port " S. 5000 ack 1001",                 \
    v " C:" port ">T:443 . 1001 ack 5001", w " C:" port ">T:443 P. 1001 ack 5001 len 90"

static void test_race_is_over(void)
{
    script_check("connection_race by client", "0 C:41>S:443 S 1000", USED("42", "0.25", "0.27", "0.271", "0.272"),
                 "0.4 S:443>C:41 S. 5000 ack 1001", "0.4001 C:41>S:443 R 1001");
    script_check("connection_race by client", "0 C:42>T:443 S 1000", "0.25 C:41>S:443 S 1000",
                 "0.3 T:443>C:42 S. 5000 ack 1001", "0.301 C:42>T:443 . 1001 ack 5001",
                 "0.302 C:42>T:443 P. 1001 ack 5001 len 90", "0.4 S:443>C:41 S. 5000 ack 1001", "0.4001 C:41>S:443 R 1001");
    /* The other connection was in use when this one was asked for. */
    script_check("connect_aborted by client alt connection_race", USED("42", "0", "0.02", "0.021", "0.022"),
                 "1 C:41>S:443 S 1000", "1.15 S:443>C:41 S. 5000 ack 1001", "1.1501 C:41>S:443 R 1001");
}

#define COUNTING SCRIPT_SYN, "0.020 S>C S. 5000 ack 1001 mss 1460 ttl 54 id 700", "0.021 C>S . 1001 ack 5001 ttl 64",\
    "0.03 C>S P. 1001 ack 5001 len 100 ttl 64", "0.05 S>C P. 5001 ack 1101 len 200 ttl 54 id 701",                   \
    "0.06 C>S . 1101 ack 5201 ttl 64", "2.0 C>S P. 1101 ack 5201 len 20 ttl 64",                                     \
    "2.02 S>C P. 5201 ack 1121 len 30 ttl 54 id 702", "2.021 C>S . 1121 ack 5231 ttl 64"

/* The route of the server changed before its last packet. */
static void test_route_changed(void)
{
    script_check("app_abort by server innocent", COUNTING, "7.3 S>C R. 5231 ack 1121 ttl 57 id 703");
    script_check("injected by middlebox", COUNTING, "7.3 S>C R. 5231 ack 1121 ttl 57 id 730");
}

/* A firewall clears away what was under way when it saw the server's own reset, more than once. */
static void test_cleaned_up(void)
{
    script_check("#2 segment_after_reset; #3 segment_after_reset", SCRIPT_SYN, "0.020 S>C S. 5000 ack 1001 ttl 54",
                 "0.021 C>S . 1001 ack 5001 ttl 64", "0.03 C>S P. 1001 ack 5001 len 100 ttl 64",
                 "0.05 S>C P. 5001 ack 1101 len 200 ttl 54", "0.051 C>S . 1101 ack 5201 ttl 64",
                 "1 C>S P. 1101 ack 5201 len 100 ttl 64", "1.001 C>S P. 1201 ack 5201 len 100 ttl 64",
                 "1.002 S>C R. 5201 ack 1101 ttl 54", "1.0125 S>C R 5201 ttl 57", "1.0135 S>C R 5201 ttl 57");
}

#define STARTED(port, t) t " C:" port ">S S 1000 ttl 64", "+0.02 S>C:" port " S. 5000 ack 1001 ttl 54",              \
    "+0.001 C:" port ">S . 1001 ack 5001 ttl 64", "+0.001 C:" port ">S P. 1001 ack 5001 len 10 ttl 64",              \
    "+0.02 S>C:" port " P. 5001 ack 1011 len 10 ttl 54", "+0.001 C:" port ">S . 1011 ack 5011 ttl 64"
#define STOPPED(port, t) t " S>C:" port " R. 5011 ack 1011 ttl 54"

/* All that a server drops in one moment were idle for different times: no timer of each. */
static void test_dropped_together(void)
{
    script_check("app_timeout 85-90", STARTED("1", "0"), STARTED("2", "3"), STARTED("3", "6"), STOPPED("1", "90.043"),
                 STOPPED("2", "93.043"), STOPPED("3", "96.043"));
    script_check("app_timeout 40-48 alt app_abort", STARTED("1", "0"), STARTED("2", "0.4"), STARTED("3", "0.8"),
                 STOPPED("1", "90.043"), STOPPED("2", "90.044"), STOPPED("3", "90.045"));
    script_check("#3 app_abort alt app_timeout", STARTED("1", "0"), STARTED("2", "1"), STARTED("3", "2.1"),
                 STOPPED("1", "200.043"), STOPPED("2", "200.044"), STOPPED("3", "200.045"));
}

/* The port was used once before: the refusal comes from nearer than that host. */
static void test_refused_from_nearer(void)
{
    script_check("firewall_reject 50-55 by middlebox alt closed_port", STARTED("1", "0"), "9 C:2>S S 1000 ttl 64",
                 "9.003 S>C:2 R. =0 ack 1001 ttl 253");
    script_check("closed_port 45-50 by unknown alt firewall_reject", STARTED("1", "0"), "9 C:2>S S 1000 ttl 64",
                 "9.019 S>C:2 R. =0 ack 1001 ttl 253");
    script_check("closed_port 80-90 by server", STARTED("1", "0"), "9 C:2>S S 1000 ttl 64",
                 "9.003 S>C:2 R. =0 ack 1001 ttl 54");
}

#define LONG_ANSWER SCRIPT_REQUEST, "0.06 S>C . 5001 ack 1101 len 14000 id 202", "0.061 C>S . 1101 ack 19001 id 103"

/* Done with the answer or tired of it, right behind a long one. */
static void test_behind_a_long_answer(void)
{
    script_check("app_abort 50-55 by client alt transfer_cancelled", LONG_ANSWER, "0.0612 C>S R. 1101 ack 19001 id 104");
    script_check("app_abort 70-80 by client", LONG_ANSWER, "0.4612 C>S R. 1101 ack 19001 id 104");
    script_check("app_abort 70-80 by client", SCRIPT_TALK, "0.0612 C>S R. 1101 ack 5201 id 104");
}

/* A request that the reset's own ACK does not cover never arrived: it answers the FIN that did. */
static void test_request_never_arrived(void)
{
    script_check("close_race 80-90 by server", SCRIPT_OPEN, "0.4 C>S P. 1001 ack 5001 data 'GET / HTTP/1.1' len 75",
                 "3.4 C>S F. 1001 ack 5001", "3.42 S>C R. 5001 ack 1002");
}

/* A clock of whole seconds shows that the reset came with the FIN, and not how soon. */
static void test_coarse_clock(void)
{
    script_check("close_race 45-55 by client alt app_abort", "0 C>S S 1000", "0 S>C S. 5000 ack 1001",
                 "0 C>S . 1001 ack 5001", "1 C>S P. 1001 ack 5001 len 100", "1 S>C P. 5001 ack 1101 len 200",
                 "1 C>S . 1101 ack 5201", "3 S>C F. 5201 ack 1101", "3 C>S R. 1101 ack 5202");
    script_check("app_abort by client", "0 C>S S 1000", "0 S>C S. 5000 ack 1001",
                 "0 C>S . 1001 ack 5001", "1 C>S P. 1001 ack 5001 len 100", "1 S>C P. 5001 ack 1101 len 200",
                 "1 C>S . 1101 ack 5201", "3 S>C F. 5201 ack 1101", "8 C>S R. 1101 ack 5202");
}

#define GAP SCRIPT_SYN, "0.02 S>C S. 5000 ack 1001 ttl 54", "0.021 C>S . 1001 ack 5001 ttl 64",                       \
    "0.03 C>S P. 1001 ack 5001 len 100 ttl 64", "0.05 S>C P. 5001 ack 1101 len 200 ttl 54",                          \
    "0.06 C>S . 1101 ack 5201 ttl 64"

/* The capture lost what the bare reset answers: somebody on the path, or another host of the address. */
static void test_answer_with_a_gap(void)
{
    script_check("injected 45-49 by unknown", GAP, "2 S>C P. 5301 ack 1101 len 50 ttl 54", "3 S>C R 5351 ttl 57");
    script_check("injected 55-60 by middlebox", GAP, "2 S>C P. 5301 ack 1101 len 50 ttl 54", "3 S>C R 5351 ttl 63");
    script_check("injected 55-60 by middlebox", GAP, "2 S>C P. 5201 ack 1101 len 50 ttl 54",
                 "2.1 C>S . 1101 ack 5251 ttl 64", "3 S>C R 5251 ttl 57");
}

#define LATE(a, b) "0 " a ">" b " P. 1001 ack 5001 len 10", "0.1 " b ">" a " P. 5001 ack 1011 len 10"

/* Begun late: known services keep their role, whatever the other port. */
static void test_role_by_service(void)
{
    script_check("* by client", LATE("C:900", "S:2049"), "1 C:900>S:2049 R. 1011 ack 5011");
    script_check("* by server", LATE("C:40300", "S:50051"), "1 S:50051>C:40300 R. 5011 ack 1011");
    script_check("* by server", LATE("C:52000", "S:61616"), "1 S:61616>C:52000 R. 5011 ack 1011");
    script_check("* by client", LATE("C:52000", "S:47001"), "1 C:52000>S:47001 R. 1011 ack 5011");
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        { "/everyday/error_reply", test_error_reply },
        { "/everyday/abandoned", test_abandoned },
        { "/everyday/race_is_over", test_race_is_over },
        { "/everyday/route_changed", test_route_changed },
        { "/everyday/cleaned_up", test_cleaned_up },
        { "/everyday/dropped_together", test_dropped_together },
        { "/everyday/refused_from_nearer", test_refused_from_nearer },
        { "/everyday/behind_a_long_answer", test_behind_a_long_answer },
        { "/everyday/request_never_arrived", test_request_never_arrived },
        { "/everyday/coarse_clock", test_coarse_clock },
        { "/everyday/answer_with_a_gap", test_answer_with_a_gap },
        { "/everyday/role_by_service", test_role_by_service },
        { NULL, NULL },
    };

    return script_main(&argc, &argv, tests);
}
