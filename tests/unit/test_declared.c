/* test_declared.c
 * Tests of reasons that the reset itself states.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

/* RFC 8684, section 3.6; transient and permanent. */
static void test_mptcp_reasons(void)
{
    for (unsigned reason = 0; reason <= 6; reason++) {
        for (unsigned transient = 0; transient <= 1; transient++) {
            char *expected = g_strdup_printf("mptcp_subflow_reset 97-97 source mptcp_option code %u agreed", reason);
            char *line = g_strdup_printf("4 S>C R. 5201 ack 1101 tcprst %u:%u", reason, transient);

            script_check(expected, SCRIPT_MPTCP_TALK, line);
            g_free(expected);
            g_free(line);
        }
    }
}

static void test_mptcp(void)
{
    script_check("mptcp_fastclose 90-100 source mptcp_option code none alt declared", SCRIPT_MPTCP_TALK,
                 "4 S>C R. 5201 ack 1101 fastclose");
    script_check("mptcp_subflow_reset 90-100 source mptcp_option code 6", SCRIPT_MPTCP_TALK,
                 "4 S>C R. 5201 ack 1101 tcprst 6:1");
    /* A reason beyond the list has no name. */
    script_check("mptcp_subflow_reset code 9", SCRIPT_MPTCP_TALK, "4 S>C R. 5201 ack 1101 tcprst 9:0");
    /* Any other MPTCP option explains nothing. */
    script_check("app_abort source none", SCRIPT_TALK, "4 S>C R. 5201 ack 1101 mptcp");
}

/* Each code of the list, as compact payload and as CBOR. */
static void test_diagnostic_codes(void)
{
    static const char *const causes[] = {
        "declared",       "no_connection",        "data_after_close",
        "app_abort",      "handshake_bad_ack",    "half_open_discovery",
        "declared",       "app_error",            "policy_reset",
        "resource_exhaustion", "retransmission_timeout", "proxied",
        "no_backend",     "device_idle_timeout",  "mptcp_subflow_reset",
        "mptcp_subflow_reset", "mptcp_subflow_reset",
    };

    for (unsigned code = 1; code <= G_N_ELEMENTS(causes); code++) {
        char *expected = g_strdup_printf("%s 75-75 source rst_diag code %u", causes[code - 1], code);
        char *compact = g_strdup_printf("4 S>C R. 5201 ack 1101 hex 33aa%04x00000000", code);
        char *cbor = g_strdup_printf("4 S>C R. 5201 ack 1101 hex 193039a10118%02x", code);

        script_check(expected, SCRIPT_TALK, compact);
        script_check(expected, SCRIPT_TALK, cbor);
        g_free(expected);
        g_free(compact);
        g_free(cbor);
    }
}

static void test_diagnostic(void)
{
    script_check("data_after_close 75-75 source rst_diag code 3", SCRIPT_TALK,
                 "4 S>C R. 5201 ack 1101 hex 33aa000300000000");
    script_check("policy_reset source rst_diag code 9", SCRIPT_TALK, "4 S>C R. 5201 ack 1101 hex 33aa000900000000");
    script_check("proxied by middlebox code 12", SCRIPT_TALK, "4 S>C R. 5201 ack 1101 hex 33aa000c00000000");
    script_check("mptcp_subflow_reset code 17", SCRIPT_TALK, "4 S>C R. 5201 ack 1101 hex 33aa001100000000");
    /* Beyond the list, zero, another enterprise's list. */
    script_check("declared code 18", SCRIPT_TALK, "4 S>C R. 5201 ack 1101 hex 33aa001200000000");
    script_check("declared code 0", SCRIPT_TALK, "4 S>C R. 5201 ack 1101 hex 33aa000000000000");
    script_check("declared code 3", SCRIPT_TALK, "4 S>C R. 5201 ack 1101 hex 33aa000300000009");
    /* Free text. */
    script_check("declared 75-75 source rst_diag code none", SCRIPT_TALK,
                 "4 S>C R. 5201 ack 1101 hex f3176f6e6c79207465737473");
    /* Cut by the snap length: less sure. */
    script_check("data_after_close 60-75 code 3", SCRIPT_TALK, "4 S>C R. 5201 ack 1101 len 8 hex 33aa0003");
    /* Too short, wrong length, wrong magic. */
    script_check("app_abort source none", SCRIPT_TALK, "4 S>C R. 5201 ack 1101 hex 33aa");
    script_check("app_abort source none", SCRIPT_TALK, "4 S>C R. 5201 ack 1101 hex 33aa00030000000000");
    script_check("app_abort source none", SCRIPT_TALK, "4 S>C R. 5201 ack 1101 hex 33ab000300000000");
    script_check("declared code 3", SCRIPT_TALK, "4 S>C R. 5201 ack 1101 hex 33aa000309000000");
    script_check("declared code 3", SCRIPT_TALK, "4 S>C R. 5201 ack 1101 hex 33aa000300090000");
    script_check("app_abort source none", SCRIPT_TALK, "4 S>C R. 5201 ack 1101 hex f3aabbccdd");
    script_check("app_abort source none", SCRIPT_TALK, "4 S>C R. 5201 ack 1101 hex 0017aabbcc");
}

