/* attack-stories.c
 * The honest stories: each ends with a reset whose reason is known, or with none.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "attack.h"

static const attack_stack_t linux_stack = {
    "mss 1460 sack ws 7 win 64240", 64, 502, ATTACK_ID_COUNTER, true, true, true, true,
};
static const attack_stack_t linux_id0 = {
    "mss 1460 sack ws 7 win 64240", 64, 502, ATTACK_ID_ZERO, true, true, true, true,
};
static const attack_stack_t windows = {
    "mss 1460 sack ws 8 win 64240", 128, 1026, ATTACK_ID_COUNTER, true, false, false, false,
};
static const attack_stack_t bsd = {
    /* macOS too: no time stamps in resets, random ids */
    "mss 1460 sack ws 6 win 65535", 64, 1029, ATTACK_ID_RANDOM, true, true, false, false,
};
static const attack_stack_t appliance = {
    /* old stacks of printers, routers, mainframes */
    "mss 1460 win 8192", 255, 8192, ATTACK_ID_COUNTER, false, false, false, false,
};
static const attack_stack_t scanner = {"mss 1460 win 1024", 64, 1024, ATTACK_ID_RANDOM, false, false, false, true};

#define OPEN "0.000 C>S S 1000", "0.020 S>C S. 5000 ack 1001", "0.021 C>S . 1001 ack 5001"
#define REQUEST OPEN, "0.030 C>S P. 1001 ack 5001 len 100", "0.050 S>C . 5001 ack 1101"
#define TALK REQUEST, "0.060 S>C P. 5001 ack 1101 len 200", "0.061 C>S . 1101 ack 5201"

/* Another connection of the two hosts, opened and used; t is in seconds, with one digit after the point. */
#define OTHER(t, port, service)                                                                                        \
    t "0 C:" port ">S:" service " S 1000", t "2 S:" service ">C:" port " S. 5000 ack 1001",                            \
        t "21 C:" port ">S:" service " . 1001 ack 5001", t "3 C:" port ">S:" service " P. 1001 ack 5001 len 10",       \
        t "5 S:" service ">C:" port " P. 5001 ack 1011 len 10", t "51 C:" port ">S:" service " . 1011 ack 5011"

/* A packet that opens and leaves: half-open probe, or health check. */
#define PROBED(t, port)                                                                                                \
    t " C:" port ">S:" port " S 1000", t "5 S:" port ">C:" port " S. 5000 ack 1001", t "6 C:" port ">S:" port " R 1001"
#define VISIT(t, port)                                                                                                 \
    t ".0 C:" port ">S S 1000", t ".02 S>C:" port " S. 5000 ack 1001", t ".021 C:" port ">S . 1001 ack 5001",          \
        t ".022 C:" port ">S R. 1001 ack 5001"

#define UNSENT(time) time " C>S P. 1101 ack 5201 len 40"

/* Hops from the client and from the server to the nearest capture point, and between two points. */
#define PATH(client, server, between) client, server, between
#define ROW(name, client, server, path, by_device, expected, also, ...)                                                \
    {                                                                                                                  \
        name, &client, &server, path, by_device, expected, also,                                                       \
        {                                                                                                              \
            __VA_ARGS__                                                                                                \
        }                                                                                                              \
    }
#define STORY(name, client, server, path, expected, also, ...)                                                         \
    ROW(name, client, server, PATH path, false, expected, also, __VA_ARGS__)
#define DEVICE(name, client, server, path, expected, also, ...)                                                        \
    ROW(name, client, server, PATH path, true, expected, also, __VA_ARGS__)

