/* test_statement.c
 * Tests of payloads and options that state a reason: the CBOR form of the diagnostic payload with strict bounds, text,
 * announced fast closes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

static void check_payload(const char *expected, const char *hex, unsigned cut)
{
    char *line = g_strdup_printf("4 S>C R. 5201 ack 1101 len %u hex %s", (unsigned)strlen(hex) / 2 + cut, hex);

    script_check(expected, SCRIPT_TALK, line);
    g_free(line);
}

static void test_cbor(void)
{
    check_payload("data_after_close 75-75 source rst_diag code 3", "193039a10103", 0);
    check_payload("data_after_close source rst_diag code 3", "193039a201030200", 0);
    check_payload("data_after_close source rst_diag code 3", "193039a3010302000364" "74657374", 0);
    /* Keys in another order, numbers in longer form, an empty text. */
    check_payload("policy_reset source rst_diag code 9", "193039a202000109", 0);
    check_payload("policy_reset source rst_diag code 9", "193039a1180118" "09", 0);
    check_payload("policy_reset source rst_diag code 9", "193039a1011a00000009", 0);
    check_payload("policy_reset source rst_diag code 9", "193039a201090360", 0);
    check_payload("policy_reset source rst_diag code 9", "193039b80101" "09", 0);
    /* Beyond the list, another enterprise's list: shown, not mapped. */
    check_payload("declared source rst_diag code 18", "193039a10112", 0);
    check_payload("declared source rst_diag code 0", "193039a10100", 0);
    check_payload("declared source rst_diag code 3", "193039a20103021a00007ed9", 0);
    check_payload("declared source rst_diag code 4294967295", "193039a1011affffffff", 0);
    /* Text alone. Separators and line ends in it are escaped: the audit sees to that. */
    check_payload("declared source rst_diag code none", "193039a1036568656c6c6f", 0);
    check_payload("declared source rst_diag code none", "193039a10364613b0a09", 0);
    check_payload("declared source rst_diag code none", "193039a10362c3a9", 0);
}

static void test_cbor_cut(void)
{
    /* What is captured counts, less surely; without a code or text nothing does. */
    check_payload("data_after_close 60-75 source rst_diag code 3", "193039a30103", 20);
    check_payload("data_after_close 60-75 source rst_diag code 3", "193039a3010302", 20);
    check_payload("data_after_close 60-75 source rst_diag code 3", "193039a30103020003", 20);
    check_payload("data_after_close 60-75 source rst_diag code 3", "193039a3010302000378", 20);
    check_payload("declared 60-75 source rst_diag code none", "193039a103656865", 3);
    check_payload("* source none", "193039", 5);
    check_payload("* source none", "193039a1", 5);
    check_payload("* source none", "193039a101", 5);
    check_payload("* source none", "193039a10119", 5);
    check_payload("* source none", "193039a10365", 5);
    /* All of it captured, then more: the length contradicts the map. */
    check_payload("* source none", "193039a10103", 1);
}

static void test_cbor_malformed(void)
{
    static const char *const payloads[] = {
        "1930",                     /* no map */
        "193039",
        "193039a0",                 /* empty map */
        "193039a4010302000361610400", /* too many entries */
        "193039a101",               /* a value is missing */
        "193039a20103",             /* an entry is missing */
        "193039a1010300",           /* a byte too many */
        "193039a10403",             /* unknown key */
        "193039a10003",
        "193039a201030103",         /* the same key twice */
        "193039a1016133",           /* code as text */
        "193039a10120",             /* negative code */
        "193039a1011b0000000000000003", /* 64 bits */
        "193039bf0103ff",           /* indefinite map */
        "193039a1037f6161ff",       /* indefinite text */
        "193039a1037affffffff6161", /* text longer than everything */
        "193039a10362ffff",         /* no UTF-8 */
        "193039a10343616263",       /* bytes instead of text */
        "193039810103",             /* array instead of map */
        "19303801a10103",           /* 12344 */
        "1a00003039a10103",         /* the number in another form */
        "39303901a10103",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(payloads); i++)
        check_payload("app_abort source none", payloads[i], 0);
}

