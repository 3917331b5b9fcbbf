/* test_read_firewalls.c
 * Readers of Juniper SRX, Check Point, PAN-OS, pf and FortiGate. For each: what is understood, look-alikes, hostile
 * lines.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "script-log.h"

typedef struct reading {
    const char *text, *expected;
} reading_t;

static void expect_all(const reading_t *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        script_log_expect(cases[i].text, cases[i].expected);
}

static void expect_refused(const char *const *lines, size_t count)
{
    const rst_log_options_t options = {.zone = NULL};
    rst_log_sum_t sum;

    for (size_t i = 0; i < count; i++) {
        char *shown = script_log(lines[i], strlen(lines[i]), &options, &sum, NULL);

        g_assert_cmpstr(shown, ==, "");
        g_assert_cmpuint(sum.broken, ==, 1);
        g_free(shown);
    }
}

/* Other readers may know these lines, but not the one of that token. */
static void expect_foreign(const char *const *lines, size_t count, const char *token)
{
    const rst_log_options_t options = {.zone = NULL};

    for (size_t i = 0; i < count; i++) {
        char *shown = script_log(lines[i], strlen(lines[i]), &options, NULL, NULL);

        g_assert_null(strstr(shown, token));
        g_free(shown);
    }
}

#define EXPECT_ALL(cases) expect_all(cases, G_N_ELEMENTS(cases))
#define EXPECT_REFUSED(lines) expect_refused(lines, G_N_ELEMENTS(lines))

/* Juniper SRX */

#define SRX(event) "<14>1 2019-04-12T14:29:06.576Z fw1 RT_FLOW - " event " [junos@2636.1.1.1.2.129 "
#define SRX_ENDS                                                                                                       \
    "source-address=\"10.0.0.2\" source-port=\"50000\" destination-address=\"198.51.100.4\" "                          \
    "destination-port=\"443\" "
#define SRX_NAT                                                                                                        \
    "nat-source-address=\"203.0.113.1\" nat-source-port=\"1024\" nat-destination-address=\"198.51.100.4\" "            \
    "nat-destination-port=\"443\" "
#define SRX_CLOSE(reason)                                                                                              \
    SRX("RT_FLOW_SESSION_CLOSE")                                                                                       \
    "reason=\"" reason "\" " SRX_ENDS SRX_NAT "protocol-id=\"6\" packets-from-client=\"1\" "                           \
    "packets-from-server=\"1\" elapsed-time=\"4\"]"
#define SRX_CLOSED(meaning)                                                                                            \
    "1 juniper_srx " meaning " 6 10.0.0.2:50000 > 198.51.100.4:443 nat 203.0.113.1:1024 ? at 1555079346.576\n"

