/* test_read_linux.c
 * What Linux writes: netfilter, nft monitor trace, conntrack, kernel drops; and text of no known format.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "script-log.h"

#define PAIR "SRC=192.0.2.7 DST=198.51.100.4 LEN=60 TTL=52 ID=4711 DF PROTO=TCP SPT=40000 DPT=443 WINDOW=29200"
#define IN "IN=eth0 OUT= MAC=00:11:22 "

static void expect_netfilter(const char *prefix, const char *flags, const char *meaning, char mark)
{
    char *text = g_strconcat(prefix, IN PAIR, flags, "\n", NULL);
    char *expected = g_strdup_printf("1 netfilter %s 6 192.0.2.7:40000 %c 198.51.100.4:443\n", meaning, mark);

    script_log_expect(text, expected);
    g_free(text);
    g_free(expected);
}

static void test_netfilter_prefix(void)
{
    expect_netfilter("", " RES=0x00 SYN URGP=0", "other", '>');
    expect_netfilter("[UFW BLOCK] ", " RES=0x00 ACK SYN URGP=0", "dropped", '-');
    expect_netfilter("[UFW ALLOW] ", " SYN", "allowed", '>');
    expect_netfilter("[UFW AUDIT] ", " ACK", "other", '-');
    expect_netfilter("filter_IN_public_REJECT: ", "", "rejected", '-');
    expect_netfilter("FINAL_DROP:", "", "dropped", '-');
    expect_netfilter("CHAIN=x DROP", "", "dropped", '-');
    expect_netfilter("Shorewall:loc2drop:ACCEPT:", "", "allowed", '-');
    expect_netfilter("Shorewall:net-fw:DROP:", "", "dropped", '-');
    expect_netfilter("[WAN_LOCAL-default-D]", "", "dropped", '-');
    expect_netfilter("[WAN_IN-3001-A]", "", "allowed", '-');
    expect_netfilter("[LAN-9-R]", "", "rejected", '-');
    expect_netfilter("drop or accept ", "", "other", '-');
    expect_netfilter("TRACE: filter:LOGDROP:rule:1 ", "", "other", '-');
    expect_netfilter("kernel: denied: ", "", "dropped", '-');
}

static void test_netfilter_packets(void)
{
    script_log_expect(IN "SRC=192.0.2.7 DST=198.51.100.4 LEN=40 PROTO=UDP SPT=53 DPT=5353 LEN=20\n",
                      "1 netfilter other 17 192.0.2.7:53 - 198.51.100.4:5353\n");
    script_log_expect(IN "SRC=2001:0db8:0000:0000:0000:0000:0000:0001 DST=2001:db8::2 PROTO=TCP SPT=1 DPT=2\n",
                      "1 netfilter other 6 [2001:db8::1]:1 - [2001:db8::2]:2\n");
    script_log_expect(IN "SRC=192.0.2.7 DST=198.51.100.4 PROTO=ICMP TYPE=3 CODE=13 "
                         "[SRC=198.51.100.4 DST=203.0.113.5 PROTO=TCP SPT=40000 DPT=443 ] \n",
                      "1 netfilter other 1 192.0.2.7 - 198.51.100.4\n"
                      "1 netfilter other 6 198.51.100.4:40000 - 203.0.113.5:443\n");
    script_log_expect("IN= OUT=br0 PHYSIN=eth1 " PAIR " RST\n",
                      "1 netfilter other 6 192.0.2.7:40000 - 198.51.100.4:443\n");
    script_log_expect("IN=eth0 SRC=192.0.2.7 DST=198.51.100.4 PROTO=TCP SPT=1 DPT=2\n",
                      "1 netfilter other 6 192.0.2.7:1 - 198.51.100.4:2\n");
    /* Refused: no port, a name for an address, the front is lost, another order. */
    script_log_expect(IN "SRC=192.0.2.7 DST=198.51.100.4 PROTO=TCP SPT=65536 DPT=443\n", "");
    script_log_expect(IN "SRC=gw DST=198.51.100.4 PROTO=TCP SPT=65535 DPT=443\n", "");
    script_log_expect("100.4 LEN=60 PROTO=TCP SPT=40000 DPT=443\n", "");
    script_log_expect("SRC=192.0.2.7 DST=198.51.100.4 IN=eth0 OUT= PROTO=TCP\n", "");
}

