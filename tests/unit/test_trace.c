/* test_trace.c
 * Tests of reading a kernel's trace: every form of line, bounds, what is cut or hostile.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"
#include "base/text.h"
#include "trace/trace.h"

#define NIL_V4                                                                                                         \
    "\\x02\\x00\\x1f\\x90\\x0a\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\" \
    "x00\\x00"
#define PEER_V4                                                                                                        \
    "\\x02\\x00\\xc7\\x10\\x0a\\x00\\x00\\x02\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\" \
    "x00\\x00"

/* The event in a few words: "TIME LOCAL>REMOTE active|answer REASON STATE PROCESS/PID". */
static char *in_words(const char *line)
{
    script_scope_t scope;
    rst_trace_line_t parsed;
    rst_trace_kind_t kind = rst_trace_parse(line, &parsed);
    const rst_event_t *event = &parsed.event;
    char *words;

    if (kind != RST_TRACE_SEND && kind != RST_TRACE_RECEIVE)
        return g_strdup_printf("kind %d", (int)kind);
    script_scope_open(&scope);
    words = g_strdup_printf("%s%" G_GINT64_FORMAT " %s>%s %s %s %u %s/%u", kind == RST_TRACE_SEND ? "" : "received ",
                            event->time, rst_endpoint_text(&scope.memory, &event->local, event->lport),
                            event->remote.size ? rst_endpoint_text(&scope.memory, &event->remote, event->rport) : "-",
                            event->active ? "active" : "answer",
                            event->reason == RST_REASON_OTHER ? parsed.reason : rst_reason_name(event), event->state,
                            parsed.process, event->pid);
    script_scope_close(&scope);
    return words;
}

static void expect_line(const char *line, const char *expected)
{
    char *words = in_words(line);

    g_assert_cmpstr(words, ==, expected);
    g_free(words);
}

static void test_forms(void)
{
    expect_line("         python3-4184    [000] ..... 12328.863931: tcp_send_reset: skbaddr=0000000000000000 "
                "skaddr=00000000130bf48c src=10.0.0.1:8080 dest=10.0.0.2:50960 state=TCP_CLOSE "
                "reason=TCP_ABORT_ON_CLOSE",
                "12328863931000 10.0.0.1:8080>10.0.0.2:50960 active TCP_ABORT_ON_CLOSE 7 python3/4184");
    expect_line("          <idle>-0       [001] ..s1. 12329.079878: tcp_send_reset: skbaddr=00000000030175c0 "
                "skaddr=0000000000000000 src=[::1]:9 dest=[2001:db8::2]:34784 state=UNKNOWN reason=NO_SOCKET",
                "12329079878000 [::1]:9>[2001:db8::2]:34784 answer NO_SOCKET 0 /0");
    expect_line("web: my srv-12-77   (     77) [001] ..s1. 1.5: tcp_send_reset:       skbaddr=0xffff8881 "
                "skaddr=(nil) src=10.0.0.1:9 dest=10.0.0.2:3 state=UNKNOWN reason=NO_SOCKET",
                "1500000000 10.0.0.1:9>10.0.0.2:3 answer NO_SOCKET 0 my srv-12/77");
    expect_line("              ss  4233 [000] 12329.008848:    tcp:tcp_send_reset: skbaddr=(nil) "
                "skaddr=0xffff888109790940 src=10.0.0.1:8082 dest=10.0.0.2:40006 state=0x1 reason=TCP_STATE",
                "12329008848000 10.0.0.1:8082>10.0.0.2:40006 active TCP_STATE 1 ss/4233");
    expect_line("python3-9211 12360.645148461: tcp_send_reset: skbaddr=(nil) src=" NIL_V4 " dest=" PEER_V4
                " state=7 reason=11",
                "12360645148461 10.0.0.1:8080>10.0.0.2:50960 active TCP_ABORT_ON_CLOSE 7 python3/9211");
    /* A listening socket: no peer, perhaps no own address. A mapped address is IPv4. */
    expect_line("  x-1 [0] 5: tcp_send_reset: skbaddr=1 src=[::]:80 dest=[::]:0 state=TCP_LISTEN reason=TCP_FLAGS",
                "5 an unknown address:80>- answer TCP_FLAGS 10 x/1");
    expect_line(
        "  x-1 [0] 5.0: tcp_send_reset: skbaddr=1 src=[::ffff:10.0.0.1]:80 dest=10.0.0.2:1 state=1 reason=NEW_ONE",
        "5000000000 10.0.0.1:80>10.0.0.2:1 answer NEW_ONE 1 x/1");
}

