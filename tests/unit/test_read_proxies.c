/* test_read_proxies.c
 * What proxies and balancers write: HAProxy, nginx, NetScaler, BIG-IP, AWS.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script-log.h"

#define HA "192.0.2.7:40000 [15/Aug/2026:16:03:31.123] front "

static void expect_haproxy(const char *session, const char *meaning)
{
    char *text = g_strconcat("Aug 15 16:03:32 lb haproxy[7]: " HA, session, "\n", NULL);
    char *expected = g_strdup_printf("1 haproxy %s 6 192.0.2.7:40000 > ? as 15/Aug/2026:16:03:31.123\n", meaning);

    script_log_expect(text, expected);
    g_free(text);
    g_free(expected);
}

static void test_haproxy(void)
{
    expect_haproxy("back/s1 0/0/12 212 -- 1/1/1/1/0 0/0", "closed_normally");
    expect_haproxy("back/s1 0/0/+5007 212 cD 1/1/1/1/0 0/0", "app_timeout");
    expect_haproxy("back/s1 0/0/5007 212 CD 1/1/1/1/0 0/0", "other");
    expect_haproxy("back/s1 0/5000/5007 0 sC 1/1/1/1/3 0/0", "handshake_timeout");
    expect_haproxy("back/s1 0/-1/7 0 SC 1/1/1/1/3 0/0", "closed_port");
    expect_haproxy("back/<NOSRV> 0/-1/-1/-1/0 503 212 - - SC-- 1/1/0/0/0 0/0 \"GET / HTTP/1.1\"", "no_backend");
    expect_haproxy("back/s1 0/0/0/1/9 200 212 - - KDVN 1/1/0/0/0 0/0 \"GET / HTTP/1.1\"", "admin_kill");
    expect_haproxy("back/s1 0/0/0/1/9 200 212 - - PR-- 1/1/0/0/0 0/0 \"GET / HTTP/1.1\"", "policy_reset");
    expect_haproxy("back/s1 0/0/0/1/9 200 212 - - RQ-- 1/1/0/0/0 0/0 \"GET / HTTP/1.1\"", "resource_exhaustion");
    script_log_expect("Connect from 192.0.2.7:40000 to 198.51.100.4:443 (front/TCP)\n",
                      "1 haproxy opened 6 192.0.2.7:40000 > 198.51.100.4:443\n");
    script_log_expect("192.0.2.7:40000 [15/Aug/2026:16:03:31.123] front/1: SSL handshake failure\n",
                      "1 haproxy app_error 6 192.0.2.7:40000 > ? as 15/Aug/2026:16:03:31.123\n");
    script_log_expect("2001:db8::7:40000 [15/Aug/2026:16:03:31.123] f b/s 0/0/1 2 -- 1/1/1/1/0 0/0\n",
                      "1 haproxy closed_normally 6 [2001:db8::7]:40000 > ? as 15/Aug/2026:16:03:31.123\n");
    /* Near misses: an access log, a state that is none, a masked client, a port that is none. */
    script_log_expect("192.0.2.7 - - [15/Aug/2026:16:03:31 +0000] \"GET / HTTP/1.1\" 200 12\n", "");
    script_log_expect(HA "back/s1 0/0/12 212 XY 1/1/1/1/0 0/0\n", "");
    script_log_expect("-:40000 [15/Aug/2026:16:03:31.123] f b/s 0/0/1 2 -- 1/1/1/1/0 0/0\n", "");
    script_log_expect("192.0.2.7:65536 [15/Aug/2026:16:03:31.123] f b/s 0/0/1 2 -- 1/1/1/1/0 0/0\n", "");
    script_log_expect(HA "back/s1 0/0/12\n", "");
}

#define NGINX "2026/08/15 16:03:31 [error] 12#0: *34 "
#define CLIENT ", client: 192.0.2.7, server: example.com, request: \"GET /a(104: HTTP/1.1\""
#define UPSTREAM ", upstream: \"http://198.51.100.4:8080/a\", host: \"x\""

