/* test_read_windows.c
 * What Windows writes about packets and connections: the Security log in all its forms, the filtering platform's own
 * files, the firewall's log.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "script-log.h"

#define NAMES(inner) "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>" inner "</Event>"
#define SYSTEM(id)                                                                                                     \
    "<System><Provider Name='Microsoft-Windows-Security-Auditing'/><EventID>" id "</EventID>"                          \
    "<TimeCreated SystemTime='2026-08-15T16:03:31.123456700Z'/><Computer>ws5</Computer></System>"
#define DATA(name, value) "<Data Name='" name "'>" value "</Data>"
#define PAIR(source, sport, dest, dport)                                                                               \
    DATA("SourceAddress", source) DATA("SourcePort", sport) DATA("DestAddress", dest) DATA("DestPort", dport)
#define TRAFFIC(id, direction, pair, filter)                                                                           \
    NAMES(SYSTEM(id) "<EventData>" DATA("Application", "-") DATA("Direction", direction) pair DATA("Protocol", "6")    \
              DATA("FilterRTID", filter) DATA("LayerName", "%%14597") DATA("LayerRTID", "13") "</EventData>")
#define IN "%%14592"
#define OUT "%%14593"
#define USUAL PAIR("192.0.2.7", "40000", "198.51.100.4", "443")
#define AT " at 1786809811.1234567\n"
#define ENDS " 6 192.0.2.7:40000 - 198.51.100.4:443" AT
#define CHANGE(kind, time)                                                                                             \
    NAMES("<System><EventID>5447</EventID><TimeCreated SystemTime='" time                                              \
          "'/></System><EventData>" DATA("ChangeType", kind) DATA("FilterName", "Port Scanning Prevention Filter")     \
              DATA("FilterId", "77") "</EventData>")

static void test_xml(void)
{
    script_log_expect(TRAFFIC("5152", IN, USUAL, "7") "\n", "1 windows_event dropped" ENDS);
    script_log_expect("<Events>\n" TRAFFIC("5152", IN, USUAL, "7") TRAFFIC("5156", IN, USUAL, "0") "\n</Events>\n",
                      "2 windows_event dropped" ENDS "2 windows_event allowed" ENDS);
    script_log_expect(TRAFFIC("5157", OUT, USUAL, "7"),
                      "1 windows_event dropped 6 192.0.2.7:40000 > 198.51.100.4:443" AT);
    script_log_expect("Aug 15 16:03:31 ws5 agent: " TRAFFIC("5157", IN, USUAL, "7") "\n",
                      "1 windows_event dropped" ENDS);
    script_log_expect("```\n- <Event xmlns=\"x\">\n- <System>\n <EventID>5152</EventID> \n  <TimeCreated "
                      "SystemTime=\"2026-08-15T16:03:31.123456700Z\" /> \n </System>\n- <EventData>\n "
                      "<Data Name=\"SourceAddress\">2001:db8::7</Data> \n <Data Name=\"SourcePort\">40000</Data> \n "
                      "<Data Name=\"DestAddress\">::ffff:198.51.100.4</Data> \n <Data Name=\"DestPort\">443</Data> \n "
                      "<Data Name=\"Protocol\">6</Data> \n <Data Name=\"FilterRTID\">7</Data> \n </EventData>\n "
                      "</Event>\n```\n",
                      "2 windows_event dropped 6 [2001:db8::7]:40000 - 198.51.100.4:443" AT);
}

static void test_json(void)
{
#define FLAT                                                                                                           \
    "\"SourceAddress\":\"192.0.2.7\",\"SourcePort\":\"40000\",\"DestAddress\":\"198.51.100.4\",\"DestPort\":\"443\","  \
    "\"Protocol\":\"6\",\"FilterRTID\":\"7\",\"Direction\":\"%%14592\""
    script_log_expect("{\"EventTime\":\"2026-08-15 16:03:31\",\"EventID\":5152," FLAT "}\n",
                      "1 windows_event dropped 6 192.0.2.7:40000 - 198.51.100.4:443 as 2026-08-15 16:03:31\n");
    script_log_expect(
        "{\"@timestamp\":\"2026-08-15T16:03:31.1234567Z\",\"message\":\"Le filtre a dit: non\",\"winlog\":{"
        "\"event_id\":5156,\"event_data\":{" FLAT "}}}\n",
        "1 windows_event allowed" ENDS);
    script_log_expect("{\"winlog_event_id\":5152,\"winlog_event_data_SourceAddress\":\"192.0.2.7\","
                      "\"winlog_event_data_SourcePort\":40000,\"winlog_event_data_DestAddress\":\"198.51.100.4\","
                      "\"winlog_event_data_DestPort\":443,\"winlog_event_data_Protocol\":6,"
                      "\"winlog_event_data_FilterRTID\":7,\"event.code\":\"5152\"}\n",
                      "1 windows_event dropped 6 192.0.2.7:40000 - 198.51.100.4:443\n");
    script_log_expect(
        "{\"data\":{\"win\":{\"system\":{\"eventID\":\"5157\",\"systemTime\":\"2026-08-15T16:03:31.1234567Z\"},"
        "\"eventdata\":{\"sourceAddress\":\"192.0.2.7\",\"sourcePort\":\"40000\",\"destAddress\":"
        "\"198.51.100.4\",\"destPort\":\"443\",\"protocol\":\"6\",\"filterRTID\":\"7\"}}}}\n",
        "1 windows_event dropped" ENDS);
    script_log_expect(
        "{\"Event\":{\"System\":{\"EventID\":{\"#text\":\"5152\"},\"TimeCreated\":{\"@SystemTime\":"
        "\"2026-08-15T16:03:31.1234567Z\"}},\"EventData\":{\"Data\":[{\"@Name\":\"SourceAddress\",\"#text\":"
        "\"192.0.2.7\"},{\"@Name\":\"SourcePort\",\"#text\":\"40000\"},{\"@Name\":\"DestAddress\",\"#text\":"
        "\"198.51.100.4\"},{\"@Name\":\"DestPort\",\"#text\":\"443\"},{\"@Name\":\"Protocol\",\"#text\":\"6\"},"
        "{\"@Name\":\"FilterRTID\",\"#text\":\"7\"}]}}}\n",
        "1 windows_event dropped" ENDS);
}

#define BLOCK(gap, first, source)                                                                                      \
    first gap gap "Application Information:" gap "\tProcess ID:\t\t4" gap "\tApplication Name:\tSystem" gap gap        \
                  "Network Information:" gap "\tDirection:\t\tInbound" gap "\tSource Address:\t\t" source gap          \
                  "\tSource Port:\t\t40000" gap "\tDestination Address:\t198.51.100.4" gap                             \
                  "\tDestination Port:\t443" gap "\tProtocol:\t\t6" gap gap "Filter Information:" gap                  \
                  "\tFilter Origin:\t\tStealth" gap "\tFilter Run-Time ID:\t7" gap "\tLayer Name:\t\tTransport" gap    \
                  "\tLayer Run-Time ID:\t13" gap
#define BLOCKED "The Windows Filtering Platform has blocked a packet."
#define UNHEARD "no_listener 6 192.0.2.7:40000 - 198.51.100.4:443"

static void test_text(void)
{
    script_log_expect(
        "Event[0]:\n  Date: 2026-08-15T16:03:31.1234567Z\n  Event ID: 5152\n" BLOCK("\n", BLOCKED, "192.0.2.7") "\nx\n",
        "1 windows_event " UNHEARD AT);
    script_log_expect("Aug 15 16:03:31 ws5 agent: " BLOCK("#015#012#011", BLOCKED, "192.0.2.7") "\n",
                      "1 windows_event " UNHEARD " as Aug 15 16:03:31\n");
    script_log_expect("\"TimeGenerated\",\"EventID\",\"Message\"\n\"2026-08-15 16:03:31\",\"5152\",\"" BLOCK(
                          "\n", BLOCKED, "192.0.2.7") "\"\n",
                      "2 windows_event " UNHEARD " as 2026-08-15 16:03:31\n");
    /* Snare: the zone is what brings its local time and the header's together. */
    script_log_expect("<13>1 2026-08-15T14:03:33.5Z ws5 - - - - MSWinEventLog\t1\tSecurity\t3\tSat Aug 15 16:03:31 "
                      "2026\t5152\tMicrosoft-Windows-Security-Auditing\tN/A\t" BLOCK("   ", BLOCKED, "192.0.2.7") "\n",
                      "1 windows_event " UNHEARD " at 1786802611\n");
    /* In another language, by the order of the values. */
    script_log_expect(
        "WinEvtLog: Security: AUDIT_FAILURE(5152): Microsoft-Windows-Security-Auditing: (no user): "
        "Netzwerkinformationen:  Richtung: Eingehend  Quelladresse: 192.0.2.7  Quellport: 40000  Zieladresse: "
        "198.51.100.4  Zielport: 443  Protokoll: 6  Filterinformationen:  Laufzeit-ID des Filters: 7\n",
        "1 windows_event dropped 6 192.0.2.7:40000 - 198.51.100.4:443\n");
}

