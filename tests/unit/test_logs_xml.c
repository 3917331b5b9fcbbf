/* test_logs_xml.c
 * Tests of XML character by character, and of what is cut out of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include <glib.h>

#include "logs/filters.h"
#include "logs/xml.h"
#include "logs/xml_split.h"

/* What the tokens of a text are: <name>, </name>, <name/>, with the text before them; DTD; BAD, which ends it. */
static char *tokens_of(const char *text, bool *foreign)
{
    static const char *const forms[] = {
        [RST_XML_OPEN] = "<%.*s>", [RST_XML_CLOSE] = "</%.*s>", [RST_XML_EMPTY] = "<%.*s/>"};
    GString *told = g_string_new(NULL);
    rst_xml_t xml;

    rst_xml_begin(&xml);
    for (; *text; text++) {
        rst_xml_token_t token = rst_xml_step(&xml, *text);
        rst_piece_t name = rst_xml_name(&xml);

        if (token == RST_XML_BAD) {
            g_string_append(told, "BAD");
            break;
        }
        if (token == RST_XML_DTD)
            g_string_append(told, "DTD");
        if (token == RST_XML_DTD || token == RST_XML_MORE)
            continue;
        g_string_append(told, xml.text->str);
        g_string_append_printf(told, forms[token], (int)name.length, name.text);
    }
    if (foreign)
        *foreign = xml.foreign;
    rst_xml_end(&xml);
    return g_string_free(told, FALSE);
}

static void check(const char *text, const char *expected)
{
    char *told = tokens_of(text, NULL);

    g_assert_cmpstr(told, ==, expected);
    g_free(told);
}

static void test_tokens(void)
{
    check("<a><b x='1'>t</b>\n<c/></a>", "<a><b>t</b>\n<c/></a>");
    check("<?xml version=\"1.0\"?><e:a><!-- <x> -- > --><f:b/></e:a>", "<a><b/></a>");
    check("- <a>\n- <b>", "- <a>\n- <b>");
    check("<a><![CDATA[<x>&amp;]]]]>t</a>", "<a><x>&amp;]]t</a>");
    check("<a>&lt;&gt;&amp;&quot;&apos;&#65;&#x20AC;</a>", "<a><>&\"'A\xe2\x82\xac</a>");
    check("<a>a & b, ?x=1&y=2; a < b <= c</a>", "<a>a & b, ?x=1&y=2; a < b <= c</a>");
    check("<a x='>' y=\"'>\"/>", "<a/>");
    check("</a></a>", "</a></a>");
}

static void test_refused(void)
{
    bool foreign;
    char *told = tokens_of("<a>&xxe;&#0;&#xD800;&#4294967361;</a>", &foreign);

    g_assert_cmpstr(told, ==, "<a>&xxe;&#0;&#xD800;&#4294967361;</a>");
    g_assert_true(foreign);
    g_free(told);
    told = tokens_of("<a>&lt;a & b</a>", &foreign);
    g_assert_false(foreign);
    g_free(told);
    check("<!DOCTYPE a [<!ENTITY x \"]>\"><!ENTITY y '&x;&x;'>]><a>&y;</a>", "DTD<a>&y;</a>");
    check("<a><13>Nov", "<a>BAD");
    check("<a <b>", "BAD");
    check("<a><!x", "<a>DTD");
    check("<a><![CDATX", "<a>BAD");
    check("<!-x", "BAD");
}

static void test_attributes(void)
{
    static const char text[] = "<ns:Data  Name = 'Source&amp;&x;'  a=\"'\" empty=\"\" b>";
    GString *value = g_string_new("old");
    rst_xml_t xml;

    rst_xml_begin(&xml);
    for (const char *at = text; *at; at++)
        rst_xml_step(&xml, *at);
    g_assert_true(rst_xml_attribute(&xml, "Name", value));
    g_assert_cmpstr(value->str, ==, "Source&&x;");
    g_assert_true(rst_xml_attribute(&xml, "a", value));
    g_assert_cmpstr(value->str, ==, "'");
    g_assert_true(rst_xml_attribute(&xml, "empty", value));
    g_assert_cmpstr(value->str, ==, "");
    g_assert_false(rst_xml_attribute(&xml, "b", value));
    g_assert_false(rst_xml_attribute(&xml, "name", value));
    rst_xml_end(&xml);
    g_string_free(value, TRUE);
}