static void test_srx_structured(void)
{
    static const reading_t cases[] = {
        {SRX_CLOSE("TCP FIN"), SRX_CLOSED("closed_normally")},
        {SRX_CLOSE("TCP CLIENT RST"), SRX_CLOSED("reset_by_src")},
        {SRX_CLOSE("TCP SERVER RST"), SRX_CLOSED("reset_by_dst")},
        {SRX_CLOSE("TCP RST"), SRX_CLOSED("other")},
        {SRX_CLOSE("idle Timeout"), SRX_CLOSED("idle_timeout")},
        {SRX_CLOSE("application failure or action"), SRX_CLOSED("policy_reset")},
        {SRX_CLOSE("Closed by junos-alg"), SRX_CLOSED("policy_reset")},
        {SRX_CLOSE("unset"), SRX_CLOSED("other")},
        {SRX_CLOSE("response received"), SRX_CLOSED("other")},
        {SRX("RT_FLOW_SESSION_CLOSE") "reason=\"idle Timeout\" " SRX_ENDS
                                      "protocol-id=\"6\" packets-from-server=\"0\"]",
         "1 juniper_srx handshake_timeout 6 10.0.0.2:50000 > 198.51.100.4:443 at 1555079346.576\n"},
        {SRX("RT_FLOW_SESSION_CLOSE") "reason=\"idle Timeout\" " SRX_ENDS
                                      "protocol-id=\"17\" packets-from-server=\"0\"]",
         "1 juniper_srx idle_timeout 17 10.0.0.2:50000 > 198.51.100.4:443 at 1555079346.576\n"},
        {SRX("RT_FLOW_SESSION_CREATE_LS") SRX_ENDS "protocol-id=\"1\"]",
         "1 juniper_srx opened 1 10.0.0.2 > 198.51.100.4 at 1555079346.576\n"},
        {SRX("RT_FLOW_SESSION_DENY") SRX_ENDS "protocol-id=\"6\" reason=\"Denied by policy\"]",
         "1 juniper_srx dropped 6 10.0.0.2:50000 > 198.51.100.4:443 at 1555079346.576\n"},
        {SRX("RT_FLOW_SESSION_DENY") SRX_ENDS "protocol-id=\"6\" reason=\"Rejected by policy\"]",
         "1 juniper_srx rejected 6 10.0.0.2:50000 > 198.51.100.4:443 at 1555079346.576\n"},
        {SRX("APPTRACK_SESSION_VOL_UPDATE") SRX_ENDS "protocol-id=\"6\"]",
         "1 juniper_srx other 6 10.0.0.2:50000 > 198.51.100.4:443 at 1555079346.576\n"},
        {SRX("IDP_ATTACK_LOG_EVENT") SRX_ENDS "protocol-name=\"TCP\" action=\"CLOSE_SERVER\" "
                                              "nat-source-address=\"0.0.0.0\" nat-source-port=\"13312\"]",
         "1 juniper_srx policy_reset 6 10.0.0.2:50000 - 198.51.100.4:443 at 1555079346.576\n"},
        {SRX("IDP_ATTACK_LOG_EVENT") SRX_ENDS "protocol-name=\"TCP\" action=\"DROP\"]",
         "1 juniper_srx dropped 6 10.0.0.2:50000 - 198.51.100.4:443 at 1555079346.576\n"},
        {SRX("RT_SCREEN_TCP") SRX_ENDS "action=\"drop\"]",
         "1 juniper_srx dropped 6 10.0.0.2:50000 - 198.51.100.4:443 at 1555079346.576\n"},
        {SRX("WEBFILTER_URL_BLOCKED") SRX_ENDS "]",
         "1 juniper_srx dropped ? 10.0.0.2:50000 > 198.51.100.4:443 at 1555079346.576\n"},
        {SRX("RT_SCREEN_TCP_SRC_IP") "source-address=\"10.0.0.2\" action=\"alarm-without-drop\"]", ""},
    };

    EXPECT_ALL(cases);
}

#define SRX_PAIR "10.0.0.2/50000->198.51.100.4/443"
#define SRX_MAPPED "203.0.113.1/1024->198.51.100.4/443"

static void test_srx_sentences(void)
{
    static const reading_t cases[] = {
        {"RT_FLOW_SESSION_CLOSE: session closed TCP SERVER RST: " SRX_PAIR " junos-https " SRX_MAPPED
         " None None 6 policy a b 5 78(6657) 122(13305) 45",
         "1 juniper_srx reset_by_dst 6 10.0.0.2:50000 > 198.51.100.4:443 nat 203.0.113.1:1024 ?\n"},
        {"RT_FLOW_SESSION_CLOSE: session closed TCP FIN: " SRX_PAIR " 0x0 junos-https " SRX_MAPPED
         " 0x0 source rule 17 N/A N/A 6 policy a b 5 78(6657)",
         "1 juniper_srx closed_normally 6 10.0.0.2:50000 > 198.51.100.4:443 nat 203.0.113.1:1024 ?\n"},
        {"RT_FLOW_SESSION_CLOSE: session closed TCP FIN: " SRX_PAIR " None " SRX_MAPPED " 17 None 6 policy a b 5",
         "1 juniper_srx closed_normally 6 10.0.0.2:50000 > 198.51.100.4:443 nat 203.0.113.1:1024 ?\n"},
        {"RT_FLOW_SESSION_CREATE: session created " SRX_PAIR " junos-ping " SRX_PAIR " None None 1 policy a b 5",
         "1 juniper_srx opened 1 10.0.0.2 > 198.51.100.4\n"},
        {"RT_FLOW_SESSION_DENY: session denied " SRX_PAIR " junos-https 6(0) default-deny(global) a b policy deny",
         "1 juniper_srx dropped 6 10.0.0.2:50000 > 198.51.100.4:443\n"},
        {"RT_FLOW_SESSION_CLOSE: session closed TCP FIN", ""},
        {"RT_FLOW_SESSION_CLOSE: session closed ->", ""},
        {"RT_FLOW_SESSION_", ""},
    };
    static const char *const refused[] = {
        "RT_FLOW_SESSION_CREATE: session created 10.0.0.2/70000->198.51.100.4/443 x",
        SRX("RT_FLOW_SESSION_CREATE") "source-address=\"10.0.0.2\" source-port=\"65536\" "
                                      "destination-address=\"198.51.100.4\" destination-port=\"443\"]",
    };

    EXPECT_ALL(cases);
    EXPECT_REFUSED(refused);
}

