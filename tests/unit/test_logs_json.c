/* test_logs_json.c
 * Tests of JSON as a flat list.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "logs/json.h"

static rst_json_t *read_text(const char *text)
{
    return rst_json_read(text, strlen(text));
}

static void check(const char *text, const char *path, const char *expected)
{
    rst_json_t *json = read_text(text);

    g_assert_nonnull(json);
    g_assert_cmpstr(rst_json_text(json, path), ==, expected);
    rst_json_free(json);
}

static void refuse(const char *text)
{
    rst_json_t *json = read_text(text);

    if (json)
        g_error("was taken for JSON: %s", text);
}

static void test_paths(void)
{
    const char *text =
        " { \"a\" : {\"b\":[1, \"x\",{\"c\":true}] , \"d.e\": -2.5e+3}, \"id.orig_h\":\"h\",\"n\":null,\"\":7}";

    check(text, "a.b.0", "1");
    check(text, "a.b.1", "x");
    check(text, "a.b.2.c", "true");
    check(text, "a.d.e", "-2.5e+3");
    check(text, "id.orig_h", "h");
    check(text, "n", NULL);
    check(text, "a", NULL);
    check(text, "a.b", NULL);
    check(text, "a.b.3", NULL);
    check(text, "", "7");
    check("{\"k\":\"first\",\"k\":\"second\"}", "k", "first");
    check("[{\"k\":1},{\"k\":2}]", "1.k", "2");
    check("{}", "k", NULL);
    check("[]", "0", NULL);
    check("{\"a\":{},\"b\":[],\"c\":1}", "c", "1");
}

static void test_strings(void)
{
    check("{\"k\":\"a\\\"b\\\\c\\/\\b\\f\\n\\r\\t\"}", "k", "a\"b\\c/\b\f\n\r\t");
    check("{\"k\":\"\\u00e9\\u20AC\\ud83d\\ude00\"}", "k", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
    check("{\"k\":\"\\ud83dx\\u0000\\ude00\"}", "k", "\xef\xbf\xbdx\xef\xbf\xbd\xef\xbf\xbd");
    /* Backslashes that a shipper forgot to escape. */
    check("{\"k\":\"C:\\Windows\\device\"}", "k", "C:\\Windows\\device");
    check("{\"\\u006b\":\"\"}", "k", "");
}

static void test_what_follows(void)
{
    check("{\"k\":1}}", "k", "1");
    check("{\"k\":1} and words", "k", "1");
    check("[1]\r\n", "0", "1");
    check("[1],", "0", "1");
    refuse("[16571.459614] IN=eth0");
    refuse("[1] 2");
}

static void test_malformed(void)
{
    static const char *const texts[] = {
        "",
        " ",
        "1",
        "\"k\"",
        "{",
        "[",
        "{\"k\"",
        "{\"k\":",
        "{\"k\":}",
        "{\"k\":1",
        "{\"k\":1,",
        "{\"k\":1,}",
        "{\"k\" 1}",
        "{k:1}",
        "[1,]",
        "[1 2]",
        "[1}",
        "{\"k\":1]",
        "{1}",
        "{\"k\":\"v}",
        "{\"k\":\"\\u12g4\"}",
        "[NEW]",
        "[nul]",
        "[-]",
        "[2019-08-15]",
        "[1.2.3.4:80] x",
        "[,1]",
        "{,}",
        "[\"\\",
        "[\"\\u",
        "[\"\\ud83d\\u",
        "{\"k\":\"\\",
        "[+1]",
        "[TRUE]",
        "[10.0.0.1-10.0.0.2]",
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
        refuse(texts[i]);
    g_assert_null(rst_json_read("{\"k\":\"a\0b\"}", 11));
    g_assert_null(rst_json_read("{\"k\":1}", 6));
}

static char *nested(unsigned depth)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < depth; i++)
        g_string_append_c(text, '[');
    for (unsigned i = 0; i < depth; i++)
        g_string_append_c(text, ']');
    return g_string_free(text, FALSE);
}

static rst_json_t *read_members(unsigned count)
{
    GString *text = g_string_new("[0");
    rst_json_t *json;

    for (unsigned i = 1; i < count; i++)
        g_string_append(text, ",1");
    g_string_append_c(text, ']');
    json = rst_json_read(text->str, text->len);
    g_string_free(text, TRUE);
    return json;
}

static void test_limits(void)
{
    char *deep = nested(RST_JSON_DEPTH_MAX), *deeper = nested(RST_JSON_DEPTH_MAX + 1);
    rst_json_t *json = read_text(deep);

    g_assert_nonnull(json);
    g_assert_cmpuint(rst_json_count(json), ==, 0);
    rst_json_free(json);
    refuse(deeper);
    g_free(deep);
    g_free(deeper);

    json = read_members(RST_JSON_MEMBERS_MAX);
    g_assert_nonnull(json);
    g_assert_cmpuint(rst_json_count(json), ==, RST_JSON_MEMBERS_MAX);
    rst_json_free(json);
    g_assert_null(read_members(RST_JSON_MEMBERS_MAX + 1));
}

/* A long name above many members must not be stored with each of them. */
static void test_long_names(void)
{
    char *fits = g_strnfill(254, 'n'), *longer = g_strnfill(255, 'n');
    char *text = g_strdup_printf("{\"%s\":{\"a\":\"x\"},\"%s\":{\"a\":\"y\"},\"z\":3}", fits, longer);
    rst_json_t *json = read_text(text);

    g_assert_nonnull(json);
    g_assert_cmpuint(rst_json_count(json), ==, 2);
    g_assert_cmpstr(rst_json_value(json, 0), ==, "x");
    g_assert_cmpuint(strlen(rst_json_path(json, 0)), ==, 256);
    g_assert_cmpstr(rst_json_text(json, "z"), ==, "3");
    rst_json_free(json);
    g_free(text);
    g_free(fits);
    g_free(longer);
}

static void test_list(void)
{
    static const char *const paths[] = {"x", "b.1", "a", NULL};
    static const char *const absent[] = {"x", "y", NULL};
    rst_json_t *json = read_text("{\"a\":1,\"b\":[2,3]}");

    g_assert_cmpuint(rst_json_count(json), ==, 3);
    g_assert_cmpstr(rst_json_path(json, 1), ==, "b.0");
    g_assert_cmpstr(rst_json_value(json, 1), ==, "2");
    g_assert_cmpstr(rst_json_first(json, paths), ==, "3");
    g_assert_null(rst_json_first(json, absent));
    rst_json_free(json);
    rst_json_free(NULL);
    g_assert_null(rst_json_text(NULL, "a"));
    g_assert_cmpuint(rst_json_count(NULL), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/logs_json/paths", test_paths);
    g_test_add_func("/logs_json/strings", test_strings);
    g_test_add_func("/logs_json/what-follows", test_what_follows);
    g_test_add_func("/logs_json/malformed", test_malformed);
    g_test_add_func("/logs_json/limits", test_limits);
    g_test_add_func("/logs_json/long-names", test_long_names);
    g_test_add_func("/logs_json/list", test_list);
    return g_test_run();
}
