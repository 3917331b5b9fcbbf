/* test_unkept.c
 * Tests of what is not known because the tables had no room for it: floods take nothing from others, and where
 * something did go, the confidence falls and the verdict says why.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "engine/fold.h"
#include "engine/state.h"
#include "judge/judge.h"
#include "judge/unkept.h"
#include "script.h"

static void check_packets(const rst_rule_t *rule)
{
    static const uint32_t counts =
        RST_RULE_RETRANSMISSIONS | RST_RULE_KEEPALIVES | RST_RULE_WINDOW_PROBES | RST_RULE_SYNACKS;

    /* What is said of one direction is not taken for complete. */
    if ((rule->flags & counts) && !g_str_has_suffix(rule->name, "_one_way") && !(rule->flags & RST_NEEDS_REPLIES))
        g_error("%s counts what was sent in vain: RST_NEEDS_REPLIES", rule->name);
    if ((rule->cause == RST_CAUSE_DEVICE_IDLE_TIMEOUT || rule->cause == RST_CAUSE_APP_TIMEOUT ||
         rule->cause == RST_CAUSE_FIN_WAIT_TIMEOUT) &&
        !(rule->flags & RST_NEEDS_SILENCE))
        g_error("%s measures a silence: RST_NEEDS_SILENCE", rule->name);
    if ((rule->flags & RST_RULE_BY_ELIMINATION) && !(rule->flags & RST_NEEDS_STATEMENT))
        g_error("%s finds nothing else: RST_NEEDS_STATEMENT", rule->name);
}

/* Each row says what it takes for absent, or that it takes nothing for absent. */
static void test_declared(void)
{
    rst_chosen_t *chosen = g_new0(rst_chosen_t, 1);
    rst_judge_t judge;
    unsigned rows = 0;

    rst_judge_open(&judge, chosen, NULL, NULL);
    for (unsigned form = 0; form < RST_FORM_COUNT; form++) {
        for (const rst_rule_t *const *rule = rst_judge_rules(&judge, (rst_form_t)form, false); *rule; rule++, rows++) {
            bool nothing = ((*rule)->flags & RST_NEEDS_NOTHING) != 0;

            if (nothing == (((*rule)->flags & RST_NEEDS_ALL) != 0))
                g_error("%s does not say what it takes for absent", (*rule)->name);
            check_packets(*rule);
        }
    }
    g_assert_cmpuint(rows, >, 100);
    g_free(chosen);
}

#define SCRIPT(...) ((const char *const[]){__VA_ARGS__, NULL})

/* SMB over two ports; a firewall nearer than the host; a device that is nearer than the host; a periodic check. */
#define SMB                                                                                                            \
    "0.000 C:1>S:445 S 1000", "0.010 C:2>S:139 S 2000", "0.020 S:445>C:1 S. 5000 ack 1001",                            \
        "0.021 C:1>S:445 . 1001 ack 5001", "0.022 C:1>S:445 P. 1001 ack 5001 len 100",                                 \
        "0.030 S:139>C:2 R. =0 ack 2001"
#define FIREWALL                                                                                                       \
    "0.00 C:1>S S 1000", "0.04 S>C:1 S. 5000 ack 1001 ttl 54", "0.041 C:1>S . 1001 ack 5001 ttl 64",                   \
        "0.10 C:2>S:82 S 1000", "0.14 S:82>C:2 S. 5000 ack 1001 ttl 54", "0.141 C:2>S:82 . 1001 ack 5001 ttl 64",      \
        "0.2 C:3>S:83 S 1000", "0.241 S:83>C:3 S. 5000 ack 1001 ttl 54", "0.2411 C:3>S:83 . 1001 ack 5001 ttl 64",     \
        "1.000 C:4>S:81 S 1000", "1.002 S:81>C:4 R. =0 ack 1001 ttl 61"
#define OPENED(at, port)                                                                                               \
    at ".00 C:" port ">S S 1000 ttl 64", at ".02 S>C:" port " S. 5000 ack 1001 ttl 54",                                \
        at ".021 C:" port ">S . 1001 ack 5001 ttl 64"
#define DEVICE                                                                                                         \
    OPENED("0", "1"), OPENED("1", "2"), OPENED("2", "3"), "400 C:3>S P. 1001 ack 5001 len 100 ttl 64",                 \
        "400.02 S>C:3 R 5001 ttl 62"
