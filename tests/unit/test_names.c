/* test_names.c
 * Tests of what services are called: reading names from the wire, which of them count, and where they are written.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "facts/http_host.h"
#include "script.h"
#include "track/resolved.h"

enum { A = 1, CNAME = 5, AAAA = 28, ANSWERS = 0x8000, NAME_ERROR = 3, LATER = 1000 };

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

static const char *label_of(const char *name, rst_named_by_t by, rst_protocol_t protocol, bool by_port,
                            script_scope_t *scope)
{
    return rst_service_name_of(name, by, protocol, by_port, &scope->memory).label;
}

/* What could be taken for our words is quoted. */
static void test_labels(void)
{
    script_scope_t scope;
    char longest[101] = "";

    memset(longest, 'a', 100);
    longest[1] = '.';
    script_scope_open(&scope);
    g_assert_null(label_of(NULL, 0, 0, false, &scope));
    g_assert_cmpstr(label_of("a.example", RST_NAMED_BY_TLS, 0, false, &scope), ==, "a.example");
    g_assert_cmpstr(label_of("a) is fine (", RST_NAMED_BY_TLS, 0, false, &scope), ==, "'a) is fine ('");
    g_assert_cmpstr(label_of("up", RST_NAMED_BY_HTTP, 0, false, &scope), ==, "'up'");
    g_assert_cmpstr(label_of("a.example", RST_NAMED_BY_PROXY, 0, false, &scope), ==, "asked for a.example");
    g_assert_cmpstr(label_of("a.example", RST_NAMED_BY_DNS, RST_PROTOCOL_SMB, false, &scope), ==, "a.example, SMB");
    g_assert_cmpstr(label_of(NULL, 0, RST_PROTOCOL_RDP, true, &scope), ==, "RDP port");
    g_assert_cmpuint(strlen(label_of(longest, RST_NAMED_BY_TLS, 0, false, &scope)), ==, 64 + 3);
    script_scope_close(&scope);
}

/* A capture with DNS. */
static const script_variant_t *const variant = &script_variants[0];

static void dns(script_run_t *run, bool answers, char asker, char asked, unsigned id, const char *name, char address)
{
    rst_dns_t message = {.src = script_address(variant, answers ? asked : asker),
                         .dst = script_address(variant, answers ? asker : asked),
                         .sport = answers ? 53 : 5000,
                         .dport = answers ? 5000 : 53,
                         .answers = answers,
                         .id = (uint16_t)id,
                         .type = A,
                         .name_len = (uint8_t)strlen(name),
                         .addresses = answers};

    memcpy(message.name, name, message.name_len);
    message.address[0] = script_address(variant, address);
    run->frame++;
    rst_engine_frame(run->engine, run->frame, run->time);
    rst_engine_dns(run->engine, &message);
}

/* The client A asks its server N for the address of the server S. */
static void resolve(script_run_t *run, unsigned id, const char *name)
{
    dns(run, false, 'A', 'N', id, name, 'S');
    dns(run, true, 'A', 'N', id, name, 'S');
}

static const char *const nothing[] = {"0 none", NULL};

static void refuse(script_run_t *run)
{
    script_feed(run, "1 A:40001>S:81 S 0");
    script_feed(run, "+.01 S:81>A:40001 R. 0 ack 1");
}

static rst_service_name_t name_of(script_run_t *run)
{
    g_assert_cmpuint(run->resets, >, 0);
    return rst_engine_service_name(run->engine, rst_engine_reset(run->engine, run->id[run->resets - 1]),
                                   &run->answers.memory);
}

static const char *summary_of(script_run_t *run)
{
    rst_verdict_t verdict;

    rst_engine_classify(run->engine, rst_engine_reset(run->engine, run->id[run->resets - 1]), &run->answers.memory,
                        true, &verdict);
    return verdict.summary;
}

