/* test_validity.c
 * Tests of validity and effect of a reset: every state of the receiver with the left edge of its window, one below, one
 * inside, the right edge and one beyond (RFC 9293, section 3.10.7; RFC 5961, section 3.2).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

#define LINES_MAX 12

/* The receiver is C with a window of 502 << 7 where it has been scaled, S with its SYN-ACK's in SYN-RECEIVED. */
#define WINDOW (502u << 7)
#define FIN_OF_C "2.00 C>S F. 1101 ack 5201 win 502 ttl 64 id 104"
#define FIN_OF_S "2.02 S>C F. 5201 ack 1101 ttl 54 id 203"

typedef struct validity_state {
    const char *name;
    const char *lines[LINES_MAX]; /* after SCRIPT_TALK */
    unsigned expected;            /* RCV.NXT */
    const char *below;            /* validity of RCV.NXT - 1 */
} validity_state_t;

static const validity_state_t states[] = {
    { "ESTABLISHED", { NULL }, 5201, "outside" },
    { "FIN-WAIT-1", { FIN_OF_C, NULL }, 5201, "outside" },
    { "FIN-WAIT-2", { FIN_OF_C, "2.02 S>C . 5201 ack 1102 ttl 54 id 203", NULL }, 5201, "outside" },
    { "CLOSE-WAIT", { FIN_OF_S, "2.03 C>S . 1101 ack 5202 win 502 ttl 64 id 104", NULL }, 5202, "exact" },
    { "CLOSING", { FIN_OF_C, FIN_OF_S, "2.03 C>S . 1102 ack 5202 win 502 ttl 64 id 105", NULL }, 5202, "exact" },
    { "LAST-ACK", { FIN_OF_S, "2.03 C>S F. 1101 ack 5202 win 502 ttl 64 id 104", NULL }, 5202, "exact" },
    { "TIME-WAIT",
      { FIN_OF_C, "2.02 S>C F. 5201 ack 1102 ttl 54 id 203", "2.03 C>S . 1102 ack 5202 win 502 ttl 64 id 105", NULL },
      5202, "outside" },
};

static void check_number(const validity_state_t *state, unsigned seq, const char *validity)
{
    static const char *const talk[] = { SCRIPT_TALK };
    const char *lines[G_N_ELEMENTS(talk) + LINES_MAX + 2];
    char *expected = g_strdup_printf("* valid %s", validity);
    char *bare = g_strdup_printf("3 S>C R %u ttl 54", seq);
    char *acking = g_strdup_printf("3 S>C R. %u ack 1101 ttl 54", seq);
    unsigned used = 0;

    for (unsigned i = 0; i < G_N_ELEMENTS(talk); i++)
        lines[used++] = talk[i];
    for (unsigned i = 0; state->lines[i]; i++)
        lines[used++] = state->lines[i];
    lines[used + 1] = NULL;
    lines[used] = bare;
    script_check_at(state->name, (int)seq, expected, lines);
    lines[used] = acking;
    script_check_at(state->name, (int)seq, expected, lines);
    g_free(expected);
    g_free(bare);
    g_free(acking);
}

static void test_matrix(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++) {
        const validity_state_t *state = &states[i];

        check_number(state, state->expected, "exact");
        check_number(state, state->expected - 1, state->below);
        check_number(state, state->expected - 2, "outside");
        check_number(state, state->expected + 1, "in_window");
        check_number(state, state->expected + WINDOW / 2, "in_window");
        check_number(state, state->expected + WINDOW - 1, "in_window");
        check_number(state, state->expected + WINDOW, "outside");
        check_number(state, state->expected + 0x7fffffff, "outside");
        check_number(state, state->expected - 0x7fffffff, "outside");
    }
}

static void test_syn_sent(void)
{
    /* Only the ACK counts, whatever the SEQ. */
    script_check("* valid exact", SCRIPT_SYN, "0.02 S>C R. =0 ack 1001");
    script_check("* valid exact", SCRIPT_SYN, "0.02 S>C R. 777 ack 1001");
    script_check("* valid outside", SCRIPT_SYN, "0.02 S>C R. =0 ack 1000");
    script_check("* valid outside", SCRIPT_SYN, "0.02 S>C R. =0 ack 1002");
    script_check("* valid outside", SCRIPT_SYN, "0.02 S>C R =0");
    /* Fast Open: the SYN alone, or all of it. */
    script_check("* valid exact", "0 C>S S 1000 len 50 tfo", "0.02 S>C R. =0 ack 1001");
    script_check("* valid exact", "0 C>S S 1000 len 50 tfo", "0.02 S>C R. =0 ack 1051");
    script_check("* valid outside", "0 C>S S 1000 len 50 tfo", "0.02 S>C R. =0 ack 1052");
    script_check("* valid outside", "0 C>S S 1000 len 50 tfo", "0.02 S>C R. =0 ack 1000");
}

