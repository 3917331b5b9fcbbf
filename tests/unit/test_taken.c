/* test_taken.c
 * Tests of how the engine takes segments and resets: what its records hold after a script, as no verdict shows it
 * alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"
#include "track/connection.h"
#include "track/reset.h"

/* A script that has run, in the plain variant. */
static script_run_t *run_lines(const char *const *lines)
{
    script_run_t *run = g_new(script_run_t, 1);

    script_open(run, &script_variants[0], lines);
    return run;
}

#define RUN(...) run_lines((const char *const[]){__VA_ARGS__, NULL})

static void finish(script_run_t *run)
{
    script_close(run);
    g_free(run);
}

static const rst_direction_t *own_of(const rst_reset_t *reset)
{
    return &reset->conn->direction[reset->from];
}

/* Another connection begins the file; this long after it, one that is reset without a SYN. */
static void check_begin(const char *line, bool at_start, bool fresh)
{
    script_run_t *run = RUN("0 A>T . 1 ack 1 len 5", line, "9 S>C R. 5001 ack 1011");

    g_assert_cmpint(run->reset[0]->at_start, ==, at_start);
    g_assert_cmpint(run->reset[0]->fresh, ==, fresh);
    g_assert_cmpuint(run->reset[0]->story->began.pass_index, ==, 2);
    finish(run);
}

static void test_begin(void)
{
    check_begin("0.999999999 C>S . 1001 ack 5001 len 10", true, true);
    check_begin("1 C>S . 1001 ack 5001 len 10", false, true);
    check_begin("2.199999999 C>S . 1001 ack 5001 len 10", false, true);
    check_begin("2.2 C>S . 1001 ack 5001 len 10", false, false);
    check_begin("- C>S . 1001 ack 5001 len 10", true, true);
}

static void test_ordinals(void)
{
    script_run_t *run = RUN(SCRIPT_TALK, "2 S>C R. 5201 ack 1101", "2.5 C>S . 1101 ack 5201 id 150", "2.52 S>C R 5201",
                            "3 C>S . 1101 ack 5201 id 151", "3.02 S>C R 5201", "3.03 C>S R. 1101 ack 5201");

    for (unsigned i = 0; i < 3; i++) {
        g_assert_cmpuint(run->reset[i]->own_ordinal, ==, i + 1);
        g_assert_cmpuint(run->reset[i]->ordinal, ==, i + 1);
    }
    g_assert_cmpuint(run->reset[3]->own_ordinal, ==, 1);
    g_assert_cmpuint(run->reset[3]->ordinal, ==, 4);
    finish(run);
}

/* The server has acknowledged up to 1101, and the client has sent up to 1201. */
static void check_last_ack(const char *line, uint32_t expected)
{
    script_run_t *run = RUN(SCRIPT_TALK, "1 C>S P. 1101 ack 5201 len 100 id 150", line);

    g_assert_cmpuint(own_of(run->reset[0])->acked - script_variants[0].client_base, ==, expected);
    finish(run);
}

/* The ACK of an abort tells what had arrived; that of other resets means nothing. */
static void test_last_ack(void)
{
    script_run_t *run;

    check_last_ack("2 S>C R. 5201 ack 1201", 1201);
    check_last_ack("2 S>C R. 5201 ack 1150", 1150);
    check_last_ack("2 S>C R. 5201 ack 1202", 1101);
    check_last_ack("2 S>C R. 5201 ack 1100", 1101);
    check_last_ack("2 S>C R 5201 ack 1201", 1101);
    check_last_ack("2 S>C R. 5301 ack 1201", 1101);
    /* The server has sent nothing that would show what it has. */
    run = RUN("0 C>S . 1001 ack 5001 len 10", "1 S>C R. 5001 ack 1011");
    g_assert_cmpuint(own_of(run->reset[0])->acked, ==, 0);
    finish(run);
}

/* Of two equal resets, one comes from the distance of its sender: frames 8 and 9. */
static void check_twins(const char *first, const char *second, uint32_t first_twin, uint32_t second_twin,
                        unsigned first_ordinal, unsigned second_ordinal)
{
    script_run_t *run = RUN(SCRIPT_TALK, first, second);

    g_assert_cmpuint(run->reset[0]->after.twin.pass_index, ==, first_twin);
    g_assert_cmpuint(run->reset[1]->after.twin.pass_index, ==, second_twin);
    g_assert_cmpuint(run->reset[0]->ordinal, ==, first_ordinal);
    g_assert_cmpuint(run->reset[1]->ordinal, ==, second_ordinal);
    g_assert_cmpuint(run->reset[1]->own_last.at.pass_index, ==, first_twin || second_twin == 0 ? 0 : 8);
    finish(run);
}

