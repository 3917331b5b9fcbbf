/* test_findings.c
 * Tests of failures without a reset: SYNs or data that nobody answers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

/* One finding on the given frame, and none elsewhere. frame 0 = none at all. */
static void check_finding(int line, uint32_t frame, rst_finding_kind_t kind, unsigned count, const char *const *lines)
{
    for (unsigned i = 0; i < script_variant_count; i++) {
        script_run_t *run = g_new(script_run_t, 1);
        rst_finding_t finding;

        script_open(run, &script_variants[i], lines);
        for (uint32_t at = 1; at <= run->frame; at++) {
            bool found = rst_engine_finding(run->engine, at, &run->answers.memory, &finding);

            if (found != (at == frame)) {
                g_test_message("%s:%d [%s] frame %u: %s", __FILE__, line, script_variants[i].name, at,
                               found ? finding.summary : "nothing found");
                g_test_fail();
            }
            if (!found || at != frame)
                continue;
            g_assert_cmpuint(finding.kind, ==, kind);
            g_assert_cmpuint(finding.count, ==, count);
            g_assert_cmpuint(strlen(finding.summary), >, 0);
            g_assert_cmpuint(strlen(finding.server), >, 0);
        }
        script_close(run);
        g_free(run);
    }
}

#define check_finds(frame, kind, count, ...)                                                                           \
    check_finding(__LINE__, (frame), (kind), (count), (const char *const[]){ __VA_ARGS__, NULL })
#define check_finds_none(...) check_finding(__LINE__, 0, RST_FINDING_COUNT, 0, (const char *const[]){ __VA_ARGS__,     \
    NULL })

static void test_syn_timeout(void)
{
    check_finds(3, RST_FINDING_SYN_TIMEOUT, 3, "0 C>S S 1000 id 1", "1 C>S S 1000 id 2", "3 C>S S 1000 id 3");
    /* Two count when the capture goes on for longer than the wait between them. */
    check_finds(2, RST_FINDING_SYN_TIMEOUT, 2, "0 C>S S 1000 id 1", "1 C>S S 1000 id 2", "9 none");
    check_finds_none("0 C>S S 1000 id 1", "1 C>S S 1000 id 2", "1.5 none");
    check_finds_none("0 C>S S 1000 id 1", "90 none");
    /* Any answer ends it: a refusal, or only an ACK. */
    check_finds_none("0 C>S S 1000 id 1", "1 C>S S 1000 id 2", "3 C>S S 1000 id 3", "3.1 S>C R. =0 ack 1001",
                     "90 none");
    check_finds_none("0 C>S S 1000 id 1", "1 C>S S 1000 id 2", "3 C>S S 1000 id 3", "3.1 S>C . 7000 ack 900",
                     "90 none");
    /* The same packet captured three times is one SYN. */
    check_finds_none("0 C>S S 1000 id 1 ttl 64", "0.00001 C>S S 1000 id 1 ttl 63", "0.00002 C>S S 1000 id 1 ttl 62",
                     "90 none");
    /* Given up, then tried again on the same ports: the first attempt is not forgotten. */
    check_finds(3, RST_FINDING_SYN_TIMEOUT, 3, "0 C>S S 1000 id 1", "1 C>S S 1000 id 2", "3 C>S S 1000 id 3",
                "60 C>S S 9000 id 4", "60.02 S>C S. 5000 ack 9001", "60.03 C>S . 9001 ack 5001");
    /* No timestamps: three are enough, two are not. */
    check_finds(3, RST_FINDING_SYN_TIMEOUT, 3, "- C>S S 1000 id 1", "- C>S S 1000 id 2", "- C>S S 1000 id 3");
    check_finds_none("- C>S S 1000 id 1", "- C>S S 1000 id 2", "- none");
    /* Repeated SYN-ACKs are another failure, and only a reset reports it. */
    check_finds_none("0 S>C S. 5000 ack 1001 id 1", "1 S>C S. 5000 ack 1001 id 2", "3 S>C S. 5000 ack 1001 id 3",
                     "90 none");
}

