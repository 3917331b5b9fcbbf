/* test_opening.c
 * Tests of what answers a SYN on ports that are in use: each condition alone (track/opening.h).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"
#include "track/opening.h"

enum {
    SYN = RST_FLAG_SYN,
    ACK = RST_FLAG_ACK,
    RST = RST_FLAG_RST,
    ISN = 7000,
    PEER = 3000, /* what a SYN-ACK out of nothing acknowledges */
    CHALLENGE = 4000
};

static const rst_moment_t before = {5, 0};

/* From side 0. */
static rst_opening_t open_with(unsigned flags, bool elsewhere)
{
    rst_opening_t opening = {.from = 0, .elsewhere = elsewhere};

    opening.syn.flags = (uint8_t)flags;
    opening.syn.seq = ISN;
    opening.syn.ack = PEER;
    opening.syn.ip_id = 9;
    return opening;
}

static bool is_answered(const rst_opening_t *opening, unsigned from, unsigned flags, uint32_t seq, uint32_t ack,
                        bool elsewhere)
{
    rst_segment_t segment = {.flags = (uint8_t)flags, .seq = seq, .ack = ack};

    return rst_opening_is_answered(opening, &segment, from, elsewhere);
}

/* What one that came from elsewhere may not do: take the place of one that did not. */
static void test_new(void)
{
    script_scope_t scope;
    rst_segment_t syn = {.flags = SYN, .seq = ISN, .head_len = 5};
    rst_segment_t other = {.flags = SYN, .seq = ISN + 1};
    rst_opening_t *opening;

    script_scope_open(&scope);
    opening = rst_opening_new(NULL, &syn, 1, true, before, &scope.memory);
    g_assert_cmpuint(opening->syn.seq, ==, ISN);
    g_assert_cmpuint(opening->syn.head_len, ==, 0);
    g_assert_cmpuint(opening->from, ==, 1);
    g_assert_cmpuint(opening->before.pass_index, ==, 5);
    opening->count = 3;
    g_assert_true(rst_opening_new(opening, &other, 0, true, before, &scope.memory) == opening);
    g_assert_cmpuint(opening->syn.seq, ==, ISN + 1);
    g_assert_cmpuint(opening->count, ==, 0);
    rst_opening_new(opening, &syn, 0, false, before, &scope.memory);
    g_assert_cmpuint(opening->syn.seq, ==, ISN);
    g_assert_false(opening->elsewhere);
    g_assert_true(rst_opening_new(opening, &other, 0, true, before, &scope.memory) == opening);
    g_assert_cmpuint(opening->syn.seq, ==, ISN);
    rst_opening_new(opening, &other, 0, false, before, &scope.memory);
    g_assert_cmpuint(opening->syn.seq, ==, ISN + 1);
    rst_release(&scope.memory, opening, sizeof *opening);
    script_scope_close(&scope);
}

static bool is_repeated(const rst_opening_t *opening, unsigned from, unsigned flags, uint32_t seq)
{
    rst_segment_t segment = {.flags = (uint8_t)flags, .seq = seq};

    return rst_opening_is(opening, &segment, from);
}

static void test_is(void)
{
    rst_opening_t opening = open_with(SYN, false);

    g_assert_true(is_repeated(&opening, 0, SYN, ISN));
    g_assert_false(is_repeated(&opening, 1, SYN, ISN));
    g_assert_false(is_repeated(&opening, 0, SYN, ISN + 1));
    g_assert_false(is_repeated(&opening, 0, ACK, ISN));
    g_assert_false(is_repeated(&opening, 0, SYN | RST, ISN));
}

static void repeat(rst_opening_t *opening, uint32_t index, int64_t time, uint16_t ip_id)
{
    rst_segment_t syn = {.flags = SYN, .seq = ISN, .ip_id = ip_id};

    rst_opening_repeat(opening, &syn, (rst_moment_t){index, time});
}

/* The same SYN soon again is a copy made by the capture, unless the stack gave it another id. */
static void test_copies(void)
{
    rst_opening_t opening = open_with(SYN, false);
    const int64_t span = 20 * RST_MILLISECOND;

    repeat(&opening, 1, 0, 9);
    g_assert_cmpuint(opening.count, ==, 1);
    repeat(&opening, 2, span, 9);
    g_assert_cmpuint(opening.count, ==, 1);
    repeat(&opening, 3, span, 10);
    g_assert_cmpuint(opening.count, ==, 2);
    repeat(&opening, 4, 2 * span + 1, 9);
    g_assert_cmpuint(opening.count, ==, 3);
    g_assert_cmpuint(opening.copies, ==, 3);
    g_assert_cmpuint(opening.at[2].pass_index, ==, 4);
    repeat(&opening, 5, RST_TIME_NONE, 9);
    g_assert_cmpuint(opening.count, ==, 4);
    /* Of many, the first ones and the latest are kept. */
    for (uint32_t i = 6; i < 20; i++)
        repeat(&opening, i, i * RST_SECOND, 9);
    g_assert_cmpuint(opening.count, ==, 18);
    g_assert_cmpuint(opening.copies, ==, RST_OPENING_COPIES);
    g_assert_cmpuint(opening.at[RST_OPENING_COPIES - 2].pass_index, ==, 8);
    g_assert_cmpuint(opening.at[RST_OPENING_COPIES - 1].pass_index, ==, 19);
}