/* Check Point */

#define CP_HEADER "<134>1 2020-03-29T13:19:22Z gw CheckPoint 1930 - "
#define CP_TAG "__policy_id_tag:\"product=VPN-1[db_tag={1};policy_name=Standard\\]\"; "
#define CP(action, more)                                                                                               \
    CP_HEADER "[action:\"" action "\"; loguid:\"{0x5e80a05a,0x0}\"; origin:\"192.0.2.1\"; " CP_TAG                     \
              "dst:\"198.51.100.4\"; proto:\"6\"; s_port:\"50000\"; service:\"443\"; src:\"10.0.0.2\"; " more "]"
#define CP_SHOWN(meaning) "1 checkpoint " meaning " 6 10.0.0.2:50000 > 198.51.100.4:443 at 1585487962\n"

static void test_checkpoint(void)
{
    static const reading_t cases[] = {
        {CP("Accept", ""), CP_SHOWN("allowed")},
        {CP("Decrypt", ""), CP_SHOWN("allowed")},
        {CP("Drop", ""), CP_SHOWN("dropped")},
        {CP("Reject", ""), CP_SHOWN("rejected")},
        {CP("Block", ""), CP_SHOWN("dropped")},
        {CP("Detect", ""), CP_SHOWN("other")},
        {CP("Accept", "xlatesrc:\"0.0.0.0\"; xlatesport:\"26680\"; xlatedst:\"0.0.0.0\"; xlatedport:\"0\"; "),
         CP_SHOWN("allowed")},
        {CP("Accept", "time:\"1585487925\"; xlatesrc:\"203.0.113.1\"; xlatesport:\"1024\"; "),
         "1 checkpoint allowed 6 10.0.0.2:50000 > 198.51.100.4:443 nat 203.0.113.1:1024 ? at 1585487925\n"},
        {CP("Drop", "tcp_flags:\"FIN-ACK\"; tcp_packet_out_of_state:\"First packet isn't SYN\"; "),
         "1 checkpoint dropped 6 10.0.0.2:50000 - 198.51.100.4:443 at 1585487962\n"},
        {CP_HEADER "[action:\"Drop\"; loguid:\"{0x1}\"; time:\"1585487925\"; packet_amount:\"2\"; packets:\" "
                   "<10.0.0.2,50000,198.51.100.4,443,6;eth0> <10.0.0.3,50001,198.51.100.4,53,17>\"]",
         "1 checkpoint dropped 6 10.0.0.2:50000 > 198.51.100.4:443 at 1585487925\n"
         "1 checkpoint dropped 17 10.0.0.3:50001 > 198.51.100.4:53 at 1585487925\n"},
        {"<85>1 2023-01-13T10:10:16Z gw CP-GW - Log [Fields@1.3.6.1.4.1.2620 src=\"10.0.0.2\" dst=\"198.51.100.4\" "
         "proto=\"6\" xlatesrc=\"203.0.113.1\" xlatedst=\"\" svc=\"443\" sport_svc=\"50000\" xlatedport_svc=\"\" "
         "xlatesport_svc=\"1024\" ]",
         "1 checkpoint other 6 10.0.0.2:50000 > 198.51.100.4:443 nat 203.0.113.1:1024 ? at 1673604616\n"},
        {CP_HEADER
         "[sc4s@2620 action=\"Accept\" loguid=\"{0x1,0x2}\" dst=\"198.51.100.4\" proto=\"6\" s_port=\"50000\" "
         "service=\"443\" src=\"10.0.0.2\"]",
         CP_SHOWN("allowed")},
        {"time=1585487925|hostname=gw|product=VPN-1 & "
         "FireWall-1|action=Drop|loguid={0x1,0x2}|src=10.0.0.2|s_port=50000|"
         "dst=198.51.100.4|service=443|proto=6",
         "1 checkpoint dropped 6 10.0.0.2:50000 > 198.51.100.4:443 at 1585487925\n"},
        {"\"21\" \"10Dec2019\" \"23:44:49\" \"eth1\" \"gw\" \"Log\" \"Drop\" \"443\" \"50000\" \"10.0.0.2\" "
         "\"198.51.100.4\" \"tcp\" \"107\" \"Deny All\"",
         "1 checkpoint dropped 6 10.0.0.2:50000 > 198.51.100.4:443 as Dec 10 2019 23:44:49\n"},
        {"\"21\" \"10Dec2019\" \"23:44:49\" \"eth1\" \"gw\" \"Log\" \"Decrypt\" \"\" \"\" \"10.0.0.2\" "
         "\"198.51.100.4\" "
         "\"icmp\" \"5\"",
         "1 checkpoint allowed 1 10.0.0.2 > 198.51.100.4 as Dec 10 2019 23:44:49\n"},
        /* two gateways that agree on keys are no connection */
        {"syslog[action:\"Key Install\"; loguid:\"{0x0}\"; dst:\"198.51.100.4\"; scheme::\"IKE\"; src:\"10.0.0.2\"; ]",
         ""},
        {"\"21\" \"10Dec2019\" \"23:44:49\" \"eth1\" \"gw\" \"Log\" \"Drop\" \"443\"", ""},
        {CP_HEADER "[flags:\"133440\"; loguid:\"{0x1}\"; product:\"System Monitor\"; sys_message::\"a\"]", ""},
        {CP_HEADER "[action:\"Drop\"; loguid:\"{0x1}\"; packets:\" <<<<<10.0.0.2,1\"]", ""},
    };
    static const char *const refused[] = {
        CP_HEADER "[action:\"Drop\"; loguid:\"{0x1}\"; packets:\" <10.0.0.2,70000,198.51.100.4,443,6;eth0>\"]",
        CP_HEADER "[action:\"Drop\"; loguid:\"{0x1}\"; src:\"10.0.0.2\"; s_port:\"1\"; dst:\"10.0.0.3\"; "
                  "service:\"65536\"; proto:\"6\"]",
    };

    EXPECT_ALL(cases);
    EXPECT_REFUSED(refused);
}