static void test_resolved(void)
{
    script_run_t run;

    script_open(&run, variant, nothing);
    resolve(&run, 1, "shop.example");
    refuse(&run);
    g_assert_cmpstr(name_of(&run).name, ==, "shop.example");
    g_assert_cmpstr(name_of(&run).from, ==, "dns");
    g_assert_nonnull(strstr(summary_of(&run), ":81 (shop.example)"));
    resolve(&run, 2, "later.example"); /* what comes later changes nothing */
    refuse(&run);
    rst_engine_finish_pass(run.engine);
    g_assert_nonnull(strstr(summary_of(&run), ":81 (shop.example)"));
    script_close(&run);
}

/* The name that this client asked for last; the same one again moves to the front. */
static void test_asked_last(void)
{
    script_run_t run;

    script_open(&run, variant, nothing);
    resolve(&run, 1, "one.example");
    resolve(&run, 2, "two.example");
    dns(&run, false, 'B', 'N', 3, "of-b.example", 'S');
    dns(&run, true, 'B', 'N', 3, "of-b.example", 'S');
    refuse(&run);
    g_assert_cmpstr(name_of(&run).name, ==, "two.example");
    script_close(&run);
    script_open(&run, variant, nothing);
    resolve(&run, 1, "one.example");
    resolve(&run, 2, "two.example");
    resolve(&run, 3, "one.example");
    refuse(&run);
    g_assert_cmpstr(name_of(&run).name, ==, "one.example");
    script_close(&run);
}

/* More names than are kept of an address: the latest is among them. */
static void test_many_names(void)
{
    script_run_t run;

    script_open(&run, variant, nothing);
    for (unsigned i = 0; i < 3 * RST_RESOLVED_NAMES_MAX; i++) {
        char name[32];

        g_snprintf(name, sizeof name, "n%u.example", i);
        resolve(&run, i, name);
    }
    refuse(&run);
    g_assert_cmpstr(name_of(&run).name, ==, "n11.example");
    script_close(&run);
}

/* An answer that nobody asked for, to another number, from another server, for another name, or the second one. */
static void test_forged(void)
{
    script_run_t run;

    script_open(&run, variant, nothing);
    dns(&run, true, 'A', 'N', 1, "evil.example", 'S');
    dns(&run, false, 'A', 'N', 2, "good.example", 'S');
    dns(&run, true, 'A', 'N', 3, "good.example", 'S');
    dns(&run, true, 'A', 'M', 2, "good.example", 'S');
    dns(&run, true, 'A', 'N', 2, "evil.example", 'S');
    refuse(&run);
    g_assert_null(name_of(&run).name);
    g_assert_null(strstr(summary_of(&run), "example"));
    script_close(&run);
    script_open(&run, variant, nothing);
    resolve(&run, 1, "good.example");
    dns(&run, true, 'A', 'N', 1, "evil.example", 'S');
    dns(&run, true, 'A', 'N', 1, "good.example", 'T');
    refuse(&run);
    g_assert_cmpstr(name_of(&run).name, ==, "good.example");
    script_close(&run);
}

/* An answer that comes between the SYN and its refusal is not what led to it. */
static void test_too_late(void)
{
    script_run_t run;

    script_open(&run, variant, nothing);
    dns(&run, false, 'A', 'N', 1, "late.example", 'S');
    script_feed(&run, "1 A:40001>S:81 S 0");
    dns(&run, true, 'A', 'N', 1, "late.example", 'S');
    script_feed(&run, "+.01 S:81>A:40001 R. 0 ack 1");
    g_assert_null(name_of(&run).name);
    script_close(&run);
}

static void feed_named(script_run_t *run, const char *line, const char *name, rst_named_by_t by)
{
    rst_segment_t segment;
    bool rejected;

    g_assert_true(script_parse(run, line, &segment, &rejected));
    segment.name_len = (uint8_t)strlen(name);
    segment.named_by = (uint8_t)by;
    memcpy(segment.name, name, segment.name_len);
    script_feed_segment(run, &segment);
}

static void open_connection(script_run_t *run)
{
    script_feed(run, "1 A:40001>S:80 S 0");
    script_feed(run, "+.01 S:80>A:40001 S. 0 ack 1");
    script_feed(run, "+.01 A:40001>S:80 . 1 ack 1");
}

