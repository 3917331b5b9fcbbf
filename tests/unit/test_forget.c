/* test_forget.c
 * Tests of full tables: what gives way, what it leaves behind, and that a flood changes no verdict.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/fold.h"
#include "script.h"

#define LIMIT 600000 /* bytes */
#define FLOOD 5000   /* segments */

static const char *const no_lines[] = {NULL};

/* Of a flood: each from another address and port. */
static void feed_lone(script_run_t *run, unsigned flags, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        uint64_t *word;
        rst_segment_t segment = {.src = script_address(run->variant, 'F'),
                                 .dst = script_address(run->variant, 'S'),
                                 .time = run->time + 10000,
                                 .seq = 1000 * i,
                                 .ack = (flags & RST_FLAG_ACK) ? 77 : 0,
                                 .flags = (uint8_t)flags,
                                 .sport = (uint16_t)(1024 + i % 60000),
                                 .dport = 80,
                                 .ttl = 50,
                                 .window = 1000,
                                 .known = RST_HAS_IP | RST_HAS_WINDOW | RST_HAS_LENGTH | RST_HAS_OPTIONS};

        word = &segment.src.word[segment.src.size == 4 ? 0 : 1];
        *word = GUINT64_TO_LE(GUINT64_FROM_LE(*word) + ((uint64_t)(i + 1) << 8));
        script_feed_segment(run, &segment);
    }
}

static script_run_t *begin(const script_variant_t *variant, uint64_t limit)
{
    script_run_t *run = g_new0(script_run_t, 1);

    script_open(run, variant, no_lines);
    rst_engine_limit(run->engine, limit);
    return run;
}

static void end(script_run_t *run)
{
    script_close(run);
    g_free(run);
}

static const rst_keep_queues_t *conns_of(const script_run_t *run)
{
    return &run->engine->keep.kind[RST_KIND_CONNS];
}

static void feed_all(script_run_t *run, const char *const *lines)
{
    for (; *lines; lines++)
        script_feed(run, *lines);
}

static rst_verdict_t verdict_on(script_run_t *run, unsigned number)
{
    rst_verdict_t verdict;

    run->engine->file.reading = false;
    rst_engine_classify(run->engine, script_reset(run, number), &run->answers.memory, true, &verdict);
    return verdict;
}

static const char *const story[] = {"+0.5 C>S S 960 mss 1460",
                                    "+0.02 S>C S. 5000 ack 961 mss 1460",
                                    "+0.02 C>S . 961 ack 5001",
                                    "+0.1 C>S P. 961 ack 5001 len 100",
                                    "+0.1 S>C P. 5001 ack 1061 len 200",
                                    "+0.1 S>C R. 5201 ack 1061",
                                    NULL};

/* Lone SYNs, SYN-ACKs, ACKs and data before, amid and after a connection change nothing about its reset. */
static void test_lone(void)
{
    static const unsigned kinds[] = {RST_FLAG_SYN, RST_FLAG_SYN | RST_FLAG_ACK, RST_FLAG_ACK,
                                     RST_FLAG_ACK | RST_FLAG_PSH, RST_FLAG_FIN | RST_FLAG_ACK};
    script_run_t *alone = begin(&script_variants[0], LIMIT);
    rst_verdict_t expected;

    feed_all(alone, story);
    expected = verdict_on(alone, 0);
    g_assert_cmpuint(expected.cause, !=, RST_CAUSE_UNDETERMINED);
    for (unsigned kind = 0; kind < G_N_ELEMENTS(kinds); kind++) {
        for (unsigned i = 0; i < script_variant_count; i++) {
            script_run_t *run = begin(&script_variants[i], LIMIT);
            rst_verdict_t verdict;

            feed_lone(run, kinds[kind], FLOOD);
            for (const char *const *line = story; *line; line++) {
                script_feed(run, *line);
                feed_lone(run, kinds[kind], 100);
            }
            feed_lone(run, kinds[kind], FLOOD);
            g_assert_cmpuint(conns_of(run)->evicted, >, 0);
            verdict = verdict_on(run, 0);
            g_assert_cmpuint(verdict.cause, ==, expected.cause);
            g_assert_cmpuint(verdict.confidence, ==, expected.confidence);
            g_assert_cmpuint(verdict.sender, ==, expected.sender);
            end(run);
        }
    }
    end(alone);
}

static uint32_t resets_kept(rst_engine_t *engine)
{
    uint32_t kept = 0;

    for (uint32_t id = 1; id <= rst_roll_count(&engine->roll); id++)
        kept += rst_fold_reset(engine, id) != NULL;
    return kept;
}

