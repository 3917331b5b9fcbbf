/* test_siphash.c
 * Tests of the keyed hash and of the tables that use it: inputs that met in one place under the hash before it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base/names.h"
#include "base/siphash.h"
#include "engine/state.h"
#include "points/same_isn.h"
#include "script.h"
#include "trace/join_state.h"

#define FIELD_BITS 7 /* of each of two words that an attacker chooses */
#define FIELD (1u << FIELD_BITS)
#define INPUTS (FIELD * FIELD)

/* The hash of the bytes 0, 1, 2 ... under a key. The reference implementation gives those of the key 0 (as printed in
 * OCaml's tests), Python since 3.11 uses SipHash-1-3 for hash(bytes): PYTHONHASHSEED=0 means the key 0, and 42 the
 * other one. The last key is that of the paper. */
static const struct {
    rst_secret_t secret;
    size_t size;
    uint64_t hash;
} vectors[] = {
    {{{0, 0}}, 0, UINT64_C(0xd1fba762150c532c)},
    {{{0, 0}}, 1, UINT64_C(0x68a914128e01e473)},
    {{{0, 0}}, 7, UINT64_C(0x2f098ab0c751325a)},
    {{{0, 0}}, 8, UINT64_C(0xead411e67ebe2eea)},
    {{{0, 0}}, 15, UINT64_C(0xf30eb725bb91c9ea)},
    {{{0, 0}}, 16, UINT64_C(0x8972188433a5c5b7)},
    {{{0, 0}}, 63, UINT64_C(0x385d3e39e5f37359)},
    {{{UINT64_C(0xdc504fd368cd90af), UINT64_C(0xb920bb9ffe99e9c1)}}, 1, UINT64_C(0xce880c366bcf3489)},
    {{{UINT64_C(0xdc504fd368cd90af), UINT64_C(0xb920bb9ffe99e9c1)}}, 7, UINT64_C(0xce280fabc397fbda)},
    {{{UINT64_C(0xdc504fd368cd90af), UINT64_C(0xb920bb9ffe99e9c1)}}, 8, UINT64_C(0x60866c3c108c6afb)},
    {{{UINT64_C(0xdc504fd368cd90af), UINT64_C(0xb920bb9ffe99e9c1)}}, 15, UINT64_C(0x94ace24d68c18cf8)},
    {{{UINT64_C(0xdc504fd368cd90af), UINT64_C(0xb920bb9ffe99e9c1)}}, 63, UINT64_C(0x6e24d6f0d014c37)},
    {{{UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)}}, 0, UINT64_C(0xabac0158050fc4dc)},
};

static void test_vectors(void)
{
    uint8_t message[64];

    for (unsigned i = 0; i < sizeof message; i++)
        message[i] = (uint8_t)i;
    for (size_t i = 0; i < G_N_ELEMENTS(vectors); i++)
        g_assert_cmphex(rst_siphash(&vectors[i].secret, message, vectors[i].size), ==, vectors[i].hash);
}

/* Words are the same message, on machines of either byte order. */
static void test_words(void)
{
    const rst_secret_t secret = vectors[7].secret;
    const uint64_t word[] = {UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)};

    g_assert_cmphex(rst_siphash_words(&secret, NULL, 0, UINT64_C(0x06050403020100)), ==, vectors[8].hash);
    g_assert_cmphex(rst_siphash_words(&secret, word, 1, UINT64_C(0x0e0d0c0b0a0908)), ==, vectors[10].hash);
}

static void test_secrets(void)
{
    rst_secret_t one = rst_secret_new();
    rst_secret_t other = rst_secret_new();

    g_assert_true(one.key[0] != other.key[0] && one.key[1] != other.key[1] && one.key[0] != one.key[1]);
}

/* Differences in the top bits of one word, and differences in the next one that took them back: whatever the secret
 * was, the old hash had at most FIELD values for these INPUTS addresses. */
static rst_address_t chosen_address(uint32_t number)
{
    uint64_t top = number / FIELD;
    uint64_t next = number % FIELD;

    return (rst_address_t){
        {UINT64_C(0xb80d0120) | top << (64 - FIELD_BITS), 1 | next << (64 - FIELD_BITS) | next << (32 - FIELD_BITS)},
        16};
}