/* What the connection asks for says more than DNS; the first ClientHello, but the latest request before the reset. */
static void test_asked_on_connection(void)
{
    script_run_t run;

    script_open(&run, variant, nothing);
    resolve(&run, 1, "dns.example");
    open_connection(&run);
    feed_named(&run, "+.01 A:40001>S:80 P. 1 ack 1 len 100", "first.example", RST_NAMED_BY_HTTP);
    feed_named(&run, "+.01 A:40001>S:80 P. 101 ack 1 len 100", "second.example", RST_NAMED_BY_HTTP);
    feed_named(&run, "+.01 A:40001>S:80 P. 201 ack 1 len 100", "tunnel.example", RST_NAMED_BY_TLS);
    script_feed(&run, "+.01 S:80>A:40001 R. 1 ack 301");
    g_assert_cmpstr(name_of(&run).name, ==, "second.example");
    g_assert_cmpstr(name_of(&run).from, ==, "http");
    script_close(&run);
    script_open(&run, variant, nothing);
    open_connection(&run);
    feed_named(&run, "+.01 A:40001>S:80 P. 1 ack 1 len 100", "tls.example", RST_NAMED_BY_TLS);
    feed_named(&run, "+.01 A:40001>S:80 P. 101 ack 1 len 100", "other.example", RST_NAMED_BY_TLS);
    script_feed(&run, "+.01 S:80>A:40001 R. 1 ack 201");
    g_assert_cmpstr(name_of(&run).name, ==, "tls.example");
    script_close(&run);
}

/* The port speaks only where nobody else does. */
static void test_by_port(void)
{
    script_run_t run;

    script_open(&run, variant, nothing);
    script_feed(&run, "1 A:40001>S:445 S 0");
    script_feed(&run, "+.01 S:445>A:40001 R. 0 ack 1");
    g_assert_cmpstr(name_of(&run).name, ==, "SMB");
    g_assert_cmpstr(name_of(&run).from, ==, "port");
    g_assert_null(name_of(&run).protocol);
    g_assert_nonnull(strstr(summary_of(&run), ":445 (SMB port)"));
    script_feed(&run, "2 A:40002>S:445 S 0");
    script_feed(&run, "+.01 S:445>A:40002 S. 0 ack 1");
    script_feed(&run, "+.01 A:40002>S:445 P. 1 ack 1 data 'something else'");
    script_feed(&run, "+.01 S:445>A:40002 R. 1 ack 15");
    g_assert_null(name_of(&run).name);
    script_close(&run);
}

/* Memory that is used up takes names, and says no other one instead. */
static void test_evicted(void)
{
    script_run_t run;

    script_open(&run, variant, nothing);
    rst_engine_limit(run.engine, 200000);
    resolve(&run, 1, "shop.example");
    for (unsigned i = 0; i < 20000; i++) {
        char name[32];

        g_snprintf(name, sizeof name, "n%u.example", i);
        dns(&run, false, (char)(i % 20 + 'A' + 1), 'N', i, name, (char)(i / 20 % 60 + 130));
        dns(&run, true, (char)(i % 20 + 'A' + 1), 'N', i, name, (char)(i / 20 % 60 + 130));
    }
    refuse(&run);
    g_assert_null(name_of(&run).name);
    script_close(&run);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/names/dns_question", test_dns_question);
    g_test_add_func("/names/dns_answer", test_dns_answer);
    g_test_add_func("/names/dns_aliases", test_dns_aliases);
    g_test_add_func("/names/dns_multicast", test_dns_multicast);
    g_test_add_func("/names/dns_hostile", test_dns_hostile);
    g_test_add_func("/names/dns_damaged", test_dns_damaged);
    g_test_add_func("/names/http", test_http);
    g_test_add_func("/names/protocols", test_protocols);
    g_test_add_func("/names/labels", test_labels);
    g_test_add_func("/names/resolved", test_resolved);
    g_test_add_func("/names/asked_last", test_asked_last);
    g_test_add_func("/names/many_names", test_many_names);
    g_test_add_func("/names/forged", test_forged);
    g_test_add_func("/names/too_late", test_too_late);
    g_test_add_func("/names/asked_on_connection", test_asked_on_connection);
    g_test_add_func("/names/by_port", test_by_port);
    g_test_add_func("/names/evicted", test_evicted);
    return g_test_run();
}