/* Nor do lone resets, and what is kept of those is bounded too. Those that had to go get a verdict that says so. */
static void test_lone_resets(void)
{
    script_run_t *run = begin(&script_variants[0], LIMIT / 8);
    uint32_t first, last;
    rst_verdict_t verdict;

    feed_all(run, story);
    first = rst_roll_count(&run->engine->roll);
    run->resets = 1;
    for (unsigned i = 0; i < FLOOD; i++) {
        feed_lone(run, RST_FLAG_RST, 1);
        run->resets = 1; /* more than a script asks about */
    }
    last = rst_roll_count(&run->engine->roll);
    g_assert_cmpuint(last - first, ==, FLOOD);
    g_assert_cmpuint(resets_kept(run->engine), <, FLOOD);
    g_assert_cmpuint(verdict_on(run, 0).cause, !=, RST_CAUSE_UNDETERMINED);
    rst_engine_classify(run->engine, rst_engine_reset(run->engine, first + 1), &run->answers.memory, true, &verdict);
    g_assert_cmpuint(verdict.cause, ==, RST_CAUSE_UNDETERMINED);
    g_assert_cmpuint(verdict.sender, ==, RST_SENDER_UNKNOWN);
    g_assert_nonnull(strstr(verdict.summary, "dropped to save memory"));
    g_assert_cmpuint(verdict.evidences, ==, 0);
    g_assert_cmpuint(rst_engine_reset(run->engine, last)->id, ==, last);
    end(run);
}

/* Not even addresses are left, and none are made up. */
static void assert_without_ends(script_run_t *run, const rst_reset_t *gone)
{
    g_assert_cmpstr(rst_reset_filter(gone, &run->answers.memory), ==, "");
    g_assert_cmpstr(rst_reset_client(gone, &run->answers.memory), ==, "");
    g_assert_cmpstr(rst_reset_server(gone, &run->answers.memory), ==, "");
}

/* Of a refused port, cause, sender and confidence stay, whatever comes after it; nothing else does. */
static void test_remains(void)
{
    static const char *const refused[] = {"+0.5 C>S S 960 mss 1460", "+0.02 S>C R. 0 ack 961", NULL};

    for (unsigned i = 0; i < script_variant_count; i++) {
        script_run_t *run = begin(&script_variants[i], LIMIT);
        rst_verdict_t before, after;

        feed_all(run, refused);
        before = verdict_on(run, 0);
        run->engine->file.now.time += 3600 * RST_SECOND;
        rst_engine_limit(run->engine, 0);
        rst_keep_make_room(&run->engine->keep);
        g_assert_cmpuint(resets_kept(run->engine), ==, 0);
        rst_engine_classify(run->engine, rst_engine_reset(run->engine, run->id[0]), &run->answers.memory, true, &after);
        g_assert_cmpuint(before.cause, !=, RST_CAUSE_UNDETERMINED);
        g_assert_cmpuint(after.cause, ==, before.cause);
        g_assert_cmpuint(after.sender, ==, before.sender);
        g_assert_cmpuint(after.confidence, ==, MIN(before.confidence, 69));
        g_assert_cmpuint(after.ordinal, ==, before.ordinal);
        g_assert_cmpint(after.first, ==, before.first);
        g_assert_cmpuint(after.evidences, ==, 0);
        g_assert_true(after.idle == RST_DURATION_NONE && after.delay == RST_DURATION_NONE);
        g_assert_nonnull(strstr(after.summary, "dropped to save memory"));
        assert_without_ends(run, rst_engine_reset(run->engine, run->id[0]));
        end(run);
    }
}

/* However many lone resets or refused SYNs end in between, a connection that has ended is still known in full. */
static void test_ended_ones(void)
{
    static const char *const many[] = {"+0.00001 C:%u>T R 1000",
                                       "+0.00001 C:%u>T S 960 mss 1460|+0.00001 T>C:%u R. 0 ack 961"};

    for (unsigned kind = 0; kind < G_N_ELEMENTS(many); kind++) {
        script_run_t *run = begin(&script_variants[0], UINT64_C(1) << 30);
        char **lines = g_strsplit(many[kind], "|", 2);
        rst_conn_t *conn;

        feed_all(run, story);
        conn = (rst_conn_t *)run->reset[0]->conn;
        for (unsigned port = 1; port <= RST_ENDED_MAX + 1; port++) {
            for (char **line = lines; *line; line++) {
                char *text = g_strdup_printf(*line, port);

                script_feed(run, text);
                run->resets = 1;
                g_free(text);
            }
        }
        g_assert_true(conn->awaits_trim);
        g_strfreev(lines);
        end(run);
    }
}

