/* test_netscaler.c
 * Tests of NetScaler's window codes: every row with and without corroboration, and what corroborates nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

typedef struct netscaler_row {
    unsigned code;
    rst_cause_t cause;
} netscaler_row_t;

static const netscaler_row_t rows[] = {
#define NETSCALER_CODE(code, cause, label) { code, RST_CAUSE_##cause },
#include "declared/netscaler_codes.def"
#undef NETSCALER_CODE
};

/* A proxy at TTL 245 opens; what follows comes through it from a host at TTL 55. Windows are scaled. */
#define PROXY                                                                                                          \
    "0.00 C>S S 1000 mss 1460 ws 7 ttl 64", "0.02 S>C S. 5000 ack 1001 mss 1460 ws 4 win 8190 ttl 245",                \
        "0.021 C>S . 1001 ack 5001 ttl 64", "0.03 C>S P. 1001 ack 5001 len 100 ttl 64",                                \
        "0.05 S>C P. 5001 ack 1101 len 200 win 928 ttl 55", "0.051 C>S . 1101 ack 5201 ttl 64"
/* One host all along, without window scaling; its window stands still. */
#define STEADY                                                                                                         \
    "0.00 C>S S 1000 mss 1460 ttl 64", "0.02 S>C S. 5000 ack 1001 mss 1460 win 8190 ttl 55",                           \
        "0.021 C>S . 1001 ack 5001 ttl 64", "0.03 C>S P. 1001 ack 5001 len 100 ttl 64",                                \
        "0.05 S>C P. 5001 ack 1101 len 200 win 9000 ttl 55", "0.051 C>S . 1101 ack 5201 ttl 64"

static void test_every_row(void)
{
    g_assert_cmpuint(G_N_ELEMENTS(rows), ==, 215);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *token = rst_cause_info(rows[i].cause)->token;
        char *told = g_strdup_printf("%s 85-97 source netscaler code %u agreed", token, rows[i].code);
        char *hinted = g_strdup_printf("app_abort source none code none alt %s", token);
        char *far = g_strdup_printf("2 S>C R. 5201 ack 1101 win %u ttl 245", rows[i].code);
        char *near = g_strdup_printf("2 S>C R. 5201 ack 1101 win %u ttl 55", rows[i].code);

        script_check(told, PROXY, far);
        script_check(hinted, PROXY, near);
        g_free(told);
        g_free(hinted);
        g_free(far);
        g_free(near);
    }
}

static void test_neighbors(void)
{
    /* One below and above, between the rows, ends of the table. */
    static const unsigned others[] = { 0, 1, 8190, 8192, 8195, 8203, 8215, 9099, 9101, 9204, 9299, 9703, 9984, 9999,
                                       10043, 18196, 65535 };

    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        char *line = g_strdup_printf("2 S>C R. 5201 ack 1101 win %u ttl 245", others[i]);

        script_check("* source none never declared never device_idle_timeout", PROXY, line);
        g_free(line);
    }
    /* The window was not captured: whatever stands there is none. */
    script_check("* source none", PROXY, "2 S>C R. 5201 ack 1101 ttl 245 nowin");
}

