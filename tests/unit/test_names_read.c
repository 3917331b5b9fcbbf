/* test_names_read.c
 * Tests of reading names from bytes: DNS messages, HTTP requests and first messages of protocols.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "facts/dns.h"
#include "facts/http_host.h"
#include "facts/protocol.h"

enum { A = 1, CNAME = 5, AAAA = 28, ANSWERS = 0x8000, NAME_ERROR = 3 };

/* A DNS message that is being written. */
typedef struct message {
    uint8_t bytes[1024];
    size_t length;
} message_t;

static void put(message_t *message, const void *bytes, size_t count)
{
    memcpy(message->bytes + message->length, bytes, count);
    message->length += count;
}

static void put16(message_t *message, unsigned value)
{
    const uint8_t bytes[2] = {(uint8_t)(value >> 8), (uint8_t)value};

    put(message, bytes, sizeof bytes);
}

static void put_name(message_t *message, const char *name)
{
    char **label = g_strsplit(name, ".", -1);

    for (char **at = label; *at; at++) {
        const uint8_t length = (uint8_t)strlen(*at);

        put(message, &length, 1);
        put(message, *at, length);
    }
    put(message, "", 1);
    g_strfreev(label);
}

static message_t begin(unsigned flags, const char *name, unsigned type, unsigned records)
{
    message_t message = {.length = 0};

    put16(&message, 77); /* id */
    put16(&message, flags);
    put16(&message, name ? 1 : 0);
    put16(&message, records);
    put16(&message, 0);
    put16(&message, 0);
    if (name) {
        put_name(&message, name);
        put16(&message, type);
        put16(&message, 1);
    }
    return message;
}

static void put_record(message_t *message, const char *owner, unsigned type, const void *data, unsigned size)
{
    put_name(message, owner);
    put16(message, type);
    put16(message, 1);
    put16(message, 0);
    put16(message, 60);
    put16(message, size);
    put(message, data, size);
}

static void put_alias(message_t *message, const char *owner, const char *target)
{
    message_t name = {.length = 0};

    put_name(&name, target);
    put_record(message, owner, CNAME, name.bytes, (unsigned)name.length);
}

static const uint8_t four[4] = {192, 0, 2, 7};

static message_t answer_to(const char *name)
{
    message_t message = begin(ANSWERS, name, A, 1);

    put_record(&message, name, A, four, sizeof four);
    return message;
}

static bool reads(const message_t *message, rst_dns_kind_t kind, rst_dns_t *dns)
{
    memset(dns, 0, sizeof *dns);
    dns->kind = (uint8_t)kind;
    return rst_dns_read(message->bytes, message->length, dns);
}

static void assert_name(const rst_dns_t *dns, const char *name)
{
    g_assert_cmpmem(dns->name, dns->name_len, name, strlen(name));
}

static void test_dns_question(void)
{
    message_t message = begin(0x0100, "Shop.Example", AAAA, 0);
    rst_dns_t dns;

    g_assert_true(reads(&message, RST_DNS_UNICAST, &dns));
    g_assert_false(dns.answers);
    g_assert_cmpuint(dns.id, ==, 77);
    g_assert_cmpuint(dns.type, ==, AAAA);
    assert_name(&dns, "shop.example");
    message = begin(0x0100, "shop.example", 15, 0); /* MX: asks for no address */
    g_assert_false(reads(&message, RST_DNS_UNICAST, &dns));
    message = begin(0x2800, "shop.example", A, 0); /* an update */
    g_assert_false(reads(&message, RST_DNS_UNICAST, &dns));
}

static void test_dns_answer(void)
{
    message_t message = answer_to("shop.example");
    rst_dns_t dns;

    g_assert_true(reads(&message, RST_DNS_UNICAST, &dns));
    g_assert_true(dns.answers);
    g_assert_cmpuint(dns.addresses, ==, 1);
    g_assert_cmpuint(dns.address[0].size, ==, 4);
    g_assert_cmpmem(dns.address[0].word, 4, four, 4);
    message.bytes[3] = NAME_ERROR;
    g_assert_false(reads(&message, RST_DNS_UNICAST, &dns));
}

