/* test_race.c
 * Tests of attempts that race each other: over both IP versions, on the way into and out of what is kept of them, and
 * where there were more than are kept.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/attempts.h"
#include "script.h"

#define SCRIPT(...) ((const char *const[]){__VA_ARGS__, NULL})

/* A line that begins with "6 " is sent over IPv6. */
static void feed(script_run_t *run, const char *const *lines)
{
    static const script_variant_t ipv6 = {.name = "IPv6", .ipv6 = true};

    for (; *lines; lines++) {
        bool other = g_str_has_prefix(*lines, "6 ");

        run->variant = other ? &ipv6 : &script_variants[0];
        script_feed(run, *lines + (other ? 2 : 0));
    }
    run->variant = &script_variants[0];
}

static script_run_t *begin(const char *const *lines)
{
    script_run_t *run = g_new(script_run_t, 1);

    feed(run, script_begin(run, &script_variants[0], lines));
    return run;
}

/* Whatever is found by a link-layer address knows where, and leaves nothing behind when it goes. */
static void check_rings(const script_run_t *run)
{
    for (unsigned ring = 0; ring < RST_RECENT_RINGS; ring++) {
        for (unsigned i = 0; i < RST_RECENT_MAX; i++) {
            const rst_conn_t *conn = run->engine->recent[ring].conn[i];

            g_assert_true(!conn || conn->ring == ring + 1);
        }
    }
}

static void end(script_run_t *run, int line, const char *expected)
{
    rst_keep_t *keep = &run->engine->keep;

    check_rings(run);
    rst_engine_finish_pass(run->engine);
    script_expect(run, __FILE__, line, expected);
    rst_engine_limit(run->engine, 0);
    rst_keep_make_room(keep);
    for (unsigned ring = 0; ring < RST_RECENT_RINGS; ring++) {
        for (unsigned i = 0; i < RST_RECENT_MAX; i++)
            g_assert_null(run->engine->recent[ring].conn[i]);
    }
    script_close(run);
    g_free(run);
}

#define CHECK(expected, ...) end(begin(SCRIPT(__VA_ARGS__)), __LINE__, expected)

/* An attempt that is used, and one that is left when its answer comes. link is that of the used one. */
#define USED(link)                                                                                                     \
    "0.250 C:2>E:443 S 2000 " link, "0.270 E:443>C:2 S. 6000 ack 2001", "0.271 C:2>E:443 . 2001 ack 6001 " link,       \
        "0.272 C:2>E:443 P. 2001 ack 6001 len 200 " link
#define USED_6(link)                                                                                                   \
    "6 0.250 C:2>E:443 S 2000 " link, "6 0.270 E:443>C:2 S. 6000 ack 2001", "6 0.271 C:2>E:443 . 2001 ack 6001 " link, \
        "6 0.272 C:2>E:443 P. 2001 ack 6001 len 200 " link
#define LEFT(version, link) version "0.300 D:443>C:1 S. 5000 ack 1001", version "0.301 C:1>D:443 R 1001 " link

static void test_versions(void)
{
    CHECK("connection_race 60-75 by client", "0 C:1>D:443 S 1000 link 7", USED_6("link 7"), LEFT("", "link 7"));
    CHECK("connection_race 60-75 by client", "6 0 C:1>D:443 S 1000 link 7", USED("link 7"), LEFT("6 ", "link 7"));
    /* Another client, whose attempts are found at the same place. */
    CHECK("* not connection_race", "0 C:1>D:443 S 1000 link 7", USED_6("link 71"), LEFT("", "link 7"));
    /* Nothing tells whose they are. */
    CHECK("* not connection_race", "0 C:1>D:443 S 1000", USED_6(""), LEFT("", ""));
    CHECK("* not connection_race", "0 C:1>D:443 S 1000", USED_6("link 7"), LEFT("", ""));
    /* Of one attempt, two interfaces of the capturing host show different ends. */
    CHECK("* not connection_race", "0 A>B S 1 interface 2", "0 C:1>D:443 S 1000 link 7 interface 1",
          "6 0.250 C:2>E:443 S 2000 link 7 interface 2", "6 0.270 E:443>C:2 S. 6000 ack 2001 interface 2",
          "6 0.272 C:2>E:443 P. 2001 ack 6001 len 200 link 7 interface 2",
          "0.300 D:443>C:1 S. 5000 ack 1001 interface 1", "0.301 C:1>D:443 R 1001 link 7 interface 1");
}