/* The same on ports that were in use: frames 9 and later, after a connection that was reset. */
#define WAS_RESET SCRIPT_TALK, "2 S>C R. 5201 ack 1101"

static void test_attempt_unanswered(void)
{
    check_finds(11, RST_FINDING_SYN_TIMEOUT, 3, WAS_RESET, "3 C>S S 9000 id 150 ttl 64", "4 C>S S 9000 id 151 ttl 64",
                "6 C>S S 9000 id 152 ttl 64");
    check_finds(10, RST_FINDING_SYN_TIMEOUT, 2, WAS_RESET, "3 C>S S 9000 id 150 ttl 64", "4 C>S S 9000 id 151 ttl 64",
                "5.1 none");
    check_finds_none(WAS_RESET, "3 C>S S 9000 id 150 ttl 64", "4 C>S S 9000 id 151 ttl 64", "5 none");
    check_finds_none(WAS_RESET, "3 C>S S 9000 id 150 ttl 64", "9 none");
    check_finds_none(WAS_RESET, "3 S>C S. 9000 ack 77 id 150 ttl 54", "4 S>C S. 9000 ack 77 id 151 ttl 54",
                     "6 S>C S. 9000 ack 77 id 152 ttl 54", "9 none");
}

#define COPY(time, id) time " C>S P. 1101 ack 5201 len 40 id " id
#define SIX COPY("1.0", "301"), COPY("1.3", "302"), COPY("1.9", "303"), COPY("3.1", "304"), COPY("5.5", "305"),        \
    COPY("10.3", "306")

static void test_silent_give_up(void)
{
    check_finds(13, RST_FINDING_SILENT_GIVE_UP, 6, SCRIPT_TALK, SIX, "40 none");
    /* Not yet given up when the capture ends. */
    check_finds_none(SCRIPT_TALK, SIX);
    check_finds_none(SCRIPT_TALK, SIX, "12 none");
    /* Acknowledged late, reset, or asked for again by a living peer. */
    check_finds_none(SCRIPT_TALK, SIX, "12 S>C . 5201 ack 1141", "40 none");
    check_finds_none(SCRIPT_TALK, SIX, "19.9 C>S R. 1141 ack 5201", "40 none");
    check_finds_none(SCRIPT_TALK, SIX, "12 S>C . 5201 ack 1101 win 300", "40 none");
    /* Five copies with a threshold of five retransmissions. */
    check_finds_none(SCRIPT_TALK, COPY("1.0", "301"), COPY("1.3", "302"), COPY("1.9", "303"), COPY("3.1", "304"),
                     COPY("5.5", "305"), "40 none");
    /* Different segments. */
    check_finds_none(SCRIPT_TALK, "1 C>S P. 1101 ack 5201 len 10", "2 C>S P. 1111 ack 5201 len 10",
                     "3 C>S P. 1121 ack 5201 len 10", "4 C>S P. 1131 ack 5201 len 10", "5 C>S P. 1141 ack 5201 len 10",
                     "6 C>S P. 1151 ack 5201 len 10", "7 C>S P. 1161 ack 5201 len 10", "99 none");
    /* Mirrored: three retransmissions, not seven. */
    check_finds_none(SCRIPT_TALK, COPY("1.0", "301"), COPY("1.00001", "301"), COPY("1.3", "302"), COPY("1.30001",
                     "302"),
                     COPY("1.9", "303"), COPY("1.90001", "303"), COPY("3.1", "304"), COPY("3.10001", "304"), "40 none");
    check_finds_none("pref retx_threshold 7", SCRIPT_TALK, SIX, "40 none");
}

/* One finding of ICMP on the given frame; its sentence contains a text. */
static void check_unreachable_at(int line, uint32_t frame, unsigned count, const char *text, const char *const *lines)
{
    check_finding(line, frame, RST_FINDING_ICMP_UNREACHABLE, count, lines);
    for (unsigned i = 0; i < script_variant_count; i++) {
        script_run_t *run = g_new(script_run_t, 1);
        rst_finding_t finding;

        script_open(run, &script_variants[i], lines);
        if (rst_engine_finding(run->engine, frame, &run->answers.memory, &finding) && !strstr(finding.summary, text)) {
            g_test_message("%s:%d [%s] %s", __FILE__, line, script_variants[i].name, finding.summary);
            g_test_fail();
        }
        script_close(run);
        g_free(run);
    }
}