/* PAN-OS */

#define PAN_FRONT(type, subtype) "1,2024/04/09 20:43:30,0128," type "," subtype ",2561,2024/04/09 20:43:29,"
#define PAN_ENDS "10.0.0.2,198.51.100.4,203.0.113.1,198.51.100.4,"
#define PAN_MIDDLE(protocol, action)                                                                                   \
    "\"a, rule\",do\\,main,,ssl,vsys1,a,b,eth1,eth2,fwd,2024/04/09 "                                                   \
    "20:43:29,22751,1,50000,443,1024,443,0x400053," protocol "," action ","
#define PAN_REST(received, reason)                                                                                     \
    "7734,1758,5976,36,2024/04/09 20:33:24,586,any,0,320,0x0,A,B,0,16," received "," reason ",0,0,0,0,,PA,from-policy"
#define PAN(subtype, protocol, action, received, reason)                                                               \
    PAN_FRONT("TRAFFIC", subtype) PAN_ENDS PAN_MIDDLE(protocol, action) PAN_REST(received, reason)
#define PAN_SHOWN(meaning)                                                                                             \
    "1 panos " meaning " 6 10.0.0.2:50000 > 198.51.100.4:443 nat 203.0.113.1:1024 ? as 2024/04/09 20:43:29\n"
