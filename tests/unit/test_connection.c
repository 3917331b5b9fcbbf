/* test_connection.c
 * Tests of the life of a connection record: its key, which SYN is its own, what is kept of the connection before it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"
#include "track/connection.h"
#include "track/host_table.h"
#include "track/reset.h"

enum {
    SYN = RST_FLAG_SYN,
    ACK = RST_FLAG_ACK,
    OPEN = RST_DIRECTION_NXT | RST_DIRECTION_ACKED | RST_DIRECTION_SYN,
    CLIENT_ISN = 1000, /* side 0 */
    SERVER_ISN = 5000
};

typedef struct scene {
    script_scope_t scope;
    rst_keep_t keep;
    rst_hosts_t hosts;
    rst_file_t file;
    rst_conn_t *conn;
} scene_t;

static rst_segment_t between(uint64_t src_high, uint64_t src_low, uint16_t sport, uint64_t dst_high, uint64_t dst_low,
                             uint16_t dport)
{
    rst_segment_t segment = {.sport = sport, .dport = dport};

    segment.src = (rst_address_t){{src_high, src_low}, 16};
    segment.dst = (rst_address_t){{dst_high, dst_low}, 16};
    return segment;
}

static scene_t *open_ports(uint16_t low_side, uint16_t high_side)
{
    scene_t *scene = g_new0(scene_t, 1);
    rst_segment_t segment = between(1, 0, low_side, 2, 0, high_side);

    script_scope_open(&scene->scope);
    scene->file.prefs = rst_prefs_default();
    rst_keep_open(&scene->keep, 1 << 20, &scene->scope.memory);
    rst_hosts_open(&scene->hosts, &scene->keep, &scene->file);
    scene->conn = rst_conn_new(&segment, 0, &scene->scope.memory);
    return scene;
}

/* Side 0 has sent a SYN, side 1 a SYN-ACK, and both have gone on. */
static scene_t *open_scene(void)
{
    scene_t *scene = open_ports(40000, 80);
    rst_conn_t *conn = scene->conn;

    conn->first = conn->last = (rst_moment_t){1, RST_SECOND};
    for (unsigned i = 0; i < 2; i++) {
        conn->direction[i].known = OPEN;
        conn->direction[i].segments = 5;
    }
    conn->direction[0].isn = CLIENT_ISN;
    conn->direction[1].isn = SERVER_ISN;
    conn->direction[1].known |= RST_DIRECTION_SYNACK;
    conn->direction[0].acked = SERVER_ISN + 1;
    return scene;
}

static void close_scene(scene_t *scene)
{
    rst_conn_free(scene->conn, &scene->hosts, &scene->scope.memory);
    rst_hosts_close(&scene->hosts);
    script_scope_close(&scene->scope);
    g_free(scene);
}

/* Side 0 is the smaller address and port, whoever sends. */
static void check_key(uint64_t src_high, uint64_t src_low, uint16_t sport, uint64_t dst_high, uint64_t dst_low,
                      uint16_t dport)
{
    rst_segment_t there = between(src_high, src_low, sport, dst_high, dst_low, dport);
    rst_segment_t back = between(dst_high, dst_low, dport, src_high, src_low, sport);

    g_assert_cmpuint(rst_conn_sender(&there), ==, 0);
    g_assert_cmpuint(rst_conn_sender(&back), ==, 1);
}

static void test_key(void)
{
    rst_segment_t itself = between(5, 5, 80, 5, 5, 80);

    check_key(1, 9, 80, 2, 3, 80);
    check_key(1, 9, 90, 2, 3, 80);
    check_key(5, 3, 179, 5, 9, 179); /* one network, and equal ports */
    check_key(5, 3, 180, 5, 9, 179);
    check_key(5, 5, 80, 5, 5, 81);
    g_assert_cmpuint(rst_conn_sender(&itself), ==, 0);
}

static bool owns(const rst_conn_t *conn, unsigned from, unsigned flags, uint32_t seq, uint32_t ack)
{
    rst_segment_t segment = {.flags = (uint8_t)flags, .seq = seq, .ack = ack};

    return rst_conn_owns_syn(conn, from, &segment);
}