static void test_long_parts(void)
{
    GString *text = g_string_new("<a>");
    char *told;

    for (unsigned i = 0; i < RST_XML_PART_MAX + 9; i++)
        g_string_append_c(text, 't');
    g_string_append(text, "&lt;</a>");
    told = tokens_of(text->str, NULL);
    g_assert_cmpuint(strlen(told), ==, strlen("<a></a>") + RST_XML_PART_MAX);
    g_free(told);
    g_string_assign(text, "<a ");
    for (unsigned i = 0; i < RST_XML_PART_MAX; i++)
        g_string_append_c(text, 't');
    told = tokens_of(text->str, NULL);
    g_assert_cmpstr(told, ==, "BAD");
    g_free(told);
    g_string_free(text, TRUE);
}

/* Units in {number:...}, other text as it is; lines are counted as a log does. */
typedef struct cut {
    GString *told;
    uint64_t lines, broken;
    bool dtd;
} cut_t;

static void take_text(void *user_data, const char *bytes, size_t length)
{
    cut_t *cut = user_data;

    for (size_t i = 0; i < length; i++)
        cut->lines += bytes[i] == '\n';
    g_string_append_len(cut->told, bytes, (gssize)length);
}

static void take_unit(void *user_data, const char *text, size_t length, uint64_t number)
{
    cut_t *cut = user_data;

    g_assert_cmpuint(strlen(text), ==, length);
    g_string_append_printf(cut->told, "{%u:%s}", (unsigned)number, text);
}

static cut_t cut_in_pieces(const char *text, size_t piece)
{
    cut_t cut = {.told = g_string_new(NULL)};
    rst_xml_split_options_t options = {take_text, take_unit, &cut, &cut.lines};
    rst_xml_split_t *split;
    size_t length = strlen(text);

    options.user_data = &cut;
    options.lines = &cut.lines;
    split = rst_xml_split_new(&options);
    for (size_t at = 0; at < length; at += piece)
        rst_xml_split_feed(split, text + at, MIN(piece, length - at));
    rst_xml_split_end(split);
    cut.broken = rst_xml_split_broken(split);
    cut.dtd = rst_xml_split_dtd(split);
    rst_xml_split_free(split);
    return cut;
}

static void check_cut(const char *text, const char *expected, unsigned broken)
{
    for (size_t piece = 1; piece <= strlen(text); piece = piece < 9 ? piece + 1 : piece * 3) {
        cut_t cut = cut_in_pieces(text, piece);
        uint64_t lines = 0;

        for (const char *at = text; *at; at++)
            lines += *at == '\n';
        lines += g_str_has_suffix(text, ">") && !g_str_has_suffix(cut.told->str, ">"); /* a line without an end */
        g_assert_cmpstr(cut.told->str, ==, expected);
        g_assert_cmpuint(cut.broken, ==, broken);
        g_assert_cmpuint(cut.lines, ==, lines);
        g_string_free(cut.told, TRUE);
    }
}

static void test_units(void)
{
    check_cut("<Event><a/></Event><Event>\n</Event>\n", "{1:<Event><a/></Event>}{1:<Event>\n</Event>}\n", 0);
    check_cut("x\n<?xml version='1.0'?>\n<Events>\n <Event>1</Event>\n</Events>\ny\n", "x\n{4:<Event>1</Event>}\ny\n",
              0);
    check_cut("- <Event>\n- <System>\n  </System>\n  </Event>\n", "{1:<Event>\n- <System>\n  </System>\n  </Event>}\n",
              0);
    check_cut("<root>\n<Event/>\n<Event>1</Event></root>", "{3:<Event>1</Event>}", 0);
    check_cut("<!-- c --><Event>1</Event>", "{1:<Event>1</Event>}", 0);
}