static void test_receipts(void)
{
    expect_line("python3-4184 [000] ..s2. 12328.86: tcp_receive_reset: family=AF_INET sport=50960 dport=8080 "
                "saddr=10.0.0.2 daddr=10.0.0.1 saddrv6=::ffff:10.0.0.2 daddrv6=::ffff:10.0.0.1 sock_cookie=44",
                "received 12328860000000 10.0.0.2:50960>10.0.0.1:8080 answer NOT_SPECIFIED 0 python3/4184");
    expect_line("python3-4184 [000] ..s2. 12329.1: tcp_receive_reset: family=AF_INET6 sport=1 dport=2 saddr=0.0.0.0 "
                "daddr=0.0.0.0 saddrv6=2001:db8:0:1::5 daddrv6=::1 sock_cookie=49",
                "received 12329100000000 [2001:db8:0:1::5]:1>[::1]:2 answer NOT_SPECIFIED 0 python3/4184");
}

/* Neither a crash nor an event. */
static void test_damaged(void)
{
    static const char *const nothing[] = {
        "",
        "# tracer: nop",
        "# entries-in-buffer/entries-written: 16/16   #P:2",
        "python3-4184 [000] ..... 12328.863931: tcp_probe: src=10.0.0.1:8080 reason=NO_SOCKET",
        "tcp_send_reset: skbaddr=0 src=10.0.0.1:1 dest=10.0.0.2:2 reason=NO_SOCKET",
    };
    static const char *const broken[] = {
        "x-1 [000] 1.0: tcp_send_reset:",
        "x-1 [000] now: tcp_send_reset: skbaddr=0 src=10.0.0.1:1 dest=10.0.0.2:2 reason=NO_SOCKET",
        "x-1 [000] 99999999999999999999.0: tcp_send_reset: skbaddr=0 src=10.0.0.1:1 dest=10.0.0.2:2 reason=NO_SOCKET",
        "x-1 [000] 1.0: tcp_send_reset: skbaddr=0 src=10.0.0.1 dest=10.0.0.2:2 reason=NO_SOCKET",
        "x-1 [000] 1.0: tcp_send_reset: skbaddr=0 src=10.0.0.256:1 dest=10.0.0.2:2 reason=NO_SOCKET",
        "x-1 [000] 1.0: tcp_send_reset: skbaddr=0 src=10.0.0.1:70000 dest=10.0.0.2:2 reason=NO_SOCKET",
        "x-1 [000] 1.0: tcp_send_reset: skbaddr=0 src=[1::2::3]:1 dest=10.0.0.2:2 reason=NO_SOCKET",
        "x-1 [000] 1.0: tcp_send_reset: skbaddr=0 src=[1:2:3]:1 dest=10.0.0.2:2 reason=NO_SOCKET",
        "x-1 [000] 1.0: tcp_send_reset: skbaddr=0 src=[1:2:3:4:5:6:7:8:9]:1 dest=10.0.0.2:2 reason=NO_SOCKET",
        "x-1 [000] 1.0: tcp_send_reset: skbaddr=0 src=\\x02\\x00 dest=10.0.0.2:2 reason=NO_SOCKET",
        "x-1 [000] 1.0: tcp_send_reset: skbaddr=0 src=10.0.0.1:1 dest=10.0.0.2:2 reason=",
        "x-1 [000] 1.0: tcp_receive_reset: sport=1 dport=2 saddr=0.0.0.0 daddr=0.0.0.0",
        "x-1 [000] 1.0: tcp_receive_reset: sport=1 dport=65536 saddr=10.0.0.1 daddr=10.0.0.2",
    };
    rst_trace_line_t parsed;

    for (size_t i = 0; i < G_N_ELEMENTS(nothing); i++)
        g_assert_cmpint(rst_trace_parse(nothing[i], &parsed), ==, RST_TRACE_NOTHING);
    for (size_t i = 0; i < G_N_ELEMENTS(broken); i++) {
        g_test_message("%s", broken[i]);
        g_assert_cmpint(rst_trace_parse(broken[i], &parsed), ==, RST_TRACE_BROKEN);
    }
    g_assert_cmpint(
        rst_trace_parse("x-1 [0] 1.0: tcp_send_reset: skbaddr=0 src=10.0.0.1:1 dest=10.0.0.2:2 state=1", &parsed), ==,
        RST_TRACE_OLD);
    g_assert_cmpint(rst_trace_parse("CPU:1 [LOST 12 EVENTS]", &parsed), ==, RST_TRACE_LOST);
    g_assert_cmpint(rst_trace_parse("Lost 3 events", &parsed), ==, RST_TRACE_LOST);
    g_assert_cmpint(rst_trace_parse("# entries-in-buffer/entries-written: 10/16   #P:2", &parsed), ==, RST_TRACE_LOST);
}