static void test_syn(void)
{
    scene_t *scene = open_scene();
    rst_direction_t *side = scene->conn->direction;
    rst_reset_t reset = {0};

    g_assert_true(owns(scene->conn, 0, SYN, CLIENT_ISN, 0));
    g_assert_false(owns(scene->conn, 0, SYN, CLIENT_ISN + 1, 0));
    side[0].known &= ~(uint32_t)RST_DIRECTION_SYN;
    g_assert_false(owns(scene->conn, 0, SYN, CLIENT_ISN, 0));
    /* Its first segment crosses the peer's SYN. */
    side[0].segments = 0;
    side[1].known = RST_DIRECTION_SYN;
    g_assert_true(owns(scene->conn, 0, SYN, 77, 0));
    /* It does not answer what the peer has sent without a SYN. */
    side[1].known = 0;
    g_assert_false(owns(scene->conn, 0, SYN, 77, 0));
    /* Nothing but a reset of the peer. */
    side[1].segments = 0;
    g_assert_true(owns(scene->conn, 0, SYN, 77, 0));
    scene->conn->last_reset[1] = &reset;
    g_assert_false(owns(scene->conn, 0, SYN, 77, 0));
    scene->conn->last_reset[1] = NULL;
    scene->conn->last_reset[0] = &reset;
    g_assert_false(owns(scene->conn, 0, SYN, 77, 0));
    scene->conn->first.pass_index = 0; /* nothing at all */
    g_assert_true(owns(scene->conn, 0, SYN, 77, 0));
    close_scene(scene);
}

static rst_recent_segment_t *push(scene_t *scene, unsigned side)
{
    return rst_ring_push(&scene->conn->direction[side].ring, &scene->scope.memory);
}

/* The SYN-ACK comes before its SYN in the file. */
static void test_syn_after_syn_ack(void)
{
    scene_t *scene = open_scene();
    rst_recent_segment_t *recent = push(scene, 1);

    scene->conn->direction[0].segments = 0;
    scene->conn->direction[0].known = 0;
    recent->flags = SYN | ACK;
    recent->ack = CLIENT_ISN + 1;
    push(scene, 1)->flags = ACK;
    g_assert_true(owns(scene->conn, 0, SYN, CLIENT_ISN, 0));
    g_assert_false(owns(scene->conn, 0, SYN, CLIENT_ISN + 1, 0));
    g_assert_false(owns(scene->conn, 0, SYN, CLIENT_ISN - 1, 0));
    recent->flags = ACK;
    g_assert_false(owns(scene->conn, 0, SYN, CLIENT_ISN, 0));
    close_scene(scene);
}

static void test_syn_ack(void)
{
    scene_t *scene = open_scene();
    rst_direction_t *side = scene->conn->direction;

    g_assert_true(owns(scene->conn, 1, SYN | ACK, 77, CLIENT_ISN + 1));
    g_assert_true(owns(scene->conn, 1, SYN | ACK, SERVER_ISN, 77));
    g_assert_false(owns(scene->conn, 1, SYN | ACK, 77, 77));
    /* Nobody has acknowledged anything of its sender: whatever it acknowledges, it will be answered. */
    side[0].known &= ~(uint32_t)RST_DIRECTION_ACKED;
    g_assert_true(owns(scene->conn, 1, SYN | ACK, 77, 77));
    side[0].known = 0;
    g_assert_false(owns(scene->conn, 1, SYN | ACK, 77, 77));
    /* Without the SYNs the numbers say nothing. */
    side[0].known = RST_DIRECTION_ACKED;
    g_assert_false(owns(scene->conn, 1, SYN | ACK, 77, CLIENT_ISN + 1));
    side[1].known = 0;
    g_assert_false(owns(scene->conn, 1, SYN | ACK, SERVER_ISN, 77));
    /* Its first segment, unless the connection has ended. */
    side[1].segments = 0;
    g_assert_true(owns(scene->conn, 1, SYN | ACK, 77, 77));
    scene->conn->resets = 1;
    g_assert_false(owns(scene->conn, 1, SYN | ACK, 77, 77));
    close_scene(scene);
}

