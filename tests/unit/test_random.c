/* test_random.c
 * Random captures: whatever comes, every verdict passes the audit.
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
    const char *port = PICK(ports);
    const char *first = PICK(client);
    const char *second = PICK(server);

    return g_strdup_printf("%s %s%s>%s%s %s %s ack %s %s %s", PICK(steps), from_client ? "C" : "S",
                           from_client ? port : "", from_client ? "S" : "C", from_client ? "" : port, PICK(flags),
                           from_client ? first : second, from_client ? second : first, PICK(words), PICK(net));
}

static void run_one(guint32 seed, const script_variant_t *variant)
{
    static const char *const nothing[] = { NULL };
    script_run_t *run = g_new(script_run_t, 1);
    GRand *rand = g_rand_new_with_seed(seed);
    int lines = g_rand_int_range(rand, 2, LINES_MAX);
    rst_finding_t finding;

    script_open(run, variant, nothing);
    while (lines-- > 0) {
        char *line = random_line(rand);

        script_feed(run, line);
        g_free(line);
    }
    for (unsigned i = 0; i < run->resets; i++)
        script_audit(run, i);
    for (uint32_t frame = 0; frame <= run->frame; frame++) {
        if (rst_engine_finding(run->engine, frame, &run->answers.memory, &finding))
            g_assert_cmpuint(finding.count, >=, 2);
    }
    script_close(run);
    g_rand_free(rand);
    g_free(run);
}

static void test_random(void)
{
    for (guint32 seed = 1; seed <= SCRIPTS; seed++) {
        for (unsigned i = 0; i < script_variant_count; i++)
            run_one(seed, &script_variants[i]);
    }
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        { "/random/audit", test_random },
        { NULL, NULL },
    };

    return script_main(&argc, &argv, tests);
}