static void check_trailer(const char *cause, const char *peer, const char *text)
{
    char *expected = g_strdup_printf("%s 98-98 source f5 code none", cause);
    char *line = g_strdup_printf("4 S>C R. 5201 ack 1101 f5 '%s%s'", peer, text);

    script_check(expected, SCRIPT_TALK, line);
    g_free(expected);
    g_free(line);
}

static void test_f5(void)
{
    static const struct {
        const char *text, *cause;
    } texts[] = {
        { "TCP RST from remote system", "proxied" },
        { "Flow expired (sweeper)", "device_idle_timeout" }, { "No local listener", "closed_port" },
        { "RST from BIG-IP internal Linux host", "closed_port" },
        { "Port denied", "firewall_reject" },               { "TCP 3WHS rejected", "firewall_reject" },
        { "Policy action", "policy_reset" },                { "TCP retransmit timeout", "retransmission_timeout" },
        { "handshake timeout", "handshake_timeout" },       { "Connection limit reached", "resource_exhaustion" },
        { "Unable to select local port", "resource_exhaustion" },
        { "HA disconnect", "session_failover" },            { "No pool member available", "no_backend" },
        { "No server selected", "no_backend" },             { "No route to host", "no_backend" },
        { "Closing Connection", "data_after_close" },       { "something new", "declared" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        char *expected = g_strdup_printf("%s 90-98 source f5", texts[i].cause);
        char *line = g_strdup_printf("4 S>C R. 5201 ack 1101 data 'BIG-IP: [0x2409a71:704] %s'", texts[i].text);
        char *peer = g_strdup_printf("4 S>C R. 5201 ack 1101 data 'BIG-IP: [0x2409a71:704] {peer} %s'", texts[i].text);

        script_check(expected, SCRIPT_TALK, line);
        script_check(expected, SCRIPT_TALK, peer);
        check_trailer(texts[i].cause, "", texts[i].text);
        check_trailer(texts[i].cause, "{peer} ", texts[i].text);
        g_free(expected);
        g_free(line);
        g_free(peer);
    }
}

/* Only after a silence it is the device's timer; in mid-conversation it lost the flow, or another device answers. */
static void test_f5_no_flow(void)
{
    script_check("session_failover 80-80 by middlebox source f5", SCRIPT_TALK, "0.07 C>S P. 1101 ack 5201 len 20",
                 "0.09 S>C R. 5201 ack 1121 data 'BIG-IP: [0x2409a71:704] No flow found for ACK'");
    /* Nobody loses what was closed, or what never talked. */
    script_check("no_connection 90-98 by middlebox source f5", SCRIPT_TALK, "0.07 C>S F. 1101 ack 5201",
                 "0.09 S>C F. 5201 ack 1102", "0.1 C>S . 1102 ack 5202",
                 "0.12 S>C R. 5202 ack 1102 data 'BIG-IP: [0x2409a71:704] No flow found for ACK'");
    script_check("no_connection 90-98 by middlebox source f5", SCRIPT_REQUEST,
                 "0.09 S>C R. 5001 ack 1101 data 'BIG-IP: [0x2409a71:704] No flow found for ACK'");
    script_check("no_connection 90-98 by middlebox source f5", "4 C>S P. 1101 ack 5201 len 20",
                 "4.02 S>C R. 5201 ack 1121 data 'BIG-IP: [0x2409a71:704] No flow found for ACK'");
    script_check("device_idle_timeout 90-98 by middlebox source f5", SCRIPT_TALK, "304 C>S P. 1101 ack 5201 len 20",
                 "304.01 S>C R. 5201 ack 1121 data 'BIG-IP: [0x2409a71:704] No flow found for ACK'");
    script_check("device_idle_timeout source f5", SCRIPT_TALK,
                 "304 S>C R. 5201 ack 1101 data 'BIG-IP: [0x2409a71:704] No flow found for ACK'");
}

static void test_f5_not(void)
{
    /* Cut before the text: plain text remains. */
    script_check("declared 65-75 source text", SCRIPT_TALK, "4 S>C R. 5201 ack 1101 data 'BIG-IP: [0x2409a71:7'");
    script_check("declared source text", SCRIPT_TALK, "4 S>C R. 5201 ack 1101 data 'BIG-IP: [0x24]'");
    script_check("declared source text", SCRIPT_TALK, "4 S>C R. 5201 ack 1101 data 'Not BIG-IP: [0x24:1] Port denied'");
    /* In a trailer no other form is looked for. */
    script_check("declared 98-98 source f5", SCRIPT_TALK, "4 S>C R. 5201 ack 1101 f5 '3 of 9'");
    script_check("declared 98-98 source f5", SCRIPT_TALK, "4 S>C R. 5201 ack 1101 f5 'BIG-IP: [0x24:1] Port denied'");
}

static void test_text(void)
{
    script_check("declared 65-75 source text alt app_abort", SCRIPT_TALK, "4 S>C R. 5201 ack 1101 data 'Go away'");
    /* Separators and line ends inside are escaped: the audit sees to that. */
    script_check("declared source text", SCRIPT_TALK, "4 S>C R. 5201 ack 1101 data 'a; b c\\'");
    script_check("declared source text", SCRIPT_TALK, "4 S>C R. 5201 ack 1101 hex 61090d0a62");
    /* Too short, or not printable. */
    script_check("app_abort source none", SCRIPT_TALK, "4 S>C R. 5201 ack 1101 data 'abc'");
    script_check("app_abort source none", SCRIPT_TALK, "4 S>C R. 5201 ack 1101 hex 616263640061");
    script_check("app_abort source none", SCRIPT_TALK, "4 S>C R. 5201 ack 1101 hex 616263ff");
    /* The payload was not captured. */
    script_check("* source none", SCRIPT_TALK, "4 S>C R. 5201 ack 1101 nolen");
    /* More than is kept. */
    script_check("declared source text", SCRIPT_TALK, "4 S>C R. 5201 ack 1101 len 1400");
}

static void test_conflict(void)
{
    /* The history is sure of a timer; the text claims a refusal. Both are shown. */
    script_check("closed_port conflict source f5 alt retransmission_timeout", SCRIPT_TALK,
                 "1.0 C>S P. 1101 ack 5201 len 40 id 301 ttl 128",
                 "1.3 C>S P. 1101 ack 5201 len 40 id 302 ttl 128", "1.9 C>S P. 1101 ack 5201 len 40 id 303 ttl 128",
                 "3.1 C>S P. 1101 ack 5201 len 40 id 304 ttl 128", "5.5 C>S P. 1101 ack 5201 len 40 id 305 ttl 128",
                 "10.3 C>S P. 1101 ack 5201 len 40 id 306 ttl 128",
                 "19.9 C>S R. 1141 ack 5201 ttl 128 id 307 data 'BIG-IP: [0x24:7] No local listener'");
    /* The same category agrees; an unsure history contradicts nothing; a plain text claims no cause. */
    script_check("handshake_timeout agreed", SCRIPT_TALK,
                 "4 S>C R. 5201 ack 1101 data 'BIG-IP: [0x24:7] handshake timeout'");
    script_check("declared agreed", SCRIPT_TALK, "1 C>S F. 1101 ack 5201", "1.02 S>C . 5201 ack 1102",
                 "2 S>C P. 5201 ack 1102 len 50", "2.001 C>S R 1102 data 'Go away'");
}

static void test_artefact_wins(void)
{
    /* A copy stays a copy, an impossible reset stays one. */
    script_check("#2 duplicate source none alt no_backend", SCRIPT_TALK,
                 "0.06101 C>S . 1101 ack 5201 win 502 ttl 64 id 103 df",
                 "4 S>C R. 5201 ack 1101 id 9 data 'BIG-IP: [0x24:7] No pool member'",
                 "4.0001 S>C R. 5201 ack 1101 id 9 data 'BIG-IP: [0x24:7] No pool member'");
    /* Where nothing else is doubled, it says the same once more. */
    script_check("#2 no_backend source f5 alt duplicate", SCRIPT_TALK,
                 "4 S>C R. 5201 ack 1101 id 9 data 'BIG-IP: [0x24:7] No pool member'",
                 "4.0001 S>C R. 5201 ack 1101 id 9 data 'BIG-IP: [0x24:7] No pool member'");
    script_check("malformed source none", SCRIPT_TALK,
                 "4 S>C RS. 5201 ack 1101 data 'BIG-IP: [0x24:7] No pool member'");
}

/* What a switch turns off is not read, also not as something else that looks like it, except text. */
static void test_switches(void)
{
    static const struct {
        const char *preference, *segment, *source;
    } rows[] = {
        { "decode_mptcp", "4 S>C R. 5201 ack 1101 tcprst 6:1", "mptcp_option" },
        { "decode_mptcp", "4 S>C R. 5201 ack 1101 fastclose", "mptcp_option" },
        { "decode_rst_diag", "4 S>C R. 5201 ack 1101 hex 33aa000300000000", "rst_diag" },
        { "decode_rst_diag", "4 S>C R. 5201 ack 1101 hex 193039a10103", "rst_diag" },
        { "decode_rst_diag", "4 S>C R. 5201 ack 1101 hex f31761626364", "rst_diag" },
        { "decode_f5", "4 S>C R. 5201 ack 1101 f5 'Port denied'", "f5" },
        { "decode_text", "4 S>C R. 5201 ack 1101 data 'Go away'", "text" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *on = g_strdup_printf("* source %s", rows[i].source);
        char *off = g_strdup_printf("pref %s 0", rows[i].preference);

        script_check(on, SCRIPT_TALK, rows[i].segment);
        script_check("app_abort source none code none", off, SCRIPT_TALK, rows[i].segment);
        g_free(on);
        g_free(off);
    }
    script_check("declared source text", "pref decode_f5 0", SCRIPT_TALK,
                 "4 S>C R. 5201 ack 1101 data 'BIG-IP: [0x24:7] Port denied'");
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        { "/declared/mptcp_reasons", test_mptcp_reasons },
        { "/declared/mptcp", test_mptcp },
        { "/declared/diagnostic_codes", test_diagnostic_codes },
        { "/declared/diagnostic", test_diagnostic },
        { "/declared/f5", test_f5 },
{ "/declared/f5_no_flow", test_f5_no_flow },
        { "/declared/f5_not", test_f5_not },
        { "/declared/text", test_text },
        { "/declared/conflict", test_conflict },
        { "/declared/artefact_wins", test_artefact_wins },
        { "/declared/switches", test_switches },
        { NULL, NULL },
    };

    return script_main(&argc, &argv, tests);
}