static void test_text_cut_off(void)
{
    script_log_expect(BLOCKED "\n\tSource Address:\t192.0.2.7\nIN=eth0 OUT= SRC=192.0.2.7 DST=198.51.100.4 PROTO=TCP "
                              "SPT=1 DPT=2\n",
                      "3 netfilter other 6 192.0.2.7:1 - 198.51.100.4:2\n");
    script_log_expect(BLOCKED "\n" BLOCK("\n", BLOCKED, "192.0.2.7"), "2 windows_event " UNHEARD "\n");
}

/* Without a pair, of another number, another provider's. */
static void test_near_misses(void)
{
    script_log_expect(TRAFFIC("5158", IN, USUAL, "7") TRAFFIC("4624", IN, USUAL, "7"), "");
    script_log_expect(TRAFFIC("5152", IN, PAIR("-", "0", "-", "0"), "7"), "");
    script_log_expect(TRAFFIC("5152", IN, PAIR("ws5", "1", "198.51.100.4", "443"), "7"), "");
    script_log_expect("{\"EventID\":5152,\"src\":\"192.0.2.7\",\"dst\":\"198.51.100.4\"}\n", "");
    script_log_expect("{\"EventID\":5031,\"Application\":\"x\",\"FilterRTID\":\"7\",\"SourceAddress\":\"192.0.2.7\"}\n",
                      "");
    script_log_expect("5152 packets: 192.0.2.7\n", "");
}