#define THREAT(action, more)                                                                                           \
    PAN_FRONT("THREAT", "virus")                                                                                       \
    "198.51.100.4,10.0.0.2,0.0.0.0,0.0.0.0,r,,,ssl,vsys1,a,b,eth1,eth2,fwd,2024/04/09 20:43:29,1,1,443,50000,0,0,"     \
    "0x0,tcp," action ",\"a,b.nupkg\",Virus(1),any,medium,server-to-client," more
#define THREAT_SHOWN(meaning) "1 panos " meaning " 6 198.51.100.4:443 - 10.0.0.2:50000"

static void test_panos(void)
{
    static const reading_t cases[] = {
        {PAN("end", "tcp", "allow", "20", "tcp-fin"), PAN_SHOWN("closed_normally")},
        {"<14>Apr  9 20:43:30 PA-220 " PAN("end", "tcp", "allow", "20", "tcp-fin"), PAN_SHOWN("closed_normally")},
        {PAN("end", "tcp", "allow", "20", "tcp-rst-from-client"), PAN_SHOWN("reset_by_src")},
        {PAN("end", "tcp", "allow", "1", "tcp-rst-from-server"), PAN_SHOWN("reset_by_dst")},
        {PAN("end", "tcp", "allow", "20", "aged-out"), PAN_SHOWN("idle_timeout")},
        {PAN("end", "tcp", "allow", "0", "aged-out"), PAN_SHOWN("handshake_timeout")},
        {PAN("end", "tcp", "allow", "20", "threat"), PAN_SHOWN("policy_reset")},
        {PAN("end", "tcp", "allow", "20", "decrypt-cert-validation"), PAN_SHOWN("policy_reset")},
        {PAN("end", "tcp", "allow", "20", "resources-unavailable"), PAN_SHOWN("resource_exhaustion")},
        {PAN("end", "tcp", "allow", "20", "tcp-reuse"), PAN_SHOWN("other")},
        {PAN("start", "tcp", "allow", "1", "n/a"), PAN_SHOWN("opened")},
        {PAN("drop", "tcp", "deny", "0", "policy-deny"), PAN_SHOWN("dropped")},
        {PAN("drop", "tcp", "drop-icmp", "0", "policy-deny"), PAN_SHOWN("rejected")},
        {PAN("deny", "tcp", "reset-both", "3", "policy-deny"), PAN_SHOWN("reset_by_device")},
        {PAN("deny", "udp", "reset-both", "3", "policy-deny"),
         "1 panos dropped 17 10.0.0.2:50000 > 198.51.100.4:443 nat 203.0.113.1:1024 ? as 2024/04/09 20:43:29\n"},
        {PAN_FRONT("TRAFFIC", "end") PAN_ENDS PAN_MIDDLE("tcp", "allow"), PAN_SHOWN("allowed")},
        /* the time with a zone, not the one of a parent session */
        {PAN("end", "tcp", "allow", "20", "tcp-fin") ",1969-12-31T16:00:00.000-08:00,a,2024-04-09T20:43:30.719+02:00,b",
         "1 panos closed_normally 6 10.0.0.2:50000 > 198.51.100.4:443 nat 203.0.113.1:1024 ? at 1712688210.719\n"},
        {THREAT("reset-server", "1"), THREAT_SHOWN("policy_reset") " as 2024/04/09 20:43:29\n"},
        {THREAT("alert", "1"), THREAT_SHOWN("allowed") " as 2024/04/09 20:43:29\n"},
        {THREAT("drop-packet", "1"), THREAT_SHOWN("dropped") " as 2024/04/09 20:43:29\n"},
        {THREAT("sinkhole", "1"), THREAT_SHOWN("other") " as 2024/04/09 20:43:29\n"},
        {"{\"LogType\":\"TRAFFIC\",\"Subtype\":\"end\",\"Action\":\"allow\",\"SessionEndReason\":\"aged-out\","
         "\"PacketsReceived\":0,\"Protocol\":\"tcp\",\"SourceAddress\":\"10.0.0.2\",\"SourcePort\":50000,"
         "\"DestinationAddress\":\"198.51.100.4\",\"DestinationPort\":443,\"NATSource\":\"\",\"NATSourcePort\":0,"
         "\"TimeGenerated\":\"2023-02-03T16:46:07.584000Z\"}",
         "1 panos handshake_timeout 6 10.0.0.2:50000 > 198.51.100.4:443 at 1675442767.584\n"},
        {PAN_FRONT("SYSTEM", "general") PAN_ENDS PAN_MIDDLE("tcp", "allow"), ""},
        {PAN_FRONT("TRAFFIC", "end") PAN_ENDS, ""},
        {",TRAFFIC,", ""},
        {"1,a,b,TRAFFIC,\"", ""},
    };
    static const char *const refused[] = {
        PAN_FRONT("TRAFFIC", "end") PAN_ENDS
        "r,,,ssl,vsys1,a,b,eth1,eth2,fwd,2024/04/09 20:43:29,1,1,70000,443,0,0,0x0,tcp,allow,",
    };

    EXPECT_ALL(cases);
    EXPECT_REFUSED(refused);
}

