/* test_read_cef.c
 * CEF and LEEF: frames, escapes, and the words of the vendors that are understood.
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

#define EXPECT_ALL(cases) expect_all(cases, G_N_ELEMENTS(cases))

#define ENDS "src=10.0.0.2 spt=50000 dst=198.51.100.4 dpt=443 "
#define SHOWN(meaning, arrow) "1 cef " meaning " 6 10.0.0.2:50000 " arrow " 198.51.100.4:443"
#define CP "CEF:0|Check Point|VPN-1 & FireWall-1|Check Point|Log|https|Unknown|"
#define FORTI(cat) "CEF:0|Fortinet|Fortigate|v6.0.3|13|" cat " x|3|cat=" cat " "
#define PAN(first, second) "CEF:0|Palo Alto Networks|PAN-OS|10.1|" first "|" second "|3|dtz=UTC "

static void test_vendors(void)
{
    static const reading_t cases[] = {
        {CP "act=Accept rt=1592559931500 " ENDS "proto=6", SHOWN("allowed", ">") " at 1592559931.5\n"},
        {CP "act=Reject " ENDS "proto=6", SHOWN("rejected", ">") "\n"},
        {CP "act=Drop " ENDS "proto=6 tcp_packet_out_of_state=First packet isn't SYN", SHOWN("dropped", "-") "\n"},
        {CP "act=Accept " ENDS "proto=6 sourceTranslatedAddress=203.0.113.1 sourceTranslatedPort=1024 "
            "destinationTranslatedAddress=0.0.0.0 destinationTranslatedPort=0",
         SHOWN("allowed", ">") " nat 203.0.113.1:1024 ?\n"},
        {FORTI("traffic:forward") ENDS "proto=6 act=close", SHOWN("closed_normally", ">") "\n"},
        {FORTI("traffic:forward") "FortinetFortiGateeventtime=1572471876 " ENDS
                                  "proto=6 FortinetFortiGateaction=timeout FortinetFortiGatercvdpkt=3",
         SHOWN("idle_timeout", ">") " at 1572471876\n"},
        {FORTI("traffic:forward") ENDS "proto=6 act=timeout cn3=0 cn3Label=Packets Received",
         SHOWN("handshake_timeout", ">") "\n"},
        {FORTI("utm:ips") ENDS "proto=6 act=reset", SHOWN("policy_reset", "-") "\n"},
        {FORTI("utm:ips") ENDS "proto=17 act=reset", "1 cef dropped 17 10.0.0.2:50000 - 198.51.100.4:443\n"},
        {FORTI("traffic:local") "src=10.0.0.2 dst=198.51.100.4 proto=1 act=accept",
         "1 cef allowed 1 10.0.0.2 > 198.51.100.4\n"},
        {PAN("TRAFFIC", "end") "rt=Mar 01 2021 21:06:06 " ENDS "proto=tcp act=allow reason=tcp-rst-from-server",
         SHOWN("reset_by_dst", ">") " at 1614632766\n"},
        {PAN("end", "TRAFFIC") ENDS "proto=tcp act=allow reason=aged-out PanOSPacketsReceived=0",
         SHOWN("handshake_timeout", ">") "\n"},
        {PAN("THREAT", "virus") ENDS "proto=tcp act=reset-both", SHOWN("policy_reset", "-") "\n"},
        {PAN("SYSTEM", "general") ENDS "proto=tcp act=allow", SHOWN("mention", "-") "\n"},
        {"CEF:0|F5|Advanced Firewall Module|4.4|23003137|Network Event|8|" ENDS "proto=TCP act=Reject c6a2= "
         "c6a2Label=source_address",
         SHOWN("rejected", "-") "\n"},
        {"CEF:0|F5|Advanced Firewall Module|4.4|23003137|Network Event|8|src= dst= c6a2=2001:db8::2 "
         "c6a3=2001:db8::4 spt=50000 dpt=443 proto=TCP act=Drop",
         "1 cef dropped 6 [2001:db8::2]:50000 - [2001:db8::4]:443\n"},
        {"CEF:0|Cisco|Firepower|6.0|RNA:1003:1|CONNECTION STATISTICS|3|act=Block with reset " ENDS "proto=6",
         SHOWN("reset_by_device", "-") "\n"},
        {"CEF:0|Somebody|Thing|1|2|Blocked|5|act=blocked " ENDS "proto=TCP", SHOWN("mention", "-") "\n"},
        {"CEF:0|Somebody|Thing|1|2|Blocked|5|src=10.0.0.2 dst=198.51.100.4 proto=TCP", ""},
        {"LEEF:2.0|Check Point|VPN-1 & FireWall-1|1.0|Accept|\t|cat=a b\tdevTime=1596038400\tsrcPort=50000\t"
         "src=10.0.0.2\tdst=198.51.100.4\tdstPort=443\tproto=6\taction=Accept",
         SHOWN("allowed", ">") " at 1596038400\n"},
        {"LEEF:2.0|Palo Alto Networks|PAN-OS Syslog Integration|8.1|allow|x7C|cat=TRAFFIC|Subtype=end|src=10.0.0.2|"
         "dst=198.51.100.4|srcPostNAT=203.0.113.1|dstPostNAT=0.0.0.0|srcPort=50000|dstPort=443|srcPostNATPort=1024|"
         "dstPostNATPort=0|proto=tcp|action=allow|SessionEndReason=tcp-fin",
         SHOWN("closed_normally", ">") " nat 203.0.113.1:1024 ?\n"},
        {"LEEF:2.0|Check Point|a|1.0|Drop|^|src=10.0.0.2^srcPort=50000^dst=198.51.100.4^dstPort=443^proto=6",
         SHOWN("dropped", ">") "\n"},
        {"LEEF:2.0|Check Point|a|1.0|Drop|src=10.0.0.2\tsrcPort=50000\tdst=198.51.100.4\tdstPort=443\tproto=6",
         SHOWN("dropped", ">") "\n"},
        {"LEEF:2.0|Check Point|a|1.0|Drop|src=10.0.0.2|srcPort=50000|dst=198.51.100.4|dstPort=443|proto=6",
         SHOWN("dropped", ">") "\n"},
        {"LEEF:2.0|Check Point|a|1.0|Drop|src=10.0.0.2 srcPort=50000 dst=198.51.100.4 dstPort=443 proto=6",
         SHOWN("dropped", ">") "\n"},
        {"LEEF:2.0|Palo Alto Networks|Next Generation Firewall|10.2|allow| |EventID=end\tcat=TRAFFIC\tSubType=end\t"
         "devTime=2021-03-01T21:06:06.500000Z\tsrc=10.0.0.2\tdst=198.51.100.4\tsrcPort=50000\tdstPort=443\tproto=tcp\t"
         "Action=allow\tSessionEndReason=tcp-rst-from-client",
         SHOWN("reset_by_src", ">") " at 1614632766.5\n"},
        {"LEEF:1.0|WatchGuard|XTM|12.1|1AFF|src=10.0.0.2\tsrcPort=50000\tdst=198.51.100.4\tdstPort=443\tproto=tcp\t"
         "disp=Deny",
         SHOWN("mention", "-") "\n"},
    };

    EXPECT_ALL(cases);
}

/* A value ends where the next key begins; what is escaped is neither a bar nor a sign. */
static void test_frames(void)
{
    static const reading_t cases[] = {
        {"CEF: 0|Check Point|a\\|b|c|Log|d\\\\|Unknown|msg=x\\=src\\=1.1.1.1 y originsicname=CN=fw,O=a.example " ENDS
         "act=Drop proto=6",
         SHOWN("dropped", ">") "\n"},
        {"CEF:CEF:0|Check Point|a|b|Log|d|5|act=Drop " ENDS "proto=6  ", SHOWN("dropped", ">") "\n"},
        {"0|Fortinet|Fortigate|v7.2.10|00011|traffic:forward ip-conn|4|cat=traffic:forward " ENDS "proto=6 act=ip-conn",
         SHOWN("handshake_timeout", ">") "\n"},
        {"<14>Aug 15 16:03:31 fw " CP "act=Drop " ENDS "proto=6", SHOWN("dropped", ">") " as Aug 15 16:03:31\n"},
        {"0|Somebody|a|b|c|d|e|src=10.0.0.2 dst=198.51.100.4 proto=6", ""},
        {"CEF:0|Check Point|a|b|c|d", ""},
        {"CEF:", ""},
        {"CEF:0|||||||", ""},
        {"CEF:x|a|b|c|d|e|f|src=10.0.0.2 dst=198.51.100.4", ""},
        {"LEEF:2.0|a|b|c|d|", ""},
        {"LEEF:", ""},
        {CP, ""},
        {CP "======= = a= =b", ""},
        {CP ENDS "proto=6 cn1Label=Duration", SHOWN("other", ">") "\n"},
        {CP "src=host.example.com spt=1 dst=198.51.100.4 dpt=2 proto=6", ""},
    };
    const rst_log_options_t options = {.zone = NULL};
    const char *refused = CP "src=10.0.0.2 spt=65536 dst=198.51.100.4 dpt=2 proto=6";
    rst_log_sum_t sum;
    char *shown = script_log(refused, strlen(refused), &options, &sum, NULL);

    EXPECT_ALL(cases);
    g_assert_cmpstr(shown, ==, "");
    g_assert_cmpuint(sum.broken, ==, 1);
    g_free(shown);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cef/vendors", test_vendors);
    g_test_add_func("/cef/frames", test_frames);
    return g_test_run();
}
