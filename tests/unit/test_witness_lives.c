/* test_witness_lives.c
 * What is remembered of a capture for the logs: pairs of ends, the connections on them, and the packets that logs write
 * about.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script-join.h"

#include "logs/record.h"

typedef struct packet {
    const char *src, *dst;
    uint16_t sport, dport;
    uint8_t flags;
    uint32_t seq;
    int64_t time;
} packet_t;

static void see(rst_lives_t *lives, const packet_t *packet)
{
    static const rst_address_t nobody;
    rst_segment_t segment = {.known = RST_HAS_IP | RST_HAS_IP_ID | RST_HAS_WINDOW,
                             .src = packet->src ? join_end(packet->src, 0).address : nobody,
                             .dst = packet->dst ? join_end(packet->dst, 0).address : nobody,
                             .sport = packet->sport,
                             .dport = packet->dport,
                             .seq = packet->seq,
                             .flags = packet->flags,
                             .time = packet->time};

    rst_lives_see(lives, &segment, (rst_moment_t){lives->sights->len + 1, packet->time});
}

static void from_client(rst_lives_t *lives, uint8_t flags, uint32_t seq, int64_t time)
{
    see(lives, &(packet_t){CLIENT, SERVER, 40000, 443, flags, seq, time});
}

static void from_server(rst_lives_t *lives, uint8_t flags, uint32_t seq, int64_t time)
{
    see(lives, &(packet_t){SERVER, CLIENT, 443, 40000, flags, seq, time});
}

static rst_ends_t *find(const rst_lives_t *lives, const char *one, uint16_t port, const char *other,
                        uint16_t other_port, unsigned *side)
{
    rst_log_end_t a = join_end(one, port);
    rst_log_end_t b = join_end(other, other_port);

    return rst_lives_find(lives, &a.address, a.port, &b.address, b.port, side);
}

static const rst_life_t *life_of_client(const rst_lives_t *lives)
{
    unsigned side;

    return find(lives, CLIENT, 40000, SERVER, 443, &side)->life;
}

/* A pair is the same whoever sent the first packet, and side 0 is its smaller end: by the address, or on one host by
 * the port, whichever way it is asked for. */
static void test_order(void)
{
    static const packet_t pairs[] = {
        {"192.0.2.1", "192.0.2.2", 50000, 443, RST_FLAG_SYN, 1, NOON}, /* the port is greater, the address decides */
        {"192.0.2.1", "192.0.2.2", 179, 179, RST_FLAG_SYN, 1, NOON},   /* equal ports, as in routing protocols */
        {"127.0.0.1", "127.0.0.1", 80, 50000, RST_FLAG_SYN, 1, NOON},  /* two programs of one host */
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(pairs); i++) {
        for (unsigned back = 0; back <= 1; back++) {
            const packet_t *pair = &pairs[i];
            packet_t other = {pair->dst, pair->src, pair->dport, pair->sport, RST_FLAG_SYN, 1, NOON};
            unsigned side, other_side;
            rst_ends_t *ends;
            rst_lives_t lives = {.near = NULL};

            rst_lives_open(&lives);
            see(&lives, back ? &other : pair);
            ends = find(&lives, pair->src, pair->sport, pair->dst, pair->dport, &side);
            g_assert_nonnull(ends);
            g_assert_true(find(&lives, pair->dst, pair->dport, pair->src, pair->sport, &other_side) == ends);
            g_assert_cmpuint(side, ==, 0);
            g_assert_cmpuint(other_side, ==, 1);
            g_assert_cmpint(ends->life->opener, ==, back);
            rst_lives_close(&lives);
        }
    }
}

/* A port that connects to itself, as Linux allows: both of its ends are side 0. */
static void test_itself(void)
{
    rst_lives_t lives = {.near = NULL};
    unsigned side = 1;

    rst_lives_open(&lives);
    see(&lives, &(packet_t){"127.0.0.1", "127.0.0.1", 40000, 40000, RST_FLAG_SYN, 1, NOON});
    g_assert_nonnull(find(&lives, "127.0.0.1", 40000, "127.0.0.1", 40000, &side));
    g_assert_cmpuint(side, ==, 0);
    rst_lives_close(&lives);
}