/* pf */

#define PF4(action, direction) "146,,,15353,igb1.12,match," action "," direction ",4,0x0,,63,12617,0,DF,"
#define PF_TCP "6,tcp,60,192.0.2.7,198.51.100.4,40000,443,0,"
#define PF_SHOWN(meaning, arrow) "1 filterlog " meaning " 6 192.0.2.7:40000 " arrow " 198.51.100.4:443"

static void test_filterlog(void)
{
    static const reading_t cases[] = {
        {"<134>Jul  3 19:10:30 filterlog[72237]: " PF4("block", "in") PF_TCP "S,1891286705,,64240,,mss;sackOK",
         PF_SHOWN("dropped", ">") " as Jul  3 19:10:30\n"},
        {"<134>1 2021-07-03T19:10:14.578288-05:00 fw filterlog 72237 - [meta sequenceId=\"1\"] " PF4("pass", "out")
             PF_TCP "SA,1:5,7,64240,,mss",
         PF_SHOWN("allowed", "-") " at 1625357414.578288\n"},
        {PF4("pass", "in") PF_TCP "R,1,,0,,", PF_SHOWN("allowed", "-") "\n"},
        {PF4("match", "in") PF_TCP "S,1,,0,,", PF_SHOWN("other", ">") "\n"},
        {PF4("block", "in") "17,udp,76,192.0.2.7,198.51.100.4,123,123,56",
         "1 filterlog dropped 17 192.0.2.7:123 - 198.51.100.4:123\n"},
        {PF4("block", "in") "17,udp,68,192.0.2.7,198.51.100.4,", "1 filterlog dropped 17 192.0.2.7 - 198.51.100.4\n"},
        {PF4("pass", "in") "1,icmp,84,192.0.2.7,198.51.100.4,request,37728,164",
         "1 filterlog allowed 1 192.0.2.7 - 198.51.100.4\n"},
        {"6,,,105,igb1,match,block,in,6,0x00,0xf6279,64,TCP,6,32,2001:db8::7,2001:db8::4,40000,443,0,S,1,,64240,,mss",
         "1 filterlog dropped 6 [2001:db8::7]:40000 > [2001:db8::4]:443\n"},
        {"6,,,105,igb1,match,pass,in,6,0x0,0x0,255,ipv6-icmp,58,16,fe80::1,ff02::1:2,datalength=16",
         "1 filterlog allowed 58 fe80::1 - ff02::1:2\n"},
        {"Aug 26 10:00:00.123456 rule 2/(match) pass in on xl0: 192.0.2.7.40000 > 198.51.100.4.443: S 1:1(0) win 65535",
         PF_SHOWN("allowed", ">") " as Aug 26 10:00:00.123456\n"},
        {"rule 0..16777216/0(match): block in on em0: (tos 0x0, ttl 64, proto TCP (6), length 60) 192.0.2.7.40000 > "
         "198.51.100.4.443: Flags [S.], seq 1, ack 2, win 65535, length 0",
         PF_SHOWN("dropped", "-") "\n"},
        {"rule 3/0(match): block in on em0: 192.0.2.7.40000 > 198.51.100.4.53: 1+ A? example.com. (29)",
         "1 filterlog dropped ? 192.0.2.7:40000 - 198.51.100.4:53\n"},
        /* look-alikes, and rows that are cut off */
        {"a,b,c,d,e,f,g,in,4,h", ""},
        {"146,,,15353,igb1.12,match,block,in,4,", ""},
        {"rule 2/(match) pass in on xl0: ", ""},
        {"the rule (match) of it on > ", ""},
    };
    static const char *const refused[] = {
        PF4("block", "in") "6,tcp,60,192.0.2.7,198.51.100.4,70000,443,0,S,1,,64240,,mss",
        "rule 2/(match) pass in on xl0: 192.0.2.7.70000 > 198.51.100.4.443: S 1:1(0) win 65535",
    };

    EXPECT_ALL(cases);
    EXPECT_REFUSED(refused);
}