static void test_twins(void)
{
    script_run_t *run;

    check_twins("2 S>C R. 5201 ack 1101 ttl 54", "2.0005 S>C R. 5201 ack 1101 ttl 50", 0, 8, 1, 0);
    check_twins("2 S>C R. 5201 ack 1101 ttl 50", "2.0005 S>C R. 5201 ack 1101 ttl 54", 9, 0, 1, 1);
    /* Neither does. */
    run = RUN(SCRIPT_TALK, "2 S>C R. 5201 ack 1101 ttl 50", "2.0005 S>C R. 5201 ack 1101 ttl 51");
    g_assert_cmpuint(run->reset[0]->after.twin.pass_index, ==, 0);
    g_assert_cmpuint(run->reset[1]->after.twin.pass_index, ==, 0);
    g_assert_cmpuint(run->reset[1]->ordinal, ==, 2);
    finish(run);
}

/* Who is the client, is told by the SYN that is refused. */
static void test_client(void)
{
    script_run_t *run = RUN("0 S>C S 7000", "1 C>S S 1000", "1.02 S>C R. =0 ack 1001");

    g_assert_cmpuint(run->reset[0]->form, ==, RST_FORM_REFUSAL);
    g_assert_cmpuint(run->reset[0]->client, ==, 1 - run->reset[0]->from);
    g_assert_true(run->reset[0]->role_known);
    finish(run);
    /* Data without ACK may be refused too. */
    run = RUN("0 C>S P 1001 len 10", "0.02 S>C R. =0 ack 1011");
    g_assert_cmpuint(run->reset[0]->form, ==, RST_FORM_REFUSAL);
    g_assert_false(run->reset[0]->role_known);
    finish(run);
}

/* Both ends go on: the reset has ended nothing, however many segments say so. */
static void test_discounted(void)
{
    script_run_t *run = RUN(SCRIPT_TALK, "2 S>C R. 5201 ack 1101", "2.1 S>C P. 5201 ack 1101 len 10",
                            "2.2 C>S . 1101 ack 5211", "2.3 S>C P. 5211 ack 1101 len 10", "2.4 C>S . 1101 ack 5221");

    g_assert_cmpuint(run->reset[0]->conn->resets, ==, 0);
    g_assert_null(run->reset[0]->conn->last_reset[run->reset[0]->from]);
    finish(run);
    /* Its sender tries again with the same SYN: it never had a connection. */
    run = RUN("0 C>S S 1000", "1 C>S R. 1000 ack 0", "2 C>S S 1000");
    g_assert_true(run->reset[0]->after.restarted);
    g_assert_cmpuint(run->reset[0]->conn->resets, ==, 0);
    finish(run);
}

/* A new SYN so long after the reset: is it a retry? */
static void check_retry(const char *line, bool expected)
{
    script_run_t *run = RUN(SCRIPT_TALK, "2 S>C R. 5201 ack 1101", line);

    g_assert_cmpuint(run->reset[0]->after.retry.pass_index, ==, expected ? 9 : 0);
    finish(run);
}

static void test_retry(void)
{
    script_run_t *run;

    check_retry("3 C>S S 9000 ttl 64", true);
    check_retry("122 C>S S 9000 ttl 64", true);
    check_retry("122.000000001 C>S S 9000 ttl 64", false);
    check_retry("- C>S S 9000 ttl 64", true);
    check_retry("3 C>S S 9000 ttl 50", false); /* somebody else's */
    check_retry("3 S>C S. 9000 ack 77 ttl 54", false);
    /* A connection that was never reset has nothing to try again. */
    run = RUN(SCRIPT_TALK, "3 C>S S 9000 ttl 64", "3.1 S>C R. 5201 ack 1101");
    g_assert_cmpuint(run->reset[0]->after.retry.pass_index, ==, 0);
    finish(run);
}

/* An attempt that waits for its answer: how often it was sent. */
static void test_opening(void)
{
    script_run_t *run =
        RUN(SCRIPT_TALK, "2 S>C R. 5201 ack 1101", "3 C>S S 9000 ttl 64", "4 C>S S 9000 ttl 64", "6 C>S S 9000 ttl 64");
    const rst_conn_t *conn = run->reset[0]->conn;

    g_assert_cmpuint(conn->opening->count, ==, 3);
    g_assert_cmpuint(conn->opening->syn.seq - script_variants[0].client_base, ==, 9000);
    script_feed(run, "7 C>S S 9900 ttl 64");
    g_assert_cmpuint(conn->opening->count, ==, 1);
    script_feed(run, "8 C>S S 8800 ttl 50"); /* from elsewhere: it does not take the other's place */
    g_assert_cmpuint(conn->opening->count, ==, 1);
    g_assert_cmpuint(conn->opening->syn.seq - script_variants[0].client_base, ==, 9900);
    finish(run);
}