/* What belongs to another name is nobody's address. */
static void test_dns_aliases(void)
{
    message_t message = begin(ANSWERS, "www.example", A, 4);
    rst_dns_t dns;

    put_alias(&message, "www.example", "cdn.example");
    put_alias(&message, "cdn.example", "edge.example");
    put_record(&message, "edge.example", A, four, sizeof four);
    put_record(&message, "evil.example", A, four, sizeof four);
    g_assert_true(reads(&message, RST_DNS_UNICAST, &dns));
    g_assert_cmpuint(dns.addresses, ==, 1);
    assert_name(&dns, "www.example");
    message = begin(ANSWERS, "www.example", A, 1);
    put_record(&message, "evil.example", A, four, sizeof four);
    g_assert_false(reads(&message, RST_DNS_UNICAST, &dns));
}

static void test_dns_multicast(void)
{
    message_t message = begin(ANSWERS, NULL, 0, 1);
    rst_dns_t dns;

    put_record(&message, "printer.local", A, four, sizeof four);
    g_assert_true(reads(&message, RST_DNS_MULTICAST, &dns));
    assert_name(&dns, "printer.local");
    g_assert_false(reads(&message, RST_DNS_UNICAST, &dns)); /* no question repeated */
}

/* A pointer to itself, forward, a label too long for its message, a dot within a label. */
static void test_dns_hostile(void)
{
    static const struct {
        uint8_t length;
        uint8_t bytes[8];
    } names[] = {
        {2, {0xc0, 12}}, {2, {0xc0, 14}}, {4, {0xc0, 0xff, 0, 0}}, {3, {63, 'a', 'b'}}, {5, {3, 'a', '.', 'b', 0}},
        {2, {0x80, 1}},  {1, {0xff}}};
    rst_dns_t dns;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        message_t message = begin(0, NULL, 0, 0);

        message.bytes[5] = 1; /* one question */
        put(&message, names[i].bytes, names[i].length);
        put16(&message, A);
        put16(&message, 1);
        g_assert_false(reads(&message, RST_DNS_UNICAST, &dns));
    }
}

/* Each beginning, and each byte changed: no read beyond the end, for the sanitizers to see. */
static void test_dns_damaged(void)
{
    message_t whole = begin(ANSWERS, "www.example", A, 2);
    rst_dns_t dns = {.kind = RST_DNS_UNICAST};

    put_alias(&whole, "www.example", "cdn.example");
    put_record(&whole, "cdn.example", A, four, sizeof four);
    for (size_t length = 0; length < whole.length; length++) {
        uint8_t *copy = g_memdup2(whole.bytes, MAX(length, 1));

        g_assert_false(rst_dns_read(copy, length, &dns));
        for (unsigned value = 0; value < 256 && length; value += 15) {
            copy[length - 1] = (uint8_t)value;
            rst_dns_read(copy, length, &dns);
        }
        g_free(copy);
    }
}

static const char *host_of(const char *request, bool *proxied)
{
    static char host[RST_NAME_MAX + 1];

    *proxied = false;
    host[rst_http_host_read((const uint8_t *)request, strlen(request), (uint8_t *)host, RST_NAME_MAX, proxied)] = '\0';
    return host;
}

static void test_http(void)
{
    bool proxied;
    char *longest = g_strdup_printf("GET / HTTP/1.1\r\nhost: %0200d.example\r\n", 1);

    g_assert_cmpstr(host_of("GET / HTTP/1.1\r\nAccept: */*\r\nHOST:  shop.example:8080\r\n\r\n", &proxied), ==,
                    "shop.example");
    g_assert_false(proxied);
    g_assert_cmpstr(host_of("PATCH /a HTTP/1.1\nHost: b.example\n", &proxied), ==, "b.example");
    g_assert_cmpstr(host_of("GET / HTTP/1.1\r\nHost: 192.0.2.1:80\r\n", &proxied), ==, "");
    g_assert_cmpstr(host_of("GET / HTTP/1.1\r\nHost: [2001:db8::1]\r\n", &proxied), ==, "");
    g_assert_cmpstr(host_of("GET / HTTP/1.1\r\nHost: cut.exam", &proxied), ==, "");
    g_assert_cmpstr(host_of("GET / HTTP/1.1\r\n\r\nHost: body.example\r\n", &proxied), ==, "");
    g_assert_cmpstr(host_of("GETS / HTTP/1.1\r\nHost: a.example\r\n", &proxied), ==, "");
    g_assert_cmpstr(host_of("CONNECT far.example:443 HTTP/1.1\r\nHost: x\r\n", &proxied), ==, "far.example");
    g_assert_true(proxied);
    g_assert_cmpstr(host_of("GET http://me@far.example:81/x HTTP/1.1\r\nHost: x\r\n", &proxied), ==, "far.example");
    g_assert_true(proxied);
    g_assert_cmpstr(host_of("CONNECT {\"verbose\":false}\r\nPING\r\n", &proxied), ==, "");
    g_assert_false(proxied);
    g_assert_cmpuint(strlen(host_of(longest, &proxied)), ==, RST_NAME_MAX);
    g_free(longest);
}

