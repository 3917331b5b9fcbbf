/* test_names.c
 * Tests of what services are called in a capture: which names count, and where they are written.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "engine/state.h"
#include "script.h"
#include "track/resolved.h"

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
                         .type = 1, /* A */
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

/* Of an ICMP error, what led to the packet that it is about: not what led to the next connection on the same ports. */
static void test_reported(void)
{
    script_run_t run;
    rst_finding_t finding;
    unsigned found = 0;

    script_open(&run, variant, nothing);
    script_feed(&run, "1 A:40001>S:81 S 0");
    script_feed(&run, "+.01 A:40001>S:81 icmp 3 1 by N");
    resolve(&run, 1, "later.example");
    script_feed(&run, "900 A:40001>S:81 S 500000");
    script_feed(&run, "999 none");
    for (uint32_t frame = 1; frame <= run.frame; frame++) {
        if (!rst_engine_finding(run.engine, frame, &run.answers.memory, &finding))
            continue;
        found++;
        g_assert_null(finding.service.name);
    }
    g_assert_cmpuint(found, ==, 1);
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

/* The first to go is the name that was asked for least lately, however little later the others were. */
static void test_evicted_in_order(void)
{
    script_run_t run;

    script_open(&run, variant, nothing);
    resolve(&run, 1, "one.example");
    resolve(&run, 2, "two.example");
    resolve(&run, 3, "one.example");
    rst_keep_limit(&run.engine->keep, run.engine->keep.used - 1);
    rst_keep_make_room(&run.engine->keep);
    g_assert_cmpuint(run.engine->resolved.answers, ==, 1);
    rst_keep_limit(&run.engine->keep, 1 << 20);
    refuse(&run);
    g_assert_cmpstr(name_of(&run).name, ==, "one.example");
    script_close(&run);
}

/* A name that finds no place in the table leaves none, rather than the one before it. */
static void test_too_many(void)
{
    script_run_t run;

    script_open(&run, variant, nothing);
    open_connection(&run);
    feed_named(&run, "+.01 A:40001>S:80 P. 1 ack 1 len 100", "first.example", RST_NAMED_BY_HTTP);
    for (uint32_t i = 0; i < RST_ASKED_NAMES_MAX; i++)
        rst_asked_names_number(&run.engine->names, (const uint8_t *)&i, sizeof i, &run.engine->memory);
    feed_named(&run, "+.01 A:40001>S:80 P. 101 ack 1 len 100", "second.example", RST_NAMED_BY_HTTP);
    script_feed(&run, "+.01 S:80>A:40001 R. 1 ack 201");
    g_assert_null(name_of(&run).name);
    script_close(&run);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/names/labels", test_labels);
    g_test_add_func("/names/resolved", test_resolved);
    g_test_add_func("/names/asked_last", test_asked_last);
    g_test_add_func("/names/many_names", test_many_names);
    g_test_add_func("/names/forged", test_forged);
    g_test_add_func("/names/too_late", test_too_late);
    g_test_add_func("/names/asked_on_connection", test_asked_on_connection);
    g_test_add_func("/names/reported", test_reported);
    g_test_add_func("/names/by_port", test_by_port);
    g_test_add_func("/names/evicted", test_evicted);
    g_test_add_func("/names/evicted_in_order", test_evicted_in_order);
    g_test_add_func("/names/too_many", test_too_many);
    return g_test_run();
}
