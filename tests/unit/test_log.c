/* test_log.c
 * From bytes to lines, units and what is inside their envelopes. Netfilter's format stands for all.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "script-log.h"

#define PACKET "IN=eth0 OUT= SRC=192.0.2.7 DST=198.51.100.4 PROTO=TCP SPT=40000 DPT=443"
#define SHOWN " netfilter other 6 192.0.2.7:40000 - 198.51.100.4:443"
#define DROPPED " netfilter dropped 6 192.0.2.7:40000 - 198.51.100.4:443"

static void test_headers(void)
{
    static const struct {
        const char *before, *time;
    } cases[] = {
        {"", ""},
        {"<14>", ""},
        {"Aug 15 16:03:31 fw kernel: ", " as Aug 15 16:03:31"},
        {"Aug  5 16:03:31 fw ", " as Aug  5 16:03:31"},
        {"Aug 05 16:03:31 kernel: ", " as Aug 05 16:03:31"},
        {"Aug 15 2019 16:03:31: ", " as Aug 15 2019 16:03:31"},
        {"Aug 15 16:03:31 fw : ", " as Aug 15 16:03:31"},
        {"<4>Aug 15 16:03:31 fw kernel: [16571.459614] ", " as Aug 15 16:03:31"},
        {"521 <14>Aug 15 16:03:31 fw kernel: ", " as Aug 15 16:03:31"},
        {"Aug 15 16:03:31 relay Aug 15 16:03:29 fw kernel: ", " as Aug 15 16:03:29"},
        {"2019-08-15T16:03:31+02:00 fw kernel: ", " at 1565877811"},
        {"2019-08-15T16:03:31.250Z ", " at 1565885011.25"},
        {"<14>2019-08-15T16:03:31Z: ", " at 1565885011"},
        {"2019-08-15T16:03:31+0000 fw kernel: ", " at 1565885011"},
        {"<14>1 2019-08-15T16:03:31.5Z fw kernel - - - ", " at 1565885011.5"},
        {"1 2019-08-15T16:03:31.5Z fw kernel 12 ID1 [a@1 b=\"c\\\"]\"][d e=\"f\"] ", " at 1565885011.5"},
        {"<14>1 - fw kernel - - - ", ""},
        {"[16571.459614] ", " as 16571.459614"},
        {"[Thu Aug 15 16:03:31 2019] ", " as Aug 15 16:03:31 2019"},
        {"Aug 15 16:03:31.250000 fw kernel: ", " as Aug 15 16:03:31.250000"},
        {"- ", ""},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *text = g_strconcat(cases[i].before, PACKET, "\n", NULL);
        char *expected = g_strconcat("1", SHOWN, cases[i].time, "\n", NULL);

        script_log_expect(text, expected);
        g_free(text);
        g_free(expected);
    }
}

/* What looks like a header belongs to the format. */
static void test_prefix_is_no_tag(void)
{
    script_log_expect("Aug 15 16:03:31 fw DROP: " PACKET, "1" DROPPED " as Aug 15 16:03:31\n");
    script_log_expect("Aug 15 16:03:31 fw kernel: DROP: " PACKET, "1" DROPPED " as Aug 15 16:03:31\n");
    script_log_expect("<4>1 - fw kernel 0 - [UFW BLOCK] " PACKET, "1" DROPPED "\n");
    script_log_expect("<4>1 - fw kernel 0 - [WAN_IN-3001-D] " PACKET, "1" DROPPED "\n");
    script_log_expect("<4>DROP:" PACKET, "1" DROPPED "\n");
}

static void test_json(void)
{
    script_log_expect("{\"message\":\"" PACKET "\",\"@timestamp\":\"2019-08-15T16:03:31.000Z\"}\n",
                      "1" SHOWN " at 1565885011.\n");
    script_log_expect("{\"log\":\"<4>DROP " PACKET "\\n\",\"stream\":\"stdout\",\"time\":\"2019-08-15T16:03:31Z\"}\n",
                      "1" DROPPED " at 1565885011\n");
    script_log_expect("{\"event\":{\"original\":\"Aug 15 16:03:31 fw kernel: DROP " PACKET "\"},\"message\":\"a b\"}",
                      "1" DROPPED " as Aug 15 16:03:31\n");
    script_log_expect("{\"__REALTIME_TIMESTAMP\":\"1565885011250000\",\"MESSAGE\":\"" PACKET "\"}",
                      "1" SHOWN " at 1565885011.25\n");
    script_log_expect("{\"message\":\"" PACKET "\"}}\n", "1" SHOWN "\n");
    script_log_expect("{\"message\":\"" PACKET "\",\n{\"message\":\"" PACKET "\"}\n", "1" SHOWN "\n2" SHOWN "\n");
    script_log_expect("{\"a\":{\"message\":1},\"message\":\"" PACKET "\",\"b\":}\n", "1" SHOWN "\n");
}