/* A retransmitted SYN and one that crosses it are of the attempt; another number, or a SYN of the other side after an
 * answer, is of the next connection. */
static void test_begins(void)
{
    rst_lives_t lives = {.near = NULL};
    const rst_life_t *life;

    rst_lives_open(&lives);
    from_client(&lives, RST_FLAG_SYN, 100, NOON);
    from_client(&lives, RST_FLAG_SYN, 100, NOON + RST_SECOND);
    from_server(&lives, RST_FLAG_SYN, 200, NOON + RST_SECOND); /* both open at once */
    life = life_of_client(&lives);
    g_assert_cmpuint(lives.connections, ==, 1);
    g_assert_cmpint(life->opener, ==, 0);
    g_assert_cmpuint(life->syn_seq, ==, 100);
    g_assert_true(life->asked_only);
    from_server(&lives, RST_FLAG_SYN | RST_FLAG_ACK, 200, NOON + 2 * RST_SECOND);
    g_assert_false(life->asked_only);
    from_client(&lives, RST_FLAG_SYN, 100, NOON + 3 * RST_SECOND); /* late, and still the same number */
    g_assert_cmpuint(lives.connections, ==, 1);
    from_server(&lives, RST_FLAG_SYN, 300, NOON + 4 * RST_SECOND);
    g_assert_cmpuint(lives.connections, ==, 2);
    from_server(&lives, RST_FLAG_SYN, 301, NOON + 5 * RST_SECOND);
    g_assert_cmpuint(lives.connections, ==, 3);
    g_assert_true(life_of_client(&lives)->before->before == life);
    rst_lives_close(&lives);
}

/* Of a connection whose SYN the capture missed nobody knows who opened it, and the next SYN begins another. */
static void test_begins_unseen(void)
{
    rst_lives_t lives = {.near = NULL};

    rst_lives_open(&lives);
    from_server(&lives, RST_FLAG_ACK, 100, NOON);
    from_server(&lives, RST_FLAG_RST, 100, NOON + RST_SECOND);
    g_assert_cmpint(life_of_client(&lives)->opener, <, 0);
    g_assert_true(life_of_client(&lives)->broken[1]);
    g_assert_false(life_of_client(&lives)->broken[0]);
    from_client(&lives, RST_FLAG_SYN, 0, NOON + 2 * RST_SECOND);
    g_assert_cmpuint(lives.connections, ==, 2);
    rst_lives_close(&lives);
}

/* A connection lives from its earliest packet to its latest, in whatever order they are in the file; its longest
 * silence is the first of equals. A packet without a time tells nothing. */
static void test_times(void)
{
    rst_lives_t lives = {.near = NULL};
    const rst_life_t *life;

    rst_lives_open(&lives);
    from_client(&lives, RST_FLAG_SYN, 100, RST_TIME_NONE);
    g_assert_cmpuint(lives.connections, ==, 0);
    from_client(&lives, RST_FLAG_SYN, 100, NOON);
    from_server(&lives, RST_FLAG_ACK, 200, NOON + 10 * RST_SECOND);
    from_server(&lives, RST_FLAG_ACK, 200, NOON + 15 * RST_SECOND);
    from_server(&lives, RST_FLAG_ACK, 200, NOON + 25 * RST_SECOND);
    from_server(&lives, RST_FLAG_ACK, 200, NOON - RST_SECOND);
    life = life_of_client(&lives);
    g_assert_cmpint(life->begin, ==, NOON - RST_SECOND);
    g_assert_cmpint(life->end, ==, NOON + 25 * RST_SECOND);
    g_assert_cmpint(life->quiet, ==, NOON);
    g_assert_cmpint(life->silence, ==, 10 * RST_SECOND);
    g_assert_cmpint(lives.first, ==, NOON - RST_SECOND);
    g_assert_cmpint(lives.last, ==, NOON + 25 * RST_SECOND);
    from_server(&lives, RST_FLAG_ACK, 200, NOON + 36 * RST_SECOND);
    g_assert_cmpint(life->quiet, ==, NOON + 25 * RST_SECOND);
    g_assert_cmpint(life->silence, ==, 11 * RST_SECOND);
    rst_lives_close(&lives);
}