#define check_unreachable(frame, count, text, ...)                                                                     \
    check_unreachable_at(__LINE__, (frame), (count), (text), (const char *const[]){ __VA_ARGS__, NULL })

#define SYNS "0 C>S S 1000 id 1", "1 C>S S 1000 id 2", "3 C>S S 1000 id 3"

static void test_unreachable(void)
{
    /* A single SYN, the firewall of its way says no. The silence afterward is not a second failure. */
    check_unreachable(2, 1, "on the path answered ICMP communication administratively prohibited (a packet filter forbids it)",
                      "0 C>S S 1000 id 1", "0.01 C>S icmp 3 13 by R id 1", "90 none");
    check_unreachable(6, 3, "unreachable (the last router does not find the host, which is down or has another address), 3 times in 3.0 s", "0 C>S S 1000 id 1",
                      "0.01 C>S icmp 3 1 by R id 1", "1 C>S S 1000 id 2", "1.01 C>S icmp 3 1 by R id 2",
                      "3 C>S S 1000 id 3", "3.01 C>S icmp 3 1 by R id 3", "90 none");
    /* The capture shows nothing but the error. */
    check_unreachable(1, 1, "ICMP port unreachable (a packet filter rejects it", "0 C>S icmp 3 3");
    /* The same error captured twice. */
    check_unreachable(2, 1, "over TCP", "0 C>S S 1000 id 1", "0.01 C>S icmp 3 1 by R id 1", "0.0100001 C>S icmp 3 1 by R id 1");
    /* UDP: what a reset is for TCP. */
    check_unreachable(1, 1, "over UDP: the host itself answered ICMP port unreachable (nobody listens on that port,",
                      "0 C>S:3343 icmp 3 3 udp id 1");
    /* A TCP connection of the same addresses and ports has nothing to do with it. */
    check_unreachable(4, 1, "over UDP", SCRIPT_OPEN, "1 C>S icmp 3 3 udp id 1");
}

/* What lives on, or is told by a reset, is no failure of this kind. */
static void test_not_unreachable(void)
{
    check_finds_none(SCRIPT_TALK, "1 C>S P. 1101 ack 5201 len 40", "1.01 C>S icmp 3 1 by R",
                     "1.3 C>S P. 1101 ack 5201 len 40", "1.4 S>C . 5201 ack 1141", "90 none");
    check_finds_none("0 C>S S 1000 id 1", "0.01 C>S icmp 3 1 by R", "1 C>S S 1000 id 2", "1.02 S>C S. 5000 ack 1001");
    check_finds_none("0 C>S S 1000 id 1", "0.01 C>S icmp 3 1 by R", "0.02 S>C R. =0 ack 1001");
    /* Path MTU discovery, traceroute, echo, an unknown code. */
    check_finds_none("0 C>S S 1000 id 1", "0.01 C>S icmp 3 4 by R", "0.02 C>S icmp 11 0 by R", "0.03 C>S icmp 8 0 by R",
                     "0.04 C>S icmp 3 200 by R", "0.05 C>S icmp 3 4 udp by R");
    /* It quotes another connection. */
    check_finds(3, RST_FINDING_SYN_TIMEOUT, 3, SYNS, "4 C:41000>S icmp 11 1 by R");
}

/* Unanswered retransmissions: ICMP says why, and silence is not told a second time. */
static void test_unreachable_later(void)
{
    check_unreachable(14, 1, "the last router does not find the host", SCRIPT_TALK, SIX, "11 C>S icmp 3 1 by R id 306", "40 none");
    check_finds(13, RST_FINDING_SILENT_GIVE_UP, 6, SCRIPT_TALK, SIX, "11 S>C icmp 3 1 by R", "40 none");
}

