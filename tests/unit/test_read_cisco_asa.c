/* test_read_cisco_asa.c
 * Messages of Cisco ASA and FTD: who is who, what was translated, what ended a connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "script-log.h"

#define ASA(number) "%ASA-6-" number ": "

typedef struct reading {
    const char *text, *expected;
} reading_t;

static void expect_all(const reading_t *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        script_log_expect(cases[i].text, cases[i].expected);
}

#define EXPECT_ALL(cases) expect_all(cases, G_N_ELEMENTS(cases))

/* The lower security level is written first, and a word says who began. */
static void test_built(void)
{
    static const reading_t cases[] = {
        {ASA("302013") "Built inbound TCP connection 1 for outside:192.0.2.7/40000 (192.0.2.7/40000) to "
                       "inside:10.0.0.2/80 (198.51.100.4/80)",
         "1 cisco_asa opened 6 192.0.2.7:40000 > 10.0.0.2:80 nat ? 198.51.100.4:80\n"},
        {ASA("302013") "Built outbound TCP connection 1 for outside:198.51.100.4/443 (198.51.100.4/443) to "
                       "inside:10.0.0.2/50000 (203.0.113.1/1024)",
         "1 cisco_asa opened 6 10.0.0.2:50000 > 198.51.100.4:443 nat 203.0.113.1:1024 ?\n"},
        {ASA("302013") "Built outbound TCP connection 1 for outside:198.51.100.4/443 (198.51.100.4/443) to "
                       "inside:10.0.0.2/50000 (10.0.0.2/1024)",
         "1 cisco_asa opened 6 10.0.0.2:50000 > 198.51.100.4:443 nat 10.0.0.2:1024 ?\n"},
        {ASA("302015") "Built outbound UDP connection 1 for outside:198.51.100.4/53 (198.51.100.4/53) to "
                       "inside:10.0.0.2/50000 (10.0.0.2/50000)",
         "1 cisco_asa opened 17 10.0.0.2:50000 > 198.51.100.4:53\n"},
        {ASA("302013") "Built inbound Probe TCP connection 1 for dmz.a-1:2001:db8::7/40000 "
                       "(2001:db8::7/40000)(LOCAL\\a "
                       "(b) to c, 9:sgt) to inside:2001:db8::2/80 (2001:db8::2/80)(LOCAL\\d) (e)",
         "1 cisco_asa opened 6 [2001:db8::7]:40000 > [2001:db8::2]:80\n"},
        {ASA("302303") "Built TCP state-bypass connection 1 from inside:10.0.0.2/50000(10.0.0.2/50000) to "
                       "outside:198.51.100.4/443 (198.51.100.4/443)",
         "1 cisco_asa opened 6 10.0.0.2:50000 > 198.51.100.4:443\n"},
        {ASA("302020") "Built outbound ICMP connection for faddr 198.51.100.4/0(9:sgt) gaddr 203.0.113.1/7 laddr "
                       "10.0.0.2/7 type 8 code 0",
         "1 cisco_asa opened 1 10.0.0.2 > 198.51.100.4 nat 203.0.113.1 ?\n"},
        {ASA("302022") "Built director stub TCP connection for outside:192.0.2.7/40000 (192.0.2.7/40000) to "
                       "inside:10.0.0.2/80 (198.51.100.4/80)",
         "1 cisco_asa other 6 192.0.2.7:40000 - 10.0.0.2:80 nat ? 198.51.100.4:80\n"},
    };

    EXPECT_ALL(cases);
}

#define TEARDOWN(reason)                                                                                               \
    ASA("302014")                                                                                                      \
    "Teardown TCP connection 1 for outside:192.0.2.7/40000 to inside:10.0.0.2/80 duration 0:01:07 "                    \
    "bytes 38110 " reason
#define ENDED(meaning) "1 cisco_asa " meaning " 6 192.0.2.7:40000 - 10.0.0.2:80\n"