static void test_json_bytes(void)
{
    GString *text = g_string_new("{\"MESSAGE\":[");

    for (const char *c = PACKET; *c; c++)
        g_string_append_printf(text, "%d,", *c);
    g_string_append(text, "32,195],\"_HOSTNAME\":\"fw\"}\n");
    script_log_expect(text->str, "1" SHOWN "\n");
    g_string_free(text, TRUE);
}

static void test_json_in_lines(void)
{
    script_log_expect("x\n{\n  \"a\": [1, {\"b\": null}],\n  \"message\": \"" PACKET "\"\n}\n" PACKET "\n",
                      "2" SHOWN "\n6" SHOWN "\n");
    script_log_expect("[\n  {\n  \"message\": \"" PACKET "\"\n  },\n  {\"message\": \"" PACKET "\"}\n]\n" PACKET "\n",
                      "2" SHOWN "\n5" SHOWN "\n7" SHOWN "\n");
    script_log_expect("[{\"message\":\"" PACKET "\"},{\"message\":\"DROP " PACKET "\"}]\n",
                      "1" SHOWN "\n1" DROPPED "\n");
    script_log_expect("{\"logEvents\":[{\"id\":\"1\",\"timestamp\":1565885011000,\"message\":\"" PACKET "\"},"
                      "{\"id\":\"2\",\"message\":\"DROP " PACKET "\",\"timestamp\":1565885012000}]}\n",
                      "1" SHOWN " at 1565885011.\n1" DROPPED " at 1565885012.\n");
    /* No JSON after all: nothing is swallowed. */
    script_log_expect("{\n" PACKET "\n", "2" SHOWN "\n");
    script_log_expect("[\n" PACKET "\n" PACKET "\n", "2" SHOWN "\n3" SHOWN "\n");
}

static void test_columns(void)
{
    script_log_expect("2019-08-15,\"" PACKET "\",x\n", "1" SHOWN "\n");
    script_log_expect("Level,Source,Message\nInfo,fw,\"a \"\"b\"\"\n" PACKET "\nc\"\nInfo,fw,\"" PACKET "\"\n",
                      "2" SHOWN "\n5" SHOWN "\n");
    script_log_expect("- message: '" PACKET "'\n", "1" SHOWN "\n");
    /* The format of a column goes before a mention by the whole line, which is still made if there is no such column.
     */
    script_log_expect("a,\"logid=\"\"1\"\" type=\"\"traffic\"\" srcip=192.0.2.7 srcport=40000 dstip=198.51.100.4 "
                      "dstport=443 proto=6 action=\"\"close\"\"\",b\n",
                      "1 fortigate closed_normally 6 192.0.2.7:40000 > 198.51.100.4:443\n");
    script_log_expect("user=\"\" from 192.0.2.7:40000 to 198.51.100.4:443\n",
                      "1 mention mention ? 192.0.2.7:40000 - 198.51.100.4:443\n");
    script_log_expect("  \"message\": \"DROP \\\"x\\\" " PACKET "\",\n", "1" DROPPED "\n");
}

static void test_journal(void)
{
    static const char block[] = "__CURSOR=s=1\n__REALTIME_TIMESTAMP=1565885011250000\n_HOSTNAME=fw\nMESSAGE\n"
                                "\x49\0\0\0\0\0\0\0"
                                "a\n" PACKET "\n_PID=1\n\n__CURSOR=s=2\nMESSAGE=" PACKET "\n";
    static const rst_log_options_t options = {0};
    char *shown;

    g_assert_cmpuint(strlen("a\n" PACKET), ==, 0x49);
    shown = script_log(block, sizeof block - 1, &options, NULL, NULL);
    g_assert_cmpstr(shown, ==, "1" SHOWN " at 1565885011.25\n9" SHOWN "\n");
    g_free(shown);
}

static void test_utf16(void)
{
    static const char text[] = "\xEF\xBB\xBF"
                               "Gr\xC3\xBC\xC3\x9F"
                               "e \xF0\x9F\x98\x80 " PACKET "\r\n" PACKET "\r\n";
    static const rst_log_options_t options = {0};

    for (unsigned order = 0; order < 4; order++) { /* both, with a mark and without */
        const char *begin = order & 2 ? strrchr(text, 'I') : text;
        gsize length;
        char *wide = g_convert(begin, -1, order & 1 ? "UTF-16BE" : "UTF-16LE", "UTF-8", NULL, &length, NULL);
        char *shown = script_log(wide, length, &options, NULL, NULL);

        g_assert_cmpstr(shown, ==, order & 2 ? "1" SHOWN "\n" : "1" SHOWN "\n2" SHOWN "\n");
        g_free(shown);
        g_free(wide);
    }
    script_log_expect(text, "1" SHOWN "\n2" SHOWN "\n");
}