/* The server answers the SYN at other numbers than what bore its address before. */
static void test_answered_syn(void)
{
    script_run_t *run = RUN("0 S>C . 900000 ack 77 len 10", "1 C>S S 1000", "1.02 S>C S. 5000 ack 1001",
                            "1.03 C>S . 1001 ack 5001", "2 S>C R. 5001 ack 1001");

    g_assert_cmpuint(own_of(run->reset[0])->nxt - script_variants[0].server_base, ==, 5001);
    g_assert_cmpuint(own_of(run->reset[0])->segments, ==, 1);
    finish(run);
}

/* Data that comes once more after both FINs, as it was. */
static void check_old_duplicate(const char *fin, const char *again, bool expected)
{
    script_run_t *run = RUN(SCRIPT_TALK, "1 C>S F. 1101 ack 5201 id 104", fin, again, "9 S>C R 5202");
    const rst_direction_t *client = &run->reset[0]->conn->direction[1 - run->reset[0]->from];

    g_assert_cmpint(client->old_duplicate.pass_index != 0, ==, expected);
    finish(run);
}

static void test_old_duplicate(void)
{
    const char *data = "2 C>S P. 1001 ack 5001 len 100 win 502 ttl 64 id 102 df";

    check_old_duplicate("1.1 S>C F. 5201 ack 1102 id 205", data, true);
    check_old_duplicate("1.1 S>C . 5201 ack 1102 id 205", data, false);
    check_old_duplicate("1.1 S>C F. 5201 ack 1102 id 205", "2 C>S F. 1101 ack 5201 id 104", false);
    check_old_duplicate("1.1 S>C F. 5201 ack 1102 id 205", "2 C>S . 1101 ack 5201 win 502 ttl 64 id 103 df", false);
}

/* Four segments in, one of the server's looks like this: how many were doubtful, and how far it has got. */
static void check_doubt(uint64_t doubtful, uint32_t nxt, uint64_t bytes, const char *const *lines)
{
    script_run_t *run = run_lines(lines);
    const rst_direction_t *own = own_of(run->reset[0]);

    g_assert_cmpuint(rst_engine_fit_counts(run->engine).doubtful, ==, doubtful);
    g_assert_cmpuint(own->nxt - script_variants[0].server_base, ==, nxt);
    g_assert_cmpuint(own->bytes, ==, bytes);
    finish(run);
}

#define CHECK_DOUBT(doubtful, nxt, bytes, ...)                                                                         \
    check_doubt(doubtful, nxt, bytes, (const char *const[]){__VA_ARGS__, "9 S>C R. 5201 ack 1101 ttl 54", NULL})
#define FROM_ELSEWHERE "2 S>C P. 5201 ack 1101 len 10 ttl 50"

static void test_doubt(void)
{
    CHECK_DOUBT(1, 5201, 200, SCRIPT_TALK, FROM_ELSEWHERE);
    /* Two segments settle a distance. */
    CHECK_DOUBT(1, 5001, 0, SCRIPT_REQUEST, FROM_ELSEWHERE);
    CHECK_DOUBT(0, 5211, 10, SCRIPT_OPEN, FROM_ELSEWHERE);
    /* The side goes on where it ends, or it does not. */
    CHECK_DOUBT(1, 5221, 220, SCRIPT_TALK, FROM_ELSEWHERE, "2.1 S>C P. 5211 ack 1101 len 10 ttl 54");
    CHECK_DOUBT(1, 5201, 200, SCRIPT_TALK, FROM_ELSEWHERE, "2.1 S>C . 5201 ack 1101 ttl 54",
                "2.2 S>C . 5201 ack 1101 ttl 54 win 499");
    /* One number a little too far: segments are missing, and it is taken. */
    CHECK_DOUBT(1, 140011, 210, SCRIPT_TALK, "2 S>C P. 140001 ack 1101 len 10 ttl 54");
}

#define STAMPED_TALK                                                                                                   \
    "0 C>S S 1000 ts 1:0", "0.02 S>C S. 5000 ack 1001 ts 900:1", "0.03 C>S . 1001 ack 5001 ts 31:900",                 \
        "0.04 S>C P. 5001 ack 1001 ts 940:31 len 200", "0.05 C>S . 1001 ack 5201 ts 51:940"