static void test_nginx(void)
{
    script_log_expect(NGINX "connect() failed (111: Connection refused) while connecting to upstream" CLIENT UPSTREAM
                            "\n",
                      "1 nginx closed_port 6 192.0.2.7 > 198.51.100.4:8080 as 2026/08/15 16:03:31\n");
    script_log_expect(
        NGINX "upstream timed out (110: Connection timed out) while connecting to upstream" CLIENT UPSTREAM "\n",
        "1 nginx handshake_timeout 6 192.0.2.7 > 198.51.100.4:8080 as 2026/08/15 16:03:31\n");
    script_log_expect(
        NGINX
        "upstream timed out (110: Connection timed out) while reading response header from upstream" CLIENT UPSTREAM
        "\n",
        "1 nginx app_timeout 6 192.0.2.7 > 198.51.100.4:8080 as 2026/08/15 16:03:31\n");
    script_log_expect(
        NGINX
        "recv() failed (104: Connection reset by peer) while reading response header from upstream" CLIENT UPSTREAM
        "\n",
        "1 nginx reset_by_dst 6 192.0.2.7 > 198.51.100.4:8080 as 2026/08/15 16:03:31\n");
    script_log_expect(NGINX "recv() failed (54: Connection reset by peer) while waiting for request" CLIENT "\n",
                      "1 nginx reset_by_src 6 192.0.2.7 > ? as 2026/08/15 16:03:31\n");
    script_log_expect(
        NGINX "recv() failed (104: Connection reset by peer) while proxying upgraded connection" CLIENT UPSTREAM "\n",
        "");
    script_log_expect(NGINX "no live upstreams while connecting to upstream" CLIENT "\n",
                      "1 nginx no_backend 6 192.0.2.7 > ? as 2026/08/15 16:03:31\n");
    script_log_expect(
        NGINX "upstream prematurely closed connection while reading response header from upstream" CLIENT UPSTREAM "\n",
        "1 nginx closed_normally 6 192.0.2.7 > 198.51.100.4:8080 as 2026/08/15 16:03:31\n");
    /* What a client wrote into its request means nothing; a missing file says nothing of a connection. */
    script_log_expect(NGINX "open() \"/x\" failed (2: No such file or directory)" CLIENT "\n", "");
    script_log_expect(NGINX
                      "connect() to unix:/run/x failed (111: Connection refused) while connecting to upstream" CLIENT
                      ", upstream: \"fastcgi://unix:/run/x:\"\n",
                      "1 nginx closed_port 6 192.0.2.7 > ? as 2026/08/15 16:03:31\n");
    script_log_expect("2026/08/15 16:03:31 error 12#0: connect() failed" CLIENT "\n", "");
}

static void test_netscaler(void)
{
    script_log_expect(
        "2026/08/15:16:03:31 GMT ADC 0-PPE-1 : default TCP CONN_DELINK 4 0 :  Source 192.0.2.7:40000 - Vserver "
        "198.51.100.4:443 - NatIP 10.0.0.9:3198 - Destination 10.0.0.1:8443 - Delink Time 2026/08/15:16:03:31 GMT - "
        "Total\n",
        "1 netscaler other 6 192.0.2.7:40000 > 198.51.100.4:443 nat 10.0.0.9:3198 10.0.0.1:8443 at 1786809811\n");
    script_log_expect(
        "08/15/2026:16:03:31 GMT ADC 0-PPE-1 : TCP CONN_TERMINATE 4 0 :  Source 192.0.2.7:40000 - Destination "
        "10.0.0.1:8443 - Start Time 08/15/2026:16:03:01 GMT - End Time 08/15/2026:16:03:31 GMT - Total\n",
        "1 netscaler other 6 192.0.2.7:40000 - 10.0.0.1:8443 at 1786809811\n");
    /* Which of 05/06 is the month is not told. */
    script_log_expect(
        "05/06/2026:16:03:31 GMT ADC 0-PPE-1 : TCP CONN_TERMINATE 4 0 :  Source 192.0.2.7:40000 - Destination "
        "10.0.0.1:8443 - Start Time 05/06/2026:16:03:01 GMT - End Time 05/06/2026:16:03:31 GMT - Total\n",
        "1 netscaler other 6 192.0.2.7:40000 - 10.0.0.1:8443\n");
    script_log_expect(
        "2026/08/15:16:03:31 ADC 0-PPE-1 : SSLLOG SSL_HANDSHAKE_FAILURE 5 0 :  SPCBId 7 - ClientIP 192.0.2.7 - "
        "ClientPort 40000 - VserverServiceIP 10.0.0.1 - VserverServicePort 443 - Reason \"x\"\n",
        "1 netscaler app_error 6 192.0.2.7:40000 > 10.0.0.1:443 as 2026/08/15:16:03:31\n");
    script_log_expect(
        "2026/08/15:16:03:31 ADC 0-PPE-1 : TCP CONN_TERMINATE 4 0 :  Source gw:40000 - Destination x:1 - End\n", "");
    script_log_expect(
        "2026/08/15:16:03:31 ADC 0-PPE-1 : UI CMD_EXECUTED 4 0 :  User x - Remote_ip 192.0.2.7 - Command y\n", "");
}

#define TMM "Aug 15 16:03:31 bigip err tmm[11]: 01230140:3: RST sent from "

static void test_f5(void)
{
    script_log_expect(TMM "10.0.0.1:80 to 192.0.2.7%2:40000, [0x12345:67] No local listener\n",
                      "1 f5 closed_port 6 10.0.0.1:80 - 192.0.2.7:40000 as Aug 15 16:03:31\n");
    script_log_expect(TMM "10.0.0.1:80 to 192.0.2.7:40000, [0x12345:67] {peer} TCP RST from remote system\n",
                      "1 f5 proxied 6 10.0.0.1:80 - 192.0.2.7:40000 as Aug 15 16:03:31\n");
    script_log_expect(TMM "10.0.0.1:80 to 192.0.2.7:40000, [0x12345:67] Something new\n",
                      "1 f5 reset_by_device 6 10.0.0.1:80 - 192.0.2.7:40000 as Aug 15 16:03:31\n");
    script_log_expect("tmm[1]: 01260013:4: SSL Handshake failed for TCP 192.0.2.7:40000 -> 10.0.0.1:443\n",
                      "1 f5 app_error 6 192.0.2.7:40000 > 10.0.0.1:443\n");
    script_log_expect(TMM "10.0.0.1:65536 to 192.0.2.7:40000, [0x12345:67] No local listener\n", "");
    script_log_expect(TMM "pool_a:80 to 192.0.2.7:40000, [0x12345:67] No local listener\n", "");
    script_log_expect("mcpd[1]: 01070638:5: Pool /Common/p member /Common/10.0.0.1:80 monitor status down\n", "");
}