static void test_hostile(void)
{
    rst_log_sum_t sum;
    const rst_log_options_t options = {0};
    const char *absurd = TRAFFIC("5152", IN, PAIR("192.0.2.7", "65536", "198.51.100.4", "443"), "7");
    const char *entity = TRAFFIC("5152", IN, PAIR("&x;", "1", "198.51.100.4", "443"), "7");
    const char *dtd = "<!DOCTYPE Event [<!ENTITY x '192.0.2.7'>]>" TRAFFIC("5152", IN, USUAL, "7");
    char *complaint;

    g_free(script_log(absurd, strlen(absurd), &options, &sum, NULL));
    g_assert_cmpuint(sum.broken, ==, 1);
    g_assert_cmpuint(sum.records, ==, 0);
    g_free(script_log(entity, strlen(entity), &options, &sum, NULL));
    g_assert_cmpuint(sum.broken, ==, 1);
    g_assert_cmpuint(sum.records, ==, 0);
    g_free(script_log(dtd, strlen(dtd), &options, &sum, &complaint));
    g_assert_true(sum.dtd);
    g_assert_cmpuint(sum.records, ==, 0);
    g_assert_nonnull(strstr(complaint, "DTD"));
    g_free(complaint);
}

static void test_ports_of_icmp(void)
{
    script_log_expect(NAMES(SYSTEM("5152") "<EventData>" PAIR("192.0.2.7", "8", "198.51.100.4", "0")
                                DATA("Protocol", "1") DATA("FilterRTID", "7") "</EventData>"),
                      "1 windows_event dropped 1 192.0.2.7 - 198.51.100.4" AT);
}

