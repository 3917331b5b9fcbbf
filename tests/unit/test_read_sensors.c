/* test_read_sensors.c
 * What sensors and meshes write: Suricata, Zeek, Azure's flow logs, Envoy.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "script-log.h"

#define EVE(type, rest)                                                                                                \
    "{\"timestamp\":\"2026-08-15T18:03:31.123456+0200\",\"event_type\":\"" type "\",\"src_ip\":\"192.0.2.7\","         \
    "\"src_port\":40000,\"dest_ip\":\"198.51.100.4\",\"dest_port\":443,\"proto\":\"TCP\"" rest "}\n"
#define FLOW(ts, tc)                                                                                                   \
    EVE("flow", ",\"flow\":{\"start\":\"2026-08-15T16:03:00.5+0000\",\"end\":\"2026-08-15T16:03:02.5+0000\","          \
                "\"reason\":\"timeout\"},\"tcp\":{\"tcp_flags_ts\":\"" ts "\",\"tcp_flags_tc\":\"" tc "\"}")
#define PAIR " 6 192.0.2.7:40000 > 198.51.100.4:443"
#define EITHER " 6 192.0.2.7:40000 - 198.51.100.4:443"
#define AT " at 1786809811.123456\n"
#define ENDED " at 1786809782.5\n"

static void test_suricata(void)
{
    script_log_expect(FLOW("1b", "1b"), "1 suricata closed_normally" PAIR ENDED);
    script_log_expect(FLOW("1a", "1e"), "1 suricata reset_by_dst" PAIR ENDED);
    script_log_expect(FLOW("1e", "1a"), "1 suricata reset_by_src" PAIR ENDED);
    script_log_expect(FLOW("06", "06"), "1 suricata other" PAIR ENDED);
    script_log_expect(FLOW("02", "00"), "1 suricata other" PAIR ENDED);
    script_log_expect(EVE("alert", ",\"alert\":{\"action\":\"allowed\"}"), "1 suricata allowed" EITHER AT);
    script_log_expect(EVE("alert", ",\"alert\":{\"action\":\"blocked\"}"), "1 suricata dropped" EITHER AT);
    /* The verdict is what happened. */
    script_log_expect(EVE("alert", ",\"alert\":{\"action\":\"allowed\"},\"verdict\":{\"action\":\"drop\"}"),
                      "1 suricata dropped" EITHER AT);
    script_log_expect(EVE("alert", ",\"alert\":{\"action\":\"blocked\"},\"verdict\":{\"action\":\"drop\",\"reject\":"
                                   "[\"tcp-reset\"],\"reject-target\":\"both\"},\"direction\":\"to_client\""),
                      "1 suricata policy_reset 6 198.51.100.4:443 > 192.0.2.7:40000" AT);
    script_log_expect(EVE("drop", ",\"drop\":{\"fin\":false,\"syn\":true,\"rst\":false,\"psh\":false,\"ack\":false,"
                                  "\"urg\":false,\"tcpseq\":1,\"reason\":\"rules\"}"),
                      "1 suricata dropped" PAIR AT);
    script_log_expect(EVE("drop", ",\"drop\":{\"ack\":true,\"tcpseq\":4294967296}"), "1 suricata dropped" EITHER AT);
    script_log_expect(EVE("tls", ",\"tls\":{}"), "1 suricata other" EITHER AT);
    script_log_expect(
        "{\"firewall_name\":\"f\",\"event\":{\"timestamp\":\"2026-08-15T16:03:31.123456+0000\","
        "\"event_type\":\"alert\",\"src_ip\":\"192.0.2.7\",\"src_port\":40000,\"dest_ip\":\"198.51.100.4\","
        "\"dest_port\":443,\"proto\":\"TCP\",\"alert\":{\"action\":\"blocked\"}}}\n",
        "1 suricata dropped" EITHER AT);
}

static void test_suricata_near_misses(void)
{
    script_log_expect("{\"timestamp\":\"2026-08-15T16:03:31Z\",\"event_type\":\"stats\",\"stats\":{}}\n", "");
    script_log_expect("{\"event_type\":\"login\",\"src_ip\":\"192.0.2.7\"}\n", "");
    script_log_expect("{\"timestamp\":\"2026-08-15T16:03:31Z\",\"event_type\":\"alert\",\"src_ip\":\"192.0.2.7\","
                      "\"src_port\":65536,\"dest_ip\":\"198.51.100.4\",\"dest_port\":443,\"proto\":\"TCP\"}\n",
                      "");
    script_log_expect(
        "{\"timestamp\":\"2026-08-15T16:03:31Z\",\"event_type\":\"alert\",\"src_ip\":\"::1\",\"src_port\":3,"
        "\"dest_ip\":\"2001:db8::1\",\"dest_port\":1,\"proto\":\"IPv6-ICMP\",\"alert\":{\"action\":\"allowed\"}}\n",
        "1 suricata allowed 58 ::1 - 2001:db8::1 at 1786809811\n");
}

