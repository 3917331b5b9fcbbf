/* test_logs_when.c
 * Times, and the small parts of lines, as logs write them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "base/moment.h"
#include "logs/when.h"
#include "logs/words.h"

static rst_piece_t piece(const char *text)
{
    return (rst_piece_t){text, strlen(text)};
}

typedef struct times {
    const char *text;
    size_t length; /* 0 = no time */
    rst_when_kind_t kind;
    int64_t seconds;
    int64_t nanoseconds, resolution;
} times_t;

static const times_t times[] = {
    {"2019-08-15T16:03:31Z rest", 20, RST_WHEN_UTC, 1565885011, 0, RST_SECOND},
    {"2019-08-15T16:03:31.123456789+02:00", 35, RST_WHEN_UTC, 1565877811, 123456789, 1},
    {"2019-08-15 16:03:31,123 -0330", 29, RST_WHEN_UTC, 1565897611, 123000000, RST_MILLISECOND},
    {"2019/08/15 16:03:31 [error]", 19, RST_WHEN_LOCAL, 1565885011, 0, RST_SECOND},
    {"2019-08-15 16:03:31 10.0.0.1", 19, RST_WHEN_LOCAL, 1565885011, 0, RST_SECOND},
    {"2019-02-29T16:03:31Z", 0, RST_WHEN_NONE, 0, 0, 0},
    {"2019-08-15T24:03:31Z", 0, RST_WHEN_NONE, 0, 0, 0},
    {"1815-08-15T20:03:31Z", 0, RST_WHEN_NONE, 0, 0, 0},
    {"Feb 29 00:00:00 host", 15, RST_WHEN_NO_YEAR, 68169600, 0, RST_SECOND},
    {"Aug  5 16:03:31.5 host", 17, RST_WHEN_NO_YEAR, 81878611, 500000000, RST_SECOND / 10},
    {"Aug 05 2019 16:03:31: %ASA", 20, RST_WHEN_LOCAL, 1565021011, 0, RST_SECOND},
    {"Aug 05 2019 16:03:31 EDT: %ASA", 24, RST_WHEN_LOCAL, 1565021011, 0, RST_SECOND},
    {"Aug 05 2019 16:03:31 FW: %ASA", 20, RST_WHEN_LOCAL, 1565021011, 0, RST_SECOND},
    {"Aug 05 2019 16:03:31 UTC: %ASA", 24, RST_WHEN_UTC, 1565021011, 0, RST_SECOND},
    {"Mon Aug  5 16:03:31 2019", 24, RST_WHEN_LOCAL, 1565021011, 0, RST_SECOND},
    {"Aug 32 16:03:31", 0, RST_WHEN_NONE, 0, 0, 0},
    {"15/Aug/2019:16:03:31.123 +0200]", 30, RST_WHEN_UTC, 1565877811, 123000000, RST_MILLISECOND},
    {"15/Aug/2019:16:03:31.123] front", 24, RST_WHEN_LOCAL, 1565885011, 123000000, RST_MILLISECOND},
    {"1565885011", 10, RST_WHEN_UTC, 1565885011, 0, RST_SECOND},
    {"1565885011.25,", 13, RST_WHEN_UTC, 1565885011, 250000000, RST_SECOND / 100},
    {"1565885011123", 13, RST_WHEN_UTC, 1565885011, 123000000, RST_MILLISECOND},
    {"1565885011123456789", 19, RST_WHEN_UTC, 1565885011, 123456789, 1},
    {"9999999999999999999", 0, RST_WHEN_NONE, 0, 0, 0},
    {"156588501", 0, RST_WHEN_NONE, 0, 0, 0},
    {"16:03:31.5", 10, RST_WHEN_OF_DAY, 57811, 500000000, RST_SECOND / 10},
    {"", 0, RST_WHEN_NONE, 0, 0, 0},
};

static void test_times(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
        const times_t *wanted = &times[i];
        rst_when_t when = {0};

        g_test_message("%s", wanted->text);
        g_assert_cmpuint(rst_when_any(wanted->text, &when), ==, wanted->length);
        g_assert_cmpint(when.kind, ==, wanted->kind);
        if (!wanted->length)
            continue;
        g_assert_cmpint(when.ns, ==, wanted->seconds * RST_SECOND + wanted->nanoseconds);
        g_assert_cmpint(when.resolution, ==, wanted->resolution);
    }
}

static void test_zones(void)
{
    rst_when_t winter, summer, known;

    rst_when_iso("2019-01-15 12:00:00", &winter);
    rst_when_iso("2019-07-15 12:00:00", &summer);
    rst_when_iso("2019-07-15 12:00:00Z", &known);
    rst_when_in_zone(&known, "+02:00");
    g_assert_cmpint(known.ns, ==, summer.ns);
    rst_when_in_zone(&winter, "-0330");
    g_assert_cmpint(winter.kind, ==, RST_WHEN_UTC);
    g_assert_cmpint(winter.ns, ==, (1547553600 + 12600) * RST_SECOND);
    g_assert_true(rst_when_is_zone("UTC"));
    g_assert_false(rst_when_is_zone("+99:00"));
    g_assert_false(rst_when_is_zone("Nowhere/Town"));
}