static void test_doubtful_stamps(void)
{
    CHECK_DOUBT(0, 5211, 210, STAMPED_TALK, "1 S>C P. 5201 ack 1001 ts 1900:51 len 10");
    CHECK_DOUBT(1, 5201, 200, STAMPED_TALK, "1 S>C P. 5201 ack 1001 ts 900001900:51 len 10");
    CHECK_DOUBT(1, 5201, 200, STAMPED_TALK, "1 S>C P. 5201 ack 1001 len 10");
    CHECK_DOUBT(1, 5201, 200, SCRIPT_TALK, "2 S>C P. 5201 ack 1101 len 10 ttl 54 ts 5:6");
}

/* The first packet was somebody else's, in one of its numbers: where the two sides agree later on is right. */
static void test_anchor(void)
{
    script_run_t *run = RUN("0 S>C P. 900005001 ack 1101 len 200", "0.02 C>S P. 1101 ack 5201 len 100",
                            "0.03 S>C . 5201 ack 1201", "9 S>C R. 5201 ack 1201");

    g_assert_cmpuint(own_of(run->reset[0])->nxt - script_variants[0].server_base, ==, 5201);
    finish(run);
    run = RUN("0 S>C P. 5001 ack 700001101 len 200", "0.02 C>S P. 1101 ack 5201 len 100", "0.03 S>C . 5201 ack 1201",
              "9 S>C R. 5201 ack 1201");
    g_assert_cmpuint(own_of(run->reset[0])->acked - script_variants[0].client_base, ==, 1201);
    finish(run);
}

/* A foreign reset, too, is told what its apparent sender does next. */
static void check_stray(const char *reset, const char *next)
{
    script_run_t *run = RUN(SCRIPT_TALK, reset, next);

    g_assert_cmpuint(run->reset[0]->ordinal, ==, 0);
    g_assert_cmpuint(run->reset[0]->after.own_next.pass_index, ==, 9);
    finish(run);
}

static void test_stray(void)
{
    check_stray("2 S>C R. 900005201 ack 1101 ttl 54", "2.1 S>C P. 5201 ack 1101 len 5 ttl 54");
    check_stray("2 C>S R. 900001101 ack 5201 ttl 64", "2.1 C>S P. 1101 ack 5201 len 5 ttl 64");
}

/* An attempt from elsewhere that is answered: by the host itself, or by somebody else too. */
static void test_answered_elsewhere(void)
{
    script_run_t *run = RUN(SCRIPT_TALK, "2 S>C R. 5201 ack 1101 ttl 54", "3 C>S S 9000 ttl 50");

    g_assert_nonnull(run->reset[0]->conn->opening);
    script_feed(run, "3.02 S>C S. 7000 ack 9001 ttl 54");
    g_assert_null(run->reset[0]->conn->opening);
    finish(run);
    run = RUN(SCRIPT_TALK, "2 S>C R. 5201 ack 1101 ttl 54", "3 C>S S 9000 ttl 50", "3.02 S>C S. 7000 ack 9001 ttl 40");
    g_assert_nonnull(run->reset[0]->conn->opening);
    finish(run);
}

#define SAID(t, client, server)                                                                                        \
    t "1 " client ">" server " P. 1001 ack 5001 len 10", t "2 " server ">" client " P. 5001 ack 1011 len 10",          \
        t "3 " client ">" server " . 1011 ack 5011"

/* Equal ports, or equal addresses, are no connection with itself. */
static void check_foreign_between(uint64_t foreign, const char *const *lines)
{
    script_run_t *run = run_lines(lines);

    g_assert_cmpuint(rst_engine_fit_counts(run->engine).foreign, ==, foreign);
    finish(run);
}

#define OPENED_BETWEEN(client, server) "0 " client ">" server " S 1000", "0.05 " server ">" client " S. 5000 ack 1001"

static void test_itself(void)
{
    check_foreign_between(1, (const char *const[]){OPENED_BETWEEN("C:179", "S:179"), SAID("0.", "C:179", "S:179"),
                                                   "1 S:179>C:179 P. 900005011 ack 800001011 len 5", NULL});
    check_foreign_between(1, (const char *const[]){OPENED_BETWEEN("C:1", "C:2"), SAID("0.", "C:1", "C:2"),
                                                   "1 C:2>C:1 P. 900005011 ack 800001011 len 5", NULL});
}