static void test_reasons(void)
{
    static const reading_t cases[] = {
        {TEARDOWN("TCP FINs"), ENDED("closed_normally")},
        {TEARDOWN("TCP FINs from outside (user)"), ENDED("closed_normally")},
        {TEARDOWN("TCP Reset-I"), ENDED("reset_by_dst")},
        {TEARDOWN("TCP Reset-O"), ENDED("reset_by_src")},
        {TEARDOWN("TCP Reset-I from outside"), ENDED("reset_by_src")},
        {TEARDOWN("TCP Reset-O from dmz (user)"), ENDED("reset_by_src")},
        {TEARDOWN("TCP Reset-APPLIANCE"), ENDED("reset_by_device")},
        {TEARDOWN("SYN Timeout"), ENDED("handshake_timeout")},
        {TEARDOWN("FIN Timeout"), ENDED("fin_wait_timeout")},
        {TEARDOWN("Conn-timeout"), ENDED("idle_timeout")},
        {TEARDOWN("Connection timeout"), ENDED("idle_timeout")},
        {TEARDOWN("Idle Timeout"), ENDED("idle_timeout")},
        {TEARDOWN("Pinhole timeout"), ENDED("idle_timeout")},
        {TEARDOWN("Flow closed by inspection"), ENDED("policy_reset")},
        {TEARDOWN("Deny Terminate"), ENDED("policy_reset")},
        {TEARDOWN("Flow terminated by TCP Intercept"), ENDED("policy_reset")},
        {TEARDOWN("Flow reset by IPS"), ENDED("policy_reset")},
        {TEARDOWN("TCP bad retransmission"), ENDED("policy_reset")},
        {TEARDOWN("SYN Control"), ENDED("dropped")},
        {TEARDOWN("Failover primary closed"), ENDED("session_failover")},
        {TEARDOWN("Xlate Clear"), ENDED("admin_kill")},
        {TEARDOWN("Unknown"), ENDED("other")},
        {TEARDOWN(""), ENDED("other")},
        {ASA("302304") "Teardown TCP state-bypass connection 1 from in.a:10.0.0.2/50000 to in.a:10.0.0.3/80 duration "
                       "1:00:02 bytes 245 Connection timeout",
         "1 cisco_asa idle_timeout 6 10.0.0.2:50000 > 10.0.0.3:80\n"},
        /* Between two ends at one interface the levels say nothing. */
        {ASA("302014") "Teardown TCP connection 1 for in:10.0.0.2/50000 to in:10.0.0.3/80 duration 1:00:02 bytes 245 "
                       "TCP Reset-I",
         "1 cisco_asa other 6 10.0.0.2:50000 - 10.0.0.3:80\n"},
    };

    EXPECT_ALL(cases);
}

#define BUILT                                                                                                          \
    ASA("302013")                                                                                                      \
    "Built outbound TCP connection 7 for outside:198.51.100.4/443 (198.51.100.4/443) to "                              \
    "inside:10.0.0.2/50000 (203.0.113.1/1024)\n"
#define OPENED "1 cisco_asa opened 6 10.0.0.2:50000 > 198.51.100.4:443 nat 203.0.113.1:1024 ?\n"

/* The end of a connection whose begin was read has its orientation and its translation. */
static void test_remembered(void)
{
    script_log_expect(BUILT ASA("302014") "Teardown TCP connection 7 for outside:198.51.100.4/443 to "
                                          "inside:10.0.0.2/50000 duration 0:00:01 bytes 0 TCP Reset-O",
                      OPENED "2 cisco_asa reset_by_dst 6 10.0.0.2:50000 > 198.51.100.4:443 nat 203.0.113.1:1024 ?\n");
    script_log_expect(BUILT ASA("302014") "Teardown TCP connection 7 for outside:198.51.100.4/443 to "
                                          "inside:10.0.0.2/50000 duration 0:00:01 bytes 0 TCP Reset-I",
                      OPENED "2 cisco_asa reset_by_src 6 10.0.0.2:50000 > 198.51.100.4:443 nat 203.0.113.1:1024 ?\n");
    /* the number alone is not enough */
    script_log_expect(BUILT ASA("302014") "Teardown TCP connection 7 for outside:198.51.100.4/443 to "
                                          "inside:10.0.0.3/50000 duration 0:00:01 bytes 0 TCP Reset-I",
                      OPENED "2 cisco_asa reset_by_dst 6 198.51.100.4:443 - 10.0.0.3:50000\n");
    script_log_expect(BUILT ASA("302014") "Teardown TCP connection 32775 for outside:198.51.100.4/443 to "
                                          "inside:10.0.0.2/50000 duration 0:00:01 bytes 0 TCP FINs",
                      OPENED "2 cisco_asa closed_normally 6 198.51.100.4:443 - 10.0.0.2:50000\n");
}