static void test_filter_lists(void)
{
    check_cut("<wfpdiag><filters numItems='1'><item><item>f</item></item></filters></wfpdiag>",
              "{1:<item><item>f</item></item>}", 0);
    check_cut(
        "<wfpstate>\n<layers><item>\n<filters><item>1</item>\n<item>2</item></filters></item></layers></wfpstate>\n"
        "<firewallState>\n</firewallState>\n",
        "{3:<item>1</item>}{4:<item>2</item>}\n\n", 0);
    check_cut("<netEvents><netEvent>1</netEvent><item><netEvent>2</netEvent></item></netEvents>",
              "{1:<netEvent>1</netEvent>}{1:<item><netEvent>2</netEvent></item>}", 0);
}

static void test_no_xml(void)
{
    static const char *const texts[] = {
        "",
        "\n",
        "plain\nlines\n",
        "<13>Nov 30 x\n<14>y",
        " - list\n - of things\n",
        "<x>y</x>\n<b/>\nz\n",
        "<nil>",
        "<a\n<b\n<c",
        "-\n--\n- \n<",
        "</a>\n",
        "<html>\n<p>\n",
        "<a><13>x\ny\n",
        "<?xml",
        "<a><b></a>",
        "  <a> more text",
        "<item>1</item>\n<item/>\n",
        "<a <b>\n<Event\n",
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++)
        check_cut(texts[i], texts[i], 0);
}

static void test_cut_off(void)
{
    check_cut("<Event><a>", "", 1);
    check_cut("<Event><a><Event>1</Event>\nx\n", "{1:<Event>1</Event>}\nx\n", 1);
    check_cut("<Event>\n<a>\n<13>Nov 30 x\ny\n", "<13>Nov 30 x\ny\n", 1);
    check_cut("<Events>\n<Event>1</Event>\n<13>Nov 30 x\n<Event>2</Event>",
              "{2:<Event>1</Event>}<13>Nov 30 x\n{4:<Event>2</Event>}", 1);
    check_cut("<Events>\n", "", 0);
}

static void test_dtd(void)
{
    static const char *const texts[] = {
        "<!DOCTYPE Events [<!ENTITY x 'y'>]>\n<Events><Event>&x;</Event></Events>\n",
        "<?xml version='1.0'?>\n<!doctype Event>\n<Event>1</Event>\n",
        "<Events><!ENTITY x 'y'><Event>1</Event></Events>\n",
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(texts); i++) {
        cut_t cut = cut_in_pieces(texts[i], 7);

        g_assert_cmpstr(cut.told->str, ==, "\n");
        g_assert_true(cut.dtd);
        g_string_free(cut.told, TRUE);
    }
}

static char *repeated(const char *before, const char *part, unsigned times, const char *after)
{
    GString *text = g_string_new(before);

    for (unsigned i = 0; i < times; i++)
        g_string_append(text, part);
    return g_string_free(g_string_append(text, after), FALSE);
}

/* end = how what is told ends; NULL = it is the text itself. */
static void check_long(const char *before, const char *part, unsigned times, const char *after, const char *end)
{
    char *text = repeated(before, part, times, after);
    cut_t cut = cut_in_pieces(text, 4096);

    if (end)
        g_assert_true(g_str_has_suffix(cut.told->str, end));
    else
        g_assert_true(strcmp(cut.told->str, text) == 0);
    g_string_free(cut.told, TRUE);
    g_free(text);
}

static void test_endless(void)
{
    check_long("<unknown>", "<a>b</a>\n", 9000, "x", NULL);
    check_long("<Event>", "<a>b</a>", 40000, "\n<Event>1</Event>", "\n{2:<Event>1</Event>}");
    check_long("<Events>", "words ", 12000, "\n<Event>1</Event>", "\n{2:<Event>1</Event>}");
    check_long("", "<a>", 200, "\nx", NULL);
    check_long("<wfpstate>", "<p>v</p>\n", 40000, "<filters><item>1</item></filters></wfpstate>",
               "{40001:<item>1</item>}");
}