/* Two connections; the second one is reset by its host, and so is the first one, but not for the first time. */
static void check_burst(const char *first, const char *other, const char *again, bool expected)
{
    script_run_t *run = RUN(SAID("0.", "C:1", "S"), SAID("1.", "C:2", "S"), first, other, again);

    g_assert_nonnull(run->reset[1]->burst);
    g_assert_cmpint(run->reset[2]->burst == run->reset[1]->burst, ==, expected);
    g_assert_cmpuint(run->reset[1]->burst->connections, ==, expected ? 2 : 1);
    finish(run);
}

/* What came before may have been somebody else's, so its own abort counts, within twice the time of a batch. */
static void test_joins_late(void)
{
    const char *first = "2 S>C:1 R. 5011 ack 1011";
    const char *other = "2.06 S>C:2 R. 5011 ack 1011";
    script_run_t *run;

    check_burst(first, other, "2.1 S>C:1 R. 5011 ack 1011", true);
    check_burst(first, other, "2.100000001 S>C:1 R. 5011 ack 1011", false);
    check_burst(first, other, "- S>C:1 R. 5011 ack 1011", false);
    check_burst("2 S>C:1 R. 5111 ack 1011", other, "2.1 S>C:1 R. 5011 ack 1011", false);
    check_burst(first, other, "2.1 S>C:1 R. 5111 ack 1011", false);
    /* The burst has counted this connection. */
    run = RUN(SAID("0.", "C:1", "S"), first, "2.04 S>C:1 R. 5011 ack 1011");
    g_assert_cmpuint(run->reset[0]->burst->connections, ==, 1);
    finish(run);
}

/* Does the last line prove that the other side takes part? */
static void check_proof(bool expected, const char *const *lines)
{
    script_run_t *run = run_lines(lines);
    const rst_reset_t *reset = run->reset[0];
    const rst_direction_t *peer = &reset->conn->direction[1 - reset->from];

    g_assert_cmpint((peer->known & RST_DIRECTION_PROVED) != 0, ==, expected);
    finish(run);
}

#define CHECK_PROOF(expected, ...) check_proof(expected, (const char *const[]){__VA_ARGS__, NULL})
#define ASKED "0 C>S P. 1001 ack 5001 len 10"

/* Data is acknowledged that the side is known to have sent. */
static void test_proof_by_data(void)
{
    CHECK_PROOF(true, ASKED, "0.1 S>C . 5001 ack 1011", "9 S>C R 5001");
    CHECK_PROOF(true, ASKED, "0.1 S>C . 5001 ack 1002", "9 S>C R 5001");
    CHECK_PROOF(false, ASKED, "0.1 S>C . 5001 ack 1001", "9 S>C R 5001");
    CHECK_PROOF(false, ASKED, "0.1 S>C . 5001 ack 1012", "9 S>C R 5001");
    /* What was acknowledged before is missing: these may be anybody's numbers. */
    CHECK_PROOF(false, ASKED, "0.1 S>C . 5001 ack 1050", "0.2 C>S P. 1050 ack 5001 len 10", "0.3 S>C . 5001 ack 1060",
                "9 S>C R 5001");
}

/* The third step of a handshake whose SYN was not captured: it begins about where the SYN-ACK says. */
static void test_proof_by_handshake(void)
{
    CHECK_PROOF(true, "0 S>C S. 5000 ack 100001", "0.1 C>S . 132769 ack 5001", "9 C>S R 132769");
    CHECK_PROOF(false, "0 S>C S. 5000 ack 100001", "0.1 C>S . 132770 ack 5001", "9 C>S R 132770");
    CHECK_PROOF(true, "0 S>C S. 5000 ack 100001", "0.1 C>S . 67234 ack 5001", "9 C>S R 67234");
    CHECK_PROOF(false, "0 S>C S. 5000 ack 100001", "0.1 C>S . 67233 ack 5001", "9 C>S R 67233");
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/taken/begin", test_begin},
        {"/taken/ordinals", test_ordinals},
        {"/taken/last_ack", test_last_ack},
        {"/taken/twins", test_twins},
        {"/taken/client", test_client},
        {"/taken/discounted", test_discounted},
        {"/taken/retry", test_retry},
        {"/taken/opening", test_opening},
        {"/taken/answered_syn", test_answered_syn},
        {"/taken/old_duplicate", test_old_duplicate},
        {"/taken/doubt", test_doubt},
        {"/taken/doubtful_stamps", test_doubtful_stamps},
        {"/taken/anchor", test_anchor},
        {"/taken/stray", test_stray},
        {"/taken/proof_by_data", test_proof_by_data},
        {"/taken/proof_by_handshake", test_proof_by_handshake},
        {"/taken/itself", test_itself},
        {"/taken/joins_late", test_joins_late},
        {"/taken/answered_elsewhere", test_answered_elsewhere},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