#define VISIT(time, port)                                                                                              \
    time ".0 C:" port ">S S 1000 mss 1460 ws 7 sack", time ".02 S>C:" port " S. 5000 ack 1001",                        \
        time ".021 C:" port ">S . 1001 ack 5001", time ".022 C:" port ">S R. 1001 ack 5001"
#define VISITS VISIT("10", "1"), VISIT("15", "2"), VISIT("20", "3"), VISIT("25", "4")

#define FLOOD 70000

/* Lone segments of invented sources. */
static void flood(script_run_t *run, uint64_t seed)
{
    static const uint8_t flags[] = {RST_FLAG_SYN, RST_FLAG_ACK, RST_FLAG_RST, RST_FLAG_SYN | RST_FLAG_ACK};

    unsigned resets = run->resets;

    for (unsigned i = 0; i < FLOOD; i++) {
        rst_segment_t segment = {.flags = flags[i % 4], .sport = 5, .dport = 80, .seq = i, .time = run->variant->epoch};

        segment.src = (rst_address_t){{seed << 48 | i, i * UINT64_C(0x9e3779b97f4a7c15)}, 16};
        segment.dst = script_address(run->variant, 'S');
        segment.dst.size = 16;
        segment.known = RST_HAS_LENGTH | RST_HAS_OPTIONS | RST_HAS_WINDOW;
        script_feed_segment(run, &segment);
        run->resets = resets;
    }
}

/* The verdict stays, whether the flood comes before or after. */
static void check_flooded(int line, const char *expected, const char *const *lines)
{
    for (unsigned after = 0; after < 2; after++) {
        script_run_t *run = g_new(script_run_t, 1);
        const char *const *at = script_begin(run, &script_variants[0], lines);

        if (!after)
            flood(run, 1);
        for (; *at; at++)
            script_feed(run, *at);
        if (after)
            flood(run, 2);
        rst_engine_finish_pass(run->engine);
        script_expect(run, __FILE__, line, expected);
        script_close(run);
        g_free(run);
    }
}

static void test_flooded(void)
{
    check_flooded(__LINE__, "smb_dual_connect 95-95 by server hides dropped", SCRIPT("pref memory_mb 1", SMB));
    check_flooded(__LINE__, "firewall_reject 90-90 by middlebox hides dropped", SCRIPT("pref memory_mb 1", FIREWALL));
    check_flooded(__LINE__, "device_idle_timeout 60-60 by middlebox hides dropped", SCRIPT("pref memory_mb 1", DEVICE));
    check_flooded(__LINE__, "health_check 88-88 by client hides dropped", SCRIPT("pref memory_mb 1", VISITS));
}

typedef enum missing {
    MISSING_NOTHING,
    MISSING_HOST, /* the sender's */
    MISSING_PEER,
    MISSING_SERVICE,
    MISSING_ATTEMPTS
} missing_t;

static void take_away(rst_reset_t *reset, missing_t missing)
{
    rst_moment_t before = {1, reset->at.time};

    switch (missing) {
    case MISSING_HOST:
        reset->host[reset->from]->lost = before;
        break;
    case MISSING_PEER:
        reset->host[1 - reset->from]->lost = before;
        break;
    case MISSING_SERVICE:
        reset->service->lost = before;
        break;
    case MISSING_ATTEMPTS:
        reset->attempts_unkept = true;
        break;
    default:
        break;
    }
}

static void check_missing(int line, missing_t missing, const char *expected, const char *const *lines)
{
    script_run_t *run = g_new(script_run_t, 1);

    script_open(run, &script_variants[0], lines);
    rst_engine_finish_pass(run->engine);
    take_away((rst_reset_t *)rst_fold_reset(run->engine, rst_roll_count(&run->engine->roll)), missing);
    script_audit(run, run->resets - 1);
    script_expect(run, __FILE__, line, expected);
    script_close(run);
    g_free(run);
}

#define CHECK_MISSING(missing, expected, ...) check_missing(__LINE__, missing, expected, SCRIPT(__VA_ARGS__))

#define CLOSED "0 C>S S 1000", "0.02 S>C R. =0 ack 1001 ttl 54"