/* How many of the hashes differ: chance lets about one pair in 2^32 meet, here none in most runs. */
static void assert_spread(GArray *hashes, unsigned count)
{
    GHashTable *distinct = g_hash_table_new(NULL, NULL);

    g_assert_cmpuint(hashes->len, ==, count);
    for (guint i = 0; i < hashes->len; i++)
        g_hash_table_add(distinct, GUINT_TO_POINTER(g_array_index(hashes, uint32_t, i)));
    g_assert_cmpuint(g_hash_table_size(distinct), >=, count - 8);
    g_hash_table_destroy(distinct);
    g_array_free(hashes, TRUE);
}

/* The hashes that the entries of a table bear, each at the same offset. */
static GArray *hashes_of(GHashTable *table, size_t offset)
{
    GArray *hashes = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    GHashTableIter iter;
    gpointer key;

    g_hash_table_iter_init(&iter, table);
    while (g_hash_table_iter_next(&iter, &key, NULL))
        g_array_append_vals(hashes, (const char *)key + offset, 1);
    return hashes;
}

static void feed(rst_engine_t *engine, const rst_segment_t *segment, uint32_t frame)
{
    rst_engine_frame(engine, frame, segment->time);
    rst_engine_feed(engine, segment);
}

static const rst_address_t server = {{1, 2}, 16};

/* A refused connection: connection, hosts and services all come into their tables. */
static void feed_refused(rst_engine_t *engine, uint32_t number)
{
    rst_segment_t segment = {.src = chosen_address(number),
                             .dst = server,
                             .sport = 1024,
                             .dport = 80,
                             .seq = 1000,
                             .flags = RST_FLAG_SYN,
                             .time = number * RST_MILLISECOND,
                             .known = RST_HAS_IP | RST_HAS_WINDOW | RST_HAS_OPTIONS | RST_HAS_LENGTH};
    rst_address_t client = segment.src;

    feed(engine, &segment, 2 * number + 1);
    segment.src = server;
    segment.dst = client;
    segment.sport = 80;
    segment.dport = 1024;
    segment.seq = 0;
    segment.ack = 1001;
    segment.flags = RST_FLAG_RST | RST_FLAG_ACK;
    feed(engine, &segment, 2 * number + 2);
}

static void test_engine(void)
{
    rst_prefs_t prefs = rst_prefs_default();
    script_scope_t scope;
    rst_engine_t *engine;

    script_scope_open(&scope);
    engine = rst_engine_new(&scope.memory, &prefs);
    for (uint32_t i = 0; i < INPUTS; i++)
        feed_refused(engine, i);
    assert_spread(hashes_of(engine->table.table, offsetof(rst_conn_entry_t, hash)), INPUTS);
    assert_spread(hashes_of(engine->hosts.hosts, offsetof(rst_host_t, hash)), INPUTS + 1);
    rst_engine_free(engine);
    script_scope_close(&scope);
}

static void open_hosts(rst_hosts_t *hosts, script_scope_t *scope)
{
    static rst_keep_t keep;
    static const rst_file_t file;

    script_scope_open(scope);
    rst_keep_open(&keep, UINT64_C(1) << 30, &scope->memory);
    rst_hosts_open(hosts, &keep, &file);
}

static void test_services(void)
{
    rst_hosts_t hosts = {0};
    script_scope_t scope;

    open_hosts(&hosts, &scope);
    for (uint32_t i = 0; i < INPUTS; i++) {
        rst_address_t address = chosen_address(i);

        rst_hosts_service(&hosts, &address, 443, 0);
    }
    assert_spread(hashes_of(hosts.services, offsetof(rst_service_t, hash)), INPUTS);
    rst_hosts_close(&hosts);
    script_scope_close(&scope);
}