static void test_which(void)
{
    /* The other attempt was opened, but nothing was sent over it. */
    CHECK("* not connection_race", "0 C:1>D:443 S 1000", "0.250 C:2>E:443 S 2000", "0.270 E:443>C:2 S. 6000 ack 2001",
          "0.271 C:2>E:443 . 2001 ack 6001", LEFT("", ""));
    /* The client sends, or the server speaks first. */
    CHECK("connection_race", "0 C:1>D:443 S 1000", USED(""), LEFT("", ""));
    CHECK("connection_race", "0 C:1>D:443 S 1000", "0.250 C:2>E:443 S 2000", "0.270 E:443>C:2 S. 6000 ack 2001",
          "0.271 C:2>E:443 . 2001 ack 6001", "0.272 E:443>C:2 P. 6001 ack 2001 len 9", LEFT("", ""));
    /* Whatever else was tried before. */
    CHECK("connection_race", "0 C:8>D:22 S 1", "0 D:22>C:8 S. 1 ack 2", "0 C:9>D:22 S 1", "0 D:22>C:9 S. 1 ack 2",
          "0 C:1>D:443 S 1000", USED(""), LEFT("", ""));
    CHECK("connection_race", "0 C:8>D:22 S 1", "0 D:22>C:8 S. 1 ack 2", "0 C:9>D:22 S 1", "0 D:22>C:9 S. 1 ack 2",
          "0 C:2>E:443 S 2000", "0.2 C:1>D:443 S 1000", "0.270 E:443>C:2 S. 6000 ack 2001",
          "0.271 C:2>E:443 . 2001 ack 6001", "0.272 C:2>E:443 P. 2001 ack 6001 len 200", LEFT("", ""));
    /* The other port of the same server explains more than another server. */
    CHECK("smb_dual_connect by client never connection_race", "0 C:2>E:139 S 2000", "0.01 E:139>C:2 S. 6000 ack 2001",
          "0.011 C:2>E:139 . 2001 ack 6001", "0.012 C:2>E:139 P. 2001 ack 6001 len 100", "0.1 C:1>D:139 S 1000",
          "0.11 C:3>D:445 S 3000", "0.12 D:445>C:3 S. 7000 ack 3001", "0.121 C:3>D:445 . 3001 ack 7001",
          "0.122 C:3>D:445 P. 3001 ack 7001 len 100", "0.13 D:139>C:1 S. 5000 ack 1001", "0.131 C:1>D:139 R 1001");
}

/* An attempt is kept for its connection and for each reset that refers to it. */
static void test_users(void)
{
    script_run_t *run = begin(SCRIPT("0 C:1>D:443 S 1000", USED(""), LEFT("", "")));

    g_assert_cmpuint(run->reset[0]->sibling->users, ==, 2);
    end(run, __LINE__, "connection_race");
}

/* The client waits eight seconds for the answer, and leaves. */
#define LATE(version, time, late, link)                                                                                \
    version time " C:1>D:443 S 1000 mss 1460 " link, version late ".0 D:443>C:1 S. 5000 ack 1001",                     \
        version late ".001 C:1>D:443 R 1001 " link

/* As many others before, each answered at once. */
static script_run_t *begin_many(const char *version, unsigned many, const char *to, const char *time, const char *link,
                                const char *const *lines)
{
    script_run_t *run = begin(SCRIPT("pref memory_mb 64"));

    for (unsigned i = 0; i < many; i++) {
        char *syn = g_strdup_printf("%s%s C:%u>%s S 1000 %s", version, time, 100 + i, to, link);
        char *syn_ack = g_strdup_printf("%s%s %s>C:%u S. 5000 ack 1001", version, time, to, 100 + i);

        feed(run, SCRIPT(syn, syn_ack));
        g_free(syn);
        g_free(syn_ack);
    }
    feed(run, lines);
    return run;
}

#define CHECK_MANY(expected, version, many, to, time, link, ...)                                                       \
    end(begin_many(version, many, to, time, link, SCRIPT(__VA_ARGS__)), __LINE__, expected)

#define KNOWN "connect_aborted 85-85 hides tried"
#define UNKNOWN "connect_aborted 69-69 by client shows tried"

