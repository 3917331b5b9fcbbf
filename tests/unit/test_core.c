/* test_core.c
 * Tests of the parts below the rules: sequence numbers, frame numbers, distances, texts, names, messages, severities.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

#include "track/connection.h"
#include "base/frames.h"
#include "facts/payload.h"
#include "base/seq.h"
#include "base/text.h"

static void test_seq(void)
{
    g_assert_cmpint(rst_seq_diff(5, 3), ==, 2);
    g_assert_cmpint(rst_seq_diff(3, 5), ==, -2);
    g_assert_cmpint(rst_seq_diff(2, 0xfffffffeu), ==, 4);
    g_assert_cmpint(rst_seq_diff(0xfffffffeu, 2), ==, -4);
    g_assert_cmpint(rst_seq_diff(0x80000000u, 0x7fffffffu), ==, 1);
    g_assert_cmpint(rst_seq_diff(0x7fffffffu, 0), ==, INT32_MAX);
    g_assert_true(rst_seq_before(0xffffffffu, 0));
    g_assert_false(rst_seq_before(0, 0xffffffffu));
    g_assert_false(rst_seq_before(7, 7));
    g_assert_true(rst_seq_after(0, 0xffffffffu));
    g_assert_false(rst_seq_after(7, 7));
    g_assert_false(rst_seq_after(0xffffffffu, 0));
}

static void test_frames_plain(void)
{
    rst_frames_t frames = { 0 };

    g_assert_cmpuint(rst_frames_number(&frames, 0), ==, 0);
    for (uint32_t number = 1; number <= 5; number++)
        rst_frames_next(&frames, number);
    for (uint32_t visit = 1; visit <= 5; visit++)
        g_assert_cmpuint(rst_frames_number(&frames, visit), ==, visit);
    g_assert_null(frames.breaks);
    g_assert_null(frames.rejected);
    rst_frames_free(&frames);
}

/* Visits of frames 1, 2 (rejected), 2, 3 (rejected), 3 (rejected), 3, 4. */
static void test_frames_rejected(void)
{
    static const uint32_t numbers[] = { 1, 2, 2, 3, 3, 3, 4 };
    static const uint32_t expected[] = { 1, 0, 2, 0, 0, 3, 4 };
    rst_frames_t frames = { 0 };
    uint32_t visits[G_N_ELEMENTS(numbers)];

    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        rst_frames_next(&frames, numbers[i]);
        visits[i] = frames.pass_index;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        g_assert_cmpuint(rst_frames_number(&frames, visits[i]), ==, expected[i]);
        g_assert_true(i == 0 || visits[i] > visits[i - 1]);
    }
    rst_frames_free(&frames);
}

/* Numbers that skip (a part of the file), also right after rejected ones, and the first frame rejected. */
static void test_frames_skipped(void)
{
    static const uint32_t numbers[] = { 1, 1, 2, 10, 10, 11, 11, 500 };
    static const uint32_t expected[] = { 0, 1, 2, 0, 10, 0, 11, 500 };
    rst_frames_t frames = { 0 };
    uint32_t visits[G_N_ELEMENTS(numbers)];

    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        rst_frames_next(&frames, numbers[i]);
        visits[i] = frames.pass_index;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++)
        g_assert_cmpuint(rst_frames_number(&frames, visits[i]), ==, expected[i]);
    rst_frames_free(&frames);
}

/* A rejected frame is evidence, but not by its number: the verdict names only frames that exist. */
static void test_frames_in_verdict(void)
{
    script_check("closed_port trigger 2", "0 A>D S 1 rejected", "0 B>D S 1", "1 C>S S 1000", "1.02 S>C R. =0 ack 1001");
    script_check("closed_port trigger 0", "0 A>D S 1", "1 C>S S 1000 rejected", "1.02 S>C R. =0 ack 1001");
    script_check("#2 segment_after_reset trigger 1 ordinal 2", "1 S>C R. 5000 ack 1001 rejected",
                 "2 C>S P. 1001 ack 5000 len 9",
                 "2.02 S>C R 5000");
}