static void test_durations(void)
{
    g_assert_cmpint(rst_when_duration("0:02:03"), ==, 123 * RST_SECOND);
    g_assert_cmpint(rst_when_duration("49:00:01"), ==, 176401 * RST_SECOND);
    g_assert_cmpint(rst_when_duration("0.5"), ==, RST_SECOND / 2);
    g_assert_cmpint(rst_when_duration("12"), ==, 12 * RST_SECOND);
    g_assert_cmpint(rst_when_duration("1:2"), ==, RST_TIME_NONE);
    g_assert_cmpint(rst_when_duration("9999999999"), ==, RST_TIME_NONE);
    g_assert_cmpint(rst_when_duration("x"), ==, RST_TIME_NONE);
}

static void assert_value(const char *text, const char *key, char sign, const char *wanted)
{
    rst_piece_t value = rst_value_of(text, key, sign);

    g_assert_true(rst_piece_is(value, wanted));
}

static void test_values(void)
{
    const char *line =
        "a=1 msg=\"x \\\"y\\\" src=9\" src=10.0.0.1,spt='80' xsrc=2 SrcIP: 10.0.0.2, Rule: my rule, End: 1";

    assert_value(line, "src", '=', "10.0.0.1"); /* not the one inside the quotes */
    assert_value(line, "spt", '=', "80");
    assert_value(line, "msg", '=', "x \\\"y\\\" src=9");
    assert_value(line, "xsrc", '=', "2");
    assert_value(line, "rc", '=', "");
    assert_value(line, "SrcIP", ':', "10.0.0.2");
    assert_value(line, "Rule", ':', "my rule");
}

static void test_columns(void)
{
    const char *line = "1,\"a,b\",,\"say \"\"x\"\"\",last";

    g_assert_cmpuint(rst_columns(line, ','), ==, 5);
    g_assert_true(rst_piece_is(rst_column(line, ',', 1), "a,b"));
    g_assert_cmpuint(rst_column(line, ',', 2).length, ==, 0);
    g_assert_true(rst_piece_is(rst_column(line, ',', 4), "last"));
    g_assert_cmpuint(rst_column(line, ',', 5).length, ==, 0);
    g_assert_cmpuint(rst_columns("\"open", ','), ==, 1);
}

static void assert_end(const char *text, unsigned size, uint32_t first, unsigned port)
{
    rst_log_end_t end = {{{0, 0}, 0}, 0};

    g_test_message("%s", text);
    g_assert_true(rst_read_end(piece(text), &end));
    g_assert_cmpuint(end.address.size, ==, size);
    g_assert_cmpuint(GUINT32_FROM_BE(rst_address_ipv4(&end.address)), ==, first);
    g_assert_cmpuint(end.port, ==, port);
}

static void test_ends(void)
{
    rst_log_end_t end;
    rst_address_t address;

    assert_end("10.0.0.1:80", 4, 0x0a000001, 80);
    assert_end("10.0.0.1/https", 4, 0x0a000001, 443);
    assert_end("10.0.0.1(80)", 4, 0x0a000001, 80);
    assert_end("10.0.0.1.80", 4, 0x0a000001, 80);
    assert_end("::ffff:10.0.0.1:80", 4, 0x0a000001, 80);
    assert_end("[2001:db8::1]:80", 16, 0x20010db8, 80);
    assert_end("2001:db8::1:80", 16, 0x20010db8, 80);
    assert_end("2001:0db8:0000:0000:0000:0000:0000:0001.80", 16, 0x20010db8, 80);
    g_assert_false(rst_read_end(piece("10.0.0.1:65536"), &end));
    g_assert_false(rst_read_end(piece("10.0.0.1"), &end));
    g_assert_false(rst_read_end(piece("host:80"), &end));
    g_assert_true(rst_read_address(piece("fe80::1%eth0"), &address));
    g_assert_true(rst_read_address(piece("0.0.0.0"), &address));
    g_assert_cmpuint(address.size, ==, 0);
    g_assert_true(rst_is_absurd_port(piece("65536")));
    g_assert_true(rst_is_absurd_port(piece("99999999999999999999999")));
    g_assert_false(rst_is_absurd_port(piece("65535")));
    g_assert_false(rst_is_absurd_port(piece("https")));
}

static void test_small(void)
{
    uint64_t number;
    uint8_t byte;

    g_assert_true(rst_read_number(piece("0x1f"), &number) && number == 31);
    g_assert_false(rst_read_number(piece("99999999999999999999"), &number));
    g_assert_true(rst_read_protocol(piece("TCP"), &byte) && byte == 6);
    g_assert_true(rst_read_protocol(piece("17"), &byte) && byte == 17);
    g_assert_false(rst_read_protocol(piece("256"), &byte));
    g_assert_false(rst_read_protocol(piece(""), &byte));
    g_assert_true(rst_read_flags(piece("SYN ACK"), &byte) && byte == 0x12);
    g_assert_true(rst_read_flags(piece("R."), &byte) && byte == 0x14);
    g_assert_true(rst_read_flags(piece("SA"), &byte) && byte == 0x12);
    g_assert_true(rst_read_flags(piece("0x18"), &byte) && byte == 0x18);
    g_assert_false(rst_read_flags(piece("SXY"), &byte));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/logs/times", test_times);
    g_test_add_func("/logs/zones", test_zones);
    g_test_add_func("/logs/durations", test_durations);
    g_test_add_func("/logs/values", test_values);
    g_test_add_func("/logs/columns", test_columns);
    g_test_add_func("/logs/ends", test_ends);
    g_test_add_func("/logs/small", test_small);
    return g_test_run();
}