#define NEW "tcp      6 120 SYN_SENT src=192.0.2.7 dst=198.51.100.4 sport=40000 dport=443 [UNREPLIED] "
#define REPLY "src=198.51.100.4 dst=192.0.2.7 sport=443 dport=40000"
#define SHOWN "6 192.0.2.7:40000 > 198.51.100.4:443"

static void test_conntrack(void)
{
    script_log_expect("    [NEW] " NEW REPLY " mark=0\n", "1 conntrack opened " SHOWN "\n");
    script_log_expect("[1565885011.250000]\t[UPDATE] tcp 6 60 SYN_RECV src=192.0.2.7 dst=198.51.100.4 sport=40000 "
                      "dport=443 " REPLY "\n",
                      "1 conntrack other " SHOWN " at 1565885011.25\n");
    script_log_expect(
        "[DESTROY] ipv4     2 tcp 6 src=192.0.2.7 dst=198.51.100.4 sport=40000 dport=443 packets=1 bytes=2 "
        "src=10.0.0.4 dst=203.0.113.1 sport=8443 dport=50000 packets=1 [ASSURED] delta-time=110\n",
        "1 conntrack other " SHOWN " nat 203.0.113.1:50000 10.0.0.4:8443\n");
    script_log_expect("[UPDATE] tcp 6 120 TIME_WAIT src=192.0.2.7 dst=198.51.100.4 sport=40000 dport=443 "
                      "src=198.51.100.4 dst=203.0.113.1 sport=443 dport=40000\n",
                      "1 conntrack closed_normally " SHOWN " nat 203.0.113.1:40000 ?\n");
    script_log_expect("[UPDATE] tcp 6 10 CLOSE src=192.0.2.7 dst=198.51.100.4 sport=40000 dport=443 " REPLY "\n",
                      "1 conntrack other " SHOWN "\n");
    script_log_expect("[NEW] tcp 6 120 SYN_SENT src=192.0.2.7 dst=198.51.100.4 sport=40000 dport=65536 " REPLY "\n",
                      "");
    script_log_expect("[NEW] tcp 17 src=192.0.2.7 dst=198.51.100.4 sport=40000 dport=443\n", "");
    script_log_expect("[NEW] release src= and dst= explained\n", "");
}

#define TRACE "trace id 7a3c1f04 inet fw input "
#define PACKET                                                                                                         \
    "packet: iif \"eth0\" ip saddr 192.0.2.7 ip daddr 198.51.100.4 ip ttl 64 ip id 7 ip protocol tcp tcp sport 40000 " \
    "tcp dport 443 tcp flags == syn tcp window 64240\n"

static void test_nft_trace(void)
{
    script_log_expect(TRACE PACKET TRACE
                      "rule ct state vmap { established : accept, invalid : drop } (verdict continue)\n" TRACE
                      "rule tcp dport 443 drop comment \"reject\" (verdict drop)\n",
                      "3 nft_trace dropped " SHOWN "\n");
    script_log_expect(TRACE PACKET TRACE "rule tcp dport 443 reject with tcp reset (verdict drop)\n",
                      "2 nft_trace rejected " SHOWN "\n");
    script_log_expect(TRACE PACKET TRACE "policy drop \n", "2 nft_trace dropped " SHOWN "\n");
    /* An accept counts if no drop follows, and is told once. */
    script_log_expect(TRACE PACKET TRACE "rule accept (verdict accept)\n" TRACE "policy drop\n",
                      "3 nft_trace dropped " SHOWN "\n");
    script_log_expect(TRACE PACKET TRACE "rule accept (verdict accept)\n" TRACE "policy accept\n",
                      "3 nft_trace allowed " SHOWN "\n");
    script_log_expect(TRACE PACKET TRACE "rule tcp dport 443 jump x (verdict jump x)\n", "");
    /* The same packet after translation; another one with an id that was used before. */
    script_log_expect(TRACE PACKET TRACE "packet: iif \"eth0\" ip saddr 192.0.2.7 ip daddr 10.0.0.4 tcp sport 40000 "
                                         "tcp dport 8443 tcp flags == syn\n" TRACE "policy drop\n",
                      "3 nft_trace dropped " SHOWN " nat ? 10.0.0.4:8443\n");
    script_log_expect(TRACE PACKET TRACE "policy accept\n" TRACE "packet: ip6 saddr 2001:db8::1 ip6 daddr 2001:db8::2 "
                                         "tcp sport 1 tcp dport 2 tcp flags == 0x18\n" TRACE "policy drop\n",
                      "2 nft_trace allowed " SHOWN "\n4 nft_trace dropped 6 [2001:db8::1]:1 - [2001:db8::2]:2\n");
    script_log_expect(TRACE "policy drop\n", "");
    script_log_expect(
        TRACE "packet: ip saddr 192.0.2.7 ip daddr 10.0.0.4 tcp sport 70000 tcp dport 1\n" TRACE "policy drop\n", "");
}