static void check_note(unsigned from, unsigned flags, uint32_t len, bool expected)
{
    rst_opening_t opening = open_with(SYN, false);
    rst_segment_t segment = {.flags = (uint8_t)flags, .seq = 1, .ack = CHALLENGE, .len = len};

    rst_opening_note(&opening, &segment, from, (rst_moment_t){8, 0});
    g_assert_cmpuint(opening.challenged.pass_index, ==, expected ? 8 : 0);
    g_assert_cmpuint(opening.challenge.ack, ==, expected ? CHALLENGE : 0);
}

/* Only a bare ACK of the other side can be a challenge. */
static void test_note(void)
{
    check_note(1, ACK, 0, true);
    check_note(1, ACK | RST_FLAG_PSH, 0, true);
    check_note(0, ACK, 0, false);
    check_note(1, ACK, 1, false);
    check_note(1, ACK | RST_FLAG_FIN, 0, false);
    check_note(1, ACK | SYN, 0, false);
    check_note(1, RST_FLAG_PSH, 0, false);
}

/* Of the other side: it accepts, or refuses. */
static void test_answers(void)
{
    rst_opening_t opening = open_with(SYN, false);

    g_assert_true(is_answered(&opening, 1, SYN | ACK, 1, ISN + 1, false));
    g_assert_true(is_answered(&opening, 1, RST | ACK, 0, ISN + 1, false));
    g_assert_false(is_answered(&opening, 1, ACK, 1, ISN + 1, false));
    g_assert_false(is_answered(&opening, 1, RST, 1, ISN + 1, false));
    g_assert_false(is_answered(&opening, 1, SYN | ACK, 1, ISN, false));
    g_assert_false(is_answered(&opening, 1, SYN | ACK, 1, ISN + 2, false));
    /* Out of two distances none is the right one for both. */
    g_assert_true(is_answered(&opening, 1, SYN | ACK, 1, ISN + 1, true));
    opening.elsewhere = true;
    g_assert_true(is_answered(&opening, 1, SYN | ACK, 1, ISN + 1, false));
    g_assert_false(is_answered(&opening, 1, SYN | ACK, 1, ISN + 1, true));
}

/* A SYN-ACK out of nothing is completed, or reset. */
static void test_answers_syn_ack(void)
{
    rst_opening_t opening = open_with(SYN | ACK, false);

    g_assert_true(is_answered(&opening, 1, ACK, PEER, ISN + 1, false));
    g_assert_true(is_answered(&opening, 1, RST, PEER, 0, false));
    g_assert_false(is_answered(&opening, 1, ACK, PEER, ISN, false));
    g_assert_false(is_answered(&opening, 1, ACK, PEER + 1, ISN + 1, false));
    g_assert_false(is_answered(&opening, 1, RST, PEER + 1, 0, false));
}

/* Its sender resets what it had begun. */
static void test_given_up(void)
{
    rst_opening_t opening = open_with(SYN, false);
    rst_opening_t changed;

    g_assert_true(is_answered(&opening, 0, RST, ISN + 1, 0, false));
    g_assert_false(is_answered(&opening, 0, RST, ISN, 0, false));
    g_assert_false(is_answered(&opening, 0, RST, ISN + 2, 0, false));
    g_assert_false(is_answered(&opening, 0, RST, 0, 0, false)); /* not challenged */
    /* Or resets what it takes for an answer. */
    opening.challenge.ack = CHALLENGE;
    opening.challenged = before;
    g_assert_true(is_answered(&opening, 0, RST, CHALLENGE, 0, false));
    g_assert_false(is_answered(&opening, 0, RST, CHALLENGE + 1, 0, false));
    g_assert_false(is_answered(&opening, 0, RST | ACK, CHALLENGE, 0, false));
    changed = opening;
    changed.elsewhere = true;
    g_assert_false(is_answered(&changed, 0, RST, CHALLENGE, 0, false));
    changed = opening;
    changed.syn.flags = SYN | ACK;
    g_assert_false(is_answered(&changed, 0, RST, CHALLENGE, 0, false));
    changed = opening;
    changed.challenged.pass_index = 0;
    g_assert_false(is_answered(&changed, 0, RST, CHALLENGE, 0, false));
}

/* Its sender goes on, so the answer is missing from the capture. */
static void test_goes_on(void)
{
    rst_opening_t opening = open_with(SYN, false);

    g_assert_true(is_answered(&opening, 0, ACK, ISN + 1, 1, false));
    g_assert_true(is_answered(&opening, 0, ACK, ISN + 1, 1, true));
    g_assert_false(is_answered(&opening, 0, ACK, ISN, 1, false));
    g_assert_false(is_answered(&opening, 0, ACK, ISN + 2, 1, false));
    g_assert_false(is_answered(&opening, 0, RST_FLAG_PSH, ISN + 1, 1, false));
    g_assert_false(is_answered(&opening, 0, SYN | ACK, ISN + 1, 1, false));
    opening.elsewhere = true;
    g_assert_false(is_answered(&opening, 0, ACK, ISN + 1, 1, false));
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/opening/new", test_new},
        {"/opening/is", test_is},
        {"/opening/copies", test_copies},
        {"/opening/note", test_note},
        {"/opening/answers", test_answers},
        {"/opening/answers_syn_ack", test_answers_syn_ack},
        {"/opening/given_up", test_given_up},
        {"/opening/goes_on", test_goes_on},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