#define FLOW "eni-1 192.0.2.7 198.51.100.4 40000 443 6 3 180 1786809811 1786809871 "

static void test_aws_flow(void)
{
    script_log_expect("2 123456789012 " FLOW "REJECT OK\n",
                      "1 aws_flow dropped 6 192.0.2.7:40000 - 198.51.100.4:443 at 1786809811\n");
    script_log_expect("srcaddr dstaddr srcport dstport protocol start action tcp-flags pkt-srcaddr\n"
                      "192.0.2.7 198.51.100.4 40000 443 6 1786809811 ACCEPT 2 203.0.113.9\n"
                      "192.0.2.7 198.51.100.4 40000 443 6 1786809811 ACCEPT 4 192.0.2.7\n"
                      "192.0.2.7 198.51.100.4 443 40000 6 1786809811 ACCEPT 18 -\n",
                      "2 aws_flow allowed 6 192.0.2.7:40000 > 198.51.100.4:443 nat 203.0.113.9:40000 ? at 1786809811\n"
                      "3 aws_flow reset_by_src 6 192.0.2.7:40000 - 198.51.100.4:443 at 1786809811\n"
                      "4 aws_flow allowed 6 192.0.2.7:443 - 198.51.100.4:40000 at 1786809811\n");
    script_log_expect(
        "{\"interface_id\":\"eni-1\",\"srcaddr\":\"192.0.2.7\",\"dstaddr\":\"198.51.100.4\",\"srcport\":40000.0,"
        "\"dstport\":443.0,\"protocol\":6.0,\"start\":1786809811,\"action\":\"ACCEPT\"}\n",
        "1 aws_flow allowed 6 192.0.2.7:40000 - 198.51.100.4:443 at 1786809811\n");
    script_log_expect("2 123456789012 eni-1 - - - - - - - 1786809811 1786809871 - NODATA\n", "");
    script_log_expect("2 123456789012 eni-1 192.0.2.7 198.51.100.4 65536 443 6 3 180 1786809811 1786809871 REJECT OK\n",
                      "");
    script_log_expect("2 123456789012 eth0 192.0.2.7 198.51.100.4 4 443 6 3 180 1786809811 1786809871 REJECT OK\n", "");
}

#define ALB "http 2026-08-15T16:03:31.186641Z app/lb/50dc 192.0.2.7:40000 "

static void test_aws_elb(void)
{
    script_log_expect(ALB "10.0.0.1:80 0.000 0.001 0.000 200 200 34 366 \"GET http://x:80/ HTTP/1.1\" \"c\" - -\n",
                      "1 aws_elb other 6 192.0.2.7:40000 > 10.0.0.1:80 at 1786809811.186641\n");
    script_log_expect(ALB "- -1 -1 -1 503 - 34 366 \"GET http://x:80/ HTTP/1.1\" \"c\" - -\n",
                      "1 aws_elb no_backend 6 192.0.2.7:40000 > ? at 1786809811.186641\n");
    script_log_expect(
        "2026-08-15T16:03:31.186641Z lb 192.0.2.7:40000 10.0.0.1:80 0.1 0.2 0.3 504 - 82 305 \"- - - \" \"-\"\n",
        "1 aws_elb app_timeout 6 192.0.2.7:40000 > 10.0.0.1:80 at 1786809811.186641\n");
    script_log_expect("tls 2.0 2026-08-15T16:03:31 net/lb/c6 g3 192.0.2.7:40000 10.0.0.1:443 5 2 98 246 - arn\n",
                      "1 aws_elb other 6 192.0.2.7:40000 > 10.0.0.1:443 at 1786809811\n");
    script_log_expect(
        "http 2026-08-15T16:03:31Z app/lb/50dc 192.0.2.7:65536 10.0.0.1:80 0.0 0.1 0.0 200 200 3 3 \"x\"\n", "");
    script_log_expect("2026-08-15T16:03:31Z host sshd[12]: from 192.0.2.7 port 4 ssh2\n", "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/read/haproxy", test_haproxy);
    g_test_add_func("/read/nginx", test_nginx);
    g_test_add_func("/read/netscaler", test_netscaler);
    g_test_add_func("/read/f5", test_f5);
    g_test_add_func("/read/aws_flow", test_aws_flow);
    g_test_add_func("/read/aws_elb", test_aws_elb);
    return g_test_run();
}
