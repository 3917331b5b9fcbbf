/* test_after_close.c
 * Tests of what reaches a side that has closed, and of closing messages, where the reset is an abort.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

#define SERVER_CLOSES                                                                                                  \
    SCRIPT_TALK, "1 S>C F. 5201 ack 1101 win 501 ttl 54 id 203", "1.001 C>S . 1101 ack 5202 win 502 ttl 64 id 104"

/* Half-closed, it took data that it could not answer any more. */
static void test_taken(void)
{
    script_check("unread_data 60-75 by server serious alt data_after_close alt app_abort", SERVER_CLOSES,
                 "1.3 C>S P. 1101 ack 5202 len 27 ttl 64 id 105", "1.32 S>C . 5202 ack 1128 ttl 54 id 204",
                 "1.321 S>C R. 5202 ack 1128 ttl 54 id 205");
    /* The longer ago, the less sure. */
    script_check("unread_data 55-60 by server", SERVER_CLOSES, "1.3 C>S P. 1101 ack 5202 len 27 ttl 64 id 105",
                 "1.32 S>C . 5202 ack 1128 ttl 54 id 204", "1.7 S>C R. 5202 ack 1128 ttl 54 id 205");
    script_check("unread_data 45-52 by server", SERVER_CLOSES, "1.3 C>S P. 1101 ack 5202 len 27 ttl 64 id 105",
                 "1.32 S>C . 5202 ack 1128 ttl 54 id 204", "4.7 S>C R. 5202 ack 1128 ttl 54 id 205");
    /* Nothing came: nothing can have been left unread. */
    script_check("app_abort 70-80 by server never data_after_close", SERVER_CLOSES,
                 "4.32 S>C R. 5202 ack 1101 ttl 54 id 204");
    /* Only what had come before its FIN. */
    script_check("app_abort not unread_data", SCRIPT_TALK, "0.9 C>S P. 1101 ack 5201 len 27 ttl 64 id 104",
                 "0.92 S>C . 5201 ack 1128 ttl 54 id 203", "1.5 S>C F. 5201 ack 1128 ttl 54 id 204",
                 "1.52 C>S . 1128 ack 5202 ttl 64 id 105", "4.32 S>C R. 5202 ack 1128 ttl 54 id 205");
    /* A keepalive probe brings nothing. */
    script_check("app_abort not unread_data not data_after_close", SERVER_CLOSES,
                 "3.3 C>S . 1100 ack 5202 ttl 64 id 105", "3.32 S>C . 5202 ack 1101 ttl 54 id 204",
                 "4.321 S>C R. 5202 ack 1101 ttl 54 id 205");
    /* A long download over a half-closed connection is stopped. */
    script_check("transfer_cancelled by client", SCRIPT_TALK, "1 C>S F. 1101 ack 5201 ttl 64 id 104",
                 "1.02 S>C . 5201 ack 1102 len 10000 ttl 54 id 203", "1.021 C>S . 1102 ack 15201 ttl 64 id 105",
                 "1.03 S>C . 15201 ack 1102 len 3000 ttl 54 id 210", "1.031 C>S R. 1102 ack 16661 ttl 64 id 106");
    /* Only the side that closes is in the capture: nothing is known of data. */
    script_check("* 1-46 by client not unread_data not data_after_close", "0 C>S P. 1001 ack 5001 len 100",
                 "0.1 C>S F. 1101 ack 5001", "0.4 C>S . 1102 ack 5101", "0.5 C>S R. 1102 ack 5101");
}