static void test_syn_received(void)
{
    /* The window of a SYN-ACK is not scaled. */
    script_check("* valid exact", SCRIPT_SYN, SCRIPT_SYN_ACK, "0.03 C>S R 1001");
    script_check("* valid outside", SCRIPT_SYN, SCRIPT_SYN_ACK, "0.03 C>S R 1000");
    script_check("* valid in_window", SCRIPT_SYN, SCRIPT_SYN_ACK, "0.03 C>S R 1002");
    script_check("* valid in_window", SCRIPT_SYN, SCRIPT_SYN_ACK, "0.03 C>S R 65240");
    script_check("* valid outside", SCRIPT_SYN, SCRIPT_SYN_ACK, "0.03 C>S R 65241");
    /* The client has got the SYN-ACK, or waits for it: either way it takes a reset that acknowledges its SYN. */
    script_check("* valid exact", SCRIPT_SYN, SCRIPT_SYN_ACK, "0.03 S>C R. 5001 ack 1001");
    script_check("* valid exact", SCRIPT_SYN, SCRIPT_SYN_ACK, "0.03 S>C R 5001");
    script_check("* valid unknown", SCRIPT_SYN, SCRIPT_SYN_ACK, "1.02 S>C S. 5000 ack 1001 id 0", "3.03 S>C R 5001");
    script_check("* valid unknown", SCRIPT_SYN, SCRIPT_SYN_ACK, "0.03 S>C R 5002");
}

static void test_sack(void)
{
    /* 5201-5301 is missing, 5301-5401 and then 5401-5501 arrived: Linux takes the highest edge (its own extension). */
#define HOLE                                                                                                           \
    SCRIPT_TALK, "1 S>C P. 5301 ack 1101 len 100 ttl 54 id 210",                                                       \
    "1.001 C>S . 1101 ack 5201 win 502 sackblock 5301:5401",                                                           \
    "1.01 S>C P. 5401 ack 1101 len 100 ttl 54 id 211", "1.011 C>S . 1101 ack 5201 win 502 sackblock 5301:5501"
    script_check("* valid exact", HOLE, "2 S>C R 5501");
    script_check("* valid exact", HOLE, "2 S>C R 5201");
    script_check("* valid in_window", HOLE, "2 S>C R 5401");
    script_check("* valid in_window", HOLE, "2 S>C R 5500");
    script_check("* valid in_window", HOLE, "2 S>C R 5502");
    /* The hole was filled: the edge is history. */
    script_check("* valid exact", HOLE, "1.1 S>C P. 5201 ack 1101 len 100 ttl 54 id 212",
                 "1.11 C>S . 1101 ack 5501 win 502",
                 "2 S>C R 5501");
    script_check("* valid in_window", HOLE, "1.1 S>C P. 5201 ack 1101 len 100 ttl 54 id 212",
                 "1.11 C>S . 1101 ack 5501 win 502", "2 S>C R 5601");
    /* A block below the ACK reports a duplicate (RFC 2883). */
    script_check("* valid outside", SCRIPT_TALK, "1 C>S . 1101 ack 5201 win 502 sackblock 5001:5101", "2 S>C R 5101");
#undef HOLE
}

static void test_under_way(void)
{
    /* Data and reset sent together: the ACK has not come yet, and nothing was lost. */
    script_check("* valid exact", SCRIPT_TALK, "1 S>C P. 5201 ack 1101 len 300 ttl 54 id 203",
                 "1.0001 S>C R. 5501 ack 1101");
    script_check("* valid in_window", SCRIPT_TALK, "1 S>C P. 5201 ack 1101 len 300 ttl 54 id 203",
                 "1.0001 S>C R. 5401 ack 1101");
    /* The data had to be sent again: the receiver may not have it. */
    script_check("* valid in_window", SCRIPT_TALK, "1 S>C P. 5201 ack 1101 len 300 ttl 54 id 203",
                 "2 S>C P. 5201 ack 1101 len 300 ttl 54 id 204", "3 S>C R. 5501 ack 1101");
    /* FIN and reset together: before or on the FIN. */
    script_check("* valid exact", SCRIPT_TALK, FIN_OF_S, "2.0201 S>C R. 5202 ack 1101");
    script_check("* valid exact", SCRIPT_TALK, FIN_OF_S, "2.0201 S>C R. 5201 ack 1101");
}