static void test_ended(void)
{
    scene_t *scene = open_scene();

    g_assert_false(rst_conn_has_ended(scene->conn));
    scene->conn->direction[0].known |= RST_DIRECTION_FIN;
    g_assert_false(rst_conn_has_ended(scene->conn));
    scene->conn->direction[1].known |= RST_DIRECTION_FIN;
    g_assert_true(rst_conn_has_ended(scene->conn));
    scene->conn->direction[0].known &= ~(uint32_t)RST_DIRECTION_FIN;
    g_assert_false(rst_conn_has_ended(scene->conn));
    scene->conn->resets = 1;
    g_assert_true(rst_conn_has_ended(scene->conn));
    close_scene(scene);
}

static void test_silent(void)
{
    scene_t *scene = open_scene();
    const int64_t limit = 3 * RST_SECOND;
    rst_moment_t now = {9, RST_SECOND + limit};

    g_assert_false(rst_conn_is_silent(scene->conn, now, limit));
    now.time++;
    g_assert_true(rst_conn_is_silent(scene->conn, now, limit));
    now.time = RST_TIME_NONE;
    g_assert_false(rst_conn_is_silent(scene->conn, now, limit));
    close_scene(scene);
}

/* How the connection before is remembered. */
static const rst_previous_t *restart(scene_t *scene)
{
    rst_conn_start(scene->conn, &scene->scope.memory);
    return scene->conn->previous;
}

static void test_start(void)
{
    scene_t *scene = open_scene();
    const rst_previous_t *previous;

    scene->conn->direction[1].known |= RST_DIRECTION_HOPS;
    scene->conn->direction[0].ttl = scene->conn->direction[1].ttl = 60;
    scene->conn->direction[0].nxt = 1234;
    scene->conn->direction[1].gaps = 1;
    scene->conn->client = 0;
    previous = restart(scene);
    g_assert_true(previous->live);
    g_assert_false(previous->both_fins);
    g_assert_false(previous->reset);
    g_assert_true(previous->gaps);
    g_assert_cmpuint(previous->nxt[0], ==, 1234);
    g_assert_cmpuint(previous->ttl[0], ==, 0);
    g_assert_cmpuint(previous->ttl[1], ==, 60);
    g_assert_cmpuint(previous->last.pass_index, ==, 1);
    g_assert_cmpuint(scene->conn->direction[0].segments, ==, 0);
    g_assert_cmpint(scene->conn->client, ==, -1);
    /* Nothing of it was left. */
    previous = restart(scene);
    g_assert_false(previous->live);
    g_assert_false(previous->gaps);
    scene->conn->resets = 1;
    scene->conn->direction[0].gaps = 1;
    previous = restart(scene);
    g_assert_true(previous->reset);
    g_assert_true(previous->gaps);
    close_scene(scene);
}

/* A reset refers to the directions: they stay as they are. */
static void test_unshare(void)
{
    scene_t *scene = open_scene();
    rst_direction_t *kept = scene->conn->direction;

    rst_conn_unshare(scene->conn, &scene->scope.memory);
    g_assert_true(scene->conn->direction == kept);
    scene->conn->directions_shared = true;
    rst_conn_unshare(scene->conn, &scene->scope.memory);
    g_assert_true(scene->conn->direction != kept);
    g_assert_cmpmem(scene->conn->direction, 2 * sizeof *kept, kept, 2 * sizeof *kept);
    g_assert_false(scene->conn->directions_shared);
    kept = scene->conn->direction;
    scene->conn->directions_shared = true;
    rst_conn_start(scene->conn, &scene->scope.memory);
    g_assert_true(scene->conn->direction != kept);
    close_scene(scene);
}

static void test_opening_released(void)
{
    scene_t *scene = open_scene();
    const unsigned blocks = 3; /* the connection, its directions, the opening */
    guint before;

    scene->conn->opening = rst_alloc0(&scene->scope.memory, sizeof *scene->conn->opening);
    before = g_hash_table_size(scene->scope.blocks);
    rst_conn_free(scene->conn, &scene->hosts, &scene->scope.memory);
    g_assert_cmpuint(g_hash_table_size(scene->scope.blocks), ==, before - blocks);
    scene->conn = rst_conn_new(&(rst_segment_t){0}, 0, &scene->scope.memory);
    close_scene(scene);
}

