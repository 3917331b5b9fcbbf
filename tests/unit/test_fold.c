/* test_fold.c
 * Connections that are folded: whoever asks, and whatever comes later, nobody notices.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/fold.h"
#include "engine/followers.h"
#include "script.h"
#include "track/host_table.h"

#define OTHERS 1500 /* connections that end later: more than are kept with their latest segments */

static script_run_t *begin(const script_variant_t *variant, const char *const *lines)
{
    script_run_t *run = g_new0(script_run_t, 1);

    script_open(run, variant, lines);
    return run;
}

static void end(script_run_t *run)
{
    script_close(run);
    g_free(run);
}

static void feed_other(script_run_t *run, unsigned number, unsigned flags, int64_t step)
{
    bool answer = (flags & RST_FLAG_ACK) != 0;
    rst_segment_t segment = {.src = script_address(run->variant, answer ? 'G' : 'F'),
                             .dst = script_address(run->variant, answer ? 'F' : 'G'),
                             .time = run->time + step,
                             .seq = answer ? 0 : 1000 * number,
                             .ack = answer ? 1000 * number + 1 : 0,
                             .flags = (uint8_t)flags,
                             .sport = answer ? (uint16_t)(1 + number) : 40000,
                             .dport = answer ? 40000 : (uint16_t)(1 + number),
                             .ttl = 50,
                             .window = answer ? 0 : 1000,
                             .known = RST_HAS_IP | RST_HAS_WINDOW | RST_HAS_LENGTH | RST_HAS_OPTIONS};

    script_feed_segment(run, &segment);
}

/* A scan of another host, which refuses, or accepts and then resets. */
static void feed_others_at(script_run_t *run, bool accepts, int64_t step)
{
    for (unsigned i = 0; i < OTHERS; i++) {
        unsigned resets = run->resets;

        feed_other(run, i, RST_FLAG_SYN, step);
        if (accepts)
            feed_other(run, i, RST_FLAG_SYN | RST_FLAG_ACK, step);
        feed_other(run, i, RST_FLAG_RST | RST_FLAG_ACK, step);
        run->resets = resets; /* more than a script asks about */
    }
}

static void feed_others(script_run_t *run, bool accepts)
{
    feed_others_at(run, accepts, 2 * RST_MILLISECOND);
}

static const rst_conn_entry_t *folded(const script_run_t *run, unsigned number)
{
    return rst_roll_folded(&run->engine->roll, run->id[number]);
}

static rst_verdict_t verdict_on(script_run_t *run, unsigned number)
{
    rst_verdict_t verdict;

    run->engine->file.reading = false;
    rst_engine_classify(run->engine, rst_engine_reset(run->engine, run->id[number]), &run->answers.memory, true,
                        &verdict);
    run->engine->file.reading = true;
    return verdict;
}

static void assert_same(const rst_verdict_t *a, const rst_verdict_t *b)
{
    g_assert_cmpuint(a->cause, ==, b->cause);
    g_assert_cmpuint(a->confidence, ==, b->confidence);
    g_assert_cmpuint(a->sender, ==, b->sender);
    g_assert_cmpuint(a->ordinal, ==, b->ordinal);
    g_assert_cmpstr(a->summary, ==, b->summary);
    g_assert_cmpuint(a->evidences, ==, b->evidences);
    for (unsigned i = 0; i < a->evidences; i++)
        g_assert_cmpstr(a->evidence[i].text, ==, b->evidence[i].text);
}

static const char *const refused[] = {"+0.5 C>S S 960 mss 1460", "+0.02 S>C R. 0 ack 961", NULL};
static const char *const aborted[] = {"+0.5 C>S S 960 mss 1460",      "+0.02 S>C S. 5000 ack 961 mss 1460",
                                      "+0.02 C>S . 961 ack 5001",     "+0.1 C>S P. 961 ack 5001 len 100",
                                      "+0.1 S>C P. 5001 ack 1061 len 200", "+0.1 S>C R. 5201 ack 1061",
                                      "+0.001 C>S . 1061 ack 5201",   NULL};
static const char *const lone[] = {"+0.5 S>C R 960", NULL};
static const char *const *const stories[] = {refused, aborted, lone};

/* So much ends at once that a proxy might still pass on the reset: the connection is folded when that is over. */
static void test_fast(void)
{
    for (unsigned i = 0; i < script_variant_count; i++) {
        script_run_t *run = begin(&script_variants[i], aborted);

        feed_others_at(run, true, RST_MILLISECOND / 3);
        g_assert_null(folded(run, 0));
        feed_others(run, true);
        if (!run->engine->points.several)
            g_assert_nonnull(folded(run, 0));
        end(run);
    }
}

/* The scan makes room for itself, and is small in the end. */
static void test_folded(void)
{
    for (unsigned i = 0; i < script_variant_count; i++) {
        script_run_t *run = begin(&script_variants[i], refused);
        const rst_engine_t *engine = run->engine;

        feed_others(run, false);
        if (!engine->points.several) {
            g_assert_cmpuint(engine->fold.count, >, OTHERS / 5);
            g_assert_nonnull(folded(run, 0));
        }
        end(run);
    }
}