static void test_xtables_monitor(void)
{
    script_log_expect(
        "PACKET: 2 fc475095 IN=lo SRC=192.0.2.7 DST=198.51.100.4 LEN=84 PROTO=TCP SPT=40000 DPT=443 SYN \n"
        " TRACE: 2 fc475095 raw:PREROUTING:rule:0x3:CONTINUE  -4 -t raw -A PREROUTING -j TRACE\n"
        " TRACE: 2 fc475095 filter:INPUT:policy:DROP\n",
        "3 nft_trace dropped " SHOWN "\n");
}

/* More packets than are followed at a time: the oldest is given up, and told if it was accepted. */
static void test_many_traces(void)
{
    static const rst_log_options_t options = {0};
    GString *text = g_string_new(NULL);
    rst_log_sum_t sum;

    for (unsigned i = 0; i < 1000; i++)
        g_string_append_printf(text, "trace id %x inet fw input " PACKET "trace id %x inet fw input policy accept\n", i,
                               i);
    g_free(script_log(text->str, text->len, &options, &sum, NULL));
    g_assert_cmpuint(sum.records, ==, 1000);
    g_string_free(text, TRUE);
}

static void test_kernel_drop(void)
{
    script_log_expect("05:46:07 82093  4  192.0.2.7:40000  > 198.51.100.4:443   ESTABLISHED (ACK)\n    tcp_drop+0x1\n",
                      "1 kernel_drop dropped 6 192.0.2.7:40000 - 198.51.100.4:443 as 05:46:07\n");
    script_log_expect("  + 3316376224687 [swapper/2] 0 [tp] skb:kfree_skb #30 (skb 18) n 2 drop (NETFILTER_DROP)\n"
                      "    if 2 (eth0) rxif 2 192.0.2.7.40000 > 198.51.100.4.443 ttl 64 tos 0x0 id 7 off 0 [DF] len 60 "
                      "proto TCP (6) flags [S] seq 1 win 64240\n",
                      "1 kernel_drop dropped " SHOWN "\n");
    script_log_expect("# rst_drop: begins\n12345.678901234: rst_drop: reason=NO_SOCKET src=192.0.2.7 "
                      "dst=198.51.100.4 sport=40000 dport=443 flags=0x02 seq=1 id=7\n",
                      "2 kernel_drop no_listener " SHOWN " as 12345.678901234\n");
    /* A FIN that comes when its connection is gone: nobody was asked for. */
    script_log_expect("12345.678901234: rst_drop: reason=NO_SOCKET src=192.0.2.7 dst=198.51.100.4 sport=40000 "
                      "dport=443 flags=0x11 seq=1 id=7\n",
                      "1 kernel_drop dropped 6 192.0.2.7:40000 - 198.51.100.4:443 as 12345.678901234\n");
    script_log_expect("x 1565885011.250000: rst_drop: reason=TCP_LISTEN_OVERFLOW src=192.0.2.7 "
                      "dst=198.51.100.4 sport=40000 dport=443 flags=0x02\n",
                      "1 kernel_drop resource_exhaustion " SHOWN " at 1565885011.25\n");
    script_log_expect("rst_drop: reason=X src=192.0.2.7 dst=198.51.100.4 sport=70000 dport=443\n", "");
}