static const rst_when_t *at(int64_t seconds, bool loose)
{
    static rst_when_t when;

    when = (rst_when_t){.kind = RST_WHEN_UTC, .ns = seconds * INT64_C(1000000000), .loose = loose};
    return &when;
}

static void expect_name(const rst_filters_t *filters, uint64_t id, const rst_when_t *event, const char *name, bool sure)
{
    bool doubtful;

    g_assert_cmpstr(rst_filters_name(filters, id, event, &doubtful), ==, name);
    if (name)
        g_assert_true(doubtful == !sure);
}

static void test_filters(void)
{
    rst_filters_t *filters = rst_filters_new();

    expect_name(NULL, 7, NULL, NULL, false);
    rst_filters_add(filters, 7, "first", at(1000, false));
    rst_filters_add(filters, 7, "second", at(2000, false));
    rst_filters_drop(filters, 7, at(3000, false));
    rst_filters_add(filters, 8, "alone", NULL);
    rst_filters_add(filters, 9, "state", at(9000, true));
    rst_filters_add(filters, 0, "none", NULL);
    rst_filters_add(filters, 10, "", NULL);
    expect_name(filters, 7, at(999, false), "first", false);
    expect_name(filters, 7, at(1000, false), "first", true);
    expect_name(filters, 7, at(1999, false), "first", true);
    expect_name(filters, 7, at(2000, false), "second", true);
    expect_name(filters, 7, at(3000, false), "second", false);
    expect_name(filters, 7, NULL, "second", false);
    expect_name(filters, 8, NULL, "alone", true);
    expect_name(filters, 8, at(1, false), "alone", true);
    expect_name(filters, 9, at(9001, false), "state", true);
    expect_name(filters, 9, at(9000 - 3600, false), "state", true);
    expect_name(filters, 9, at(9000 - 3601, false), "state", false);
    expect_name(filters, 0, NULL, NULL, false);
    expect_name(filters, 10, NULL, NULL, false);
    rst_filters_free(filters);
    g_assert_true(rst_filter_is_silent_port("Port Scanning Prevention Filter"));
    g_assert_true(rst_filter_is_silent_port("Stealth"));
    g_assert_false(rst_filter_is_silent_port("Block SMB"));
    g_assert_false(rst_filter_is_silent_port(NULL));
}

static void test_many_filters(void)
{
    rst_filters_t *filters = rst_filters_new();
    char name[16];

    for (uint64_t id = 1; id <= RST_FILTERS_MAX + 1; id++)
        rst_filters_add(filters, id, "name", NULL);
    expect_name(filters, RST_FILTERS_MAX, NULL, "name", true);
    expect_name(filters, RST_FILTERS_MAX + 1, NULL, NULL, false);
    rst_filters_free(filters);

    filters = rst_filters_new();
    for (unsigned i = 0; i < 20; i++) {
        g_snprintf(name, sizeof name, "n%u", i);
        rst_filters_add(filters, 1, name, at(i, false));
    }
    expect_name(filters, 1, at(20, false), "n7", true);
    rst_filters_free(filters);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/logs_xml/tokens", test_tokens);
    g_test_add_func("/logs_xml/refused", test_refused);
    g_test_add_func("/logs_xml/attributes", test_attributes);
    g_test_add_func("/logs_xml/long-parts", test_long_parts);
    g_test_add_func("/logs_xml/units", test_units);
    g_test_add_func("/logs_xml/filter-lists", test_filter_lists);
    g_test_add_func("/logs_xml/no-xml", test_no_xml);
    g_test_add_func("/logs_xml/cut-off", test_cut_off);
    g_test_add_func("/logs_xml/dtd", test_dtd);
    g_test_add_func("/logs_xml/endless", test_endless);
    g_test_add_func("/logs_xml/filters", test_filters);
    g_test_add_func("/logs_xml/many-filters", test_many_filters);
    return g_test_run();
}