/* More segments after the list was made: it is made anew. */
static void test_growing(void)
{
    static const char *const lines[] = { "0 C>S S 1000 id 1", "1 C>S S 1000 id 2", "3 C>S S 1000 id 3", NULL };
    script_run_t *run = g_new(script_run_t, 1);
    rst_finding_t finding;

    script_open(run, &script_variants[0], lines);
    g_assert_true(rst_engine_finding(run->engine, 3, &run->answers.memory, &finding));
    g_assert_cmpint(finding.duration, ==, INT64_C(3000000000));
    script_feed(run, "7 C>S S 1000 id 4");
    g_assert_false(rst_engine_finding(run->engine, 3, &run->answers.memory, &finding));
    g_assert_true(rst_engine_finding(run->engine, 4, &run->answers.memory, &finding));
    g_assert_cmpuint(finding.count, ==, 4);
    script_feed(run, "7.1 S>C . 7000 ack 900");
    g_assert_false(rst_engine_finding(run->engine, 4, &run->answers.memory, &finding));
    script_close(run);
    g_free(run);
}

static rst_segment_t tunneled(uint8_t flags, bool from_server, uint32_t seq, uint32_t ack, uint32_t len)
{
    const rst_address_t client = rst_address_of_ipv4(flags == RST_FLAG_SYN && !from_server ? 1 : 2);
    const rst_address_t server = rst_address_of_ipv4(9);

    return (rst_segment_t){.src = from_server ? server : client,
                           .dst = from_server ? client : server,
                           .sport = from_server ? 80 : 1024,
                           .dport = from_server ? 1024 : 80,
                           .seq = seq,
                           .ack = ack,
                           .len = len,
                           .flags = flags,
                           .known = RST_HAS_IP | RST_HAS_WINDOW | RST_HAS_OPTIONS | RST_HAS_LENGTH};
}

/* Both fail in one frame, as in a tunnel, whichever the frame shows first: the one that is told is the data, which had
 * been accepted. */
static void test_one_frame(void)
{
    for (unsigned first = 0; first < 2; first++) {
        rst_prefs_t prefs = rst_prefs_default();
        script_scope_t scope;
        rst_finding_t finding;
        rst_engine_t *engine;
        rst_segment_t open[] = {tunneled(RST_FLAG_SYN, false, 1000, 0, 0),
                                tunneled(RST_FLAG_SYN | RST_FLAG_ACK, true, 5000, 1001, 0),
                                tunneled(RST_FLAG_ACK, false, 1001, 5001, 0)};

        script_scope_open(&scope);
        engine = rst_engine_new(&scope.memory, &prefs);
        open[0].src = open[2].src;
        for (uint32_t frame = 1; frame <= 12; frame++) {
            int64_t time = frame < 4 ? frame * RST_MILLISECOND : (INT64_C(1) << (frame - 4)) * RST_SECOND;
            rst_segment_t both[] = {tunneled(RST_FLAG_SYN, false, 7000, 0, 0),
                                    tunneled(RST_FLAG_PSH | RST_FLAG_ACK, false, 1001, 5001, 100)};

            rst_engine_frame(engine, frame, time);
            for (unsigned i = 0; i < (frame < 4 ? 1 : frame < 12 ? 2 : 0); i++) {
                rst_segment_t *segment = frame < 4 ? &open[frame - 1] : &both[i ^ first];

                segment->frame = frame;
                segment->time = time;
                rst_engine_feed(engine, segment);
            }
        }
        rst_engine_finish_pass(engine);
        g_assert_true(rst_engine_finding(engine, 11, &scope.memory, &finding));
        g_assert_cmpuint(finding.kind, ==, RST_FINDING_SILENT_GIVE_UP);
        rst_engine_free(engine);
        script_scope_close(&scope);
    }
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        { "/findings/syn_timeout", test_syn_timeout },
        { "/findings/attempt_unanswered", test_attempt_unanswered },
        { "/findings/silent_give_up", test_silent_give_up },
        { "/findings/unreachable", test_unreachable },
        { "/findings/not_unreachable", test_not_unreachable },
        { "/findings/unreachable_later", test_unreachable_later },
        { "/findings/growing", test_growing },
        { "/findings/one_frame", test_one_frame },
        { NULL, NULL },
    };

    return script_main(&argc, &argv, tests);
}