/* The point is part of the key, and of the hash: merged files do not have half their hosts in one place. */
static void test_points(void)
{
    rst_hosts_t hosts = {0};
    script_scope_t scope;

    open_hosts(&hosts, &scope);
    for (uint32_t i = 0; i < INPUTS; i++) {
        rst_address_t address = rst_address_of_ipv4(i / 16);

        rst_hosts_host(&hosts, &address, i % 16);
    }
    assert_spread(hashes_of(hosts.hosts, offsetof(rst_host_t, hash)), INPUTS);
    rst_hosts_close(&hosts);
    script_scope_close(&scope);
}

/* A client and a service of the same host on port 0, as in a packet from an address to itself. */
static void test_visits(void)
{
    GHashTable *distinct = g_hash_table_new(NULL, NULL);
    rst_hosts_t hosts = {0};
    script_scope_t scope;

    open_hosts(&hosts, &scope);
    for (uint32_t i = 0; i < INPUTS; i++) {
        rst_address_t address = chosen_address(i);
        const rst_host_t *client = rst_hosts_host(&hosts, &address, 0);

        g_hash_table_add(distinct,
                         GUINT_TO_POINTER(client->hash * 31 + rst_hosts_service(&hosts, &address, 0, 0)->hash));
    }
    g_assert_cmpuint(g_hash_table_size(distinct), >=, INPUTS * 99 / 100);
    g_hash_table_destroy(distinct);
    rst_hosts_close(&hosts);
    script_scope_close(&scope);
}

static void test_icmp(void)
{
    rst_prefs_t prefs = rst_prefs_default();
    rst_icmp_reports_t reports = {0};
    script_scope_t scope;
    rst_keep_t keep;

    script_scope_open(&scope);
    rst_keep_open(&keep, UINT64_C(1) << 30, &scope.memory);
    rst_icmp_reports_open(&reports, &keep);
    for (uint32_t i = 0; i < INPUTS; i++) {
        rst_icmp_t icmp = {.src = chosen_address(i), .dst = server, .sport = 1, .dport = 2, .version = 6, .type = 1};

        rst_icmp_reports_take(&reports, &icmp, (rst_moment_t){i + 1, 0}, &prefs, false);
    }
    assert_spread(hashes_of(reports.table, offsetof(rst_icmp_report_t, hash)), INPUTS);
    rst_icmp_reports_close(&reports);
    script_scope_close(&scope);
}

/* GLib takes a number modulo a prime that everybody can look up. */
static void test_isns(void)
{
    rst_points_t *points = g_new0(rst_points_t, 1);
    script_scope_t scope;

    script_scope_open(&scope);
    points->memory = &scope.memory;
    points->secret = rst_secret_new();
    points->by_isn = rst_same_isn_table();
    for (uint32_t i = 0; i < INPUTS; i++)
        g_assert_cmpuint(rst_same_isn(points, i * 32749, true)->isn, ==, i * 32749);
    g_assert_null(rst_same_isn(points, 1, false));
    g_assert_true(rst_same_isn(points, 32749, false) == rst_same_isn(points, 32749, true));
    assert_spread(hashes_of(points->by_isn, offsetof(rst_same_isn_t, hash)), INPUTS);
    g_hash_table_destroy(points->by_isn);
    g_free(points);
    script_scope_close(&scope);
}

static void test_clocks(void)
{
    rst_join_t *join = rst_join_new(rst_trace_new());

    for (uint32_t i = 0; i < INPUTS; i++) {
        rst_address_t address = chosen_address(i);

        g_assert_cmpuint(rst_join_clock_of(join, &address), ==, i);
        g_assert_cmpuint(rst_join_clock_of(join, &address), ==, i);
    }
    assert_spread(hashes_of(join->by_host, offsetof(rst_host_clock_t, hash)), INPUTS);
    rst_join_free(join);
}

static void test_names(void)
{
    rst_names_t names;

    rst_names_open(&names);
    for (unsigned i = 0; i < INPUTS; i++) {
        char text[16];

        g_snprintf(text, sizeof text, "name-%u", i);
        g_assert_cmpstr(rst_names_keep(&names, text, INPUTS), ==, text);
        g_assert_true(rst_names_keep(&names, text, INPUTS) == rst_names_find(&names, text));
    }
    g_assert_null(rst_names_find(&names, "name"));
    g_assert_null(rst_names_keep(&names, "name", INPUTS));
    g_assert_cmpstr(rst_names_find(&names, "name-7"), ==, "name-7");
    rst_names_close(&names);
}