static void test_free_text(void)
{
    check_payload("declared 75-75 source rst_diag code none", "f3176f6e6c792061207465737420c3a9", 0);
    check_payload("declared source rst_diag", "f31761", 0);
    /* The snap length may cut a character. */
    check_payload("declared source rst_diag", "f31761c3", 1);
    check_payload("app_abort source none", "f317", 0);
    check_payload("app_abort source none", "f317ff00ff", 0);
    check_payload("app_abort source none", "f31861626364", 0);
}

static void test_padding(void)
{
    /* Zeros, binary, text that ends in binary: no text. */
    check_payload("app_abort source none", "0000", 0);
    check_payload("app_abort source none", "000000000000", 0);
    check_payload("app_abort source none", "000000000000000000000000000000000000", 0);
    check_payload("app_abort source none", "476f206177617900", 0);
    check_payload("app_abort source none", "7f7f7f7f", 0);
    check_payload("app_abort source none", "c3a9c3a9c3a9", 0);
    check_payload("app_abort source none", "1b5b324a", 0);
    check_payload("declared 65-75 source text", "476f2061776179", 0);
}

static void test_fast_close(void)
{
    /* On an ACK, then both sides reset (RFC 8684, section 3.5). */
    script_check("mptcp_fastclose 85-95 by server source none code none", SCRIPT_MPTCP_TALK,
                 "2 C>S . 1101 ack 5201 win 502 ttl 64 id 104 fastclose", "2.02 S>C R. 5201 ack 1101 ttl 54");
    /* From elsewhere, it is not the answer of the host. */
    script_check("* not mptcp_fastclose source none", SCRIPT_MPTCP_TALK,
                 "2 C>S . 1101 ack 5201 win 502 ttl 64 id 104 fastclose", "2.02 S>C R. 5201 ack 1101 ttl 61");
    script_check("mptcp_fastclose source mptcp_option", SCRIPT_MPTCP_TALK,
                 "2 C>S . 1101 ack 5201 win 502 ttl 64 id 104 fastclose", "2.02 C>S R. 1101 ack 5201 ttl 64");
    /* The subflow's own reason goes first. */
    script_check("mptcp_subflow_reset code 1", SCRIPT_MPTCP_TALK, "2 C>S . 1101 ack 5201 win 502 ttl 64 id 104 fastclose",
                 "2.02 S>C R. 5201 ack 1101 ttl 54 tcprst 1:0");
    /* On another connection, or the one before on these ports. */
    script_check("app_abort source none", "0 C:9>S S 1 mptcp", "0.01 S>C:9 S. 5 ack 2",
                 "0.02 C:9>S . 2 ack 6 fastclose", SCRIPT_TALK,
                 "2 S>C R. 5201 ack 1101 ttl 54");
    script_check("app_abort source none", SCRIPT_MPTCP_TALK, "2 C>S . 1101 ack 5201 win 502 fastclose",
                 "2.1 C>S R. 1101 ack 5201",
                 "9 C>S S 900000", "9.02 S>C S. 700000 ack 900001", "9.03 C>S . 900001 ack 700001",
                 "9.04 C>S P. 900001 ack 700001 len 10", "9.06 S>C P. 700001 ack 900011 len 10",
                 "9.07 C>S . 900011 ack 700011",
                 "12 S>C R. 700011 ack 900011");
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        { "/statement/cbor", test_cbor },
        { "/statement/cbor_cut", test_cbor_cut },
        { "/statement/cbor_malformed", test_cbor_malformed },
        { "/statement/free_text", test_free_text },
        { "/statement/padding", test_padding },
        { "/statement/fast_close", test_fast_close },
        { NULL, NULL },
    };

    return script_main(&argc, &argv, tests);
}