/* The server answers the SYN at another place than what bore its address before. */
static void check_answer(scene_t *scene, uint32_t seq, uint32_t ack, bool expected)
{
    rst_segment_t syn_ack = {.flags = SYN | ACK, .seq = seq, .ack = ack};

    rst_conn_answer_syn(scene->conn, 1, &syn_ack, &scene->scope.memory);
    g_assert_cmpuint(scene->conn->direction[1].segments, ==, expected ? 0 : 5);
    g_assert_cmpint(scene->conn->client, ==, expected ? 0 : -1);
    close_scene(scene);
}

static scene_t *open_before_answer(void)
{
    scene_t *scene = open_scene();

    scene->conn->direction[1].known = RST_DIRECTION_NXT;
    scene->conn->direction[1].nxt = 900000;
    return scene;
}

static void test_answer(void)
{
    const uint32_t seq = 900000 - 65536;
    scene_t *scene;

    check_answer(open_before_answer(), seq, CLIENT_ISN + 1, true);
    check_answer(open_before_answer(), seq + 1, CLIENT_ISN + 1, false);
    check_answer(open_before_answer(), seq, CLIENT_ISN, false);
    check_answer(open_before_answer(), seq, CLIENT_ISN + 2, false);
    scene = open_before_answer();
    scene->conn->direction[1].known |= RST_DIRECTION_SYNACK;
    scene->conn->direction[1].acked = CLIENT_ISN + 1;
    check_answer(scene, seq, CLIENT_ISN + 1, false);
    /* A SYN-ACK that acknowledges something else was no answer. */
    scene = open_before_answer();
    scene->conn->direction[1].known |= RST_DIRECTION_SYNACK;
    scene->conn->direction[1].acked = CLIENT_ISN + 2;
    check_answer(scene, seq, CLIENT_ISN + 1, true);
    scene = open_before_answer();
    scene->conn->direction[0].known &= ~(uint32_t)RST_DIRECTION_SYN;
    check_answer(scene, seq, CLIENT_ISN + 1, false);
}

/* A reset that turns out to have ended nothing: the one before it is the latest again, if that still counts. */
static void test_discount(void)
{
    scene_t *scene = open_scene();
    rst_reset_t first = {.counts = true};
    rst_reset_t second = {.counts = true, .own_before = &first};
    rst_reset_t third = {.counts = true, .own_before = &second};

    scene->conn->resets = 3;
    scene->conn->last_reset[0] = &third;
    rst_conn_discount(scene->conn, &second);
    g_assert_true(scene->conn->last_reset[0] == &third);
    g_assert_cmpuint(scene->conn->resets, ==, 2);
    rst_conn_discount(scene->conn, &third);
    g_assert_true(scene->conn->last_reset[0] == &first);
    rst_conn_discount(scene->conn, &first);
    g_assert_null(scene->conn->last_reset[0]);
    g_assert_cmpuint(scene->conn->resets, ==, 0);
    close_scene(scene);
}

static void check_client(uint16_t low_side, uint16_t high_side, unsigned expected)
{
    scene_t *scene = open_ports(low_side, high_side);

    g_assert_cmpint(scene->conn->client, ==, -1);
    g_assert_cmpuint(rst_conn_client(scene->conn), ==, expected);
    scene->conn->client = 1;
    g_assert_cmpuint(rst_conn_client(scene->conn), ==, 1);
    close_scene(scene);
}

static void test_client(void)
{
    check_client(40000, 80, 0);
    check_client(80, 40000, 1);
    check_client(8080, 2345, 1); /* a service at the higher port */
    check_client(40000, 49999, 1);
    check_client(49999, 40000, 0);
    check_client(40000, 40000, 0);
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/connection/key", test_key},
        {"/connection/syn", test_syn},
        {"/connection/syn_after_syn_ack", test_syn_after_syn_ack},
        {"/connection/syn_ack", test_syn_ack},
        {"/connection/ended", test_ended},
        {"/connection/silent", test_silent},
        {"/connection/start", test_start},
        {"/connection/unshare", test_unshare},
        {"/connection/opening_released", test_opening_released},
        {"/connection/answer", test_answer},
        {"/connection/discount", test_discount},
        {"/connection/client", test_client},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