static void test_distance(void)
{
    CHECK_MISSING(MISSING_NOTHING, "closed_port 86-86 hides dropped", CLOSED);
    CHECK_MISSING(MISSING_HOST, "closed_port 69-69 by server shows came", CLOSED);
    CHECK_MISSING(MISSING_PEER, "closed_port 86-86 hides dropped", CLOSED);
    /* Whoever is accused may be cleared by what is missing. */
    CHECK_MISSING(MISSING_NOTHING, "firewall_reject 90-90 by middlebox hides dropped", FIREWALL);
    CHECK_MISSING(MISSING_HOST, "firewall_reject 49-49 by unknown shows came", FIREWALL);
    CHECK_MISSING(MISSING_HOST, "device_idle_timeout 49-49 by unknown shows came", DEVICE);
}

/* The connection shows the distance itself, but not what its host does elsewhere. */
static void test_endings(void)
{
    CHECK_MISSING(MISSING_NOTHING, "app_abort 75-75 hides dropped", SCRIPT_TALK, "0.5 S>C R. 5201 ack 1101 ttl 54");
    CHECK_MISSING(MISSING_HOST, "app_abort 69-69 by server shows ended hides came", SCRIPT_TALK,
                  "0.5 S>C R. 5201 ack 1101 ttl 54");
}

static void test_service(void)
{
    CHECK_MISSING(MISSING_SERVICE, "closed_port 69-69 by server shows accepted", CLOSED);
    CHECK_MISSING(MISSING_SERVICE, "app_abort 69-69 by server shows accepted", SCRIPT_TALK,
                  "0.5 S>C R. 5201 ack 1101 ttl 54");
    CHECK_MISSING(MISSING_SERVICE, "app_abort 75-75 by client hides dropped", SCRIPT_TALK,
                  "0.5 C>S R. 1101 ack 5201 ttl 64");
}

/* The client waits so long for the SYN-ACK that it gives up. */
#define LATE "0 C>S S 1000 mss 1460 ws 7 sack", "8 S>C S. 5000 ack 1001", "8.001 C>S R 1001"

static void test_visits(void)
{
    CHECK_MISSING(MISSING_NOTHING, "connect_aborted 85-85 hides dropped", LATE);
    CHECK_MISSING(MISSING_SERVICE, "connect_aborted 69-69 by client shows regular", LATE);
}

static void test_attempts(void)
{
    CHECK_MISSING(MISSING_ATTEMPTS, "connect_aborted 69-69 by client shows tried", LATE);
    CHECK_MISSING(MISSING_ATTEMPTS, "closed_port 86-86 hides dropped", CLOSED);
    CHECK_MISSING(MISSING_PEER, "closed_port 69-69 shows tried", "0 C>S:445 S 1000",
                  "0.02 S:445>C R. =0 ack 1001 ttl 54");
}

/* The other attempt of a pair gives way, and the late reset of this one is not taken for a lone one. */
static void test_attempt_dropped(void)
{
    const char *const *lines = SCRIPT("0 C:1>S:445 S 1000", "0 S:445>C:1 R. 5000 ack 1001", "0.01 C:2>S:139 S 2000",
                                      "600 S:139>C:2 S. 6000 ack 2001", "600.001 C:2>S:139 R 2001");
    script_run_t *run = g_new(script_run_t, 1);
    const char *const *at = script_begin(run, &script_variants[0], lines);

    for (unsigned i = 0; i < 4; i++)
        script_feed(run, *at++);
    rst_engine_limit(run->engine, run->engine->keep.used - 1);
    script_feed(run, *at);
    g_assert_cmpuint(run->engine->keep.kind[RST_KIND_CONNS].evicted, ==, 1);
    rst_engine_finish_pass(run->engine);
    script_expect(run, __FILE__, __LINE__, "connect_aborted 69-69 by client shows tried");
    script_close(run);
    g_free(run);
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/unkept/declared", test_declared},
        {"/unkept/flooded", test_flooded},
        {"/unkept/distance", test_distance},
        {"/unkept/endings", test_endings},
        {"/unkept/service", test_service},
        {"/unkept/visits", test_visits},
        {"/unkept/attempts", test_attempts},
        {"/unkept/attempt_dropped", test_attempt_dropped},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
