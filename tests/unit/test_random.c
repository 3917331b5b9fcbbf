/* test_random.c
 * Random captures: whatever comes, every verdict passes the audit, and it is the same with other addresses, other
 * initial sequence numbers and other garbage in what is not known.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

#define SCRIPTS 400
#define LINES_MAX 48

static const char *pick(GRand *rand, const char *const *list, unsigned count)
{
    return list[g_rand_int_range(rand, 0, (gint32)count)];
}

#define PICK(list) pick(rand, (list), G_N_ELEMENTS(list))

/* Few hosts, ports and numbers, so that segments meet: handshakes, data, repetitions, closes, resets. */
static char *random_line(GRand *rand)
{
    static const char *const steps[] = { "+0.00001", "+0.0004", "+0.003", "+0.02", "+0.02", "+0.3", "+1", "+31", "+60",
                                         "+7200", "0.5", "-" };
    static const char *const flags[] = { "S", "S.", ".", ".", "P.", "P.", "F.", "R", "R.", "R.", "none", "RS", "SEW" };
    static const char *const client[] = { "960", "961", "961", "1061", "1061", "1062", "860", "90001061" };
    static const char *const server[] = { "5000", "5001", "5001", "5201", "5201", "5202", "9999", "700005000" };
    static const char *const words[] = { "", "", "len 100", "len 100", "len 1", "len 20000", "win 0", "nowin", "noopt",
                                         "ws 7", "ts 10:20", "ts 30:20", "data 'GET / HTTP/1.1'", "md5", "df",
                                         "hex 15030300020228", "data 'BIG-IP: [0x1:2] Port denied'", "nolen",
                                          "tcprst 1:0" };
    static const char *const net[] = { "", "", "ttl 64", "ttl 54", "ttl 57", "ttl 1", "id 1", "id 2", "id 0",
                                       "ttl 54 id 9", "link 5", "link 6", "ttl 53 id 9", "rejected" };
    static const char *const ports[] = { ":1", ":1", ":1", ":2" };
    bool from_client = g_rand_boolean(rand);
    /* Each in its own declaration: in a list of arguments, every compiler picks in another order. */
    const char *port = PICK(ports);
    const char *first = PICK(client);
    const char *second = PICK(server);
    const char *shown = PICK(net);
    const char *more = PICK(words);
    const char *flag = PICK(flags);
    const char *step = PICK(steps);

    return g_strdup_printf("%s %s%s>%s%s %s %s ack %s %s %s", step, from_client ? "C" : "S", from_client ? port : "",
                           from_client ? "S" : "C", from_client ? "" : port, flag, from_client ? first : second,
                           from_client ? second : first, more, shown);
}

static void run_one(guint32 seed, const script_variant_t *variant, GArray *causes)
{
    static const char *const nothing[] = { NULL };
    script_run_t *run = g_new(script_run_t, 1);
    GRand *rand = g_rand_new_with_seed(seed);
    int lines = g_rand_int_range(rand, 2, LINES_MAX);

    script_open(run, variant, nothing);
    while (lines-- > 0) {
        char *line = random_line(rand);

        script_feed(run, line);
        g_free(line);
    }
    for (unsigned i = 0; i < run->resets; i++) {
        rst_verdict_t verdict;
        unsigned answer;

        script_audit(run, i);
        rst_engine_classify(run->engine, script_reset(run, i), &run->answers.memory, true, &verdict);
        answer = (unsigned)verdict.cause << 8 | verdict.confidence;
        g_array_append_val(causes, answer);
    }
    for (uint32_t frame = 0; frame <= run->frame; frame++) {
        rst_finding_t finding;

        if (rst_engine_finding(run->engine, frame, &run->answers.memory, &finding))
            g_assert_cmpuint(finding.count, >=, 2);
    }
    script_close(run);
    g_rand_free(rand);
    g_free(run);
}

/* Beyond those: where numbers that are not known, and times that never were, once counted as zero. */
static const guint32 found[] = { 544, 1427, 1864, 3006, 3092, 5718, 5756, 6202, 22298 };

static void test_random(void)
{
    for (guint32 nth = 1; nth <= SCRIPTS + G_N_ELEMENTS(found); nth++) {
        guint32 seed = nth <= SCRIPTS ? nth : found[nth - SCRIPTS - 1];
        GArray *expected = g_array_new(FALSE, FALSE, sizeof(unsigned));

        run_one(seed, &script_variants[0], expected);
        for (unsigned i = 1; i < script_variant_count; i++) {
            GArray *causes = g_array_new(FALSE, FALSE, sizeof(unsigned));

            run_one(seed, &script_variants[i], causes);
            g_assert_cmpuint(causes->len, ==, expected->len);
            if (expected->len && memcmp(causes->data, expected->data, expected->len * sizeof(unsigned)) != 0) {
                for (unsigned n = 0; n < expected->len; n++) {
                    unsigned was = g_array_index(expected, unsigned, n), is = g_array_index(causes, unsigned, n);

                    if (was != is)
                        g_test_message("seed %u, reset %u: %s %u, but %s %u in variant %s", seed, n + 1,
                                       rst_cause_info((rst_cause_t)(was >> 8))->token, was & 0xff,
                                       rst_cause_info((rst_cause_t)(is >> 8))->token, is & 0xff,
                                       script_variants[i].name);
                }
                g_test_fail();
            }
            g_array_free(causes, TRUE);
        }
        g_array_free(expected, TRUE);
    }
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        { "/random/all_variants", test_random },
        { NULL, NULL },
    };

    return script_main(&argc, &argv, tests);
}
