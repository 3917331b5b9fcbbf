/* test_forget_random.c
 * Tests of full tables: random segments and little memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/fold.h"
#include "script.h"

static const char *const no_lines[] = {NULL};

/* Whatever a random capture contains, and however little memory there is: nothing points to what is gone (run with
 * AddressSanitizer), a second run with other secrets says the same, and in the end all memory is given back. */
static rst_segment_t random_segment(GRand *rand, const script_variant_t *variant)
{
    static const uint8_t flags[] = {RST_FLAG_SYN,
                                    RST_FLAG_SYN,
                                    RST_FLAG_SYN | RST_FLAG_ACK,
                                    RST_FLAG_SYN | RST_FLAG_ACK,
                                    RST_FLAG_ACK,
                                    RST_FLAG_ACK,
                                    RST_FLAG_ACK | RST_FLAG_PSH,
                                    RST_FLAG_ACK | RST_FLAG_FIN,
                                    RST_FLAG_RST,
                                    RST_FLAG_RST | RST_FLAG_ACK};
    static const uint32_t numbers[] = {960, 961, 961, 1061, 1062, 90001061};
    const bool back = g_rand_boolean(rand);
    const uint16_t port = (uint16_t)g_rand_int_range(rand, 0, 40);
    const uint32_t a = numbers[g_rand_int_range(rand, 0, G_N_ELEMENTS(numbers))];
    const uint32_t b = 4000 + numbers[g_rand_int_range(rand, 0, G_N_ELEMENTS(numbers))];
    const rst_address_t client = script_address(variant, (char)('A' + g_rand_int_range(rand, 0, 3)));
    const rst_address_t server = script_address(variant, g_rand_int_range(rand, 0, 4) ? 'S' : 'T');
    const uint8_t flag = flags[g_rand_int_range(rand, 0, G_N_ELEMENTS(flags))];
    rst_segment_t segment = {.src = back ? server : client,
                             .dst = back ? client : server,
                             .sport = back ? 445 : 1000 + port,
                             .dport = back ? 1000 + port : 445,
                             .seq = back ? b : a,
                             .ack = (flag & RST_FLAG_ACK) ? (back ? a : b) : 0,
                             .flags = flag,
                             .len = (flag & RST_FLAG_PSH) ? 100 : 0,
                             .ttl = g_rand_int_range(rand, 0, 8) ? 64 : 50,
                             .ip_id = (uint16_t)g_rand_int_range(rand, 0, 50),
                             .window = 1000,
                             .interface = (uint32_t)g_rand_int_range(rand, 1, 3),
                             .known = RST_HAS_IP | RST_HAS_WINDOW | RST_HAS_LENGTH | RST_HAS_OPTIONS | RST_HAS_IP_ID};

    if ((flag & RST_FLAG_SYN) && g_rand_boolean(rand))
        segment.flags |= RST_FLAG_ECE | RST_FLAG_CWR;
    return segment;
}

/* When all must go, nothing is left but ghosts and marks, eighteen bytes a reset, an empty index, and hosts that hold
 * each other. */
static void empty(script_run_t *run)
{
    rst_keep_t *keep = &run->engine->keep;
    const rst_ghosts_t *ghosts = &run->engine->ghosts;
    const GArray *remains = run->engine->remains;

    rst_engine_limit(run->engine, 0);
    rst_keep_make_room(keep);
    g_assert_cmpuint(g_hash_table_size(run->engine->table.table), ==, 0);
    for (uint32_t id = 1; id <= rst_roll_count(&run->engine->roll); id++)
        g_assert_null(rst_fold_reset(run->engine, id));
    g_assert_cmpuint(run->engine->fold.count, ==, 0);
    g_assert_cmpuint(g_hash_table_size(run->engine->hosts.services), ==, 0);
    g_assert_cmpuint(g_hash_table_size(run->engine->hosts.visits), ==, 0);
    g_assert_cmpuint(keep->kind[RST_KIND_VISITS].used, ==, 0);
    g_assert_cmpuint(keep->kind[RST_KIND_CONNS].used, ==,
                     remains->len * sizeof(rst_remains_t) +
                         rst_roll_count(&run->engine->roll) * sizeof(rst_listed_t) +
                         run->engine->hosts.folded.places * sizeof(rst_index_place_t) +
                         (ghosts->ghost ? ghosts->rows * RST_GHOST_ROW * sizeof *ghosts->ghost : 0));
}

typedef struct told {
    uint64_t evicted, used;
    uint32_t sum; /* of all verdicts */
} told_t;

static told_t run_random(guint32 seed, bool several, uint64_t limit)
{
    GRand *rand = g_rand_new_with_seed(seed);
    script_run_t *run = g_new0(script_run_t, 1);
    told_t told = {0, 0, 0};

    script_open(run, &script_variants[seed % script_variant_count], no_lines);
    rst_engine_limit(run->engine, limit);
    for (unsigned i = 0; i < 400 && run->resets < 300; i++) {
        rst_segment_t segment = random_segment(rand, run->variant);

        segment.interface = several ? segment.interface : 1;
        segment.time = run->time + (g_rand_int_range(rand, 0, 20) ? 1000000 : 300 * RST_SECOND);
        script_feed_segment(run, &segment);
    }
    rst_engine_finish_pass(run->engine);
    for (unsigned i = 0; i < run->resets; i++) {
        rst_verdict_t verdict;

        rst_engine_classify(run->engine, script_reset(run, i), &run->answers.memory, true, &verdict);
        told.sum = told.sum * 31 + (uint32_t)verdict.cause * 101 + verdict.confidence;
        g_assert_nonnull(rst_reset_filter(script_reset(run, i), &run->answers.memory));
        g_assert_nonnull(rst_reset_server(script_reset(run, i), &run->answers.memory));
    }
    for (uint32_t frame = 1; frame <= run->frame; frame++) {
        rst_finding_t finding;

        rst_engine_reset_in(run->engine, frame, &run->answers.memory);
        rst_engine_finding(run->engine, frame, &run->answers.memory, &finding);
    }
    told.evicted = run->engine->keep.kind[RST_KIND_CONNS].evicted;
    told.used = run->engine->keep.used;
    empty(run);
    script_close(run);
    g_free(run);
    g_rand_free(rand);
    return told;
}

static void test_random(void)
{
    for (guint32 seed = 1; seed <= 120; seed++) {
        for (unsigned several = 0; several < 2; several++) {
            const uint64_t limit = seed % 4 == 0 ? 0 : 3000 * (seed % 40);
            told_t once = run_random(seed, several, limit);
            told_t again = run_random(seed, several, limit);

            g_assert_cmpuint(once.evicted, >, 0);
            g_assert_cmpuint(once.evicted, ==, again.evicted);
            g_assert_cmpuint(once.used, ==, again.used);
            g_assert_cmpuint(once.sum, ==, again.sum);
        }
    }
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/forget_random/random", test_random},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