static void test_drops(void)
{
    static const reading_t cases[] = {
        {"%ASA-2-106001: Inbound TCP connection denied from 192.0.2.7/40000 to 198.51.100.4/443 flags SYN  on "
         "interface "
         "outside",
         "1 cisco_asa dropped 6 192.0.2.7:40000 > 198.51.100.4:443\n"},
        {ASA("106015") "Deny TCP (no connection) from 192.0.2.7/40000 to 198.51.100.4/443 flags SYN ACK  on interface "
                       "outside",
         "1 cisco_asa dropped 6 192.0.2.7:40000 - 198.51.100.4:443\n"},
        {"%ASA-2-106006: Deny inbound UDP from 192.0.2.7/40000 to 198.51.100.4/53 on interface outside",
         "1 cisco_asa dropped 17 192.0.2.7:40000 - 198.51.100.4:53\n"},
        {"%ASA-1-106021: Deny TCP reverse path check from 192.0.2.7 to 198.51.100.4 on interface outside",
         "1 cisco_asa dropped 6 192.0.2.7 - 198.51.100.4\n"},
        {"%PIX-2-106002: udp connection denied by outbound list 30 src 192.0.2.7 138 dest 198.51.100.4 138",
         "1 cisco_asa dropped 17 192.0.2.7:138 - 198.51.100.4:138\n"},
        {"%PIX-2-106002   protocol Connection denied by outbound list a src inside_address dest outside_address", ""},
        {"%ASA-2-106016: Deny IP spoof from (192.0.2.7) to 198.51.100.4 on interface outside",
         "1 cisco_asa dropped ? 192.0.2.7 - 198.51.100.4\n"},
        {"%ASA-2-106016: Deny IP spoof from (0.0.0.0) to 198.51.100.4 on interface outside", ""},
        {"%ASA-4-106023: Deny tcp src outside:192.0.2.7/40000(9:sgt) dst inside:198.51.100.4/443(host.a) type 3, code "
         "0, by access-group \"a\" [0x0, 0x0]",
         "1 cisco_asa dropped 6 192.0.2.7:40000 - 198.51.100.4:443\n"},
        {"%ASA-4-106023: Deny icmp src outside:2001:db8::7 dst inside:2001:db8::2 (type 128, code 0) by access-group "
         "\"a\"",
         "1 cisco_asa dropped 1 2001:db8::7 - 2001:db8::2\n"},
        {"%ASA-4-106023: Deny protocol 47 src outside:192.0.2.7 dst inside:198.51.100.4 by access-group \"a\"",
         "1 cisco_asa dropped 47 192.0.2.7 - 198.51.100.4\n"},
        {"%ASA-3-106014: Deny inbound icmp src outside:192.0.2.7 dst inside:198.51.100.4(type 8, code 0)",
         "1 cisco_asa dropped 1 192.0.2.7 - 198.51.100.4\n"},
        {"%ASA-3-710003: TCP access denied by ACL from 192.0.2.7/40000 to outside:198.51.100.4/23",
         "1 cisco_asa dropped 6 192.0.2.7:40000 > 198.51.100.4:23\n"},
        {"%FTD-5-305013: Asymmetric NAT rules matched for forward and reverse flows; Connection for tcp src "
         "a:192.0.2.7/40000(LOCAL\\b) dst c:198.51.100.4/443 denied due to NAT reverse path failure",
         "1 cisco_asa dropped 6 192.0.2.7:40000 - 198.51.100.4:443\n"},
        {"%ASA-4-434002: SFR requested to drop TCP packet from a:192.0.2.7/40000 to b:198.51.100.4/443",
         "1 cisco_asa dropped 6 192.0.2.7:40000 - 198.51.100.4:443\n"},
        {"%ASA-4-434003: SFR requested to reset TCP connection from a:192.0.2.7/40000 to b:198.51.100.4/443",
         "1 cisco_asa policy_reset 6 192.0.2.7:40000 - 198.51.100.4:443\n"},
        {"%ASA-4-507003: tcp flow from a:192.0.2.7/40000 to b:198.51.100.4/443 terminated by inspection engine, reason "
         "- disconnected, dropped packet.",
         "1 cisco_asa dropped 6 192.0.2.7:40000 - 198.51.100.4:443\n"},
        {"%ASA-4-507003: tcp flow from a:192.0.2.7/40000 to b:198.51.100.4/443 terminated by inspection engine, reason "
         "- reset unconditionally.",
         "1 cisco_asa policy_reset 6 192.0.2.7:40000 - 198.51.100.4:443\n"},
        {"%ASA-4-338008: Dynamic Filter dropped blacklisted TCP traffic from a:10.0.0.2/50000 (203.0.113.1/1024) to "
         "b:198.51.100.4/80 (198.51.100.4/80), destination 198.51.100.4 resolved from dynamic list: 198.51.100.4/8",
         "1 cisco_asa dropped 6 10.0.0.2:50000 - 198.51.100.4:80 nat 203.0.113.1:1024 ?\n"},
        {"%ASA-4-338002: Dynamic Filter permitted black listed TCP traffic from a:10.0.0.2/50000 (203.0.113.1/1024) to "
         "b:198.51.100.4/80 (198.51.100.4/80), destination dropped",
         "1 cisco_asa allowed 6 10.0.0.2:50000 - 198.51.100.4:80 nat 203.0.113.1:1024 ?\n"},
        {"%ASA-3-202010: PAT pool exhausted. Unable to create TCP connection from a:10.0.0.2/50000 to "
         "b:198.51.100.4/443",
         "1 cisco_asa resource_exhaustion 6 10.0.0.2:50000 - 198.51.100.4:443\n"},
        {"%ASA-4-419002: Duplicate TCP SYN from a:10.0.0.2/50000 to b:198.51.100.4/443 with different initial sequence "
         "number",
         "1 cisco_asa other 6 10.0.0.2:50000 > 198.51.100.4:443\n"},
    };

    EXPECT_ALL(cases);
}