/* A reader that has stopped reading sends its answer, its FIN and the reset at once. */
static void test_piled_up(void)
{
#define UPLOAD                                                                                                             SCRIPT_TALK, "0.9 C>S . 1101 ack 5201 len 60000 ttl 64 id 104", "0.92 S>C . 5201 ack 61101 win 100 ttl 54 id 203",         "0.93 S>C P. 5201 ack 61101 len 200 win 100 ttl 54 id 204"
#define READ                                                                                                               SCRIPT_TALK, "0.9 C>S . 1101 ack 5201 len 60000 ttl 64 id 104", "0.92 S>C . 5201 ack 61101 win 501 ttl 54 id 203",         "0.93 S>C P. 5201 ack 61101 len 200 win 501 ttl 54 id 204"
    script_check("unread_data 60-70 by server alt app_abort", UPLOAD, "0.9301 S>C F. 5401 ack 61101 win 100 ttl 54 id 205",
                 "0.9302 S>C R. 5402 ack 61101 win 501 ttl 54 id 206");
    /* Both ends are reset: by a proxy, say. */
    script_check("#1 * not unread_data", UPLOAD, "0.9301 S>C F. 5401 ack 61101 win 100 ttl 54 id 205",
                 "0.9302 S>C R. 5402 ack 61101 win 501 ttl 54 id 206", "0.9302 C>S R. 61101 ack 5402 ttl 64 id 207");
    /* Later, with an open window. */
    script_check("app_abort by server", UPLOAD, "0.9301 S>C F. 5401 ack 61101 win 100 ttl 54 id 205",
                 "1.9302 S>C R. 5402 ack 61101 win 501 ttl 54 id 206");
    script_check("app_abort by server", READ, "0.9301 S>C F. 5401 ack 61101 win 501 ttl 54 id 205",
                 "0.9302 S>C R. 5402 ack 61101 win 501 ttl 54 id 206");
#undef UPLOAD
#undef READ
}

/* Windows: a closed socket answers with RST,ACK, whose ACK may cover what is thrown away. */
static void test_lost(void)
{
    script_check("data_after_close 88-95 by server serious", SERVER_CLOSES,
                 "1.3 C>S P. 1101 ack 5201 len 27 ttl 64 id 105", "1.32 S>C R. 5202 ack 1128 win 0 ttl 54 id 204");
    /* The data crossed the FIN. */
    script_check("data_after_close 70-80 by client", SCRIPT_TALK, "1 S>C P. 5201 ack 1101 len 40 ttl 54 id 203",
                 "1.0001 C>S F. 1101 ack 5201 ttl 64 id 104", "1.0001 C>S R. 1102 ack 5201 win 0 ttl 64 id 105");
    /* A FIN behind them saves nothing, unless they had been acknowledged. */
    script_check("data_after_close 88-95 by client serious", SCRIPT_TALK, "1 C>S F. 1101 ack 5201 ttl 64 id 104",
                 "1.01 S>C P. 5201 ack 1101 len 40 ttl 54 id 203", "1.0101 S>C F. 5241 ack 1101 ttl 54 id 204",
                 "1.02 C>S R. 1102 ack 5242 win 0 ttl 64 id 105");
    script_check("close_race 80-90 by client benign", SCRIPT_TALK, "1 C>S F. 1101 ack 5201 ttl 64 id 104",
                 "1.01 S>C P. 5201 ack 1102 len 40 ttl 54 id 203", "1.011 C>S . 1102 ack 5241 ttl 64 id 105",
                 "1.0201 S>C F. 5241 ack 1102 ttl 54 id 204", "1.021 C>S R. 1102 ack 5242 win 0 ttl 64 id 106");
    /* Its number does not come after its FIN. */
    script_check("* not data_after_close", SERVER_CLOSES, "1.3 C>S P. 1101 ack 5201 len 27 ttl 64 id 105",
                 "1.32 S>C R. 5302 ack 1128 win 0 ttl 54 id 204");
}