/* Reads the text with names of filters; each test has its own. */
static void expect_named(const char *text, const char *expected)
{
    rst_log_options_t options = {.filters = rst_filters_new()};
    char *shown = script_log(text, strlen(text), &options, NULL, NULL);

    g_assert_cmpstr(shown, ==, expected);
    g_free(shown);
    rst_filters_free(options.filters);
}

#define STATE(name)                                                                                                    \
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<wfpstate>\n<layers numItems=\"1\"><item><layer>"  \
    "<displayData><name>Layer</name></displayData><layerId>13</layerId></layer>\n<filters numItems=\"1\">\n<item>"     \
    "<filterKey>{7}</filterKey><displayData><name>" name "</name><description>a &amp; b</description></displayData>"   \
    "<filterCondition numItems=\"1\"><item><displayData><name>inner</name></displayData><filterId>8</filterId></item>" \
    "</filterCondition><filterId>7</filterId></item></filters></item></layers>\n</wfpstate>\n<firewallState>\n"        \
    "</firewallState>\n"

/* The third founding document: audit, the event's filter, wfpstate.xml, the name. */
static void test_names_of_filters(void)
{
    expect_named(STATE("Port Scanning Prevention Filter") TRAFFIC("5152", IN, USUAL, "7"),
                 "9 windows_event no_listener" ENDS);
    expect_named(STATE("Block SMB") TRAFFIC("5152", IN, USUAL, "7"), "9 windows_event dropped" ENDS);
    expect_named(STATE("Port Scanning Prevention Filter") TRAFFIC("5152", IN, USUAL, "8"),
                 "9 windows_event dropped" ENDS);
    expect_named(STATE("Port Scanning Prevention Filter") TRAFFIC("5152", OUT, USUAL, "7"),
                 "9 windows_event dropped" ENDS);
    /* The same log may hold them: added, or until it was deleted. */
    expect_named(CHANGE("%%16384", "2026-08-15T16:00:00Z") TRAFFIC("5152", IN, USUAL, "77"),
                 "1 windows_event no_listener" ENDS);
    expect_named(CHANGE("%%16385", "2026-08-15T16:30:00Z") TRAFFIC("5152", IN, USUAL, "77"),
                 "1 windows_event no_listener" ENDS);
}

static void take_rule(const rst_record_t *record, void *user_data)
{
    g_string_append_printf(user_data, "%s|%" G_GUINT64_FORMAT "|", record->rule ? record->rule : "-", record->filter);
}

static void expect_rule(const char *text, const char *expected)
{
    GString *rules = g_string_new(NULL);
    rst_log_options_t options = {.filters = rst_filters_new(), .take = take_rule, .user_data = rules};
    rst_log_t *log = rst_log_new(&options);

    rst_log_feed(log, text, strlen(text));
    rst_log_end(log);
    rst_log_free(log);
    g_assert_cmpstr(rules->str, ==, expected);
    g_string_free(rules, TRUE);
    rst_filters_free(options.filters);
}

static void test_rules(void)
{
    expect_rule(STATE("@FirewallAPI.dll,-25000") TRAFFIC("5157", OUT, USUAL, "7"), "@FirewallAPI.dll,-25000|7|");
    expect_rule(STATE("Block SMB &lt;in&gt;") TRAFFIC("5152", IN, USUAL, "7"), "Block SMB <in>|7|");
    expect_rule(TRAFFIC("5152", IN, USUAL DATA("FilterOrigin", "Query User Default"), "7"), "Query User Default|7|");
    expect_rule(TRAFFIC("5152", IN, USUAL DATA("FilterOrigin", "Unknown"), "7"), "-|7|");
    expect_rule(TRAFFIC("5152", IN, USUAL, "0"), "-|0|");
    /* What the event itself says goes before the file. */
    expect_rule(STATE("other") TRAFFIC("5152", IN, USUAL DATA("FilterOrigin", "{GUID}"), "7"), "{GUID}|7|");
}