/* Two clients whose SYNs nobody answers, always in the same frames: which of them the frame tells must not depend on
 * the secrets. */
static guint told_of_both(void)
{
    rst_prefs_t prefs = rst_prefs_default();
    script_scope_t scope;
    rst_engine_t *engine;
    rst_finding_t finding;
    guint told;

    script_scope_open(&scope);
    engine = rst_engine_new(&scope.memory, &prefs);
    for (uint32_t frame = 1; frame <= 4; frame++) {
        rst_engine_frame(engine, frame, frame * frame * RST_SECOND);
        for (unsigned i = 0; frame < 4 && i < 2; i++) {
            rst_segment_t segment = {.frame = frame,
                                     .src = rst_address_of_ipv4(1 + i),
                                     .dst = rst_address_of_ipv4(9 + i),
                                     .sport = 1024,
                                     .dport = 80,
                                     .seq = 1000,
                                     .flags = RST_FLAG_SYN,
                                     .time = frame * frame * RST_SECOND,
                                     .known = RST_HAS_IP | RST_HAS_WINDOW | RST_HAS_OPTIONS | RST_HAS_LENGTH};

            rst_engine_feed(engine, &segment);
        }
    }
    rst_engine_finish_pass(engine);
    g_assert_true(rst_engine_finding(engine, 3, &scope.memory, &finding));
    told = g_str_hash(finding.server);
    rst_engine_free(engine);
    script_scope_close(&scope);
    return told;
}

static void test_one_frame(void)
{
    guint first = told_of_both();

    for (unsigned i = 0; i < 20; i++)
        g_assert_cmpuint(told_of_both(), ==, first);
}

/* What a key was made of can be read from it. */
static void check_ends(const rst_conn_entry_t *entry, const rst_segment_t *segment, unsigned from)
{
    rst_address_t address[2];
    uint16_t port[2];

    rst_conn_entry_ends(entry, address, port);
    g_assert_true(rst_address_equal(&address[from], &segment->src));
    g_assert_true(rst_address_equal(&address[!from], &segment->dst));
    g_assert_cmpuint(port[from], ==, segment->sport);
    g_assert_cmpuint(port[!from], ==, segment->dport);
}

/* Of an IPv4 connection, both addresses are in the key, on machines of either byte order. */
static void test_ipv4(void)
{
    rst_conn_table_t *table = g_new0(rst_conn_table_t, 1);
    script_scope_t scope;
    unsigned from;

    script_scope_open(&scope);
    rst_conn_table_open(table);
    for (uint8_t i = 0; i < 16; i++) {
        const uint8_t bytes[2][4] = {{10, 0, 0, i & 3}, {192, 0, 2, i >> 2}};
        rst_segment_t segment = {.src = {.size = 4}, .dst = {.size = 4}, .sport = 1, .dport = 2};
        const rst_conn_entry_t *entry;

        memcpy(segment.src.word, bytes[0], 4);
        memcpy(segment.dst.word, bytes[1], 4);
        entry = rst_conn_table_find(table, &segment, &from, &scope.memory);
        check_ends(entry, &segment, from);
    }
    g_assert_cmpuint(g_hash_table_size(table->table), ==, 16);
    rst_conn_table_close(table);
    g_free(table);
    script_scope_close(&scope);
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/siphash/vectors", test_vectors},     {"/siphash/words", test_words},
        {"/siphash/secrets", test_secrets},     {"/siphash/engine", test_engine},
        {"/siphash/services", test_services},   {"/siphash/points", test_points},
        {"/siphash/visits", test_visits},       {"/siphash/icmp", test_icmp},
        {"/siphash/isns", test_isns},           {"/siphash/clocks", test_clocks},
        {"/siphash/ipv4", test_ipv4},           {"/siphash/names", test_names},
        {"/siphash/one_frame", test_one_frame}, {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