static void test_window(void)
{
    /* Closed: nothing but the exact number. */
    script_check("* valid exact", SCRIPT_TALK, "1 C>S . 1101 ack 5201 win 0", "2 S>C R 5201");
    script_check("* valid outside", SCRIPT_TALK, "1 C>S . 1101 ack 5201 win 0", "2 S>C R 5202");
    /* The SYNs are missing: the scale is not known, the raw value is the least that the window can be. */
    script_check("* valid in_window", "0 C>S P. 1001 ack 5001 len 10 win 500", "0.02 S>C . 5001 ack 1011",
                 "1 S>C R 5500");
    script_check("* valid unknown", "0 C>S P. 1001 ack 5001 len 10 win 500", "0.02 S>C . 5001 ack 1011",
                 "1 S>C R 5501");
    script_check("* valid outside", "0 C>S P. 1001 ack 5001 len 10 win 500", "0.02 S>C . 5001 ack 1011",
                 "1 S>C R 1073746825");
    script_check("* valid outside", "0 C>S P. 1001 ack 5001 len 10 win 500", "0.02 S>C . 5001 ack 1011",
                 "1 S>C R 5000");
    /* The window was not captured. */
    script_check("* valid unknown", "0 C>S P. 1001 ack 5001 len 10 nowin", "0.02 S>C . 5001 ack 1011", "1 S>C R 5002");
    /* Nothing of the receiver is in the capture. */
    script_check("* valid unknown accepted unknown", "0 S>C P. 5001 ack 1011 len 10", "1 S>C R 5011");
}

static void test_accepted(void)
{
    /* Silence of the receiver while the capture goes on. */
    script_check("* valid exact accepted yes", SCRIPT_TALK, "2 S>C R. 5201 ack 1101", "4 none");
    script_check("* valid exact accepted unknown", SCRIPT_TALK, "2 S>C R. 5201 ack 1101", "2.5 none");
    /* It does not know the connection any more. */
    script_check("#1 * accepted yes", SCRIPT_TALK, "2 S>C R. 5201 ack 1101",
                 "2.1 S>C P. 5201 ack 1101 len 10 ttl 54 id 204",
                 "2.101 C>S R 1101");
    /* It asks for the exact number, or takes no notice. */
    script_check("#1 * valid in_window accepted no; #2 * valid exact accepted yes", SCRIPT_TALK, "2 S>C R 5300 ttl 54",
                 "2.001 C>S . 1101 ack 5201 win 502 ttl 64 id 104", "2.02 S>C R 5201 ttl 54", "5 none");
    script_check("* valid outside accepted no", SCRIPT_TALK, "2 S>C R 900005201 ttl 54",
                 "2.1 C>S P. 1101 ack 5201 len 10 ttl 64 id 105", "2.12 S>C P. 5201 ack 1111 len 10 ttl 54 id 204",
                 "2.5 C>S . 1111 ack 5211 ttl 64 id 106");
    /* Out of the window and silent: an idle connection looks like that too. */
    script_check("* valid outside accepted unknown", SCRIPT_TALK, "2 S>C R 900005201 ttl 54", "9 none");
    /* What was under way. */
    script_check("#1 * accepted unknown", SCRIPT_TALK, "2 S>C R. 5201 ack 1101",
                 "2.01 C>S P. 1101 ack 5201 len 10 ttl 64 id 104",
                 "9 none");
    /* A copy shares the fate of its original. */
    script_check("#2 duplicate accepted yes", SCRIPT_TALK, "0.06101 C>S . 1101 ack 5201 win 502 ttl 64 id 103 df", "2 S>C R. 5201 ack 1101 id 9",
                 "2.0001 S>C R. 5201 ack 1101 id 9",
                 "9 none");
    /* Resets of both sides in turn: the first and the latest three stay under watch, of the others nothing is known. */
    script_check("#1 * accepted yes; #2 * accepted unknown; #3 * accepted unknown; #4 * accepted unknown; "
                 "#5 * accepted yes; #6 * accepted yes; #7 * accepted yes",
                 SCRIPT_TALK, "2 S>C R. 5201 ack 1101", "2.01 C>S R. 1101 ack 5201", "2.02 S>C R. 5201 ack 1101 id 7",
                 "2.03 C>S R. 1101 ack 5201 id 8", "2.04 S>C R. 5201 ack 1101 id 9", "2.05 C>S R. 1101 ack 5201 id 10",
                 "2.06 S>C R. 5201 ack 1101 id 11", "9 none");
    /* No clock. */
    script_check("* accepted unknown", "- C>S P. 1001 ack 5001 len 10", "- S>C . 5001 ack 1011", "- S>C R 5001",
                 "- none");
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        { "/validity/matrix", test_matrix },
        { "/validity/syn_sent", test_syn_sent },
        { "/validity/syn_received", test_syn_received },
        { "/validity/sack", test_sack },
        { "/validity/under_way", test_under_way },
        { "/validity/window", test_window },
        { "/validity/accepted", test_accepted },
        { NULL, NULL },
    };

    return script_main(&argc, &argv, tests);
}