/* The client's own attempts: all are kept up to the last place, which this one takes. */
static void test_own(void)
{
    CHECK_MANY(KNOWN, "", RST_RECENT_MAX - 1, "T:22", "0", "", LATE("", "0.1", "8", ""));
    CHECK_MANY(UNKNOWN, "", RST_RECENT_MAX, "T:22", "0", "", LATE("", "0.1", "8", ""));
    /* A repeated SYN is no other attempt. */
    CHECK_MANY(KNOWN, "", RST_RECENT_MAX - 1, "T:22", "0", "", "0.1 C:1>D:443 S 1000 mss 1460",
               LATE("", "1.1", "9", ""));
    /* Those that had to go began so long before that they raced nothing of now. */
    CHECK_MANY(UNKNOWN, "", RST_RECENT_MAX, "T:22", "0", "", LATE("", "2", "10", ""));
    CHECK_MANY(KNOWN, "", RST_RECENT_MAX, "T:22", "0", "", LATE("", "2.000001", "10", ""));
    CHECK_MANY(KNOWN, "", RST_RECENT_MAX, "T:22", "0", "", LATE("", "100", "108", ""));
}

/* Those over the other IP version have places of their own. These are too close to have raced the one that is left. */
static void test_other_version(void)
{
    CHECK_MANY(KNOWN, "6 ", RST_RECENT_MAX, "T:443", "0.08", "link 7", LATE("", "0.1", "8", "link 7"));
    CHECK_MANY(UNKNOWN, "6 ", RST_RECENT_MAX + 1, "T:443", "0.08", "link 7", LATE("", "0.1", "8", "link 7"));
    CHECK_MANY(UNKNOWN, "", RST_RECENT_MAX + 1, "T:443", "0.08", "link 7", LATE("6 ", "0.1", "8", "link 7"));
    /* Of another client, or nobody knows. */
    CHECK_MANY(KNOWN, "6 ", RST_RECENT_MAX + 1, "T:443", "0.08", "link 8", LATE("", "0.1", "8", "link 7"));
    CHECK_MANY(KNOWN, "6 ", RST_RECENT_MAX + 1, "T:443", "0.08", "", LATE("", "0.1", "8", ""));
    CHECK_MANY(KNOWN, "6 ", RST_RECENT_MAX + 1, "T:443", "0.08", "link 7", LATE("", "100", "108", "link 7"));
}

/* The same addresses and ports again, by way of another link-layer address: it is found there alone. */
static void test_moved(void)
{
#define AGAIN(link)                                                                                                    \
    "6 0 C:2>E:443 S 2000 link 7", "6 0.01 E:443>C:2 R. =0 ack 2001", "6 100 C:2>E:443 S 900000 " link,                \
        "100.1 C:1>D:443 S 1000 mss 1460 link 7", "6 100.11 E:443>C:2 S. 700000 ack 900001",                           \
        "6 100.12 C:2>E:443 P. 900001 ack 700001 len 100"
#define WAITED "108 D:443>C:1 S. 5000 ack 1001", "108.001 C:1>D:443 R 1001 link 7"
    CHECK("#2 connection_race", AGAIN("link 7"), WAITED);
    CHECK("#2 " KNOWN, AGAIN("link 8"), WAITED);
}

/* The other attempt gives way to save memory, over either version. */
static void check_dropped(int line, const char *version, const char *const *more)
{
    char *syn = g_strdup_printf("%s0 C:2>E:443 S 2000 link 7", version);
    char *reset = g_strdup_printf("%s0 E:443>C:2 R. =0 ack 2001", version);
    script_run_t *run =
        begin(SCRIPT(syn, reset, "0.1 C:1>D:443 S 1000 mss 1460 link 7", "8 D:443>C:1 S. 5000 ack 1001"));

    rst_engine_limit(run->engine, run->engine->keep.used - 1);
    feed(run, more);
    g_assert_cmpuint(run->engine->keep.kind[RST_KIND_CONNS].evicted, ==, 1);
    end(run, line, UNKNOWN);
    g_free(syn);
    g_free(reset);
}

static void test_dropped(void)
{
    check_dropped(__LINE__, "", SCRIPT("8.001 C:1>D:443 R 1001 link 7"));
    check_dropped(__LINE__, "6 ", SCRIPT("8.001 C:1>D:443 R 1001 link 7"));
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/race/versions", test_versions},
        {"/race/which", test_which},
        {"/race/users", test_users},
        {"/race/own", test_own},
        {"/race/other_version", test_other_version},
        {"/race/moved", test_moved},
        {"/race/dropped", test_dropped},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