#define HEADER                                                                                                         \
    "#separator \\x09\n#set_separator\t,\n#path\tconn\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\t"            \
    "id.resp_p\tproto\tip_proto\tservice\tduration\torig_bytes\tresp_bytes\tconn_state\n"
#define ROW(state) "1786809811.123456\tC1\t192.0.2.7\t40000\t198.51.100.4\t443\ttcp\t6\t-\t2.5\t1\t2\t" state "\n"

static void expect_zeek(const char *state, const char *meaning, const char *pair)
{
    char *text =
        g_strconcat("#separator \\x09\n#fields\tconn_state\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto"
                    "\tuid\torig_bytes\tresp_bytes\tduration\tservice\n",
                    state, "\t1786809811.123456\t192.0.2.7\t40000\t198.51.100.4\t443\ttcp\tC1\t0\t0\t-\t-\n", NULL);
    char *expected = g_strconcat("3 zeek ", meaning, pair, AT, NULL);

    script_log_expect(text, expected);
    g_free(text);
    g_free(expected);
}

static void test_zeek(void)
{
    script_log_expect(HEADER ROW("SF") "#close\tx\n", "5 zeek closed_normally" PAIR AT);
    expect_zeek("REJ", "reset_by_dst", PAIR);
    expect_zeek("RSTR", "reset_by_dst", PAIR);
    expect_zeek("RSTRH", "reset_by_dst", PAIR);
    expect_zeek("RSTO", "reset_by_src", PAIR);
    expect_zeek("RSTOS0", "reset_by_src", PAIR);
    expect_zeek("S0", "other", PAIR);
    expect_zeek("S1", "opened", PAIR);
    expect_zeek("OTH", "other", EITHER);
    /* No header: the usual order. */
    script_log_expect(
        "1786809811.123456\tCHhAvVGS1DHFjwGM9\t192.0.2.7\t40000\t198.51.100.4\t443\ttcp\t-\t2.5\t1\t2\tRSTO\n",
        "1 zeek reset_by_src" PAIR AT);
    script_log_expect("{\"ts\":1786809811.123456,\"id.orig_h\":\"192.0.2.7\",\"id.orig_p\":40000,\"id.resp_h\":"
                      "\"198.51.100.4\",\"id.resp_p\":443,\"proto\":\"tcp\",\"conn_state\":\"RSTR\"}\n",
                      "1 zeek reset_by_dst" PAIR AT);
    script_log_expect("{\"ts\":\"2026-08-15T16:03:31.123456Z\",\"id_orig_h\":\"192.0.2.7\",\"id_orig_p\":40000,"
                      "\"id_resp_h\":\"198.51.100.4\",\"id_resp_p\":443,\"proto\":\"tcp\",\"conn_state\":\"S0\"}\n",
                      "1 zeek other" PAIR AT);
}

static void test_zeek_near_misses(void)
{
    script_log_expect("#separator \\x09\n#path\tdns\n#fields\tts\tuid\tid.orig_h\tid.orig_p\n"
                      "1786809811.1\tC1\t192.0.2.7\t40000\t198.51.100.4\t443\ttcp\n",
                      "");
    script_log_expect(ROW("SF"), "");
    script_log_expect(HEADER "1786809811.1\tC1\t192.0.2.7\t65536\t198.51.100.4\t443\ttcp\t6\t-\t-\t1\t2\tSF\n", "");
    script_log_expect(HEADER "1786809811.1\tC1\tws5\t40000\t198.51.100.4\t443\ttcp\t6\t-\t-\t1\t2\tSF\n", "");
    script_log_expect(HEADER "XXXXXXXXXX.XXXXXX\tC1\t192.0.2.7\t8\t198.51.100.4\t0\ticmp\t1\t-\t-\t1\t2\tOTH\n",
                      "5 zeek other 1 192.0.2.7 - 198.51.100.4\n");
    script_log_expect(HEADER "1786809811.1\tC1\t192.0.2.7\t53\t198.51.100.4\t53\tudp\t17\t-\t-\t1\t2\tSF\n",
                      "5 zeek other 17 192.0.2.7:53 > 198.51.100.4:53 at 1786809811.1\n");
}