static char *complaint_of(const char *text, size_t length, const char *shown, rst_log_sum_t *sum)
{
    static const rst_log_options_t options = {0};
    char *complaint, *records = script_log(text, length, &options, sum, &complaint);

    g_assert_cmpstr(records, ==, shown);
    g_free(records);
    return complaint;
}

static void test_hostile(void)
{
    static const char binary[] = "\x1f\x8b\x08\0\0\0\n\0\0\0\1\2\n";
    static const char crashed[] = "\0\0\0\0" PACKET "\n";
    GString *endless = g_string_new(NULL);
    rst_log_sum_t sum;

    g_free(complaint_of("", 0, "", &sum));
    g_assert_cmpuint(sum.lines, ==, 0);
    g_free(complaint_of(binary, sizeof binary - 1, "", &sum));
    g_assert_true(sum.binary);
    g_free(complaint_of(crashed, sizeof crashed - 1, "1" SHOWN "\n", &sum));
    g_free(complaint_of("{\"message\":\"" PACKET, strlen("{\"message\":\"" PACKET), "1" SHOWN "\n", &sum));
    for (unsigned i = 0; i < 3 * RST_LOG_LINE_MAX / 16; i++)
        g_string_append(endless, "SRC=1 IN=OUT=DST");
    g_string_append(endless, "\n" PACKET "\n");
    g_free(complaint_of(endless->str, endless->len, "2" SHOWN "\n", &sum));
    g_assert_cmpuint(sum.too_long, ==, 1);
    g_string_free(endless, TRUE);
}

/* A long value is no line that is too long; one beyond the limit is, and nothing after it is lost. */
static void test_long_units(void)
{
    GString *text = g_string_new("{\"x\":\"");
    rst_log_sum_t sum;

    while (text->len < 2 * RST_LOG_LINE_MAX)
        g_string_append(text, "0123456789");
    g_string_append(text, "\",\"message\":\"" PACKET "\"}\n");
    g_free(complaint_of(text->str, text->len, "1" SHOWN "\n", &sum));
    g_assert_cmpuint(sum.too_long, ==, 0);
    g_string_assign(text, "{\"x\":[\n");
    while (text->len < RST_LOG_UNIT_MAX + 1000)
        g_string_append(text, "\"0123456789012345678901234567890123456789012345678901234567890123456789\",\n");
    g_string_append(text, "1]}\n" PACKET "\n");
    g_free(complaint_of(text->str, text->len, "56697" SHOWN "\n", &sum));
    g_string_free(text, TRUE);
}

static void test_complaints(void)
{
    rst_log_sum_t sum;
    char *complaint = complaint_of("", 0, "", &sum);

    g_assert_cmpstr(complaint, ==, "the file is empty");
    g_free(complaint);
    complaint = complaint_of("a\nb\n", 4, "", &sum);
    g_assert_nonnull(strstr(complaint, "none of 2 lines"));
    g_free(complaint);
    complaint = complaint_of(PACKET "\n", strlen(PACKET) + 1, "1" SHOWN "\n", &sum);
    g_assert_null(complaint);
    complaint = complaint_of(PACKET "0\n" PACKET "000\n", 2 * strlen(PACKET) + 6,
                             "1 netfilter other 6 192.0.2.7:40000"
                             " - 198.51.100.4:4430\n",
                             &sum);
    g_assert_nonnull(strstr(complaint, "1 of 2 lines are malformed"));
    g_free(complaint);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/log/headers", test_headers);
    g_test_add_func("/log/prefix-is-no-tag", test_prefix_is_no_tag);
    g_test_add_func("/log/json", test_json);
    g_test_add_func("/log/json-bytes", test_json_bytes);
    g_test_add_func("/log/json-in-lines", test_json_in_lines);
    g_test_add_func("/log/columns", test_columns);
    g_test_add_func("/log/journal", test_journal);
    g_test_add_func("/log/utf16", test_utf16);
    g_test_add_func("/log/hostile", test_hostile);
    g_test_add_func("/log/long-units", test_long_units);
    g_test_add_func("/log/complaints", test_complaints);
    return g_test_run();
}