static void test_access_lists(void)
{
    static const reading_t cases[] = {
        {ASA("106100") "access-list a denied tcp out/192.0.2.7(40000) -> in/198.51.100.4(443) hit-cnt 1 first hit "
                       "[0x1, "
                       "0x0]",
         "1 cisco_asa dropped 6 192.0.2.7:40000 - 198.51.100.4:443\n"},
        {"%ASA-session-5-106100: access-list a permitted tcp out/192.0.2.7(40000)(LOCAL\\b) -> in/198.51.100.4(443)",
         "1 cisco_asa allowed 6 192.0.2.7:40000 - 198.51.100.4:443\n"},
        {ASA("106100") "access-list a est-allowed udp out/2001:db8::7(40000) -> in/2001:db8::4(53) hit-cnt 2",
         "1 cisco_asa allowed 17 [2001:db8::7]:40000 - [2001:db8::4]:53\n"},
        {ASA("106103") "access-list a denied tcp for user 'b c' out/192.0.2.7(40000) -> in/198.51.100.4(443)",
         "1 cisco_asa dropped 6 192.0.2.7:40000 - 198.51.100.4:443\n"},
        {ASA("106100") "access-list a permitted tcp out/host.example.com(40000) -> in/198.51.100.4(443)", ""},
        {ASA("106100") "access-list a permitted tcp out/192.0.2.7(40000 -> in/198.51.100.4(443", ""},
    };

    EXPECT_ALL(cases);
}

static void test_translations(void)
{
    static const reading_t cases[] = {
        {ASA("305011") "Built dynamic TCP translation from inside:10.0.0.2/50000 to outside:203.0.113.1/1024",
         "1 cisco_asa other 6 10.0.0.2:50000 - ? nat 203.0.113.1:1024 ?\n"},
        {ASA("305012") "Teardown dynamic UDP translation from inside:10.0.0.2/50000(LOCAL\\a) to "
                       "outside:203.0.113.1/1024 duration 0:00:30",
         "1 cisco_asa other 17 10.0.0.2:50000 - ? nat 203.0.113.1:1024 ?\n"},
        {ASA("305011") "Built dynamic TCP translation from inside:host/50000 to outside:203.0.113.1/1024", ""},
    };

    EXPECT_ALL(cases);
}