#define NET_EVENT(type, body, classify)                                                                                \
    "<netEvents numItems='1'><item><header><timeStamp>2026-08-15T16:03:31.1234567Z</timeStamp><flags numItems='1'>"    \
    "<item>FWPM_NET_EVENT_FLAG_IP_PROTOCOL_SET</item></flags><ipProtocol>6</ipProtocol>" body                          \
    "<localPort>443</localPort><remotePort>40000</remotePort></header><type>FWPM_NET_EVENT_TYPE_" type "</type>"       \
    "<" classify "<internalFields><item><filterId>9</filterId></item></internalFields></item></netEvents>\n"
#define V4 "<localAddrV4>198.51.100.4</localAddrV4><remoteAddrV4>192.0.2.7</remoteAddrV4>"
#define DROP(layer)                                                                                                    \
    "classifyDrop><filterId>7</filterId><layerId>" layer "</layerId><msFwpDirection>MS_FWP_DIRECTION_OUT"              \
    "</msFwpDirection></classifyDrop>"

static void test_net_events(void)
{
    /* What receive/accept drops comes in, whatever the direction says. */
    script_log_expect(NET_EVENT("CLASSIFY_DROP", V4, DROP("44")),
                      "1 wfp dropped 6 192.0.2.7:40000 > 198.51.100.4:443" AT);
    script_log_expect(NET_EVENT("CLASSIFY_DROP", V4, DROP("13")),
                      "1 wfp dropped 6 192.0.2.7:40000 - 198.51.100.4:443" AT);
    script_log_expect(NET_EVENT("CLASSIFY_DROP", V4, DROP("48")),
                      "1 wfp dropped 6 198.51.100.4:443 > 192.0.2.7:40000" AT);
    script_log_expect(NET_EVENT("CLASSIFY_DROP", V4, DROP("99")),
                      "1 wfp dropped 6 198.51.100.4:443 - 192.0.2.7:40000" AT);
    script_log_expect(
        NET_EVENT("CLASSIFY_ALLOW", V4, "classifyAllow><filterId>7</filterId><layerId>46</layerId></classifyAllow>"),
        "1 wfp allowed 6 192.0.2.7:40000 > 198.51.100.4:443" AT);
    script_log_expect(NET_EVENT("CLASSIFY_DROP",
                                "<localAddrV6.byteArray16>2001:db8::4</localAddrV6.byteArray16><remoteAddrV6>"
                                "<byteArray16>20010db8000000000000000000000007</byteArray16></remoteAddrV6>",
                                DROP("46")),
                      "1 wfp dropped 6 [2001:db8::7]:40000 > [2001:db8::4]:443" AT);
    script_log_expect(NET_EVENT("IKEEXT_MM_FAILURE", V4, DROP("44")), "");
    script_log_expect(NET_EVENT("CLASSIFY_DROP", "<localAddrV4>198.51.100.4</localAddrV4>", DROP("44")), "");
    expect_named(STATE("Port Scanning Prevention Filter") NET_EVENT("CLASSIFY_DROP", V4, DROP("13")),
                 "9 wfp no_listener 6 192.0.2.7:40000 - 198.51.100.4:443" AT);
}

#define FIELDS                                                                                                         \
    "#Fields: date time action protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn tcpack tcpwin "           \
    "icmptype icmpcode info path pid\n"
#define HEAD "#Version: 1.5\n#Software: Microsoft Windows Firewall\n#Time Format: Local\n" FIELDS "\n"
#define LINE(action, rest) "2026-08-15 16:03:31 " action " TCP 192.0.2.7 198.51.100.4 40000 443 " rest "\n"
#define AS " as 2026-08-15 16:03:31\n"