static void test_read(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(stories); i++) {
        script_run_t *run = begin(&script_variants[0], stories[i]);
        rst_verdict_t before = verdict_on(run, 0), after;

        feed_others(run, stories[i] == aborted);
        g_assert_nonnull(folded(run, 0));
        after = verdict_on(run, 0);
        assert_same(&before, &after);
        g_assert_nonnull(folded(run, 0));
        end(run);
    }
}

/* What comes later is noted as if the record had been there all the time. */
static void test_later(void)
{
    static const char *const lines[] = {"+1 C>S S 960 mss 1460", "+0.02 S>C S. 7000 ack 961 mss 1460",
                                        "+0.02 C>S . 961 ack 7001", "+0.1 S>C R 7001", NULL};

    for (unsigned i = 0; i < G_N_ELEMENTS(stories); i++) {
        script_run_t *run = begin(&script_variants[0], stories[i]);
        script_run_t *kept = begin(&script_variants[0], stories[i]);

        feed_others(run, stories[i] == aborted);
        kept->engine->file.prefs.smb_race_ms = 1000000; /* so that nothing is folded */
        feed_others(kept, stories[i] == aborted);
        g_assert_nonnull(folded(run, 0));
        g_assert_null(folded(kept, 0));
        for (const char *const *line = lines; *line; line++) {
            script_feed(run, *line);
            script_feed(kept, *line);
            g_assert_null(folded(run, 0));
            for (unsigned reset = 0; reset < run->resets; reset++) {
                rst_verdict_t a = verdict_on(run, reset), b = verdict_on(kept, reset);

                assert_same(&a, &b);
            }
        }
        end(kept);
        end(run);
    }
}

/* A service that is folded with the only connection to it is found by the next one, and by a lone reset. */
static void test_service(void)
{
    script_run_t *run = begin(&script_variants[0], refused);
    const rst_address_t address = script_address(run->variant, 'S');
    const uint16_t port = run->reset[0]->story->port[1 - run->reset[0]->client];
    rst_service_found_t found;

    feed_others(run, false);
    g_assert_cmpuint(folded(run, 0)->as.folded.kind & RST_FOLDED_SERVICE, !=, 0);
    found = rst_hosts_find_service(&run->engine->hosts, &address, port, 0);
    g_assert_cmpuint(found.found, ==, RST_FOUND);
    g_assert_cmpuint(found.service->runs, ==, 1);
    g_assert_nonnull(folded(run, 0));
    g_assert_cmpuint(rst_hosts_find_service(&run->engine->hosts, &address, port + 1, 0).found, ==, RST_NOT_THERE);
    g_assert_cmpuint(rst_hosts_service(&run->engine->hosts, &address, port, 0)->runs, ==, 1);
    g_assert_null(folded(run, 0));
    end(run);
}

/* With a second interface, connections are followed at several points: those folded before as well. */
static void test_several_points(void)
{
    script_run_t *run = begin(&script_variants[0], refused);

    feed_others(run, false);
    rst_fold_restore_all(run->engine);
    g_assert_null(folded(run, 0));
    g_assert_cmpuint(run->engine->fold.count, ==, 0);
    g_assert_cmpuint(run->engine->hosts.folded.used, ==, 0);
    end(run);
}

/* Of a storm, the first and the latest keep their records, and none of the others tells anything else than before. */
static void test_storm(void)
{
    enum { STORM = 300 };
    script_run_t *run = begin(&script_variants[0], aborted);
    rst_verdict_t before[STORM];
    uint32_t first = run->id[0];

    for (unsigned i = 0; i < STORM; i++) {
        run->resets = 1;
        script_feed(run, i % 7 ? "+0.1 S>C R 5201" : "+0.2 S>C R 5202");
        if (i % 10 == 0)
            script_feed(run, "+0.01 C>S P. 1061 ack 5201 len 10");
    }
    g_assert_cmpuint(rst_engine_reset(run->engine, first)->conn->folded, >, STORM / 2);
    for (uint32_t i = 0; i < STORM; i++)
        rst_engine_classify(run->engine, rst_engine_reset(run->engine, first + 1 + i), &run->answers.memory, true,
                            &before[i]);
    rst_followers_restore_all(run->engine);
    g_assert_cmpuint(rst_engine_reset(run->engine, first)->conn->folded, ==, 0);
    for (uint32_t i = 0; i < STORM; i++) {
        const rst_reset_t *reset = rst_roll_record(&run->engine->roll, first + 1 + i);
        rst_verdict_t after;

        g_assert_nonnull(reset);
        g_assert_true(!reset->own_before_id == !reset->own_before);
        rst_engine_classify(run->engine, reset, &run->answers.memory, true, &after);
        assert_same(&before[i], &after);
    }
    end(run);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/fold/folded", test_folded);
    g_test_add_func("/fold/fast", test_fast);
    g_test_add_func("/fold/read", test_read);
    g_test_add_func("/fold/later", test_later);
    g_test_add_func("/fold/service", test_service);
    g_test_add_func("/fold/several-points", test_several_points);
    g_test_add_func("/fold/storm", test_storm);
    return g_test_run();
}