#define EVENT(action)                                                                                                  \
    "%FTD-1-430003: EventPriority: Low, FirstPacketSecond: 2023-03-27T08:54:54Z, AccessControlRuleAction: " action     \
    ", SrcIP: 10.0.0.2, DstIP: 198.51.100.4, SrcPort: 50000, DstPort: 443, Protocol: tcp, ConnectionDuration: 30, "    \
    "UserAgent: SrcIP: 1.1.1.1, URL: http://a/"
#define SHOWN(meaning) "1 cisco_asa " meaning " 6 10.0.0.2:50000 > 198.51.100.4:443 at 1679907324\n"

static void test_events(void)
{
    static const reading_t cases[] = {
        {EVENT("Allow"), SHOWN("allowed")},
        {EVENT("Trust"), SHOWN("allowed")},
        {EVENT("Monitor"), SHOWN("other")},
        {EVENT("Block"), SHOWN("dropped")},
        {EVENT("Block with reset"), SHOWN("reset_by_device")},
        {EVENT("<br/>Block with reset"), SHOWN("reset_by_device")},
        {"SFIMS: Protocol: TCP, SrcIP: 10.0.0.2, OriginalClientIP: ::, DstIP: 198.51.100.4, SrcPort: 50000, DstPort: "
         "443, AccessControlRuleAction: Block",
         "1 cisco_asa dropped 6 10.0.0.2:50000 > 198.51.100.4:443\n"},
        {"%NGIPS-1-430003: SrcIP: 10.0.0.2, DstIP: 198.51.100.4, ICMPType: Echo Request, Protocol: icmp, "
         "AccessControlRuleAction: Allow",
         "1 cisco_asa allowed 1 10.0.0.2 > 198.51.100.4\n"},
        {"%FTD-1-430002: SrcIP: 10.0.0.2, DstIP: 198.51.100.4, SrcPort: 70000, DstPort: 443, Protocol: tcp", ""},
    };

    EXPECT_ALL(cases);
}

/* An ICMP error speaks of the packet that it quotes. */
static void test_inner(void)
{
    script_log_expect("%ASA-4-313005: No matching connection for ICMP error message: icmp src a:192.0.2.9(LOCAL\\b) "
                      "dst c:10.0.0.2 (type 3, code 3) on a interface.  Original IP payload: tcp src 10.0.0.2/50000 "
                      "dst 198.51.100.4/443.",
                      "1 cisco_asa other 6 10.0.0.2:50000 - 198.51.100.4:443\n");
    script_log_expect("%ASA-4-313005: No matching connection for ICMP error message: icmp src a:192.0.2.9 dst "
                      "c:10.0.0.2 (type 3, code 3) on a interface. Original IP payload: <unknown>.",
                      "");
}

#define DENY "Deny TCP (no connection) from 192.0.2.7/40000 to 198.51.100.4/443 flags RST  on interface a"
#define DENIED "1 cisco_asa dropped 6 192.0.2.7:40000 - 198.51.100.4:443"

static void test_marks(void)
{
    static const reading_t cases[] = {
        {"Oct 10 2018 12:34:56 fw CiscoASA[999]: %ASA-6-106015: " DENY, DENIED " as Oct 10 2018 12:34:56\n"},
        {"<166>:Feb 26 11:26:52 UTC: %FTD--6-106015: " DENY, DENIED " as Feb 26 11:26:52 UTC\n"},
        {"<166>2019-08-15T16:03:31Z fw : %ASA-6-106015: " DENY, DENIED " at 1565885011\n"},
        {"Apr 15 2014 09:34:34 EDT: %ASA-session-6-106015: " DENY, DENIED " as Apr 15 2014 09:34:34 EDT\n"},
        {"Sep 25 01:08:29 host : Sep 25 05:08:29 UTC: %ASA-ip-4-106015: " DENY, DENIED " as Sep 25 05:08:29 UTC\n"},
        {"%PIX-6-106015 " DENY, DENIED "\n"},
        {"%FTD<Up>-6-106015: " DENY, DENIED "\n"},
        {"ASA-6-106015: " DENY, DENIED "\n"},
        {DENY, DENIED "\n"},
        {"%ASA-3-003164: TCP access denied by ACL from 192.0.2.7/40000 to a:198.51.100.4/443",
         "1 cisco_asa dropped 6 192.0.2.7:40000 > 198.51.100.4:443\n"},
        {ASA("725001") "Starting SSL handshake with client in:192.0.2.7/40000 to 198.51.100.4/443 for TLS session",
         "1 cisco_asa mention ? 192.0.2.7:40000 - 198.51.100.4:443\n"},
        /* look-alikes, and what names no pair */
        {"%ASA-9-106015: something else", ""},
        {"%ASA-6-1060155: "
         "something else",
         ""},
        {"%SEC-6-IPACCESSLOGP: list 100 denied tcp", ""},
        {ASA("304001") "192.0.2.7 Accessed URL 198.51.100.4:http://a/", ""},
    };

    EXPECT_ALL(cases);
}