static void test_pfirewall(void)
{
    script_log_expect(HEAD LINE("DROP", "52 S 1000 0 64240 - - - RECEIVE 4"),
                      "6 pfirewall dropped 6 192.0.2.7:40000 > 198.51.100.4:443" AS);
    script_log_expect(HEAD LINE("DROP", "52 SA 1000 7 64240 - - - SEND 4") LINE("ALLOW", "0 - 0 0 0 - - - SEND 4"),
                      "6 pfirewall dropped 6 192.0.2.7:40000 - 198.51.100.4:443" AS
                      "7 pfirewall allowed 6 192.0.2.7:40000 - 198.51.100.4:443" AS);
    /* Windows XP; a file without its header. */
    script_log_expect(LINE("OPEN", "- - - - - - - - -") LINE("CLOSE", "- - - - - - - - -")
                          LINE("OPEN-INBOUND", "- - - -"),
                      "1 pfirewall opened 6 192.0.2.7:40000 > 198.51.100.4:443" AS
                      "2 pfirewall other 6 192.0.2.7:40000 - 198.51.100.4:443" AS
                      "3 pfirewall opened 6 192.0.2.7:40000 > 198.51.100.4:443" AS);
    /* The header says where the columns are, and what the times are. */
    script_log_expect(
        "#Software: Microsoft Windows Firewall\n#Time Format: GMT\n#Fields: date time action protocol dst-ip "
        "src-ip dst-port src-port\n2026-08-15 16:03:31 DROP UDP 198.51.100.4 192.0.2.7 53 40000\n",
        "4 pfirewall dropped 17 192.0.2.7:40000 - 198.51.100.4:53 at 1786809811\n");
    script_log_expect(HEAD "2026-08-15 16:03:31 DROP ICMP 192.0.2.7 198.51.100.4 7 7 78 - - - - 8 0 - RECEIVE\n"
                           "2026-08-15 16:03:31 DROP 2 192.0.2.7 224.0.0.22 - - 0 - - - - - - - SEND\n"
                           "2026-08-15 16:03:31 INFO-EVENTS-LOST - - - - - - - - - - - - 59 -\n",
                      "6 pfirewall dropped 1 192.0.2.7 - 198.51.100.4" AS
                      "7 pfirewall dropped 2 192.0.2.7 - 224.0.0.22" AS);
}

static void test_pfirewall_near_misses(void)
{
    script_log_expect("2026-08-15 16:03:31 DROP TCP ws5 198.51.100.4 40000 443 52 S 1 0 64240 - - - SEND\n", "");
    script_log_expect("2026-08-15 16:03:31 DROP TCP 192.0.2.7 198.51.100.4 40000 65536 52 S 1 0 64240 - - - SEND\n",
                      "");
    script_log_expect("2026-08-15 16:03:31 DROP TCP 192.0.2.7 198.51.100.4\n", "");
    script_log_expect(
        "#Fields: date time s-ip cs-method c-ip\n2026-08-15 16:03:31 192.0.2.7 GET /a - 80 - 198.51.100.4\n", "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/read_windows/xml", test_xml);
    g_test_add_func("/read_windows/json", test_json);
    g_test_add_func("/read_windows/text", test_text);
    g_test_add_func("/read_windows/text-cut-off", test_text_cut_off);
    g_test_add_func("/read_windows/near-misses", test_near_misses);
    g_test_add_func("/read_windows/hostile", test_hostile);
    g_test_add_func("/read_windows/icmp", test_ports_of_icmp);
    g_test_add_func("/read_windows/names-of-filters", test_names_of_filters);
    g_test_add_func("/read_windows/rules", test_rules);
    g_test_add_func("/read_windows/net-events", test_net_events);
    g_test_add_func("/read_windows/pfirewall", test_pfirewall);
    g_test_add_func("/read_windows/pfirewall-near-misses", test_pfirewall_near_misses);
    return g_test_run();
}