/* Memory stays within the limit and one packet. */
static void test_bound(void)
{
    script_run_t *run = begin(&script_variants[0], LIMIT);

    feed_lone(run, RST_FLAG_ACK, FLOOD);
    g_assert_cmpuint(run->engine->keep.used, <, LIMIT + 8192);
    end(run);
}

/* Resets without end of one connection displace no other connection. */
static void test_storm(void)
{
    script_run_t *run = begin(&script_variants[0], LIMIT / 8);
    rst_verdict_t verdict;

    feed_all(run, story);
    script_feed(run, "+1 A>S P. 961 ack 5001 len 100");
    script_feed(run, "+1 S>A P. 5001 ack 1061 len 100");
    for (unsigned i = 0; i < 3000; i++) {
        rst_segment_t segment = {.src = script_address(run->variant, 'A'),
                                 .dst = script_address(run->variant, 'S'),
                                 .time = run->time + 10 * RST_MILLISECOND,
                                 .seq = 1061,
                                 .flags = RST_FLAG_RST,
                                 .sport = 40000,
                                 .dport = 80,
                                 .ttl = 64,
                                 .ip_id = (uint16_t)i,
                                 .known = RST_HAS_IP | RST_HAS_LENGTH | RST_HAS_IP_ID};

        run->resets = 1;
        script_feed_segment(run, &segment);
    }
    g_assert_cmpuint(conns_of(run)->evicted, >, 0);
    g_assert_cmpuint(run->engine->keep.used, <, LIMIT / 8 + 8192);
    g_assert_cmpuint(verdict_on(run, 0).cause, !=, RST_CAUSE_UNDETERMINED);
    /* Of those that are not judged any more when they go, it is still known that they are not the first. */
    rst_engine_classify(run->engine, rst_engine_reset(run->engine, 101), &run->answers.memory, true, &verdict);
    g_assert_cmpuint(verdict.cause, ==, RST_CAUSE_UNDETERMINED);
    g_assert_cmpuint(verdict.ordinal, ==, 100);
    g_assert_false(verdict.first);
    end(run);
}

/* Connections that stay open: the oldest go, and those that begin now are followed. */
static void test_open_ones(void)
{
    script_run_t *run = begin(&script_variants[0], LIMIT);
    char line[100];

    for (unsigned port = 100; port < 1100; port++) {
        g_snprintf(line, sizeof line, "+0.001 C:%u>S P. 961 ack 5001 len 100", port);
        script_feed(run, line);
        g_snprintf(line, sizeof line, "+0.001 S>C:%u P. 5001 ack 1061 len 100", port);
        script_feed(run, line);
    }
    g_assert_cmpuint(conns_of(run)->evicted, >, 0);
    feed_all(run, story);
    g_assert_cmpuint(verdict_on(run, 0).cause, !=, RST_CAUSE_UNDETERMINED);
    /* The first of them is reset: nobody knows any more what it was. */
    script_feed(run, "+1 S>C:100 R. 5101 ack 1061");
    script_expect(run, __FILE__, __LINE__, "#2 undetermined tells dropped innocent by server");
    g_assert_cmpuint(run->reset[1]->dropped, ==, 2);
    /* The last of them is as before. */
    script_feed(run, "+0.1 S>C:1099 R. 5101 ack 1061");
    script_expect(run, __FILE__, __LINE__, "#3 app_abort");
    /* A new connection on the same ports as one that had to go is judged, with less confidence. */
    script_feed(run, "+1 C:101>S S 700960 mss 1460");
    script_feed(run, "+0.02 S>C:101 S. 705000 ack 700961 mss 1460");
    script_feed(run, "+0.02 C:101>S . 700961 ack 705001");
    script_feed(run, "+0.1 C:101>S P. 700961 ack 705001 len 100");
    script_feed(run, "+0.1 S>C:101 R. 705001 ack 701061");
    script_expect(run, __FILE__, __LINE__, "#4 * 0-45 innocent shows dropped");
    /* An accusation needs still more. */
    script_feed(run, "+1 C:102>S S 800960 mss 1460");
    script_feed(run, "+0.02 S>C:102 S. 805000 ack 800961 mss 1460");
    script_feed(run, "+0.02 C:102>S . 800961 ack 805001");
    script_feed(run, "+0.1 C:102>S P. 800961 ack 805001 len 100");
    script_feed(run, "+0.0001 S>C:102 R. 805001 ack 801061");
    script_feed(run, "+0.1 S>C:102 P. 805001 ack 801061 len 100");
    script_feed(run, "+0.1 C:102>S . 801061 ack 805101");
    script_feed(run, "+0.1 S>C:102 P. 805101 ack 801061 len 100");
    script_expect(run, __FILE__, __LINE__, "#5 unread_data 40-45 by server innocent alt injected");
    end(run);
}

