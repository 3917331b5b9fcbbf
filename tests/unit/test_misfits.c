/* test_misfits.c
 * Tests of the list of foreign packets: found by frame, whatever a read filter rejected and however many there are.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/misfits.h"
#include "script.h"

#define FLOOD 70000

enum { FAR = RST_CLUE_SEQ | RST_CLUE_FAR, TWO = RST_CLUE_HOPS | RST_CLUE_TIMESTAMP, ONE = RST_CLUE_HOPS };

typedef struct visit {
    uint32_t number;
    unsigned clues;
} visit_t;

static rst_engine_t *open_engine(script_scope_t *scope)
{
    rst_prefs_t prefs = rst_prefs_default();

    script_scope_open(scope);
    return rst_engine_new(&scope->memory, &prefs);
}

static void close_engine(rst_engine_t *engine, script_scope_t *scope)
{
    rst_engine_free(engine);
    script_scope_close(scope);
}

static void visit(rst_engine_t *engine, const visit_t *visit)
{
    rst_engine_frame(engine, visit->number, visit->number * RST_SECOND);
    rst_misfits_count(engine, visit->clues);
    g_assert_cmpuint(rst_engine_foreign(engine, visit->number), ==,
                     rst_fit_by(visit->clues) == RST_FOREIGN ? visit->clues : 0);
}

/* Visits the frames, then compares with what each number has at last: expected[0] is that of frame 0. */
static void check(const visit_t *visits, size_t count, const unsigned *expected, size_t frames)
{
    script_scope_t scope;
    rst_engine_t *engine = open_engine(&scope);

    for (size_t i = 0; i < count; i++)
        visit(engine, &visits[i]);
    for (uint32_t frame = 0; frame < frames; frame++)
        g_assert_cmpuint(rst_engine_foreign(engine, frame), ==, expected[frame]);
    close_engine(engine, &scope);
}

#define CHECK(visits, expected) check(visits, G_N_ELEMENTS(visits), expected, G_N_ELEMENTS(expected))

static void test_plain(void)
{
    static const visit_t visits[] = {{1, 0}, {2, FAR}, {3, ONE}, {4, TWO}, {5, 0}, {9, FAR}};
    static const unsigned expected[] = {0, 0, FAR, 0, TWO, 0, 0, 0, 0, FAR, 0};

    CHECK(visits, expected);
}

/* A read filter rejects a frame: its number is that of the next one, which may fit. */
static void test_rejected(void)
{
    static const visit_t last[] = {{1, FAR}, {2, TWO}, {3, FAR}, {3, 0}};
    static const unsigned after_last[] = {0, FAR, TWO, 0, 0};
    static const visit_t middle[] = {{1, TWO}, {2, FAR}, {2, 0}, {3, TWO}, {4, FAR}, {4, FAR}, {4, TWO}, {5, FAR}};
    static const unsigned after_middle[] = {0, TWO, 0, TWO, TWO, FAR};
    static const visit_t all[] = {{1, FAR}, {1, FAR}, {1, TWO}, {1, ONE}, {2, FAR}};
    static const unsigned after_all[] = {0, 0, FAR};

    CHECK(last, after_last);
    CHECK(middle, after_middle);
    CHECK(all, after_all);
}

/* Two segments in one frame, as in a tunnel. */
static void test_tunnel(void)
{
    script_scope_t scope;
    rst_engine_t *engine = open_engine(&scope);

    visit(engine, &(visit_t){1, FAR});
    rst_misfits_count(engine, TWO);
    g_assert_cmpuint(rst_engine_foreign(engine, 1), ==, FAR | TWO);
    visit(engine, &(visit_t){2, TWO});
    rst_misfits_count(engine, 0);
    rst_misfits_count(engine, ONE);
    g_assert_cmpuint(rst_engine_foreign(engine, 2), ==, TWO);
    g_assert_cmpuint(rst_engine_fit_counts(engine).segments, ==, 5);
    g_assert_cmpuint(rst_engine_fit_counts(engine).doubtful, ==, 1);
    g_assert_cmpuint(rst_engine_fit_counts(engine).foreign, ==, 3);
    close_engine(engine, &scope);
}

/* All are counted, and the first ones are found. */
static void test_flood(void)
{
    script_scope_t scope;
    rst_engine_t *engine = open_engine(&scope);

    for (uint32_t frame = 1; frame <= FLOOD; frame++) {
        rst_engine_frame(engine, frame, frame);
        rst_misfits_count(engine, FAR);
    }
    g_assert_cmpuint(rst_engine_fit_counts(engine).foreign, ==, FLOOD);
    for (uint32_t frame = 1; frame <= FLOOD; frame++)
        g_assert_cmpuint(rst_engine_foreign(engine, frame), ==, frame <= 65536 ? FAR : 0);
    close_engine(engine, &scope);
}

static void test_text(void)
{
    script_scope_t scope;

    script_scope_open(&scope);
    g_assert_cmpstr(rst_foreign_text(FAR, &scope.memory), ==, "sequence number");
    g_assert_cmpstr(rst_foreign_text(TWO, &scope.memory), ==, "hop distance and timestamp");
    g_assert_cmpstr(rst_foreign_text(FAR | TWO | RST_CLUE_ACK | RST_CLUE_CHECKSUM, &scope.memory), ==,
                    "sequence number, acknowledgment number, hop distance, timestamp and checksum");
    script_scope_close(&scope);
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/misfits/plain", test_plain}, {"/misfits/rejected", test_rejected}, {"/misfits/tunnel", test_tunnel},
        {"/misfits/flood", test_flood}, {"/misfits/text", test_text},         {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