#define NSG(tuple)                                                                                                     \
    "{\"records\":[{\"time\":\"2026-08-15T16:10:00Z\",\"category\":\"NetworkSecurityGroupFlowEvent\",\"properties\":{" \
    "\"Version\":2,\"flows\":[{\"rule\":\"other\",\"flows\":[]},{\"rule\":\"DenyAll\",\"flows\":[{\"mac\":\"0\","      \
    "\"flowTuples\":[\"" tuple "\"]}]}]}}]}\n"
#define VNET(tuple)                                                                                                    \
    "{\"time\":\"2026-08-15T16:10:00Z\",\"flowRecords\":{\"flows\":[{\"flowGroups\":[{\"rule\":\"DenyAll\","           \
    "\"flowTuples\":[\"" tuple "\"]}]}]}}\n"

static void test_azure_flow(void)
{
    script_log_expect(NSG("1786809811,192.0.2.7,198.51.100.4,40000,443,T,I,D,B,,,,"),
                      "1 azure_flow dropped" PAIR " at 1786809811\n");
    script_log_expect(NSG("1786809811,192.0.2.7,198.51.100.4,40000,443,T,O,A"),
                      "1 azure_flow allowed" PAIR " at 1786809811\n");
    script_log_expect(NSG("1786809811,192.0.2.7,198.51.100.4,40000,443,T,O,A,B,,,,"),
                      "1 azure_flow opened" PAIR " at 1786809811\n");
    script_log_expect(NSG("1786809811,192.0.2.7,198.51.100.4,40000,443,T,O,A,E,1,2,3,4"),
                      "1 azure_flow other" PAIR " at 1786809811\n");
    script_log_expect(VNET("1786809811123,192.0.2.7,198.51.100.4,40000,443,6,I,D,NX,0,0,0,0"),
                      "1 azure_flow dropped" PAIR " at 1786809811.123\n");
    script_log_expect(VNET("1786809811123,192.0.2.7,198.51.100.4,40000,53,17,I,C,NX,0,0,0,0"),
                      "1 azure_flow allowed 17 192.0.2.7:40000 > 198.51.100.4:53 at 1786809811.123\n");
    script_log_expect("{\"rule\":\"r\",\"flow.0\":\"1786809811,2001:db8::7,2001:db8::4,40000,53,U,I,A,C,1,9,1,7\"}\n",
                      "1 azure_flow allowed 17 [2001:db8::7]:40000 > [2001:db8::4]:53 at 1786809811\n");
    /* Near misses. */
    script_log_expect(VNET("1786809811123,192.0.2.7,198.51.100.4,65536,443,6,I,D,NX,0,0,0,0"), "");
    script_log_expect(VNET("1786809811123,192.0.2.7,198.51.100.4,40000,443,6,X,D"), "");
    script_log_expect(
        "{\"flow.0\":\"1,2,3,4,5,6,7,8,9\",\"note\":\"1786809811,192.0.2.7,198.51.100.4,40000,443,T,I,D\"}\n", "");
}

static void take_rule(const rst_record_t *record, void *user_data)
{
    g_string_append_printf(user_data, "%s %s;", record->rule ? record->rule : "-", record->text);
}

static void test_azure_rules(void)
{
    static const char text[] = NSG("1786809811,192.0.2.7,198.51.100.4,40000,443,T,I,D,B,,,,");
    GString *rules = g_string_new(NULL);
    rst_log_options_t options = {.take = take_rule, .user_data = rules};
    rst_log_t *log = rst_log_new(&options);

    rst_log_feed(log, text, strlen(text));
    rst_log_end(log);
    rst_log_free(log);
    g_assert_cmpstr(rules->str, ==, "DenyAll 1786809811,192.0.2.7,198.51.100.4,40000,443,T,I,D,B,,,,;");
    g_string_free(rules, TRUE);
}

#define BEGIN "[2026-08-15T16:03:31.123Z] "
#define BEGAN " at 1786809811.123\n"
#define ISTIO(flags, details, failure)                                                                                 \
    BEGIN "\"GET / HTTP/1.1\" 503 " flags " " details " - \"" failure "\" 0 91 4 - \"-\" \"curl/8 x\" \"id\" "         \
          "\"web:80\" \"203.0.113.9:8080\" outbound|80||web 198.51.100.4:51000 198.51.100.4:443 192.0.2.7:40000 - "    \
          "default\n"