/* A connection between C:101 and S that stays open, and then all has to go. */
static script_run_t *begin_dropped(void)
{
    script_run_t *run = begin(&script_variants[0], LIMIT);

    script_feed(run, "+0.5 C:101>S S 960 mss 1460");
    script_feed(run, "+0.02 S>C:101 S. 5000 ack 961 mss 1460");
    script_feed(run, "+0.02 C:101>S . 961 ack 5001");
    rst_engine_limit(run->engine, 0);
    rst_keep_make_room(&run->engine->keep);
    g_assert_cmpuint(g_hash_table_size(run->engine->table.table), ==, 0);
    rst_engine_limit(run->engine, UINT64_C(1) << 30);
    return run;
}

/* Another one on the same addresses and ports, up to the third step of its handshake. */
static void open_again(script_run_t *run)
{
    script_feed(run, "+1 C:101>S S 700960 mss 1460");
    script_feed(run, "+0.02 S>C:101 S. 705000 ack 700961 mss 1460");
    script_feed(run, "+0.02 C:101>S . 700961 ack 705001");
}

/* A straggler in between is not all that there was before the new connection. What shows its own SYN is: for the one
 * after it, nothing is missing. */
static void test_straggler(void)
{
    script_run_t *run = begin_dropped();

    script_feed(run, "+0.1 C:101>S . 961 ack 5001");
    open_again(run);
    script_feed(run, "+0.1 S>C:101 R. 705001 ack 700961");
    script_expect(run, __FILE__, __LINE__, "#1 * 0-45 innocent shows dropped");
    g_assert_cmpuint(run->reset[0]->dropped, ==, 3);
    script_feed(run, "+1 C:101>S S 900960 mss 1460");
    script_feed(run, "+0.02 S>C:101 S. 905000 ack 900961 mss 1460");
    script_feed(run, "+0.02 C:101>S . 900961 ack 905001");
    script_feed(run, "+0.1 S>C:101 R. 905001 ack 900961");
    g_assert_cmpuint(run->resets, ==, 2);
    g_assert_cmpuint(run->reset[1]->dropped, ==, 0);
    end(run);
}

/* Nor does a summary of the new connection forget that something had to go before it. */
static void test_summary(void)
{
    script_run_t *run = begin_dropped();
    char line[100];

    open_again(run);
    script_feed(run, "+0.1 C:101>S F. 700961 ack 705001");
    script_feed(run, "+0.1 S>C:101 F. 705001 ack 700962");
    script_feed(run, "+0.1 C:101>S . 700962 ack 705002");
    for (unsigned port = 1000; port < 1001 + RST_ENDED_MAX; port++) {
        g_snprintf(line, sizeof line, "+0.01 C:%u>S F. 961 ack 5001", port);
        script_feed(run, line);
        g_snprintf(line, sizeof line, "+0.01 S>C:%u F. 5001 ack 962", port);
        script_feed(run, line);
    }
    script_feed(run, "+1 S>C:101 R 705002");
    g_assert_true(run->reset[0]->from_closed_summary);
    g_assert_cmpuint(run->reset[0]->dropped, ==, 3);
    end(run);
}

/* A connection that begins after a burst has not survived it, whatever was there before. */
static void test_no_survivor(void)
{
    script_run_t *run = begin_dropped();

    script_feed(run, "+1 C:200>S P. 961 ack 5001 len 100");
    script_feed(run, "+0.1 S>C:200 P. 5001 ack 1061 len 100");
    script_feed(run, "+1 S>C:200 R. 5101 ack 1061");
    open_again(run);
    script_feed(run, "+0.1 S>C:101 P. 705001 ack 700961 len 100");
    g_assert_nonnull(run->reset[0]->burst);
    g_assert_false(run->reset[0]->burst->survived);
    end(run);
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/forget/lone", test_lone},
        {"/forget/lone-resets", test_lone_resets},
        {"/forget/remains", test_remains},
        {"/forget/ended", test_ended_ones},
        {"/forget/bound", test_bound},
        {"/forget/storm", test_storm},
        {"/forget/open", test_open_ones},
        {"/forget/straggler", test_straggler},
        {"/forget/summary", test_summary},
        {"/forget/survivor", test_no_survivor},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