static void test_by_distance(void)
{
    script_check("proxied 85-97 by middlebox", PROXY, "2 S>C R. 5201 ack 1101 win 9701 ttl 245");
    script_check("no_backend 85-97 by server", PROXY, "2 S>C R. 5201 ack 1101 win 9957 ttl 245");
    /* Data bears the TTL of the SYN-ACK too. */
    script_check("app_abort source none alt proxied", PROXY, "1 S>C P. 5201 ack 1101 len 10 win 928 ttl 245",
                 "1.01 C>S . 1101 ack 5211 ttl 64", "2 S>C R. 5211 ack 1101 win 9701 ttl 245");
    /* One hop is a reroute; an unknown TTL is no TTL. */
    script_check("* source none", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 win 9701 ttl 55");
    script_check("* source none", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 win 9701");
    script_check("* source none", PROXY, "2 S>C R. 5201 ack 1101 win 9701");
}

static void test_by_window(void)
{
    /* Advertised 9000 all the time, not scaled: 9300 is no window. */
    script_check("device_idle_timeout 85-97 source netscaler code 9300", STEADY,
                 "2 S>C R. 5201 ack 1101 win 9300 ttl 55");
    /* It is the window that was advertised. */
    script_check("app_abort source none alt device_idle_timeout", STEADY,
                 "1 S>C P. 5201 ack 1101 len 10 win 9300 ttl 55",
                 "1.01 C>S . 1101 ack 5211 ttl 64", "2 S>C R. 5211 ack 1101 win 9300 ttl 55");
    /* A window that moves may have moved on. */
    script_check("* source none", STEADY, "1 S>C P. 5201 ack 1101 len 10 win 9200 ttl 55",
                 "1.01 C>S . 1101 ack 5211 ttl 64",
                 "2 S>C R. 5211 ack 1101 win 9300 ttl 55");
    /* Scaled windows are small numbers; unknown ones are unknown. */
    script_check("* source none", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 win 9300 ttl 54");
    script_check("* source none", "0 S>C P. 5001 ack 1001 len 10 win 500", "0.01 C>S . 1001 ack 5011",
                 "2 S>C R. 5011 ack 1001 win 9300");
    /* Missing timestamps prove nothing. */
    script_check("* source none", "0 C>S S 1000 ts 1:0 ws 7", "0.02 S>C S. 5000 ack 1001 ts 50:1 ws 7",
                 "0.03 C>S . 1001 ack 5001 ts 2:50", "1 C>S P. 1001 ack 5001 len 10 ts 10:50",
                 "1.02 S>C P. 5001 ack 1011 len 20 ts 60:10", "1.03 C>S . 1011 ack 5021 ts 11:60",
                 "2 S>C R. 5021 ack 1011 win 9300");
}

static void test_by_codes(void)
{
    /* Two different codes where no window was advertised: SYNs that were refused. */
    script_check("#1 closed_port source netscaler code 8212; #2 policy_reset source netscaler code 9830",
                 "0 C:1>S S 1000", "0.02 S>C:1 R. =0 ack 1001 win 8212", "1 C:2>S S 1000",
                 "1.02 S>C:2 R. =0 ack 1001 win 9830");
    /* The same code twice, or another host's. */
    script_check("#1 closed_port source none; #2 closed_port source none", "0 C:1>S S 1000",
                 "0.02 S>C:1 R. =0 ack 1001 win 8212", "1 C:2>S S 1000", "1.02 S>C:2 R. =0 ack 1001 win 8212");
    script_check("#1 closed_port source none; #2 closed_port source none", "0 C:1>S S 1000",
                 "0.02 S>C:1 R. =0 ack 1001 win 8212", "1 C:2>T S 1000", "1.02 T>C:2 R. =0 ack 1001 win 9830");
    /* Windows that move through the table are no codes. */
#define DRIFT(port, first, second, reset)                                                                              \
    "+1 C:" port ">S S 1000", "+0.02 S>C:" port " S. 5000 ack 1001 win 9000", "+0.01 C:" port ">S . 1001 ack 5001",    \
        "+0.01 S>C:" port " P. 5001 ack 1001 len 10 win " first,                                                       \
        "+0.01 S>C:" port " P. 5011 ack 1001 len 10 win " second,                                                      \
        "+0.01 C:" port ">S . 1001 ack 5021", "+1 S>C:" port " R. 5021 ack 1001 win " reset
    script_check("#1 * source none; #2 * source none", DRIFT("1", "9700", "9750", "9811"), DRIFT("2", "9700", "9800",
                 "9852"));
#undef DRIFT
}

static void test_by_preference(void)
{
    script_check("device_idle_timeout 85-97 source netscaler code 9300", "pref netscaler S", SCRIPT_TALK,
                 "2 S>C R. 5201 ack 1101 win 9300 ttl 54");
    /* It is the other host. */
    script_check("app_abort source none alt device_idle_timeout", "pref netscaler C", SCRIPT_TALK,
                 "2 S>C R. 5201 ack 1101 win 9300 ttl 54");
    script_check("app_abort source none", "pref netscaler T", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 win 9300 ttl 54");
    /* Not one of its codes. */
    script_check("app_abort source none", "pref netscaler S", SCRIPT_TALK, "2 S>C R. 5201 ack 1101 win 9204 ttl 54");
    /* Switched off: neither statement nor hint. */
    script_check("app_abort source none never device_idle_timeout", "pref netscaler S", "pref decode_netscaler 0",
                 SCRIPT_TALK, "2 S>C R. 5201 ack 1101 win 9300 ttl 54");
    script_check("app_abort source none never device_idle_timeout", "pref decode_netscaler 0", SCRIPT_TALK,
                 "2 S>C R. 5201 ack 1101 win 9300 ttl 54");
}

static rst_address_t address(uint8_t size, const uint8_t *byte)
{
    rst_address_t result = { { 0, 0 }, size };

    memcpy(result.word, byte, size);
    return result;
}

static void test_networks(void)
{
    static const uint8_t four[] = { 192, 0, 2, 129 };
    static const uint8_t near[] = { 192, 0, 2, 128 };
    static const uint8_t far[] = { 192, 0, 2, 1 };
    static const uint8_t six[16] = { 192, 0, 2, 129 };
    rst_network_t network = { address(4, four), 32 };
    rst_prefs_t prefs = rst_prefs_default();
    rst_address_t host = address(4, four), neighbor = address(4, near), other = address(4, far), longer = address(16, six);

    g_assert_false(rst_prefs_names_netscaler(&prefs, &host));
    prefs.netscalers = &network;
    prefs.netscaler_count = 1;
    g_assert_true(rst_prefs_names_netscaler(&prefs, &host));
    g_assert_false(rst_prefs_names_netscaler(&prefs, &neighbor));
    network.bits = 31;
    g_assert_true(rst_prefs_names_netscaler(&prefs, &neighbor));
    network.bits = 25;
    g_assert_true(rst_prefs_names_netscaler(&prefs, &neighbor));
    g_assert_false(rst_prefs_names_netscaler(&prefs, &other));
    network.bits = 24;
    g_assert_true(rst_prefs_names_netscaler(&prefs, &other));
    network.bits = 0;
    g_assert_true(rst_prefs_names_netscaler(&prefs, &other));
    g_assert_false(rst_prefs_names_netscaler(&prefs, &longer));
    network = (rst_network_t){ longer, 128 };
    g_assert_true(rst_prefs_names_netscaler(&prefs, &longer));
    g_assert_false(rst_prefs_names_netscaler(&prefs, &host));
    network = (rst_network_t){ host, 33 };
    g_assert_false(rst_prefs_names_netscaler(&prefs, &host));
}

static void test_hint(void)
{
    /* Never more than 35 percent, and nothing is called stated. */
    script_check("app_abort alt device_idle_timeout source none plain agreed", SCRIPT_TALK,
                 "2 S>C R. 5201 ack 1101 win 9300 ttl 54");
    /* A payload says more than a number. */
    script_check("no_backend source f5", PROXY,
                 "2 S>C R. 5201 ack 1101 win 9300 ttl 245 data 'BIG-IP: [0x1:2] No pool member'");
}

static void test_conflict(void)
{
    /* Five copies, doubling gaps, the reset when the next was due: a timer. The code claims a policy. */
    script_check("policy_reset conflict source netscaler alt retransmission_timeout",
                 "0.00 C>S S 1000 mss 1460 ttl 245 win 8190", "0.02 S>C S. 5000 ack 1001 mss 1460 ttl 55",
                 "0.021 C>S . 1001 ack 5001 ttl 245 win 9000",
                 "0.5 C>S P. 1001 ack 5001 len 40 id 301 ttl 115 win 9000",
                 "0.8 C>S P. 1001 ack 5001 len 40 id 302 ttl 115 win 9000",
                 "1.4 C>S P. 1001 ack 5001 len 40 id 303 ttl 115 win 9000",
                 "2.6 C>S P. 1001 ack 5001 len 40 id 304 ttl 115 win 9000",
                 "5.0 C>S P. 1001 ack 5001 len 40 id 305 ttl 115 win 9000",
                 "9.8 C>S P. 1001 ack 5001 len 40 id 306 ttl 115 win 9000",
                 "19.4 C>S R. 1041 ack 5001 ttl 245 id 307 win 9814");
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        { "/netscaler/every_row", test_every_row },
        { "/netscaler/neighbors", test_neighbors },
        { "/netscaler/by_distance", test_by_distance },
        { "/netscaler/by_window", test_by_window },
        { "/netscaler/by_codes", test_by_codes },
        { "/netscaler/by_preference", test_by_preference },
        { "/netscaler/networks", test_networks },
        { "/netscaler/hint", test_hint },
        { "/netscaler/conflict", test_conflict },
        { NULL, NULL },
    };

    return script_main(&argc, &argv, tests);
}