#define UPSTREAM " 6 198.51.100.4:51000 > 203.0.113.9:8080 nat 192.0.2.7:40000 198.51.100.4:443" BEGAN
#define DOWNSTREAM PAIR " nat 198.51.100.4:51000 203.0.113.9:8080" BEGAN
#define MESH(flags)                                                                                                    \
    "{\"start_time\":\"2026-08-15T16:03:31.123Z\",\"response_flags\":\"" flags "\",\"protocol\":\"HTTP/2\","           \
    "\"duration\":7,\"downstream_remote_address\":\"192.0.2.7:40000\",\"downstream_local_address\":"                   \
    "\"198.51.100.4:443\",\"upstream_local_address\":null,\"upstream_host\":null}\n"

static void test_envoy(void)
{
    script_log_expect(ISTIO("UF,URX", "-", "delayed connect error: Connection refused"),
                      "1 envoy closed_port" UPSTREAM);
    script_log_expect(ISTIO("UF", "upstream_reset_before_response_started{connection_timeout}", "-"),
                      "1 envoy handshake_timeout" UPSTREAM);
    script_log_expect(ISTIO("UR", "-", "-"), "1 envoy reset_by_dst" UPSTREAM);
    script_log_expect(ISTIO("UT", "-", "-"), "1 envoy app_timeout" UPSTREAM);
    script_log_expect(ISTIO("UC", "-", "-"), "1 envoy other" UPSTREAM);
    script_log_expect(ISTIO("LR", "-", "-"), "1 envoy reset_by_device" UPSTREAM);
    script_log_expect(ISTIO("UO", "-", "-"), "1 envoy resource_exhaustion" DOWNSTREAM);
    script_log_expect(ISTIO("DC", "-", "-"), "1 envoy other" DOWNSTREAM);
    script_log_expect(ISTIO("-", "via_upstream", "-"), "1 envoy other" DOWNSTREAM);
    /* The default format has one end. */
    script_log_expect(BEGIN "\"- - -\" 0 UF,URX 0 0 0 - \"-\" \"-\" \"-\" \"-\" \"203.0.113.9:8080\"\n",
                      "1 envoy other 6 ? > 203.0.113.9:8080" BEGAN);
    script_log_expect(BEGIN "\"GET / HTTP/1.1\" 429 RL 0 0 0 - \"192.0.2.7\" \"-\" \"-\" \"-\" \"203.0.113.9:8080\"\n",
                      "1 envoy other 6 ? > 203.0.113.9:8080" BEGAN);
    script_log_expect(MESH("NR"), "1 envoy no_backend" PAIR BEGAN);
    script_log_expect(MESH("UR"), "1 envoy other" PAIR BEGAN);
}

static void test_envoy_near_misses(void)
{
    script_log_expect(BEGIN "\"GET / HTTP/1.1\" 200 12 \"192.0.2.7:1\"\n", "");
    script_log_expect(
        "[2026-08-15 16:03:31] \"GET / HTTP/1.1\" 200 - 0 1 2 3 \"-\" \"-\" \"-\" \"-\" \"203.0.113.9:80\"\n", "");
    script_log_expect(BEGIN "\"GET / HTTP/1.1\" 503 UH 0 91 0 - \"192.0.2.7\" \"curl\" \"id\" \"web\" \"-\"\n", "");
    script_log_expect(BEGIN "\"GET / HTTP/1.1\" 503 UF 0 91 0 - \"-\" \"-\" \"-\" \"-\" \"203.0.113.9:65536\"\n", "");
    script_log_expect("{\"response_flags\":\"-\",\"method\":\"GET\"}\n", "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/read_sensors/suricata", test_suricata);
    g_test_add_func("/read_sensors/suricata-near-misses", test_suricata_near_misses);
    g_test_add_func("/read_sensors/zeek", test_zeek);
    g_test_add_func("/read_sensors/zeek-near-misses", test_zeek_near_misses);
    g_test_add_func("/read_sensors/azure-flow", test_azure_flow);
    g_test_add_func("/read_sensors/azure-rules", test_azure_rules);
    g_test_add_func("/read_sensors/envoy", test_envoy);
    g_test_add_func("/read_sensors/envoy-near-misses", test_envoy_near_misses);
    return g_test_run();
}