static void test_kernel_drop_blind(void)
{
    static const char text[] = "kfree_skb: skbaddr=ff protocol=2048 location=tcp_v4_rcv+0x1 reason: NETFILTER_DROP\n"
                               "3 drops at tcp_v4_rcv+6b (0xffff) [software]\n";
    static const rst_log_options_t options = {0};
    rst_log_sum_t sum;
    char *complaint, *shown = script_log(text, strlen(text), &options, &sum, &complaint);

    g_assert_cmpstr(shown, ==, "");
    g_assert_cmpuint(sum.blind, ==, 2);
    g_assert_nonnull(strstr(complaint, "no addresses"));
    g_free(complaint);
    g_free(shown);
}

#define MENTIONED(protocol) "1 mention mention " protocol " 192.0.2.7:40000 - 198.51.100.4:443\n"

static void test_mention(void)
{
    script_log_expect("x src=192.0.2.7:40000:X0 dst=198.51.100.4:443:X1 proto=tcp/https\n", MENTIONED("6"));
    script_log_expect("list 101 denied tcp 192.0.2.7(40000) -> 198.51.100.4(443), 1 packet\n", MENTIONED("6"));
    script_log_expect("fxp0 @0:1 b 192.0.2.7,40000 -> 198.51.100.4,443 PR x len 20 60 -S IN\n", MENTIONED("?"));
    script_log_expect("from 192.0.2.7 port 40000 to 198.51.100.4 port 443\n", MENTIONED("?"));
    script_log_expect("srcip=\"192.0.2.7\" dstip=\"198.51.100.4\" srcport=\"40000\" dstport=\"443\"\n", MENTIONED("?"));
    script_log_expect("{\"a\":{\"src_ip\":1},\"src_ip\":\"192.0.2.7\",\"src_port\":40000,\"dest_ip\":\"198.51.100.4\","
                      "\"dest_port\":443}\n",
                      MENTIONED("?"));
    /* One end, an end twice, three ends, no ports, a port that is none, versions, networks, hours. */
    script_log_expect("192.0.2.7:40000\n", "");
    script_log_expect("192.0.2.7:40000 192.0.2.7:40000\n", "");
    script_log_expect("192.0.2.7:40000 198.51.100.4:443 10.0.0.1:1\n", "");
    script_log_expect("192.0.2.7 -> 198.51.100.4\n", "");
    script_log_expect("192.0.2.7:70000 198.51.100.4:443\n", "");
    script_log_expect("1.2.3.4.5 and 1.2.3.5.6.7, 10.0.0.0/24 to 10.0.1.0/24\n", "");
}

static void test_application(void)
{
    static const char line[] = "2019-08-15 16:03:31 ERROR 192.0.2.7:3306: Connection reset by peer\n";
    static const char late[] = "2019-08-15T16:03:31Z read: code 10054, 192.0.2.7:3306 (local 198.51.100.4:443)\n";
    static const rst_log_options_t asked = {.applications = true};
    char *shown;

    script_log_expect(line, "");
    shown = script_log(line, strlen(line), &asked, NULL, NULL);
    g_assert_cmpstr(shown, ==, "1 application other 6 192.0.2.7:3306 - ? as 2019-08-15 16:03:31\n");
    g_free(shown);
    shown = script_log(late, strlen(late), &asked, NULL, NULL);
    g_assert_cmpstr(shown, ==, "1 application other 6 192.0.2.7:3306 - 198.51.100.4:443 at 1565885011\n");
    g_free(shown);
    shown = script_log("192.0.2.7:3306 reset by peer\n", 29, &asked, NULL, NULL); /* no time */
    g_assert_cmpstr(shown, ==, "");
    g_free(shown);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/linux/netfilter/prefix", test_netfilter_prefix);
    g_test_add_func("/linux/netfilter/packets", test_netfilter_packets);
    g_test_add_func("/linux/conntrack", test_conntrack);
    g_test_add_func("/linux/nft-trace", test_nft_trace);
    g_test_add_func("/linux/xtables-monitor", test_xtables_monitor);
    g_test_add_func("/linux/many-traces", test_many_traces);
    g_test_add_func("/linux/kernel-drop", test_kernel_drop);
    g_test_add_func("/linux/kernel-drop-blind", test_kernel_drop_blind);
    g_test_add_func("/linux/mention", test_mention);
    g_test_add_func("/linux/application", test_application);
    return g_test_run();
}