const attack_story_t attack_stories[] = {
    STORY("closed port", linux_stack, linux_stack, (0, 10, 0), "closed_port 81-91 by server", "resource_exhaustion",
          OTHER("0.0", "41", "443"), OTHER("0.2", "42", "443"), "1 C>S S 1000", "1.02 S>C R. =0 ack 1001"),
    STORY("closed port alone", windows, windows, (0, 10, 0), "closed_port 81-91 by server", NULL, "0 C>S S 1000",
          "0.02 S>C R. =0 ack 1001"),
    STORY("abort of client", linux_stack, linux_stack, (0, 10, 0), "app_abort 70-80 by client",
          "unread_data app_timeout", TALK, "4 C>S R. 1101 ack 5201"),
    STORY("abort of server", windows, windows, (0, 10, 0), "app_abort 70-80 by server", "unread_data app_timeout", TALK,
          "4 S>C R. 5201 ack 1101"),
    STORY("abort in the middle", bsd, linux_id0, (7, 16, 0), "app_abort 70-80 by client", "unread_data app_timeout",
          TALK, "4 C>S R. 1101 ack 5201"),
    STORY("abort of an old stack", linux_stack, appliance, (0, 10, 0), "app_abort 70-80 by server",
          "unread_data app_timeout", TALK, "4 S>C R. 5201 ack 1101"),
    STORY("unread request", linux_stack, linux_stack, (0, 10, 0), "unread_data 55-70 by server", "app_abort",
          OTHER("0.0", "41", "80"), "1.000 C>S S 1000", "1.020 S>C S. 5000 ack 1001", "1.021 C>S . 1001 ack 5001",
          "1.030 C>S P. 1001 ack 5001 len 100", "1.050 S>C . 5001 ack 1101", "1.060 S>C R. 5001 ack 1101"),
    STORY("unread answer", bsd, bsd, (0, 12, 0), "unread_data 55-70 by client", "app_abort", TALK,
          "1 S>C P. 5201 ack 1101 len 100", "1.0002 C>S R. 1101 ack 5201"),
    STORY("idle limit of server", linux_stack, linux_id0, (0, 10, 0), "app_timeout 45-60 by server",
          "app_abort unread_data", TALK, "60.061 S>C R. 5201 ack 1101"),
    STORY("three idle limits", linux_stack, windows, (0, 10, 0), "#1 app_timeout 60-90 by server",
          "app_abort process_exit admin_kill", OTHER("0.0", "41", "80"), OTHER("0.3", "42", "80"),
          OTHER("0.6", "43", "80"), "60.05 S>C:41 R. 5011 ack 1011", "60.35 S>C:42 R. 5011 ack 1011",
          "60.65 S>C:43 R. 5011 ack 1011"),
    STORY("retransmissions", windows, linux_stack, (0, 10, 0), "retransmission_timeout 85-95 by client", NULL, TALK,
          UNSENT("1.0"), UNSENT("1.3"), UNSENT("1.9"), UNSENT("3.1"), UNSENT("5.5"), UNSENT("10.3"),
          "19.9 C>S R. 1141 ack 5201"),
    STORY("keepalive of client", windows, windows, (0, 10, 0), "keepalive_timeout 90-100 by client", NULL, TALK,
          "7200 C>S . 1100 ack 5201 len 1", "7201 C>S . 1100 ack 5201 len 1", "7202 C>S . 1100 ack 5201 len 1",
          "7203 C>S R. 1101 ack 5201"),
    STORY("keepalive of server", linux_stack, linux_stack, (0, 10, 0), "keepalive_timeout 80-100 by server", NULL, TALK,
          "100 S>C . 5200 ack 1101", "175 S>C . 5200 ack 1101", "250 S>C . 5200 ack 1101", "325 S>C R. 5201 ack 1101"),
    STORY("zero window", linux_stack, appliance, (0, 10, 0), "zero_window_timeout 80-90 by client", NULL, TALK,
          "1 C>S P. 1101 ack 5201 len 400", "1.02 S>C . 5201 ack 1501 win 0", "2 C>S . 1500 ack 5201",
          "4 C>S . 1500 ack 5201", "8 C>S . 1500 ack 5201", "16 C>S . 1500 ack 5201", "32 C>S . 1500 ack 5201",
          "64 C>S R. 1501 ack 5201"),
    STORY("process exit", linux_stack, linux_stack, (0, 10, 0), "#1 process_exit 81-91 by server", "admin_kill",
          OTHER("0.1", "41", "80"), OTHER("0.2", "42", "80"), OTHER("0.3", "43", "80"), "5.001 S>C:41 R. 5011 ack 1011",
          "5.002 S>C:42 R. 5011 ack 1011", "5.003 S>C:43 R. 5011 ack 1011", "7 C:49>S S 1000",
          "7.02 S>C:49 R. =0 ack 1001"),
    STORY("data after close", linux_stack, linux_stack, (0, 10, 0), "data_after_close 80-92 by client", NULL, TALK,
          "1 C>S F. 1101 ack 5201", "1.02 S>C . 5201 ack 1102", "2 S>C P. 5201 ack 1102 len 50", "2.0002 C>S R 1102"),
    STORY("state lost", linux_stack, windows, (0, 10, 0), "no_connection 59-69 by server", NULL, TALK,
          "2 C>S P. 1101 ack 5201 len 50", "2.02 S>C R 5201"),
    STORY("close race", bsd, bsd, (0, 12, 0), "close_race 80-92 by client", NULL, TALK, "1 S>C F. 5201 ack 1101",
          "1.001 C>S . 1101 ack 5202", "1.002 C>S R. 1101 ack 5202"),
    STORY("cancelled transfer", bsd, linux_stack, (0, 10, 0), "transfer_cancelled 70-80 by client", "unread_data", TALK,
          "0.1 S>C . 5201 ack 1101 len 10000", "0.101 C>S . 1101 ack 15201", "0.11 S>C . 15201 ack 1101 len 1460",
          "0.111 S>C . 16661 ack 1101 len 1460", "0.112 C>S R. 1101 ack 15201"),
    STORY("live connection met", linux_stack, windows, (0, 10, 0), "half_open_discovery 90-100 by client", NULL, TALK,
          "50 C>S S 700000", "50.02 S>C . 5201 ack 1101", "50.021 C>S R 1101"),
    DEVICE("device kills", linux_stack, linux_stack, (0, 10, 0), "injected 55-65 by middlebox", "policy_reset", TALK,
           "2 S>C R. 5201 ack 1101 ttl 59 id 4711"),
    DEVICE("device kills, Windows", windows, windows, (0, 14, 0), "injected 55-65 by middlebox", "policy_reset", TALK,
           "2 S>C R. 5201 ack 1101 ttl 61 id 4711"),
    DEVICE("device, host goes on", linux_stack, linux_stack, (0, 10, 0), "injected 85-99 by middlebox", "policy_reset",
           TALK, "2 S>C R. 5201 ack 1101 ttl 59 id 4711", "2.3 S>C P. 5201 ack 1101 len 100",
           "2.301 C>S . 1101 ack 5301"),
    DEVICE("policy", linux_stack, linux_stack, (0, 10, 0), "policy_reset 70-95 by middlebox", "injected",
           OTHER("0.0", "41", "80"), OTHER("0.2", "42", "80"), "1.000 C>S S 1000", "1.020 S>C S. 5000 ack 1001",
           "1.021 C>S . 1001 ack 5001", "1.1 C>S P. 1001 ack 5001 data 'GET /forbidden HTTP/1.1'",
           "1.101 S>C R. 5001 ack 1024 ttl 57 id 4711"),
    DEVICE("firewall refuses", linux_stack, linux_stack, (0, 10, 0), "firewall_reject 75-90 by middlebox", NULL,
           OTHER("0.0", "41", "80"), OTHER("0.2", "42", "80"), OTHER("0.4", "43", "82"), OTHER("0.6", "44", "83"),
           "1 C:45>S:81 S 1000", "1.02 S:81>C:45 R. =0 ack 1001 ttl 61 id 4711"),
    DEVICE("idle device", windows, windows, (3, 7, 0), "#1 device_idle_timeout 55-65 by middlebox", "injected", TALK,
           "300.061 S>C R. 5201 ack 1101 ttl 126", "300.0611 C>S R. 1101 ack 5201 ttl 126"),
    STORY("session failover", linux_stack, linux_stack, (0, 10, 0), "session_failover 45-60 by server", "no_connection",
          TALK, "2 C>S P. 1101 ack 5201 len 10", "2.02 S>C R 5201", "2.3 C>S P. 1101 ack 5201 len 10",
          "2.35 S>C . 5201 ack 1111"),
    STORY("late begin", linux_stack, linux_stack, (0, 10, 0), "app_abort 45-50 by client",
          "undetermined no_connection unread_data", "0 S>C P. 5001 ack 1101 len 200", "0.01 C>S . 1101 ack 5201",
          "4 C>S R. 1101 ack 5201"),
    STORY("scan", scanner, linux_stack, (0, 10, 0), "#1 half_open_scan 85-95 by client",
          "connect_aborted unknown_to_kernel", PROBED("0.1", "21"), PROBED("0.2", "22"), PROBED("0.3", "23"),
          PROBED("0.4", "25"), PROBED("0.5", "80")),
    STORY("health check", linux_stack, linux_stack, (0, 10, 0), "#1 health_check 75-90 by client", "app_abort",
          VISIT("10", "41"), VISIT("15", "42"), VISIT("20", "43"), VISIT("25", "44")),
    STORY("healthy", linux_stack, windows, (0, 10, 0), NULL, NULL, TALK, "1 C>S P. 1101 ack 5201 len 10",
          "1.02 S>C P. 5201 ack 1111 len 30", "1.021 C>S . 1111 ack 5231", "5 C>S P. 1111 ack 5231 len 10",
          "5.02 S>C P. 5231 ack 1121 len 30", "5.021 C>S . 1121 ack 5261"),
    STORY("two points, abort", linux_stack, linux_stack, (0, 0, 3), "app_abort 70-85 by server", "unread_data", TALK,
          "4 S>C R. 5201 ack 1101"),
    DEVICE("two points, device", linux_stack, windows, (0, 0, 3), "#1 injected 85-99 by middlebox", "policy_reset",
           TALK, "3.01 S>C R. 5201 ack 1101 ttl 61 id 777", "3.2 S>C P. 5201 ack 1101 len 50"),
    {.name = NULL},
};