/* Lines that are refused, and lines without an end. */
static void test_hostile(void)
{
    static const char *const refused[] = {
        ASA("302013") "Built inbound TCP connection 1 for a:192.0.2.7/70000 (192.0.2.7/70000) to b:10.0.0.2/80 "
                      "(10.0.0.2/80)",
        ASA("302014") "Teardown TCP connection 1 for a:192.0.2.7/1 to b:10.0.0.2/65536 duration 0:00:00 bytes 0 x",
        ASA("106015") "Deny TCP (no connection) from 192.0.2.7/99999 to 198.51.100.4/443 flags RST on interface a",
        ASA("305011") "Built dynamic TCP translation from a:10.0.0.2/100000 to b:203.0.113.1/1024",
    };
    static const char *const empty[] = {
        ASA("302013"),
        ASA("302013") "Built inbound TCP connection",
        ASA("302013") "Built inbound TCP connection 1 for ",
        ASA("302013") "Built inbound TCP connection 1 for a:192.0.2.7/1 (((((((((",
        ASA("302013") "Built inbound TCP connection 1 for a:192.0.2.7/1 () to ",
        ASA("302013") "Built inbound TCP connection 1 for dmz:server/1 (server/1) to a:10.0.0.2/80 (10.0.0.2/80)",
        ASA("302014") "Teardown TCP connection 1 for a:192.0.2.7/1 to b:192.1682.2.2/80 duration",
        ASA("302020") "Built inbound ICMP connection for faddr 1 gaddr 2 laddr ",
        ASA("106100") "access-list",
        ASA("313005") "Original IP payload: ",
        "%ASA-",
        "%ASA",
        "%ASA-6-",
        "%FTD<",
        "%ASA-x-",
    };
    const rst_log_options_t options = {.zone = NULL};
    rst_log_sum_t sum;

    for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
        char *shown = script_log(refused[i], strlen(refused[i]), &options, &sum, NULL);

        g_assert_cmpstr(shown, ==, "");
        g_assert_cmpuint(sum.broken, ==, 1);
        g_free(shown);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(empty); i++)
        script_log_expect(empty[i], "");
}

/* The same ends again: each line stands for itself. */
static void test_doubled(void)
{
    script_log_expect(ASA("106015") DENY "\n" ASA("106015") DENY, DENIED "\n2"
                                                                         ""
                                                                         " cisco_asa dropped 6 "
                                                                         "192.0.2.7:40000 - 198.51.100.4:443\n");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cisco_asa/built", test_built);
    g_test_add_func("/cisco_asa/reasons", test_reasons);
    g_test_add_func("/cisco_asa/remembered", test_remembered);
    g_test_add_func("/cisco_asa/drops", test_drops);
    g_test_add_func("/cisco_asa/access_lists", test_access_lists);
    g_test_add_func("/cisco_asa/translations", test_translations);
    g_test_add_func("/cisco_asa/events", test_events);
    g_test_add_func("/cisco_asa/inner", test_inner);
    g_test_add_func("/cisco_asa/marks", test_marks);
    g_test_add_func("/cisco_asa/hostile", test_hostile);
    g_test_add_func("/cisco_asa/doubled", test_doubled);
    return g_test_run();
}