/* An end of very many pairs is of no use for lines that name one end only. */
static void test_pairs_of_end(void)
{
    rst_log_end_t server = join_end(SERVER, 443);
    rst_log_end_t other = join_end(SERVER, 80);
    rst_lives_t lives = {.near = NULL};

    rst_lives_open(&lives);
    g_assert_null(rst_lives_of_end(&lives, &server.address, server.port));
    for (unsigned i = 0; i <= RST_PAIRS_OF_END_MAX; i++) {
        const GPtrArray *pairs = rst_lives_of_end(&lives, &server.address, server.port);

        g_assert_cmpuint(pairs ? pairs->len : 0, ==, i);
        see(&lives, &(packet_t){CLIENT, SERVER, (uint16_t)(40000 + i), 443, RST_FLAG_SYN, i, NOON});
    }
    g_assert_null(rst_lives_of_end(&lives, &server.address, server.port));
    g_assert_true(rst_lives_has_end(&lives, &server.address, server.port));
    g_assert_false(rst_lives_has_end(&lives, &other.address, other.port));
    rst_lives_close(&lives);
}

/* A record is compared only by what the capture tells: not by the window or the IP ID of a header that was cut off. */
static void test_keys(void)
{
    static const struct {
        uint16_t has;
        uint8_t known;
    } cases[] = {{0, 0}, {RST_HAS_IP_ID, RST_KEY_IP_ID}, {RST_HAS_WINDOW, RST_KEY_WINDOW}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        rst_segment_t segment = {.known = cases[i].has, .sport = 1, .dport = 2, .flags = RST_FLAG_SYN};
        rst_lives_t lives = {.near = NULL};

        rst_lives_open(&lives);
        rst_lives_see(&lives, &segment, (rst_moment_t){1, NOON});
        g_assert_cmpuint(rst_lives_sight(&lives, 1)->known, ==, cases[i].known | RST_KEY_SEQ | RST_KEY_FLAGS);
        rst_lives_close(&lives);
    }
}

/* A storm of resets is not kept in full. */
static void test_storm(void)
{
    rst_lives_t lives = {.near = NULL};

    rst_lives_open(&lives);
    for (unsigned i = 0; i < RST_SIGHTS_OF_LIFE_MAX + 10; i++)
        from_server(&lives, RST_FLAG_RST, 100 + i, NOON + i * RST_SECOND);
    g_assert_cmpuint(lives.sights->len, ==, RST_SIGHTS_OF_LIFE_MAX);
    g_assert_cmpint(life_of_client(&lives)->end, ==, NOON + (RST_SIGHTS_OF_LIFE_MAX + 9) * RST_SECOND);
    g_assert_false(lives.full);
    rst_lives_close(&lives);
}

/* At the limit nothing more is remembered, and that is said. */
static void test_full_of_connections(void)
{
    rst_lives_t lives = {.near = NULL};

    rst_lives_open(&lives);
    lives.connections = RST_SIGHTS_MAX;
    from_client(&lives, RST_FLAG_SYN, 100, NOON);
    g_assert_true(lives.full);
    g_assert_null(life_of_client(&lives));
    rst_lives_close(&lives);
}

static void test_full_of_packets(void)
{
    rst_lives_t lives = {.near = NULL};

    rst_lives_open(&lives);
    lives.sights->len = RST_SIGHTS_MAX;
    from_client(&lives, RST_FLAG_SYN, 100, NOON);
    g_assert_true(lives.full);
    g_assert_cmpuint(life_of_client(&lives)->sight_count, ==, 0);
    lives.sights->len = 0;
    rst_lives_close(&lives);
}