#define LINE "x-1 [0] 1.0: tcp_send_reset: skbaddr=0 src=10.0.0.1:1 dest=10.0.0.2:2 state=1 reason=NO_SOCKET\n"

static rst_trace_t *read_text(const char *text, size_t length, size_t step)
{
    rst_trace_t *trace = rst_trace_new();

    for (size_t at = 0; at < length; at += step)
        rst_trace_feed(trace, text + at, MIN(step, length - at));
    rst_trace_end(trace);
    return trace;
}

/* Cut anywhere into pieces, the text says the same; the last line counts only with its end. */
static void test_pieces(void)
{
    static const char text[] = LINE "noise\r\n" LINE "x-1 [0] 1.0: tcp_send_reset: skbaddr=0 src=10.0.0.1:1 "
                                    "dest=10.0.0.2:2 state=1 reason=NO_SOCK";

    for (size_t step = 1; step < sizeof text; step++) {
        rst_trace_t *trace = read_text(text, sizeof text - 1, step);

        g_assert_cmpuint(trace->sent->len, ==, 2);
        g_assert_cmpuint(trace->broken, ==, 1);
        rst_trace_free(trace);
    }
}

/* What two files tell of is one event, unless they differ in anything, or the event names no peer. */
static void test_copies(void)
{
    static const char sent[] = LINE "y-2 [0] 1.0: tcp_send_reset: skbaddr=0 src=10.0.0.1:1 dest=10.0.0.2:2 state=1 "
                                    "reason=NO_SOCKET\n"
                                    "x-1 [0] 1.1: tcp_send_reset: skbaddr=0 src=10.0.0.1:1 dest=10.0.0.2:2 state=1 "
                                    "reason=NO_SOCKET\n";
    static const char no_peer[] = "x-1 [0] 1.0: tcp_send_reset: skbaddr=0 src=10.0.0.1:1 dest=0.0.0.0:0 state=10 "
                                  "reason=NO_SOCKET\n";
    rst_trace_t *trace = rst_trace_new();

    for (unsigned file = 0; file < 2; file++) {
        rst_trace_feed(trace, sent, sizeof sent - 1);
        rst_trace_feed(trace, no_peer, sizeof no_peer - 1);
    }
    rst_trace_end(trace);
    g_assert_cmpuint(trace->sent->len, ==, 8);
    rst_trace_drop_copies(trace);
    g_assert_cmpuint(trace->sent->len, ==, 5);
    rst_trace_free(trace);
}

static void test_long_lines(void)
{
    GString *text = g_string_new(NULL);
    rst_trace_t *trace;

    for (unsigned i = 0; i < 2 * RST_TRACE_LINE_MAX; i++)
        g_string_append_c(text, 'x');
    g_string_append(text, " " LINE LINE);
    trace = read_text(text->str, text->len, 100);
    g_assert_cmpuint(trace->sent->len, ==, 1);
    rst_trace_free(trace);
    g_string_free(text, TRUE);
}

static void test_too_many(void)
{
    rst_trace_t *trace = rst_trace_new();
    unsigned i;

    for (i = 0; i < RST_TRACE_EVENTS_MAX + 10 && rst_trace_feed(trace, LINE, sizeof LINE - 1); i++)
        ;
    rst_trace_end(trace);
    g_assert_cmpuint(i, ==, RST_TRACE_EVENTS_MAX);
    g_assert_cmpuint(trace->sent->len, ==, RST_TRACE_EVENTS_MAX);
    g_assert_true(trace->full);
    rst_trace_free(trace);
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/trace/forms", test_forms},
        {"/trace/receipts", test_receipts},
        {"/trace/damaged", test_damaged},
        {"/trace/pieces", test_pieces},
        {"/trace/copies", test_copies},
        {"/trace/long_lines", test_long_lines},
        {"/trace/too_many", test_too_many},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