static void test_farewell(void)
{
    script_check("close_race 75-85 by client benign alt data_after_close", SCRIPT_TALK,
                 "1 C>S F. 1101 ack 5201 ttl 64 id 104", "1.01 S>C P. 5201 ack 1101 data '221 bye' ttl 54 id 203",
                 "1.0101 C>S . 1102 ack 5208 ttl 64 id 105", "1.012 C>S R. 1102 ack 5208 win 0 ttl 64 id 106");
    /* Other data came as well. */
    script_check("unread_data serious", SCRIPT_TALK, "1 C>S F. 1101 ack 5201 ttl 64 id 104",
                 "1.01 S>C P. 5201 ack 1101 len 40 ttl 54 id 203",
                 "1.0101 S>C P. 5241 ack 1101 data '221 bye' ttl 54 id 203",
                 "1.0102 C>S . 1102 ack 5248 ttl 64 id 105", "1.012 C>S R. 1102 ack 5248 win 0 ttl 64 id 106");
    /* MARS, seen at either end. */
    script_check("data_after_close 75-85 by client benign alt close_race", SCRIPT_TALK,
                 "1 S>C P. 5201 ack 1101 hex 53040000100000000400000008000000 ttl 54 id 203",
                 "1.0003 C>S F. 1101 ack 5201 ttl 64 id 104", "1.0003 C>S R. 1102 ack 5201 win 0 ttl 64 id 105");
    script_check("data_after_close 75-85 by client benign", SCRIPT_TALK, "1 C>S F. 1101 ack 5201 ttl 64 id 104",
                 "1.0003 S>C P. 5201 ack 1101 hex 53040000100000000400000008000000 ttl 54 id 203",
                 "1.0004 C>S R. 1102 ack 5217 win 0 ttl 64 id 105");
    /* Not if it had come long before. */
    script_check("* not close_race", SCRIPT_TALK, "1 C>S F. 1101 ack 5201 ttl 64 id 104",
                 "1.01 S>C P. 5201 ack 1101 data '221 bye' ttl 54 id 203", "1.0101 C>S . 1102 ack 5208 ttl 64 id 105",
                 "9 C>S R. 1102 ack 5208 win 0 ttl 64 id 106");
}

/* A domain controller after an unbind, with and without a FIN behind it. */
static void test_unbind(void)
{
#define UNBIND "1 C>S P. 1101 ack 5201 hex 308400000006020200a14200 ttl 64 id 104"
    script_check("close_race 65-75 by server benign not unread_data", SCRIPT_TALK, UNBIND,
                 "1.02 S>C R. 5201 ack 1113 win 0 ttl 54 id 203");
    script_check("close_race by server benign not unread_data", SCRIPT_TALK, UNBIND,
                 "1.0001 C>S F. 1113 ack 5201 ttl 64 id 105", "1.02 S>C R. 5201 ack 1114 win 0 ttl 54 id 203");
    script_check("close_race 65-75 by server benign not unread_data", SCRIPT_TALK, UNBIND,
                 "1.0001 C>S F. 1113 ack 5201 ttl 64 id 105", "1.02 S>C R. 5201 ack 1113 win 0 ttl 54 id 203");
    /* The unbind request itself had not come. */
    script_check("* not close_race", SCRIPT_TALK, UNBIND, "1.0001 C>S F. 1113 ack 5201 ttl 64 id 105",
                 "1.02 S>C R. 5201 ack 1101 win 0 ttl 54 id 203");
    /* Another request of the same length. */
    script_check("unread_data by server serious", SCRIPT_TALK,
                 "1 C>S P. 1101 ack 5201 hex 308400000006020200a14a00 ttl 64 id 104",
                 "1.02 S>C R. 5201 ack 1113 win 0 ttl 54 id 203");
    /* In the middle of a transfer: what was on the way is thrown away. */
    script_check("transfer_cancelled by client serious", SCRIPT_TALK,
                 "1 S>C . 5201 ack 1101 len 10000 ttl 54 id 203", "1.001 C>S . 1101 ack 15201 ttl 64 id 104",
                 "1.002 C>S P. 1101 ack 15201 hex 308400000006020200a14200 ttl 64 id 105",
                 "1.003 S>C . 15201 ack 1101 len 3000 ttl 54 id 210", "1.004 C>S R. 1113 ack 15201 ttl 64 id 106");
    script_check("transfer_cancelled by client serious", SCRIPT_TALK,
                 "1 S>C . 5201 ack 1101 len 10000 ttl 54 id 203", "1.001 C>S . 1101 ack 15201 ttl 64 id 104",
                 "1.002 C>S P. 1101 ack 15201 hex 308400000006020200a14200 ttl 64 id 105",
                 "1.004 C>S R. 1113 ack 15201 ttl 64 id 106", "1.005 S>C . 15201 ack 1101 len 1460 ttl 54 id 210",
                 "1.006 S>C . 16661 ack 1101 len 1460 ttl 54 id 211");
    script_check("close_race 50-60 by client benign", SCRIPT_TALK,
                 "1 S>C . 5201 ack 1101 len 10000 ttl 54 id 203", "1.001 C>S . 1101 ack 15201 ttl 64 id 104",
                 "1.002 C>S P. 1101 ack 15201 hex 308400000006020200a14200 ttl 64 id 105",
                 "1.004 C>S R. 1113 ack 15201 ttl 64 id 106");
#undef UNBIND
}