/* FortiGate */

#define FORTI_FRONT "<189>date=2020-04-23 time=12:14:28 devname=\"fw\" devid=\"FG1\" "
#define FORTI_TIME "eventtime=1587230069291463928 tz=\"-0500\" "
#define FORTI_ENDS "srcip=10.0.0.2 srcport=50000 dstip=198.51.100.4 dstport=443 "
#define FORTI(type, subtype, more)                                                                                     \
    FORTI_FRONT "logid=\"0000000013\" type=\"" type "\" subtype=\"" subtype "\" " FORTI_TIME FORTI_ENDS                \
                "sessionid=1 proto=6 " more
#define FORTI_SHOWN(meaning, arrow)                                                                                    \
    "1 fortigate " meaning " 6 10.0.0.2:50000 " arrow " 198.51.100.4:443 at 1587230069.291463928\n"

static void test_fortigate(void)
{
    static const reading_t cases[] = {
        {FORTI("traffic", "forward", "action=\"close\" craction=6144 utmaction=\"block\""),
         FORTI_SHOWN("closed_normally", ">")},
        {FORTI("traffic", "forward", "action=\"client-rst\""), FORTI_SHOWN("reset_by_src", ">")},
        {FORTI("traffic", "local", "action=\"server-rst\""), FORTI_SHOWN("reset_by_dst", ">")},
        {FORTI("traffic", "forward", "action=\"timeout\" rcvdpkt=0"), FORTI_SHOWN("handshake_timeout", ">")},
        {FORTI("traffic", "forward", "action=\"timeout\" rcvdpkt=2"), FORTI_SHOWN("idle_timeout", ">")},
        {FORTI("traffic", "forward", "action=\"deny\" policyid=0"), FORTI_SHOWN("dropped", ">")},
        {FORTI("traffic", "forward", "action=\"ip-conn\""), FORTI_SHOWN("handshake_timeout", ">")},
        {FORTI("traffic", "forward", "action=\"accept\""), FORTI_SHOWN("allowed", ">")},
        {FORTI("traffic", "forward", "action=\"start\""), FORTI_SHOWN("opened", ">")},
        {FORTI("traffic", "forward", "action=\"dns\""), FORTI_SHOWN("other", ">")},
        {FORTI("traffic", "forward", "status=\"close\""), FORTI_SHOWN("closed_normally", ">")},
        {FORTI("utm", "ips", "action=\"reset\""), FORTI_SHOWN("policy_reset", "-")},
        {FORTI("utm", "ips", "action=\"dropped\""), FORTI_SHOWN("dropped", "-")},
        {FORTI("utm", "webfilter", "action=\"blocked\" url=\"/?action=pass srcip=1.1.1.1\""),
         FORTI_SHOWN("dropped", ">")},
        {FORTI("utm", "app-ctrl", "action=\"pass\""), FORTI_SHOWN("allowed", ">")},
        {FORTI("event", "wad", "action=\"receive\""), FORTI_SHOWN("other", "-")},
        {FORTI("traffic", "forward",
               "action=\"close\" trandisp=\"snat+dnat\" transip=203.0.113.1 transport=1024 "
               "tranip=10.0.0.9 tranport=8443"),
         "1 fortigate closed_normally 6 10.0.0.2:50000 > 198.51.100.4:443 nat 203.0.113.1:1024 10.0.0.9:8443 at "
         "1587230069.291463928\n"},
        {FORTI("traffic", "sniffer", "action=\"accept\" trandisp=\"snat\" transip=0.0.0.0 transport=0"),
         FORTI_SHOWN("allowed", ">")},
        {FORTI_FRONT "logid=0000000013 type=traffic subtype=forward eventtime=1587230069 " FORTI_ENDS
                     "proto=17 action=accept",
         "1 fortigate allowed 17 10.0.0.2:50000 > 198.51.100.4:443 at 1587230069\n"},
        {FORTI_FRONT "logid=\"1\" type=\"traffic\" subtype=\"forward\" tz=\"+0200\" " FORTI_ENDS
                     "proto=6 action=\"deny\"",
         "1 fortigate dropped 6 10.0.0.2:50000 > 198.51.100.4:443 at 1587636868\n"},
        {"date=2020-04-23,time=12:14:28,logid=\"1\",type=\"traffic\",subtype=\"forward\",srcip=10.0.0.2,srcport=50000,"
         "dstip=198.51.100.4,dstport=443,proto=6,action=\"deny\"",
         "1 fortigate dropped 6 10.0.0.2:50000 > 198.51.100.4:443 as 2020-04-23 12:14:28\n"},
        {FORTI_FRONT "logid=\"1\" type=\"traffic\" subtype=\"local\" " FORTI_TIME
                     "srcip=10.0.0.2 identifier=61 dstip=198.51.100.4 proto=1 action=\"accept\"",
         "1 fortigate allowed 1 10.0.0.2 > 198.51.100.4 at 1587230069.291463928\n"},
        {FORTI_FRONT "logid=\"1\" type=\"event\" subtype=\"system\" srcip=10.0.0.2 dstip=198.51.100.4 action=\"login\"",
         ""},
    };
    /* FortiWeb, Sophos, SonicWall */
    static const char *const foreign[] = {
        "date=2013-05-13 time=11:20:54 log_id=30001000 device_id=FV-1KC type=\"traffic\" src=10.0.0.2 src_port=1234 "
        "dst=198.51.100.4 dst_port=443",
        "device=\"SFW\" date=2017-01-31 time=14:03:33 log_id=0101 log_type=\"Firewall\" status=\"Allow\" "
        "src_ip=10.0.0.2 dst_ip=198.51.100.4 protocol=\"UDP\" src_port=57826 dst_port=53",
        "id=firewall time=\"2014-05-10 07:14:22\" m=98 src=10.0.0.2:55555:X0 dst=198.51.100.4:53:X1 proto=udp/dns",
    };
    static const char *const refused[] = {
        FORTI_FRONT "logid=1 type=traffic srcip=10.0.0.2 srcport=70000 dstip=198.51.100.4 dstport=443 proto=6",
    };

    EXPECT_ALL(cases);
    expect_foreign(foreign, G_N_ELEMENTS(foreign), " fortigate ");
    EXPECT_REFUSED(refused);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/firewalls/srx/structured", test_srx_structured);
    g_test_add_func("/firewalls/srx/sentences", test_srx_sentences);
    g_test_add_func("/firewalls/checkpoint", test_checkpoint);
    g_test_add_func("/firewalls/panos", test_panos);
    g_test_add_func("/firewalls/filterlog", test_filterlog);
    g_test_add_func("/firewalls/fortigate", test_fortigate);
    return g_test_run();
}