/* Of pairs that it knows it goes on to remember what comes. */
static void test_full_of_pairs(void)
{
    GHashTable *crowd = g_hash_table_new(NULL, NULL);
    rst_lives_t lives = {.near = NULL};
    GHashTable *table;

    for (unsigned i = 1; i <= RST_LIVES_MAX; i++)
        g_hash_table_add(crowd, GUINT_TO_POINTER(i));
    rst_lives_open(&lives);
    from_client(&lives, RST_FLAG_SYN, 100, NOON);
    table = lives.table;
    lives.table = crowd;
    from_server(&lives, RST_FLAG_RST, 100, NOON + RST_SECOND);
    g_assert_false(lives.full);
    see(&lives, &(packet_t){CLIENT, SERVER, 40001, 443, RST_FLAG_SYN, 1, NOON});
    g_assert_true(lives.full);
    lives.table = table;
    g_assert_cmpint(life_of_client(&lives)->end, ==, NOON + RST_SECOND);
    g_assert_cmpuint(lives.connections, ==, 1);
    g_hash_table_destroy(crowd);
    rst_lives_close(&lives);
}

/* One packet at two capture points: all numbers are equal. Clocks of capture points differ by seconds, but a stack that
 * sets no IP ID repeats all other numbers when it retransmits, so such copies must be close together. */
static void test_copies(void)
{
    static const rst_sight_t sight = {.time = NOON, .seq = 1, .ack = 2, .ip_id = 3, .flags = RST_FLAG_RST, .from = 1};
    rst_sight_t other = sight;
    rst_sight_t plain = sight;

    g_assert_true(rst_sight_is_copy(&sight, &sight));
    other.time = NOON + 2 * RST_SECOND;
    g_assert_true(rst_sight_is_copy(&sight, &other));
    other.time = NOON - 2 * RST_SECOND;
    g_assert_true(rst_sight_is_copy(&sight, &other));
    other.time = NOON + 2 * RST_SECOND + 1;
    g_assert_false(rst_sight_is_copy(&sight, &other));
    other = sight;
    other.from = 0;
    g_assert_false(rst_sight_is_copy(&sight, &other));
    other = sight;
    other.seq++;
    g_assert_false(rst_sight_is_copy(&sight, &other));
    other = sight;
    other.ack++;
    g_assert_false(rst_sight_is_copy(&sight, &other));
    other = sight;
    other.flags |= RST_FLAG_ACK;
    g_assert_false(rst_sight_is_copy(&sight, &other));
    other = sight;
    other.ip_id++;
    g_assert_false(rst_sight_is_copy(&sight, &other));
    plain.ip_id = 0;
    other = plain;
    other.time = NOON + 10 * RST_MILLISECOND;
    g_assert_true(rst_sight_is_copy(&plain, &other));
    other.time = NOON + 10 * RST_MILLISECOND + 1;
    g_assert_false(rst_sight_is_copy(&plain, &other));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/witness_lives/order", test_order);
    g_test_add_func("/witness_lives/itself", test_itself);
    g_test_add_func("/witness_lives/begins", test_begins);
    g_test_add_func("/witness_lives/begins_unseen", test_begins_unseen);
    g_test_add_func("/witness_lives/times", test_times);
    g_test_add_func("/witness_lives/pairs_of_end", test_pairs_of_end);
    g_test_add_func("/witness_lives/keys", test_keys);
    g_test_add_func("/witness_lives/storm", test_storm);
    g_test_add_func("/witness_lives/full_of_connections", test_full_of_connections);
    g_test_add_func("/witness_lives/full_of_packets", test_full_of_packets);
    g_test_add_func("/witness_lives/full_of_pairs", test_full_of_pairs);
    g_test_add_func("/witness_lives/copies", test_copies);
    return g_test_run();
}