static void test_hops(void)
{
    static const struct {
        uint8_t ttl, hops;
    } rows[] = {
        { 64, 0 },   { 63, 1 },  { 54, 10 }, { 40, 24 }, { 39, RST_HOPS_ABSURD }, { 128, 0 },  { 104, 24 },
        { 103, RST_HOPS_ABSURD }, { 255, 0 }, { 231, 24 }, { 129, RST_HOPS_ABSURD }, { 32, RST_HOPS_ABSURD },
        { 15, RST_HOPS_ABSURD },  { 1, RST_HOPS_ABSURD }, { 0, RST_HOPS_ABSURD },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        g_assert_cmpuint(rst_hops(rows[i].ttl), ==, rows[i].hops);
}

static void test_elapsed(void)
{
    const int64_t decade = INT64_C(10) * 365 * 86400 * 1000000000;
    rst_moment_t none = { 1, RST_TIME_NONE }, low = { 1, -5 }, zero = { 2, 0 }, late = { 3, decade };
    rst_moment_t end = { 4, INT64_MAX };

    g_assert_cmpint(rst_elapsed(low, zero), ==, 5);
    g_assert_cmpint(rst_elapsed(zero, zero), ==, 0);
    g_assert_cmpint(rst_elapsed(zero, late), ==, decade);
    g_assert_cmpint(rst_elapsed(zero, low), ==, RST_TIME_NONE);
    g_assert_cmpint(rst_elapsed(none, zero), ==, RST_TIME_NONE);
    g_assert_cmpint(rst_elapsed(zero, none), ==, RST_TIME_NONE);
    /* Further apart than any sum of such times can bear. */
    g_assert_cmpint(rst_elapsed(low, end), ==, RST_TIME_NONE);
}

static void test_durations(void)
{
    static const struct {
        int64_t ns;
        const char *text;
    } rows[] = {
        { RST_TIME_NONE, "an unknown time" }, { -1, "an unknown time" },   { 0, "less than 0.01 ms" },
        { 9999, "less than 0.01 ms" },        { 10000, "0.01 ms" },        { 1500000, "1.5 ms" },
        { 31400000, "31 ms" },                { 1000000000, "1.0 s" },     { 9600000000, "9.6 s" },
        { 60000000000, "60 s" },              { 119000000000, "119 s" },   { 302000000000, "5 min 2 s" },
        { 7199000000000, "119 min 59 s" },    { 7260000000000, "2 h 1 min" },
    };
    script_scope_t scope;

    script_scope_open(&scope);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        g_assert_cmpstr(rst_duration_text(&scope.memory, rows[i].ns), ==, rows[i].text);
    script_scope_close(&scope);
}

static rst_address_t address6(const uint8_t *byte)
{
    rst_address_t address = { { 0, 0 }, 16 };

    memcpy(address.word, byte, 16);
    return address;
}

static void test_addresses(void)
{
    static const struct {
        uint8_t byte[16];
        const char *text;
    } rows[] = {
        { { 0 }, "::" },
        { { [15] = 1 }, "::1" },
        { { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 }, "2001:db8::1" },
        { { 0x20, 0x01, 0x0d, 0xb8, [5] = 1, [15] = 1 }, "2001:db8:1::1" },
        { { 0xfe, 0x80 }, "fe80::" },
        /* One zero group alone is written out (RFC 5952, section 4.2.2). */
        { { 0, 1, 0, 2, 0, 3, 0, 0, 0, 5, 0, 6, 0, 7, 0, 8 }, "1:2:3:0:5:6:7:8" },
        /* The first of two equally long runs is shortened. */
        { { 0, 1, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 7, 0, 8 }, "1::4:0:0:7:8" },
        { { 0, 1, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 8 }, "1:0:0:4::8" },
        { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
          "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
    };
    static const uint8_t four[16] = { 192, 0, 2, 255 };
    rst_address_t address = { { 0, 0 }, 4 };
    script_scope_t scope;

    script_scope_open(&scope);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        rst_address_t six = address6(rows[i].byte);

        g_assert_cmpstr(rst_address_text(&scope.memory, &six), ==, rows[i].text);
    }
    memcpy(address.word, four, sizeof four);
    g_assert_cmpstr(rst_endpoint_text(&scope.memory, &address, 80), ==, "192.0.2.255:80");
    address = address6(rows[1].byte);
    g_assert_cmpstr(rst_endpoint_text(&scope.memory, &address, 65535), ==, "[::1]:65535");
    address.size = 0;
    g_assert_cmpstr(rst_address_text(&scope.memory, &address), ==, "an unknown address");
    script_scope_close(&scope);
}

static void test_escaping(void)
{
    static const uint8_t bytes[] = { 'a', ' ', '~', '\\', ';', '\n', 0, 0x7f, 0xff, '"' };
    char *longest = g_strnfill(5000, 'y');
    script_scope_t scope;

    script_scope_open(&scope);
    g_assert_cmpstr(rst_escaped_text(&scope.memory, bytes, sizeof bytes), ==, "a ~\\x5c\\x3b\\x0a\\x00\\x7f\\xff\\x22");
    g_assert_cmpstr(rst_escaped_text(&scope.memory, bytes, 0), ==, "");
    g_assert_cmpuint(strlen(rst_text(&scope.memory, "%s", longest)), ==, RST_TEXT_MAX - 1);
    script_scope_close(&scope);
    g_free(longest);
}

static void test_causes(void)
{
    for (unsigned cause = 0; cause < RST_CAUSE_COUNT; cause++) {
        const rst_cause_info_t *info = rst_cause_info((rst_cause_t)cause);

        g_assert_cmpuint(info->category, <, RST_CATEGORY_COUNT);
        g_assert_cmpuint(strlen(rst_category_name(info->category)), >, 0);
        g_assert_true(*info->label && *info->explanation && *info->reference && *info->advice);
        for (unsigned other = 0; other < cause; other++) {
            g_assert_cmpstr(rst_cause_info((rst_cause_t)other)->token, !=, info->token);
            g_assert_cmpuint(rst_cause_info((rst_cause_t)other)->id, !=, info->id);
        }
    }
}

/* From 50 on the registry's severity, below that a note; what needs nobody is a chat. */
static void test_severity(void)
{
    for (unsigned cause = 0; cause < RST_CAUSE_COUNT; cause++) {
        rst_severity_t if_true = rst_cause_info((rst_cause_t)cause)->severity;
        rst_severity_t unsure = if_true == RST_SEVERITY_CHAT ? RST_SEVERITY_CHAT : RST_SEVERITY_NOTE;

        for (unsigned confidence = 0; confidence <= 100; confidence++) {
            g_assert_cmpuint(rst_cause_severity((rst_cause_t)cause, confidence, false), ==,
                             confidence < 50 ? unsure : if_true);
            g_assert_cmpuint(rst_cause_severity((rst_cause_t)cause, confidence, true), ==, RST_SEVERITY_CHAT);
        }
    }
    g_assert_cmpuint(rst_cause_severity(RST_CAUSE_INJECTED, 50, false), ==, RST_SEVERITY_ERROR);
    g_assert_cmpuint(rst_cause_severity(RST_CAUSE_INJECTED, 49, false), ==, RST_SEVERITY_NOTE);
    g_assert_cmpuint(rst_cause_severity(RST_CAUSE_PROCESS_EXIT, 50, false), ==, RST_SEVERITY_WARN);
    g_assert_cmpuint(rst_cause_severity(RST_CAUSE_UNDETERMINED, 90, false), ==, RST_SEVERITY_NOTE);
}

static void test_names(void)
{
    g_assert_cmpstr(rst_sender_name(RST_SENDER_MIDDLEBOX), ==, "middlebox");
    g_assert_cmpstr(rst_phase_name(RST_PHASE_CLOSING), ==, "closing");
    g_assert_cmpstr(rst_validity_name(RST_VALIDITY_IN_WINDOW), ==, "in_window");
    g_assert_cmpstr(rst_capture_side_name(RST_CAPTURE_SIDE_MIDDLE), ==, "middle");
    g_assert_cmpstr(rst_finding_info(RST_FINDING_SYN_TIMEOUT)->token, ==, "syn_timeout");
    g_assert_cmpstr(rst_finding_info(RST_FINDING_SILENT_GIVE_UP)->token, ==, "silent_give_up");
    g_assert_cmpstr(rst_finding_info(RST_FINDING_ICMP_UNREACHABLE)->token, ==, "icmp_unreachable");
}

static rst_message_t message_of(const char *text, uint32_t len)
{
    rst_segment_t segment;

    memset(&segment, 0xee, sizeof segment);
    segment.len = len;
    segment.head_len = (uint16_t)(strlen(text) / 2);
    for (size_t i = 0; i < segment.head_len; i++)
        segment.head[i] = (uint8_t)(g_ascii_xdigit_value(text[2 * i]) * 16 + g_ascii_xdigit_value(text[2 * i + 1]));
    return rst_message_read(&segment);
}

static void test_messages(void)
{
    static const struct {
        const char *hex;
        uint32_t len;
        rst_message_t message;
    } rows[] = {
        { "", 0, RST_MESSAGE_NONE },
        { "", 500, RST_MESSAGE_OTHER }, /* payload not captured */
        { "160301020001000001fc", 517, RST_MESSAGE_CLIENT_HELLO },
        { "160303003a0200003603", 63, RST_MESSAGE_TLS },
        { "1603", 517, RST_MESSAGE_OTHER }, /* cut off */
        { "15030300020228", 7, RST_MESSAGE_FATAL_ALERT },
        { "15030300020100", 7, RST_MESSAGE_FAREWELL },
        { "1503030002", 7, RST_MESSAGE_OTHER },
        { "150303001a00", 31, RST_MESSAGE_FAREWELL }, /* encrypted */
        { "170303001300", 24, RST_MESSAGE_FAREWELL }, /* TLS 1.3 close_notify */
        { "170303001300", 48, RST_MESSAGE_TLS },
        { "170305001300", 24, RST_MESSAGE_OTHER }, /* no such version */
        { "474554202f20485454502f312e31", 14, RST_MESSAGE_REQUEST },
        { "474554", 3, RST_MESSAGE_OTHER },
        { "485454502f312e3120353030", 12, RST_MESSAGE_ERROR },
        { "485454502f312e3120323030", 12, RST_MESSAGE_OTHER },
        { "353530206e6f", 6, RST_MESSAGE_ERROR },
        { "3535306e6f6f", 6, RST_MESSAGE_OTHER },
        { "32323120627965", 7, RST_MESSAGE_FAREWELL },
        { "51554954", 4, RST_MESSAGE_FAREWELL },
        { "880203e8", 4, RST_MESSAGE_FAREWELL },
        { "880203e8", 400, RST_MESSAGE_OTHER },
        { "2d455252206e6f", 7, RST_MESSAGE_ERROR },
        { "ffffffffffffffffffffffffffffffff00150306", 21, RST_MESSAGE_ERROR }, /* BGP NOTIFICATION */
        { "ffffffffffffffffffffffffffffffff00130400", 19, RST_MESSAGE_OTHER }, /* BGP KEEPALIVE */
        { "17000000ff10043038303034", 27, RST_MESSAGE_ERROR },                 /* MySQL, too many connections */
        { "17000000ff10043038303034", 28, RST_MESSAGE_OTHER },
        { "0100000001", 5, RST_MESSAGE_FAREWELL }, /* MySQL COM_QUIT */
        { "0100000003", 5, RST_MESSAGE_OTHER },
        { "e000", 2, RST_MESSAGE_FAREWELL }, /* MQTT DISCONNECT */
        { "d000", 2, RST_MESSAGE_OTHER },    /* MQTT PINGRESP */
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (message_of(rows[i].hex, rows[i].len) != rows[i].message) {
            g_test_message("%s", rows[i].hex);
            g_test_fail();
        }
    }
    for (unsigned message = 0; message < RST_MESSAGE_COUNT; message++)
        g_assert_cmpuint(strlen(rst_message_name((rst_message_t)message)), >, 0);
}

static void test_filter(void)
{
    static const char *const lines[] = { SCRIPT_SYN, "0.02 S>C R. =0 ack 1001", NULL };
    script_run_t *run = g_new(script_run_t, 1);

    script_open(run, &script_variants[0], lines);
    g_assert_cmpstr(rst_reset_filter(run->reset[0], &run->answers.memory), ==,
                    "ip.addr == 10.0.0.67 && ip.addr == 10.0.0.83 && tcp.port == 40000 && tcp.port == 80");
    g_assert_cmpstr(rst_reset_server(run->reset[0], &run->answers.memory), ==, "10.0.0.83:80");
    /* The SYN knows which reset it belongs to; a frame beyond the file knows none. */
    g_assert_cmpuint(rst_engine_reset_in(run->engine, 1, &run->answers.memory), ==, 2);
    g_assert_cmpuint(rst_engine_reset_in(run->engine, 2, &run->answers.memory), ==, 0);
    g_assert_cmpuint(rst_engine_reset_in(run->engine, 99, &run->answers.memory), ==, 0);
    script_close(run);
    script_open(run, &script_variants[1], lines);
    g_assert_cmpstr(rst_reset_filter(run->reset[0], &run->answers.memory), ==,
                    "ipv6.addr == 2001:db8::85 && ipv6.addr == 2001:db8::75 && tcp.port == 40000 && tcp.port == 80");
    g_assert_cmpstr(rst_reset_server(run->reset[0], &run->answers.memory), ==, "[2001:db8::75]:80");
    script_close(run);
    g_free(run);
    rst_engine_free(NULL);
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        { "/core/seq", test_seq },
        { "/core/frames_plain", test_frames_plain },
        { "/core/frames_rejected", test_frames_rejected },
        { "/core/frames_skipped", test_frames_skipped },
        { "/core/frames_in_verdict", test_frames_in_verdict },
        { "/core/hops", test_hops },
        { "/core/elapsed", test_elapsed },
        { "/core/durations", test_durations },
        { "/core/addresses", test_addresses },
        { "/core/escaping", test_escaping },
        { "/core/causes", test_causes },
        { "/core/severity", test_severity },
        { "/core/names", test_names },
        { "/core/messages", test_messages },
        { "/core/filter", test_filter },
        { NULL, NULL },
    };

    return script_main(&argc, &argv, tests);
}