/* The statuses with which SMB2, LDAP, TDS and MySQL end it. */
static void test_error_status(void)
{
    static const char *const errors[] = {
        "00000049fe534d42400001006d0000c00100010001000000", /* SMB2: logon failure */
        "3084000000100201016184000000070a013104000400",  /* LDAP: invalid credentials */
        "0401003300000100aa1b0001",                      /* TDS: login failed */
        "17000000ff1004303830303400",                       /* MySQL: too many connections */
    };
    static const unsigned lengths[] = {77, 22, 51, 27};

    for (size_t i = 0; i < G_N_ELEMENTS(errors); i++) {
        char *reply = g_strdup_printf("1.02 S>C P. 5201 ack 1201 len %u hex %s ttl 54 id 203", lengths[i], errors[i]);
        char *server = g_strdup_printf("1.05 S>C R. %u ack 1201 ttl 54 id 204", 5201 + lengths[i]);
        char *client = g_strdup_printf("1.05 C>S R. 1201 ack %u ttl 64 id 105", 5201 + lengths[i]);

        script_check("app_error 70-80 by server", SCRIPT_TALK, "1 C>S P. 1101 ack 5201 len 100 ttl 64 id 104", reply,
                     server);
        script_check("app_error 55-65 by client", SCRIPT_TALK, "1 C>S P. 1101 ack 5201 len 100 ttl 64 id 104", reply,
                     client);
        g_free(reply);
        g_free(server);
        g_free(client);
    }
    /* Logged on: what follows has another reason. */
    script_check("* not app_error", SCRIPT_TALK, "1 C>S P. 1101 ack 5201 len 100 ttl 64 id 104",
                 "1.02 S>C P. 5201 ack 1201 len 77 hex 00000049fe534d4240000100000000000100010001000000 ttl 54 id 203",
                 "1.05 S>C R. 5278 ack 1201 ttl 54 id 204");
}

/* A FIN that the reset does not acknowledge is not what it answers. */
static void test_covers_fin(void)
{
    script_check("close_race 80-90 benign", SCRIPT_TALK, "1 S>C F. 5201 ack 1101 ttl 54 id 203",
                 "1.01 C>S R. 1101 ack 5202 win 0 ttl 64 id 104");
    script_check("* not close_race serious", SCRIPT_TALK, "1 S>C F. 5201 ack 1101 ttl 54 id 203",
                 "1.01 C>S R. 1101 ack 5201 win 0 ttl 64 id 104");
    /* It had acknowledged the FIN before. */
    script_check("close_race 80-90 benign", SCRIPT_TALK, "1 S>C F. 5201 ack 1101 ttl 54 id 203",
                 "1.001 C>S . 1101 ack 5202 ttl 64 id 104", "1.01 C>S R. 1101 ack 0 win 0 ttl 64 id 105");
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/after_close/taken", test_taken},
        {"/after_close/piled_up", test_piled_up},
        {"/after_close/lost", test_lost},
        {"/after_close/farewell", test_farewell},
        {"/after_close/unbind", test_unbind},
        {"/after_close/error_status", test_error_status},
        {"/after_close/covers_fin", test_covers_fin},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