static rst_protocol_t protocol_of(const void *bytes, unsigned head, unsigned length)
{
    rst_segment_t segment = {.head_len = (uint16_t)head, .len = length};

    memset(segment.head, 0xee, sizeof segment.head);
    memcpy(segment.head, bytes, head);
    return rst_protocol_read(&segment);
}

static void test_protocols(void)
{
    static const uint8_t rdp[19] = {3, 0, 0, 19, 14, 0xe0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 3};
    static const uint8_t s7[22] = {3, 0, 0, 22, 17, 0xe0, 0, 0, 0, 1, 0, 0xc1, 2, 1, 0, 0xc2, 2, 1, 2, 0xc0, 1, 10};

    g_assert_cmpuint(protocol_of("\0\0\0\x40\xfeSMB\x40", 9, 68), ==, RST_PROTOCOL_SMB);
    g_assert_cmpuint(protocol_of("\0\0\0\x40\xffSMB\x72", 9, 68), ==, RST_PROTOCOL_SMB);
    g_assert_cmpuint(protocol_of("\1\0\0\x40\xffSMB\x72", 9, 68), ==, RST_PROTOCOL_UNKNOWN);
    g_assert_cmpuint(protocol_of(rdp, 19, 19), ==, RST_PROTOCOL_RDP);
    g_assert_cmpuint(protocol_of(rdp, 19, 20), ==, RST_PROTOCOL_UNKNOWN);
    g_assert_cmpuint(protocol_of(s7, 22, 22), ==, RST_PROTOCOL_UNKNOWN);
    g_assert_cmpuint(protocol_of("\x12\1\0\x2f\0\0\0\0\0\0", 10, 47), ==, RST_PROTOCOL_SQL_SERVER);
    g_assert_cmpuint(protocol_of("\x12\1\0\x2f\0\0\0\0\0\0", 10, 48), ==, RST_PROTOCOL_UNKNOWN);
    g_assert_cmpuint(protocol_of("\x4a\0\0\0\x0a"
                                 "8.0.36",
                                 11, 78),
                     ==, RST_PROTOCOL_MYSQL);
    g_assert_cmpuint(protocol_of("\x4a\0\0\1\x0a"
                                 "8.0.36",
                                 11, 78),
                     ==, RST_PROTOCOL_UNKNOWN);
    g_assert_cmpuint(protocol_of("\0\0\0\x08\x04\xd2\x16\x2f", 8, 8), ==, RST_PROTOCOL_POSTGRESQL);
    g_assert_cmpuint(protocol_of("\0\0\0\x29\0\3\0\0user", 12, 41), ==, RST_PROTOCOL_POSTGRESQL);
    g_assert_cmpuint(protocol_of("\0\0\0\x29\0\2\0\0user", 12, 41), ==, RST_PROTOCOL_UNKNOWN);
    g_assert_cmpuint(protocol_of("\xfeSMB", 4, 4), ==, RST_PROTOCOL_UNKNOWN);
    g_assert_cmpuint(rst_protocol_of_port(445), ==, RST_PROTOCOL_SMB);
    g_assert_cmpuint(rst_protocol_of_port(0), ==, RST_PROTOCOL_UNKNOWN);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/names_read/dns_question", test_dns_question);
    g_test_add_func("/names_read/dns_answer", test_dns_answer);
    g_test_add_func("/names_read/dns_aliases", test_dns_aliases);
    g_test_add_func("/names_read/dns_multicast", test_dns_multicast);
    g_test_add_func("/names_read/dns_hostile", test_dns_hostile);
    g_test_add_func("/names_read/dns_damaged", test_dns_damaged);
    g_test_add_func("/names_read/http", test_http);
    g_test_add_func("/names_read/protocols", test_protocols);
    return g_test_run();
}
